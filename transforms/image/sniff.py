"""What kind of file some bytes are, by their first bytes; what a server or a page calls them does not count."""

import re

DECODED = ("jpeg", "png", "webp", "gif")  # the kinds that are decoded (docs/sources.md, "Decodable images")

_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"\0\0\1\0", "ico"),
    (b"\0\0\2\0", "ico"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"8BPS", "psd"),
)
_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"msf1": "heic"}
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # sizes of the header that follows a bitmap's file header
_HEAD = 1445  # bytes that are looked at for markup, as browsers do (MIME Sniffing Standard §5)
_PROLOGUE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype\s+svg[^\[>]*(?:\[.*?\]\s*)?>)*", re.S | re.I)
_SVG = re.compile(rb"<svg[\s>]", re.I)
_HTML = re.compile(
    rb"<(?:!doctype html|html|head|body|title|meta|script|style|iframe|div|p|h1|a|table|br)[\s>]|<!--", re.I
)


def sniff(data: bytes) -> str:
    """jpeg, png, webp, gif, svg, avif, heic, jxl, tiff, bmp, ico, psd, pdf, html, or "" where unknown.

    >>> sniff(b"GIF89a..."), sniff(b"<!DOCTYPE html><p>404"), sniff(b"hello")
    ('gif', 'html', '')
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "")
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BITMAP_HEADERS:
        return "bmp"
    return _markup(data[:_HEAD])


def _markup(head: bytes) -> str:
    head = head.removeprefix(b"\xef\xbb\xbf")
    prologue = _PROLOGUE.match(head)
    root = prologue.end() if prologue else 0
    if _SVG.match(head, root):
        return "svg"
    return "html" if _HTML.match(head, root) else ""
