"""What amounts that were scaled mean for a run: shards, wall time, and what an engine and a store are asked for. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import corpora
from pipeline.crawl_cost import Run, costs
from pipeline.engines.settings import STAGES
from pipeline.estimate import Figure, added, busiest
from pipeline.plan import Plan, Request


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sample was: pages and images that were run, bytes that were looked through, whether that was all there is; and how many
    times larger than the inputs the whole is."""

    pages: int
    images: int
    bytes: int
    complete: bool
    growth: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run is expected to make and take. Amounts are named `captures`, `text/rows`, `text/parquet/bytes`, `cpu/extract`, ..."""

    seen: Seen
    size: Run
    amounts: Mapping[str, Figure]
    shards: Mapping[str, Figure]
    asked: Mapping[str, Figure]  # of an engine and a store: see `crawl_cost.costs`
    wall: Figure


def size_of(request: Request, planned: Plan, growth: float) -> Run:
    """How large a run over `growth` times the archives that are planned is."""
    parts = [request.recipe.parts[corpus] for corpus in request.recipe.corpora]
    return Run(
        archives=round(len(planned.archives) * growth),
        bytes=round(planned.bytes * growth),
        units=round(planned.unit_count * growth),
        corpora=len(parts),
        rounds=max((len(part.duplicates) for part in parts), default=0),
        images=corpora.look_at_images(request.recipe),
    )


def forecast(amounts: Mapping[str, Figure], request: Request, planned: Plan, seen: Seen) -> Outlook:
    """Shards by the recipe's bounds, what is asked of an engine and a store, and the wall time with the workers that were asked for."""
    shards = {corpus: shard_count(amounts, corpus, request) for corpus in request.recipe.corpora}
    run = size_of(request, planned, seen.growth)
    grouped = {step: amounts[f"grouped/{step}"] for step in ("extract", "decide")}
    asked = costs(run, amounts, grouped, added(list(shards.values())))
    pieces = {"extract": asked["units"].value, "decide": asked["batches"].value, "emit": asked["shards"].value}
    wall = added([amounts[f"wall/{step}"].times(busiest(pieces[step], request.engine.workers)) for step in STAGES])
    return Outlook(seen, run, amounts, shards, asked, wall)


def shard_count(amounts: Mapping[str, Figure], corpus: str, request: Request) -> Figure:
    """Shards of a corpus: as many as the tighter of the recipe's two bounds asks for. Whole units leave some room, so this is the least."""
    sizes = request.recipe.shards
    by_rows = amounts[f"{corpus}/rows"].times(1 / sizes.rows)
    by_bytes = amounts[f"{corpus}/payload"].times(1 / sizes.bytes)
    tighter = max(by_rows, by_bytes, key=lambda figure: figure.value)

    def whole(shards: float) -> float:
        return float(max(1, math.ceil(shards)))

    ends = (None if end is None else whole(end) for end in (tighter.low, tighter.high))
    return Figure(whole(tighter.value), *ends)
