"""Lists of inputs become inputs: below a base, from gzip, and with words for what cannot be read."""

import gzip
from pathlib import Path

import pytest

from pipeline import input_lists
from pipeline.input_lists import read_inputs
from schemas.outcomes import UserError

LINES = "crawl-data/one.warc.gz\r\n\n  crawl-data/two.warc.gz\ns3://other/three.warc.gz"


@pytest.mark.parametrize("packed", [False, True])
def test_a_list_as_common_crawl_publishes_it(packed: bool, tmp_path: Path) -> None:
    """Its paths lie below the base, whatever slash that ends with; addresses stand for themselves; empty lines for nothing."""
    path = tmp_path / ("warc.paths.gz" if packed else "warc.paths")
    path.write_bytes(gzip.compress(LINES.encode()) if packed else LINES.encode())
    for base in ("https://cc.test/", "https://cc.test"):
        assert read_inputs(str(path), base) == (
            "https://cc.test/crawl-data/one.warc.gz",
            "https://cc.test/crawl-data/two.warc.gz",
            "s3://other/three.warc.gz",
        )


@pytest.mark.parametrize(
    ("name", "data", "base", "words"),
    [
        ("warc.paths", b"a.warc.gz", None, "names a.warc.gz, which is relative: say where it lies by --archives"),
        ("warc.paths", b"\n \n", "in", "names no input"),
        ("warc.paths.gz", b"a.warc.gz", "in", r"cannot be read as \.paths"),
        ("warc.paths.gz", gzip.compress(b"a.warc.gz" * 99, mtime=0)[:-9], "in", r"cannot be read as \.paths"),
        ("warc.paths.gz", gzip.compress(b"a", mtime=0)[:10] + b"\xff" * 20, "in", r"cannot be read as \.paths"),
        ("warc.paths", b"\xff\xfe\x00", "in", r"cannot be read as \.paths"),
        ("list.gz", b"a.warc.gz", "in", r"cannot be read as \.gz"),
        ("warc.paths.gz", gzip.compress(b"\0" * 9000, mtime=0), "in", "has a line of 9,000 characters"),
        ("absent", None, "in", "no such file"),
    ],
)
def test_lists_that_cannot_be_used(name: str, data: bytes | None, base: str | None, words: str, tmp_path: Path) -> None:
    """Each is refused with its own path and what is wrong."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=words):
        read_inputs(str(tmp_path / name), base)


def test_a_list_that_unpacks_to_more_than_memory_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read so far and no further."""
    monkeypatch.setattr(input_lists, "MOST_BYTES", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a.warc.gz\n" * 100 + b"b"))
    with pytest.raises(UserError, match=r"bomb\.gz holds more than 1,000 bytes unpacked"):
        read_inputs(str(path), "in")


def test_the_mark_of_unicode_is_no_part_of_a_name(tmp_path: Path) -> None:
    """As some editors write it at the start of a file."""
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf/data/a.warc.gz\n")
    assert read_inputs(str(path), None) == ("/data/a.warc.gz",)
