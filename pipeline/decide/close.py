"""A judged batch and all that it lost -> its selection, its rows of `dropped` and `failed`, its accounts and profile.

The selection holds everything of a shard's row but the payload, and where the payload lies: a section a unit and corpus, so that a shard
reads those of its own units and nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import corpora, storage
from pipeline.corpora.base import Corpus
from pipeline.corpora.unit_rows import objects
from pipeline.decide.batch import Batch
from pipeline.decide.duplicates import Standing, losers_by_round, standings
from pipeline.decide.exchange import Message, Place
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import ITEM_HOST, ITEM_LANG, ITEM_SOURCE, dropped_rows
from pipeline.decide.profile_items import KEPT, Profiler, pack_profile, unpack_profile
from pipeline.formats.parquet import write_table
from pipeline.layout import DROPPED, FAILED, table_shard
from pipeline.sections import SectionWriter, checksum, read_sections, table_bytes, table_of
from schemas.manifest import Account
from schemas.tables import DROPPED_TABLE, FAILED_TABLE, Table
from transforms.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closed batch hands up: a record a unit (rows, bytes, place and checksum of its selections), its own, its profile's place."""

    units: list[tuple[int, dict[str, Any]]]
    batch: dict[str, Any]
    profile: Place


def close_batch(job: DecideJob, batch: Batch, messages: Iterable[Message]) -> Closed:
    """Write what is decided about a batch."""
    judged = read_sections(job.run.judged(batch.number))
    found = standings(job, judged, losers_by_round(job, messages), job.rounds)
    profiler = Profiler()
    accounts: list[Account] = []
    units: list[tuple[int, dict[str, Any]]] = [
        (unit.number, {"batch": batch.number, "kept": {}}) for unit in batch.units
    ]
    gone: list[list[pa.Table]] = []
    failed: list[pa.Table] = []
    begin = dict.fromkeys(found, 0)
    asked = corpora.of_recipe(job.recipe)
    with storage.write_whole(job.run.selection(batch.number), durable=False) as file:
        writer = SectionWriter(file)
        for number, record in units:
            judged.load(
                [*(f"rows/{corpus.name}/{number}" for corpus in asked), f"dropped/{number}", f"failed/{number}"]
            )
            failed.append(table_of(judged.get(f"failed/{number}")))
            gone.append([table_of(judged.get(f"dropped/{number}"))])
            for corpus in asked:
                code = job.code(corpus)
                table = table_of(judged.get(f"rows/{corpus.name}/{number}"))
                verdicts = item_verdicts(job, corpus, table, part_of(found[code], begin[code], len(table)))
                begin[code] += len(table)
                accounts += verdicts.accounts()
                gone[-1].append(dropped_items(verdicts, table))
                profile_closed(profiler, verdicts, table)
                kept = kept_rows(table, verdicts)
                data = table_bytes(kept)
                place = (*writer.section(f"{corpus.name}/{number}", [data]), checksum(data))
                record["kept"][corpus.name] = [len(kept), int(np.sum(kept["weight"].to_numpy())), *place]
        together = unpack_profile(judged.get("profile")).merge(profiler.profile())
        profile = writer.section("profile", [pack_profile(together)])
        writer.close({})
    tables = [
        write_rows(
            job,
            DROPPED,
            DROPPED_TABLE,
            batch.number,
            in_order([table_of(judged.get("dropped/media")), *map(pa.concat_tables, gone)]),
        ),
        write_rows(job, FAILED, FAILED_TABLE, batch.number, in_order(failed)),
    ]
    record = {
        "accounts": [*judged.about["accounts"], *(asdict(account) for account in accounts)],
        "shards": [table for table in tables if table],
    }
    return Closed(units, record, (job.run.selection(batch.number), *profile))


def part_of(standing: Standing, begin: int, count: int) -> Standing:
    """The standing of a unit's items among those of its batch."""
    return Standing(standing.lost_in[begin : begin + count], standing.of[begin : begin + count])


def item_verdicts(job: DecideJob, corpus: Corpus, table: pa.Table, standing: Standing) -> Verdicts:
    """What duplicates, and what comes after them, leave of a unit's items of a corpus."""
    verdicts = Verdicts(corpus.name, len(table))
    for number, name in enumerate(job.recipe.parts[corpus.name].duplicates):
        if number == 0:
            verdicts.begin("duplicates")
        verdicts.drop(standing.lost_in == number, name, of=standing.of)
    corpus.after_duplicates(table, job.recipe, verdicts)
    return verdicts


def dropped_items(verdicts: Verdicts, table: pa.Table) -> pa.Table:
    """The rows of `dropped` of a unit's items."""
    columns = (objects(table[name].to_pylist()) for name in ("id", "url", ITEM_SOURCE))
    return dropped_rows(verdicts, *columns)


def profile_closed(profiler: Profiler, verdicts: Verdicts, table: pa.Table) -> None:
    """Add what was kept, and what left after the rules."""
    kept = verdicts.kept
    languages, hosts, ids = (objects(table[name].to_pylist()) for name in (ITEM_LANG, ITEM_HOST, "id"))
    names = table.schema.metadata[b"numbers"].decode().split("\n")
    numbers = {name: np.asarray(table[name].to_numpy(), dtype=float)[kept] for name in names if name}
    profiler.add(verdicts.corpus, KEPT, numbers, languages[kept], hosts[kept], ids[kept])
    profiler.add_dropped(verdicts.corpus, verdicts.rule, languages, hosts, ids)


def kept_rows(table: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The selection of a unit: the rows that are still in, without what only dropped rows and profiles show."""
    kept = table.filter(pa.array(verdicts.kept)).drop_columns([ITEM_LANG, ITEM_HOST, ITEM_SOURCE])
    return kept.replace_schema_metadata(None)


def in_order(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of a batch's media or of one of its units, by corpus and id: sorted unit by unit, so that memory is a unit's."""
    for table in tables:
        yield table.sort_by([("corpus", "ascending"), ("id", "ascending")])


def write_rows(
    job: DecideJob, name: str, table: Table, batch: int, tables: Iterable[pa.Table]
) -> dict[str, Any] | None:
    """A batch's rows of `dropped` or `failed` as a Parquet file of the run; None where there are none."""
    written = write_table(job.run.path, table_shard(name, batch), table, tables)
    return asdict(written) if written else None
