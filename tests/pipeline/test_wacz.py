"""Archives inside WACZ files: found, named, read where they lie, and refused where they cannot be."""

import random
import struct
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.plan
import pipeline.run
from pipeline import storage
from pipeline.plan import Request, plan
from pipeline.run import run
from pipeline.wacz import Part, WaczError, check_parts, entries, open_part, parts_of
from schemas.outcomes import UserError
from tests.support.archives import member, response, warc_bytes
from tests.support.buckets import Buckets
from tests.support.runs import SAMPLE, recipe, rows, run_on, shard_digests
from tests.support.wacz import wacz

ONE = warc_bytes([response("https://one.org/", b"<p>one"), response("https://one.org/a", b"<p>a")])
TWO = warc_bytes([response("https://two.org/", b"<p>two")])
BOTH = {"archive/two.warc.gz": TWO, "archive/one.warc.gz": ONE}


def write(path: Path, data: bytes) -> tuple[str, int]:
    """A file, and what `entries` is asked of it."""
    path.write_bytes(data)
    return str(path), len(data)


def test_archives_are_ranges_of_the_file(tmp_path: Path) -> None:
    """By name, each with the bytes that it has when it is unpacked."""
    path, size = write(tmp_path / "a.wacz", wacz(BOTH))
    parts, packed = entries(path, size)
    assert [part.name for part in parts] == ["archive/one.warc.gz", "archive/two.warc.gz"] and not packed
    for part in parts:
        assert storage.read_range(path, part.at, part.size) == BOTH[part.name]
        with open_part(path, part) as stream:
            assert stream.read() == BOTH[part.name]


def test_a_header_of_its_own_length_is_passed_over(tmp_path: Path) -> None:
    """Only an entry's own header tells where its content begins: tools align contents by fields that the directory does not repeat."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        entry = zipfile.ZipInfo("archive/one.warc.gz")
        entry.extra = struct.pack("<HH", 0xD935, 40) + bytes(40)
        file.writestr(entry, ONE)
        entry.extra = b""
    path, size = write(tmp_path / "a.wacz", out.getvalue())
    ((part,), _) = entries(path, size)
    assert storage.read_range(path, part.at, part.size) == ONE


def test_what_cannot_be_read_where_it_lies_is_named(tmp_path: Path) -> None:
    """Archives that are compressed in the zip, and WACZ files in a WACZ."""
    path, size = write(tmp_path / "a.wacz", wacz(BOTH, packed=True, **{"inner.wacz": wacz(BOTH)}))
    assert entries(path, size) == ([], ["archive/one.warc.gz", "archive/two.warc.gz", "inner.wacz"])


def test_parts_that_overlap_are_not_believed() -> None:
    """Else a small file could ask for any amount of reading; nor are two of one name, whose items would share ids."""
    for parts in (
        [Part("a", 0, 6), Part("b", 5, 5)],
        [Part("a", 0, 5), Part("a", 5, 5)],
        [Part("a", 5, 6)],
    ):
        with pytest.raises(WaczError):
            check_parts(parts, 10)


def test_a_directory_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """Memory does not grow with what a file says of itself (law 9)."""
    body = bytearray(wacz({f"archive/{n}.warc.gz": b"x" for n in range(3)}))
    struct.pack_into("<I", body, len(body) - 22 + 12, 5 << 20)
    path, size = write(tmp_path / "a.wacz", bytes(6 << 20) + bytes(body))
    with pytest.raises(WaczError):
        entries(path, size)


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_any_damage_is_one_fault(tmp_path_factory: pytest.TempPathFactory, seed: int, bits: int) -> None:
    """Whatever bits of a directory are flipped or bytes cut, an answer within the file or a WaczError comes."""
    chance = random.Random(seed)
    body = bytearray(wacz(BOTH))
    for _ in range(bits):
        body[chance.randrange(len(body) - 600, len(body))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.3:
        del body[chance.randrange(len(body)) :]
    path, size = write(tmp_path_factory.getbasetemp() / "damaged.wacz", bytes(body))
    try:
        parts, _ = entries(path, size)
    except WaczError:
        assert parts_of(path, size) == ([Part("", 0, size)], [])
    else:
        check_parts(parts, size)


def test_a_file_that_is_no_wacz_is_one_part(tmp_path: Path) -> None:
    """Also where it is called otherwise and is a zip."""
    path, size = write(tmp_path / "a.warc.gz", wacz(BOTH))
    assert parts_of(path, size) == ([Part("", 0, size)], [])


def test_a_window_ends_where_its_range_ends(tmp_path: Path) -> None:
    """Whatever is behind it in the file."""
    path, _ = write(tmp_path / "x.wacz", b"0123456789")
    with open_part(path, Part("in", 2, 5)) as stream:
        assert (stream.seek(0, 2), stream.read(), stream.seek(-2, 1), stream.read(9), stream.tell()) == (
            5,
            b"",
            3,
            b"56",
            5,
        )
        assert (stream.seek(1), stream.read(2), stream.read(-1), stream.seekable(), stream.readable()) == (
            1,
            b"34",
            b"56",
            True,
            True,
        )


def sample_wacz(folder: Path) -> Path:
    """The sample, images and all, in a WACZ, with another archive behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crawl.wacz"
    path.write_bytes(wacz({"archive/data.warc.gz": SAMPLE.read_bytes(), "archive/more.warc.gz": TWO}))
    return path


def as_folder(folder: Path) -> list[str]:
    """The same archives unpacked, at the places by which they are named in a WACZ, and one beside it."""
    below = folder / "crawl.wacz" / "archive"
    below.mkdir(parents=True)
    (below / "data.warc.gz").write_bytes(SAMPLE.read_bytes())
    (below / "more.warc.gz").write_bytes(TWO)
    (folder / "beside.warc.gz").write_bytes(ONE)
    return [str(below / "data.warc.gz"), str(below / "more.warc.gz"), str(folder / "beside.warc.gz")]


@pytest.mark.parametrize("unit", [None, 50_000])
def test_a_wacz_gives_the_bytes_that_its_archives_give(
    unit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All shards, with units that are whole or cut inside an entry: a WACZ is named as if it were a folder, offsets are the entry's."""
    path = sample_wacz(tmp_path / "in")
    (tmp_path / "in" / "beside.warc.gz").write_bytes(ONE)
    if unit:
        monkeypatch.setattr(pipeline.plan, "UNIT_BYTES", unit)
        monkeypatch.setattr(pipeline.plan, "SMALL_BYTES", 1)
    found = run_on([str(path.parent)], tmp_path / "out", recipe("raw"))
    expected = run_on(as_folder(tmp_path / "unpacked"), tmp_path / "other", recipe("raw"))
    assert [entry.source for entry in found.inputs] == [
        "beside.warc.gz",
        "crawl.wacz/archive/data.warc.gz",
        "crawl.wacz/archive/more.warc.gz",
    ]
    assert found == expected and rows(tmp_path / "out", "pairs")


def test_a_wacz_is_found_in_a_folder_by_a_pattern_and_in_a_bucket(tmp_path: Path, buckets: Buckets) -> None:
    """All ways give the same shards."""
    path = sample_wacz(tmp_path / "in")
    direct = run_on([str(path)], tmp_path / "direct", recipe("kosmos1"))
    for name, given_as in (("folder", str(path.parent)), ("pattern", f"{path.parent}/*.wacz")):
        assert shard_digests(run_on([given_as], tmp_path / name, recipe("kosmos1"))) == shard_digests(direct)
    settings, root = buckets.s3(), buckets.set_up("s3", tmp_path)
    with storage.write_whole(f"{root}/in/crawl.wacz") as file:
        file.write(path.read_bytes())
    for number, name in enumerate(("in", "in/*", "in/crawl.wacz")):
        request = Request((f"{root}/{name}",), str(tmp_path / f"out{number}"), recipe("kosmos1"), storage=settings)
        assert shard_digests(run(request)) == shard_digests(direct)


def test_a_damaged_wacz_costs_what_is_damaged(tmp_path: Path) -> None:
    """Cut off in its second archive, as a broken download is: the records before are found, and a row of `failed` tells of each gap."""
    body = wacz(
        {
            "archive/a.warc.gz": ONE,
            "archive/b.warc.gz": b"".join(member(response(f"https://b.org/{n}", b"<p>b")) for n in range(9)),
        }
    )
    (tmp_path / "cut.wacz").write_bytes(body[: body.index(b"archive/b.warc.gz") + 300])
    (tmp_path / "none.wacz").write_bytes(b"PK\x03\x04 nothing of it is left")
    found = run_on([str(tmp_path / "*.wacz")], tmp_path / "out", recipe("raw", "limits.failed_share=1.0"))
    failed = rows(tmp_path / "out", "failed")
    assert {row["source"] for row in failed} == {"cut.wacz", "none.wacz"}
    assert sum(entry.captures for entry in found.inputs) >= 2


def test_a_wacz_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Alone it stops the run with what to do; beside others it is counted."""
    (tmp_path / "packed.wacz").write_bytes(wacz(BOTH, packed=True))
    (tmp_path / "empty.wacz").write_bytes(wacz({}))
    request = Request((str(tmp_path),), str(tmp_path / "out"), recipe("raw"))
    with pytest.raises(UserError, match=r"packed\.wacz/archive/one\.warc\.gz.*unzip"):
        plan(request)
    (tmp_path / "good.wacz").write_bytes(wacz(BOTH))
    kinds = {each.kind: each.names for each in plan(request).not_taken}
    assert kinds == {
        "compressed in .wacz": ("packed.wacz/archive/one.warc.gz", "packed.wacz/archive/two.warc.gz"),
        ".wacz without archives": ("empty.wacz",),
    }


def test_a_wacz_that_changes_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any input is, while it is read and behind that."""
    path = sample_wacz(tmp_path / "in")
    original: Any = pipeline.run.emit

    def disturbed(*args: object) -> object:
        path.write_bytes(path.read_bytes() + b"more")
        return original(*args)

    monkeypatch.setattr("pipeline.run.emit", disturbed)
    with pytest.raises(UserError, match=r"crawl\.wacz"):
        run_on([str(path)], tmp_path / "out", recipe("raw"))


def test_names_that_collide_are_refused(tmp_path: Path, buckets: Buckets) -> None:
    """In a bucket a WACZ may stand beside a `folder` of its name."""
    settings, root = buckets.s3(), buckets.set_up("s3", tmp_path)
    for name, data in (("a.wacz", wacz(BOTH)), ("a.wacz/archive/one.warc.gz", ONE)):
        with storage.write_whole(f"{root}/{name}") as file:
            file.write(data)
    with pytest.raises(UserError, match="same name"):
        plan(Request((f"{root}/**",), str(tmp_path / "out"), recipe("raw"), storage=settings))
