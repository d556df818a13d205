"""What the machine refuses, in words, and how a process lives within its limits."""

import errno
import os
import resource

import pytest

from jobs import machine
from jobs.machine import check_files, limit, live_within_limit, refusal
from schemas.outcomes import UserError


@pytest.mark.parametrize("number", machine.REFUSALS)
def test_a_refusal_names_the_file_and_what_to_do(number: int) -> None:
    """Whatever the machine's number is."""
    said = refusal(OSError(number, os.strerror(number), "/data/x"))
    assert said.startswith("/data/x: ") and said.endswith(machine.REFUSALS[number]) and "\n" not in said


def test_a_rename_is_told_by_its_target() -> None:
    """The other name is one that we gave for the time of writing."""
    error = OSError(errno.EISDIR, "Is a directory", ".x.part", None, "x")
    assert refusal(error).startswith("x: is a directory")


def test_limits_are_read_and_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is lived with, a small one is refused, any other has allocators take little."""
    found = {"limit": (resource.RLIM_INFINITY, resource.RLIM_INFINITY)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: found["limit"])
    monkeypatch.setattr(os, "environ", {})
    live_within_limit()
    assert limit() is None and not os.environ
    found["limit"] = (10**8, 10**8)
    with pytest.raises(UserError, match=r"ulimit -v\) is 100.0 MB"):
        live_within_limit()
    assert "is 100.0 MB" in refusal(MemoryError())


def test_open_files_are_raised_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A soft limit is ours to raise, a hard one is the user's."""
    found = {"limit": (20, 4096)}
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: found["limit"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, to: raised.append(to))
    check_files(2)
    assert raised == [(48, 4096)]
    found["limit"] = (20, 20)
    with pytest.raises(UserError, match=r"ulimit -n\) is 20, and this run takes 48"):
        check_files(2)
