"""A copy of the house in which some files are edited, and its command line as a process of its own.

Columns of staging are made when modules are imported, so another release is another process over other files.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.shared_data import ROOT

PACKAGES = ("jobs", "pipeline", "schemas", "transforms")
Edits = Mapping[str, Sequence[tuple[str, str]]]  # file -> (text that stands there once, text in its place)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class House:
    """A copy of the packages in a folder."""

    folder: Path

    def run(self, *argv: str) -> Ended:
        """Run the command line of this copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-m", "jobs.cli", *argv]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        return Ended(done.returncode, done.stdout, done.stderr)


def copied(folder: Path, edits: Edits) -> House:
    """Copy the packages into a folder and edit them; an edit whose text does not stand there exactly once is an error."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in edits.items():
        path = folder / name
        text = path.read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"{name} has {text.count(old)} times: {old}"
            text = text.replace(old, new)
        path.write_text(text)
    return House(folder)
