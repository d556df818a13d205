"""On real archives: what FastWARC and warcio read, read the same here; what one scan gives, ranges and `read_at` give too."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from schemas.records import Capture, Damage
from tests.support.shared_data import shared
from transforms.warc.read import CAPTURES, OTHERS, Tally, read_at, read_captures

# Files whose records are not what they declare, each with the number of damages that it must cost.
ODD = {
    "aut/badexample.arc.gz": 3,
    "ipwb/HTTP204.warc": 2,
    "ipwb/broken.warc": 1,
    "ipwb/redirect.warc": 1,
    "resiliparse/clipped.warc.gz": 1,
    "warcdb/scoop.wacz": 2,  # a zip: its directory and its other files are passed over
    "warcio/bad.arc": 3,
    "warcio/example-space-in-url.arc": 1,
    "warcio/example-trunc.warc": 1,
    "webarchive-commons/resource/html/link-extraction-test.warc": 1,  # a record without WARC-Target-URI
}


def archives(*suffixes: str) -> Iterator[tuple[str, bytes]]:
    """Every shared archive with one of these name endings."""
    root: Path = shared("archives")
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name.endswith(suffixes) and ".warc.paths" not in path.name:
            yield str(path.relative_to(root)), path.read_bytes()


def digests(captures: list[Capture]) -> list[tuple[str, str]]:
    """Address and digest of each record block that is kept as stored."""
    return [(item.url, hashlib.sha256(item.body).hexdigest()) for item in captures]


def test_every_file_is_read() -> None:
    """No shared file, archive or not, raises; what is odd about ten of them costs what it must, and the rest nothing."""
    for name, data in archives(""):
        damages = [item for item in read_captures(io.BytesIO(data)) if isinstance(item, Damage)]
        if damages and damages[0].fault in ("no_records", "unsupported_type"):
            assert ".warc" not in name or name.endswith(".lz4"), name
            damages = []
        assert len(damages) == ODD.get(name, 0), name


def test_as_fastwarc() -> None:
    """Same records by type, and same addresses and bodies, chunks joined, as FastWARC on every undamaged WARC file."""
    seen = 0
    for name, data in archives(".warc", ".warc.gz", ".wat", ".wat.gz", ".wet", ".wet.gz"):
        if name in ODD:
            continue
        tally = Tally()
        ours = [item for item in read_captures(io.BytesIO(data), tally=tally) if isinstance(item, Capture)]
        theirs = list(ArchiveIterator(io.BytesIO(data), parse_http=False, quirks_mode=True))
        assert sum(tally.records.values()) == len(theirs), name
        wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion | WarcRecordType.revisit
        blocks = []
        for found in ArchiveIterator(io.BytesIO(data), parse_http=False, quirks_mode=True, record_types=wanted):
            url = (found.headers.get("WARC-Target-URI") or "").strip("<>")
            blocks.append((url, found.reader.read()))
        assert [item.url for item in ours] == [url for url, _ in blocks], name
        for item, (_, block) in zip(ours, blocks, strict=True):
            coded = any(key.lower() in ("transfer-encoding", "content-encoding") for key, _ in item.headers)
            assert coded or item.kind == "revisit" or block.endswith(item.body), (name, item.url)
            seen += 1
    assert seen > 700


def test_as_warcio() -> None:
    """Same records and bodies as warcio on every undamaged ARC file."""
    seen = 0
    for name, data in archives(".arc", ".arc.gz"):
        if name in ODD or "truncated" in name:
            continue
        tally = Tally()
        ours = [
            item
            for item in read_captures(io.BytesIO(data), wanted=CAPTURES | OTHERS, tally=tally)
            if isinstance(item, Capture)
        ]
        theirs = [
            (found.rec_headers.get_header("uri"), hashlib.sha256(found.content_stream().read()).hexdigest())
            for found in WarcioIterator(io.BytesIO(data))
        ]
        assert digests(ours)[1:] == theirs[1:], name  # warcio parses the text of the first record as headers
        seen += len(ours)
    assert seen > 300


@pytest.mark.parametrize("name", ["aut/example.arc.gz", "aut/example.warc.gz", "ipwb/5mementosAndFroggie.warc"])
def test_random_access(name: str) -> None:
    """`read_at` gives each capture of a real archive as the scan gave it."""
    data = shared(f"archives/{name}").read_bytes()
    stream = io.BytesIO(data)
    captures = [item for item in read_captures(io.BytesIO(data)) if isinstance(item, Capture)]
    assert len(captures) > 7
    assert [read_at(stream, item.offset, item.length) for item in captures] == captures


def test_ranges() -> None:
    """A real archive cut into ranges of any size gives what one scan gives."""
    data = shared("archives/aut/example.warc.gz").read_bytes()
    whole = list(read_captures(io.BytesIO(data)))
    for step in (70_001, 1 << 20):
        parts = [
            item
            for start in range(0, len(data), step)
            for item in read_captures(io.BytesIO(data), start=start, end=start + step)
        ]
        assert parts == whole
