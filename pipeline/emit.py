"""Selections -> shards. In: groups of units. Out: shards in every format, with a commit record each. Cost: no shuffle of rows."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.pvalue import PCollection

from pipeline import corpora, formats, storage
from pipeline.corpora.base import Corpus
from pipeline.groups import ShardLine, read_shard
from pipeline.layout import RunFolder, StagingFolder
from pipeline.payloads import Place, SpooledPayloads, document_place, medium_place, read_together
from pipeline.sections import DamagedFileError, checksum, damaged, read_sealed, sealed, table_of
from pipeline.work_list import Gather, ReadLines
from schemas.manifest import ShardFile
from schemas.recipe import Recipe

ROWS_BYTES = 8 * 2**20  # payload that is gathered before rows are handed to the writer
ROWS = 1024  # and so many of them: each has a hundred values
ROWS_AT_ONCE = 64  # selected rows that are Python objects at a time: one may name some thousand images


@dataclass(frozen=True, slots=True)
class EmitJob:
    """What every worker of this step is told."""

    root: str
    staging: StagingFolder
    run: RunFolder
    recipe: Recipe
    parts: int
    storage: dict[str, str]


@dataclass
class Emit(beam.PTransform):
    """The work list -> shards. Cost: no shuffle of rows."""

    job: EmitJob

    def __post_init__(self) -> None:
        super().__init__("Emit")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered records."""
        job = self.job
        return (
            begin
            | "Shards" >> ReadLines(job.run.shards, job.storage)
            | "Write" >> beam.ParDo(WriteShard(job))
            | "Records" >> Gather(job.run.emit, job.parts, merge_records, job.storage)
        )


@dataclass
class WriteShard(beam.DoFn):
    """A shard's line -> the shard in every format of its corpus, then its commit record."""

    job: EmitJob

    def setup(self) -> None:
        """Workers may be fresh processes."""
        storage.configure(self.job.storage)

    def process(self, line: str) -> Iterator[tuple[int, str]]:
        """Skips a shard whose record and bytes are there."""
        shard = read_shard(line)
        record = self.job.run.shard_record(shard.corpus, shard.number)
        files = whole_files(self.job.run, record)
        if files is None:
            files = write_shard(self.job, shard)
            with storage.write_whole(record) as file:
                file.write(sealed(entries_of(files)))
        yield shard.number, json.dumps(entries_of(files))


def entries_of(files: Sequence[ShardFile]) -> list[dict[str, Any]]:
    """The files of a shard as JSON knows them."""
    return [asdict(each) for each in files]


def shard_files(entries: Iterable[Mapping[str, Any]]) -> list[ShardFile]:
    """The files that JSON names."""
    return [ShardFile(**(dict(entry) | {"parts": tuple(entry["parts"])})) for entry in entries]


def merge_records(records: Sequence[Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The files of several shards."""
    return [entry for record in records for entry in record]


def whole_files(run: RunFolder, record: str) -> list[ShardFile] | None:
    """The files of a commit record, where every one has the bytes that it says (never because a name exists); else None."""
    try:
        files = shard_files(read_sealed(record))
        same = all(storage.digest(run.file(file.name)) == file.sha256 for file in files)
    except (FileNotFoundError, DamagedFileError):  # missing, or torn: it is written again
        return None
    return files if same else None


def write_shard(job: EmitJob, shard: ShardLine) -> list[ShardFile]:
    """Write one shard in every format of its corpus."""
    corpus = corpora.by_name(shard.corpus)
    wanted = [formats.by_name(name) for name in job.recipe.parts[shard.corpus].formats]
    with ExitStack() as stack:
        writers = []
        for one in wanted:
            name = one.shard_name(shard.corpus, shard.number, shard.count)
            writers.append(stack.enter_context(one.open(job.run.path, name, corpus.kind, empty_ok=not shard.units)))
        for rows in batches(shard_rows(job, corpus, shard)):
            for writer in writers:
                writer.write(rows)
    return [writer.file for writer in writers if writer.file]


def batches(rows: Iterable[tuple[dict[str, Any], int]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in batches of about ROWS_BYTES of payload, or of ROWS."""
    batch: list[dict[str, Any]] = []
    together = 0
    for row, weight in rows:
        batch.append(row)
        together += weight
        if together >= ROWS_BYTES or len(batch) >= ROWS:
            yield batch
            batch, together = [], 0
    if batch:
        yield batch


def shard_rows(job: EmitJob, corpus: Corpus, shard: ShardLine) -> Iterator[tuple[dict[str, Any], int]]:
    """The rows of a shard in the order of their ids, each with its payload's size in bytes."""
    if not shard.units:
        return
    selected = read_selection(job.run, shard)
    with SpooledPayloads(job.staging, job.root) as payloads:
        payloads.fetch(places(selected))
        for batch in selected.sort_by("id").to_batches(max_chunksize=ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield corpus.row(row, payloads, job.recipe), row["weight"]


def read_selection(run: RunFolder, shard: ShardLine) -> pa.Table:
    """The selections of a shard's units, those of a batch front to back; `home` is the unit of each row.

    Raises DamagedFileError where one has changed.
    """
    tables = []
    for batch, units in groupby(
        sorted(shard.units, key=lambda unit: (unit.batch, unit.at)), key=lambda unit: unit.batch
    ):
        path = run.selection(batch)
        try:
            for unit, data in read_together(path, units):
                if checksum(data) != unit.checksum:
                    raise damaged(path, f"the selection of unit {unit.unit} has changed")
                table = table_of(data)
                tables.append(table.append_column("home", pa.array(np.full(len(table), unit.unit, np.int32))))
        except FileNotFoundError as error:
            raise damaged(path, "it is missing") from error
    together = pa.concat_tables(tables)
    mine = [shard.holds(identity) for identity in together["id"].to_pylist()]
    return together if all(mine) else together.filter(pa.array(mine, pa.bool_()))


def places(selected: pa.Table) -> Iterator[Place]:
    """Where all payloads of selected rows lie: documents, media, and the images inside documents."""
    names = selected.column_names
    for wanted, place in ((("doc_offset", "doc_length"), document_place), (("place", "at"), medium_place)):
        if set(wanted) <= set(names):
            for row in selected.select([n for n in names if n in _PLACE_COLUMNS]).to_pylist():
                yield place(row)
    if "images" in names:
        for images in selected["images"].to_pylist():
            yield from map(medium_place, images)


_PLACE_COLUMNS = frozenset(("home", "doc_offset", "doc_length", "unit", "span", "place", "at", "length"))
