"""Becomes another program that ends when the process that started it ends, however that ends: `leash.py PARENT COMMAND...` (Linux)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; it holds for the program that is become


def main(parent: int, command: list[str]) -> None:
    """Ask for SIGKILL at the parent's end, and become the command; end at once where the parent is gone already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
