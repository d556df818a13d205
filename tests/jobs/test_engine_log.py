"""The engine's chatter: aside while a run goes well, beside the traceback when it does not."""

import subprocess
import sys

from tests.support.shared_data import ROOT

CHATTER = """
import logging, os, sys
from jobs.engine_log import kept_aside
try:
    with kept_aside():
        os.write(2, b"native chatter\\n")
        os.system("echo a worker speaks >&2")
        logging.getLogger("apache_beam").warning("a log line")
        print("progress", file=sys.stderr)
        {last}
except KeyError as error:
    print("\\n".join(error.__notes__))
print("afterwards", file=sys.stderr)
os.write(2, b"native afterwards\\n")
"""


def said(last: str) -> tuple[str, str]:
    """Stdout and stderr of a process that chatters and then does `last`."""
    done = subprocess.run(
        [sys.executable, "-c", CHATTER.format(last=last)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout, done.stderr


def test_chatter_is_kept_aside() -> None:
    """Native code, worker processes and loggers are silent; our own lines show, and stderr is itself again afterwards."""
    assert said("pass") == ("", "progress\nafterwards\nnative afterwards\n")


def test_exception_takes_the_chatter_along() -> None:
    """What was said stands in a note of the exception that ends the run."""
    out, err = said("raise KeyError('x')")
    assert all(words in out for words in ("native chatter", "a worker speaks", "a log line"))
    assert err == "progress\nafterwards\nnative afterwards\n"
