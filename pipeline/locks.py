"""Locks of local files, which the system lets go of when a process dies."""

import errno
import fcntl
from typing import BinaryIO

# A file system that knows no locks, or none of readers.
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.ENOSYS)


def opened(path: str) -> BinaryIO:
    """A file to be locked: open for writing too where that is allowed, since NFS lets nobody else lock a file for himself."""
    try:
        return open(path, "r+b")
    except PermissionError:
        return open(path, "rb")


def locked(file: BinaryIO, how: int) -> bool:
    """Lock a file at once; False where another process holds it, or where the file system knows no locks."""
    return _lock(file, how, without_locks=False)


def is_free(file: BinaryIO, how: int = fcntl.LOCK_EX) -> bool:
    """Lock a file at once, for this process alone or as `how` says; False where another process is in the way.

    Where a file system knows no locks, nobody is known to.
    """
    return _lock(file, how, without_locks=True)


def _lock(file: BinaryIO, how: int, without_locks: bool) -> bool:
    """Lock a file at once, and say whether that was possible; `without_locks` is the answer of a file system that knows none."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return without_locks
    return True
