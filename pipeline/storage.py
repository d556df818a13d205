"""One way to files: local paths by the operating system, `s3://`, `gs://` and web addresses by `object_store`.

A path is a string. Files are read and written as raw bytes: no codec is chosen by a file's name, because offsets into
archives and digests of shards mean the bytes that lie in storage. No engine is asked, so a path means the same on all.
"""

import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, cast

from pipeline import clients, object_store, patterns
from schemas.outcomes import UserError

# Of a file that is being written; hidden by a leading dot, so that no reader's glob takes it in.
PARTIAL_SUFFIX = ".part"
CHUNK = object_store.CHUNK  # bytes read at a time; SHA-256 runs at its full 1.8 GB/s from 64 KiB on

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)  # of file systems without hard links

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")


def is_remote(path: str) -> bool:
    """Whether a path carries a scheme, so that the operating system does not serve it.

    >>> is_remote("gs://bucket/run"), is_remote("/data/run")
    (True, False)
    """
    return _SCHEME.match(path) is not None


def absolute(path: str) -> str:
    """A local path from the root on, so that it means the same in any working directory; a path with a scheme as it is.

    >>> absolute("/data/../run"), absolute("s3://bucket/run")
    ('/run', 's3://bucket/run')
    """
    return path if is_remote(path) else os.path.abspath(path)


def configure(settings: Mapping[str, str]) -> None:
    """Sets for this process what `--storage KEY=VALUE` says; `clients.SETTINGS` lists the keys.

    Each process that reads or writes needs it once; the same settings again do nothing. Raises UserError.
    """
    clients.configure(settings)


def join(folder: str, *names: str) -> str:
    """A path below a folder, with one slash between the parts.

    >>> join("gs://bucket/run/", "text", "data")
    'gs://bucket/run/text/data'
    """
    return "/".join([folder.rstrip("/") or "", *names])


def open_for_reading(path: str, size: int | None = None, scan: tuple[int, int] = (0, 0)) -> BinaryIO:
    """A seekable file of the raw bytes at a path. Raises FileNotFoundError where there is none.

    A remote one costs a request to open, unless its `size` is given: then the first read finds out whether it is there, and each whether
    it still has that size (else StorageError). A read somewhere asks for 64 KiB or what was wanted; reading on in sequence asks for more
    each time, up to 8 MiB. The bytes of `scan`, from one up to another, will be read front to back: 16 MiB are asked for at once.
    """
    if is_remote(path):
        return cast(BinaryIO, object_store.ObjectFile(path, size, scan=scan))
    return io.BufferedReader(_NamedFile(path))


class _NamedFile(io.FileIO):
    """A local file whose errors name it: a disk that fails while a file is read or written does not say which.

    What is written under another name for now is told by that which it will have.
    """

    def __init__(self, path: str, mode: str = "r", told: str = "") -> None:
        super().__init__(path, mode)
        self._told = told or path

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as one call of the system gives."""
        with naming(self._told):
            return super().readinto(buffer) or 0

    def readall(self) -> bytes:
        """All bytes that follow."""
        with naming(self._told):
            return super().readall()

    def write(self, data: Any, /) -> int:
        """As many bytes as one call of the system takes."""
        with naming(self._told):
            return super().write(data)


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Errors of the system in the block name `path` where they name no file."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            raise OSError(error.errno, error.strerror, path) from error
        raise


def read_bytes(path: str) -> bytes:
    """All bytes at a path, remotely by one request; for manifests and other small files. Raises FileNotFoundError."""
    if is_remote(path):
        return object_store.read(path)
    with open_for_reading(path) as file:
        return file.read()


def read_range(path: str, offset: int, length: int) -> bytes:
    """`length` bytes from `offset` on, or fewer where the file ends before; remotely exactly one request.

    An offset below 0 counts from the end; a file that is shorter than that is read from its start. Raises
    FileNotFoundError.
    """
    if is_remote(path):
        return object_store.read_range(path, offset, length)
    with open_for_reading(path) as file:
        size = os.fstat(file.fileno()).st_size
        start = file.seek(offset if offset >= 0 else max(0, size + offset))
        return file.read(max(0, min(length, size - start)))  # memory is taken for all that is asked for


def exists(path: str) -> bool:
    """Whether a file or folder is there; a remote folder is there while a file is below it."""
    if is_remote(path):
        return object_store.is_object(path) or object_store.holds_any(path)
    return os.path.exists(path)


def is_folder(path: str) -> bool:
    """Whether a folder is there; a remote one while a file is below it, and the web has none."""
    return object_store.holds_any(path) if is_remote(path) else os.path.isdir(path)


def is_file(path: str) -> bool:
    """Whether a file, and no folder, is there."""
    return object_store.is_object(path) if is_remote(path) else os.path.isfile(path)


def size(path: str) -> int:
    """The size of a file in bytes. Raises FileNotFoundError."""
    return object_store.size(path) if is_remote(path) else os.path.getsize(path)


def find_files(glob: str) -> dict[str, int]:
    """The files (not folders) that a pattern matches, sorted, with their sizes. `**` crosses folders; a hidden one needs its dot.

    Remotely the deepest folder without a sign is listed; a web address is no pattern, since the web has no lists.
    """
    if not is_remote(glob):
        found = sorted(path for path in patterns.glob(glob) if os.path.isfile(path))
        return {path: os.path.getsize(path) for path in found}
    sign = None if clients.is_web(glob) else re.search(r"[*?[]", glob)
    if sign is None:
        with suppress(FileNotFoundError):
            return {glob: size(glob)}
        return {}
    folder, _, rest = glob[: sign.start()].rpartition("/")
    if folder.endswith(":/"):
        raise UserError(f"{glob}: the name of a bucket cannot be a pattern")
    parts = (rest + glob[sign.start() :]).split("/")
    listed = object_store.walk(folder) if parts[1:] or "**" in parts else object_store.children(folder)
    return dict(sorted((join(folder, name), size) for name, size in listed if patterns.matches(name.split("/"), parts)))


def files_below(folder: str) -> list[str]:
    """Every file below a folder, hidden ones too, as names relative to it, sorted; an absent folder holds none."""
    return sorted(name for name, _ in walk(folder))


def walk(folder: str) -> Iterator[tuple[str, int]]:
    """Relative name and size of every file below a folder, hidden ones too, in no order; an absent folder holds none.

    Remotely 1,000 names cost one request.
    """
    return object_store.walk(folder) if is_remote(folder) else _walk_local(folder)


def _walk_local(folder: str) -> Iterator[tuple[str, int]]:
    waiting = [""]
    while waiting:
        base = waiting.pop()
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            os.scandir(join(folder, base) if base else folder or ".") as entries,
        ):
            for entry in entries:
                if entry.is_dir():
                    waiting += [] if entry.is_symlink() else [f"{base}{entry.name}/"]
                else:
                    with suppress(FileNotFoundError):  # taken away since it was listed, or a link to nowhere
                        yield base + entry.name, entry.stat().st_size


def remove(path: str) -> None:
    """Takes one file away; nothing happens where there is none."""
    if is_remote(path):
        object_store.delete(path)
        return
    with suppress(FileNotFoundError):
        os.remove(path)


def move(path: str, target: str) -> None:
    """Gives a file another name, over the file that has it; a reader of that name finds the one or the other, whole.

    Remotely it is copied by the store and then removed, so a process that is killed in between leaves both.
    """
    if is_remote(path):
        object_store.copy(path, target)
        object_store.delete(path)
        return
    os.replace(path, target)
    _sync_folder(os.path.dirname(target) or ".")


def make_folder(path: str) -> None:
    """Makes a folder and those above it; nothing happens where it is there, nor remotely, where names make folders."""
    if not is_remote(path):
        os.makedirs(path, exist_ok=True)


def digest(path: str) -> str:
    """SHA-256 of a file as 64 hex digits. Raises FileNotFoundError."""
    hasher = hashlib.sha256()
    for piece in object_store.stream(path) if is_remote(path) else _pieces(path):
        hasher.update(piece)
    return hasher.hexdigest()


def _pieces(path: str) -> Iterator[bytes]:
    with open_for_reading(path) as file:
        while piece := file.read(CHUNK):
            yield piece


class HashingWriter(io.RawIOBase):
    """A file to write to, front to back, that knows how much was written and its SHA-256.

    >>> out = HashingWriter(io.BytesIO())
    >>> out.write(b"abc"), out.tell(), out.sha256()[:8]
    (3, 3, 'ba7816bf')
    """

    def __init__(self, file: BinaryIO, hashed: bool = True) -> None:
        self._file = file
        self._hasher = hashlib.sha256() if hashed else None
        self._written = 0

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any, /) -> int:
        """Appends bytes (anything that lends a buffer); returns how many. Raises OSError where storage refuses."""
        view = memoryview(data).cast("B")
        self._file.write(view)
        if self._hasher:
            self._hasher.update(view)
        self._written += len(view)
        return len(view)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._written

    def sha256(self) -> str:
        """SHA-256 of what was written so far, as 64 hex digits; of a file that is not `hashed` nobody may ask for it."""
        assert self._hasher
        return self._hasher.hexdigest()


@contextmanager
def write_whole(path: str, durable: bool = True, hashed: bool = True) -> Iterator[HashingWriter]:
    """A file that appears under its name only when the block ends without an error; an older one is replaced.

    Locally bytes go to a hidden neighbour (`.NAME.<random>.part`), are synced, and take the name in one rename; after
    an error the neighbour is removed. Remotely they are sent under the name itself, which the store gives them at the
    end, whole; after an error the upload is aborted. Either way the target is as it was. Folders are made. Raises
    OSError where storage refuses.

    Where `durable` is false a local file is not synced: it outlives the process, maybe not the machine's power. That is
    for files whose size is checked before they are used; a sync takes milliseconds, and a unit has several files.
    Where `hashed` is false nobody wants the file's digest.
    """
    if is_remote(path):
        with object_store.upload(path) as file:
            yield HashingWriter(file, hashed)
        return
    part = _part_of(path)
    try:
        with _write_local(part, path, durable, hashed) as writer:
            yield writer
    except BaseException:  # also a KeyboardInterrupt: whatever ended the block, no half file stays behind
        remove(part)
        raise


def _part_of(path: str) -> str:
    """A hidden neighbour of a local path, to write to; folders are made."""
    folder, slash, name = path.rpartition("/")
    if folder:
        make_folder(folder)
    return f"{folder}{slash}.{name}.{secrets.token_hex(8)}{PARTIAL_SUFFIX}"


@contextmanager
def _write_local(part: str, path: str, durable: bool, hashed: bool) -> Iterator[HashingWriter]:
    with io.BufferedWriter(_NamedFile(part, "x", path), CHUNK) as file:
        yield HashingWriter(cast(BinaryIO, file), hashed)
        file.flush()
        if durable:
            with naming(path):
                os.fsync(file.fileno())
    os.replace(part, path)
    if durable:
        _sync_folder(os.path.dirname(path) or ".")


def create(path: str, data: bytes) -> None:
    """Writes a small file whole where there is none. These very bytes may be there: a request whose answer was lost is sent again.

    Raises FileExistsError where something else is there, and OSError where storage refuses. On a file system without hard
    links, and in a store that knows no conditions, the look and the writing are two steps.
    """
    try:
        if is_remote(path):
            object_store.put_if(path, data, None)
        else:
            _create_local(path, data)
    except FileExistsError:
        if read_bytes(path) != data:
            raise


def _create_local(path: str, data: bytes) -> None:
    part = _part_of(path)
    try:
        with io.BufferedWriter(_NamedFile(part, "x", path), CHUNK) as file:
            file.write(data)
            file.flush()
            with naming(path):
                os.fsync(file.fileno())
        _take_free_name(part, path)
    finally:
        remove(part)
    _sync_folder(os.path.dirname(path) or ".")


def _take_free_name(part: str, path: str) -> None:
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.exists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from error
        os.replace(part, path)


def _sync_folder(folder: str) -> None:
    """Makes a rename durable, so that a manifest never outlives a shard that it names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
