"""Units of archives to staging."""

import gzip
import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import storage
from pipeline.decide.batch import IndexPart, StagedUnit, UnitIndex
from pipeline.layout import StagingFolder
from pipeline.plan import Span, Unit
from pipeline.sections import read_sections, table_of
from pipeline.stage import unit as module
from pipeline.stage.beam import ExtractJob, StageUnit
from pipeline.stage.classify import is_image, is_page, refusal
from pipeline.stage.index_parts import section_name
from pipeline.stage.media import DIRECTIVES_CHARACTERS, shown_directives, unpack_medium
from pipeline.stage.unit import Pending, Tasks, batches, stage_unit
from pipeline.stage.unit_record import ROW_BYTES, UnitRecord, spans_of, staged_record
from schemas.index import FORMATS, PAGES, PLACE_ARCHIVE, PLACE_STAGED, RANK_UNDECODED, REFS
from schemas.recipe import SIGNALS, ExtractPart
from schemas.records import Capture
from schemas.tables import DROPPED, FAILED
from schemas.tasks import ImageTask, PageTask, StagedImage, StagedPage
from tests.support.archives import arc_info, arc_record, http, record, response, warc_bytes
from tests.support.web import SITE, page, passage, picture, shown
from transforms.dedup.keys import address_key, capture_id
from transforms.document import unpack_document
from transforms.html.directives import header_directives
from transforms.isolate import IsolatedBug, Isolator

CAPTURE = Capture("response", SITE, "", 0, 1, True, 200, "text/html", "", (), b"<p>a", "")


def staging(folder: Path) -> StagingFolder:
    """Where the tests of this file stage."""
    return StagingFolder(str(folder / "staging"))


def unit_of(folder: Path, data: bytes, name: str = "a.warc.gz", number: int = 0) -> Unit:
    """A unit of an archive of these bytes."""
    (folder / name).write_bytes(data)
    return Unit(number, (Span(name, 0, len(data)),))


def staged(folder: Path, data: bytes, isolator: Tasks, name: str = "a.warc.gz") -> UnitRecord:
    """Stages an archive of these bytes as unit 0."""
    return stage_unit(unit_of(folder, data, name), str(folder), staging(folder), isolator)


def table(folder: Path, kind: str) -> pa.Table:
    """A table of unit 0, whose index is one part."""
    return table_of(read_sections(staging(folder).unit(0)).get(section_name(kind, 0)))


def column(folder: Path, kind: str, name: str) -> list[Any]:
    """One column of a table of unit 0."""
    found: list[Any] = table(folder, kind)[name].to_pylist()
    return found


def media(folder: Path, record: UnitRecord) -> Any:
    """The media of unit 0."""
    return index_of(folder, record)[0].media


def index_of(folder: Path, record: UnitRecord) -> tuple[UnitIndex, list[IndexPart]]:
    """The index of unit 0, and its parts."""
    index = UnitIndex(staging(folder), StagedUnit(record.unit, record.bytes, record.index_at, record.lookup_at))
    return index, list(index.parts())


def accounts(record: UnitRecord) -> dict[str, dict[str, Any]]:
    """The accounts of a unit by corpus."""
    return {account["corpus"]: account for account in record.accounts}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"kind": "revisit"}, ("revisit", None)),
        ({"status": 404}, ("http_status", 404.0)),
        ({"status": 301, "headers": (("Location", "/x"),)}, ("redirect", 301.0)),
        ({"status": 301, "headers": (("Location", " "),)}, ("http_status", 301.0)),
        ({"status": 302, "headers": (("location", "mailto:x@y"),)}, ("http_status", 302.0)),
        ({"status": 304, "headers": (("Location", "/x"),)}, ("http_status", 304.0)),
        ({"status": 304, "body": b""}, ("http_status", 304.0)),
        ({"status": 300}, ("http_status", 300.0)),
        ({"status": 299}, ("", None)),
        ({"status": 199}, ("http_status", 199.0)),
        ({"status": 200, "kind": "revisit"}, ("revisit", None)),
        ({"body": b""}, ("empty_body", 0.0)),
        ({"media_type": "application/pdf"}, ("media_type", None)),
        ({"media_type": "text/plain", "url": "https://x.example/a/robots.txt"}, ("media_type", None)),
        ({"media_type": "text/plain", "url": "x.example"}, ("media_type", None)),
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
    monkeypatch.setattr(module, "BATCH_TASKS", 3)
    monkeypatch.setattr(module, "BATCH_BYTES", 10)
    sizes = [1, 1, 1, 1, 10, 9, 9, 1]
    pending = [Pending(b"", CAPTURE, ImageTask(bytes(size)), 0) for size in sizes]
    found = [[len(item.task.body) for item in batch] for batch in batches(iter(pending))]
    assert found == [[1, 1, 1], [1, 10], [9, 9], [1]]


def test_a_unit_is_committed_by_its_file(tmp_path: Path, isolator: Tasks) -> None:
    """It is staged once its file is there and whole, and not before; its record is read back from the file's end."""
    data = warc_bytes([response(SITE, page(passage(1), '<img src="a.png">')), shown("a.png", picture(1))])
    unit, folder = unit_of(tmp_path, data), staging(tmp_path)
    assert staged_record(folder, unit) is None and list(folder.staged()) == []
    record = stage_unit(unit, str(tmp_path), folder, isolator)
    path = Path(folder.unit(0))
    assert staged_record(folder, unit) == record and list(folder.staged()) == [0]
    assert record.bytes == path.stat().st_size
    assert spans_of(read_sections(str(path))) == list(unit.spans)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], b"", whole[:-20] + b"x" + whole[-19:]):
        path.write_bytes(damaged)
        assert staged_record(folder, unit) is None


@pytest.mark.parametrize("left", ["half", "nothing", "gone"])
def test_a_unit_that_is_not_whole_is_staged_again(tmp_path: Path, isolator: Tasks, left: str) -> None:
    """The step gives the record and the bytes that it gave before; a unit that is whole costs no look at its archives (law 6)."""
    data = warc_bytes([response(SITE, page(passage(1), '<img src="a.png">')), shown("a.png", picture(1))])
    unit, path = unit_of(tmp_path, data), Path(staging(tmp_path).unit(0))
    record = stage_unit(unit, str(tmp_path), staging(tmp_path), isolator)
    before = path.read_bytes()
    if left == "gone":
        path.unlink()
    else:
        path.write_bytes(before[: len(before) // 2] if left == "half" else b"")
    step = StageUnit(ExtractJob(str(tmp_path), staging(tmp_path), ExtractPart(), 1, {}))
    step.setup()
    try:
        told = [*step.process((0, [unit]))]
        (tmp_path / "a.warc.gz").unlink()
        told += step.process((0, [unit]))
    finally:
        step.teardown()
    assert [(number, json.loads(text)) for number, text in told] == [(0, asdict(record))] * 2
    assert path.read_bytes() == before


def test_a_unit_is_staged_by_the_same_bytes_each_time(tmp_path: Path, isolator: Tasks) -> None:
    """Whoever does it, and where its archives lie (laws 5 and 6)."""
    data = warc_bytes([response(SITE, page(passage(1))), shown("a.png", picture(1)), b"garbage"])
    files = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        staged(tmp_path / name, data, isolator)
        files.append(Path(staging(tmp_path / name).unit(0)).read_bytes())
    assert files[0] == files[1]


def test_the_index_of_a_unit_is_read_as_it_was_staged(tmp_path: Path, isolator: Tasks) -> None:
    """Pages, references, media and keys, each beside the others; a document lies at the place that its page says."""
    one, two = '<img src="a.png" alt="one">', '<img src="b.png" srcset="b.png 100w, c.png 900w" title="two">'
    pages = [response(SITE + "1", page(passage(1), one)), response(SITE + "2", page(passage(2), one, two))]
    records = [shown("a.png", picture(1)), *pages]
    record = staged(tmp_path, warc_bytes(records), isolator)
    index, (part,) = index_of(tmp_path, record)
    assert (part.pages.schema, part.refs.schema) == (PAGES, REFS)
    assert (part.dropped.schema, part.failed.schema) == (DROPPED, FAILED)
    assert part.refs["page"].to_pylist() == [0, 1, 1] and part.refs["ordinal"].to_pylist() == [0, 0, 1]
    assert part.refs["title"].to_pylist() == ["", "", "two"]
    keys = [bytes(key.tobytes()) for key in part.keys.astype([("high", ">u8"), ("low", ">u8")])]
    wanted = part.refs["urls"].to_pylist()
    assert [len(urls) for urls in wanted] == [1, 1, 2] and {*wanted[2]} == {SITE + "b.png", SITE + "c.png"}
    assert keys == [address_key(url) for urls in wanted for url in urls]
    (medium,) = index.media
    assert int(medium["high"]).to_bytes(8) + int(medium["low"]).to_bytes(8) == address_key(SITE + "a.png")
    assert int(medium["id_high"]).to_bytes(8) + int(medium["id_low"]).to_bytes(8) == capture_id("a.warc.gz", 0)
    assert (FORMATS[medium["format"]], medium["rank"], medium["width"]) == ("png", 0, 300)
    assert list(index.media_urls()) == [SITE + "a.png"]
    for row in part.pages.to_pylist():
        document = storage.read_range(staging(tmp_path).unit(0), row["doc_offset"], row["doc_length"])
        assert unpack_document(document).title == "Page"
    assert sum(read_sections(staging(tmp_path).unit(0)).about["rows"]) == 2 + 3 + 1


def test_every_capture_leaves_by_one_way(tmp_path: Path, isolator: Tasks) -> None:
    """Accounts of captures, pages, elements and images each add up, and each loss has its row (law 3)."""
    records = [
        response(
            SITE,
            page(
                passage(1),
                '<img src="a.png" alt="one"><img alt=two><img alt=three><img src="data:x">',
                "<audio src=a.mp3></audio><video></video>",
            ),
        ),
        shown("a.png", picture(1)),
        shown("b.png", b"no picture"),
        response(SITE + "gone", b"x", status=404),
        response(SITE + "pdf", b"%PDF", "application/pdf"),
        response(SITE + "dense", b"<p " + b" ".join(b"a%d=1" % n for n in range(5000)) + b">"),
        record("response", SITE + "odd", b"no message", "application/http"),
    ]
    made = staged(tmp_path, warc_bytes(records), isolator)
    found = accounts(made)
    assert {name: (a["entered"], a["kept"]) for name, a in found.items()} == {
        "captures": (7, 4), "pages": (2, 1), "image_elements": (4, 1), "media_elements": (2, 1), "images": (2, 1)
    }  # fmt: skip
    assert all(
        a["entered"] == a["kept"] + sum(a["dropped"].values()) + sum(a["failed"].values()) for a in found.values()
    )
    assert {name: a["stage"] for name, a in found.items()} == {
        "captures": "read",
        "pages": "extract",
        "image_elements": "extract",
        "media_elements": "extract",
        "images": "decode",
    }
    # Image elements of a page share a row for each rule, which says how many there are.
    assert column(tmp_path, "dropped", "rule") == [
        "http_status",
        "media_type",
        "inline_image",
        "no_address",
        "no_media_address",
    ]
    assert column(tmp_path, "dropped", "value") == [404.0, None, 1.0, 2.0, 1.0]
    assert sorted(column(tmp_path, "failed", "fault")) == ["bad_record", "hostile_markup", "unsupported_type"]
    assert [FORMATS[code] for code in media(tmp_path, made)["format"]] == ["png", ""]
    (held,) = made.held
    assert (held["source"], held["records"], held["captures"]) == ("a.warc.gz", {"response": 7}, 6) and held[
        "skipped"
    ] > 0


def test_a_cut_image_is_a_failure(tmp_path: Path, isolator: Tasks) -> None:
    """An image that the archive holds in part is not decoded, though its first half would give a picture."""
    cut = record("response", SITE + "a.png", http(picture(1)[:4000], "image/png"), "application/http",
                 fields=[("WARC-Truncated", "length")])  # fmt: skip
    made = staged(tmp_path, warc_bytes([cut]), isolator)
    assert accounts(made)["images"]["failed"] == {"truncated": 1}
    assert media(tmp_path, made)["rank"].tolist() == [RANK_UNDECODED]


def test_an_image_that_cannot_be_entered_is_copied_once(tmp_path: Path, isolator: Tasks) -> None:
    """Of an archive in one gzip stream an image's bytes go to staging, at the place that its row says; others stay where they lie."""
    headers = [("X-Robots-Tag", "noai")]
    records = [
        response(SITE, page(passage(1))),
        response(SITE + "a.png", picture(1), "image/png", headers=headers),
        shown("b.png", b"no picture"),
        shown("c.png", picture(2)),
    ]
    made = staged(tmp_path, gzip.compress(b"".join(records), mtime=0), isolator)
    found = media(tmp_path, made)
    assert found["place"].tolist() == [PLACE_STAGED, PLACE_ARCHIVE, PLACE_STAGED]
    copied = [
        unpack_medium(storage.read_range(staging(tmp_path).unit(0), int(row["at"]), int(row["length"])))
        for row in found[[0, 2]]
    ]
    assert copied == [("x-robots-tag: noai", picture(1), SITE + "a.png"), ("", picture(2), SITE + "c.png")]
    assert found["signals"].tolist() == [1 << SIGNALS.index("noai"), 0, 0]
    entered = staged(tmp_path, warc_bytes(records), isolator)
    assert media(tmp_path, entered)["place"].tolist() == [PLACE_ARCHIVE] * 3
    assert entered.bytes < made.bytes - len(picture(1))


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


def test_archives_that_share_a_unit_are_told_apart(tmp_path: Path, isolator: Tasks) -> None:
    """Each capture by its span, ids by the names of the archives, and what each archive held."""
    spans = []
    for name in ("a.warc.gz", "b.warc", "c.warc.gz"):
        packed = name.endswith("gz")
        records = [response(SITE + name, page(passage(len(spans)))), shown(name[0] + ".png", picture(len(spans)))]
        data = b"" if name == "c.warc.gz" else warc_bytes(records, gzip_per_record=packed)
        (tmp_path / name).write_bytes(data)
        spans.append(Span(name, 0, len(data)))
    ticks: list[tuple[int, int]] = []
    unit = Unit(0, tuple(spans))
    made = stage_unit(unit, str(tmp_path), staging(tmp_path), isolator, lambda at, count: ticks.append((at, count)))
    assert column(tmp_path, "pages", "span") == media(tmp_path, made)["span"].tolist() == [0, 1]
    assert column(tmp_path, "pages", "id") == [capture_id(name, 0) for name in ("a.warc.gz", "b.warc")]
    assert [(held["source"], held["captures"]) for held in made.held] == [
        ("a.warc.gz", 2),
        ("b.warc", 2),
        ("c.warc.gz", 0),
    ]
    assert column(tmp_path, "failed", "source") == ["c.warc.gz"]
    assert ticks == sorted(ticks) and [count for _, count in ticks] == [1, 2, 3, 4, 5]
    assert max(at for at, _ in ticks) <= unit.bytes


def test_what_left_names_the_archive_that_held_it(tmp_path: Path, isolator: Tasks) -> None:
    """Of archives that share a unit: equal captures that were dropped or failed have the source of their own span, and another id."""
    records = [response(SITE + "gone", b"x", status=404), shown("b.png", b"no picture")]
    names = ["a.warc.gz", "b.warc.gz"]
    spans = [unit_of(tmp_path, warc_bytes(records), name).spans[0] for name in names]
    stage_unit(Unit(0, tuple(spans)), str(tmp_path), staging(tmp_path), isolator)
    for kind in ("dropped", "failed"):
        assert column(tmp_path, kind, "source") == names
        assert len(set(column(tmp_path, kind, "id"))) == 2


def test_arc_and_wet_are_read(tmp_path: Path, isolator: Tasks) -> None:
    """Both kinds of archive give pages."""
    arc = arc_info() + arc_record(SITE, http(page(passage(1))))
    assert accounts(staged(tmp_path, arc, isolator, "a.arc"))["pages"]["kept"] == 1
    wet = record("conversion", SITE, passage(2).encode(), "text/plain")
    assert accounts(staged(tmp_path, wet, isolator, "a.wet"))["pages"]["kept"] == 1
    assert column(tmp_path, "pages", "texts") == [1]


def test_an_empty_file_is_a_failure_row(tmp_path: Path, isolator: Tasks) -> None:
    """It costs itself, not the run (law 7)."""
    staged(tmp_path, b"", isolator)
    assert column(tmp_path, "failed", "fault") == ["no_records"]


def test_a_bug_in_the_handler_ends_the_unit(tmp_path: Path) -> None:
    """What is no RecordError goes through, and nothing of the unit is committed (law 8)."""
    data = warc_bytes([response(SITE, page(passage(1)))])
    with Isolator[PageTask | ImageTask, StagedPage | StagedImage](
        "tests.support.isolated_tasks:make_broken"
    ) as broken, pytest.raises(IsolatedBug, match="NO_SUCH_KEY"):  # fmt: skip
        staged(tmp_path, data, broken)
    assert list(staging(tmp_path).staged()) == []
    assert not [path for path in (tmp_path / "staging").rglob("*") if path.is_file()], "half files are left"


def test_an_image_response_full_of_directives_keeps_its_signal_in_a_small_row() -> None:
    """64 long headers are cut to what a row may hold, and the one that opts out comes first (law 2)."""
    headers = (*(("X-Robots-Tag", f"max-snippet: {n}" + " " * 400) for n in range(60)), ("X-Robots-Tag", "noai"))
    kept = shown_directives(header_directives(headers))
    assert len(kept) <= DIRECTIVES_CHARACTERS
    assert kept.startswith("x-robots-tag: noai")


def test_long_rows_count_as_several(tmp_path: Path, isolator: Tasks) -> None:
    """Batches are bounded by rows, so a unit of few rows with megabytes of addresses must not count as few (law 9)."""
    few = staged(tmp_path, warc_bytes([response(SITE, page(passage(1)))]), isolator)
    assert few.rows == max(1, (few.bytes - few.index_at) // ROW_BYTES)
    noise = random.Random(5)
    shows = "".join(f'<img src="{noise.randbytes(400).hex()}.png">' for _ in range(300))
    many = staged(tmp_path, warc_bytes([response(SITE, page(passage(1), f"<div>{shows}</div>"))]), isolator)
    assert many.rows > 1000 > 301


def test_what_small_images_ask_for_together_is_bounded(
    tmp_path: Path, isolator: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of tiny files that each claim millions of pixels would take hours; the rest of the unit is read (law 7)."""
    monkeypatch.setattr(module, "UNIT_PIXELS", 150_000)
    records = [shown(f"{n}.png", picture(n)) for n in range(4)] + [response(SITE, page(passage(1)))]
    made = staged(tmp_path, warc_bytes(records), isolator)
    assert accounts(made)["images"]["kept"] == 3 and accounts(made)["pages"]["kept"] == 1
    assert column(tmp_path, "failed", "fault") == ["bomb"]
    assert "pixels together" in column(tmp_path, "failed", "detail")[0]
