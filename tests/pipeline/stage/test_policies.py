"""Policy files of sites in staging: which captures they are, their rows and bytes, and the origins that a unit asks about."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zstandard

from pipeline import storage
from pipeline.decide.batch import StagedUnit, UnitIndex, UnitLookup, read_lookup
from pipeline.layout import StagingFolder
from pipeline.plan import Span, Unit
from pipeline.stage import policies as module
from pipeline.stage.classify import POLICY_FILE, refusal
from pipeline.stage.policies import unpack_policy
from pipeline.stage.unit import Tasks, stage_unit
from pipeline.stage.unit_record import UnitRecord
from schemas.index import POLICY_KINDS
from schemas.records import Capture
from tests.support.archives import record, response, warc_bytes
from tests.support.web import SITE, page, passage, picture, shown
from transforms.consent.robots_txt import MOST_BYTES
from transforms.dedup.keys import capture_id, joined_key

ROBOTS = b"User-agent: GPTBot\nDisallow: /\n"
CAPTURE = Capture("response", SITE + "robots.txt", "", 0, 1, True, 200, "text/plain", "", (), ROBOTS, "")


def staged(folder: Path, records: list[bytes], isolator: Tasks) -> tuple[UnitRecord, UnitLookup]:
    """A staged archive of these records, and what it offers and asks."""
    data = warc_bytes(records)
    (folder / "a.warc.gz").write_bytes(data)
    staging = StagingFolder(str(folder / "staging"))
    made = stage_unit(Unit(3, (Span("a.warc.gz", 0, len(data)),)), str(folder), staging, isolator)
    return made, read_lookup(staging, StagedUnit(3, made.bytes, made.index_at, made.lookup_at))


def key_of(row: np.void) -> bytes:
    """The 16 bytes of a row's key."""
    return int(row["high"]).to_bytes(8) + int(row["low"]).to_bytes(8)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, POLICY_FILE),
        ({"media_type": "text/html"}, POLICY_FILE),
        ({"media_type": "application/octet-stream"}, POLICY_FILE),
        ({"media_type": ""}, POLICY_FILE),
        ({"body": b""}, POLICY_FILE),  # an empty file allows everything, and may be newer than one that did not
        ({"body": b"<!-- ours -->\n" + ROBOTS}, POLICY_FILE),
        ({"url": SITE + ".well-known/tdmrep.json", "media_type": "application/json", "body": b"[]"}, POLICY_FILE),
        ({"url": SITE + "ai.txt"}, POLICY_FILE),
        ({"kind": "resource", "status": 0}, POLICY_FILE),
        ({"kind": "conversion", "status": 0}, POLICY_FILE),
        ({"status": 404}, "http_status"),
        ({"kind": "revisit"}, "revisit"),
        ({"url": SITE + "a/robots.txt"}, "media_type"),
        ({"media_type": "text/html", "body": b"<!doctype html><p>Not found"}, ""),  # a page, as at any other path
        ({"body": b"<html><p>Not found"}, ""),
        ({"body": b"\x89PNG\r\n\x1a\n"}, ""),
    ],
)
def test_a_policy_is_known_by_its_path(changes: dict[str, object], rule: str) -> None:
    """Whatever its server called it, unless it is a page or a picture."""
    assert refusal(replace(CAPTURE, **changes))[0] == rule  # type: ignore[arg-type]


def test_policies_leave_the_account_of_captures_by_a_rule_of_their_own(tmp_path: Path, isolator: Tasks) -> None:
    """Each has its row in `dropped`, and its bytes and row in staging (law 3)."""
    tdm = b'[{"location": "/", "tdm-reservation": 1}]'
    records = [
        record(
            "response", "http://EX.org:80/robots.txt", b"HTTP/1.1 200 OK\r\n\r\n" + ROBOTS, "application/http", "2024"
        ),
        response(SITE, page(passage(1))),
        response("https://ex.org:8443/.well-known/tdmrep.json", tdm, "application/json"),
    ]
    made, lookup = staged(tmp_path, records, isolator)
    captures = made.accounts[0]
    assert (captures["entered"], captures["kept"], captures["dropped"]) == (3, 1, {POLICY_FILE: 2})
    path = StagingFolder(str(tmp_path / "staging")).unit(3)
    index = UnitIndex(
        StagingFolder(str(tmp_path / "staging")), StagedUnit(3, made.bytes, made.index_at, made.lookup_at)
    )
    (part,) = index.parts()
    assert part.dropped["rule"].to_pylist() == [POLICY_FILE] * 2
    assert part.dropped["url"].to_pylist() == [
        "http://EX.org:80/robots.txt",
        "https://ex.org:8443/.well-known/tdmrep.json",
    ]
    assert [key_of(row) for row in lookup.policies] == [joined_key("http://ex.org"), joined_key("https://ex.org:8443")]
    assert [POLICY_KINDS[kind] for kind in lookup.policies["kind"]] == ["robots.txt", "tdmrep.json"]
    assert lookup.policies["rank"].tolist() == [-20240000000000, -20240518015810]
    assert lookup.policies["unit"].tolist() == [3, 3]
    held = [unpack_policy(storage.read_range(path, row["at"], row["length"])) for row in lookup.policies]
    assert held == [ROBOTS, tdm]
    ids = [int(row["id_high"]).to_bytes(8) + int(row["id_low"]).to_bytes(8) for row in lookup.policies]
    assert ids[0] == capture_id("a.warc.gz", 0) and ids[1].hex() == part.dropped["id"].to_pylist()[1]


def test_a_unit_asks_for_the_origins_of_its_pages_and_their_images(tmp_path: Path, isolator: Tasks) -> None:
    """Each once, whether its images are at hand or not; an image that no page shows asks for nothing."""
    shows = '<img src="a.png"><img src="//img.example:8080/b.png"><img src="data:image/png;base64,AAAA">'
    records = [response(SITE + "1", page(passage(1), shows)), response(SITE + "2", page(passage(2), shows))]
    _, lookup = staged(tmp_path, [*records, response("http://alone.example/c.png", picture(1), "image/png")], isolator)
    assert [key_of(row) for row in lookup.origins] == [
        joined_key("http://ex.org"),
        joined_key("http://img.example:8080"),
    ]


def test_origins_in_memory_are_bounded(tmp_path: Path, isolator: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the bound one may stand twice, and none is missing."""
    records = [response(f"http://h{n % 5}.example/{n}", page(passage(n))) for n in range(12)]
    _, whole = staged(tmp_path, records, isolator)
    assert len(whole.origins) == 5
    monkeypatch.setattr(module, "MOST_ORIGINS", 2)
    _, cut = staged(tmp_path, records, isolator)
    assert len(cut.origins) == 12 and {*map(key_of, cut.origins)} == {*map(key_of, whole.origins)}


def test_a_large_policy_is_kept_up_to_what_is_read_of_it(tmp_path: Path, isolator: Tasks) -> None:
    """The rest would never be looked at."""
    _, lookup = staged(tmp_path, [response(SITE + "robots.txt", b"# \n" * 10**6, "text/plain")], isolator)
    (row,) = lookup.policies
    data = storage.read_range(StagingFolder(str(tmp_path / "staging")).unit(3), row["at"], row["length"])
    assert len(unpack_policy(data)) == MOST_BYTES + 1 and len(data) < 1000


def test_a_changed_policy_is_noticed() -> None:
    """Its frame has a checksum of what it holds."""
    packed = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(ROBOTS + bytes(zlib.crc32(b"") + 99)))
    assert unpack_policy(bytes(packed)).startswith(ROBOTS)
    for place in range(9, len(packed)):
        packed[place] ^= 1
        with pytest.raises(zstandard.ZstdError):
            unpack_policy(bytes(packed))
        packed[place] ^= 1


def test_an_archive_without_policies_holds_none(tmp_path: Path, isolator: Tasks) -> None:
    """Their section is empty."""
    _, lookup = staged(tmp_path, [response(SITE, page(passage(1))), shown("a.png", picture(1))], isolator)
    assert len(lookup.policies) == 0 and len(lookup.origins) == 1
