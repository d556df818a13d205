"""The tools that bring engines: pip, Maven and Go, each called as its own users call it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# What is asked of a machine, and what brings it.
NEEDED = {
    "java": "a Java runtime, 17",
    "mvn": "Apache Maven",
    "go": "the Go tools",
}


class LackError(Exception):
    """An engine cannot be had on this machine; the text says in one line what is missing."""


def need(*programs: str) -> None:
    """Raise LackError where one of these programs is not on the PATH."""
    for program in programs:
        if shutil.which(program) is None:
            raise LackError(f"`{program}` is not on the PATH ({NEEDED[program]})")


def call(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a tool to its end. Raises LackError with the last lines of what it said where it fails, as it does without a network."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        errors = [line for line in said if "ERROR" in line.upper()] or said
        raise LackError(f"`{' '.join(command[:4])} ...` failed (is there a network?): {' | '.join(errors[:2])[:400]}")


def pip_download(requirement: str, folder: Path) -> Path:
    """The source distribution of a package, which holds jars, in a folder. Raises LackError."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps")
    call([sys.executable, "-m", "pip", "download", *quiet, "--dest", str(folder), requirement])
    (found,) = folder.iterdir()
    return found
