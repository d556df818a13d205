"""What the machine refuses, told from bugs, and what a process does where its memory is limited."""

import ctypes
import errno
import os
import resource

from jobs.terminal import size
from schemas.outcomes import UserError

# What is to be done about each refusal; a number that is not here is a bug's.
REFUSALS = {
    errno.EACCES: "see to its permissions",
    errno.EPERM: "see to its permissions",
    errno.EROFS: "name a place that can be written",
    errno.ENOSPC: "make room, or name another place",
    errno.EDQUOT: "make room, or name another place",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), or name another place",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "end what holds so many files open",
    errno.EIO: "see to the disk",
    errno.ENODEV: "see to the disk",
    errno.ENXIO: "see to the disk",
    errno.ESTALE: "see to the file server",
    errno.ETIMEDOUT: "see to the file server",
    errno.EHOSTDOWN: "see to the file server",
    errno.ENOENT: "put it back",
    errno.ENOTDIR: "something else has its place: take that away",
    errno.EISDIR: "a folder has its place: take that away",
    errno.ELOOP: "see to the links on its way",
    errno.ENAMETOOLONG: "name a place with a shorter path",
    errno.ENOMEM: "give more memory, or fewer --workers",
    errno.EAGAIN: "raise the limit on processes (ulimit -u), or give fewer --workers",
}
# What a library says where an allocation failed, or a thread could not be started.
_NO_MEMORY = ("failed to map segment", "cannot allocate memory", "MemoryError")
_NO_THREAD = "can't start new thread"
LEAST = 850 * 10**6  # bytes of address space: the driver of two workers takes 790 MB over the bundled sample
FILES, WORKER_FILES = 16, 16  # open files: 18 were enough for one worker, 26 for two
_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def refusal(error: BaseException) -> str:
    """What the machine refused and what to do, in a line; "" where the error is none of the machine's.

    >>> refusal(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    '/data/x: no space left on device: make room, or name another place'
    """
    if isinstance(error, OSError) and error.errno in REFUSALS:
        where = error.filename2 or error.filename
        said = (error.strerror or os.strerror(error.errno)).lower()
        return f"{f'{os.fsdecode(where)}: ' if isinstance(where, str | bytes) else ''}{said}: {REFUSALS[error.errno]}"
    if isinstance(error, MemoryError) or (isinstance(error, ImportError | RuntimeError) and _is_short(str(error))):
        return f"memory ran out{_limit()}: {REFUSALS[errno.ENOMEM]}"
    if isinstance(error, RuntimeError) and _NO_THREAD in str(error):
        return f"the machine starts no more threads{_limit()}: raise the limits on processes and memory (ulimit -u, -v)"
    return ""


def _is_short(said: str) -> bool:
    return any(words in said for words in _NO_MEMORY) and _NO_THREAD not in said


def _limit() -> str:
    most = limit()
    return "" if most is None else f" (the limit on address space, ulimit -v, is {size(most)})"


def limit() -> int | None:
    """The bytes of address space that this process may have; None where it is not limited."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def check_files(workers: int) -> None:
    """Raise UserError where fewer files may be open than a run takes: an engine that can open no more of them waits for ever."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = FILES + WORKER_FILES * workers
    if soft != resource.RLIM_INFINITY and soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            raise UserError(f"the limit on open files (ulimit -n) is {hard}, and this run takes {needed}: raise it")
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def live_within_limit() -> None:
    """Where address space is limited (`ulimit -v`), have this process and its children take little of it.

    Allocators set address space aside that they may never use: 1 GiB of Arrow's, 64 MiB a thread of the C library's. Raises UserError where
    the limit is too small to begin with, since libraries abort where they find no room.
    """
    most = limit()
    if most is None:
        return
    if most < LEAST:
        raise UserError(
            f"the limit on address space (ulimit -v) is {size(most)}, and a run takes {size(LEAST)} at least: raise it"
        )
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    os.environ.setdefault("MALLOC_ARENA_MAX", str(_ARENAS))
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
