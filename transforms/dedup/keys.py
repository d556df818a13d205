"""Keys: 16-byte digests that identify an item, or by which two items are equal. Pure; cost: per record."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from transforms.html.urls import canonical, spelled

KEY_BYTES = 16


def key(data: bytes) -> bytes:
    """The first 16 bytes of the SHA-256 of `data`: at 10^10 items the chance of one false equal is 10^-19."""
    return hashlib.sha256(data).digest()[:KEY_BYTES]


def capture_id(source: str, offset: int, within: int = 0) -> bytes:
    """The id of a capture, from its place in its archive (law 5). `within` is `Capture.within`.

    >>> capture_id("a.warc.gz", 0) == capture_id("a.warc.gz", 0), capture_id("a.warc.gz", 1).hex()[:8]
    (True, 'ddbf77df')
    """
    place = f"{offset}\0{within}" if within else str(offset)
    return key(f"{source}\0{place}".encode("utf-8", "surrogateescape"))


def address_key(url: str) -> bytes:
    """The key of an address: equal where `canonical` calls two addresses the same, fragments aside.

    Its last three bits say how the address is written (`VARIANTS`); all others are equal for addresses that differ in that alone.
    """
    return joined_key(canonical(url))


# Ways in which two addresses of one thing are often written, as bits of their keys.
SCHEME, WWW, MARK = 1, 2, 4  # https, a host that begins with www., a question mark with nothing behind it
VARIANTS = SCHEME | WWW | MARK


def joined_key(url: str) -> bytes:
    """`address_key` of an address that `transforms.html.urls.join` made: it is valid already, and a page has dozens.

    >>> joined_key("http://ex.com/%78.jpg") == address_key("http://EX.com/x.jpg#top")
    True
    >>> joined_key("https://www.ex.com/x.jpg?")[15] ^ joined_key("http://ex.com/x.jpg")[15] == SCHEME | WWW | MARK
    True
    """
    rest, variant = spelled(url) if "%" in url else url, 0
    if rest.startswith("https://"):
        rest, variant = rest[8:], SCHEME
    elif rest.startswith("http://"):
        rest = rest[7:]
    else:
        rest = f"\0{rest}"
    if rest[:4] == "www.":
        rest, variant = rest[4:], variant | WWW
    if rest[-1:] == "?":
        rest, variant = rest[:-1], variant | MARK
    digest = hashlib.sha256(rest.encode("utf-8", "replace")).digest()
    return digest[: KEY_BYTES - 1] + _ENDS[digest[KEY_BYTES - 1] & ~VARIANTS | variant]


_ENDS = [bytes((end,)) for end in range(256)]


def member_ids(page_ids: pa.Array, ordinals: pa.Array) -> pa.Array:
    """The ids of images by their pages and ordinals; each begins with the page's id, so the corpora join on it (law 1).

    >>> member_ids(pa.array(["00ff"]), pa.array([7])).to_pylist()
    ['00ff-0007']
    """
    return pc.binary_join_element_wise(page_ids, pc.utf8_lpad(ordinals.cast(pa.string()), 4, "0"), "-")
