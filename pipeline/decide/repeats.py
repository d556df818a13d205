"""Lines and paragraphs that stand again and again over a site or a run: counted once rules and duplicates are through, then left out.

A batch sends the copies that stand on the pages that are left of it, a partition finds which are too many and which of those stay
(`transforms.dedup.repeats`), and tells who sent them. What goes is an edit of a page's text: the selection names blocks and lines, and
`emit` leaves them out. A page has some 60 such pieces, and each is a row of 24 bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Corpus
from pipeline.corpora.unit_rows import objects
from pipeline.decide.batch import Batch
from pipeline.decide.cut import EDITS, EDITS_COLUMN
from pipeline.decide.duplicates import standings, told_of
from pipeline.decide.exchange import Message, by_partition, rows_of
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import ITEM_ROW, ITEM_SOURCE
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.pieces import Copies, PiecesOfBatch
from pipeline.sections import read_sections, table_of
from schemas.index import COPY, STAYING
from schemas.manifest import Account
from schemas.recipe import KEEP_FIRST, Recipe, RepeatsPart
from schemas.tables import DROPPED, pieces_account
from transforms.dedup.repeats import TooMany, among, first_copies, staying
from transforms.verdicts import Verdicts

COPIES, STAYS = "copies/", "stays/"  # kinds of messages, before the name of the corpus
PARTITIONS = 16  # for each partition of other keys: a page has a dozen times as many pieces as references
AT_ONCE = 2**20  # copies of a corpus that a batch holds before it sends them
STAGE = "repeats"
SENTENCES = "c4_reference_sentences"  # the measure that is known of what is left of a text


def only_finished(recipe: Recipe, corpus: Corpus) -> bool:
    """Whether a corpus writes no other lines than those that C4's line rules keep."""
    return bool(getattr(recipe.parts[corpus.name], "clean_c4", False))


def ask(job: DecideJob, batch: Batch, messages: Iterable[Message]) -> Iterator[list[Parcel]]:
    """What a batch sends, AT_ONCE copies at a time: those on the pages of it that are still in."""
    judged = read_sections(job.run.judged(batch.number))
    found = standings(job, judged, told_of(job, batch.number, judged.about["pages"], messages), job.rounds)
    for corpus, asked in job.repeats:
        pieces, finished = PiecesOfBatch(job.staging, judged.about["units"]), only_finished(job.recipe, corpus)
        held: list[np.ndarray] = []
        lost_in = found[job.code(corpus)].lost_in
        begin = count = 0
        for place in range(len(judged.about["units"])):
            table = table_of(judged.get(f"rows/{corpus.name}/{place}")).select([ITEM_ROW, "url"])
            stays = lost_in[begin : begin + len(table)] < 0
            begin += len(table)
            for copies in pieces.copies(place, table.filter(pa.array(stays)), asked, finished):
                held.append(copies.rows)
                count += len(copies.rows)
                if count >= AT_ONCE:
                    yield parcels(job, corpus, asked, held)
                    held, count = [], 0
        yield parcels(job, corpus, asked, held)


def parcels(job: DecideJob, corpus: Corpus, asked: RepeatsPart, held: Sequence[np.ndarray]) -> list[Parcel]:
    """Copies dealt out to partitions: of each piece no more than somebody must know."""
    rows = first_copies(np.concatenate([np.empty(0, COPY), *held]), asked.most + 1)
    return list(by_partition(rows, job.partitions * PARTITIONS, COPIES + corpus.name))


def answer(job: DecideJob, messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers: to each batch the copies that stay of the pieces that it sent and that have too many."""
    for corpus, asked in job.repeats:
        sent = [(message[1], rows_of(message, COPY)) for message in messages if message[0] == COPIES + corpus.name]
        rows = np.concatenate([np.empty(0, COPY), *(some for _, some in sent)])
        found = staying(rows, asked.most, asked.keep == KEEP_FIRST)
        many = np.unique(found["high"])
        for sender, some in sent:
            mine = np.unique(some["high"][among(some["high"], many)])
            yield sender, STAYS + corpus.name, found[among(found["high"], mine)]


def too_many(job: DecideJob, messages: Sequence[Message]) -> dict[str, TooMany]:
    """What a batch was told, by corpus."""
    told = {}
    for corpus, _ in job.repeats:
        rows = (rows_of(message, STAYING) for message in messages if message[0] == STAYS + corpus.name)
        told[corpus.name] = TooMany.of(np.concatenate([np.empty(0, STAYING), *rows]))
    return told


@dataclass(frozen=True, slots=True)
class Edited:
    """Items with their edits as a column, the verdicts of what is left of them, and the account and `dropped` rows of their pieces."""

    items: pa.Table
    verdicts: Verdicts
    account: Account
    gone: pa.Table


class Editor:
    """Edits the items of a closing batch."""

    def __init__(self, job: DecideJob, units: Sequence[int], messages: Sequence[Message]) -> None:
        self._recipe = job.recipe
        self._asked = {corpus.name: asked for corpus, asked in job.repeats}
        self._told = too_many(job, messages)
        self._pieces = PiecesOfBatch(job.staging, units)

    def edit(self, corpus: Corpus, place: int, items: pa.Table) -> Edited | None:
        """The items of a part without what repeats; None where the recipe does not look for it in their corpus."""
        asked = self._asked.get(corpus.name)
        if asked is None:
            return None
        finished, told = only_finished(self._recipe, corpus), self._told[corpus.name]
        left = _Left.of(len(items))
        edits: list[list[dict[str, int]]] = [[] for _ in range(len(items))]
        if EDITS_COLUMN in items.column_names:
            edits, items = items[EDITS_COLUMN].to_pylist(), items.drop_columns([EDITS_COLUMN])
            cut = [[item, edit["block"]] for item, own in enumerate(edits) for edit in own]
            left.cut = np.array(cut, np.int64).reshape(-1, 2)
        for copies in map(left.without_cut, self._pieces.copies(place, items, asked, finished)):
            going = np.flatnonzero(told.going(copies.rows["high"], copies.rows["value"]))
            left.entered += len(copies.rows)
            left.whole[copies.items] = copies.whole
            np.add.at(left.gone, copies.item[going], 1)
            np.add.at(left.sentences, copies.item[going], copies.sentences[going])
            columns = (each[going].tolist() for each in (copies.item, copies.block, copies.line))
            for item, block, line in zip(*columns, strict=True):
                edits[item].append({"block": block, "line": line})
        rule = f"repeated_{asked.unit}"
        return Edited(
            items.append_column(EDITS_COLUMN, pa.array(edits, EDITS)),
            left.verdicts(corpus, self._recipe, items, finished),
            left.account(corpus, rule),
            left.rows(corpus, rule, items),
        )


@dataclass
class _Left:
    """Of each item the pieces that go, their sentences, and how many it has in all; and of all the pieces that took part.

    `cut` are the blocks that are out already, as rows of item and block: their pieces take no part.
    """

    gone: np.ndarray
    sentences: np.ndarray
    whole: np.ndarray
    entered: int = 0
    cut: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.int64))

    @classmethod
    def of(cls, count: int) -> "_Left":
        """Of so many items, of which nothing goes yet."""
        return cls(np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64))

    def without_cut(self, copies: Copies) -> Copies:
        """The copies that do not stand in a block that is out already; the sentences of the others are noted."""
        if not len(self.cut):
            return copies
        out = np.isin(_pairs(copies.item, copies.block), _pairs(*self.cut.T))
        np.add.at(self.sentences, copies.item[out], copies.sentences[out])
        own = {name: getattr(copies, name)[~out] for name in ("item", "rows", "block", "line", "sentences")}
        counts = np.bincount(self.cut[:, 0], minlength=len(self.gone))[copies.items]
        return replace(copies, **own, whole=np.maximum(copies.whole - counts, 0))

    def verdicts(self, corpus: Corpus, recipe: Recipe, items: pa.Table, finished: bool) -> Verdicts:
        """The items of which nothing is left, or fewer sentences than a rule of the recipe asks for."""
        part = recipe.parts[corpus.name]
        edited = self.gone > 0
        edited[self.cut[:, 0]] = True
        sentences = items[SENTENCES].to_numpy() - self.sentences
        verdicts = Verdicts(corpus.name, len(items))
        verdicts.begin(STAGE)
        nothing = sentences < 1 if finished else self.gone == self.whole
        verdicts.drop(edited & nothing, "all_repeated", self.gone.astype(float))
        rules, by_language = (
            {SENTENCES: part.rules[SENTENCES]} if SENTENCES in part.rules else {},
            {lang: {SENTENCES: own[SENTENCES]} for lang, own in part.by_language.items() if SENTENCES in own},
        )
        verdicts.apply(rules, {SENTENCES: sentences}, by_language, objects(items["lang"].to_pylist()), among=edited)
        return verdicts

    def account(self, corpus: Corpus, rule: str) -> Account:
        """Where the pieces went."""
        gone = int(self.gone.sum())
        return Account(
            pieces_account(corpus.name), STAGE, self.entered, self.entered - gone, {rule: gone} if gone else {}
        )

    def rows(self, corpus: Corpus, rule: str, items: pa.Table) -> pa.Table:
        """The rows of `dropped`: one a page, with how many of its pieces left."""
        edited = np.flatnonzero(self.gone)
        some = items.take(pa.array(edited))
        same = {"corpus": pieces_account(corpus.name), "stage": STAGE, "rule": rule}
        columns = {name: [value] * len(some) for name, value in same.items()}
        columns |= {"id": some["id"], "url": some["url"], "source": some[ITEM_SOURCE]}
        columns |= {"value": pa.array(self.gone[edited].astype(float)), "of": pa.nulls(len(some), pa.string())}
        columns["detail"] = pa.nulls(len(some), pa.string())
        return pa.table({name: columns[name] for name in DROPPED.names}, schema=DROPPED)


def _pairs(items: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Items and blocks as one number each."""
    return items.astype(np.int64) << 32 | blocks.astype(np.int64)
