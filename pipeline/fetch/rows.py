"""How an address ended, as a row of `fetches`. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pipeline.fetch.addresses import Address
from pipeline.fetch.exchange import Hop
from pipeline.fetch.policies import shown
from schemas.fetches import ADDRESS_KEY, DROPPED, DUPLICATE, FAILED, KEPT
from schemas.outcomes import RecordError
from transforms.consent.said import Said
from transforms.fetch.content import content
from transforms.fetch.faults import FetchError, FetchFault
from transforms.warc.codings import decoded_pieces
from transforms.warc.heads import value
from transforms.warc.limits import Limits

Row = dict[str, Any]
LIMITS = Limits()
SNIFFED = 4096  # first bytes that tell what a body is
NO_PICTURES = frozenset(("html", "pdf"))  # of what the first bytes tell


class Body(NamedTuple):
    """What an answer brought, codings undone: its bytes, their SHA-256, its declared type and what its first bytes say.

    `as_sent` is the SHA-256 of the body as it came, where that is the same body; else "".
    """

    bytes: int
    sha256: str
    media_type: str
    sniffed: str
    as_sent: str = ""


def plain(address: Address, round_: int, outcome: str, reason: str = "", detail: str = "") -> Row:
    """A row of an address of which no answer is told."""
    transient = outcome == FAILED and FetchFault(reason).transient
    return {
        "id": address.id,
        "round": round_,
        "url": address.url,
        "outcome": outcome,
        "reason": reason,
        "transient": transient,
        "detail": detail[:500],
        "redirects": 0,
        "truncated": "",
        "captions": list(address.captions),
        "copies": address.copies,
    }


def duplicate(address: Address, round_: int) -> Row:
    """The row of an address for which another one stands, or of several of them."""
    return plain(address, round_, DUPLICATE, ADDRESS_KEY) | {"of": address.of}


def answered(
    address: Address, round_: int, hops: Sequence[Hop], outcome: str, reason: str = "", detail: str = ""
) -> Row:
    """A row of an address that was answered, by the last hop."""
    last = hops[-1]
    row = plain(address, round_, outcome, reason, detail)
    row["status"] = last.status
    row["final_url"] = last.url
    row["redirects"] = len(hops) - 1
    row["date"] = last.began
    row["seconds"] = sum([hop.seconds for hop in hops])
    return row


def failed(address: Address, round_: int, hops: Sequence[Hop], fault: str, detail: str) -> Row:
    """The row of an address that a fault met."""
    make = answered(address, round_, hops, FAILED, fault, detail) if hops else None
    return make or plain(address, round_, FAILED, fault, detail)


def dropped(address: Address, round_: int, hops: Sequence[Hop], rule: str, detail: str) -> Row:
    """The row of an address that a rule leaves out, maybe behind redirects."""
    make = answered(address, round_, hops, DROPPED, rule, detail) if hops else None
    return make or plain(address, round_, DROPPED, rule, detail)


def kept(address: Address, round_: int, hops: Sequence[Hop], body: Body) -> Row:
    """The row of an address whose response is in an archive."""
    row = answered(address, round_, hops, KEPT)
    row["bytes"], row["sha256"], row["media_type"], row["sniffed"], _ = body
    row["truncated"] = hops[-1].truncated
    return row


def told(robots: str, said: Sequence[Said]) -> Row:
    """The columns of what was said about the use of an address; `robots` is "" where that is not known."""
    signals = list(dict.fromkeys([one.signal for one in said if one.signal]))
    return {"robots": robots or None, "signals": signals, "consent": [one._asdict() for one in shown(said)]}


def digest_of(pieces: Iterable[bytes | memoryview], kind: str) -> str:
    """A digest of pieces, in hex digits.

    >>> digest_of([b"a", b"b"], "md5") == hashlib.md5(b"ab").hexdigest()
    True
    """
    found = hashlib.new(kind, usedforsecurity=False)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def beginning(pieces: Iterable[bytes | memoryview], most: int) -> bytes:
    """So many first bytes of pieces.

    >>> beginning([b"ab", b"cd"], 3)
    b'abc'
    """
    found = b""
    for piece in pieces:
        if len(found) >= most:
            break
        found += piece[: most - len(found)]
    return found


def body_of(address: Address, hop: Hop) -> Body:
    """What an answer brought. Raises FetchError where it does not decode, or is not what the list expects."""
    try:
        pieces = decoded_pieces(hop.body, hop.headers, LIMITS)
    except RecordError as error:
        raise FetchError(FetchFault.BAD_RESPONSE, str(error)) from error
    told = content(value(hop.headers, "content-type"), beginning(pieces, SNIFFED))
    sha256 = digest_of(pieces, "sha256")
    as_sent = sha256 if pieces and pieces[0] is hop.body else ""
    found = Body(sum(map(len, pieces)), sha256, told.declared, told.found, as_sent)
    # Pictures that are declared as something else are common and told by their bytes; a page in place of a picture is an error message.
    if not told.agrees and told.found in NO_PICTURES:
        raise FetchError(FetchFault.UNSUPPORTED_TYPE, f"declared as {told.declared[:80]}, its bytes are {told.found}")
    if address.size not in (-1, found.bytes):
        raise FetchError(FetchFault.CONTENT_CHANGED, f"{found.bytes} bytes, where the list expects {address.size}")
    kind, _, digest = address.digest.partition(":")
    actual = digest_of(pieces, "md5") if kind == "md5" else sha256
    if digest not in ("", actual):
        raise FetchError(FetchFault.CONTENT_CHANGED, f"its {kind} is {actual}, where the list expects {digest[:64]}")
    return found
