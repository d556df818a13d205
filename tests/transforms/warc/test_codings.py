"""Transfer and content codings: undone where they are there, left alone where they are not, stopped where they explode."""

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcomes import Fault, RecordError
from tests.support.shared_data import shared
from transforms.warc.codings import dechunked, decoded, decoded_pieces
from transforms.warc.limits import Limits

LIMITS = Limits()
PAGE = "<html><p>Grüße aus dem Netz, wo jede Seite anders ist.</p></html>".encode() * 40


def raw_deflate(body: bytes) -> bytes:
    """Deflate without the zlib wrapper, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
KINDS = [*CODERS.items(), ("deflate", raw_deflate)]


def headers(coding: str, name: str = "Content-Encoding") -> tuple[tuple[str, str], ...]:
    """The header that declares a coding."""
    return ((name, coding),)


def chunked(body: bytes, size: int = 100, end: bytes = b"0\r\n\r\n") -> bytes:
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


@pytest.mark.parametrize(("name", "coder"), KINDS)
def test_undone(name: str, coder: Callable[[bytes], bytes]) -> None:
    """Each coding of the registry that browsers use is undone, whatever the case of its name."""
    assert decoded(coder(PAGE), headers(name.upper()), LIMITS) == (PAGE, "")


@pytest.mark.parametrize(("name", "coder"), KINDS)
def test_body_that_ends_early(name: str, coder: Callable[[bytes], bytes]) -> None:
    """Of a coded body that ends early what decodes is kept, and the coding is named as what cut it."""
    noise = random.Random(0).randbytes(200_000).hex().encode()
    packed = coder(noise)
    body, truncated = decoded(packed[: len(packed) // 2], headers(name), LIMITS)
    assert truncated == name
    assert noise.startswith(body)
    assert body


@pytest.mark.parametrize("name", [*CODERS, "identity", "utf-8", "none", "gzip, gzip"])
@pytest.mark.parametrize("body", [PAGE, b"", "<!doctype html>\n<p>caf\xe9".encode("latin-1"), b'{"a": 1}'])
def test_body_already_decoded(name: str, body: bytes) -> None:
    """A body that does not begin as its declared coding must is kept as it is, and unknown codings are no codings."""
    assert decoded(body, headers(name), LIMITS) == (body, "")


def test_layers() -> None:
    """Two codings, declared in one header or in two, are undone last to first; three are refused."""
    twice = gzip.compress(zlib.compress(PAGE))
    assert decoded(twice, headers("deflate, gzip"), LIMITS) == (PAGE, "")
    assert decoded(twice, headers("deflate") + headers("gzip"), LIMITS) == (PAGE, "")
    with pytest.raises(RecordError, match="bomb: 3 content codings"):
        decoded(gzip.compress(twice), headers("deflate, gzip, gzip"), LIMITS)


def test_transfer_coding_beside_content_coding() -> None:
    """Chunks are joined before codings are undone, also where the coding is the transfer's own."""
    body = chunked(gzip.compress(PAGE))
    both = headers("chunked", "Transfer-Encoding") + headers("gzip")
    assert decoded(body, both, LIMITS) == (PAGE, "")
    assert decoded(body, headers("gzip, chunked", "transfer-encoding"), LIMITS) == (PAGE, "")


@pytest.mark.parametrize(("name", "coder"), KINDS)
def test_bomb(name: str, coder: Callable[[bytes], bytes]) -> None:
    """A body that holds far more than it weighs is refused before it is large."""
    bomb = coder(bytes(8 << 20))
    with pytest.raises(RecordError) as caught:
        decoded(bomb, headers(name), LIMITS)
    assert caught.value.fault is Fault.BOMB


@pytest.mark.parametrize(("name", "coder"), KINDS)
def test_small_bodies_may_be_packed_well(name: str, coder: Callable[[bytes], bytes]) -> None:
    """Up to 1 MiB any ratio is no bomb: an empty table or a blank picture packs a thousand to one."""
    blank = bytes(1 << 20)
    assert decoded(coder(blank), headers(name), LIMITS) == (blank, "")
    with pytest.raises(RecordError, match="bomb"):
        decoded(coder(blank + b"\0"), headers(name), LIMITS)


def test_the_ratio_itself_is_no_bomb() -> None:
    """Beyond 1 MiB a body may hold just as many times its weight as the limit says."""
    size = next(size for size in range(1000, 2000) if size % len(gzip.compress(bytes(size))) == 0)
    packed = gzip.compress(bytes(size))
    ratio = size // len(packed)
    assert decoded(packed, headers("gzip"), Limits(ratio=ratio, ratio_from=0)) == (bytes(size), "")
    with pytest.raises(RecordError, match="bomb"):
        decoded(packed, headers("gzip"), Limits(ratio=ratio - 1, ratio_from=0))


def test_bomb_in_two_layers() -> None:
    """The ratio is that of all layers together, so two modest ones do not pass where one would not."""
    body = zlib.compress(gzip.compress(bytes(3 << 20)))
    with pytest.raises(RecordError, match="bomb"):
        decoded(body, headers("gzip, deflate"), LIMITS)


def test_many_members_of_zeros() -> None:
    """A gzip body of many members counts as one: the caps hold over all of them."""
    body = gzip.compress(bytes(100_000)) * 50
    with pytest.raises(RecordError, match="bomb"):
        decoded(body, headers("gzip"), LIMITS)
    assert decoded(gzip.compress(PAGE) * 3 + b"trailing", headers("gzip"), LIMITS) == (PAGE * 3, "")


def test_oversize() -> None:
    """A body that decodes to more than the limit is refused though its ratio is modest."""
    with pytest.raises(RecordError) as caught:
        decoded(gzip.compress(PAGE * 3), headers("gzip"), Limits(decoded=len(PAGE) * 2))
    assert caught.value.fault is Fault.OVERSIZE


def test_not_one_byte_decodes() -> None:
    """A body that begins as its coding must but holds nothing else is a bad record."""
    for name, body in (
        ("gzip", b"\x1f\x8b\x08\x00\xff\xff\xff\xff\x00\xff" + b"\xff" * 50),
        ("zstd", b"\x28\xb5\x2f\xfd\xff\xff"),
    ):
        with pytest.raises(RecordError) as caught:
            decoded(body, headers(name), LIMITS)
        assert caught.value.fault is Fault.BAD_RECORD


def test_window_of_zstd() -> None:
    """A zstd body that asks for a larger window than HTTP allows is refused before the memory is taken."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = packer.compress(PAGE) + packer.flush()
    with pytest.raises(RecordError, match="bad_record"):
        decoded(body, headers("zstd"), LIMITS)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n", (b"abc", "")),
        (b"3\nabc\n2\nde\n0\n\n", (b"abcde", "")),
        (b"03  ;x=y\r\nabc\r\n0\r\n\r\n", (b"abc", "")),
        (b"5\r\nabc", (b"abc", "chunked")),
        (b"3\r\nabc\r\n", (b"abc", "chunked")),
        (b"3\r\nabc\r\nno size\r\nrest", (b"abc", "chunked")),
        (b"<p>no chunks", (b"<p>no chunks", "")),
        (b"2\r\nnot two bytes", (b"2\r\nnot two bytes", "")),
        (b"face\nis a word", (b"is a word", "chunked")),
        (b"", (b"", "")),
    ],
)
def test_chunks(body: bytes, expected: tuple[bytes, str]) -> None:
    """Chunks are joined, trailers left out, and a body that was never chunked is kept."""
    assert dechunked(body) == expected


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(1, 50))
def test_chunks_round_trip(body: bytes, size: int) -> None:
    """Whatever is sent in chunks comes back."""
    sent = chunked(body, size)
    assert dechunked(sent) == (body, "")
    for headers in (
        [("Transfer-Encoding", "chunked")],
        [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
        [],
    ):
        assert b"".join(decoded_pieces(sent, headers, Limits())) == decoded(sent, headers, Limits())[0]


@settings(max_examples=150)
@given(st.sampled_from(list(CODERS)), st.binary(max_size=200), st.integers(0, 60))
def test_any_body(name: str, junk: bytes, keep: int) -> None:
    """Whatever follows the begin of a coded body, it decodes, is kept, or is refused by name."""
    try:
        body, truncated = decoded(CODERS[name](PAGE)[:keep] + junk, headers(name), LIMITS)
    except RecordError as error:
        assert error.fault is Fault.BAD_RECORD
    else:
        assert isinstance(body, bytes)
        assert truncated in ("", name)


@pytest.mark.parametrize(
    ("file", "coding"),
    [
        ("html-gzip.bin", "gzip"),
        ("html-rawdeflate.bin", "deflate"),
        ("html-zlibdeflate.bin", "deflate"),
        ("html-br.bin", "br"),
        ("html-gzip-deflate.bin", "gzip, deflate"),
        ("html-zstd-static-content-size.bin", "zstd"),
        ("html-zstd-static-no-content-size.bin", "zstd"),
        ("html-zstd-streaming-no-content-size.bin", "zstd"),
    ],
)
def test_real_bodies(file: str, coding: str) -> None:
    """The page that Scrapy keeps under each coding decodes to the same text."""
    body, truncated = decoded(
        shared(f"archives/scrapy-compressed/compressed/{file}").read_bytes(), headers(coding), LIMITS
    )
    assert body.startswith(b"<!DOCTYPE")
    assert body.rstrip().endswith(b"</html>")
    assert (len(body) // 100, truncated) == (748, "")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_real_bombs(coding: str) -> None:
    """Scrapy's bombs are refused."""
    body = shared(f"archives/scrapy-compressed/compressed/bomb-{coding}.bin").read_bytes()
    with pytest.raises(RecordError) as caught:
        decoded(body, headers(coding), LIMITS)
    assert caught.value.fault is Fault.BOMB


@pytest.mark.parametrize(("coding", "coder"), KINDS)
def test_large_bodies(coding: str, coder: Callable[[bytes], bytes]) -> None:
    """A body that is larger than what is held at first is whole all the same, also where it refers far back."""
    body = random.Random(0).randbytes(256 << 10) * 40
    packed = coder(body) if coding != "br" else brotli.compress(body, quality=4)
    assert decoded(packed, headers(coding), LIMITS) == (body, "")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_large_bodies_that_break(coding: str) -> None:
    """What decodes comes, though it is more than what is held at first."""
    body = random.Random(0).randbytes(9 << 20)
    packed = {
        "br": lambda: brotli.compress(body, quality=0),
        "zstd": lambda: zstandard.compress(body),
        "gzip": lambda: gzip.compress(body, 1),
    }
    cut, truncated = decoded(packed[coding]()[:-1000], headers(coding), LIMITS)
    assert truncated == coding and body.startswith(cut) and len(cut) > 8 << 20


def test_a_bomb_takes_little_memory() -> None:
    """It is refused before it is held, though its ratio is told only behind 20 MB."""
    packed = headers("gzip"), gzip.compress(bytes(100 << 20), 9)
    tracemalloc.start()
    with pytest.raises(RecordError):
        decoded(packed[1], packed[0], LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 << 20


def test_real_truncated_bodies() -> None:
    """Scrapy's truncated bodies give what decodes, flagged."""
    folder = shared("archives/scrapy-compressed/compressed")
    expected = (folder / "unexpected-eof-output.txt").read_text("utf-8").encode("latin-1")
    body, truncated = decoded((folder / "unexpected-eof.gz").read_bytes(), headers("gzip"), LIMITS)
    assert (body, truncated) == (expected[: len(body)], "gzip")
    assert len(body) > len(expected) - 64
    for name in ("truncated-crc-error.gz", "truncated-crc-error-short.gz"):
        body, truncated = decoded((folder / name).read_bytes(), headers("gzip"), LIMITS)
        assert (len(body) > 400, truncated) == (True, "gzip")


def test_wrong_checksum() -> None:
    """A gzip body whose checksum is wrong is kept but for its last bytes, and flagged."""
    packed = bytearray(gzip.compress(PAGE))
    packed[-8] ^= 1
    body, truncated = decoded(bytes(packed), headers("gzip"), LIMITS)
    assert (PAGE.startswith(body), len(PAGE) - len(body) < 64, truncated) == (True, True, "gzip")
