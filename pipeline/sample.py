"""A sample of a plan's units through the real job, in a folder that is gone afterwards: what `plan --sample` measures."""

import hashlib
import heapq
import math
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline import storage
from pipeline.decide.batch import batch_rows
from pipeline.estimate import Figure, Sample, added, apportion, busiest, scale
from pipeline.plan import Plan, Request, Unit, Work
from pipeline.progress import Progress, Tell
from pipeline.run import read_decided, run
from pipeline.run_folder import claim_folder, identify
from pipeline.stage.beam import isolator
from pipeline.stage.unit import stage_unit
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


def choose(units: Iterable[Unit], count: int, seed: int) -> list[Unit]:
    """`count` units that hold something, drawn by a seeded hash of where they begin, in the order of the plan.

    Raises UserError where no unit holds anything.
    """

    def draw(unit: Unit) -> bytes:
        first = unit.spans[0]
        return hashlib.sha256(f"{seed}\0{first.start}\0{first.source}".encode()).digest()

    drawn = heapq.nsmallest(count, (unit for unit in units if unit.bytes), key=draw)
    if not drawn:
        raise UserError("every input is empty: there is nothing to sample")
    return sorted(drawn, key=lambda unit: unit.number)


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
        sources = {span.source for unit in units for span in unit.spans}
        archives = tuple(archive for archive in planned.archives if archive.source in sources)
        work = tuple(Work(number, unit.spans) for number, unit in enumerate(units))
        samples = measure(small, Plan(planned.root, archives, work, planned.inputs_digest), tell)
    return forecast(scale(samples, planned.bytes), request, planned, samples)


def measure(request: Request, part: Plan, tell: Tell) -> list[Sample]:
    """Run a plan of a few units and give the amounts of each."""
    claim_folder(request, identify(request, part))  # before anything is staged: staging says what it was measured by
    amounts = []
    begin = start_of_a_child(request)
    units = list(part.units())
    for unit in units:
        tell(Progress("sample", unit.number, len(units), "units"))
        amounts.append(stage_alone(request, part.root, unit, begin))
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
        Sample(unit.bytes, own | {"cpu": sum(own[f"cpu/{step}"] for step in STEPS)})
        for unit, own in zip(units, amounts, strict=True)
    ]


def start_of_a_child(request: Request) -> dict[str, float]:
    """What it takes to start a child and to load its models: once a worker, however much that reads."""
    meter = Meter()
    with meter.step("extract"), isolator(request.recipe.extract) as child:
        list(child.run([FIRST_PAGE]))
    return meter.spent


def stage_alone(request: Request, root: str, unit: Unit, begin: Mapping[str, float]) -> dict[str, float]:
    """Stage one unit in a child of its own (whose CPU time is known when it has ended); what it took, and what it held."""
    meter = Meter()
    with meter.step("extract"), isolator(request.recipe.extract) as child:
        record = stage_unit(unit, root, request.staging_folder, child)
    accounts = {account["corpus"]: account for account in record.accounts}
    return {
        **{name: max(0.0, value - begin[name]) for name, value in meter.spent.items()},
        **{account: float(accounts[account][number]) for account, number in COUNTED.items()},
        "staging/units": float(record.bytes),
        "index": float(record.rows),
    }


def shared_out(request: Request, index: Sequence[float], manifest: Manifest, meter: Meter) -> dict[str, list[float]]:
    """What was measured of all units together, as each unit's part: by its index rows, or by the payload that was kept of it."""
    decisions = sum(size for _, size in storage.walk(request.run_folder.decide))
    found = {"staging/decide": apportion(decisions, index)}
    kept = read_decided(request).kept
    payload = np.zeros(len(index))
    for corpus in request.recipe.corpora:
        units = np.sort(kept[corpus], order="unit")
        weight = units["weight"].astype(float).tolist()
        payload += weight
        found |= {f"{corpus}/rows": units["rows"].astype(float).tolist(), f"{corpus}/payload": weight}
        for format_ in request.recipe.parts[corpus].formats:
            written = sum(shard.bytes for shard in manifest.shards_of(corpus, format_))
            found[f"{corpus}/{format_}/bytes"] = apportion(written, weight)
    for corpus in ("dropped", "failed"):
        shards = manifest.shards_of(corpus, "parquet")
        found[f"{corpus}/rows"] = apportion(sum(shard.rows for shard in shards), index)
        found[f"{corpus}/parquet/bytes"] = apportion(sum(shard.bytes for shard in shards), index)
    shares = {"decide": index, "emit": payload.tolist()}
    return found | {name: apportion(took, shares[name.split("/")[1]]) for name, took in meter.spent.items()}


def forecast(amounts: Mapping[str, Figure], request: Request, planned: Plan, samples: Sequence[Sample]) -> Outlook:
    """Shards by the recipe's bounds, and the wall time with the workers that were asked for."""
    shards = {corpus: shard_count(amounts, corpus, request) for corpus in request.recipe.corpora}
    pieces = {
        "extract": planned.unit_count,
        "decide": amounts["index"].value / batch_rows(round(amounts["index"].value)),
        "emit": sum(shard.value for shard in shards.values()),
    }
    wall = added([amounts[f"wall/{step}"].times(busiest(pieces[step], request.workers)) for step in STEPS])
    return Outlook(len(samples), sum(sample.bytes for sample in samples), amounts, shards, wall)


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
