"""Whether a body is what its server says it is, by its first bytes. Pure."""

from typing import NamedTuple

from transforms.image.sniff import sniff

_PICTURES = frozenset(
    ("jpeg", "png", "webp", "gif", "svg", "avif", "heic", "jxl", "tiff", "bmp", "ico", "psd")
)  # of what `sniff` tells
_GENERAL = frozenset(
    ("", "application/octet-stream", "binary/octet-stream", "application/binary", "unknown/unknown", "*/*")
)
_PAGES = ("text/", "application/xhtml+xml", "application/xml", "application/rss+xml", "application/atom+xml")


class Content(NamedTuple):
    """What a server says of a body, and what its bytes say."""

    declared: str  # the media type, in lower case, without parameters
    found: str  # as `transforms.image.sniff.sniff` names it, "" where the bytes do not tell
    agrees: bool  # False where the bytes are surely of another family than was declared: a page for a picture, a picture for a page


def content(content_type: str, body: bytes) -> Content:
    """What a decoded body is. Between two kinds of pictures servers err too often for that to mean anything.

    >>> content("image/jpeg", b"<!doctype html><title>Not found"), content("image/jpeg", b"GIF89a").agrees
    (Content(declared='image/jpeg', found='html', agrees=False), True)
    >>> content("text/html; charset=utf-8", b"%PDF-1.7").agrees, content("", b"GIF89a").agrees
    (False, True)
    """
    declared = content_type.partition(";")[0].strip().lower()
    found = sniff(body)
    return Content(declared, found, not found or declared in _GENERAL or _family(declared) == _family_of(found))


def _family(declared: str) -> str:
    if declared.startswith("image/"):
        return "picture"
    if declared.startswith(_PAGES):
        return "page"
    return "pdf" if declared in ("application/pdf", "application/x-pdf") else "other"


def _family_of(found: str) -> str:
    if found in _PICTURES:
        return "picture"
    return {"html": "page", "pdf": "pdf"}[found]
