"""What a corpus is. A corpus is one file of this package and one entry in `pipeline.corpora.CORPORA`; all else asks it.

The step `decide` calls `judge` once for each part of a unit's index: items, the verdicts of the rules, keys of duplicates, and a selection
that holds all of a row but its payload. What duplicates leave may be cut into several (`parts`), and then goes to `after_duplicates`.
`emit` calls `row` with the payloads at hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from pipeline.corpora.unit_rows import Ids, UnitRows
from pipeline.corpora.wanted import all_references
from pipeline.decide.pictures import PictureLabels
from pipeline.formats.base import Kind, Members, Row
from pipeline.stage.media import Medium
from schemas.recipe import Recipe
from schemas.tables import Table
from transforms.dedup.keep_first import Verify
from transforms.document import Document
from transforms.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys by which items can be equal. One row a key; an item may have several (bands of a signature) or none.

    `item` is a row of the corpus's items, `high` and `low` are the halves of a 16-byte key, `rank` says who stays (the least).
    `evidence` is what `Round.verify` compares: columns of a fixed width, a row a key. `bands` are the keys of the buckets in which a round
    of near duplicates looks for others, a column each; `high` and `low` are not looked at then.
    """

    item: np.ndarray
    high: np.ndarray
    low: np.ndarray
    rank: np.ndarray
    evidence: np.ndarray | None = None
    bands: np.ndarray | None = None


Evidence = tuple[tuple[str, str], ...]  # numpy columns that a candidate carries beside CANDIDATE


def no_evidence(recipe: Recipe) -> Evidence:
    """What a round carries that believes its keys."""
    return ()


def no_fault(recipe: Recipe) -> str:
    """What a round says of a recipe that asks for it where it needs nothing else."""
    return ""


@dataclass(frozen=True, slots=True)
class Round:
    """A round of duplicates: how keys are made of a unit's items, and whether an equal key is believed without a look (`verify` None).

    The keys of a round of near duplicates (`near`) are those of components of items that are alike by `verify`. `fault` says why a recipe
    cannot ask for it, "" where it can. Keys that are made of `pictures` mean nothing in another run where pictures that are alike are one:
    `again` makes those of an earlier run's candidates anew by what is alike in this one, shape (n, 2); without it nothing is decided
    against earlier runs. With `every` an item is lost only where all of its keys are.
    """

    keys: Callable[["Judgement", Recipe], Keys]
    verify: Callable[[Recipe], Verify] | None = None
    evidence: Callable[[Recipe], Evidence] = no_evidence
    near: bool = False
    fault: Callable[[Recipe], str] = no_fault
    again: Callable[[np.ndarray, PictureLabels], np.ndarray] | None = None
    every: bool = False
    pictures: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """Items inside the items of a corpus, with an account of their own: the images of documents.

    `item` is the row of the item that each stands in, `pictures` are the halves of its picture's key (`References.pictures`), `digests`
    those of the digest of its own bytes.
    """

    ids: Ids
    verdicts: Verdicts
    urls: np.ndarray
    sources: np.ndarray
    item: np.ndarray
    pictures: np.ndarray
    digests: np.ndarray


@dataclass(frozen=True, slots=True)
class Judgement:
    """One corpus over one part of a unit, after its rules. All arrays have one row an item but those of `inner`."""

    unit: UnitRows
    ids: Ids
    verdicts: Verdicts
    urls: np.ndarray
    sources: np.ndarray
    numbers: Mapping[str, np.ndarray]  # what the profile shows of the items; the selection has these columns too
    languages: np.ndarray
    hosts: np.ndarray
    # Rows of items -> their selection: `id`, `weight` in bytes, all of `numbers`, ...
    select: Callable[[np.ndarray], pa.Table]
    inner: tuple[Inner, ...] = ()
    texts: np.ndarray = field(default_factory=lambda: np.empty(0, object))  # of each item, where keys compare them


class Payloads(Protocol):
    """The payloads of a shard's rows, by what their selections say."""

    def document(self, row: Row) -> Document:
        """The document of a row."""

    def medium(self, place: Mapping[str, Any]) -> Medium:
        """The medium at a place."""

    def source(self, place: Mapping[str, Any]) -> str:
        """The name of the archive that holds the medium at a place."""


def whole(selection: pa.Table, recipe: Recipe) -> pa.Table:
    """What most corpora make of the items that stay: one row each."""
    return selection


def nothing(selection: pa.Table, recipe: Recipe, verdicts: Verdicts) -> None:
    """What most corpora do after duplicates."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that is particular to one corpus."""

    name: str
    about: str  # what a row is, for the cards
    part: type[Any]  # its section of a recipe: a frozen dataclass with `duplicates` and `formats`
    table: Table
    judge: Callable[[UnitRows, Recipe], Judgement]
    rounds: Mapping[str, Round]
    row: Callable[[Row, Payloads, Recipe], dict[str, Any]]
    members: Members | None = None  # a row as the files of a WebDataset sample
    apart: tuple[str, ...] = ()  # columns that have a file of their own there
    parts: Callable[[pa.Table, Recipe], pa.Table] = whole
    after_duplicates: Callable[[pa.Table, Recipe, Verdicts], None] = nothing
    # Where images are fetched for a run: of which references that have none it wants one, by what is known without it.
    wants: Callable[[UnitRows, Recipe], np.ndarray] = all_references
    stages: tuple[str, ...] = ("rules", "duplicates")  # at which items can leave; each has an account

    @property
    def kind(self) -> Kind:
        """What a format needs to know of it."""
        return Kind(self.name, self.about, self.table, self.members, self.apart)
