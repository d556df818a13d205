"""Every page that the repository mentions is in the repository, so that a reader never meets a dead reference."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.shared_data import ROOT

# Being rewritten: their mentions are brought home when they land. Delete this tuple and its one use then.
NOT_YET = ("tests/pipeline/",)
# Pages of a run folder, not of this repository.
OF_A_RUN = re.compile(r"(?:(?:pairs|CORPUS|\{corpus\}|\{kind\.name\}|\.\.)/)*(?:wds/)?README\.md")
TEXTS = frozenset({".py", ".toml", ".md", ".txt", ".lock", ".yml", ".yaml", ".ini", ".cfg", ""})
OWN = "tests/test_references.py"

PAGE = re.compile(r"[\w./{}-]*\w\.md\b")
OUTSIDE = re.compile(r"\breference/|\bdesign\.md\b|\bhazards\.md\b")
CITATION = re.compile(r"sources\.md\)?,\s+((?:\"[^\"]+\"(?:,?\s+(?:and\s+)?)?)+)")
LAW = re.compile(r"\blaws? (\d+)(?: and (\d+))?\b", re.IGNORECASE)


def listed(text: str) -> list[str]:
    """The pages that a text mentions, but for those of a run folder."""
    return [page for page in PAGE.findall(text) if not OF_A_RUN.fullmatch(page)]


def files() -> Iterator[tuple[str, str]]:
    """The name and text of every file of the repository that is text and not pending."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in sorted(filter(None, names)):
        path = ROOT / name
        if path.is_file() and path.suffix in TEXTS and name != OWN and not name.startswith(NOT_YET):
            yield name, path.read_text(encoding="utf-8")


def is_there(page: str, mentioned_in: str) -> bool:
    """Whether a page exists, from the root, from docs/ or from the folder of the file that mentions it."""
    folders = (ROOT, ROOT / "docs", (ROOT / mentioned_in).parent)
    return any((folder / page).is_file() for folder in folders)


def headings() -> set[str]:
    """The headings of docs/sources.md."""
    return set(re.findall(r"^#+ (.+)$", (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), re.MULTILINE))


def cited(text: str) -> list[str]:
    """The sections of docs/sources.md that a text cites, also over the end of a line of a comment."""
    joined = re.sub(r"\s*\n\s*(?:# )?", " ", text)
    return [heading for found in CITATION.findall(joined) for heading in re.findall(r'"([^"]+)"', found)]


def test_every_page_that_is_mentioned_exists() -> None:
    """No source, document or test sends its reader to a page that is not here."""
    dead = [f"{name}: {page}" for name, text in files() for page in listed(text) if not is_there(page, name)]
    dead += [f"{name}: {found}" for name, text in files() for found in OUTSIDE.findall(text)]
    assert not dead


def test_every_section_that_is_cited_exists() -> None:
    """A citation of docs/sources.md names one of its headings."""
    known = headings()
    assert not [f"{name}: {heading}" for name, text in files() for heading in cited(text) if heading not in known]


def test_every_law_that_is_cited_exists() -> None:
    """A law goes by a number that docs/laws.md has."""
    known = set(re.findall(r"^## (\d+)\. ", (ROOT / "docs" / "laws.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(known) == 11
    numbers = [
        (name, number) for name, text in files() for found in LAW.findall(text) for number in filter(None, found)
    ]
    assert not [f"{name}: law {number}" for name, number in numbers if number not in known]


@pytest.mark.parametrize(
    ("text", "pages", "sections"),
    [
        ('see docs/sources.md, "Hostile\n# pages".', ["docs/sources.md"], ["Hostile pages"]),
        ('([sources.md](sources.md), "A", "B")', ["sources.md", "sources.md"], ["A", "B"]),
        ('docs/sources.md, "A" and "B".', ["docs/sources.md"], ["A", "B"]),
        ("`hazards.md` §4 beside `pairs/wds/README.md`", ["hazards.md"], []),
    ],
)
def test_the_patterns_find_what_is_written(text: str, pages: list[str], sections: list[str]) -> None:
    """Mentions in prose, links and comments are found, and pages of a run folder are none."""
    assert listed(text) == pages
    assert cited(text) == sections
