"""The registry of formats: what it holds, and that a format added to it is written, verified and described."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import pytest
import zstandard

from pipeline import formats, storage
from pipeline.card import card
from pipeline.formats.base import Format, Kind, Read, Row
from pipeline.inspect import inspect
from pipeline.verify import verify
from schemas.manifest import Manifest, ShardFile, SideFile
from schemas.outcomes import UserError
from tests.support import small_run


class LinesShard:
    """JSON lines in one zstd frame."""

    def __init__(self, run: str, name: str, kind: Kind, empty_ok: bool) -> None:
        self.file: ShardFile | None = None
        self._run, self._name, self._kind, self._empty_ok = run, name, kind, empty_ok
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """A line a row; bytes of images as their SHA-256, for brevity."""
        self._lines += [json.dumps(row, default=lambda data: hashlib.sha256(data).hexdigest()) + "\n" for row in rows]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and (self._lines or self._empty_ok):
            with storage.write_whole(storage.join(self._run, self._name)) as file:
                file.write(zstandard.compress("".join(self._lines).encode()))
            written = (len(self._lines), file.tell(), file.sha256())
            self.file = ShardFile(self._name, self._kind.name, "jsonl", *written)


class LinesFormat:
    """A format that no release has."""

    name = "jsonl"
    suffix = ".jsonl.zst"
    errors = (zstandard.ZstdError,)

    def fits(self, kind: Kind) -> bool:
        """All rows."""
        return True

    def shard_name(self, corpus: str, number: int, count: int) -> str:
        """In a folder of its own."""
        return f"{corpus}/lines/train-{number:05d}.jsonl.zst"

    def pattern(self, corpus: str) -> str:
        """All of them."""
        return f"{corpus}/lines/train-*.jsonl.zst"

    def open(self, run: str, name: str, kind: Kind, empty_ok: bool = False) -> LinesShard:
        """Begin a shard."""
        return LinesShard(run, name, kind, empty_ok)

    def read(
        self, file: BinaryIO, shard: ShardFile, columns: Mapping[str, str], wanted: Sequence[str]
    ) -> Iterator[Read]:
        """Line by line."""
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8"):
            row = json.loads(line)
            if unknown := row.keys() - columns.keys():
                raise ValueError(f"unknown {unknown}")
            yield Read(1, {name: [row[name]] for name in wanted})

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """None."""
        return []

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """Names alone."""
        return [{"name": column.name} for column in kind.table.columns]

    def loading(self, corpus: str) -> str:
        """By the files."""
        return f'"json", data_files=f"{{folder}}/{corpus}/lines/*.zst"'


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Format:
    """The toy format, in the registry for one test."""
    added = LinesFormat()
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
    return added


def test_names_and_suffixes_differ() -> None:
    """No two formats share a name or a suffix, and each is found by its name."""
    assert len({each.name for each in formats.FORMATS}) == len({each.suffix for each in formats.FORMATS}) == 2
    assert [formats.by_name(each.name) for each in formats.FORMATS] == list(formats.FORMATS)


@pytest.mark.parametrize(("name", "words"), [("parket", "; did you mean parquet?"), ("x", "; known are parquet, webd")])
def test_an_unknown_name_is_an_error_that_helps(name: str, words: str) -> None:
    """The error offers the nearest name, or lists the few that there are."""
    with pytest.raises(UserError, match=f"unknown format {name!r}{words}".replace("?", r"\?")):
        formats.by_name(name)


def test_shards_lie_where_the_pattern_finds_them() -> None:
    """Every shard's name matches its format's pattern and ends in its suffix."""
    for each in formats.FORMATS:
        for number in (0, 7, 99_999):
            name = each.shard_name("text", number, 100_000)
            before, after = each.pattern("text").split("*")
            assert name.startswith(before) and name.endswith(after) and name.endswith(each.suffix)


def test_a_format_that_is_added_is_written_and_verified(lines: Format, tmp_path: Path) -> None:
    """The small run has shards in the new format too, verify reads them, and card and inspect count them."""
    manifest = small_run.write_run(tmp_path)
    assert formats.by_name("jsonl") is lines
    assert verify(str(tmp_path)) == []
    assert inspect(str(tmp_path))["corpora"]["pairs"]["jsonl"]["rows"] == small_run.PAIRS
    page = (tmp_path / "README.md").read_text()
    assert f"| text | jsonl | 2 | {small_run.TEXTS} |" in page
    assert 'datasets.load_dataset("json", data_files=f"{folder}/text/lines/*.zst")' in page
    alone = replace(manifest, shards=tuple(shard for shard in manifest.shards if shard.format == "jsonl"))
    assert '"path": "text/lines/train-*.jsonl.zst"' in card(alone, list(small_run.KINDS.values()))


def test_damage_in_a_format_that_is_added_is_named(lines: Format, tmp_path: Path) -> None:
    """What the new format's reader raises, an id of two shards and a stray shard are problems like those of any other."""
    manifest = small_run.write_run(tmp_path)
    first, second = (lines.shard_name("text", number, 2) for number in (0, 1))
    whole = (tmp_path / second).read_bytes()
    forged = small_run.forge(tmp_path, manifest, second, whole[:-9] + b"\0" * 9)
    (problem,) = verify(str(tmp_path))
    assert problem.file == second and problem.what.startswith("unfit: ")
    rows = [small_run.text_row(0), *small_run.rows("text")[-11:]]
    with lines.open(str(tmp_path), second, small_run.KINDS["text"]) as shard:
        shard.write(rows)
    small_run.forge(tmp_path, forged, second, (tmp_path / second).read_bytes())
    (problem,) = verify(str(tmp_path))
    assert (problem.file, problem.what) == (second, f"id {small_run.key(0)!r} is also in {first}")
    (tmp_path / "text" / "lines" / "more.jsonl.zst").write_bytes(whole)
    assert "text/lines/more.jsonl.zst" in {problem.file for problem in verify(str(tmp_path))}


def test_a_run_of_a_format_that_is_unknown_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the format is not in the registry, each of its shards is named; nothing else is wrong."""
    with monkeypatch.context() as patch:
        patch.setattr(formats, "FORMATS", (*formats.FORMATS, LinesFormat()))
        small_run.write_run(tmp_path)
    problems = verify(str(tmp_path))
    assert len(problems) == 6 and {problem.what for problem in problems} == {"unknown format 'jsonl'"}
