"""A judged batch and all that it lost -> its selection, its rows of `dropped` and `failed`, its accounts and profile.

The selection holds everything of a shard's row but the payload, and where the payload lies: a section for each corpus and part of a unit,
so that a shard reads those of its own and nothing else.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import corpora, storage
from pipeline.corpora.base import Corpus
from pipeline.corpora.unit_rows import objects
from pipeline.decide.batch import Batch
from pipeline.decide.cut import cut_blocks
from pipeline.decide.duplicates import Standing
from pipeline.decide.exchange import Message, Place
from pipeline.decide.index_file import write_index
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import ITEM_HOST, ITEM_LANG, ITEM_ROW, ITEM_SOURCE, dropped_rows
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.profile_items import KEPT, Profiler, pack_profile, unpack_profile
from pipeline.decide.repeats import Editor
from pipeline.decide.resolve import resolved
from pipeline.decide.tallies import Tally
from pipeline.formats.parquet import ParquetShard
from pipeline.layout import index_name, table_shard
from pipeline.sections import Sections, SectionWriter, checksum, read_sections, table_bytes, table_of
from schemas.manifest import Account
from schemas.tables import CLUSTER, CLUSTER_SIMILARITY, CLUSTER_SIZE, DROPPED_TABLE, FAILED_TABLE, Table
from transforms.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closed batch hands up: a record a unit, its own, its profile's place, and what near duplicates took of whom.

    The record of a unit has, for each of its parts, rows, bytes, place and checksum of the selection of each corpus.
    """

    units: list[tuple[int, dict[str, Any]]]
    batch: dict[str, Any]
    profile: Place
    tallies: list[Parcel]


def close_batch(job: DecideJob, batch: Batch, messages: Sequence[Message]) -> Closed:
    """Write what is decided about a batch."""
    judged = read_sections(job.run.judged(batch.number))
    found = resolved(job, batch.number, judged, messages)
    editor = Editor(job, judged.about["units"], messages)
    closing = Closing(job, found, dict.fromkeys(found, 0), editor, Tally(job))
    units: dict[int, list[dict[str, Any]]] = {unit.number: [] for unit in batch.units}
    with ExitStack() as stack:
        dropped, failed = (
            stack.enter_context(open_rows(job, table, batch.number)) for table in (DROPPED_TABLE, FAILED_TABLE)
        )
        writer = SectionWriter(stack.enter_context(storage.write_whole(job.run.selection(batch.number), durable=False)))
        dropped.write_table(in_order(table_of(judged.get("dropped/media"))))
        for place, unit in enumerate(judged.about["units"]):
            names = [f"rows/{corpus.name}/{place}" for corpus in corpora.of_recipe(job.recipe)]
            judged.load([*names, f"dropped/{place}", f"failed/{place}"])
            gone = [table_of(judged.get(f"dropped/{place}"))]
            units[unit].append(close_part(closing, judged, writer, place, gone))
            dropped.write_table(in_order(pa.concat_tables(gone)))
            failed.write_table(in_order(table_of(judged.get(f"failed/{place}"))))
        together = unpack_profile(judged.get("profile")).merge(closing.profiler.profile())
        profile = writer.section("profile", [pack_profile(together)])
        writer.close({})
    with storage.write_whole(job.run.index(batch.number)) as file:
        write_index(job, batch.number, judged, found, file)
    record = {
        "index": [[index_name(batch.number), file.tell(), file.sha256()]],
        "found": judged.about["found"],
        "accounts": [*judged.about["accounts"], *(asdict(account) for account in closing.accounts)],
        "shards": [asdict(shard.file) for shard in (dropped, failed) if shard.file],
    }
    records = [(unit, {"batch": batch.number, "kept": kept}) for unit, kept in units.items()]
    profile_place = (job.run.selection(batch.number), *profile)
    return Closed(records, record, profile_place, list(closing.tally.parcels()))


@dataclass
class Closing:
    """What is gathered while a batch is closed: what its items' duplicates left, how many of each corpus are through, and the sums."""

    job: DecideJob
    standing: Mapping[int, Standing]
    begin: dict[int, int]
    editor: Editor
    tally: Tally
    accounts: list[Account] = field(default_factory=list)
    profiler: Profiler = field(default_factory=Profiler)


def close_part(
    closing: Closing, judged: Sections, writer: SectionWriter, place: int, gone: list[pa.Table]
) -> dict[str, Any]:
    """Write the selections of a part; the rows of what left go to `gone`. Returns rows, bytes, place and checksum of each selection."""
    job, kept_by_corpus = closing.job, {}
    for corpus in corpora.of_recipe(job.recipe):
        code = job.code(corpus)
        table = table_of(judged.get(f"rows/{corpus.name}/{place}"))
        standing = closing.standing[code].part(closing.begin[code], len(table))
        closing.begin[code] += len(table)
        closing.tally.add(corpus, table, standing)
        verdicts = item_verdicts(job, corpus, table, standing)
        leave(closing, gone, verdicts, verdicts.accounts(), table)
        if CLUSTER in corpus.table.names:
            table = with_clusters(table, standing, corpora.has_near_pages(corpus, job.recipe))
        items = cut_items(closing, gone, corpus, table.filter(pa.array(verdicts.kept)))
        items = edit_items(closing, gone, corpus, place, items)
        parts = corpus.parts(items, job.recipe)
        verdicts = Verdicts(corpus.name, len(parts))
        corpus.after_duplicates(parts, job.recipe, verdicts)
        leave(closing, gone, verdicts, cut_accounts(verdicts.accounts(), len(items)), parts)
        profile_kept(closing.profiler, verdicts, parts)
        kept = kept_rows(parts, verdicts)
        data = table_bytes(kept)
        written = (*writer.section(f"{corpus.name}/{place}", [data]), checksum(data))
        kept_by_corpus[corpus.name] = [len(kept), int(np.sum(kept["weight"].to_numpy())), *written]
    return kept_by_corpus


def with_clusters(table: pa.Table, standing: Standing, asked: bool) -> pa.Table:
    """A part's items with what near duplicates say of each, where they were asked."""
    columns = {
        CLUSTER: pa.array(standing.cluster, pa.string()),
        CLUSTER_SIZE: pa.array(standing.size if asked else [None] * len(table), pa.int32()),
        CLUSTER_SIMILARITY: pa.array(standing.similarity, pa.float64(), from_pandas=True),
    }
    for name, values in columns.items():
        table = table.append_column(name, values)
    return table


def cut_items(closing: Closing, gone: list[pa.Table], corpus: Corpus, items: pa.Table) -> pa.Table:
    """The items of a part without what stands in a task, where the recipe cuts that out."""
    cut = cut_blocks(corpus, items)
    if cut is None:
        return items
    closing.accounts.append(cut.account)
    gone.append(cut.gone)
    return cut.items


def edit_items(closing: Closing, gone: list[pa.Table], corpus: Corpus, place: int, items: pa.Table) -> pa.Table:
    """The items of a part without what repeats in their texts, where the recipe looks for it."""
    edited = closing.editor.edit(corpus, place, items)
    if edited is None:
        return items
    closing.accounts.append(edited.account)
    gone.append(edited.gone)
    leave(closing, gone, edited.verdicts, edited.verdicts.accounts(), edited.items)
    return edited.items.filter(pa.array(edited.verdicts.kept))


def item_verdicts(job: DecideJob, corpus: Corpus, table: pa.Table, standing: Standing) -> Verdicts:
    """What duplicates leave of a part's items of a corpus."""
    verdicts, of = Verdicts(corpus.name, len(table)), standing.of
    for number, name in enumerate(job.names(corpus)):
        if number == 0:
            verdicts.begin("duplicates")
        verdicts.drop(standing.lost_in == number, name, standing.value, of=of)
    return verdicts


def cut_accounts(accounts: list[Account], items: int) -> list[Account]:
    """The accounts of what so many items were cut into: the first of them takes in the items, and says how many more they became."""
    if not accounts:
        return []
    return [replace(accounts[0], entered=items, added=accounts[0].entered - items), *accounts[1:]]


def leave(closing: Closing, gone: list[pa.Table], verdicts: Verdicts, accounts: list[Account], table: pa.Table) -> None:
    """Note what verdicts took out: accounts, rows of `dropped`, profile."""
    closing.accounts += accounts
    if verdicts.kept.all():  # as most do, and columns as Python's objects cost more than all else here
        return
    gone.append(dropped_items(verdicts, table))
    closing.profiler.add_dropped(verdicts.corpus, verdicts.rule, *shown_of(table))


def dropped_items(verdicts: Verdicts, table: pa.Table) -> pa.Table:
    """The rows of `dropped` of a part's items."""
    columns = (objects(table[name].to_pylist()) for name in ("id", "url", ITEM_SOURCE))
    return dropped_rows(verdicts, *columns)


def shown_of(table: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Languages, hosts and ids, as a profile shows items."""
    languages, hosts, ids = (objects(table[name].to_pylist()) for name in (ITEM_LANG, ITEM_HOST, "id"))
    return languages, hosts, ids


def profile_kept(profiler: Profiler, verdicts: Verdicts, table: pa.Table) -> None:
    """Add what was kept."""
    kept = verdicts.kept
    languages, hosts, ids = shown_of(table)
    names = table.schema.metadata[b"numbers"].decode().split("\n")
    numbers = {name: np.asarray(table[name].to_numpy(), dtype=float)[kept] for name in names if name}
    profiler.add(verdicts.corpus, KEPT, numbers, languages[kept], hosts[kept], ids[kept])


def kept_rows(table: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The selection of a part: the rows that are still in, without what only dropped rows and profiles show."""
    kept = table.filter(pa.array(verdicts.kept)).drop_columns([ITEM_LANG, ITEM_HOST, ITEM_SOURCE, ITEM_ROW])
    return kept.replace_schema_metadata(None)


def in_order(table: pa.Table) -> pa.Table:
    """The rows of a batch's media or of a part, by corpus and id: sorted part by part, so that memory is a part's."""
    return table.sort_by([("corpus", "ascending"), ("id", "ascending")])


def open_rows(job: DecideJob, table: Table, batch: int) -> ParquetShard:
    """The Parquet file of a batch's rows of `dropped` or `failed`, which is none where there are none."""
    return ParquetShard(job.run.path, table_shard(table.name, batch), table.name, table.schema())
