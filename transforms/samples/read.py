"""Reads the samples of a tar as img2dataset and webdataset write them: an image, its JSON and its caption, under one key. Pure.

A sample gives two captures: the image under its address, and what the list says of it (`transforms.listed`), whose captions thus caption
it. Their record is the whole sample, from the first header of its first member on: `Capture.within` tells the two apart.
"""

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture, Damage
from transforms.html.urls import LONGEST, as_scalars
from transforms.listed import KIND, Listed, listed_block
from transforms.samples.tar import Member, members
from transforms.warc.limits import Limits
from transforms.warc.read import Tally
from transforms.warc.write import WARC_FIELDS

IMAGES = ("jpg", "jpeg", "png", "webp", "gif", "avif", "bmp", "tif", "tiff")
TABLE, TEXT = "json", "txt"
LIMITS = Limits()
MOST_BESIDE = 1 << 20  # bytes of a sample's JSON or text
MOST_MEMBERS = 64  # of a sample
URL, CAPTION, PAGE = "url", "caption", "page_url"  # what img2dataset and cc2dataset call them


def read_samples(
    stream: BinaryIO, end: int, keys: set[str], tally: Tally, limits: Limits = LIMITS, marked: bool = False
) -> Iterator[Capture | Damage]:
    """The captures of every sample in a tar of `end` bytes, in order, and every damage; `marked` is that of `members`.

    Adds the keys of the samples whose addresses could be read to `keys`.
    """
    tally.size = tally.ended = end
    held = _Held()
    for item in members(stream, end, marked):
        if isinstance(item, Damage):
            yield from _counted(_sample(held, keys), tally)
            yield from _counted([item], tally)
            held = _Held()
            continue
        key, suffix = parts(item.name)
        if not suffix:  # no member of a sample: a note beside them
            continue
        if held.members and (held.key != key or len(held.members) >= MOST_MEMBERS):
            yield from _counted(_sample(held, keys), tally)
            held = _Held()
        held.add(item, suffix, stream, limits)
    yield from _counted(_sample(held, keys), tally)


def read_image(record: bytes, limits: Limits = LIMITS) -> Capture:
    """The image of the sample whose record this is. Raises RecordError."""
    for item in read_samples(io.BytesIO(record), len(record), set(), Tally(), limits):
        if isinstance(item, Damage):
            raise RecordError(Fault(item.fault), item.detail)
        if item.kind != KIND:
            return item
    raise RecordError(Fault.BAD_RECORD, "the sample is empty")


def parts(name: str) -> tuple[str, str]:
    """The key of a member and what it is: all readers of such files part names at the first dot behind the last slash.

    >>> parts("00000/000000017.jpg"), parts("a.seg.PNG"), parts("README")
    (('00000/000000017', 'jpg'), ('a', 'seg.png'), ('README', ''))
    """
    folder, slash, last = name.rpartition("/")
    key, _, suffix = last.partition(".")
    return folder + slash + key, suffix.lower()


def _counted(items: "Iterator[Capture | Damage] | list[Damage]", tally: Tally) -> Iterator[Capture | Damage]:
    for item in items:
        if isinstance(item, Damage):
            tally.damages += 1
            tally.skipped += item.skipped
        else:
            tally.records[item.kind] += 1
        yield item


class _Held:
    """The members of one key so far, and the contents of its first image, JSON and text: read as they come, so that a tar is read in
    sequence."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.image = ""  # the suffix of its image
        self._by_suffix: dict[str, Member] = {}
        self._contents: dict[str, bytes] = {}

    @property
    def key(self) -> str:
        """The key, with its folder."""
        return parts(self.members[0].name)[0]

    def add(self, member: Member, suffix: str, stream: BinaryIO, limits: Limits) -> None:
        """Add a member; a second one of its kind is no part of the sample."""
        self.members.append(member)
        is_image = suffix in IMAGES and not self.image
        if suffix in self._by_suffix or not (is_image or suffix in (TABLE, TEXT)):
            return
        self._by_suffix[suffix] = member
        self.image = suffix if is_image else self.image
        if member.size <= (limits.payload if is_image else MOST_BESIDE):
            stream.seek(member.begin)
            self._contents[suffix] = stream.read(member.size)

    def __contains__(self, suffix: str) -> bool:
        return suffix in self._by_suffix

    def content(self, suffix: str) -> bytes:
        """What is in its member of a kind. Raises RecordError: oversize."""
        if suffix not in self._contents:
            member = self._by_suffix[suffix]
            raise RecordError(Fault.OVERSIZE, f"{member.name} holds {member.size} bytes, which is over the limit")
        return self._contents[suffix]

    def within(self, suffix: str) -> int:
        """The bytes of the sample before the content of its member of a kind."""
        return self._by_suffix[suffix].begin - self.members[0].at


def _sample(held: _Held, keys: set[str]) -> Iterator[Capture | Damage]:
    """The captures of the members of one key, which is added to `keys` once an address is known by which rows can name the sample."""
    if not held.members:
        return
    at, length, url = held.members[0].at, held.members[-1].end - held.members[0].at, ""
    try:
        if TABLE not in held:
            raise RecordError(Fault.BAD_RECORD, f"the sample {held.key} has no .json, which names its address")
        said = row_of(held.content(TABLE))
        url = address_in(said)
        keys.add(held.key.rpartition("/")[2])
        if not held.image:
            raise RecordError(Fault.BAD_RECORD, f"the sample {held.key} has no image")
        text = held.content(TEXT) if TEXT in held else b""
        caption = text.decode("utf-8", "replace") or said_text(said, CAPTION)
        listed = Listed(url, (caption,) if caption else (), said_text(said, PAGE))
        body = held.content(held.image)
    except RecordError as error:
        yield Damage(at, length, error.fault.value, error.detail, url, 1)
        return
    place = (at, length, True)
    yield image_capture(listed, place, held.within(held.image), held.image, body)
    yield list_capture(listed, place, held.within(TABLE))


def image_capture(listed: Listed, place: tuple[int, int, bool], within: int, suffix: str, body: bytes) -> Capture:
    """An image under its address; `place` is offset, length and whether a reader can enter there."""
    return Capture("resource", listed.url, "", *place, 0, f"image/{suffix}", "", (), body, "", within)


def list_capture(listed: Listed, place: tuple[int, int, bool], within: int) -> Capture:
    """What the list says of it."""
    return Capture(KIND, listed.url, "", *place, 0, WARC_FIELDS, "", (), listed_block(listed), "", within)


def row_of(data: bytes) -> dict[str, Any]:
    """The row that a sample's JSON holds, which names an address. Raises RecordError."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError(Fault.BAD_RECORD, f"its .json cannot be read: {str(error)[:200]}") from error
    if not isinstance(found, dict) or not address_in(found):
        raise RecordError(Fault.BAD_RECORD, f"its .json has no {URL!r} of at most {LONGEST} characters")
    return found


def address_in(row: dict[str, Any]) -> str:
    """The address that a row names; "" where it names none, or one that no page can name."""
    found = said_text(row, URL)
    return found if len(found) <= LONGEST else ""


def said_text(row: dict[str, Any], name: str) -> str:
    """A text of a row, lone surrogates as U+FFFD; "" where it has none."""
    found = row.get(name)
    return as_scalars(found).strip() if isinstance(found, str) else ""
