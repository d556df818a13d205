"""The members of a tar file: where each begins and ends, read header by header; goes on behind damage. Pure.

Nothing is unpacked and no member is read: only headers, and what extends them. Behind a header that is damaged the next one is looked for
at the multiples of 512 bytes, where every header begins, and believed by its magic word and its sum. An archive ends with empty blocks: one
that was cut between two members lacks them, and nothing else tells.
"""

import tarfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from schemas.outcomes import Fault, RecordError
from schemas.records import Damage

BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20  # bytes read at a time where headers are looked for
_MAGIC, _MAGIC_AT = b"ustar", 257
_MOST_EXTENDING = 64 << 10  # bytes of what extends a header: a long name, the records of pax
_DIGITS = 18  # of a size that pax states
_MOST_EXTENSIONS = 8  # in front of one member
_EXTENDING = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class Member(NamedTuple):
    """A file in a tar: its name, the byte at which its first header begins, and those at which its content and the next header do."""

    name: str
    at: int
    begin: int
    size: int
    end: int


def members(stream: BinaryIO, end: int, marked: bool = False) -> Iterator[Member | Damage]:
    """The files in the first `end` bytes, in order, and each damage between them; folders and links are passed over.

    With `marked` the empty blocks are asked for that end an archive: where there is none behind a member that is whole, that is a damage.
    """
    at, behind = _past_zeros(stream, 0, end), 0
    while at < end:
        try:
            member, is_file = _member(stream, at, end)
        except RecordError as error:
            after = _next_header(stream, at + BLOCK, end)
            yield Damage(at, after - at, error.fault.value, error.detail)
            # What ends in damage is told of already.
            at, behind = after, -1
            continue
        if is_file:
            yield member
        at, behind = _past_zeros(stream, member.end, end), member.end
    # Of the two empty blocks that the standard asks for all readers take one for the end.
    if marked and behind >= 0 and end - behind < BLOCK:
        yield Damage(end, 0, Fault.TRUNCATED.value, "a tar that ends without the empty blocks that end one: it was cut")


def _member(stream: BinaryIO, at: int, end: int) -> tuple[Member, bool]:
    """The member whose header begins at a byte, and whether it is a file. Raises RecordError: bad_record, truncated."""
    place, name, size = at, "", -1
    for _ in range(_MOST_EXTENSIONS):
        header = _header(stream, place)
        begin = place + BLOCK
        if header.type not in _EXTENDING:
            is_file = header.type in tarfile.REGULAR_TYPES
            length = (header.size if size < 0 else size) if is_file else 0
            if begin + length > end:
                raise RecordError(Fault.TRUNCATED, f"a file of {length} bytes, and the archive ends before it does")
            return Member(name or header.name, at, begin, length, min(begin + _padded(length), end)), is_file
        if header.size > _MOST_EXTENDING:
            raise RecordError(Fault.BAD_RECORD, f"{header.size} bytes that extend a header")
        stream.seek(begin)
        data = stream.read(header.size)
        if header.type == tarfile.GNUTYPE_LONGNAME:
            name = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        elif header.type == tarfile.XHDTYPE:
            said = _pax(data)
            name = said.get("path", name)
            size = _number(said.get("size", ""), size)
        place = begin + _padded(header.size)
    raise RecordError(Fault.BAD_RECORD, "too many headers that extend one")


def _header(stream: BinaryIO, at: int) -> tarfile.TarInfo:
    stream.seek(at)
    data = stream.read(BLOCK)
    try:
        found = tarfile.TarInfo.frombuf(data, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        fault = Fault.TRUNCATED if len(data) < BLOCK else Fault.BAD_RECORD
        raise RecordError(fault, f"no header of a tar at byte {at}: {error}") from error
    if found.size < 0:
        raise RecordError(Fault.BAD_RECORD, f"the header at byte {at} states a negative size")
    return found


def _pax(data: bytes) -> dict[str, str]:
    """The records of a pax header, `LENGTH NAME=VALUE` and a line end each; what cannot be read ends them.

    >>> _pax(b"14 path=a.txt\\n" + b"12 size=123\\n")
    {'path': 'a.txt', 'size': '123'}
    """
    found: dict[str, str] = {}
    while data:
        length, blank, _ = data.partition(b" ")
        stop = _number(length.decode("latin-1"), 0) if blank else 0
        if not len(length) < stop <= len(data):
            break
        name, equals, told = data[len(length) + 1 : stop].partition(b"=")
        if equals:
            found[name.decode("utf-8", "replace")] = told.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        data = data[stop:]
    return found


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else otherwise


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _past_zeros(stream: BinaryIO, at: int, end: int) -> int:
    """The first block from `at` on that is not empty: empty ones end an archive, and another one may be joined to it."""
    size = BLOCK
    while at < end:
        stream.seek(at)
        data = stream.read(min(size, end - at))
        if not data:
            return end
        rest = len(data.lstrip(b"\0"))
        if rest:
            return at + (len(data) - rest) // BLOCK * BLOCK
        at, size = at + len(data), _CHUNK
    return end


def _next_header(stream: BinaryIO, at: int, end: int) -> int:
    """The next byte at which a header begins; `end` where none does."""
    while at < end:
        stream.seek(at)
        data = stream.read(min(_CHUNK, end - at))
        for place in range(0, len(data), BLOCK):
            block = data[place : place + BLOCK]
            if block.startswith(_MAGIC, _MAGIC_AT) and _is_header(block):
                return at + place
        if not data:
            return end
        at += len(data)
    return end


def _is_header(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
