"""Text for a terminal: tables, sizes, and one progress line on stderr."""

import os
import shutil
import sys
import textwrap
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 80  # columns of a text that goes over several lines


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines of aligned columns: the first column to the left, numbers to the right.

    >>> table([("corpus", "rows"), ("text", "12"), ("pairs", "345")])
    ['corpus  rows', 'text      12', 'pairs    345']
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_cell(cell, widths[n], n) for n, cell in enumerate(row)).rstrip() for row in rows]


def _cell(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def number(value: int) -> str:
    """A count with thousands set apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{value:,}"


def count(value: int, word: str) -> str:
    """A count with its word, which takes an s, or es behind an s, where it is not one.

    >>> count(1, "archive"), count(2000, "archive"), count(2, "address")
    ('1 archive', '2,000 archives', '2 addresses')
    """
    ending = "es" if word.endswith("s") else "s"
    return f"{number(value)} {word}{'' if value == 1 else ending}"


def wrapped(text: str, first: int = 2, further: int = 2) -> list[str]:
    """A text of many words as lines, the first and further ones indented by so many columns.

    >>> wrapped("one, two, three")
    ['  one, two, three']
    """
    wrapper = textwrap.TextWrapper(WIDTH, " " * first, " " * further, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(text)


def decimal(value: float) -> str:
    """A measure, to three digits or to the whole number.

    >>> decimal(0.12345), decimal(54321.6)
    ('0.123', '54,322')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def size(value: float) -> str:
    """Bytes in the unit a reader expects; 1 kB is 1,000 bytes.

    >>> size(999), size(1234), size(5.6e9)
    ('999 B', '1.2 kB', '5.6 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def duration(seconds: float) -> str:
    """Seconds in the unit a reader expects.

    >>> duration(4.21), duration(95), duration(5400), duration(10_000_000)
    ('4.2 s', '1.6 min', '1.5 h', '115.7 days')
    """
    for unit, most in (("s", 60.0), ("min", 60.0), ("h", 72.0)):
        if seconds < most:
            return f"{seconds:.1f} {unit}"
        seconds /= 60.0 if unit != "h" else 24.0
    return f"{seconds:,.1f} days"


def printable(text: str) -> str:
    """A text without what a terminal obeys: control codes and signs that turn the direction of writing; lines and tabs stay.

    >>> printable("a\\x1b[31mb\\u202ec")
    'a\\ufffd[31mb\\ufffdc'
    """
    return "".join(char if char in "\n\t" or unicodedata.category(char)[0] != "C" else "\ufffd" for char in text)


def fitting(line: str, columns: int) -> str:
    """The line without so many of its last parts that it fits, since half a number would be another number; one part alone is cut.

    >>> fitting("emit: 1 of 4 shards, 25 % of the bytes, 1,204 captures", 45)
    'emit: 1 of 4 shards, 25 % of the bytes'
    """
    while len(line) > columns and ", " in line:
        line = line.rpartition(", ")[0]
    return line[:columns]


def out(text: str) -> None:
    """Print a result on stdout, with what a terminal would obey made visible: names come from archives, files and users."""
    print(printable(text))


def say(text: str) -> None:
    """Print a message on stderr, likewise; where stderr has gone there is nobody to tell."""
    with suppress(OSError, ValueError):
        print(printable(text), file=sys.stderr, flush=True)


def program() -> str:
    """How this user starts triptych: by its name where the shell finds it, else by the path of the script that runs."""
    script = sys.argv[0]
    if shutil.which("triptych") or not os.access(script, os.X_OK) or os.path.isdir(script):
        return "triptych"
    return os.path.relpath(script)


@dataclass
class Ticker:
    """One line that says how far a run is: updated in place on a terminal, else a plain line every `every` seconds, if it says
    something new, and the last one.

    `plain` is set where the stream is no terminal, `TERM` is dumb or `NO_COLOR` asks for text without control codes.
    """

    stream: TextIO
    plain: bool
    every: float = 10.0
    clock: Callable[[], float] = time.monotonic
    _last: float = field(default=float("-inf"), init=False)
    _open: bool = field(default=False, init=False)
    _shown: str = field(default="", init=False)  # the last plain line
    _held: str = field(default="", init=False)  # the last plain line, where it came too early

    def show(self, line: str) -> None:
        """Show `line` if it is time for one."""
        self._held = line if self.plain else ""
        if self.clock() - self._last < (self.every if self.plain else 0.1):
            return
        self._last, self._held = self.clock(), ""
        if self.plain:
            if line != self._shown:
                self._print(printable(line) + "\n")
            self._shown = line
        else:
            self._open = True
            self._print(f"\r\x1b[K{fitting(printable(line), shutil.get_terminal_size().columns - 1)}")

    def say(self, line: str) -> None:
        """Show a line that must be seen, and leave it there."""
        self._clear()
        self._print(printable(line) + "\n")

    def close(self) -> None:
        """Clear the line, so that what follows starts at the margin; of plain lines the last one stays to be read."""
        if self._held and self._held != self._shown:
            self._print(printable(self._held) + "\n")
            self._held = ""
        self._clear()

    def _clear(self) -> None:
        if self._open:
            self._print("\r\x1b[K")
            self._open = False

    def _print(self, text: str) -> None:
        """Write to the stream. Where it has gone (`2>&1 | head`, a dropped ssh) the run goes on, and nothing more is said."""
        with suppress(OSError, ValueError):
            print(text, end="", file=self.stream, flush=True)


def ticker(stream: TextIO) -> Ticker:
    """The ticker that suits `stream` and the environment."""
    dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
    return Ticker(stream, plain=dumb or not stream.isatty())
