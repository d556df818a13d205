"""The speed figure: what is counted, and how the runs become one number."""

import json
import subprocess
import sys

from benchmarks.run_speed import ROOT, Run, figure, report

RUNS = [
    Run("triptych", 2.0, 1.5, 10, {"text": 4, "pairs": 1}),
    Run("datatrove", 10.0, 10.0, 9, {"text": 3}),
    Run("triptych", 4.0, 3.5, 10, {"text": 4, "pairs": 1}),
    Run("datatrove", 10.0, 10.0, 9, {"text": 3}),
    Run("triptych", 2.5, 2.5, 10, {"text": 4, "pairs": 1}),
    Run("datatrove", 10.0, 10.0, 9, {"text": 3}),
]


def test_the_figure_is_the_median_per_core_second() -> None:
    """One slow run moves the range, not the figure."""
    one = figure(10, [run for run in RUNS if run.tool == "triptych"])
    assert (one.least, one.pages_per_core_second, one.most) == (2.5, 4.0, 5.0)


def test_the_report_says_both_tools_and_their_ratio() -> None:
    """The JSON form holds what the text form prints."""
    assert report(10, RUNS, as_json=False).splitlines()[-1] == "triptych / datatrove = 4.00"
    facts = json.loads(report(10, RUNS, as_json=True))
    assert facts["ratio"] == 4.0 and [one["rows_in"] for one in facts["figures"]] == [10, 9]


MEASURE = """
import sys
from benchmarks.run_speed import measured
cpu, wall, out = measured([sys.executable, "-c", sys.argv[1]])
print(cpu, wall, out)
"""
ORPHAN = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.4: pass"])
"""


def measure(program: str) -> "subprocess.CompletedProcess[str]":
    """Measure a Python program, in a process of its own, because measuring waits for all children of the process."""
    command = [sys.executable, "-c", MEASURE, program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_time_of_orphaned_grandchildren_counts() -> None:
    """Time that a process spends after its parent has ended is still the command's."""
    cpu, wall = map(float, measure(ORPHAN).stdout.split())
    assert cpu > 0.4 and wall < 20


def test_a_command_that_fails_says_why() -> None:
    """The end of its stderr comes along."""
    assert "no such archive" in measure("import sys; sys.exit('no such archive')").stderr
