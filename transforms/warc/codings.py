"""Transfer and content codings of an HTTP body, undone layer by layer under caps on size, ratio and number of layers."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import brotli  # type: ignore[import-untyped]

from schemas.outcomes import Fault, RecordError
from transforms.warc.codecs import GZIP_MAGIC, PIECE, ZSTD_MAGIC, Gzip, Member, MemberError, Memory, Zstd
from transforms.warc.heads import Headers, values
from transforms.warc.limits import Limits

_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_WINDOW = 8 << 20  # largest zstd window allowed over HTTP, RFC 9659
_SMALL = 64  # bytes of a broken deflate stream that may be lost in front of the break
_HELD = (
    8 << 20
)  # decoded bytes of a body that are held before it is known to be no bomb; a larger one is decoded once more
_SLICE = 64 << 10  # brotli bytes given to the decoder at once


def decoded(body: bytes, headers: Headers, limits: Limits) -> tuple[bytes, str]:
    """The body with its codings undone, and the name of the coding that ended early ("" where whole).

    Archives often hold bodies already decoded: what does not begin as its coding says is kept as it is, and so is an unknown
    coding. Raises `BOMB` (ratio, layers), `OVERSIZE` and `BAD_RECORD` (a body of which not one byte decodes).
    """
    transfers = values(headers, "transfer-encoding")
    layers = [name for name in values(headers, "content-encoding") + transfers if name in _CODINGS]
    truncated = ""
    if "chunked" in transfers:
        body, truncated = dechunked(body)
    if len(layers) > limits.layers:
        raise RecordError(Fault.BOMB, f"{len(layers)} content codings on one body")
    wire = len(body)
    for name in reversed(layers):
        body, early = _undone(body, name, wire, limits)
        truncated = truncated or early
    return body, truncated


def decoded_pieces(body: bytes, headers: Headers, limits: Limits) -> Sequence[bytes | memoryview]:
    """As `decoded`, in pieces that are no copies where only chunks are to be undone. Raises what it raises."""
    if any(name in _CODINGS for name in values(headers, "content-encoding") + values(headers, "transfer-encoding")):
        return (decoded(body, headers, limits)[0],)
    return chunks(body)[0] if "chunked" in values(headers, "transfer-encoding") else (body,)


def dechunked(body: bytes) -> tuple[bytes, str]:
    """The body with its chunks joined, and "chunked" where they end early; bodies that are not chunked stay as they are.

    >>> dechunked(b"3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\n"), dechunked(b"plain text")
    ((b'abcde', ''), (b'plain text', ''))
    """
    parts, early = chunks(body)
    return body if parts and parts[0] is body else b"".join(parts), early


def chunks(body: bytes) -> tuple[list[memoryview | bytes], str]:
    """The chunks of a body without a copy, and "chunked" where they end early; a body that is not chunked is one of itself."""
    parts: list[memoryview | bytes] = []
    view, at = memoryview(body), 0
    while match := _CHUNK_SIZE.match(body, at):
        size, begin = int(match[1], 16), match.end()
        if size == 0:
            return parts, ""
        at = begin + size
        ended = at >= len(body) or body[at] in b"\r\n"
        if not ended:  # the size is a lie, so the first chunk was none or the transfer broke here
            break
        parts.append(view[begin:at])
        at += 2 if body.startswith(b"\r\n", at) else 1
    return (parts, "chunked") if parts else ([body], "")


def _undone(body: bytes, name: str, wire: int, limits: Limits) -> tuple[bytes, str]:
    """One layer undone; the second value is `name` where the coded stream ends early or breaks, then with all that came before."""
    parts: list[bytes] = []
    size = 0
    try:
        for piece in _CODINGS[name](body):
            size += len(piece)
            if size <= _HELD:
                parts.append(piece)
            if size > limits.ratio_from and size > limits.ratio * wire:
                raise RecordError(Fault.BOMB, f"{wire} bytes of {name} hold more than {limits.ratio} times as many")
            if size > limits.decoded:
                raise RecordError(Fault.OVERSIZE, f"{name} body decodes to more than {limits.decoded} bytes")
    except MemberError as error:
        if _is_text(body):
            return body, ""
        if not size:
            raise RecordError(Fault.BAD_RECORD, f"{name} body: {error.detail}") from None
        return (_before_the_break(body, name) if name in _DEFLATES else _to_the_break(body, name)), name
    return b"".join(parts if size <= _HELD else _CODINGS[name](body)), ""


def _to_the_break(body: bytes, name: str) -> bytes:
    """What a broken stream of another coding holds."""
    parts: list[bytes] = []
    with suppress(MemberError):
        for piece in _CODINGS[name](body):
            parts.append(piece)
    return b"".join(parts)


def _is_text(body: bytes) -> bool:
    """Whether a body is text already: no compressed stream is UTF-8, or begins with a tag, for long."""
    head = body[:2000].lstrip()
    try:
        head[:-4].decode()
    except UnicodeDecodeError:
        return head.startswith((b"<!", b"<html", b"<HTML", b"<?xml"))
    return b"\0" not in head


def _pieces(member: Member) -> Iterator[bytes]:
    while piece := member.read():
        yield piece


def _before_the_break(body: bytes, name: str) -> bytes:
    """What a broken deflate stream holds, but for its last bytes, read again in small pieces: zlib drops the piece that breaks."""
    parts: list[bytes] = []
    with suppress(MemberError):
        for piece in _DEFLATES[name](body, _SMALL):
            parts.append(piece)
    return b"".join(parts)


def _gzip(body: bytes, most: int = PIECE) -> Iterator[bytes]:
    """Every gzip member of the body; bytes behind the last one are left out, as browsers do."""
    if not body.startswith(GZIP_MAGIC):
        yield body
        return
    at = 0
    while body.startswith(GZIP_MAGIC, at):
        member = Gzip(Memory(body), at, most=most)
        yield from _pieces(member)
        at = member.at


def _deflate(body: bytes, most: int = PIECE) -> Iterator[bytes]:
    """A zlib stream, or the raw deflate stream that some servers send in its place."""
    is_zlib = len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0  # RFC 1950 §2.2
    return _pieces(Gzip(Memory(body), 0, bits=15 if is_zlib else -15, most=most))


def _zstd(body: bytes) -> Iterator[bytes]:
    at = 0
    if not body.startswith(ZSTD_MAGIC):
        yield body
    while body.startswith(ZSTD_MAGIC, at):
        frame = Zstd(Memory(body), at, window=_WINDOW)
        yield from _pieces(frame)
        at = frame.at


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    try:
        for at in range(0, len(body), _SLICE):
            yield decoder.process(body[at : at + _SLICE], output_buffer_limit=PIECE)
            while not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=PIECE)
        while not decoder.is_finished() and (piece := decoder.process(b"", output_buffer_limit=PIECE)):
            yield piece  # what refers far back comes out though nothing is left to go in
    except brotli.error:
        raise MemberError(Fault.GZIP_DAMAGE, "a brotli stream does not decompress") from None
    if body and not decoder.is_finished():
        raise MemberError(Fault.TRUNCATED, "the data ends inside a brotli stream")


# IANA HTTP Content Coding Registry; `compress` is left out: no browser of this century sends it.
_DEFLATES: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
