"""Payloads by their place, read front to back."""

import hashlib
import itertools
import random
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import payloads, storage
from pipeline.layout import StagingFolder
from pipeline.payloads import Place, SpooledPayloads, document_place, medium_place, neighbours, read_together
from pipeline.plan import Span
from pipeline.sections import DamagedFileError, SectionWriter
from pipeline.stage.media import pack_medium
from schemas.index import PLACE_ARCHIVE, PLACE_STAGED
from schemas.outcomes import VerificationError
from schemas.records import Block, BlockKind
from tests.support.archives import member, response
from transforms.document import pack_document

IMAGE = b"\x89PNG picture"
ITEMS = (Block(BlockKind.HEADING, "a", 1), 0, Block(BlockKind.PARAGRAPH, "b"))
DOCUMENT = pack_document("Title", ITEMS)


class Staged:
    """A staging folder and the folder of the inputs, with rows that point into both."""

    def __init__(self, folder: Path) -> None:
        self.staging = StagingFolder(str(folder / "staging"))
        self.root = str(folder / "in")
        Path(self.root).mkdir()

    def archive(self, name: str, *images: bytes) -> list[tuple[int, int]]:
        """An archive of these images; where each record lies."""
        path, places = Path(self.root, name), []
        data = b""
        for number, image in enumerate(images):
            headers = [("X-Robots-Tag", "noai")]
            record = member(response(f"http://ex.org/{number}.png", image, "image/png", headers=headers))
            places.append((len(data), len(record)))
            data += record
        path.write_bytes(data)
        return places

    def unit(self, number: int, names: list[str], *held: bytes) -> list[tuple[int, int]]:
        """A staging file of these payloads over these archives; where each payload lies."""
        with storage.write_whole(self.staging.unit(number)) as file:
            writer = SectionWriter(file)
            writer.payload(b"before")
            places = [writer.payload(data) for data in held]
            writer.section("any", [b"rows"])
            writer.close({"spans": [asdict(Span(name, 0, 1)) for name in names]})
        return places

    def payloads(self) -> SpooledPayloads:
        """What reads them."""
        return SpooledPayloads(self.staging, self.root)


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    """Nothing staged yet."""
    return Staged(tmp_path)


def image_row(place: int, at: int, length: int, unit: int = 0, span: int = 0, body: bytes = IMAGE) -> dict[str, Any]:
    """Where an image lies."""
    digest = hashlib.sha256(body).digest()
    return {"unit": unit, "span": span, "place": place, "at": at, "length": length, "sha256": digest}


def document_row(at: int, length: int, home: int = 0) -> dict[str, Any]:
    """Where a document lies."""
    return {"home": home, "doc_offset": at, "doc_length": length}


def test_a_document_is_cut_out_of_its_file(staged: Staged) -> None:
    """Title and blocks come back as they were staged."""
    (place,) = staged.unit(0, [], DOCUMENT)
    with staged.payloads() as held:
        held.fetch([document_place(document_row(*place))])
        found = held.document(document_row(*place))
    assert (found.title, found.items) == ("Title", ITEMS)


def test_an_image_is_read_where_it_lies(staged: Staged) -> None:
    """Out of the archive of its span by the record's place, or out of staging where the archive cannot be entered."""
    staged.archive("a.warc.gz", b"another")
    (recorded,) = staged.archive("b.warc.gz", IMAGE)
    (copied,) = staged.unit(0, ["a.warc.gz", "b.warc.gz"], pack_medium("x-robots-tag: noai", IMAGE, "http://x.org/"))
    rows = [image_row(PLACE_ARCHIVE, *recorded, span=1), image_row(PLACE_STAGED, *copied)]
    with staged.payloads() as held:
        held.fetch(map(medium_place, rows))
        assert [held.medium(row) for row in rows] == [
            ("x-robots-tag: noai", IMAGE, address) for address in ("http://ex.org/0.png", "http://x.org/")
        ]
        assert [held.source(row) for row in rows] == ["b.warc.gz", "a.warc.gz"]


@pytest.mark.parametrize(
    "now",
    [
        member(response("http://ex.org/a.png", IMAGE[::-1], "image/png")),
        member(response("http://ex.org/a.png", IMAGE, "image/png"))[:-9],
        b"no archive",
        b"",
    ],
)
def test_a_changed_archive_is_refused(staged: Staged, now: bytes) -> None:
    """Other bytes, a broken record or none at all at the place: the archive is named (a broken one was once called a bug)."""
    (place,) = staged.archive("a.warc.gz", IMAGE)
    staged.unit(0, ["a.warc.gz"])
    row = image_row(PLACE_ARCHIVE, *place)
    Path(staged.root, "a.warc.gz").write_bytes(now)
    with staged.payloads() as held:
        held.fetch([medium_place(row)])
        with pytest.raises(VerificationError, match=r"a\.warc\.gz has changed since it was measured"):
            held.medium(row)


@pytest.mark.parametrize("kind", ["document", "medium"])
def test_a_changed_staging_file_is_named(staged: Staged, kind: str) -> None:
    """Whichever byte of a document, of a copied image or of what was said about it is another one: it is no fault of an archive."""
    data = DOCUMENT if kind == "document" else pack_medium("x-robots-tag: noai", IMAGE)
    (place,) = staged.unit(0, ["a.warc.gz"], data)
    row = {**document_row(*place), **image_row(PLACE_STAGED, *place)}
    path = Path(staged.staging.unit(0))
    whole = path.read_bytes()
    where = document_place(row) if kind == "document" else medium_place(row)
    for at in range(place[0] + (6 if kind == "document" else 0), sum(place)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 2]) + whole[at + 1 :])
        with staged.payloads() as held:
            held.fetch([where])
            with pytest.raises(DamagedFileError) as told:
                getattr(held, kind)(row)
        assert told.value.path == str(path)


PLACES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5)), max_size=12)


@given(PLACES, st.integers(1, 10**5), st.integers(0, 10**5))
def test_neighbours_are_read_together_and_nothing_far_between(
    found: list[tuple[int, int]], most: int, gap: int
) -> None:
    """Every place is in one read, in order; a read is bounded, and what it fetches in vain is, too."""
    places = sorted(Place(0, -1, *place) for place in set(found))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(payloads, "READ_BYTES", most)
        patch.setattr(payloads, "GAP_BYTES", gap)
        groups = list(neighbours(iter(places)))
    assert [place for group in groups for place in group] == places
    for group in groups:
        assert len(group) == 1 or max(p.at + p.length for p in group) - group[0].at <= max(
            most, *(p.length for p in group)
        )
        assert all(b.at - (a.at + a.length) <= gap for a, b in itertools.pairwise(group))


@given(PLACES)
def test_what_is_read_together_is_what_lies_there(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[int, int]]
) -> None:
    """Also where places overlap or one holds another."""
    data = random.Random(7).randbytes(1_200_000)
    path = tmp_path_factory.getbasetemp() / "random bytes"
    if not path.exists():
        path.write_bytes(data)
    places = sorted(Place(0, -1, *place) for place in set(found))
    assert [(p, data[p.at : p.at + p.length]) for p in places] == list(read_together(str(path), places))


class Reads:
    """Hears of every read of a file."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.ranges: dict[str, list[tuple[int, int]]] = {}
        read = storage.read_range

        def heard(path: str, offset: int, length: int) -> bytes:
            self.ranges.setdefault(Path(path).name, []).append((offset, length))
            return read(path, offset, length)

        patch.setattr(storage, "read_range", heard)


def test_each_file_is_read_once_front_to_back(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in the order of their ids; files are gone through in turn, each from its beginning to its end, no byte twice."""
    monkeypatch.setattr(payloads, "READ_BYTES", 2000)
    monkeypatch.setattr(payloads, "GAP_BYTES", 100)
    noise = random.Random(3)
    rows: list[Mapping[str, Any]] = []
    for number in range(3):
        bodies = [noise.randbytes(700) for _ in range(9)]
        places = staged.archive(f"{number}.warc.gz", *bodies)
        rows += [image_row(PLACE_ARCHIVE, *p, unit=number, body=b) for p, b in zip(places, bodies, strict=True)]
        documents = [pack_document(noise.randbytes(200).hex(), ITEMS) for _ in range(9)]
        copied = staged.unit(number, [f"{number}.warc.gz"], *documents)
        rows += [document_row(*place, home=number) for place in copied]
    noise.shuffle(rows)
    payloads.read_spans.cache_clear()
    reads = Reads(monkeypatch)
    places = [document_place(row) if "home" in row else medium_place(row) for row in rows]
    with staged.payloads() as held:
        held.fetch([*places, *places])
        for row in rows:
            assert held.document(row).title if "home" in row else held.medium(row)[1]
    for name, ranges in reads.ranges.items():
        forward = [(at, length) for at, length in ranges if at >= 0]  # the end of a staging file tells its spans
        assert all(at >= before + length for (before, length), (at, _) in itertools.pairwise(forward)), name
        assert 1 < len(forward) < 9 and max(length for _, length in forward) <= 2000
        assert len(ranges) - len(forward) <= 1
    assert set(reads.ranges) == {f"{n}.warc.gz" for n in range(3)} | {f"{n:07d}.unit" for n in range(3)}


def test_what_one_shard_holds_in_memory_is_bounded(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the spool's bound payloads lie on disk, and come back as they were (law 9)."""
    monkeypatch.setattr(payloads, "SPOOL_BYTES", 1000)
    bodies = [bytes([n]) * 600 for n in range(5)]
    places = staged.unit(0, ["a"], *(pack_medium("", body) for body in bodies))
    rows = [image_row(PLACE_STAGED, *place, body=body) for place, body in zip(places, bodies, strict=True)]
    with staged.payloads() as held:
        held.fetch(map(medium_place, rows))
        assert held._spool._file._rolled  # type: ignore[attr-defined]
        assert [held.medium(row)[1] for row in reversed(rows)] == bodies[::-1]
