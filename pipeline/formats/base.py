"""What a format is: how the rows of a shard become bytes, and how those bytes are read back to check them.

A format is one file of this package and one entry in `pipeline.formats.FORMATS`. It knows no corpus by name: what is
particular to one comes from its `Kind`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import numpy as np

from schemas.manifest import Manifest, ShardFile, SideFile
from schemas.tables import Table

Row = Mapping[str, Any]
Members = Callable[[Row], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a format needs to know of the rows that it writes: a corpus, or one of the tables `dropped` and `failed`.

    `members` gives a row as the files of one WebDataset sample, by suffix; None where the rows have no such form.
    `apart` names the columns that have a file of their own in a sample and are not in its `json`; images need not be
    named.
    """

    name: str
    about: str  # what a row is, for the cards
    table: Table
    members: Members | None = None
    apart: tuple[str, ...] = ()


class ShardWriter(Protocol):
    """A shard that is being written; `file` is set once the block has ended without an error, if a file was written."""

    file: ShardFile | None

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows, in ascending order of their ids. The bytes do not depend on how the rows are cut into calls."""


@dataclass(frozen=True, slots=True)
class Read:
    """One piece of a shard: how many rows, and their values in the columns that were asked for, by column."""

    rows: int
    values: Mapping[str, Sequence[Any]]


STAYS, GOES, EDITED = 0, 1, 2  # what becomes of a row of a finished shard


class Change(Protocol):
    """What is to become of the rows of a finished shard."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns that it looks at; those that the shard lacks are left out."""

    def judge(self, values: Mapping[str, Sequence[Any]]) -> np.ndarray:
        """STAYS, GOES or EDITED for each row of a piece, by the values of those columns."""

    def edit(self, row: Row) -> Row | None:
        """A row with other values in some columns; None where it goes after all.

        Images in lists may be given by something that stands for them; they are passed on or left out.
        """


class Format(Protocol):
    """One way to write and to read shards."""

    @property
    def name(self) -> str:
        """As recipes and manifests spell it."""

    @property
    def suffix(self) -> str:
        """How the names of its shards end, by which `verify` finds files that no manifest names."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What `read` raises for a damaged shard, beside OSError and ValueError."""

    def fits(self, kind: Kind) -> bool:
        """Whether rows of this kind can be written."""

    def shard_name(self, corpus: str, number: int, count: int) -> str:
        """Where shard `number` of `count` lies in the run folder."""

    def pattern(self, corpus: str) -> str:
        """The glob that matches all shards of a corpus, relative to the run folder."""

    def open(self, run: str, name: str, kind: Kind, empty_ok: bool = False) -> AbstractContextManager[ShardWriter]:
        """Begin the shard `name` (relative to the run folder).

        A shard without rows leaves no file, unless `empty_ok`: then it leaves one that readers find empty and typed. A
        format whose readers cannot take such a file leaves none in either case.
        """

    def read(
        self, file: BinaryIO, shard: ShardFile, columns: Mapping[str, str], wanted: Sequence[str]
    ) -> Iterator[Read]:
        """Read a whole shard in bounded pieces and check it, giving the values of the columns in `wanted`.

        What is checked: checksums, structure, that the columns are those of `columns` (name -> type; {} where unknown),
        and that texts and images interlace where a row has both. Raises ValueError, OSError or one of `errors` for a
        damaged shard.
        """

    def look(self, file: BinaryIO, columns: Sequence[str]) -> Iterator[Read]:
        """The values of those of some columns that a shard has, in bounded pieces, reading little else. Raises as `read`."""

    def rewrite(
        self, run: str, shard: ShardFile, name: str, change: Change, empty_ok: bool = False
    ) -> ShardFile | None:
        """Write a shard anew under another name, with what `change` makes of its rows; rows that stay are written as they were first.

        The columns are those of the shard, whatever the table has by now. Gives the entry of the new shard under its old name, None where
        no row is left and so no file (see `open`). Raises as `read`.
        """

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """Write what readers expect beside the shards of one corpus, such as an index or a card; maybe nothing."""

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """What the shards hold, by column or suffix, in the words of a dataset card."""

    def loading(self, corpus: str) -> str:
        """The arguments of `datasets.load_dataset` for a corpus, `folder` being the run folder; "" for none."""
