"""The reference page of the keys of a recipe is what the sections say."""

import tomllib
from pathlib import Path

from pipeline.corpora import load_recipe
from pipeline.recipe_page import recipe_markdown
from schemas.recipe_toml import dump

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipe.md"


def test_the_page_is_up_to_date() -> None:
    """docs/recipe.md equals what `python -m pipeline.recipe_page` prints."""
    assert PAGE.read_text(encoding="utf-8") == recipe_markdown()


def test_every_key_of_a_whole_recipe_has_its_line() -> None:
    """What `plan` prints in full is on the page: each section under a heading, each key in the table below it, of four cells."""
    page = recipe_markdown()
    for path, keys in sections(tomllib.loads(dump(load_recipe('name = "x"'))), ""):
        (part,) = [
            each for each in page.split("\n## ") if (f"`[{path}]`" if path else "The top") in each.partition("\n")[0]
        ]
        for key in keys:
            (line,) = [line for line in part.splitlines() if line.startswith(f"| `{key}` | ")]
            assert line.count(" | ") == 2


def sections(tree: dict[str, object], path: str) -> list[tuple[str, list[str]]]:
    """Each section of a recipe by its path, with its keys; rules are keys of the section that has them."""
    names = [key for key, value in tree.items() if not isinstance(value, dict) or key in RULES]
    found = [(path, names)]
    for key, value in tree.items():
        if isinstance(value, dict) and key not in RULES:
            found += sections(value, f"{path}.{key}".lstrip("."))
    return found


RULES = ("rules", "image_rules", "by_language", "removed")
