"""Claims of shares in a bucket: of processes on other machines, which only show that they live by renewing what they wrote."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import storage
from pipeline.layout import RunFolder
from pipeline.lease import Holder, this_process
from pipeline.share_claims import wait_for_run, wait_for_shares
from pipeline.shares import Share
from schemas.outcomes import UserError
from tests.support.buckets import Buckets

ELSEWHERE = replace(this_process(), host="other", space="another boot", token="other")


@pytest.fixture
def folder(buckets: Buckets, tmp_path: Path) -> RunFolder:
    """A run folder in a bucket."""
    return RunFolder(f"{buckets.set_up('s3', tmp_path)}/out")


def put(path: str, holder: Holder) -> None:
    """Write who holds something."""
    with storage.write_whole(path) as file:
        file.write(holder.packed())


def lease(folder: RunFolder, number: int) -> str:
    """Where the lease of a share lies."""
    return folder.share_lease(Share(9, number).name)


def test_shares_that_show_no_sign_of_life_are_waited_for_together(folder: RunFolder) -> None:
    """A minute, not one for each; their leases then go, so that the next command need not wait."""
    for number in (1, 2, 3):
        put(lease(folder, number), replace(ELSEWHERE, token=str(number)))
    put(lease(folder, 4), replace(this_process(), pid=2**22 + 1, born="7"))  # has ended, on this machine
    paused: list[float] = []
    notes: list[str] = []
    wait_for_shares(folder, this_process(), notes.append, paused.append)
    assert sum(paused) == 60
    assert len(notes) == 1 and "3 shares were at work" in notes[0]
    assert list(storage.walk(folder.shares)) == []
    wait_for_shares(folder, this_process(), notes.append, paused.append)
    assert (sum(paused), len(notes)) == (60, 1)


def test_a_share_that_lives_elsewhere_is_told(folder: RunFolder) -> None:
    """By its number and its machine, as soon as it renews its lease."""
    put(lease(folder, 2), ELSEWHERE)
    put(lease(folder, 5), replace(ELSEWHERE, token="5"))

    def renewed(seconds: float) -> None:
        put(lease(folder, 2), replace(ELSEWHERE, renewed=1))

    with pytest.raises(UserError, match=r"shares are at work: 2/9 \(process \d+ on other since .*\): wait"):
        wait_for_shares(folder, this_process(), print, renewed)


def test_shares_that_end_meanwhile_are_not_waited_for(folder: RunFolder) -> None:
    """Those that give their lease back."""
    put(lease(folder, 2), ELSEWHERE)
    paused: list[float] = []

    def ended(seconds: float) -> None:
        paused.append(seconds)
        storage.remove(lease(folder, 2))

    wait_for_shares(folder, this_process(), print, ended)
    assert len(paused) == 1


def test_a_share_waits_for_a_whole_run(folder: RunFolder) -> None:
    """One that died elsewhere costs a minute; one that renews its lease is told."""
    wait_for_run(folder, this_process(), print)
    put(folder.lease, ELSEWHERE)
    paused: list[float] = []
    wait_for_run(folder, this_process(), print, paused.append)
    assert sum(paused) == 60

    def renewed(seconds: float) -> None:
        put(folder.lease, replace(ELSEWHERE, renewed=1))

    with pytest.raises(UserError, match="is being written by another run"):
        wait_for_run(folder, this_process(), print, renewed)
