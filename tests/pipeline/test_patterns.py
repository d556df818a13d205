"""Patterns of local files: as the standard library's glob, but for links that lead round."""

import glob as standard
import os
from pathlib import Path

import pytest

from pipeline.inputs import find_inputs
from pipeline.patterns import files_below, glob

FILES = ("a.gz", "b/c.gz", "b/d/e.gz", "b/d/f.txt", ".h/g.gz", "b/.i.gz", "x[1]/j.gz")
PATTERNS = (
    *("*", "**", "**/*", "**/*.gz", "b/**", "b/**/*.gz", "b*/**/e.gz", "**/d/*", "**/.h/*", ".h/**", "b/**/.i.gz"),
    *("x[[]1]/**/*.gz", "none/**", "**/none", "b/**/d/**/*", "?/**/c.gz"),
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("absolute", [True, False])
def test_a_pattern_finds_the_files_that_the_standard_library_finds(
    pattern: str, absolute: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any folder; hidden names need their dot."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    asked = f"{tmp_path}/{pattern}" if absolute else pattern
    expected = sorted(path for path in standard.glob(asked, recursive=True) if os.path.isfile(path))
    assert sorted(path for path in glob(asked) if os.path.isfile(path)) == expected


@pytest.mark.parametrize("way", ["{}", "{}/**/*.warc", "{}/**"])
def test_links_that_lead_round_are_not_followed(way: str, tmp_path: Path) -> None:
    """Up, or to each other: forty times round was read before, and several such links would not have ended."""
    root = tmp_path / "in"
    for folder in ("deep", "left", "right"):
        (root / folder).mkdir(parents=True)
    (root / "a.warc").write_bytes(b"a")
    (root / "left" / "l.warc").write_bytes(b"l")
    for name in ("deep/one", "deep/two", "three"):
        (root / name).symlink_to(root)
    (root / "four").symlink_to(tmp_path)
    (root / "left" / "other").symlink_to(root / "right")
    (root / "right" / "other").symlink_to(root / "left")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.warc").write_bytes(b"b")
    (root / "deep" / "elsewhere").symlink_to(other)
    found = [path.removeprefix(f"{root}/") for path in find_inputs([way.format(root)]).files]
    assert found == ["a.warc", "deep/elsewhere/b.warc", "left/l.warc", "right/other/l.warc"]


def test_files_behind_a_link_are_found(tmp_path: Path) -> None:
    """A folder of links to folders elsewhere is a usual way to put a crawl together."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "a.warc").write_bytes(b"")
    (tmp_path / "in").mkdir()
    for name in ("one", "two"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "far")
    assert sorted(files_below(str(tmp_path / "in"))) == [f"{tmp_path}/in/{name}/a.warc" for name in ("one", "two")]
