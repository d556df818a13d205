"""Payloads by their place."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipeline.payloads import OPEN_FILES, Payloads
from pipeline.plan import Unit, unit_file
from schemas.index import PLACE_ARCHIVE, PLACE_STAGED
from schemas.outcomes import VerificationError
from tests.support.archives import member, response
from transforms.document import pack_document

IMAGE = b"\x89PNG picture"


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    """An archive of one image and a unit of it with one document and one copied image."""
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(member(response("http://ex.org/a.png", IMAGE, "image/png")))
    unit = Unit(0, str(archive), "a.warc.gz", 0, archive.stat().st_size)
    (tmp_path / "units").mkdir()
    Path(unit_file(str(tmp_path), unit.name, "docs")).write_bytes(b"before" + pack_document("Title", ("a", 0, "b")))
    Path(unit_file(str(tmp_path), unit.name, "payloads")).write_bytes(b"before" + IMAGE + b"behind")
    return unit


def row(unit: Unit, place: int, at: int, length: int) -> dict[str, Any]:
    """Where an image lies."""
    return {
        "unit": unit.number, "place": place, "at": at, "length": length, "sha256": hashlib.sha256(IMAGE).digest()
    }  # fmt: skip


def test_a_document_is_cut_out_of_its_file(unit: Unit, tmp_path: Path) -> None:
    """Title and parts come back as they were staged."""
    length = len(pack_document("Title", ("a", 0, "b")))
    with Payloads(str(tmp_path), [unit]) as payloads:
        found = payloads.document({"unit": 0, "doc_offset": 6, "doc_length": length})
    assert found == ("Title", ("a", 0, "b"))


def test_an_image_is_read_where_it_lies(unit: Unit, tmp_path: Path) -> None:
    """Out of its archive by the record's place, or out of staging where the archive cannot be entered."""
    with Payloads(str(tmp_path), [unit]) as payloads:
        assert payloads.image(row(unit, PLACE_ARCHIVE, 0, unit.end)) == IMAGE
        assert payloads.image(row(unit, PLACE_STAGED, 6, len(IMAGE))) == IMAGE
        assert payloads.source({"unit": 0}) == "a.warc.gz"


@pytest.mark.parametrize(
    "now",
    [
        member(response("http://ex.org/a.png", IMAGE[::-1], "image/png")),
        member(response("http://ex.org/a.png", IMAGE, "image/png"))[:-9],
        b"no archive",
        b"",
    ],
)
def test_a_changed_archive_is_refused(unit: Unit, tmp_path: Path, now: bytes) -> None:
    """Other bytes, a broken record or none at all at the place: the archive is named (a broken one was once called a bug)."""
    Path(unit.path).write_bytes(now)
    with (
        Payloads(str(tmp_path), [unit]) as payloads,
        pytest.raises(VerificationError, match=r"a\.warc\.gz has changed"),
    ):
        payloads.image(row(unit, PLACE_ARCHIVE, 0, unit.end))


def test_few_files_are_open_at_a_time(tmp_path: Path) -> None:
    """A shard whose rows come from many archives does not run out of handles, and all are closed at the end."""
    units = []
    for number in range(OPEN_FILES + 10):
        path = tmp_path / f"{number}.warc.gz"
        path.write_bytes(member(response("http://ex.org/a.png", IMAGE, "image/png")))
        units.append(Unit(number, str(path), path.name, 0, path.stat().st_size))
    with Payloads(str(tmp_path), units) as payloads:
        for unit in (*units, *units):
            assert payloads.image(row(unit, PLACE_ARCHIVE, 0, unit.end)) == IMAGE
        files = list(payloads._open.values())
        assert len(files) == OPEN_FILES
    assert all(file.closed for file in files)
