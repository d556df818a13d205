"""PNG files without what shows nothing: a browser passes over a huge colour profile or a text whose checksum is wrong, Pillow refuses
the file. Pure."""

from transforms.image.walk import PNG_END, crc_holds, png_chunks

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What counts beside critical chunks, whose names begin with a capital: transparency, and the frames of an animation.
_SHOWN = frozenset((b"tRNS", b"acTL", b"fcTL", b"fdAT"))


def shown_chunks(data: bytes) -> bytes:
    """The file without the chunks that do not change its pixels, and without transparency whose checksum is wrong (PNG §5.3, §13.2)."""
    kept = [_SIGNATURE]
    for kind, start, end in png_chunks(data):
        if kind == b"IEND":
            break
        if _counts(data, data[start - 4 : start], start, end):
            kept.append(data[start - 8 : end + 4])
    return b"".join([*kept, PNG_END])


def _counts(data: bytes, kind: bytes, start: int, end: int) -> bool:
    if kind in _SHOWN:
        return crc_holds(data, start, end)
    return not kind[:1].islower()
