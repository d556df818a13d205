"""The payloads of a shard: documents from staging files, media from archives or staging files, each file read once, front to back.

Rows of a shard stand in the order of their ids, which are hashes; their payloads lie in the order of the crawl. So payloads are first
read in the order in which they lie, into a spool (memory, or beyond its bound a temporary file), and then handed out row by row.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import zstandard

from pipeline import storage
from pipeline.archives import image_of_record
from pipeline.arrow_files import Spool
from pipeline.layout import StagingFolder
from pipeline.plan import Span, span_path
from pipeline.sections import damaged, read_sections
from pipeline.stage.media import Medium, medium_directives, pack_medium, unpack_medium
from pipeline.stage.unit_record import spans_of
from schemas.index import PLACE_ARCHIVE, PLACE_FORM
from schemas.outcomes import RecordError, VerificationError
from transforms.document import Document, unpack_document

SPOOL_BYTES = 64 * 2**20  # of a shard's payloads in memory
READ_BYTES = 8 * 2**20  # that one read fetches at most, unless one payload is larger
GAP_BYTES = 256 * 2**10  # between two payloads that one read fetches: far less than what a request costs


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a payload lies: in the staging file of a unit (`archive` -1), or in the archive of one of its spans."""

    unit: int
    archive: int
    at: int
    length: int


def document_place(row: Mapping[str, Any]) -> Place:
    """Where the document of a selected row lies; `home` is the row's own unit."""
    return Place(row["home"], -1, row["doc_offset"], row["doc_length"])


def medium_place(row: Mapping[str, Any]) -> Place:
    """Where a medium lies."""
    staged = row["place"] != PLACE_ARCHIVE
    return Place(row["unit"], -1 if staged else row["span"], row["at"], row["length"])


class SpooledPayloads:
    """Reads what selections point at; a context manager that forgets it."""

    def __init__(self, staging: StagingFolder, root: str) -> None:
        self._staging = staging
        self._root = root
        self._spool = Spool(SPOOL_BYTES)
        self._held: dict[Place, tuple[int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget them."""
        self._spool.close()

    def fetch(self, places: Iterable[Place]) -> None:
        """Read all these payloads, each once, file by file and front to back."""
        for (unit, archive), together in groupby(sorted(set(places)), key=lambda place: (place.unit, place.archive)):
            path, begin = self._file(unit, archive)
            try:
                for place, data in read_together(path, together, begin):
                    held = medium_of_record(self._span(unit, archive).name, data) if archive >= 0 else data
                    self._held[place] = (self._spool.write(held), len(held))
            except FileNotFoundError as error:
                if archive < 0:
                    raise damaged(path, "it is missing") from error
                raise VerificationError(
                    f"{self._span(unit, archive).source} is missing since it was measured: put it back"
                ) from error

    def _file(self, unit: int, archive: int) -> tuple[str, int]:
        """The file in which the places of a unit and archive lie, and the byte of it from which they are counted."""
        if archive < 0:
            return self._staging.unit(unit), 0
        span = self._span(unit, archive)
        return span_path(self._root, self._staging, span), span.at

    def staged(self, place: Place) -> bytes:
        """What lies at a place that was fetched, as staging holds it."""
        return self._spool.read(*self._held[place])

    def document(self, row: Mapping[str, Any]) -> Document:
        """The document of a row. Raises DamagedFileError where staging has changed."""
        place = document_place(row)
        try:
            return unpack_document(self.staged(place))
        except (zstandard.ZstdError, ValueError) as error:
            path = self._staging.unit(place.unit)
            raise damaged(path, f"the document at byte {place.at} has changed") from error

    def medium(self, row: Mapping[str, Any]) -> Medium:
        """A medium, whose bytes are those that were measured, or a form of it as it was encoded then.

        Raises VerificationError where its archive has changed, DamagedFileError where it was copied to staging and has changed there.
        """
        try:
            medium = unpack_medium(self.staged(medium_place(row)))
        except ValueError as error:
            path = self._staging.unit(row["unit"])
            raise damaged(path, f"the image at byte {row['at']} has changed") from error
        if row["place"] != PLACE_FORM and hashlib.sha256(medium.body).digest() != row["sha256"]:
            raise VerificationError(
                f"{self._span(row['unit'], row['span']).source} has changed since it was measured: the image at byte "
                f"{row['at']} is another one; start again with a new --output"
            )
        return medium

    def source(self, row: Mapping[str, Any]) -> str:
        """The name of the archive that holds a medium."""
        return self._span(row["unit"], row["span"]).source

    def _span(self, unit: int, span: int) -> Span:
        return read_spans(self._staging.unit(unit))[span]


@lru_cache(maxsize=4096)
def read_spans(path: str) -> list[Span]:
    """The spans of a staged unit. A staging file is written once, so a worker asks for its end once."""
    return spans_of(read_sections(path))


class Located(Protocol):
    """Something at a place of a file."""

    @property
    def at(self) -> int:
        """Its offset."""

    @property
    def length(self) -> int:
        """Its bytes."""


Some = TypeVar("Some", bound=Located)


def neighbours(places: Iterable[Some]) -> Iterator[list[Some]]:
    """Ascending places of one file, as many together as one read is to fetch.

    >>> [len(some) for some in neighbours([Place(0, -1, 0, 10), Place(0, -1, 10, 10), Place(0, -1, 10**6, 10)])]
    [2, 1]
    """
    together: list[Some] = []
    for place in places:
        if together:
            last = together[-1]
            near = place.at - (last.at + last.length) <= GAP_BYTES
            if not near or place.at + place.length - together[0].at > READ_BYTES:
                yield together
                together = []
        together.append(place)
    if together:
        yield together


def read_together(path: str, places: Iterable[Some], begin: int = 0) -> Iterator[tuple[Some, bytes]]:
    """What lies at some ascending places of one file, which are counted from its byte `begin`, front to back."""
    for some in neighbours(places):
        first, end = some[0].at, max(place.at + place.length for place in some)
        held = storage.read_range(path, begin + first, end - first)
        for place in some:
            yield place, held[place.at - first : place.at - first + place.length]


def medium_of_record(name: str, record: bytes) -> bytes:
    """The medium in the bytes of a record of the archive of a name, as `pack_medium` has it; empty where no record can be read there any
    more."""
    try:
        capture = image_of_record(name, record)
    except RecordError:  # it was read there once: no digest fits what is there now
        return pack_medium("", b"")
    return pack_medium(medium_directives(capture), capture.body, capture.url)
