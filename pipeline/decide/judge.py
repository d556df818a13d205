"""A batch, once: its units are read and judged part by part, and what the rules left is written to one file for the rounds of duplicates.

The file of a judged batch holds, for each part and corpus, the selection of the items that are still in; for each round of duplicates the
candidates of all parts; and the rows of what left, the accounts and the profile so far. Nobody reads the units' index again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline import corpora, storage
from pipeline.arrow_files import Spool
from pipeline.corpora.base import Corpus, Judgement, Keys, Round
from pipeline.corpora.unit_rows import FORGOTTEN, UnitRows, objects, strings, unit_rows
from pipeline.decide import policy_join, uses
from pipeline.decide.batch import Batch, UnitIndex
from pipeline.decide.bind import PolicyFiles, bind
from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.forget import read_wanted, with_forgotten, without_addresses
from pipeline.decide.job import DecideJob
from pipeline.decide.lookup_join import LOST, MATCH, Parcel, beaten_by
from pipeline.decide.near import told_labels
from pipeline.decide.nodes import PICTURES, read_nodes
from pipeline.decide.pictures import NO_LABELS, PictureLabels
from pipeline.decide.profile_items import ENTERED, Profiler, pack_profile
from pipeline.decide.tasks import batch_tasks
from pipeline.sections import SectionWriter, table_bytes
from schemas.index import LOSER, MEDIA
from schemas.manifest import Account
from schemas.tables import DROPPED
from transforms.dedup.keep_first import first_per_key
from transforms.verdicts import Verdicts

# Columns of what is judged and not yet kept.
ITEM_LANG, ITEM_HOST, ITEM_SOURCE = "item_lang", "item_host", "item_source"
ITEM_ROW = "item_row"  # its row among the part's items, which are its pages where the corpus is one of pages
MEDIA_CORPUS = "images"  # the account of media
Place = tuple[int, int]  # offset and length in the file of a judged batch


@dataclass
class RoundRows:
    """The candidates of one round, collected over the units of a batch, and the item of each (a row among its corpus's items)."""

    dtype: np.dtype
    rows: list[np.ndarray] = field(default_factory=list)
    items: list[np.ndarray] = field(default_factory=list)
    bands: list[np.ndarray] = field(default_factory=list)
    count: int = 0

    def add(self, code: int, judged: Judgement, keys: Keys, place: np.ndarray, before: int, pages: int) -> None:
        """Add the keys of a part's items; `place` is each item's row among those still in (-1: it left), of which `before` came before.

        So many `pages` of the batch came before the part's.
        """
        claiming = np.flatnonzero(place[keys.item] >= 0)
        items = keys.item[claiming]
        rows = np.zeros(len(items), self.dtype)
        rows["corpus"] = code
        rows["high"], rows["low"], rows["rank"] = keys.high[claiming], keys.low[claiming], keys.rank[claiming]
        rows["id_high"], rows["id_low"] = judged.ids.high[items], judged.ids.low[items]
        rows["ordinal"] = judged.ids.ordinal[items]
        rows["row"] = np.arange(self.count, self.count + len(items))
        if keys.evidence is not None:
            for name in keys.evidence.dtype.names or ():
                rows[name] = keys.evidence[name][claiming]
        if "page" in (self.dtype.names or ()):
            rows["page"] = pages + items if keys.bands is not None else -1
            if keys.bands is not None:
                self.bands.append(keys.bands[claiming])
        self.rows.append(rows)
        self.items.append((before + place[items]).astype(np.int32))
        self.count += len(items)


@dataclass
class BatchJudge:
    """What is gathered while a batch is judged."""

    job: DecideJob
    corpora: Sequence[Corpus]
    rounds: list[RoundRows]
    accounts: list[Account] = field(default_factory=list)
    profiler: Profiler = field(default_factory=Profiler)
    counts: dict[str, list[int]] = field(default_factory=dict)  # items still in, by corpus, a number a part
    units: list[int] = field(default_factory=list)  # the unit of each part
    pages: int = 0  # of the parts so far
    found: Counter[str] = field(default_factory=Counter)  # references by the step that found their medium


def judge_batch(job: DecideJob, batch: Batch, messages: Iterable[Message]) -> None:
    """Judge a batch with what its lookup join matched and what was counted over the run, and write its file."""
    told = list(messages)
    matches, counts, labels = matched(told), uses.told(told, job.uses), picture_labels(job, batch.number, told)
    tasks = batch_tasks(job.tasks, job.recipe.near_images, matches)
    lost = np.concatenate([np.empty(0, LOSER), *(rows_of(m, LOSER) for m in told if m[0] == LOST)])
    asked, wanted = corpora.of_recipe(job.recipe), read_wanted(job.forget)
    state = BatchJudge(job, asked, [RoundRows(dtype) for dtype in job.round_dtypes()])
    with ExitStack() as stack:
        media = stack.enter_context(MediaOfBatch())
        policies = stack.enter_context(PolicyFiles(job.staging, policy_join.told(told)))
        policies.read()
        writer = SectionWriter(stack.enter_context(storage.write_whole(job.run.judged(batch.number), durable=False)))
        for unit in batch.units:
            index = UnitIndex(job.staging, unit)
            media.add(index)
            for part in index.parts():
                place = len(state.units)
                shown = part if job.looks_at_images else part.without_references()
                rows = bind(unit_rows(shown, matches, counts, labels, tasks, job.fetching), policies)
                rows = with_forgotten(rows, wanted, job.staging)
                dropped = pa.concat_tables([part.dropped, *judge_part(state, writer, rows)])
                writer.section(f"dropped/{place}", [table_bytes(without_addresses(dropped, wanted))])
                writer.section(f"failed/{place}", [table_bytes(without_addresses(part.failed, wanted))])
                state.units.append(unit.number)
                state.pages += len(part.pages)
        verdicts, gone = media.verdicts(lost)
        writer.section("dropped/media", [table_bytes(without_addresses(gone, wanted))])
        for number, found in enumerate(state.rounds):
            writer.section(f"candidates/{number}", (part.tobytes() for part in found.rows))
            writer.section(f"items/{number}", (part.tobytes() for part in found.items))
            writer.section(f"bands/{number}", (part.tobytes() for part in found.bands))
        writer.section("profile", [pack_profile(state.profiler.profile())])
        accounts = [*verdicts.accounts(), *state.accounts]
        about: dict[str, Any] = {
            "accounts": [asdict(account) for account in accounts],
            "counts": state.counts,
            "units": state.units,
            "pages": state.pages,
        }
        about["found"] = dict(state.found)
        writer.close(about)


def matched(messages: Iterable[Message]) -> np.ndarray:
    """The media that a batch's lookup join matched."""
    return np.concatenate([np.empty(0, MEDIA), *(rows_of(m, MEDIA) for m in messages if m[0] == MATCH)])


def batch_uses(job: DecideJob, batch: Batch, messages: Iterable[Message]) -> Iterator[Parcel]:
    """What a batch sends to have its pictures and captions counted, with what its lookup join matched."""
    told = list(messages)
    media, labels = matched(told), picture_labels(job, batch.number, told)
    parts = (part for unit in batch.units for part in UnitIndex(job.staging, unit).parts())
    return uses.ask((uses.uses_in(part, media, job.uses, labels) for part in parts), job.partitions)


def picture_labels(job: DecideJob, batch: int, messages: Iterable[Message]) -> PictureLabels:
    """Which pictures of a batch are taken for one, by what it was told."""
    if not job.pictures:
        return NO_LABELS
    nodes = read_nodes(job, PICTURES, batch)
    return PictureLabels(nodes, *told_labels(messages, PICTURES, len(nodes)))


def judge_part(state: BatchJudge, writer: SectionWriter, unit: UnitRows) -> list[pa.Table]:
    """Judge a part of a unit for every corpus; returns the rows of what left."""
    dropped = []
    place = len(state.units)
    state.found.update(unit.refs.steps[unit.refs.found].tolist())
    for corpus in state.corpora:
        judged = corpus.judge(unit, state.job.recipe)
        rows = np.flatnonzero(judged.verdicts.kept)
        collect_candidates(state, corpus, judged, rows)
        writer.section(f"rows/{corpus.name}/{place}", [table_bytes(with_item(judged, rows))])
        state.counts.setdefault(corpus.name, []).append(len(rows))
        for inner in judged.inner:
            state.accounts += inner.verdicts.accounts()
            dropped.append(dropped_rows(inner.verdicts, inner.ids.text, inner.urls, inner.sources))
        state.accounts += judged.verdicts.accounts()
        dropped.append(dropped_rows(judged.verdicts, judged.ids.text, judged.urls, judged.sources))
        profile_judged(state.profiler, judged)
    return dropped


def profile_judged(profiler: Profiler, judged: Judgement) -> None:
    """Add what entered a corpus, and what its rules dropped; not what is to be forgotten."""
    corpus, rules, places = (
        judged.verdicts.corpus,
        judged.verdicts.rule,
        (judged.languages, judged.hosts, judged.ids.text),
    )
    numbers, told = judged.numbers, np.asarray(rules != FORGOTTEN, dtype=bool)
    if not told.all():  # the profile names hosts and ids
        numbers = {name: values[told] for name, values in numbers.items()}
        rules, places = rules[told], tuple(column[told] for column in places)
    profiler.add(corpus, ENTERED, numbers, *places)
    profiler.add_dropped(corpus, rules, *places)


def with_item(judged: Judgement, rows: np.ndarray) -> pa.Table:
    """The selection of some items, with what their dropped rows and the profile would say of them."""
    table = judged.select(rows)
    columns = {ITEM_LANG: judged.languages, ITEM_HOST: judged.hosts, ITEM_SOURCE: judged.sources}
    for name, values in columns.items():
        table = table.append_column(name, strings(values[rows]))
    table = table.append_column(ITEM_ROW, pa.array(rows, pa.int32()))
    about = {"numbers": "\n".join(judged.numbers)}
    return table.replace_schema_metadata(about)


def collect_candidates(state: BatchJudge, corpus: Corpus, judged: Judgement, rows: np.ndarray) -> None:
    """Add the candidates of the items at `rows`, which are still in, to every round of the recipe."""
    place = np.full(len(judged.verdicts.rule), -1)
    place[rows] = np.arange(len(rows))
    before = sum(state.counts.get(corpus.name, []))
    for number, round_ in enumerate(rounds_of(corpus, state.job)):
        keys = round_.keys(judged, state.job.recipe)
        state.rounds[number].add(state.job.code(corpus), judged, keys, place, before, state.pages)


def rounds_of(corpus: Corpus, job: DecideJob) -> list[Round]:
    """The rounds of duplicates that a recipe asks of a corpus, in its order."""
    return [corpus.rounds[name] for name in job.names(corpus)]


def dropped_rows(verdicts: Verdicts, ids: np.ndarray, urls: np.ndarray, sources: np.ndarray) -> pa.Table:
    """The rows of `dropped` of some items."""
    out = np.flatnonzero(~verdicts.kept)
    columns = {
        "corpus": [verdicts.corpus] * len(out),
        "id": ids[out],
        "url": urls[out],
        "source": sources[out],
        "stage": verdicts.stage[out],
        "rule": verdicts.rule[out],
        "value": pa.array(verdicts.value[out], from_pandas=True),  # what is no number becomes null
        "of": verdicts.of[out],
        "detail": verdicts.detail[out],
    }
    return pa.table(columns, schema=DROPPED)


class MediaOfBatch:
    """The media of a batch's units, to find those that another capture of the same address stands for.

    Addresses wait in a spool, since few of them are asked for; a context manager that forgets it.
    """

    def __init__(self) -> None:
        self._media: list[np.ndarray] = []
        self._sources: list[str] = []
        self._source_of: list[np.ndarray] = []
        self._urls = Spool()
        self._places: list[Place] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._urls.close()

    def add(self, index: UnitIndex) -> None:
        """Add those of a unit."""
        self._media.append(index.media)
        self._source_of.append(index.media["span"] + len(self._sources))
        self._sources += [span.source for span in index.spans]
        for url in index.media_urls():
            data = url.encode()
            self._places.append((self._urls.write(data), len(data)))

    def verdicts(self, lost: np.ndarray) -> tuple[Verdicts, pa.Table]:
        """The verdicts about the decoded ones, and the rows of those that left; `lost` is what other batches' media won."""
        media = np.concatenate([np.empty(0, MEDIA), *self._media])
        decoded = np.flatnonzero(media["format"] > 0)
        ids = id_texts(media["id_high"], media["id_low"], np.full(len(media), -1))
        of = keepers(media, first_per_key(media), lost, ids)
        verdicts = Verdicts(MEDIA_CORPUS, len(decoded))
        verdicts.begin("duplicates")
        verdicts.drop(of[decoded] != ids[decoded], "url", of=of[decoded])
        out = np.flatnonzero(~verdicts.kept)
        urls, sources = np.full(len(decoded), "", object), np.full(len(decoded), "", object)
        for place in out.tolist():
            urls[place] = self._urls.read(*self._places[decoded[place]]).decode()
        sources[out] = objects(self._sources)[np.concatenate(self._source_of)[decoded[out]]]
        return verdicts, dropped_rows(verdicts, ids[decoded], urls, sources)


def keepers(rows: np.ndarray, firsts: np.ndarray, lost: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """For each row the id of the item that stands for it: the first of its key here, or the one elsewhere that this first lost to."""
    of = ids[firsts]
    beaten = beaten_by(lost, len(rows))[firsts]
    elsewhere = np.flatnonzero(beaten >= 0)
    told = lost[beaten[elsewhere]]
    of[elsewhere] = id_texts(told["id_high"], told["id_low"], told["ordinal"])
    return np.asarray(of)


def id_texts(high: np.ndarray, low: np.ndarray, ordinal: np.ndarray) -> np.ndarray:
    """Ids as rows show them: 32 hex digits, and behind a dash which of the page's media.

    >>> id_texts(np.array([1]), np.array([2]), np.array([7])).tolist()
    ['00000000000000010000000000000002-0007']
    """
    digits = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    ids = [digits[at : at + 32] for at in range(0, len(digits), 32)]
    if (ordinal >= 0).any():
        ids = [f"{text}-{n:04d}" if n >= 0 else text for text, n in zip(ids, ordinal.tolist(), strict=True)]
    return objects(ids)
