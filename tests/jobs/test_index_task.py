"""`triptych index-task` as a user calls it."""

import json
from pathlib import Path

import pytest
from PIL import Image

from jobs.cli import main
from jobs.index_task import LEAST_NGRAM, MOST_NGRAM
from pipeline.tasks.task_file import read_about
from tests.support.pictures import encoded
from tests.support.web import passage, picture


def test_it_says_what_is_in_the_index_and_what_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers on stdout, what was left out on stderr, and the command that uses it."""
    (tmp_path / "in").mkdir()
    plain = encoded(Image.new("RGB", (60, 40), "red"), "PNG")
    for name, data in (("a.png", picture(1)), ("b.png", plain), ("c.png", b"no picture"), ("notes.txt", b"x")):
        (tmp_path / "in" / name).write_bytes(data)
    (tmp_path / "t.txt").write_text(f"{passage(1)}\nTwo boats.\n")
    output = str(tmp_path / "coco.task")
    assert main(["index-task", "coco", str(tmp_path / "t.txt"), str(tmp_path / "in"), "--output", output]) == 0
    out, err = capsys.readouterr()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:2] == [f"{output}: the task coco", "items 5"]
    assert lines[2].startswith("texts 2 ") and lines[2].endswith(" n-grams of 13 words")
    assert lines[3] == "images 3 8 hashes" and lines[5].startswith(f"triptych run --tasks {output} ...")
    for said in (
        "1 file in folders that are no images were not read",
        "1 image could not be read",
        "1 image of one colour",
    ):
        assert said in err
    assert read_about(output).counts["images_unreadable"] == 1


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs; options choose columns, rows, words and flips."""
    rows = [{"key": n, "body": passage(n), "set": "test" if n else "train"} for n in range(3)]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = [
        "--text-column",
        "body",
        "--id-column",
        "key",
        "--where",
        "set=test",
        "--ngram",
        "8",
        "--no-flips",
        "--json",
        "--quiet",
    ]
    output = str(tmp_path / "a.task")
    assert main(["index-task", "a", str(tmp_path / "t.jsonl"), "--output", output, *options]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["name"], told["items"], told["texts"], err) == ("a", 2, 2, "")
    about = read_about(output)
    assert (about.ngram, about.flips, about.digest) == (8, False, told["digest"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("coco none.txt", "none.txt: no such file"),
        ("a/b t.txt", "a/b: a task's name is made of letters, digits, dots and dashes"),
        ("coco t.txt --ngram 7", f"expected a whole number from {LEAST_NGRAM} to {MOST_NGRAM}, got '7'"),
        ("coco t.txt --where split", "--where split: expected COLUMN=VALUE"),
        ("coco empty.txt", "neither a text nor a picture was found in empty.txt; nothing was written"),
        ("coco t.docx", "files of this kind are not read"),
    ],
)
def test_wrong_use(
    arguments: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, what is wrong, and no index."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.txt").write_text("Two boats.")
    (tmp_path / "empty.txt").write_text("...\n")
    assert main(["index-task", *arguments.split(), "--output", "a.task"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a.task").exists()


def test_run_refuses_what_is_no_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read."""
    (tmp_path / "t.txt").write_text("Two boats.")
    arguments = ["--input", str(tmp_path), "--output", str(tmp_path / "out"), "--tasks", str(tmp_path / "t.txt")]
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0\r\n")
    assert main(["run", *arguments]) == 2
    assert "make it anew with triptych index-task" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
