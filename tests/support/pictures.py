"""Image files made by hand or by Pillow for the image tests; nothing is read from disk."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as a file of this Pillow format."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """A grey picture that no encoder makes small, the same in every call of one size."""
    state, values = 1, bytearray()
    for _ in range(width * height):
        state = (1103515245 * state + 12345) % (1 << 31)
        values.append(state >> 16 & 0xFF)
    return Image.frombytes("L", (width, height), bytes(values))


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk with its CRC."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, data: bytes = b"") -> bytes:
    """A PNG file whose header announces RGB of this size, with more chunks before its data (zlib or not)."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP file of these chunks."""
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) & 1) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def canvas(width: int, height: int) -> tuple[bytes, bytes]:
    """The WebP chunk that announces an animation of this size."""
    return b"VP8X", b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def gif(width: int, height: int, frames: int = 1, before: bytes = b"") -> bytes:
    """A GIF file of 1 x 1 screen whose frames, each a single coded pixel, announce this size."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c\0\0\0\0" + struct.pack("<HHB", width, height, 0) + b"\x02\x02\x44\x01\x00"
    return screen + before + frame * frames + b";"


def jpeg_sized(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG file, announcing another size."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def jpeg_with(data: bytes, marker: int, payload: bytes, times: int = 1) -> bytes:
    """The same JPEG file with a segment put in front, as often as said."""
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload
    return data[:2] + segment * times + data[2:]


def jpeg_scans_repeated(data: bytes, times: int) -> bytes:
    """The same progressive JPEG file with its last scan repeated."""
    start = data.rfind(b"\xff\xda")
    return data[:-2] + data[start:-2] * times + data[-2:]


def camera_exif(orientation: int, taken: bytes = b"2024:05:17 09:30:00\0") -> bytes:
    """EXIF data as a camera writes them: an orientation, its maker, when the picture was taken, and where (GPS)."""
    file = Image.Exif()
    file[0x0112], file[0x010F] = orientation, "Maker of secrets"
    file.get_ifd(0x8769)[0x9003] = taken.rstrip(b"\0").decode()
    file.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return file.tobytes()


def exif(value: int, order: str = "<") -> bytes:
    """EXIF data (from their TIFF header on) that hold nothing but an orientation."""
    magic = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return magic + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
