"""`triptych plan`: what `run` would do, said and not done."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from jobs import request as asked
from jobs.terminal import count, number, size
from schemas.recipe import dump

if TYPE_CHECKING:
    from pipeline.plan import Request

SHOWN = 20  # archives named one by one

arguments = asked.arguments


def act(args: argparse.Namespace) -> int:
    """Print the plan."""
    facts = planned(asked.request(args))
    print(json.dumps(facts, indent=2) if args.json else "\n".join(lines(facts)))
    return 0


def planned(request: "Request") -> dict[str, Any]:
    """What the run would read, by which recipe, and where it would write, as a JSON value."""
    from pipeline.plan import plan

    found, recipe = plan(request), request.recipe
    return {
        "output": request.output,
        "archives": [{"source": archive.source, "bytes": archive.size} for archive in found.archives],
        "bytes": found.bytes,
        "units": len(found.units),
        "workers": request.workers,
        "staging": request.staging_folder,
        "corpora": {
            corpus: list(getattr(getattr(recipe, corpus), "carriers", ("parquet",))) for corpus in recipe.corpora
        },
        "recipe": {"name": recipe.name, "digest": recipe.digest(), "toml": dump(recipe)},
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """The plan for a terminal: the inputs, the corpora, then the resolved recipe."""
    archives = count(len(facts["archives"]), "archive")
    named = [f"  {archive['source']}  {size(archive['bytes'])}" for archive in facts["archives"][:SHOWN]]
    rest = [f"  and {number(len(facts['archives']) - SHOWN)} more"] if len(facts["archives"]) > SHOWN else []
    corpora = [f"  {corpus}: {' and '.join(carriers)}" for corpus, carriers in facts["corpora"].items()]
    return [
        f"read {archives}, {size(facts['bytes'])}, in {count(facts['units'], 'unit')} of work:",
        *named,
        *rest,
        f"stage in {facts['staging']}",
        f"write to {facts['output']}:",
        *corpora,
        f"by recipe {facts['recipe']['name']}, digest {facts['recipe']['digest']}:",
        "",
        facts["recipe"]["toml"].rstrip(),
    ]
