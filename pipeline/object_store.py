"""Objects in S3 (`s3://bucket/key`) and Google Cloud Storage (`gs://bucket/key`), and files of web servers, by obstore.

`pipeline/storage.py` is the way in; this is its remote half. A key is taken as it stands: `#`, `%`, `?` and spaces are
part of it. Web files are only read, by requests for ranges, and their address is sent as it stands.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, TypeAlias, TypeVar, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError, PreconditionError

from pipeline import web_turns
from pipeline.clients import StorageError, is_web, listed, object_at, plain_errors, target

CHUNK = 1 << 20  # bytes of a piece where a whole object is streamed
AHEAD = 1 << 23  # bytes read ahead at most: a unit of 64 MiB is read by a dozen requests
SCAN = (
    16 << 20
)  # bytes asked for at once where it is known that all of them will be read: a unit of 64 MiB by four requests
FIRST = 1 << 16  # bytes asked for at least; each further read in sequence asks for four times as many, up to AHEAD
PART = 8 << 20  # a file below this is one PUT; S3 takes 10,000 parts, so 80 GB fit
PARTS_AT_ONCE = 4  # parts under way at the same time, so that a writer holds 40 MiB at most
Version: TypeAlias = Mapping[str, str]  # by which a store tells one object from a later one of its name

NAMES = 1000  # names that one request lists, the clouds' own limit


Answer = TypeVar("Answer")


def _asked(path: str, request: Callable[[], Answer], looks: bool = False) -> Answer:
    """What a request gives, with our errors; servers of the web are asked by turns."""

    def act() -> Answer:
        with plain_errors(path):
            return request()

    return web_turns.ask(path, act, looks) if is_web(path) else act()


def read(path: str) -> bytes:
    """All bytes of an object, by one request. Raises FileNotFoundError."""
    store, key = object_at(path)
    return _asked(path, lambda: bytes(obstore.get(store, key).bytes()))


def stream(path: str) -> Iterator[bytes]:
    """All bytes of an object in pieces of about CHUNK, by one request. Raises FileNotFoundError."""
    store, key = object_at(path)
    with plain_errors(path):
        for piece in obstore.get(store, key).stream(min_chunk_size=CHUNK):
            yield bytes(piece)


def read_range(path: str, offset: int, length: int) -> bytes:
    """`length` bytes from `offset` on, fewer at the object's end, by one request; below 0 it counts from the end."""
    return _read_range(path, offset, length)[0]


def _read_range(path: str, offset: int, length: int) -> tuple[bytes, int]:
    """A range, and the size that the object has by the answer; -1 where nothing was asked for, or nothing lies there."""
    store, key = object_at(path)
    if length <= 0:
        return b"", -1
    part: Any = {"suffix": -offset} if offset < 0 else (offset, offset + length)

    def request() -> tuple[bytes, int]:
        found = obstore.get(store, key, options={"range": part})
        return bytes(found.bytes())[:length], int(found.meta["size"])

    try:
        return _asked(path, request)
    except StorageError as error:
        if _is_past_the_end(path, error.__cause__):
            return b"", -1
        raise


def _is_past_the_end(path: str, error: BaseException | None) -> bool:
    """Whether a range was refused since nothing is there; some servers answer a range of an empty file with 200."""
    text = str(error)
    if "416 Range Not Satisfiable" in text:
        return True
    return ("non-partial response" in text or isinstance(error, NotSupportedError)) and size(path) == 0


def size(path: str) -> int:
    """The size of an object. Raises FileNotFoundError."""
    store, key = object_at(path)
    return _asked(path, lambda: int(obstore.head(store, key)["size"]), looks=True)


def is_object(path: str) -> bool:
    """Whether an object has exactly this name."""
    try:
        size(path)
    except FileNotFoundError:
        return False
    return True


def holds_any(folder: str) -> bool:
    """Whether there is an object below a folder; nothing is known to be below a web address."""
    return not is_web(folder) and next(walk(folder), None) is not None


def walk(folder: str) -> Iterator[tuple[str, int]]:
    """Relative name and size of each object below a folder, however deep, by one request for each 1,000 names."""
    store, key = listed(folder)
    with plain_errors(folder):
        for batch in obstore.list(store, key or None, chunk_size=NAMES):
            yield from _below(key, batch)


def children(folder: str) -> Iterator[tuple[str, int]]:
    """Relative name and size of each object directly in a folder; deeper ones are not listed."""
    store, key = listed(folder)
    with plain_errors(folder):
        found = obstore.list_with_delimiter(store, key or None)["objects"]
    return _below(key, found)


def _below(key: str, found: Any) -> Iterator[tuple[str, int]]:
    """Names without the folder's; the empty object that some tools leave to mark a folder is none of its files."""
    base = key and key + "/"
    return ((item["path"].removeprefix(base), int(item["size"])) for item in found if item["path"] != key)


def delete(path: str) -> None:
    """Takes an object away; nothing happens where there is none."""
    store, key = target(path)
    with suppress(FileNotFoundError), plain_errors(path):
        obstore.delete(store, key)


def copy(path: str, to: str) -> None:
    """Gives an object a second name in its bucket, over what has it; the store copies, no byte comes here. At most 5 GB on S3."""
    store, key = object_at(path)
    with plain_errors(path):
        obstore.copy(store, key, target(to)[1], overwrite=True)


def read_versioned(path: str) -> tuple[bytes, Version]:
    """All bytes of an object and which version of it they are, by one request. Raises FileNotFoundError."""
    store, key = object_at(path)
    with plain_errors(path):
        found = obstore.get(store, key)
        return bytes(found.bytes()), _version(found.meta)


def _version(meta: Any) -> Version:
    return {name: meta[name] for name in ("e_tag", "version") if meta.get(name)}


def put_if(path: str, data: bytes, over: Version | None) -> None:
    """Writes a small object where there is none, or over exactly this version of it; by one request.

    Raises FileExistsError where something else is there, or (with `over`) nothing. A service that knows no conditions is
    written to without one.
    """
    store, key = target(path)
    mode: Any = "create" if over is None else over
    try:
        with plain_errors(path):
            obstore.put(store, key, data, mode=mode, use_multipart=False)
    except StorageError as error:
        if isinstance(error.__cause__, AlreadyExistsError | PreconditionError):
            raise FileExistsError(f"{path}: something else is there") from error
        if "501 Not Implemented" not in str(error.__cause__):
            raise
        if over is None and is_object(path):
            raise FileExistsError(f"{path}: something else is there") from error
        with plain_errors(path):
            obstore.put(store, key, data, use_multipart=False)
    except FileNotFoundError as error:
        raise FileExistsError(f"{path}: it is gone") from error


class _Upload(io.RawIOBase):
    """The library's writer with our errors."""

    def __init__(self, path: str) -> None:
        store, key = target(path)
        self._path = path
        self._writer = obstore.open_writer(store, key, buffer_size=PART, max_concurrency=PARTS_AT_ONCE)

    def write(self, data: Any, /) -> int:
        with plain_errors(self._path):
            return self._writer.write(data)

    def commit(self) -> None:
        with plain_errors(self._path):
            self._writer.close()

    def abort(self, error: BaseException) -> None:
        with suppress(BaseError, OSError):  # the block's own error matters more, and the name is untouched anyway
            self._writer.__exit__(type(error), error, error.__traceback__)


@contextmanager
def upload(path: str) -> Iterator[BinaryIO]:
    """A file to write to, whose bytes take the name all at once when the block ends; after an error there is no trace.

    Below PART bytes it is one PUT, else an upload of parts, which an error aborts. A process that is killed leaves
    parts that no reader sees; a bucket's own rule for unfinished uploads clears them away.
    """
    file = _Upload(path)
    try:
        yield cast(BinaryIO, file)
    except BaseException as error:  # also a KeyboardInterrupt: whatever ended the block, no half file may appear
        file.abort(error)
        raise
    file.commit()


_MOST = SCAN + SCAN // 8  # bytes of a piece; so the last one of a scan is no crumb


class ObjectFile(io.BufferedIOBase):
    """An object to read from at any place; holds one piece, of about SCAN bytes at most, and asks for more by ranges.

    `length` is its size, where that is known: then opening it costs no request, and an answer that tells another size raises StorageError.
    `scan` are the bytes, from one up to another, that will be read front to back. `ranges` (path, offset, bytes) is for who asks in another
    way than this module.
    """

    def __init__(
        self,
        path: str,
        length: int | None = None,
        ranges: Callable[[str, int, int], bytes] | None = None,
        scan: tuple[int, int] = (0, 0),
    ) -> None:
        self._path = path
        self._size = size(path) if length is None else length
        self._ranges = ranges or self._unchanged
        self._scan = scan
        self._scanning = False
        self._place = 0
        self._held = b""  # the piece that was fetched last, and where it begins and ends in the object
        self._start = self._end = 0
        self._ahead = FIRST // 4

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Moves to a place, counted from the start (0), from here (1) or from the end (2); asks for nothing yet."""
        place = (0, self._place, self._size)[whence] + offset
        if place < 0:
            raise ValueError(f"{self._path}: there is no place {place} before the start")
        self._place = place
        return place

    def read(self, count: int | None = -1, /) -> bytes:
        """As many bytes as are asked for, fewer only at the end; all that follow where no count is given."""
        left = max(0, self._size - self._place)
        count = left if count is None or count < 0 else min(count, left)
        here = self._here(count)
        if len(here) < count:
            here += self._fetch(self._place + len(here), count - len(here))
        self._place += count
        return here

    def read1(self, count: int = -1, /) -> bytes:
        """Some bytes, at most as many as are asked for; what is at hand, else what one request brings."""
        at_hand = len(self.peek(AHEAD))
        return self.read(at_hand if count < 0 else min(at_hand, count))

    def peek(self, count: int = 0, /) -> bytes:
        """The bytes at hand from here on, without moving; at least one, except at the end."""
        if not self._here(1) and self._place < self._size:
            self._fetch(self._place, 1)
        return self._here(max(count, FIRST))  # not all: a reader of lines looks once a line

    def _here(self, count: int) -> bytes:
        """What is held from the current place on."""
        at = self._place - self._start
        return self._held[at : at + count] if at >= 0 else b""

    def _fetch(self, start: int, count: int) -> bytes:
        """Asks for bytes and for some more behind them, the more the longer reading goes on in sequence."""
        length = min(max(count, self._piece(start)), self._size - start)
        data = self._ranges(self._path, start, length)
        if len(data) < length:
            raise StorageError(f"{self._path}: {length} bytes from {start} on were asked for, {len(data)} came")
        self._held = data if length <= _MOST else b""  # what was asked for in one piece is the caller's to hold
        self._start, self._end = start, start + length
        return data[:count]

    def _piece(self, start: int) -> int:
        """How many bytes are asked for from a place on, where so many are not wanted at once."""
        left = self._scan[1] - start
        if start >= self._scan[0] and left > 0 and (start == self._end or not self._scanning):
            self._scanning = True
            return left if left <= _MOST else SCAN
        self._ahead = min(AHEAD, self._ahead * 4) if start == self._end else FIRST
        return self._ahead

    def _unchanged(self, path: str, start: int, length: int) -> bytes:
        """A range. Raises StorageError where the object has another size by now."""
        data, found = _read_range(path, start, length)
        if found in (-1, self._size):
            return data
        raise StorageError(
            f"{path} has changed while it was read: it had {self._size} bytes and has {found}; "
            "start again with a new --output when nothing writes to it any more"
        )
