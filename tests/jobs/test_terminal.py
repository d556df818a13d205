"""The progress line: in place on a terminal, seldom and plain elsewhere."""

import io
from pathlib import Path

import pytest

from jobs.terminal import Ticker, program, table, ticker


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def ticked(plain: bool, times: list[float]) -> str:
    """What a ticker writes when it is told of progress at these times, and then closed."""
    stream, clock = io.StringIO(), Clock()
    line = Ticker(stream, plain, clock=clock)
    for time in times:
        clock.now = time
        line.show(f"at {time:g}")
    line.close()
    return stream.getvalue()


def test_plain_lines_come_every_ten_seconds() -> None:
    """Without a terminal there is one line at first, one every 10 s, and the last one, with no control codes."""
    assert ticked(True, [0, 1, 9.9, 10, 19, 20.5]) == "at 0\nat 10\nat 20.5\n"
    assert ticked(True, [0, 1, 9.9]) == "at 0\nat 9.9\n"


def test_terminal_line_is_rewritten_and_cleared() -> None:
    """On a terminal the line is rewritten in place, at most ten times a second, and gone in the end."""
    clear = "\r\x1b[K"
    assert ticked(False, [0, 0.05, 0.2]) == f"{clear}at 0{clear}at 0.2{clear}"


def test_a_narrow_terminal_has_whole_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is too wide is shown without its last parts: half a number would be another number."""
    monkeypatch.setenv("COLUMNS", "70")
    stream = io.StringIO()
    line = Ticker(stream, plain=False)
    line.show("extract: 212 of 960 units, about 56 min left, 14.2 MB/s, 1,204,331 captures")
    assert stream.getvalue() == "\r\x1b[Kextract: 212 of 960 units, about 56 min left, 14.2 MB/s"


def test_nothing_shown_leaves_nothing_to_clear() -> None:
    """A run that was finished before leaves no control codes."""
    assert ticked(False, []) == ""


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_terminal_without_control_codes(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and a dumb terminal get plain lines even on a terminal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert not ticker(Terminal()).plain
    assert ticker(io.StringIO()).plain
    monkeypatch.setenv(variable, value)
    assert ticker(Terminal()).plain


def test_table_of_one_row() -> None:
    """A header alone is a line."""
    assert table([("", "rows")]) == ["  rows"]


def test_program_is_named_as_the_user_can_start_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its path where it is not on the shell's, and by its name where it is or where no script was started."""
    script = tmp_path / "bin" / "triptych"
    script.parent.mkdir()
    script.touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(script)])
    monkeypatch.setenv("PATH", "")
    assert program() == "bin/triptych"
    monkeypatch.setenv("PATH", str(script.parent))
    assert program() == "triptych"
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.argv", ["-c"])
    assert program() == "triptych"
