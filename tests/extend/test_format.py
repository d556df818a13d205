"""A third format is one file and one entry of the registry: shards that a run writes, checks and shows."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.cli import main
from pipeline import corpora, formats
from pipeline.corpora.text import TEXT
from pipeline.verify import verify
from schemas.manifest import ShardFile, from_json
from schemas.outcomes import UserError
from tests.extend import toy_format
from tests.extend.toy_format import JSONL, lines_of
from tests.support.runs import SAMPLE, rows

TWO = ["--recipe", "raw", "--corpora", "text", "--set", 'text.formats=["parquet", "jsonl"]', "--set", "shards.rows=25"]


@pytest.fixture(autouse=True)
def third(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry with one more entry."""
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, JSONL))
    yield


def ran(output: Path) -> list[ShardFile]:
    """The shards of JSON lines of a run over the sample."""
    assert main(["run", "--input", str(SAMPLE), "--output", str(output), *TWO]) == 0
    manifest = from_json((output / "manifest.json").read_bytes())
    return list(manifest.shards_of("text", "jsonl"))


def read(output: Path, shards: list[ShardFile]) -> list[dict[str, Any]]:
    """The rows of shards, by a reader of their own."""
    return [json.loads(line) for shard in shards for line in lines_of(io.BytesIO((output / shard.name).read_bytes()))]


def test_a_run_writes_the_same_rows_in_both(tmp_path: Path) -> None:
    """Every row of the Parquet stands in the JSON lines, with all its columns, in the order of ids."""
    shards = ran(tmp_path / "out")
    assert len(shards) == 2 and sum(shard.rows for shard in shards) > 30
    found = read(tmp_path / "out", shards)
    assert found == rows(tmp_path / "out", "text")
    assert list(found[0]) == TEXT.table.schema().names


def test_its_bytes_do_not_depend_on_how_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call, or a call a row: the same shard (law 5); no row, no file."""
    monkeypatch.setattr(toy_format, "FRAME_BYTES", 1000)
    items = [{name: f"{name} {number} " * 50 for name in TEXT.table.types()} for number in range(20)]
    digests = []
    for name, calls in {"all": [items], "each": [[item] for item in items], "none": []}.items():
        with JSONL.open(str(tmp_path), name, TEXT.kind) as writer:
            for call in calls:
                writer.write(call)
        digests.append(writer.file and replace(writer.file, name=""))
    assert digests[0] == digests[1] is not None
    assert digests[2] is None and not (tmp_path / "none").exists()


def test_inspect_counts_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its rows, shards and bytes stand beside those of the other format."""
    shards = ran(tmp_path / "out")
    capsys.readouterr()
    assert main(["inspect", str(tmp_path / "out"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["corpora"]["text"]
    assert found["jsonl"] == {
        "shards": 2,
        "rows": found["parquet"]["rows"],
        "bytes": sum(shard.bytes for shard in shards),
    }
    assert main(["inspect", str(tmp_path / "out")]) == 0
    assert "text jsonl" in capsys.readouterr().out


def test_verify_reads_it_back(tmp_path: Path) -> None:
    """A whole run is clean; a changed byte and a shard that no manifest names are found."""
    first, _ = ran(tmp_path / "out")
    assert verify(str(tmp_path / "out")) == []
    path = tmp_path / "out" / first.name
    body = path.read_bytes()
    stray = path.with_name("train-00009-of-00010.jsonl.zst")
    stray.write_bytes(body)
    path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    assert {problem.file for problem in verify(str(tmp_path / "out"))} == {first.name, f"text/jsonl/{stray.name}"}


def test_a_damaged_shard_is_an_error_that_verify_expects(tmp_path: Path) -> None:
    """A shard that is cut, changed or of other columns raises what the protocol allows."""
    first, _ = ran(tmp_path / "out")
    body = (tmp_path / "out" / first.name).read_bytes()
    columns = TEXT.table.types()
    ids = [key for piece in JSONL.read(io.BytesIO(body), first, columns, ["id"]) for key in piece.values["id"]]
    assert len(ids) == first.rows and ids == sorted(ids)
    for damaged, wanted in ((body[: len(body) // 2], columns), (b"x" + body, columns), (body, {"id": "string"})):
        with pytest.raises((ValueError, *JSONL.errors)):
            list(JSONL.read(io.BytesIO(damaged), first, wanted, ["id"]))


def test_the_card_shows_it(tmp_path: Path) -> None:
    """The card counts its shards and says how they are loaded; the library then has the same rows."""
    ran(tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| text | jsonl | 2 |" in card
    assert 'datasets.load_dataset("json", data_files=f"{folder}/text/jsonl/train-*.jsonl.zst")' in card


def test_a_run_in_it_alone(tmp_path: Path) -> None:
    """No corpus needs Parquet."""
    more = ["--corpora", "text", "--set", 'text.formats=["jsonl"]']
    assert main(["run", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--recipe", "raw", *more]) == 0
    assert not (tmp_path / "out" / "text" / "data").exists()
    assert verify(str(tmp_path / "out")) == []


def test_recipes_know_it_where_it_fits() -> None:
    """Text may have it; pairs and documents hold images, so there it is no choice."""
    assert corpora.load_recipe('name = "a"\n[text]\nformats = ["jsonl"]').parts["text"].formats == ("jsonl",)
    for corpus in ("pairs", "interleaved"):
        with pytest.raises(UserError, match="unknown value 'jsonl'; known are parquet, webdataset"):
            corpora.load_recipe(f'name = "a"\n[{corpus}]\nformats = ["jsonl"]')
