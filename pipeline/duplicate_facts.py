"""What a run says of its near duplicates beside the tables: `stats/duplicates.json`. It stays when staging is deleted."""

import json
from typing import Any

from pipeline import corpora, storage
from pipeline.decide.nodes import PICTURES, pages_name
from pipeline.decide.tallies import Worst
from pipeline.layout import RunFolder
from pipeline.sections import read_sealed
from schemas.recipe import Recipe
from transforms.forget.wanted import Wanted


def duplicate_facts(folder: RunFolder, recipe: Recipe, worst: Worst) -> str:
    """The file as JSON.

    `corpora` has for each corpus with rounds of near duplicates its `hosts` and `sources` (how many the guard looked at, how many lost
    more than it allows, the worst with what came and what left) and its largest `clusters`. `components` has what was alike
    over the run, of pages and of pictures: verified pairs, components of two and more, their members, the sizes of the largest, and
    `hot`: items that most of those that met them in a bucket were not like (id, those, all that met it). What such a bucket held besides
    may be alike among itself and was not compared there.
    """
    found = {"components": list(component_facts(folder, recipe)), "corpora": worst}
    return as_text(found)


def as_text(facts: dict[str, Any]) -> str:
    """The facts as JSON: the same bytes for equal ones."""
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def component_facts(folder: RunFolder, recipe: Recipe) -> list[dict[str, Any]]:
    """What was found to be alike, of pages by the round of each corpus, and of pictures. Raises DamagedFileError."""
    found = []
    for name, of, asking in names_of(recipe):
        path = folder.components(name)
        if storage.exists(path):
            report = read_sealed(path)
            sizes = [size for _, size in report["largest"]]
            counts = {key: report[key] for key in ("edges", "components", "members", "hot")}
            found.append({"of": of, "corpora": asking, **counts, "largest": sizes})
    return found


def names_of(recipe: Recipe) -> list[tuple[str, str, list[str]]]:
    """(name of the report, what it is of, the corpora that go by it) of all that a recipe compares."""
    rounds: dict[int, list[str]] = {}
    for corpus in corpora.of_recipe(recipe):
        names = [name for name in recipe.parts[corpus.name].duplicates]
        for number in [place for place, name in enumerate(names) if corpus.rounds[name].near]:
            rounds.setdefault(number, []).append(corpus.name)
    pages = [(pages_name(number), "pages", asking) for number, asking in sorted(rounds.items())]
    pictures = [(PICTURES, "pictures", list(recipe.corpora))] if recipe.near_images.set else []
    return pages + pictures


def without(text: str, wanted: Wanted) -> str:
    """The file without what names an item or a host that is to be taken down; counts stay as they are."""
    found = json.loads(text)
    for told in found["components"]:
        told["hot"] = [
            one
            for one, code in zip(told["hot"], wanted.of_ids([one[0] for one in told["hot"]]), strict=True)
            if not code
        ]
    for told in found["corpora"].values():
        told["hosts"]["worst"] = [one for one in told["hosts"]["worst"] if not wanted.holds_host(one["name"])]
        ids, urls = ([one[name] for one in told["clusters"]] for name in ("id", "url"))
        named = wanted.of_ids(ids) | wanted.of_urls(urls)
        told["clusters"] = [one for one, code in zip(told["clusters"], named, strict=True) if not code]
    return as_text(found)
