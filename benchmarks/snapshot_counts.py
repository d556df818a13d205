"""What a run asks an object store, and what it would shuffle on a cluster: the numbers of `pipeline/crawl_cost.py` and docs/scale.md.

    python -m benchmarks.snapshot_counts ARCHIVE... [--recipe kosmos1] [--corpora text]

The store is moto on loopback, the engine Beam's local one with one worker, and rows of exchanges go inside messages, as on a cluster. The
archives are run three times, with units and batches of other sizes; what their requests differ by is what a unit, 8 MiB and a batch cost.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apache_beam as beam

import pipeline.decide.batch
import pipeline.plan
from jobs.recipe_files import read
from pipeline import engine, storage
from pipeline.corpora import load_recipe
from pipeline.decide import exchange
from pipeline.grouped import Grouped, counted
from pipeline.plan import Request, plan
from pipeline.run import run
from schemas.recipe import Recipe
from tests.support.buckets import Asked, Buckets, emulator

LARGE_UNIT, SMALL_UNIT = 64 * 2**20, 2**20


@dataclass
class Counts:
    """What one run came to, by step."""

    units: int = 0
    batches: int = 0
    pages: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    grouped: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)  # bytes of rows, by exchange
    messages: Counter[str] = field(default_factory=Counter)


@contextmanager
def watched(counts: Counts, buckets: Buckets) -> Iterator[None]:
    """Let a run be counted while the block runs."""
    run_step, send = engine.run, exchange.Outbox.send

    def step(transform: beam.PTransform, *rest: Any) -> None:
        name, before, asked = type(transform).__name__.lower(), grouped.bytes, len(buckets.asked)
        run_step(transform, *rest)
        counts.grouped[name] += grouped.bytes - before
        counts.requests[name] += sum(not lease(one) for one in buckets.asked[asked:])

    def sending(box: exchange.Outbox, parcels: Any) -> Any:
        parcels = list(parcels)
        counts.sent[box.step] += sum(rows.nbytes for _, _, rows in parcels)
        counts.messages[box.step] += sum(len(rows) > 0 for _, _, rows in parcels)
        return send(box, parcels)

    grouped: Grouped
    with counted() as grouped, patch.object(engine, "run", step), patch.object(exchange.Outbox, "send", sending):
        yield


def lease(asked: Asked) -> bool:
    """Whether a request is of the driver's lease, which goes by the clock."""
    return asked.path.endswith("/lease.json")


def one_run(buckets: Buckets, archives: Sequence[Path], recipe: Recipe, unit_bytes: int, batch_rows: int) -> Counts:
    """Run the archives on the store, with units and batches of these sizes."""
    bucket, counts = buckets.new(), Counts()
    storage.configure(buckets.s3())
    for number, archive in enumerate(archives):
        with storage.write_whole(f"s3://{bucket}/in/{number:04d}-{archive.name}") as file:
            file.write(archive.read_bytes())
    buckets.asked.clear()
    request = Request((f"s3://{bucket}/in",), f"s3://{bucket}/out", recipe, storage=buckets.s3())
    sizes = {"BATCH_ROWS": batch_rows, "BATCH_ROOTS": 0}
    with (
        patch.multiple(pipeline.plan, UNIT_BYTES=unit_bytes, SMALL_BYTES=1),
        patch.multiple(pipeline.decide.batch, **sizes),
        watched(counts, buckets),
    ):
        planned = plan(request)
        counts.requests["driver"] = len(buckets.asked)
        counts.units = planned.unit_count
        manifest = run(request, planned=planned)
    counts.batches = sum(file.corpus == "dropped" for file in manifest.shards)
    (counts.pages,) = [account.kept for account in manifest.accounts if account.corpus == "pages"]
    return counts


def report(whole: Counts, cut: Counts, batched: Counts, size: int) -> Iterator[str]:
    """What the three runs say: units of 64 MiB in one batch, of 1 MiB in one batch, and of 1 MiB in a batch each."""
    more, batches = cut.units - whole.units, batched.batches - cut.batches
    a_unit = (cut.requests["extract"] - whole.requests["extract"]) / more
    per_8_mib = (whole.requests["extract"] - whole.units * a_unit) / (size / 2**23)
    yield f"{whole.pages:,} pages, {size / 1e6:.1f} MB, {whole.units}, {cut.units} and {batched.units} units"
    yield f"requests of extract: {a_unit:.1f} a unit, {per_8_mib:.1f} for each 8 MiB"
    a_batch = (batched.requests["decide"] - cut.requests["decide"]) / batches
    decided = (cut.requests["decide"] - whole.requests["decide"]) / more
    yield f"requests of decide: {a_batch:.1f} a batch, {decided:.1f} a unit"
    yield f"requests of emit: {(cut.requests['emit'] - whole.requests['emit']) / more:.1f} a unit"
    yield f"grouped: extract {cut.grouped['extract'] / cut.units:,.0f} B a unit, emit {cut.grouped['emit'] / cut.units:,.0f} B a unit"
    sent, messages = sum(batched.sent.values()), sum(batched.messages.values())
    beside = (batched.grouped["decide"] - cut.grouped["decide"]) / (messages - sum(cut.messages.values()))
    yield f"grouped: decide {whole.grouped['decide'] / whole.pages:,.0f} B a page in one batch, {beside:.0f} B more a message"
    yield f"rows sent, B a page ({sent / batched.pages:,.0f} in all):"
    for name, amount in batched.sent.most_common():
        if amount:
            yield f"  {name:24} {amount / batched.pages:9.1f}"


def main() -> None:
    """Run three times and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--recipe", default="kosmos1")
    parser.add_argument("--corpora", default="text")
    args = parser.parse_args()
    recipe = load_recipe(read(args.recipe)[0], [f"corpora={json.dumps(args.corpora.split(','))}"])
    with emulator() as buckets:
        sizes = ((LARGE_UNIT, 10**9), (SMALL_UNIT, 10**9), (SMALL_UNIT, 1))
        runs = [one_run(buckets, args.archives, recipe, *each) for each in sizes]
    print("\n".join(report(*runs, size=sum(archive.stat().st_size for archive in args.archives))))


if __name__ == "__main__":
    main()
