"""What a run of some size asks of a cluster and an object store: bytes that are shuffled, requests, memory. Pure arithmetic over figures.

Amounts of the data come from a sample (`pipeline.sample`); the numbers here are what each unit, batch and shard costs beside them. They
were counted on an emulator of S3 (`python -m benchmarks.snapshot_counts`) and in a driver with made-up workers (`benchmarks.crawl_scale`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.decide.batch import batch_rows, partition_count
from pipeline.estimate import Figure, added, known

# Requests to an object store. Of a unit while it is read and staged: openings, the look whether it is there, first reads and the upload's
# ends; and one more or two (reads, parts of the upload) for each REQUEST_BYTES of archive, by how much of it is text.
UNIT_REQUESTS, REQUEST_BYTES, BYTES_REQUESTS = 4.6, 8 * 2**20, 1.8
BATCH_REQUESTS, ROUND_REQUESTS = 8.0, 10.0  # of a batch while it is decided, and for each round of duplicates
UNIT_DECIDED = 3.1  # of a unit while its batch is decided
PICTURES_DECIDED = (5.0, 1.0)  # of a batch and of a unit more, where a corpus holds images
SHARD_REQUESTS = 3.0  # of a shard: its file and its record
DOCUMENTS = 1.2  # reads of a unit's documents for a corpus
MEDIA = (0.05, 0.2, 1.0)  # reads of an image that is kept: neighbours come by one read
ARCHIVE_REQUESTS = 2.0  # of the driver: both ends of each archive
LOOSE = 1.25  # ours: what requests of other recipes and sizes may differ by

MESSAGE_BYTES = 160  # of each message, beside its rows
EXCHANGES = 8  # in which each batch sends to each partition
UNIT_LINE, SHARD_LINE = 64, 300  # bytes of the work list of `emit`: of a unit in each corpus, and of a shard

# Memory: of the driver, beside what a unit takes of it; of a worker with the child that parses for it, and so many times what it holds of
# an exchange, which is sorted beside itself.
DRIVER_BYTES, DRIVER_UNIT_BYTES = 240e6, 1_200
WORKER_BYTES, COPIES = 500e6, 4


@dataclass(frozen=True, slots=True)
class Run:
    """How large a run is: archives, their bytes, the units they are cut into, and what its recipe asks for."""

    archives: int
    bytes: int
    units: int
    corpora: int
    rounds: int  # of duplicates
    images: bool  # whether a corpus holds images


def costs(run: Run, amounts: Mapping[str, Figure], grouped: Mapping[str, Figure], shards: Figure) -> dict[str, Figure]:
    """What the run asks for, by names such as `shuffle/decide`, `requests/emit` and `memory/driver`.

    `amounts` are those of `pipeline.sample.Outlook`; `grouped` are the bytes of rows that each step groups.
    """
    index = amounts["index"]
    batches = index.through(lambda rows: float(max(1, -(-round(rows) // batch_rows(round(rows))))))
    partitions = index.through(lambda rows: float(partition_count(round(rows))))
    messages = batches.by(partitions)
    found = {"units": known(run.units), "batches": batches, "partitions": partitions, "messages": messages}
    found["shards"] = shards
    lines = added([known(UNIT_LINE * run.units * run.corpora), shards.times(SHARD_LINE)])
    found["shuffle/extract"] = grouped["extract"]
    found["shuffle/decide"] = added([grouped["decide"], messages.times(MESSAGE_BYTES * EXCHANGES)])
    found["shuffle/emit"] = lines
    found |= requests(run, batches, shards, amounts)
    held = found["shuffle/decide"].times(1 / partitions.value)
    found["memory/worker"] = held.through(lambda rows: WORKER_BYTES + COPIES * rows)
    found["memory/driver"] = known(DRIVER_BYTES + DRIVER_UNIT_BYTES * run.units)
    return found


def requests(run: Run, batches: Figure, shards: Figure, amounts: Mapping[str, Figure]) -> dict[str, Figure]:
    """Requests to an object store, by step; `driver` are those of the driver before the first one."""
    read = run.units * UNIT_REQUESTS + run.bytes / REQUEST_BYTES * BYTES_REQUESTS
    a_batch, a_unit = BATCH_REQUESTS + run.rounds * ROUND_REQUESTS, UNIT_DECIDED
    if run.images:
        a_batch, a_unit = a_batch + PICTURES_DECIDED[0], a_unit + PICTURES_DECIDED[1]
    written = [known(run.units * run.corpora * DOCUMENTS), shards.times(SHARD_REQUESTS), batches.times(run.corpora)]
    if run.images:
        images = amounts["images"]
        low, value, high = (end if end is not None else images.value for end in (images.low, images.value, images.high))
        written.append(Figure(value * MEDIA[1], low * MEDIA[0], high * MEDIA[2]))
    return {
        "requests/driver": known(run.archives * ARCHIVE_REQUESTS),
        "requests/extract": loosely(known(read)),
        "requests/decide": loosely(added([batches.times(a_batch), known(run.units * a_unit)])),
        "requests/emit": loosely(added(written)),
    }


def loosely(figure: Figure) -> Figure:
    """A figure of counts that were made with another recipe and size.

    >>> loosely(Figure(100, 80, 120))
    Figure(value=100, low=64.0, high=150.0)
    """
    if figure.low is None or figure.high is None:
        return figure
    return Figure(figure.value, figure.low / LOOSE, figure.high * LOOSE)
