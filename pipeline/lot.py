"""Lots: the index rows of some units, held together while they are decided. Bounded by the plan, not by the corpus (law 9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.columns import read_table
from pipeline.plan import Unit, unit_file
from schemas.index import ANSWER, LOSS
from transforms.dedup.settle import key_halves, locate

LOT_ROWS = (
    50_000  # pages, references and images of one lot, or as many times ROW_BYTES: about 100 MB while it is decided
)
ROW_BYTES = (
    100  # of compressed index; a row of wcxb takes 60, so only rows of long addresses or captions count as several
)


def cost(rows: Mapping[str, int], files: Mapping[str, int]) -> int:
    """What a unit counts for in a lot: its index rows, or more where they are long."""
    index = ("pages", "refs", "images")
    return max(sum(rows[kind] for kind in index), sum(files[f"{kind}.arrow"] for kind in index) // ROW_BYTES)


def pack(rows: Sequence[int], most: int) -> list[list[int]]:
    """Unit numbers in lots of at most `most` rows each (a larger unit is a lot alone), in order.

    >>> pack([2, 2, 2, 9], most=4)
    [[0, 1], [2], [3]]
    """
    lots: list[list[int]] = []
    together = most + 1
    for number, count in enumerate(rows):
        if together + count > most:
            lots.append([])
            together = 0
        lots[-1].append(number)
        together += count
    return lots


@dataclass(frozen=True, slots=True)
class Lot:
    """The rows of a lot's units. `unit` columns hold unit numbers; `page` in `refs` is a row of `pages`."""

    number: int
    units: tuple[Unit, ...]
    pages: pa.Table
    refs: pa.Table
    images: pa.Table
    dropped: pa.Table
    failed: pa.Table

    def sources(self, column: pa.ChunkedArray) -> list[str]:
        """The sources of unit numbers."""
        names = {unit.number: unit.source for unit in self.units}
        return [names[number] for number in column.to_pylist()]


def load(folder: str, number: int, units: Sequence[Unit]) -> Lot:
    """Read the index rows of a lot from staging."""
    tables: dict[str, list[pa.Table]] = {kind: [] for kind in ("pages", "refs", "images", "dropped", "failed")}
    pages = 0
    for unit in units:
        for kind, together in tables.items():
            table = read_table(unit_file(folder, unit.name, f"{kind}.arrow"))
            if kind == "refs":
                shifted = pa.array(table["page"].to_numpy() + pages, pa.int32())
                table = table.set_column(table.schema.get_field_index("page"), "page", shifted)
            if kind in ("pages", "images"):
                table = table.append_column("unit", pa.array(np.full(len(table), unit.number, np.int32)))
            together.append(table)
        pages += len(tables["pages"][-1])
    return Lot(number, tuple(units), **{kind: pa.concat_tables(together) for kind, together in tables.items()})


@dataclass(frozen=True, slots=True)
class Inbox:
    """What a lot was told: about the images that it asked for, and per round which of its claims lost. Image losses are round -1."""

    answers: pa.Table = field(default_factory=lambda: ANSWER.empty_table())
    losses: dict[int, pa.Table] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        """How many rounds of duplicates are settled."""
        return sum(number >= 0 for number in self.losses)


def open_inbox(messages: Iterable[tuple[str, int, bytes]], rounds: int) -> Inbox:
    """An inbox from messages of the form (kind, round, Arrow stream); rounds that are settled are there even when empty."""
    answers = [ANSWER.empty_table()]
    losses = {number: [LOSS.empty_table()] for number in range(-1, rounds)}
    for kind, number, stream in messages:
        table = unpack(stream)
        (answers if kind == "answer" else losses[number]).append(table)
    return Inbox(pa.concat_tables(answers), {number: pa.concat_tables(tables) for number, tables in losses.items()})


def stream(table: pa.Table) -> bytes:
    """A table as the bytes of an Arrow stream: what travels through a shuffle."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def unpack(data: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(data).read_all()


@dataclass(frozen=True, slots=True)
class Resolved:
    """For each reference the answer about its image: row of the answers (-1: no bytes at hand), and which of its addresses it was."""

    answer: np.ndarray
    choice: np.ndarray
    undecodable: np.ndarray  # bytes are at hand under some address, but no picture


def resolve(refs: pa.Table, answers: pa.Table) -> Resolved:
    """Find for each reference the first of its addresses whose image is at hand and decoded."""
    keys = refs["keys"].combine_chunks()
    offsets = keys.offsets.to_numpy() - keys.offsets[0].as_py() if len(refs) else np.zeros(1, int)
    flat = pa.chunked_array([keys.flatten()])
    row = np.repeat(np.arange(len(refs)), np.diff(offsets))
    position = np.arange(len(row)) - offsets[row] if len(row) else np.zeros(0, int)
    found = locate(key_halves(flat), key_halves(answers["key"])) if len(row) else np.zeros(0, int)
    decoded = np.array([bool(kind) for kind in answers["format"].to_pylist()], dtype=bool)
    good = (found >= 0) & (decoded[found] if len(decoded) else False)
    answer, choice = np.full(len(refs), -1), np.full(len(refs), -1)
    first_row, first = np.unique(row[good], return_index=True)
    answer[first_row], choice[first_row] = found[good][first], position[good][first]
    undecodable = np.zeros(len(refs), dtype=bool)
    undecodable[row[found >= 0]] = True
    return Resolved(answer, choice, undecodable & (answer < 0))


def number_columns(table: pa.Table, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Columns of numbers as float64 arrays, by name."""
    return {name: np.asarray(table[name].to_numpy(), dtype=float) for name in names}


def hex_ids(column: pa.ChunkedArray) -> np.ndarray:
    """16-byte ids as hex strings."""
    return np.array([value.hex() for value in column.to_pylist()], dtype=object)


def gather(values: Sequence[Any], rows: np.ndarray) -> np.ndarray:
    """The values at `rows`, as an object array."""
    return np.array(values, dtype=object)[rows] if len(values) else np.full(len(rows), None, dtype=object)
