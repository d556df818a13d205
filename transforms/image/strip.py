"""Takes out of an image file what says who made it, where and when: EXIF, XMP, IPTC, comments, and all that lies behind the picture. Pure.

No pixel changes: whole segments and chunks are left out, nothing is decoded. Colour profiles stay, and of EXIF a block that holds the
orientation and nothing else. What stays is a closed list, so an unknown chunk goes. On the way the file is mended where browsers show it
and strict readers do not: a JPEG or PNG file gets the end that it lacks, a PNG file loses a profile that is beyond their limits, and
ancillary chunks of a wrong checksum.
"""

import re
import struct
import zlib
from collections.abc import Callable, Mapping

from transforms.image import walk
from transforms.image.other_headers import tiff_tags

_EXIF = b"Exif\0\0"
_JPEG_COMMENT, _JPEG_APPS, _JPEG_END = 0xFE, range(0xE0, 0xF0), b"\xff\xd9"
_JPEG_STRAY, _JFIF, _ADOBE = 0, 0xE0, 0xEE
# Application segments that say how to read the picture, and what none begins with.
_JPEG_KEPT: Mapping[int | bytes, bytes] = {_JFIF: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", _ADOBE: b"Adobe"}
_NEVER = bytes(2**16)
# Bytes of either that say how to read the picture; in JFIF the size of a small copy and that copy follow.
_JFIF_SAYS, _ADOBE_SAYS = 12, 12
_PNG_PICTURE = frozenset((b"IHDR", b"PLTE", b"IDAT"))
_PNG_KEPT = frozenset((b"tRNS", b"acTL", b"fcTL", b"fdAT", b"iCCP"))
# Chunks that say how colours are meant, by the bytes that each has (PNG, third edition, §11.3.2).
_PNG_COLOURS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4}
_PROFILE = 2**20  # bytes that Pillow inflates of a chunk
_WEBP_KEPT = frozenset((b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"))
# Chunks within ANMF, and the bytes before them.
_WEBP_OF_FRAMES, _WEBP_FRAME = frozenset((b"ALPH", b"VP8 ", b"VP8L")), 16
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # flags of VP8X
_GIF_CONTROL, _GIF_APPLICATION, _GIF_PICTURE = 0xF9, 0xFF, -1
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
# Tags of a TIFF file that say more than how to read the picture: texts, makers, times, XMP, IPTC, EXIF, GPS.
_TIFF_SAYING = frozenset(
    (269, 270, 271, 272, 285, 305, 306, 315, 316, 700, 33432, 33723, 34377, 34665, 34853, 37510, 42112)
)
_SAYING = {"avif": re.compile(rb"infe.{8,12}(?:Exif|mime)|uuid", re.DOTALL), "ico": re.compile(rb"eXIf|tEXt|iTXt|zTXt")}


def cannot_be_stripped(data: bytes, kind: str) -> bool:
    """Whether a file of a decoded image holds what cannot be taken out of it without encoding it anew: some AVIF, TIFF and ICO files."""
    if kind == "tiff":
        return not _TIFF_SAYING.isdisjoint(tiff_tags(data))
    return kind in _SAYING and _SAYING[kind].search(data) is not None


def stripped(data: bytes, kind: str, orientation: int) -> bytes:
    """The file of an image that could be decoded, without its metadata. `orientation` is EXIF's, which stays where it is not 1."""
    return _STRIPPED[kind](data, orientation) if kind in _STRIPPED else data


def orientation_exif(value: int) -> bytes:
    """EXIF data, from their TIFF header on, that hold nothing but an orientation."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)


def _jpeg(data: bytes, orientation: int) -> bytes:
    head, kept, at, last = data[:2], [], 2, 2
    for kind, start, end in walk.jpeg_segments(data):
        last = end
        if kind == _JPEG_STRAY:  # a decoder steps over what stands between segments
            kept.append(data[at:start])
            at = last = start + 1
        elif kind == _JPEG_COMMENT or kind in _JPEG_APPS:
            said = _jpeg_says(kind, data[start:end])
            if kind == _JFIF and start == 6 and said:
                head, at = data[:2] + segment(kind, said), end
            elif said != data[start:end]:
                kept.append(data[at : start - 4] + (segment(kind, said) if said else b""))
                at = end
    end = walk.jpeg_end(data, last)
    picture = data[at:] if end < 0 else data[at:end]
    exif = segment(walk.JPEG_APP1, _EXIF + orientation_exif(orientation)) if orientation != 1 else b""
    return b"".join([head, exif, *kept, picture.rstrip(b"\xff"), _JPEG_END])


def _jpeg_says(kind: int | bytes, content: bytes) -> bytes:
    """What of an application segment says how to read the picture."""
    if not content.startswith(_JPEG_KEPT.get(kind, _NEVER)):
        return b""
    if kind == _JFIF and len(content) > _JFIF_SAYS + 2:
        return content[:_JFIF_SAYS] + b"\0\0"
    return content[:_ADOBE_SAYS] if kind == _ADOBE else content


def segment(kind: int | bytes, content: bytes) -> bytes:
    """A segment of a JPEG file."""
    assert isinstance(kind, int)
    return bytes((0xFF, kind)) + struct.pack(">H", len(content) + 2) + content


def _png(data: bytes, orientation: int) -> bytes:
    kept = [data[:8]]
    for kind, start, end in walk.png_chunks(data):
        if kind == b"IEND":
            break
        assert isinstance(kind, bytes)
        if _png_stays(data, kind, start, end):
            kept.append(data[start - 8 : end + 4])
        if kind == b"IHDR" and orientation != 1:
            kept.append(chunk(b"eXIf", orientation_exif(orientation)))
    return b"".join([*kept, walk.PNG_END])


def _png_stays(data: bytes, kind: bytes, start: int, end: int) -> bool:
    if kind in _PNG_PICTURE:
        return True
    known = kind in _PNG_KEPT or _PNG_COLOURS.get(kind) == end - start
    if not known or not walk.crc_holds(data, start, end):
        return False
    return kind != b"iCCP" or _is_readable_profile(data[start:end])


def _is_readable_profile(content: bytes) -> bool:
    """Whether the profile of an iCCP chunk inflates to what Pillow takes."""
    _, _, packed = content.partition(b"\0")
    inflating = zlib.decompressobj()
    try:
        profile = inflating.decompress(packed[1:], _PROFILE)
    except zlib.error:
        return False
    return bool(profile) and not inflating.unconsumed_tail


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _webp(data: bytes, orientation: int) -> bytes:
    within = data[: 8 + walk.little(data, 4, 4)]
    kept = []
    for kind, start, end in walk.riff_chunks(within):
        content = within[start:end]
        if kind == b"VP8X":
            flags = content[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if orientation != 1 else 0)
            content = bytes([flags]) + content[1:]
        elif kind == b"ANMF":
            content = _webp_frame(content)
        if kind in _WEBP_KEPT:
            assert isinstance(kind, bytes)
            kept.append(riff_chunk(kind, content))
    if orientation != 1:
        kept.append(riff_chunk(b"EXIF", orientation_exif(orientation)))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_frame(content: bytes) -> bytes:
    """A frame of an animation with the chunks of its picture alone."""
    chunks = walk.riff_chunks(content, _WEBP_FRAME)
    kept = [content[start - 8 : end + (end & 1)] for kind, start, end in chunks if kind in _WEBP_OF_FRAMES]
    return b"".join([content[:_WEBP_FRAME], *kept])


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a WebP file, padded to an even length."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)


def _gif(data: bytes, orientation: int) -> bytes:
    """GIF files have no orientation."""
    kept, at, last = [], 0, len(data)
    for label, start, end in walk.gif_parts(data):
        last = end
        known = label == _GIF_APPLICATION and data[start + 3 : start + 14] in _GIF_KEPT
        if label not in (_GIF_PICTURE, _GIF_CONTROL) and not known:
            kept.append(data[at:start])
            at = end
    return b"".join([*kept, data[at:last], b";"])


_STRIPPED: Mapping[str, Callable[[bytes, int], bytes]] = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}
