"""What a unit fetches, written in segments: an archive, its index, and the rows of its addresses, which commit it.

An object store cannot append, and a task may be killed after days, so a unit writes many files, each whole (law 6). A segment counts once
its rows are there: then its addresses are done, and no restart fetches them again. What is open when a task is killed is fetched anew.

Two tasks may be at one unit, though one waits for the other (`pipeline/fetch/claim.py`). Rows are written only where there are none, by a
task that knows the rows of all segments before, so every address ends once. A task that goes on behind one that did not let go begins with
a segment of no rows: the number that the other may be about to commit is taken then, and no two tasks write to one archive.
"""

import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.fetch.claim import ALONE, Claim, Overtaken
from pipeline.fetch.evidence import Packed, info
from pipeline.fetch.layout import CrawlFolder
from pipeline.sections import damaged
from schemas.fetches import FETCHES_TABLE
from transforms.warc.cdxj import line

MOST_BYTES = 256 * 2**20  # of a segment's archive ...
MOST_SECONDS = 60.0  # ... and how long one stays open: what a kill can cost
Row = dict[str, Any]


def utc_second() -> str:
    """The time now as a WARC-Date."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Segments:
    """The segments of one unit: those that are there, and the open one.

    `clock` gives seconds; it says when a segment closes, and reaches no file. `origin` says where records come from that others fetched.
    """

    def __init__(
        self,
        folder: CrawlFolder,
        unit: int,
        agent: str,
        clock: Callable[[], float] = time.monotonic,
        most_bytes: int = MOST_BYTES,
        origin: str = "",
        most_seconds: float | None = None,
        claim: Claim = ALONE,
    ) -> None:
        self._folder = folder
        self._unit = unit
        self._agent = agent
        self._clock = clock
        self._most_bytes = most_bytes
        self._most_seconds = MOST_SECONDS if most_seconds is None else most_seconds
        self._origin = origin
        self._claim = claim
        self._number = 0
        self._open()

    def __enter__(self) -> "Segments":
        return self

    def __exit__(self, kind: type[BaseException] | None, *ended: object) -> None:
        """Commit the open segment where the block ended well; else forget it."""
        if kind is None:
            self.close()
        else:
            self._stack.__exit__(kind, *ended)  # type: ignore[arg-type]  # the three of __exit__

    def committed(self) -> Iterable[Row]:
        """The rows of the segments that are there, to be read before the first record is added; later ones get later numbers.

        Archives that a killed task left without rows are taken away, so that nobody reads an address twice.
        """
        while True:
            table = _table(self._folder, self._unit, self._number)
            if table is None and (not self._claim.inherited or self._fence()):
                break
            if table is not None:
                yield from table.to_pylist()
                self._number += 1
        self._forget()

    def _fence(self) -> bool:
        """Take the number that whoever held the unit before may be about to commit; False where it was committed meanwhile."""
        try:
            storage.create(self._folder.rows(self._unit, self._number), packed_rows([], self._claim.token))
        except FileExistsError:
            return False
        self._forget()
        self._number += 1
        return True

    def _forget(self) -> None:
        """Take away an archive that no rows commit."""
        storage.remove(self._folder.file(self._archive()))
        storage.remove(self._folder.index(self._unit, self._number))

    def _archive(self) -> str:
        return self._folder.archive(self._unit, self._number)

    def _open(self) -> None:
        self._stack = ExitStack()
        self._file: storage.HashingWriter | None = None
        self._begun = 0.0
        self._lines: list[str] = []
        self._rows: list[Row] = []

    def add(self, records: Iterable[Packed], row: Mapping[str, Any] | None = None) -> None:
        """Add records and the row of the address that they are of; the row gets the place of the last response.

        Records of robots.txt have no row, and some rows have no records.
        """
        if self._file is None and not self._rows:
            self._begun = self._clock()
        place: Row = {}
        for data, entry in records:
            file, name = self._archive_file(), self._archive()
            if entry is not None:
                place = {"archive": name, "offset": file.tell(), "length": len(data)}
                self._lines.append(line(entry._replace(offset=file.tell(), filename=_short(name))))
            file.write(data)
        if row is not None:
            self._rows.append({**row, **place})
        if self._file is not None and self._file.tell() >= self._most_bytes:
            self.close()

    def _archive_file(self) -> storage.HashingWriter:
        """The archive of the open segment, begun where it is not."""
        if self._file is None:
            name = self._archive()
            self._file = self._stack.enter_context(storage.write_whole(self._folder.file(name), hashed=False))
            self._file.write(info(_short(name), self._unit, self._number, utc_second(), self._agent, self._origin).data)
        return self._file

    def tick(self) -> None:
        """Close the open segment if it is open for too long. Raises Overtaken."""
        self._claim.check()
        if (self._file is not None or self._rows) and self._clock() - self._begun >= self._most_seconds:
            self.close()

    def close(self) -> None:
        """Commit the open segment, if there is anything in it: the archive first, the rows last. Raises Overtaken."""
        if self._file is None and not self._rows:
            return
        self._stack.close()
        if self._file is not None:
            with storage.write_whole(self._folder.index(self._unit, self._number)) as index:
                index.write("".join([f"{told}\n" for told in sorted(self._lines)]).encode())
        try:
            storage.create(self._folder.rows(self._unit, self._number), packed_rows(self._rows))
        except FileExistsError as error:
            self._forget()
            self._open()
            raise Overtaken(f"{self._folder.rows(self._unit, self._number)} was written by another task") from error
        self._number += 1
        self._open()


def tables(folder: CrawlFolder, unit: int, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of each committed segment of a unit."""
    number = 0
    while (table := _table(folder, unit, number, columns)) is not None:
        yield table
        number += 1


def _table(folder: CrawlFolder, unit: int, number: int, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The rows of a segment; None where it is not committed."""
    path = folder.rows(unit, number)
    if not storage.exists(path):
        return None
    with storage.open_for_reading(path) as file:
        try:
            return pq.read_table(file, columns=None if columns is None else list(columns))
        except pa.ArrowInvalid as error:
            raise damaged(path, str(error)) from error


def committed_rows(folder: CrawlFolder, unit: int, columns: Sequence[str]) -> Iterator[Row]:
    """Some columns of the rows of all committed segments of a unit."""
    for table in tables(folder, unit, columns):
        yield from table.to_pylist()


def transient_ids(folder: CrawlFolder, unit: int) -> set[str]:
    """The ids of a unit that failed in a way that may be well another time."""
    return {row["id"] for row in committed_rows(folder, unit, ("id", "transient")) if row["transient"]}


def _short(name: str) -> str:
    """The name of an archive as the index beside it has it."""
    return name.rpartition("/")[2]


def packed_rows(rows: Iterable[Row], token: str = "") -> bytes:
    """Rows as a Parquet file; a token tells two of no rows apart."""
    schema: pa.Schema = FETCHES_TABLE.schema()
    if token:
        schema = schema.with_metadata({"claim": token})
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), out, compression="zstd")
    return out.getvalue()
