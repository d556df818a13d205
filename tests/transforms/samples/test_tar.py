"""Members of tars lie where `tarfile` says, and damage costs the member that it hits."""

import io
import tarfile

import pytest

from schemas.records import Damage
from tests.support.image_sets import tar_bytes
from transforms.samples.tar import BLOCK, Member, members

LONG = "folder/" + "n" * 180 + ".txt"
FILES = [("a.jpg", b"x" * 700), (LONG, b"text"), ("ä.json", b""), ("b.jpg", b"y" * 512)]


def read(data: bytes) -> list[Member | Damage]:
    """All that a tar holds."""
    return list(members(io.BytesIO(data), len(data)))


def contents(data: bytes) -> dict[str, bytes]:
    """What is in the members that are found, by name."""
    return {item.name: data[item.begin : item.begin + item.size] for item in read(data) if isinstance(item, Member)}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_members_as_tarfile_finds_them(form: int) -> None:
    """In every format that Python writes, also with long names; folders, links and the empty blocks at the end are passed over."""
    given = [file for file in FILES if form != tarfile.USTAR_FORMAT or file[0] != LONG]
    data = tar_bytes(given, form)
    assert contents(data) == dict(given)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        theirs = [(info.name, info.offset, info.offset_data, info.size) for info in tar]
    assert [(item.name, item.at, item.begin, item.size) for item in read(data) if isinstance(item, Member)] == theirs
    assert contents(data + data) == dict(given)  # two archives, one behind the other


def test_folders_and_links_are_no_members() -> None:
    """They hold nothing."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, kind in (("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "a.jpg"
            tar.addfile(info)
        info = tarfile.TarInfo("folder/a.jpg")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    assert contents(out.getvalue()) == {"folder/a.jpg": b"abc"}


def test_a_damaged_header_costs_its_member() -> None:
    """The next one is found by its magic and sum, also past what only looks like one."""
    bait = b"\0" * 257 + b"ustar\x0000" + b"\0" * 247
    data = bytearray(tar_bytes([("a.jpg", b"1"), ("b.jpg", bait), ("c.jpg", b"3")], mtime=1))
    at = 2 * BLOCK
    data[at + 100] ^= 0xFF
    damage = Damage(at, 2 * BLOCK, "bad_record", f"no header of a tar at byte {at}: bad checksum")
    first, found, last = read(bytes(data))
    assert isinstance(first, Member) and found == damage and isinstance(last, Member) and last.name == "c.jpg"


@pytest.mark.parametrize("cut", [100, BLOCK + 5])
def test_a_tar_that_ends_early(cut: int) -> None:
    """In a header or in a file: what is whole before it stands."""
    whole = tar_bytes([("a.jpg", b"1"), ("b.jpg", b"2" * 900)], mtime=1)
    *found, damage = read(whole[: 2 * BLOCK + cut])
    assert [item.name for item in found if isinstance(item, Member)] == ["a.jpg"]
    assert isinstance(damage, Damage) and damage.fault == "truncated" and damage.offset == 2 * BLOCK


def test_a_tar_without_its_end_mark() -> None:
    """Cut between two members, or of no bytes at all: told where the mark is asked for; one empty block is a mark."""

    def marked(data: bytes) -> list[Member | Damage]:
        return list(members(io.BytesIO(data), len(data), marked=True))

    whole = tar_bytes([("a.jpg", b"1"), ("b.jpg", b"\0" * 900)], mtime=1)
    end = 2 * BLOCK + 3 * BLOCK
    assert marked(whole) == marked(whole[: end + BLOCK]) == read(whole) == read(whole[:end])
    for cut in (end, end + BLOCK - 1, 2 * BLOCK, 0):
        *found, damage = marked(whole[:cut])
        assert isinstance(damage, Damage) and (damage.offset, damage.skipped, damage.fault) == (cut, 0, "truncated")
        assert found == read(whole)[: len(found)] and len(found) == (2 if cut >= end else cut // (2 * BLOCK))
    assert len(marked(whole[: end - 1 - BLOCK])) == 2  # what breaks off inside a member is told once


def test_nonsense_ends() -> None:
    """Bytes that are no tar, lying sizes, headers that extend each other for ever."""
    assert read(b"") == []
    (damage,) = read(b"nothing of a tar" * 100)
    assert isinstance(damage, Damage) and damage.skipped == 1600
    info = tarfile.TarInfo("x")
    info.size, info.type = 0, tarfile.XHDTYPE
    header = info.tobuf(tarfile.USTAR_FORMAT)
    assert all(isinstance(item, Damage) for item in read(header * 50))
    info.size = 2**33
    assert all(isinstance(item, Damage) for item in read(info.tobuf(tarfile.GNU_FORMAT)))
    pax = b"9" * 5000 + b" size=1\n"
    info.size = len(pax)
    lying = info.tobuf(tarfile.USTAR_FORMAT) + pax + b"\0" * (-len(pax) % BLOCK) + tar_bytes([("a.jpg", b"1")], mtime=1)
    assert contents(lying) == {"a.jpg": b"1"}
