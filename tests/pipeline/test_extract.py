"""Units of archives to staging."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import extract
from pipeline.columns import read_table
from pipeline.extract import Pending, batches, image_directives, is_image, is_page, is_staged, refusal, stage_unit
from pipeline.plan import Unit, unit_file
from schemas.recipe import ExtractPart
from schemas.records import Capture, ImageFacts
from schemas.tasks import ImageTask, PageTask, StagedPage
from tests.support.archives import arc_info, arc_record, http, record, response, warc_bytes
from tests.support.web import SITE, page, passage, picture, shown
from transforms.isolate import IsolatedBug, Isolator

CAPTURE = Capture("response", SITE, "", 0, 1, True, 200, "text/html", "", (), b"<p>a", "")
Tasks = Isolator[PageTask | ImageTask, StagedPage | ImageFacts]


@pytest.fixture(scope="module")
def isolator() -> Iterator[Tasks]:
    """One child for all tests of this file."""
    with Isolator[PageTask | ImageTask, StagedPage | ImageFacts](
        "transforms.dissect:make_handler", ExtractPart()
    ) as found:
        yield found


def staged(folder: Path, data: bytes, isolator: Tasks, name: str = "a.warc.gz") -> extract.Summary:
    """Stages an archive of these bytes as unit 0."""
    (folder / name).write_bytes(data)
    return stage_unit(Unit(0, str(folder / name), name, 0, len(data)), str(folder), isolator)


def column(folder: Path, kind: str, name: str) -> list[object]:
    """One column of a table of unit 0."""
    found: list[object] = read_table(unit_file(str(folder), "000000", f"{kind}.arrow"))[name].to_pylist()
    return found


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"kind": "revisit"}, ("revisit", None)),
        ({"status": 404}, ("http_status", 404.0)),
        ({"status": 304, "body": b""}, ("http_status", 304.0)),
        ({"body": b""}, ("empty_body", 0.0)),
        ({"media_type": "application/pdf"}, ("media_type", None)),
        ({"status": 206}, ("", None)),
        ({"kind": "resource", "status": 0}, ("", None)),
    ],
)
def test_what_is_no_page_and_no_image_leaves_by_a_named_rule(
    changes: dict[str, object], rule: tuple[str, float | None]
) -> None:
    """The first that fits of revisit, status, emptiness and type, with the value it judged."""
    assert refusal(replace(CAPTURE, **changes)) == rule  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("media_type", "body", "found"),
    [
        ("text/html", b"anything", True),
        ("application/xhtml+xml", b"anything", True),
        ("", b"\xef\xbb\xbf \n<!DOCTYPE HTML>", True),
        ("text/plain", b"<HTML lang=en>", True),
        ("text/plain", b"some words", False),
        ("application/json", b"<html>", False),
    ],
)
def test_a_page_is_known_by_its_type_or_its_first_bytes(media_type: str, body: bytes, found: bool) -> None:
    """Bytes count only where the type says nothing."""
    assert is_page(replace(CAPTURE, media_type=media_type, body=body)) is found


@pytest.mark.parametrize(("media_type", "found"), [("text/plain", True), ("text/html", False)])
def test_a_conversion_is_a_page_where_it_is_text(media_type: str, found: bool) -> None:
    """WET records are plain text."""
    assert is_page(replace(CAPTURE, kind="conversion", media_type=media_type)) is found


def test_an_image_is_known_by_its_bytes_or_its_claim() -> None:
    """A picture sent as text is one, and what calls itself a picture is judged as one."""
    assert is_image(replace(CAPTURE, body=picture(1)))
    assert is_image(replace(CAPTURE, media_type="image/svg+xml"))
    assert not is_image(CAPTURE)


def test_hand_overs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by bytes; nothing is lost and the order stays."""
    monkeypatch.setattr(extract, "BATCH_TASKS", 3)
    monkeypatch.setattr(extract, "BATCH_BYTES", 10)
    sizes = [1, 1, 1, 1, 10, 9, 9, 1]
    pending = [Pending(b"", CAPTURE, ImageTask(bytes(size))) for size in sizes]
    found = [[len(item.task.body) for item in batch] for batch in batches(iter(pending))]
    assert found == [[1, 1, 1], [1, 10], [9, 9], [1]]


def test_a_unit_is_committed_by_its_summary(tmp_path: Path, isolator: Tasks) -> None:
    """It is staged once the summary is there and every file has the size that it says, and not before."""
    summary = staged(tmp_path, warc_bytes([response(SITE, page(passage(1)))]), isolator)
    assert is_staged(str(tmp_path), "000000")
    docs = tmp_path / "units" / "000000.docs"
    assert docs.stat().st_size == summary.files["docs"] > 0
    docs.write_bytes(b"")
    assert not is_staged(str(tmp_path), "000000")
    assert not is_staged(str(tmp_path), "000001")


def test_every_capture_leaves_by_one_door(tmp_path: Path, isolator: Tasks) -> None:
    """Accounts of captures, pages and images each add up, and each loss has its row (law 3)."""
    records = [
        response(SITE, page(passage(1), '<img src="a.png" alt="one">')),
        shown("a.png", picture(1)),
        shown("b.png", b"no picture"),
        response(SITE + "gone", b"x", status=404),
        response(SITE + "pdf", b"%PDF", "application/pdf"),
        response(SITE + "dense", b"<p " + b" ".join(b"a%d=1" % n for n in range(5000)) + b">"),
        record("response", SITE + "odd", b"no message", "application/http"),
    ]
    doors = staged(tmp_path, warc_bytes(records), isolator).doors
    assert {name: (d.entered, d.kept) for name, d in doors.items()} == {
        "captures": (7, 4), "pages": (2, 1), "images": (2, 1)
    }  # fmt: skip
    assert all(d.entered == d.kept + d.dropped.total() + d.failed.total() for d in doors.values())
    assert column(tmp_path, "dropped", "rule") == ["http_status", "media_type"]
    assert sorted(column(tmp_path, "failed", "fault")) == ["bad_record", "hostile_markup", "unsupported_type"]
    assert column(tmp_path, "images", "format") == ["png", ""]


def test_a_cut_image_is_a_failure(tmp_path: Path, isolator: Tasks) -> None:
    """An image that the archive holds in part is not decoded, though its first half would give a picture."""
    cut = record("response", SITE + "a.png", http(picture(1)[:4000], "image/png"), "application/http",
                 fields=[("WARC-Truncated", "length")])  # fmt: skip
    doors = staged(tmp_path, warc_bytes([cut]), isolator).doors
    assert doors["images"].failed == {"truncated": 1}


def test_an_image_that_cannot_be_entered_is_copied_once(tmp_path: Path, isolator: Tasks) -> None:
    """Of an archive in one gzip stream the image's bytes go to staging, at the place that its row says."""
    records = [response(SITE, page(passage(1))), shown("a.png", picture(1)), shown("b.png", picture(2))]
    staged(tmp_path, gzip.compress(b"".join(records), mtime=0), isolator)
    copied = (tmp_path / "units" / "000000.payloads").read_bytes()
    assert copied == picture(1) + picture(2)
    assert column(tmp_path, "images", "at") == [0, len(picture(1))]


def test_records_of_many_members_have_ids_of_their_own(tmp_path: Path, isolator: Tasks) -> None:
    """Where members hold several records, two can lie at one sum of member and place; once they shared an id."""
    noise = record("metadata", SITE, random.Random(1).randbytes(4000), "application/octet-stream")
    first, second = (response(SITE + str(n), page(passage(n))) for n in (1, 2))
    for filling in range(1000):
        blank = record("metadata", SITE, b"x" * filling, "text/plain")
        member = gzip.compress(noise + blank + first, 6, mtime=0)
        if len(member) == len(noise) + len(blank):
            break
    staged(tmp_path, member + gzip.compress(second + first, 6, mtime=0), isolator)
    offsets, ids = column(tmp_path, "pages", "offset"), column(tmp_path, "pages", "id")
    assert offsets[0] == offsets[1]
    assert len(set(ids)) == 3


def test_arc_and_wet_are_read(tmp_path: Path, isolator: Tasks) -> None:
    """Both kinds of archive give pages."""
    arc = arc_info() + arc_record(SITE, http(page(passage(1))))
    assert staged(tmp_path, arc, isolator, "a.arc").doors["pages"].kept == 1
    wet = record("conversion", SITE, passage(2).encode(), "text/plain")
    assert staged(tmp_path, wet, isolator, "a.wet").doors["pages"].kept == 1
    assert column(tmp_path, "pages", "texts") == [1]


def test_an_empty_file_is_a_failure_row(tmp_path: Path, isolator: Tasks) -> None:
    """It costs itself, not the run (law 7)."""
    staged(tmp_path, b"", isolator)
    assert column(tmp_path, "failed", "fault") == ["no_records"]


def test_a_bug_in_the_handler_ends_the_unit(tmp_path: Path) -> None:
    """What is no RecordError goes through, and nothing of the unit is committed (law 8)."""
    data = warc_bytes([response(SITE, page(passage(1)))])
    with Isolator[PageTask | ImageTask, StagedPage | ImageFacts](
        "tests.support.isolated_tasks:make_broken"
    ) as broken, pytest.raises(IsolatedBug, match="NO_SUCH_KEY"):  # fmt: skip
        staged(tmp_path, data, broken)
    assert not is_staged(str(tmp_path), "000000")
    assert not list((tmp_path / "units").glob("*")), "half files are left"


def test_an_image_response_full_of_directives_keeps_its_signal_in_a_small_row() -> None:
    """64 long headers are cut to what a shuffled row may hold, and the one that opts out comes first (law 2)."""
    headers = (*(("X-Robots-Tag", f"max-snippet: {n}" + " " * 400) for n in range(60)), ("X-Robots-Tag", "noai"))
    kept = image_directives(headers)
    assert len(kept) <= 400
    assert kept.startswith("x-robots-tag: noai")
