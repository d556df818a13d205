"""A sample of a plan's units through the real job, in a folder that is gone afterwards: what `plan --sample` measures."""

import hashlib
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pipeline import storage
from pipeline.columns import read_table
from pipeline.emit import cut_shards
from pipeline.estimate import Figure, Sample, added, apportion, busiest, scale
from pipeline.extract import read_summary, stage_unit
from pipeline.keep import BUCKET_DIGITS
from pipeline.lot import LOT_ROWS, cost
from pipeline.plan import Plan, Request, Unit
from pipeline.progress import Progress
from pipeline.run import Tell, run
from pipeline.stage import isolator
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from schemas.tasks import PageTask

STEPS = ("extract", "decide", "emit")
COUNTED = {"captures": "entered", "pages": "kept", "images": "kept"}  # which number of each account is an amount
# Loads what a child loads once, so that a unit's own work can be told from it.
FIRST_PAGE = PageTask("https://example.org/", b"<p>The first page of a child loads its models.</p>", "", (), False)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run is expected to make and take. Amounts are named `captures`, `text/rows`, `text/parquet/bytes`, `cpu/extract`, ..."""

    units: int
    bytes: int
    amounts: Mapping[str, Figure]
    shards: Mapping[str, Figure]
    wall: Figure


@dataclass
class Meter:
    """CPU seconds (this process and its ended children) and wall seconds, by step."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what the block takes to a step."""
        before = now()
        yield
        self.add(name, before)

    def add(self, name: str, before: tuple[float, float]) -> None:
        """Add what was taken since `before` to a step."""
        for kind, then, after in zip(("cpu", "wall"), before, now(), strict=True):
            self.spent[f"{kind}/{name}"] = self.spent.get(f"{kind}/{name}", 0.0) + after - then


def now() -> tuple[float, float]:
    """CPU seconds that this process and its ended children have used, and the wall clock."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used), time.monotonic()


def choose(units: Sequence[Unit], count: int, seed: int) -> list[Unit]:
    """`count` units that hold something, drawn by a seeded hash of where they begin, in the order of the plan.

    Raises UserError where no unit holds anything.
    """
    filled = [unit for unit in units if unit.end > unit.start]
    if not filled:
        raise UserError("every input is empty: there is nothing to sample")

    def lot(unit: Unit) -> bytes:
        return hashlib.sha256(f"{seed}\0{unit.start}\0{unit.source}".encode()).digest()

    return sorted(sorted(filled, key=lot)[:count], key=lambda unit: unit.number)


def estimate(request: Request, planned: Plan, units: Sequence[Unit], tell: Tell) -> Outlook:
    """What `request` will make and take, from a run over `units`, with one worker on this machine.

    Raises what a run raises.
    """
    with tempfile.TemporaryDirectory(prefix="triptych-plan-") as folder:
        small = replace(
            request,
            output=storage.join(folder, "run"),
            staging=storage.join(folder, "staging"),
            workers=1,
            beam_options=(),
        )
        sources = {unit.source for unit in units}
        archives = tuple(archive for archive in planned.archives if archive.source in sources)
        # Lots name units by number.
        numbered = tuple(replace(unit, number=number) for number, unit in enumerate(units))
        samples = measure(small, Plan(archives, numbered, planned.inputs_digest), tell)
    return forecast(scale(samples, planned.bytes), request, planned, samples)


def measure(request: Request, part: Plan, tell: Tell) -> list[Sample]:
    """Run a plan of a few units and give the amounts of each."""
    amounts = []
    begin = start_of_a_child(request)
    for number, unit in enumerate(part.units):
        tell(Progress("sample", number, len(part.units), "units"))
        amounts.append(stage_alone(request, unit, begin))
    meter, marks = Meter(), [now()]

    def heard(progress: Progress) -> None:
        if progress.step == "emit" and len(marks) == 1:
            meter.add("decide", marks[0])
            marks.append(now())
        tell(progress)

    manifest = run(request, heard, part)
    meter.add("emit", marks[-1])
    for name, values in shared_out(request, [own["index"] for own in amounts], manifest, meter).items():
        for own, value in zip(amounts, values, strict=True):
            own[name] = value
    return [
        Sample(unit.end - unit.start, own | {"cpu": sum(own[f"cpu/{step}"] for step in STEPS)})
        for unit, own in zip(part.units, amounts, strict=True)
    ]


def start_of_a_child(request: Request) -> dict[str, float]:
    """What it takes to start a child and to load its models: once a worker, however much that reads."""
    meter = Meter()
    with meter.step("extract"), isolator(request.recipe.extract) as child:
        list(child.run([FIRST_PAGE]))
    return meter.spent


def stage_alone(request: Request, unit: Unit, begin: Mapping[str, float]) -> dict[str, float]:
    """Stage one unit in a child of its own (whose CPU time is known when it has ended); what it took, and what it held."""
    meter = Meter()
    with meter.step("extract"), isolator(request.recipe.extract) as child:
        stage_unit(unit, request.staging_folder, child)
    summary = read_summary(request.staging_folder, unit.name)
    return {
        **{name: max(0.0, value - begin[name]) for name, value in meter.spent.items()},
        **{account: float(summary["doors"][account][number]) for account, number in COUNTED.items()},
        "staging/units": float(sum(summary["files"].values())),
        "index": float(cost(summary["rows"], summary["files"])),
    }


def shared_out(request: Request, index: Sequence[float], manifest: Manifest, meter: Meter) -> dict[str, list[float]]:
    """What was measured of all units together, as each unit's part: by its index rows, or by the payload that was kept of it."""
    decisions = storage.join(request.output, "staging", "decide")
    found = {"staging/decide": apportion(sum(sizes_below(decisions)), index)}
    payload = np.zeros(len(index))
    for corpus in request.recipe.corpora:
        rows, weight = kept_of(decisions, corpus, len(index))
        payload += weight
        found |= {f"{corpus}/rows": rows.tolist(), f"{corpus}/payload": weight.tolist()}
        for carrier in getattr(getattr(request.recipe, corpus), "carriers", ("parquet",)):
            written = sum(shard.bytes for shard in manifest.shards_of(corpus, carrier))
            found[f"{corpus}/{carrier}/bytes"] = apportion(written, weight.tolist())
    for corpus in ("dropped", "failed"):
        shards = manifest.shards_of(corpus, "parquet")
        found[f"{corpus}/rows"] = apportion(sum(shard.rows for shard in shards), index)
        found[f"{corpus}/parquet/bytes"] = apportion(sum(shard.bytes for shard in shards), index)
    shares = {"decide": index, "emit": payload.tolist()}
    return found | {name: apportion(took, shares[name.split("/")[1]]) for name, took in meter.spent.items()}


def sizes_below(folder: str) -> list[int]:
    """The sizes of the files below a folder."""
    return [storage.size(storage.join(folder, name)) for name in storage.files_below(folder)]


def kept_of(decisions: str, corpus: str, units: int) -> tuple[Any, Any]:
    """Rows and bytes of payload that a corpus kept, by unit (a pair counts where its image lies)."""
    rows, weight = np.zeros(units), np.zeros(units)
    for name in storage.files_below(decisions):
        if name.startswith(f"keep-{corpus}-"):
            table = read_table(storage.join(decisions, name))
            numbers = table["unit"].to_numpy()
            rows += np.bincount(numbers, minlength=units)
            weight += np.bincount(numbers, table["weight"].to_numpy(), minlength=units)
    return rows, weight


def forecast(amounts: Mapping[str, Figure], request: Request, planned: Plan, samples: Sequence[Sample]) -> Outlook:
    """Shards by the recipe's bounds, and the wall time with the workers that were asked for."""
    shards = {corpus: shard_count(amounts, corpus, request) for corpus in request.recipe.corpora}
    pieces = {
        "extract": len(planned.units),
        "decide": amounts["index"].value / LOT_ROWS,
        "emit": sum(shard.value for shard in shards.values()),
    }
    wall = added([amounts[f"wall/{step}"].times(busiest(pieces[step], request.workers)) for step in STEPS])
    return Outlook(len(samples), sum(sample.bytes for sample in samples), amounts, shards, wall)


def shard_count(amounts: Mapping[str, Figure], corpus: str, request: Request) -> Figure:
    """Shards of a corpus, cut as the run cuts them, its ids spread evenly as hashes are."""
    rows, payload = amounts[f"{corpus}/rows"], amounts[f"{corpus}/payload"]

    def cut(rows: float, payload: float) -> float:
        places = min(16**BUCKET_DIGITS, round(rows))
        each = (rows / max(places, 1), payload / max(places, 1))
        even = {f"{place:0{BUCKET_DIGITS}x}": each for place in range(places)}
        sizes = request.recipe.shards
        return len(cut_shards(corpus, even, sizes.rows, sizes.bytes))

    if rows.low is None or rows.high is None or payload.low is None or payload.high is None:
        return Figure(cut(rows.value, payload.value))
    return Figure(cut(rows.value, payload.value), cut(rows.low, payload.low), cut(rows.high, payload.high))
