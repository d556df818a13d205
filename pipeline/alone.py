"""A run folder is held by one run at a time, and staging is shared by those that use it; what killed workers left is taken away.

Local folders are held by `flock`, which the system lets go of when a process dies, folders in a bucket by a lease (`pipeline/lease.py`).
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from pipeline import storage
from pipeline.layout import STAGING, RunFolder
from pipeline.lease import Lease, Note, leased, refusal, this_process
from pipeline.locks import NO_LOCKS, is_free, locked, opened
from pipeline.plan import Request
from pipeline.share_claims import claimed, held_by, refuse_for_shares, wait_for_shares
from pipeline.shares import Share
from schemas.outcomes import UserError

# Seconds since its last byte after which a file that is being written is taken for that of a killed worker, where no lock tells.
STALE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Hold:
    """What a run holds: its folder, and with other runs its staging."""

    request: Request
    lease: Lease | None
    staging: BinaryIO | None

    def check(self) -> None:
        """Raise UserError where the folder was taken over: this process had shown no sign of life for too long."""
        if self.lease and self.lease.lost_to:
            raise UserError(
                f"{self.request.output} was taken over by {self.lease.lost_to}, as this run had not renewed its lease: "
                "it was stopped, or cut off from the store"
            )

    def forget_partial(self) -> None:
        """Take away what killed workers were writing; remotely nothing stands under a name before it is whole.

        Another run may be writing to the same staging. Where a lock does not tell that none is, what is young stays for a later run.
        """
        staging = storage.join(self.request.staging_folder.path, "")
        alone = self.staging is not None and locked(self.staging, fcntl.LOCK_EX)
        for path in partial_files(self.request):
            ours = not path.startswith((staging, self.request.run_folder.file(STAGING)))
            if ours or (alone and path.startswith(staging)) or not is_young(path):
                with suppress(OSError):  # staging of somebody else, who may take it away; it hurts nobody
                    storage.remove(path)


def partial_files(request: Request) -> Iterator[str]:
    """The files of a run and of its staging that were being written when their writer ended."""
    for folder in dict.fromkeys((request.output, request.staging_folder.path)):
        if not storage.is_remote(folder):
            yield from (
                storage.join(folder, name) for name, _ in storage.walk(folder) if name.endswith(storage.PARTIAL_SUFFIX)
            )


def is_young(path: str) -> bool:
    """Whether somebody may still be writing a local file. This clock reaches no output."""
    with suppress(FileNotFoundError):
        return time.time() - os.path.getmtime(path) < STALE_SECONDS
    return False


@contextmanager
def alone_in(request: Request, note: Note) -> Iterator[Hold]:
    """Hold a run folder for this process while the block runs; a process that is killed lets go of it.

    Raises UserError, which names the other process, where one is at work there: two would take each other's files away.
    """
    with using_staging(request) as staging, hold_folder(request.run_folder, note) as lease:
        yield Hold(request, lease, staging)


@contextmanager
def beside_others(request: Request, share: Share, note: Note) -> Iterator[Hold]:
    """Hold a share of a run's units for this process while the block runs, beside processes that hold other shares.

    Raises UserError, which names the other process, where one holds this share, or the whole folder.
    """
    with using_staging(request) as staging, claimed(request.run_folder, share, note) as lease:
        yield Hold(request, lease, staging)


@contextmanager
def hold_folder(folder: RunFolder, note: Note) -> Iterator[Lease | None]:
    """Hold a run folder alone, by the lease that it gives where that lies in a bucket. Raises as `alone_in`."""
    if storage.is_remote(folder.path):
        with leased(folder.lease, folder.path, note) as lease:
            wait_for_shares(folder, lease.me, note)
            yield lease
    else:
        with held(folder):
            yield None


@contextmanager
def held(folder: RunFolder) -> Iterator[None]:
    """Hold a local run folder by a lock; beside it lies who holds it, for those that come second.

    A finished run that was copied without its marker is held by its manifest.
    """
    lease = folder.lease
    with opened(folder.identity if storage.exists(folder.identity) else folder.manifest) as marker:
        if not is_free(marker):
            if is_free(marker, fcntl.LOCK_SH):  # as it is for shares, and not for a whole run
                refuse_for_shares(folder)
            raise refusal(folder.path, held_by(lease))
        with storage.write_whole(lease, durable=False) as file:
            file.write(this_process().packed())
        try:
            yield
        finally:
            storage.remove(lease)


@contextmanager
def using_staging(request: Request) -> Iterator[BinaryIO | None]:
    """Let other runs know by a shared lock that local staging is in use; gives the file that is locked, None where none is."""
    if storage.is_remote(request.staging_folder.path):
        yield None
        return
    with open(request.staging_folder.identity, "rb") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_SH)  # waits for a run that takes leftovers away, which is over soon
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise
            yield None
            return
        yield marker
