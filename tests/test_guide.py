"""The guide names what is there: files that exist, and names that the code has, where the guide says that they stand."""

import re
from functools import cache

import pytest

from tests.support.shared_data import ROOT

GUIDE = (ROOT / "docs" / "guide.md").read_text()
QUOTED = re.compile(r"`([^`\n]+)`")
NAME, PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*"), re.compile(r"[a-z_]+/[\w./-]*")
STANDS_IN = re.compile(r"`(\w+)`(?: and `(\w+)`)? in\s+`([a-z_]+/[\w./]+\.(?:py|toml))`")
# Words of a recipe, a run folder or a page that a name of the code may not be, and the one format that only a test has.
WORDS = {"dropped", "failed", "extract", "decide", "emit", "srcset", "picture", "ours", "id", "url", "of"}


@cache
def code() -> str:
    """All of the code and the recipes."""
    folders = ("schemas", "transforms", "pipeline", "jobs", "triptych")
    paths = [path for folder in folders for suffix in ("*.py", "*.toml") for path in (ROOT / folder).rglob(suffix)]
    return "\n".join(path.read_text() for path in paths)


def test_every_file_is_there() -> None:
    """A path in the guide is one of this repository."""
    paths = {found for found in QUOTED.findall(GUIDE) if PATH.fullmatch(found)}
    assert len(paths) > 40
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_every_name_is_in_the_code() -> None:
    """A function, class or column that was renamed is noticed here."""
    names = {found for found in QUOTED.findall(GUIDE) if NAME.fullmatch(found)} - WORDS
    assert len(names) > 80
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", code())] == []


def test_names_stand_where_the_guide_says() -> None:
    """`name` in `file` is meant."""
    places = [(name, path) for *names, path in STANDS_IN.findall(GUIDE) for name in names if name]
    assert len(places) > 30
    assert [place for place in places if not re.search(rf"\b{place[0]}\b", (ROOT / place[1]).read_text())] == []


@pytest.mark.parametrize(
    ("asked", "name"), [("captions under 3 words", "caption_words"), ("is this threshold 0.65", "lang_score")]
)
def test_a_question_is_answered_by_a_line(asked: str, name: str) -> None:
    """The table at the top leads to the rule, with its number and its source in that file."""
    (line,) = [line for line in GUIDE.splitlines() if asked in line]
    assert f"`{name}`" in line and "`jobs/recipes/kosmos1.toml`" in line
    recipe = (ROOT / "jobs" / "recipes" / "kosmos1.toml").read_text()
    assert re.search(rf"^{name} = .*\b(3|0\.65)\b.* # \S", recipe, re.M)
