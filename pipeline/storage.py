"""One way to files: local paths by the operating system, `scheme://` paths by Beam's FileSystems.

A path is a string. Files are read and written as raw bytes: no codec is chosen by a file's name, because offsets into
archives and digests of shards mean the bytes that lie in storage. Beam is imported only for a path with a scheme.
"""

import glob as globbing
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

PARTIAL_SUFFIX = (
    ".part"  # of a file that is being written; hidden by a leading dot, so that no reader's glob takes it in
)
CHUNK = 1 << 20  # bytes read at a time; SHA-256 runs at its full 1.8 GB/s from 64 KiB on

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")


def is_remote(path: str) -> bool:
    """Whether a path carries a scheme, so that Beam's FileSystems must serve it.

    >>> is_remote("gs://bucket/run"), is_remote("/data/run")
    (True, False)
    """
    return _SCHEME.match(path) is not None


def _remote() -> Any:
    """Beam's FileSystems; the import costs about a second and is paid only where a path needs it."""
    from apache_beam.io.filesystems import FileSystems

    return FileSystems


def join(folder: str, *names: str) -> str:
    """A path below a folder, with one slash between the parts.

    >>> join("gs://bucket/run/", "text", "data")
    'gs://bucket/run/text/data'
    """
    return "/".join([folder.rstrip("/") or "", *names])


def open_for_reading(path: str) -> BinaryIO:
    """A seekable file of the raw bytes at a path. Raises FileNotFoundError where there is none."""
    if not is_remote(path):
        return open(path, "rb")
    if not exists(path):  # each FileSystem has its own word for a missing file
        raise FileNotFoundError(path)
    handle: BinaryIO = _remote().open(path, compression_type="uncompressed")
    return handle


def read_bytes(path: str) -> bytes:
    """All bytes at a path; for manifests and other small files. Raises FileNotFoundError."""
    with open_for_reading(path) as file:
        return file.read()


def exists(path: str) -> bool:
    """Whether a file or folder is there."""
    return bool(_remote().exists(path)) if is_remote(path) else os.path.exists(path)


def is_file(path: str) -> bool:
    """Whether a local path is a file; object stores have no folders to confuse it with."""
    return not is_remote(path) and os.path.isfile(path)


def size(path: str) -> int:
    """The size of a file in bytes. Raises FileNotFoundError."""
    if not is_remote(path):
        return os.path.getsize(path)
    found = _remote().match([path])[0].metadata_list
    if not found:
        raise FileNotFoundError(path)
    return int(found[0].size_in_bytes)


def list_files(glob: str) -> list[str]:
    """The files (not folders) that a pattern matches, sorted. `**` crosses folders; a hidden one needs its dot."""
    if not is_remote(glob):
        return sorted(path for path in globbing.glob(glob, recursive=True) if os.path.isfile(path))
    return sorted(found.path for found in _remote().match([glob])[0].metadata_list)


def files_below(folder: str) -> list[str]:
    """Every file below a folder, hidden ones too, as names relative to it, sorted; an absent folder holds none."""
    base = folder.rstrip("/") + "/"
    if is_remote(folder):
        return [path.removeprefix(base) for path in list_files(base + "**")]
    found = (join(place, name) for place, _, names in os.walk(base) for name in names)
    return sorted(path.removeprefix(base) for path in found)


def remove(path: str) -> None:
    """Takes one file away; nothing happens where there is none."""
    if is_remote(path):
        if exists(path):
            _remote().delete([path])
        return
    with suppress(FileNotFoundError):
        os.remove(path)


def make_folder(path: str) -> None:
    """Makes a folder and those above it; nothing happens where it is there."""
    if not is_remote(path):
        os.makedirs(path, exist_ok=True)
    elif not exists(path):
        _remote().mkdirs(path)


def digest(path: str) -> str:
    """SHA-256 of a file as 64 hex digits. Raises FileNotFoundError."""
    hasher = hashlib.sha256()
    with open_for_reading(path) as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


class HashingWriter(io.RawIOBase):
    """A file to write to, front to back, that knows how much was written and its SHA-256.

    >>> out = HashingWriter(io.BytesIO())
    >>> out.write(b"abc"), out.tell(), out.sha256()[:8]
    (3, 3, 'ba7816bf')
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hasher = hashlib.sha256()
        self._written = 0

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any, /) -> int:
        """Appends bytes (anything that lends a buffer); returns how many. Raises OSError where storage refuses."""
        view = memoryview(data).cast("B")
        self._file.write(view)
        self._hasher.update(view)
        self._written += len(view)
        return len(view)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._written

    def sha256(self) -> str:
        """SHA-256 of what was written so far, as 64 hex digits."""
        return self._hasher.hexdigest()


@contextmanager
def write_whole(path: str, durable: bool = True) -> Iterator[HashingWriter]:
    """A file that appears under its name only when the block ends without an error; an older one is replaced.

    Bytes go to a hidden neighbour (`.NAME.<random>.part`), are synced, and take the name in one rename. After an error
    the neighbour is removed and the target is as it was. Folders are made. Raises OSError where storage refuses.

    Where `durable` is false the file is not synced: it outlives the process, maybe not the machine's power. That is for
    files whose size is checked before they are used; a sync takes milliseconds, and a unit of staging has seven files.
    """
    folder, slash, name = path.rpartition("/")
    if folder:
        make_folder(folder)
    part = f"{folder}{slash}.{name}.{secrets.token_hex(8)}{PARTIAL_SUFFIX}"
    commit = _write_remote(part, path) if is_remote(path) else _write_local(part, path, durable)
    try:
        with commit as writer:
            yield writer
    except BaseException:  # also a KeyboardInterrupt: whatever ended the block, no half file stays behind
        remove(part)
        raise


@contextmanager
def _write_local(part: str, path: str, durable: bool) -> Iterator[HashingWriter]:
    with open(part, "xb", buffering=CHUNK) as file:
        yield HashingWriter(file)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    os.replace(part, path)
    if durable:
        _sync_folder(os.path.dirname(path) or ".")


def _sync_folder(folder: str) -> None:
    """Makes a rename durable, so that a manifest never outlives a shard that it names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _write_remote(part: str, path: str) -> Iterator[HashingWriter]:
    from apache_beam.io.filesystem import BeamIOError

    filesystems = _remote()
    with filesystems.create(part, compression_type="uncompressed") as file:
        yield HashingWriter(file)
    try:
        filesystems.rename([part], [path])
    except BeamIOError:  # HDFS refuses to rename onto a file, where object stores replace it
        if not exists(path):
            raise
        remove(path)
        filesystems.rename([part], [path])
