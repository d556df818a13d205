"""How an address was answered -> records of an archive: each request with its response, and which redirects led there. Pure."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import NamedTuple

from pipeline.fetch.exchange import Hop
from transforms.consent.said import Said
from transforms.listed import REQUESTED, caption_fields
from transforms.warc.cdxj import Entry
from transforms.warc.heads import media_type, value
from transforms.warc.write import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    STORED,
    Block,
    Pieces,
    fields_block,
    level_of,
    member,
    pieces_of,
    record_id,
    sibling,
)

REQUEST, METADATA = 1, 2  # records that belong to a response: its id and this make theirs


class Asked(NamedTuple):
    """What was asked for: by which unit, in which round, by which address; what was said, by robots.txt to us ("" of files of sites) and
    by files of its site about the address that answered; and what the lists call it."""

    unit: int
    round: int
    url: str
    robots: str = ""
    said: tuple[Said, ...] = ()
    captions: tuple[str, ...] = ()


class Packed(NamedTuple):
    """A record as it goes into a file; of a response also its line of the index, which lacks its place."""

    data: bytes
    entry: Entry | None = None


def records_of(asked: Asked, hops: Sequence[Hop], sha256: str = "") -> Iterator[Packed]:
    """The records of all hops in order: of each its response and its request; behind the last one what led to it.

    `sha256` is that of the last body as it came, where it is known.
    """
    answer = ""
    for place, hop in enumerate(hops):
        answer = record_id(asked.unit, asked.url, asked.round, place)
        last = place == len(hops) - 1
        yield _response(answer, hop, asked.said if last else (), sha256 if last else "")
        sent = Block(HTTP_REQUEST, (hop.request_head,))
        about = (("WARC-Target-URI", hop.url), ("WARC-IP-Address", hop.address), ("WARC-Concurrent-To", answer))
        yield Packed(member(pieces_of("request", sibling(answer, REQUEST), hop.began, sent, about), STORED))
    yield Packed(member(_metadata(asked, hops, answer), STORED))


def _response(identity: str, hop: Hop, said: Sequence[Said], sha256: str) -> Packed:
    headers = hop.headers
    declared, coding = value(headers, "content-type"), value(headers, "content-encoding")
    kind, _ = media_type(declared)
    block = Block.http(HTTP_RESPONSE, hop.head, hop.body, sha256)
    came = (
        ("WARC-Target-URI", hop.url),
        ("WARC-IP-Address", hop.address),
        ("WARC-Protocol", hop.head[:8].decode("ascii", "replace").lower()),
        ("WARC-Truncated", hop.truncated),
        *[one.field() for one in said if one.signal],
    )
    packed = member(pieces_of("response", identity, hop.began, block, came), level_of(kind, coding))
    entry = Entry(hop.url, hop.began, kind or "unk", hop.status, block.payload_digest, len(packed), -1, "")
    return Packed(packed, entry)


def _metadata(asked: Asked, hops: Sequence[Hop], answer: str) -> Pieces:
    """What led to the last response, whose id is given: the address of the list and its captions there, each redirect, robots.txt,
    and how long it took."""
    last = hops[-1]
    said = fields_block(
        (
            (REQUESTED, asked.url),
            *[("via", hop.url) for hop in hops[:-1]],
            *caption_fields(asked.captions),
            ("robots", asked.robots),
            ("fetchTimeMs", str(round(sum([hop.seconds for hop in hops]) * 1000))),
        )
    )
    about = (("WARC-Target-URI", last.url), ("WARC-Concurrent-To", answer))
    return pieces_of("metadata", sibling(answer, METADATA), last.began, said, about)


def info(filename: str, unit: int, segment: int, date: str, agent: str, origin: str = "") -> Packed:
    """The record that begins a file: what wrote it, how it introduced itself, and where records come from that others had fetched."""
    said = fields_block(
        [
            ("software", f"triptych/{version('triptych')}"),
            ("format", "WARC File Format 1.1"),
            ("description", origin),
            ("robots", "" if origin else "strict (RFC 9309)"),
            ("http-header-user-agent", agent),
        ]
    )
    return Packed(
        member(pieces_of("warcinfo", record_id(unit, segment, "warcinfo"), date, said, [("WARC-Filename", filename)]))
    )
