"""The bundled recipes: they load, they say where each number comes from, and they are what they claim."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from jobs import recipe_files
from jobs.cli import main
from pipeline.corpora import load_recipe
from schemas.outcomes import UserError
from schemas.recipe import SIGNALS, Bounds, Recipe
from schemas.recipe_toml import dump

NAMES = sorted(recipe_files.summaries())
SOURCE = re.compile(
    r"ours|C4|CC12M|MMC4|Kosmos-1|COYO|LAION|Gopher|FineWeb|OBELICS|NeMo|datatrove|is no cap|keeps every"
)


def recipe(name: str, *settings: str) -> Recipe:
    """A bundled recipe."""
    text, where = recipe_files.read(name)
    return load_recipe(text, settings, where, bases=recipe_files.base)


def test_the_recipes_are_there() -> None:
    """kosmos1 is the default; each other one names the variant that it is in its first line."""
    assert {"c4", "fineweb", "kosmos1", "raw"} <= set(NAMES) and recipe_files.DEFAULT == "kosmos1"


@pytest.mark.parametrize("name", NAMES)
def test_recipe_loads_under_its_name(name: str) -> None:
    """Each file is a valid recipe whose name is the file's, and dumping it changes nothing."""
    assert recipe(name).name == name
    assert load_recipe(dump(recipe(name))) == recipe(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_names_its_source(name: str) -> None:
    """A line of a recipe that sets a number ends with a comment that says whose number it is."""
    for line in (recipe_files.FOLDER / f"{name}.toml").read_text().splitlines():
        setting, _, comment = line.partition("#")
        if re.search(r"=.*\d", re.sub(r'"[^"]*"', "", setting)):
            assert SOURCE.search(comment), line


def test_kosmos1_is_what_the_paper_states() -> None:
    """The recipe holds the numbers that the paper states (docs/sources.md, "Kosmos-1")."""
    kosmos1 = recipe("kosmos1")
    document = kosmos1.parts["interleaved"]
    assert document.languages == ("en",)
    assert (document.max_images, document.one_image_share) == (5, 0.5)
    assert document.image_rules["image_min_side"] == Bounds(floor=64)
    assert document.image_rules["image_spread"].floor
    assert document.rules["interleaved_images"] == document.rules["interleaved_texts"] == Bounds(floor=1)
    assert {"kosmos_emoji_ratio", "kosmos_hashtag_ratio", "kosmos_url_ratio"} <= document.rules.keys()
    assert (document.sentences_before, document.sentences_after) == (0, 0)
    assert kosmos1.parts["pairs"].rules["caption_special_tags"] == Bounds(ceiling=0)


def test_gopher_repetition_is_table_a1() -> None:
    """The repetition ceilings are those of Gopher's Table A1 (docs/sources.md, "Gopher repetition")."""
    rules = recipe("kosmos1").parts["text"].rules
    table = {2: 0.20, 3: 0.18, 4: 0.16, 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
    for n, limit in table.items():
        assert rules[f"gopher_{'top' if n < 5 else 'later'}_{n}gram_chars"] == Bounds(ceiling=limit)


def test_kosmos1_heeds_what_is_said_of_training() -> None:
    """All signals but those of search and of prompts, which say nothing of training, and terms in RSL, which may allow it."""
    other_uses = {"usage_ai_use", "usage_search", "signal_ai_input", "signal_search"}
    kosmos1 = recipe("kosmos1")
    assert set(kosmos1.heeded) == set(kosmos1.opt_outs) == set(SIGNALS) - other_uses - {"rsl"}
    assert recipe("kosmos1", "consent=strict").heeded == (*kosmos1.opt_outs, "rsl")


def test_raw_decides_nothing() -> None:
    """raw has no rule, no duplicate removal, no cap, no sampling, no language and heeds no signal."""
    raw = recipe("raw")
    for part in (raw.parts["text"], raw.parts["pairs"], raw.parts["interleaved"]):
        assert (part.languages, part.duplicates, dict(part.rules)) == ((), (), {})
    assert (raw.opt_outs, raw.parts["interleaved"].max_images, raw.parts["interleaved"].one_image_share) == ((), 0, 1.0)
    assert (
        not raw.parts["interleaved"].image_rules
        and not raw.parts["text"].clean_c4
        and not raw.parts["pairs"].main_content
    )
    assert raw.limits.failed_share == 1.0


def test_file_wins_by_its_path_and_bundled_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is read as a file; a bundled name stays bundled even where a file of that name lies about."""
    monkeypatch.chdir(tmp_path)
    Path("raw").write_text('name = "not raw"')
    Path("mine").write_text('name = "mine"')
    assert tomllib.loads(recipe_files.read("raw")[0])["name"] == "raw"
    assert recipe_files.read("mine") == ('name = "mine"', "mine")
    assert recipe_files.read("./raw")[0] == 'name = "not raw"'


def test_listing_and_printing(capsys: pytest.CaptureFixture[str]) -> None:
    """`recipes` lists with a line each and marks the default; `recipes NAME` prints the file as it is."""
    assert main(["recipes"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == NAMES and sum(line.endswith("(the default)") for line in listed) == 1
    assert main(["recipes", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == NAMES
    assert main(["recipes", "raw"]) == 0
    assert capsys.readouterr().out == (recipe_files.FOLDER / "raw.toml").read_text()


def test_a_file_extends_a_bundled_recipe_or_one_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is run; what is not there is told with the nearest name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.toml").write_text('extends = "kosmos1"\nname = "own"\n[text]\nlanguages = ["de"]')
    (tmp_path / "mine" / "more.toml").write_text('extends = "own.toml"\nname = "more"')
    text, where = recipe_files.read("mine/more.toml")
    found = load_recipe(text, where=where, bases=recipe_files.base)
    assert found.parts["text"].languages == ("de",) and found.opt_outs == recipe("kosmos1").opt_outs
    with pytest.raises(UserError, match=r"mine/more.toml: extends: no recipe 'cosmos1'; did you mean kosmos1"):
        recipe_files.base("cosmos1", "mine/more.toml")


def test_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """`--keys` prints the page of all keys."""
    assert main(["recipes", "--keys"]) == 0
    assert "| `similarity` | a number, 0 to 1 | `0.8` |" in capsys.readouterr().out
