"""Texts that share words without being copies: what near duplicates take of them, and what the guard says.

Run from the repository root: ``python -m benchmarks.near_cases`` (a minute). A chain of 20 texts, each with 20 words of 600 changed against
the one before; 1,000 pages of one template, whose share of a page's words grows; 10,000 distinct pages of 100 sources that share a notice,
likewise. Texts are drawn by seeds, measured as staging measures them, and decided by the step `decide` without an engine.
"""

import sys
import tempfile
from pathlib import Path

from pipeline.corpora import load_recipe
from pipeline.decide.tallies import Worst
from pipeline.guard import check_guard
from schemas.outcomes import GuardError
from schemas.recipe import Recipe
from tests.support.index_rows import Decided, decide, unit_index
from tests.support.signed_pages import chain, sharing, signed
from tests.support.tallies import accounts_of, worst_of

RECIPE = 'name = "near"\ncorpora = ["text"]\n[text]\nduplicates = ["near"]\n[near_texts]\nsurvivor = "first"'
SOURCES = 100
WORDS = 200  # of a page
SHARES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def decided(texts: list[str], recipe: Recipe, sources: int = 1) -> tuple[Decided, Worst]:
    """Texts dealt out to sources in turn, each a batch and a host of its own."""
    rows = signed(texts)
    for place, row in enumerate(rows):
        row["url"] = f"http://host{place % sources}.example/{place}"
    batches = [[unit_index(rows[number::sources], number=number)] for number in range(sources)]
    with tempfile.TemporaryDirectory() as folder:
        found = decide(Path(folder), recipe, batches, 2)
        return found, worst_of(found)


def counted(found: Decided) -> tuple[int, int]:
    """How many stay and how many left."""
    (duplicates,) = [
        account for account in accounts_of(found) if account.corpus == "text" and account.stage == "duplicates"
    ]
    return duplicates.kept, sum(duplicates.duplicates.values())


def guarded(found: Decided, worst: Worst, recipe: Recipe) -> str:
    """What the guard says, in a word."""
    try:
        check_guard(accounts_of(found), worst, recipe, "OUT", "OUT/staging")
    except GuardError:
        return "stops"
    return "goes on"


def main() -> int:
    """Print the three tables."""
    for passes in (1, 4):
        recipe = load_recipe(RECIPE, [f"near_texts.passes={passes}"])
        found, worst = decided(chain(20), recipe)
        (cluster,) = worst["text"]["clusters"]
        print(f"chain of 20, {passes} pass: {counted(found)[0]} stay, {cluster['items']} hang together")
    guard = ["guard.hosts_from=50", "guard.sources_from=50"]
    recipe = load_recipe(RECIPE, guard)
    print(
        "\nshared words   likeness   1,000 pages of a template: left, largest   10,000 pages of 100 sources: left, worst, guard"
    )
    for share in SHARES:
        shared = round(WORDS * share)
        # Of n words n - 4 n-grams; those across the borders are a page's own.
        frame = shared - 8
        likeness = frame / (2 * (WORDS - 4) - frame)
        pages, told = decided(sharing(1_000, shared, WORDS - shared), recipe)
        largest = max((cluster["items"] for cluster in told["text"]["clusters"]), default=1)
        many, worst = decided(sharing(10_000, shared, WORDS - shared), recipe, SOURCES)
        hosts = worst["text"]["hosts"]["worst"]
        lost = hosts[0]["left"] / hosts[0]["came"] if hosts else 0.0
        print(
            f"{share:12.0%} {likeness:10.2f}   {counted(pages)[1]:6,} {largest:6,} {'':30} {counted(many)[1]:6,} "
            f"{lost:6.0%}   {guarded(many, worst, recipe)}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
