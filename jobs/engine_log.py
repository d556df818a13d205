"""Redirects the engine's log messages to a temporary file, which is shown only when the run ends in a bug."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

TAIL = 200_000  # bytes of the chatter that are kept with a traceback


@contextmanager
def kept_aside() -> Iterator[None]:
    """Redirect what Beam, its worker processes and native code write to stderr into a file; our own lines still show.

    Workers inherit the file, so the last messages of a dying one are in it. An exception takes the end of the file along as a
    note, which the log of a bug then shows.
    """
    terminal = sys.stderr
    sys.stderr.flush()
    with tempfile.TemporaryFile() as log, os.fdopen(os.dup(2), "w", buffering=1, errors="replace") as shown:
        handler = logging.StreamHandler(os.fdopen(os.dup(log.fileno()), "w"))
        logging.getLogger().addHandler(handler)
        os.dup2(log.fileno(), 2)
        if _is_descriptor_2(terminal):
            sys.stderr = shown
        try:
            yield
        except Exception as error:
            error.add_note(f"What the engine said:\n{_tail(log)}")
            raise
        finally:
            os.dup2(shown.fileno(), 2)
            sys.stderr = terminal
            logging.getLogger().removeHandler(handler)
            handler.stream.close()


def _is_descriptor_2(stream: object) -> bool:
    """Whether the stream is the process's stderr, and no stand-in such as a test's."""
    try:
        return stream.fileno() == 2  # type: ignore[attr-defined, no-any-return]  # whatever stands in has what it has
    except (AttributeError, OSError):
        return False


def _tail(log: BinaryIO) -> str:
    log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL))
    return log.read().decode(errors="replace")
