"""What a format is: how the rows of a shard become bytes, and how those bytes are read back to check them.

A format is one file of this package and one entry in `pipeline.formats.FORMATS`. It knows no corpus by name: what is
particular to one comes from its `Kind`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

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

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """Write what readers expect beside the shards of one corpus, such as an index or a card; maybe nothing."""

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """What the shards hold, by column or suffix, in the words of a dataset card."""

    def loading(self, corpus: str) -> str:
        """The arguments of `datasets.load_dataset` for a corpus, `folder` being the run folder; "" for none."""
