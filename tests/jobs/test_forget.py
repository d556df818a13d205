"""`triptych forget` on the command line: what it says, and its exit statuses."""

import json
from pathlib import Path

import pytest

from jobs.cli import main
from tests.support.runs import SAMPLE, rows
from tests.support.small_run import key, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A small finished run."""
    write_run(tmp_path / "run")
    return tmp_path / "run"


def listed(folder: Path, *lines: str) -> str:
    """A file with these lines."""
    path = folder / "list.txt"
    path.write_text("\n".join(lines))
    return str(path)


def test_it_says_what_went(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries that were found of those that were asked for, rows by table and kind, and how many shards changed; verify passes."""
    assert main(["forget", "--ids", listed(tmp_path, key(2), key(99)), str(run)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{run}: found 1 of 2 ids",
        "",
        "rows taken out  by ids  by urls  by hosts  by rules",
        "interleaved          1        0         0         0",
        "pairs                1        0         0         0",
        "text                 1        0         0         0",
        "",
        "6 of 14 shards changed",
    ]
    assert "staging" not in err
    assert main(["verify", str(run)]) == 0
    assert main(["inspect", str(run)]) == 0
    assert "forgotten" in capsys.readouterr().out
    assert main(["forget", "--ids", str(tmp_path / "list.txt"), str(run)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{run}: found 0 of 2 ids",
        "no row was taken out by this command, and no shard changed",
    ]


def test_staging_is_named(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It holds the documents still, and that is said; not with --quiet."""
    (run / "staging").mkdir()
    (run / "staging" / "staging.json").write_text("{}")
    assert main(["forget", "--ids", listed(tmp_path, key(2)), str(run)]) == 0
    assert (
        f"{run}/staging still holds what was taken down: delete it, or give run --forget the same lists"
        in capsys.readouterr().err
    )
    assert main(["forget", "--quiet", "--json", "--ids", listed(tmp_path, key(3)), str(run)]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["rows"]["text"] == {"ids": 1} and err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what is to be forgotten: --ids FILE, --urls FILE, --hosts FILE"),
        (["--hosts", "nowhere.txt"], "--hosts nowhere.txt: No such file or directory"),
        (["--urls", "LIST"], "line 1: 'www.example.org' is not an address: expected it with its scheme"),
        (["--host", "LIST"], "no option --host; did you mean --hosts?"),
    ],
)
def test_wrong_use_ends_with_2(
    run: Path, tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says what to do."""
    place = listed(tmp_path, "www.example.org")
    assert main(["forget", *(place if word == "LIST" else word for word in arguments), str(run)]) == 2
    assert said in capsys.readouterr().err


def test_no_run_and_a_damaged_one(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2 where no finished run is there, 4 where a shard is not as its manifest says."""
    place = listed(tmp_path, key(2))
    assert main(["forget", "--ids", place, str(tmp_path)]) == 2
    shard = run / "text/data/train-00000-of-00002.parquet"
    shard.write_bytes(shard.read_bytes()[:-20])
    assert main(["forget", "--ids", place, str(run)]) == 4
    assert "train-00000-of-00002.parquet cannot be read" in capsys.readouterr().err


def test_a_run_can_be_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By files of ids, addresses and hosts, given as often as there are lists."""
    place = listed(tmp_path, "# by letter", "quarterly.example")
    command = ["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--corpora", "text", "--forget", place]
    assert main(command) == 0
    assert "forgotten" in capsys.readouterr().out
    urls = [row["url"] for table in ("text", "dropped", "failed") for row in rows(tmp_path / "out", table)]
    assert urls and not [url for url in urls if "//quarterly.example" in url]
    assert main([*command[:-1], str(tmp_path / "none")]) == 2
    assert f"--forget {tmp_path}/none: No such file or directory" in capsys.readouterr().err
