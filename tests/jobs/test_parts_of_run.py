"""`triptych run --stage` and `--units`: what is said at the end, and what is refused."""

import json
from pathlib import Path

import pytest

from jobs.cli import main
from tests.support.runs import SAMPLE


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """A run of the sample."""
    return ["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--corpora", "text", "--quiet"]


def test_each_step_says_what_it_did_and_what_comes_next(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the accounts as far as they are known; the last ends as a run does."""
    assert main([*asked, "--stage", "decide"]) == 2
    assert "give the same command with --stage extract first" in capsys.readouterr().err
    assert main([*asked, "--stage", "extract"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("extract: 1 unit staged in ") and "next: the same command with --stage decide" in out
    assert "captures read 112 105 6 1 0" in " ".join(out.split()) and "text rules" not in out
    assert main([*asked, "--stage", "decide", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["stage"], facts["units"], facts["finished"]) == ("decide", 1, False)
    assert {account["corpus"] for account in facts["accounts"]} >= {"captures", "text"}
    assert main([*asked, "--stage", "emit"]) == 0
    assert "triptych verify" in capsys.readouterr().out
    assert main([*asked, "--stage", "extract"]) == 0
    assert "was finished before; nothing was done" in capsys.readouterr().out


def test_a_share_says_what_it_staged(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Its units of all, and that nothing is done where it was finished, or the whole run is."""
    assert main([*asked, "--units", "1/1"]) == 0
    out = capsys.readouterr().out
    assert "share 1/1 (1 of 1 unit, " in out and "staged, 112 captures, 5 items failed" in out
    assert "when all shares are finished, the same command without --units" in out
    assert main([*asked, "--units", "1/1", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["share"], facts["captures"], facts["before"]) == ("1/1", 112, "it was finished before")
    assert main(asked) == 0
    assert "text rules" in capsys.readouterr().out
    assert main([*asked, "--units", "1/1"]) == 0
    out = capsys.readouterr().out
    assert "nothing was done, since" in out and "next:" not in out


def test_a_share_that_has_no_unit_says_so(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Where there are more shares than units."""
    assert main([*asked, "--units", "1/2"]) == 0
    assert "share 1/2 (0 of 1 unit, 0 B): nothing to stage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--units", "3"], "expected K/N"),
        (["--units", ""], "expected K/N"),
        (["--units", "1/2", "--stage", "extract"], "leave out --stage extract"),
        (["--units", "1/2", "--runner", "prism"], "leave out --units"),
        (["--stage", "write"], "invalid choice"),
    ],
)
def test_what_is_refused(asked: list[str], words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, and before anything is written."""
    assert main([*asked, *words]) == 2
    assert said in capsys.readouterr().err
    assert not Path(asked[4]).exists()
