"""Who holds a run folder in a bucket, and when a holder counts for nothing."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import lease, object_store, storage
from pipeline.lease import Holder, Standing, birth, expired, leased, standing, take, this_process, unpacked
from schemas.outcomes import UserError
from tests.support.buckets import Buckets

ELSEWHERE = Holder("node7", 4711, "9", "another boot", "2026-11-27T03:00:00Z", "a token")


@pytest.fixture(params=["s3", "gs"])
def path(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> str:
    """Where a lease lies, in a new bucket of each store."""
    return f"{buckets.set_up(request.param, tmp_path)}/out/staging/lease.json"


def put(path: str, holder: Holder) -> None:
    """Let somebody hold the folder."""
    with storage.write_whole(path) as file:
        file.write(holder.packed())


class Pauses:
    """Counts the pauses between looks, and does something in each."""

    def __init__(self, act: object = None) -> None:
        self.count = 0
        self.act = act

    def __call__(self, seconds: float) -> None:
        """No time passes."""
        self.count += 1
        if callable(self.act):
            self.act()


def taken(path: str, pauses: Pauses, notes: list[str]) -> lease.Lease:
    """Take the lease as this process."""
    return take(path, "s3://b/out", this_process(), notes.append, pauses)


def test_a_free_folder_is_taken_and_given_back(path: str) -> None:
    """Nothing is waited for, the object names this process, and nothing is left."""
    pauses, notes = Pauses(), list[str]()
    held = taken(path, pauses, notes)
    there = unpacked(storage.read_bytes(path))
    assert there == held.me and there.pid == os.getpid()
    held.renew()
    assert unpacked(storage.read_bytes(path)) == replace(there, renewed=1)
    held.release()
    assert not storage.exists(path) and not held.lost_to
    assert (pauses.count, notes) == (0, [])


def test_a_run_of_this_machine_is_refused_at_once(path: str) -> None:
    """By the name of its process and machine."""
    first = taken(path, Pauses(), [])
    with pytest.raises(UserError, match=rf"^s3://b/out is being written by another run \(process {os.getpid()} on "):
        taken(path, Pauses(), [])
    assert unpacked(storage.read_bytes(path)) == first.me


def test_a_dead_run_of_this_machine_keeps_nothing(path: str) -> None:
    """Nor does another process that has its number by now."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = replace(this_process(), pid=process.pid, born=birth(process.pid), token="of the dead")
    assert standing(holder, this_process()) is Standing.LIVES
    assert standing(replace(holder, born="1"), this_process()) is Standing.ENDED
    # Machines that were made from one image of memory have the same boot, and may have the same numbers.
    assert standing(replace(holder, host=f"not-{holder.host}"), this_process()) is Standing.ELSEWHERE
    process.kill()
    process.communicate()
    put(path, holder)
    pauses = Pauses()
    taken(path, pauses, [])
    assert pauses.count == 0


def test_a_run_elsewhere_that_renews_is_refused(path: str) -> None:
    """As soon as it shows a sign of life."""
    put(path, ELSEWHERE)
    pauses = Pauses(lambda: put(path, replace(ELSEWHERE, renewed=7)) if pauses.count == 3 else None)
    notes: list[str] = []
    with pytest.raises(
        UserError, match=r"\(process 4711 on node7 since 2026-11-27T03:00:00Z\): wait for it, or end it"
    ):
        taken(path, pauses, notes)
    assert pauses.count == 3
    assert "is held by process 4711 on node7" in notes[0] and "within 60 s" in notes[0]


def test_a_run_elsewhere_that_died_is_taken_over_in_a_minute(path: str) -> None:
    """Without a look at any clock; who was dead after all ends when it looks again."""
    put(path, ELSEWHERE)
    pauses = Pauses()
    held = taken(path, pauses, [])
    assert pauses.count * lease.LOOK_SECONDS == lease.EXPIRES_SECONDS
    back = lease.Lease(path, ELSEWHERE)
    back.renew()
    assert back.lost_to == str(held.me)
    back.release()
    assert unpacked(storage.read_bytes(path)) == held.me
    held.release()
    held.renew()
    assert held.lost_to == "another run, which has ended"


def test_a_folder_that_is_let_go_of_meanwhile_is_taken(path: str) -> None:
    """And one that a third run took meanwhile is looked at anew."""
    put(path, ELSEWHERE)
    assert taken(path, Pauses(lambda: storage.remove(path)), [])
    third = replace(ELSEWHERE, token="third", pid=3)
    put(path, ELSEWHERE)
    assert not expired(path, "out", ELSEWHERE, this_process(), lambda note: None, Pauses(lambda: put(path, third)))


def test_of_two_that_come_at_once_one_is_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see a free folder; the store decides."""
    put_if, rival = object_store.put_if, replace(this_process(), token="rival")

    def late(where: str, data: bytes, over: object_store.Version | None) -> None:
        put(path, rival)
        put_if(where, data, over)

    monkeypatch.setattr(object_store, "put_if", late)
    with pytest.raises(UserError, match="is being written"):
        taken(path, Pauses(), [])
    assert unpacked(storage.read_bytes(path)) == rival


def test_an_answer_that_was_lost_is_no_refusal(path: str) -> None:
    """The client makes a request again, and its own first one stands in the way."""
    me = this_process()
    put(path, me)
    assert take(path, "out", me, lambda note: None, Pauses()).me == me


def test_what_is_no_lease_counts_for_nothing(path: str) -> None:
    """It is written over."""
    with storage.write_whole(path) as file:
        file.write(b'{"pid": 1}')
    assert taken(path, Pauses(), []).me == unpacked(storage.read_bytes(path))


def test_while_the_block_runs_the_lease_is_renewed(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that does not answer once ends nothing; in the end the object is gone."""
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    renewed, calls = threading.Event(), []
    renew = lease.Lease.renew

    def broken_once(held: lease.Lease) -> None:
        calls.append(held)
        if len(calls) == 1:
            raise OSError("no answer")
        renew(held)
        renewed.set()

    monkeypatch.setattr(lease.Lease, "renew", broken_once)
    monkeypatch.setattr(lease, "RELEASE_SECONDS", 60.0)
    with leased(path, "out", lambda note: None):
        assert renewed.wait(60)
        found = unpacked(storage.read_bytes(path))
        assert found is not None and found.renewed
    assert not storage.exists(path)
