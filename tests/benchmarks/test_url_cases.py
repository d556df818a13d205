"""What the benchmark of URL cases owes, and that it can fail."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.url_cases import ADDRESS, OTHER, REFUSED, Case, cases_in, main, passes

ROWS = [
    "a comment",
    {"input": "x.jpg#top", "base": "http://ex.com/a/", "href": "http://ex.com/a/x.jpg#top"},
    {"input": "//[x", "base": "http://ex.com/", "failure": True},
    {"input": "x", "base": None, "failure": True},
    {"input": "mailto:x", "base": None, "href": "mailto:x"},
    {"input": "", "base": "http://ex.com/", "href": "http://ex.com/"},
    {"input": "http://xn--a/", "base": None, "failure": True},
]


def run(rows: list[object], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of the benchmark on a file of these rows."""
    path = folder / "cases.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["url_cases", "--cases", str(path)])
    return main()


def test_what_a_case_owes() -> None:
    """The address without its fragment where it is http(s), nothing for failures and other schemes."""
    cases = list(cases_in(json.dumps(ROWS)))
    assert [case.owed for case in cases] == ["http://ex.com/a/x.jpg", None, None, None, "http://ex.com/", None]
    assert [case.kind for case in cases] == [ADDRESS, REFUSED, OTHER, OTHER, ADDRESS, REFUSED]
    assert [case.by_design for case in cases] == [False, False, False, False, True, False]
    assert all(passes(case) for case in cases[:4])
    assert not passes(Case("x.jpg", "http://ex.com/", "http://ex.com/y.jpg"))


def test_the_exit_status_tells_of_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where all pass or stand apart, 1 where one fails or there is none; what failed is printed."""
    assert run(ROWS, tmp_path, monkeypatch) == 0
    assert capsys.readouterr().out.count("apart:") == 2
    wrong = {"input": "x", "base": "http://ex.com/", "href": "http://ex.com/y"}
    assert run([*ROWS, wrong], tmp_path, monkeypatch) == 1
    assert "FAILED: Case(reference='x'" in capsys.readouterr().out
    assert run([], tmp_path, monkeypatch) == 1
