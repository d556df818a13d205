"""How much memory processes held."""

import os
import subprocess
import sys

from pipeline.memory import Peaks, descendants, peak_memory

GREEDY = "bytearray(200_000_000); print(flush=True); input()"


def test_the_peak_is_kept_after_the_memory_went() -> None:
    """A child's is its own: it does not inherit that of the process which started it."""
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=-1, stdout=-1) as modest:
        assert modest.stdout and modest.stdout.readline()
        assert 0 < peak_memory(modest.pid) < 100_000_000
        modest.communicate(b"\n")
    assert peak_memory(modest.pid) == 0
    assert peak_memory() > 10_000_000


def test_the_largest_of_what_this_process_started() -> None:
    """Also what those started; it is known after they ended."""
    peaks = Peaks()
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GREEDY!r}])"
    with subprocess.Popen([sys.executable, "-c", nested], stdin=-1, stdout=-1) as outer:
        assert outer.stdout and outer.stdout.readline()
        found = list(descendants(os.getpid()))
        assert outer.pid in found and len(found) >= 2
        peaks.look()
        outer.communicate(b"\n")
    assert peaks.plain()["peak_memory_of_workers"] > 190_000_000
    assert "peak_memory_of_workers" not in Peaks().plain()
