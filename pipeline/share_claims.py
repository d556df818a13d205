"""Which shares of a run's units are at work in its folder: several at a time, each in one process, and none beside a whole run.

Locally a share has a lock of its own and, with others, that of the run's marker, which a whole run wants alone. In a bucket it has a
lease of its own: it looks for that of a whole run once it has it, and a whole run likewise, so one of the two sees the other.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from pipeline import lease, object_store, storage
from pipeline.layout import LEASE_SUFFIX, LOCK_SUFFIX, RunFolder
from pipeline.lease import Holder, Lease, Note, Standing, expired, leased, refusal, standing, this_process, unpacked
from pipeline.locks import is_free, opened
from pipeline.shares import Share, named_share
from schemas.outcomes import UserError

Pause = Callable[[float], object]
NAMED = 3  # shares at work that a message names


@contextmanager
def claimed(folder: RunFolder, share: Share, note: Note) -> Iterator[Lease | None]:
    """Hold a share while the block runs, by the lease that it gives where the folder lies in a bucket.

    Raises UserError where another process holds the share, or the whole folder.
    """
    if storage.is_remote(folder.path):
        with leased(folder.share_lease(share.name), f"share {share} of {folder.path}", note) as mine:
            wait_for_run(folder, mine.me, note)
            yield mine
    else:
        with locked_share(folder, share):
            yield None


@contextmanager
def locked_share(folder: RunFolder, share: Share) -> Iterator[None]:
    """Hold a share of a local folder; in the file that is locked stands who holds it, for those that come second."""
    path = folder.share_lock(share.name)
    storage.make_folder(folder.shares)
    with opened(folder.identity) as marker, open(path, "ab") as file:
        if not is_free(marker, fcntl.LOCK_SH):
            raise refusal(folder.path, held_by(folder.lease))
        if not is_free(file):
            raise refusal(f"share {share} of {folder.path}", held_by(path))
        file.truncate(0)
        file.write(this_process().packed())
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def held_by(path: str) -> Holder | None:
    """Who holds what a file is about, as it says; None where it says nobody."""
    with suppress(OSError):
        return unpacked(storage.read_bytes(path))
    return None


def refuse_for_shares(folder: RunFolder) -> None:
    """Raise UserError where shares are at work in a local folder, which is locked: by those whose files say so and who have not ended."""
    me = this_process()
    holders = {share: there for share, path in claims(folder, LOCK_SUFFIX) if (there := held_by(path))}
    refuse({share: there for share, there in holders.items() if standing(there, me) is not Standing.ENDED}, folder)


def claims(folder: RunFolder, suffix: str) -> Iterator[tuple[Share, str]]:
    """The shares that ever had a claim of this kind in a folder, with where it lies."""
    for name, _ in sorted(storage.walk(folder.shares)):
        if name.endswith(suffix) and (share := named_share(name.removesuffix(suffix))):
            yield share, storage.join(folder.shares, name)


def refuse(at_work: dict[Share, Holder], folder: RunFolder) -> None:
    """Raise UserError where there are shares at work."""
    if at_work:
        said = ", ".join(f"{share} ({there})" for share, there in sorted(at_work.items())[:NAMED])
        more = f" and {len(at_work) - NAMED} more" if len(at_work) > NAMED else ""
        raise UserError(f"{folder.path}: shares are at work: {said}{more}: wait for them, or end them")


def wait_for_run(folder: RunFolder, me: Holder, note: Note, pause: Pause = time.sleep) -> None:
    """Return once no whole run is at work in a bucket's folder. Raises UserError where one is."""
    while there := held_by(folder.lease):
        if expired(folder.lease, folder.path, there, me, note, pause):
            return


def wait_for_shares(folder: RunFolder, me: Holder, note: Note, pause: Pause = time.sleep) -> None:
    """Return once no share is at work in a bucket's folder, and take away the leases of those that were killed.

    Raises UserError where one is. Those of other machines are looked at together, for as long as one lease lives.
    """
    there = {share: held for share, path in claims(folder, LEASE_SUFFIX) if (held := held_by(path))}
    refuse({share: held for share, held in there.items() if standing(held, me) is Standing.LIVES}, folder)
    elsewhere = {share: held for share, held in there.items() if standing(held, me) is Standing.ELSEWHERE}
    if elsewhere:
        seconds = lease.EXPIRES_SECONDS
        note(
            f"{folder.path}: {len(elsewhere)} shares were at work; if they show no sign of life within {seconds:.0f} s, this run goes on"
        )
    for _ in range(round(lease.EXPIRES_SECONDS / lease.LOOK_SECONDS)):
        if not elsewhere:
            break
        pause(lease.LOOK_SECONDS)
        now = {share: held for share in elsewhere if (held := held_by(folder.share_lease(share.name)))}
        refuse({share: held for share, held in now.items() if held != elsewhere[share]}, folder)
        elsewhere = now
    for share in there:
        object_store.delete(folder.share_lease(share.name))
