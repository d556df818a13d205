"""Files of test sets as items."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.tasks.sources import Columns, Item, read_items
from schemas.outcomes import UserError
from tests.support.web import picture

COCO = {
    "info": {"year": 2014},
    "images": [{"id": 9, "file_name": "a.jpg"}],
    "annotations": [
        {"id": 1, "image_id": 9, "caption": "Two boats."},
        {"id": 2, "image_id": 9, "caption": "A river."},
    ],
}
KARPATHY = {
    "dataset": "coco",
    "images": [
        {"imgid": 0, "split": "test", "sentences": [{"raw": "Two boats.", "tokens": ["two", "boats"]}, {"raw": "B."}]},
        {"imgid": 1, "split": "train", "sentences": [{"raw": "A river."}]},
    ],
}
VQA = {"license": {}, "questions": [{"question_id": 5, "image_id": 9, "question": "What floats?"}]}
VIZWIZ = [{"image": "VizWiz_val_0.jpg", "question": "What is this?", "answers": [{"answer": "soap"}]}]


def items(path: Path, **columns: Any) -> list[Item]:
    """The items of a file or folder."""
    return list(read_items([str(path)], Columns(**columns), lambda name: None))


def written(path: Path, value: Any) -> Path:
    """A file of JSON."""
    path.write_text(json.dumps(value))
    return path


@pytest.mark.parametrize(
    ("tree", "columns", "found"),
    [
        (COCO, {}, [Item("1", ("Two boats.",)), Item("2", ("A river.",))]),
        (VQA, {}, [Item("5", ("What floats?",))]),
        (VIZWIZ, {}, [Item("file:1", ("What is this?",))]),
        (VIZWIZ, {"texts": ("answers.answer",), "id": "image"}, [Item("VizWiz_val_0.jpg", ("soap",))]),
        (KARPATHY, {"where": (("split", "test"),)}, [Item("0", ("Two boats.", "B."))]),
        (KARPATHY, {"texts": ("sentences.raw",)}, [Item("0", ("Two boats.", "B.")), Item("1", ("A river.",))]),
        ([{"id": 0, "text": None}, {"id": 1, "text": ["a", "b"]}], {}, [Item("0", ()), Item("1", ("a", "b"))]),
    ],
)
def test_json_as_test_sets_have_it(tree: Any, columns: dict[str, Any], found: list[Item], tmp_path: Path) -> None:
    """COCO's annotations, VQA's questions, VizWiz, Karpathy's splits, and lists of any objects."""
    assert items(written(tmp_path / "file.json", tree), **columns) == found
    packed = tmp_path / "file.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(tree).encode()))
    assert items(packed, **columns) == found


def test_lines_and_tables(tmp_path: Path) -> None:
    """Text by its lines, tables by their columns; numbers of rows where there is no id."""
    (tmp_path / "a.txt").write_text("One line.\n\nAnother.\n")
    (tmp_path / "a.csv").write_text('id,caption\n7,"Boats, two"\n')
    (tmp_path / "a.tsv").write_text("question\tanswer\nWhat?\tSoap\n")
    (tmp_path / "a.jsonl").write_text('{"id": "x", "query": "Who?"}\n\n{"id": "y", "query": "Where?"}\n')
    assert items(tmp_path / "a.txt") == [Item("a:1", ("One line.",)), Item("a:3", ("Another.",))]
    assert items(tmp_path / "a.csv") == [Item("7", ("Boats, two",))]
    assert items(tmp_path / "a.tsv", texts=("answer",)) == [Item("a:1", ("Soap",))]
    assert items(tmp_path / "a.jsonl") == [Item("x", ("Who?",)), Item("y", ("Where?",))]


def test_pictures_in_tables_and_tars(tmp_path: Path) -> None:
    """Bytes as the `datasets` library writes them, plain bytes, and members of a WebDataset."""
    one, two = picture(1), picture(2)
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = {"id": pa.array([1]), "image": pa.array([{"bytes": one, "path": None}], image)}
    pq.write_table(pa.table({**columns, "thumb": pa.array([two])}), tmp_path / "a.parquet")
    assert items(tmp_path / "a.parquet") == [Item("1", (), (one,))]
    assert items(tmp_path / "a.parquet", images=("thumb",)) == [Item("1", (), (two,))]
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name, data in (
            ("s/000.png", one),
            ("s/000.txt", b"Two boats."),
            ("s/001.json", b'{"caption": "A river."}'),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    assert items(tmp_path / "a.tar") == [Item("s/000", ("Two boats.",), (one,)), Item("s/001", ("A river.",))]


def test_folders_of_pictures(tmp_path: Path) -> None:
    """By name, those of folders in them too; what is no picture is told."""
    (tmp_path / "in" / "b").mkdir(parents=True)
    for name, data in (("in/z.PNG", picture(1)), ("in/b/a.jpeg", picture(2)), ("in/notes.txt", b"x"), ("c.gif", b"y")):
        (tmp_path / name).write_bytes(data)
    skipped: list[str] = []
    found = list(read_items([str(tmp_path / "in"), str(tmp_path / "c.gif")], Columns(), skipped.append))
    assert found == [Item("b/a.jpeg", (), (picture(2),)), Item("z.PNG", (), (picture(1),)), Item("c.gif", (), (b"y",))]
    assert skipped == [str(tmp_path / "in" / "notes.txt")]


@pytest.mark.parametrize(
    ("name", "data", "columns", "said"),
    [
        ("a.json", b"{", {}, r"a\.json cannot be read as \.json"),
        ("a.json", b"7", {}, r"a\.json: expected a list of objects"),
        ("a.json", b"[7]", {}, r"a\.json: row 1 is no object but 7"),
        ("a.json", b'[{"label": "soap"}]', {}, r"none of its columns is known.*--text-column.*It has label"),
        ("a.json", b'[{"text": "soap"}]', {"texts": ("body",)}, r"its first row has no column body; it has text"),
        ("a.json", b'[{"text": "soap"}]', {"where": (("split", "test"),)}, r"its first row has no column split"),
        ("a.jsonl.gz", b"no gzip", {}, r"cannot be read as \.jsonl"),
        ("a.parquet", b"no table", {}, r"cannot be read as \.parquet"),
        ("a.tar", b"no tar" * 999, {}, r"cannot be read as \.tar"),
        ("a.docx", b"", {}, r"files of this kind are not read; known are \.txt"),
    ],
)
def test_what_cannot_be_read_is_named(
    name: str, data: bytes, columns: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """With what is there instead, or what to do."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=said):
        items(tmp_path / name, **columns)


@pytest.mark.parametrize("name", ["none.txt", "none.png"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    """Before anything is indexed of it."""
    with pytest.raises(UserError, match=r"none.*: no such file"):
        items(tmp_path / name)
