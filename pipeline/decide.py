"""Index rows -> keep lists. In: staging. Out: files per lot. Cost: shuffle of keys, in columnar batches keyed by partition.

Lots ask and claim, partitions answer. One round finds the images that references name; then one round per key of duplicates. What
travels is a batch of index rows: keys, hashes, ids and where an image lies, a few hundred bytes each, never a payload (law 2).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.columns import write_table
from pipeline.judge import Judged, Keys, Side, claimant, claims, judge, settle_duplicates
from pipeline.keep import dropped_rows, keep_lists, weights
from pipeline.lot import Inbox, Lot, hex_ids, load, open_inbox, stream, unpack
from pipeline.observe import observe
from pipeline.plan import read_units
from pipeline.sinks.parquet import ParquetShard
from pipeline.spread import ReadLines
from schemas.arrow import DROPPED, FAILED
from schemas.index import ANSWER, ASK, OFFER
from schemas.recipe import Recipe
from transforms.dedup.settle import cut, key_halves, locate, settle
from transforms.judge import Verdicts

Message = tuple[str, int, bytes]  # kind, round, Arrow stream


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a run decides: its staging, the folder of this recipe's decisions in it, the run folder, and how many partitions."""

    staging: str
    folder: str
    run: str
    recipe: Recipe
    partitions: int

    def lot(self, number: int) -> Lot:
        """The index rows of a lot."""
        numbers = json.loads(storage.read_bytes(storage.join(self.folder, "lots.json")))[number]
        units = {unit.number: unit for unit in read_units(storage.join(self.staging, "units.jsonl"))}
        return load(self.staging, number, [units[n] for n in numbers])

    def file(self, name: str, lot: int) -> str:
        """The path of one lot's file."""
        return storage.join(self.folder, f"{name}-{lot:05d}")

    @property
    def rounds(self) -> int:
        """Rounds of duplicates that the recipe asks for."""
        parts = [getattr(self.recipe, corpus) for corpus in self.recipe.corpora]
        return max((len(part.duplicates) for part in parts), default=0)


@dataclass
class Decide(beam.PTransform):
    """Lots in `lots.txt` -> their files. Out: the lots that were decided. Cost: shuffle of keys."""

    desk: Desk

    def __post_init__(self) -> None:
        super().__init__("Decide")

    def expand(self, begin: Any) -> PCollection[int]:
        """The rounds, one after the other; their number depends on the recipe alone."""
        lots = begin | "Lots" >> ReadLines(storage.join(self.desk.folder, "lots.txt"))
        told = [
            lots | "Open" >> beam.Map(_nothing),
            lots | "AskForImages" >> Exchange("Images", AskForImages(self.desk), AnswerAboutImages()),
        ]
        for round_ in range(self.desk.rounds):
            inbox = self._inbox(told, f"Round{round_}")
            told.append(
                inbox | f"Claim{round_}" >> Exchange(f"Round{round_}", Claim(self.desk, round_), Settle(round_))
            )
        return self._inbox(told, "Last") | "Close" >> beam.ParDo(Close(self.desk))

    def _inbox(self, told: list[PCollection[Any]], label: str) -> PCollection[Any]:
        return told | f"{label}Flatten" >> beam.Flatten() | f"{label}Inbox" >> beam.GroupByKey()


def _nothing(line: str) -> tuple[int, Message]:
    """An empty message, so that a lot that is told nothing still comes by."""
    return int(line), ("", 0, b"")


@dataclass
class Exchange(beam.PTransform):
    """Batches to partitions, answers back to lots. Cost: shuffle of keys."""

    name: str
    ask: beam.DoFn
    answer: beam.DoFn

    def __post_init__(self) -> None:
        super().__init__(self.name)

    def expand(self, lots: PCollection[Any]) -> PCollection[tuple[int, Message]]:
        """One GroupByKey; the way back is grouped with the lot's other messages."""
        return (
            lots
            | f"{self.name}Ask" >> beam.ParDo(self.ask)
            | f"{self.name}Meet" >> beam.GroupByKey()
            | f"{self.name}Answer" >> beam.ParDo(self.answer)
        )


def scatter(table: pa.Table, partitions: int) -> Iterator[tuple[int, bytes]]:
    """The rows of a table as one batch a partition, by the key's leading bits."""
    if not len(table):
        return
    part = (key_halves(table["key"])[:, 0] % np.uint64(partitions)).astype(np.int64)
    for number in np.unique(part):
        yield int(number), stream(table.filter(pa.array(part == number)))


def address(table: pa.Table, kind: str, round_: int) -> Iterator[tuple[int, Message]]:
    """The rows of a table as one message a lot, without the column that names the lot."""
    lots = table["lot"].to_numpy()
    for lot in np.unique(lots):
        yield int(lot), (kind, round_, stream(table.filter(pa.array(lots == lot)).drop_columns("lot")))


def inbox_of(messages: Iterable[Message], rounds: int) -> Inbox:
    """The inbox of a lot; message order does not matter, so they are sorted (law 5)."""
    return open_inbox(sorted(message for message in messages if message[0]), rounds)


@dataclass
class AskForImages(beam.DoFn):
    """Lot -> the addresses that its references name, and the images that it can offer."""

    desk: Desk

    def process(self, line: str) -> Iterator[tuple[int, Message]]:
        """One batch a partition of each kind."""
        lot = self.desk.lot(int(line))
        for partition, data in scatter(offers(lot), self.desk.partitions):
            yield partition, ("offer", 0, data)
        for partition, data in scatter(asks(lot), self.desk.partitions):
            yield partition, ("ask", 0, data)


def offers(lot: Lot) -> pa.Table:
    """The lot's best image for each address: a decoded one before one that could not be, then the least id."""
    images = lot.images
    rank = np.array([kind == "" for kind in images["format"].to_pylist()], dtype=np.int64)
    table = pa.table(
        {
            "key": images["url_key"],
            "rank": rank,
            "lot": pa.array(np.full(len(images), lot.number, np.int32)),
            **{name: images[name] for name in OFFER.names if name not in ("key", "rank", "lot")},
        }
    ).select(OFFER.names)
    best, _ = cut(table.append_column("corpus", pa.array(np.zeros(len(table), np.int8))))
    return best.select(OFFER.names).cast(OFFER)


def asks(lot: Lot) -> pa.Table:
    """Every address that a reference of the lot names, once."""
    keys = pc.unique(lot.refs["keys"].combine_chunks().flatten())
    return pa.table({"key": keys, "lot": pa.array(np.full(len(keys), lot.number, np.int32))}, schema=ASK)


class AnswerAboutImages(beam.DoFn):
    """Partition -> to each lot the image of each address that it asked for, and which of its own images another one stands for."""

    def process(self, group: tuple[int, Iterable[Message]]) -> Iterator[tuple[int, Message]]:
        """Answers and losses."""
        told = sorted(group[1])
        offered = pa.concat_tables([OFFER.empty_table()] + [unpack(m[2]) for m in told if m[0] == "offer"])
        asked = pa.concat_tables([ASK.empty_table()] + [unpack(m[2]) for m in told if m[0] == "ask"])
        claimed = offered.append_column("corpus", pa.array(np.full(len(offered), claimant("images"), np.int8)))
        best, _ = cut(claimed)
        rows = locate_rows(asked, best)
        answers = best.take(pa.array(rows[rows >= 0])).select(ANSWER.names)
        yield from address(answers.append_column("lot", asked["lot"].filter(pa.array(rows >= 0))), "answer", 0)
        yield from address(as_loss(settle(claimed)), "loss", -1)


def locate_rows(asked: pa.Table, best: pa.Table) -> np.ndarray:
    """For each asked key its row of `best`, or -1."""
    return locate(key_halves(asked["key"]), key_halves(best["key"]))


def as_loss(losers: pa.Table) -> pa.Table:
    """Losers with the keeper's id as hex text."""
    of = losers["of"]
    if pa.types.is_fixed_size_binary(of.type):
        losers = losers.set_column(
            losers.schema.get_field_index("of"), "of", pa.array(hex_ids(of).tolist(), pa.string())
        )
    return losers


@dataclass
class Claim(beam.DoFn):
    """Lot and its inbox -> what its items claim in a round of duplicates."""

    desk: Desk
    round_: int

    def process(self, group: tuple[int, Iterable[Message]]) -> Iterator[tuple[int, bytes]]:
        """One batch a partition."""
        number, messages = group
        judged = judge(self.desk.lot(number), self.desk.recipe, inbox_of(messages, self.round_))
        claimed = [claims(side, self.round_, number) for side in judged.sides.values()]
        yield from scatter(pa.concat_tables(claimed), self.desk.partitions)


@dataclass
class Settle(beam.DoFn):
    """Partition -> to each lot the claims that it lost, and to whom."""

    round_: int

    def process(self, group: tuple[int, Iterable[bytes]]) -> Iterator[tuple[int, Message]]:
        """One message a losing lot."""
        yield from address(settle(pa.concat_tables([unpack(data) for data in sorted(group[1])])), "loss", self.round_)


@dataclass
class Close(beam.DoFn):
    """Lot and its whole inbox -> keep lists, dropped and failed rows, accounts: the lot's files, its ledger last."""

    desk: Desk

    def process(self, group: tuple[int, Iterable[Message]]) -> Iterator[int]:
        """The lot's number once its files are whole."""
        number, messages = group
        inbox = inbox_of(messages, self.desk.rounds)
        lot = self.desk.lot(number)
        judged = judge(lot, self.desk.recipe, inbox)
        images = judge_images(lot, inbox)
        kept = keep_lists(judged)
        for corpus, table in kept.items():
            write_table(self.desk.file(f"keep-{corpus}", number) + ".arrow", table)
        ledger = {
            "accounts": [asdict(account) for each in in_order(images, judged) for account in each.accounts()],
            "weights": {corpus: weights(table) for corpus, table in kept.items()},
            "profile": observe(judged).to_json(),
            "shards": [
                write_tables(self.desk.run, "dropped", number, dropped_rows(judged, images.verdicts, images.ids)),
                write_tables(
                    self.desk.run, "failed", number, lot.failed.sort_by([("corpus", "ascending"), ("id", "ascending")])
                ),
            ],
        }
        with storage.write_whole(self.desk.file("ledger", number) + ".json") as file:
            file.write(json.dumps(ledger, sort_keys=True).encode())
        yield number


def in_order(images: Side, judged: Judged) -> list[Verdicts]:
    """All verdicts of a lot as the funnel shows them: images inside documents before the documents."""
    found = [images.verdicts]
    for corpus, side in judged.sides.items():
        found += [judged.places] if corpus == "interleaved" and judged.places else []
        found.append(side.verdicts)
    return found


def judge_images(lot: Lot, inbox: Inbox) -> Side:
    """The decoded images of a lot: which of them another capture of the same address stands for."""
    decoded = np.flatnonzero([bool(kind) for kind in lot.images["format"].to_pylist()])
    images = lot.images.take(pa.array(decoded))
    zero, everything = np.zeros(len(images), np.int64), np.ones(len(images), dtype=bool)
    verdicts = Verdicts("images", len(images))
    side = Side(
        "images", hex_ids(images["id"]), verdicts, (("url", lambda: Keys(images["url_key"], zero, everything)),)
    )
    settle_duplicates(side, Inbox(losses={0: inbox.losses[-1]}))
    return side


def write_tables(run: str, corpus: str, lot: int, table: pa.Table) -> dict[str, Any] | None:
    """One lot's dropped or failed rows as a Parquet file of the run; None where there are none."""
    schema = {"dropped": DROPPED, "failed": FAILED}[corpus]
    with ParquetShard(run, f"{corpus}/{corpus}-{lot:05d}.parquet", corpus, schema) as shard:
        for batch in table.cast(schema).to_batches():
            shard.write_rows(batch)
    return asdict(shard.file) if shard.file else None
