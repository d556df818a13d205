"""What floods of hostile bytes cost to read: seconds of CPU for each kind of flood, behind and in front of a good record.

Run from the repository root: ``python -m benchmarks.floods [MB [NAME...]]`` (default 100 MB, all). Each flood is written by a
seeded generator; what is printed is the CPU time of one scan, the good records found (of 3), and the peak memory so far.
"""

import gzip
import io
import random
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable

import zstandard

from schemas.records import Capture
from transforms.warc.read import read_captures

MAGIC = b"\x1f\x8b\x08"
ZMAGIC = b"\x28\xb5\x2f\xfd"


def good(number: int) -> bytes:
    """A small record."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Page" + b" of words" * 40
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://good.example/{number}\r\n"
    return f"{head}Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"


def repeated(piece: bytes) -> Callable[[int, random.Random], bytes]:
    """A flood of one piece."""
    return lambda size, _seed: piece * (size // len(piece))


def gathered(make: Callable[[random.Random], bytes]) -> Callable[[int, random.Random], bytes]:
    """A flood of ever new pieces; a tenth of it is made and repeated."""

    def flood(size: int, seed: random.Random) -> bytes:
        parts, made = [], 0
        while made < size // 10:
            parts.append(make(seed))
            made += len(parts[-1])
        return b"".join(parts) * 10

    return flood


def raw_deflate(data: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """A deflate stream without header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    return packer.compress(data) + packer.flush()


def dynamic_head(seed: random.Random) -> bytes:
    """A gzip header before a dynamic block of letters that breaks."""
    letters = bytes(seed.choice(b"ABCDEFGH") for _ in range(90))
    return MAGIC + b"\0" + seed.randbytes(5) + b"\xff" + raw_deflate(letters)[:40]


def zstd_block(kind: int, data: bytes, last: bool = True) -> bytes:
    """A zstd frame of one block."""
    return ZMAGIC + b"\0\x38" + struct.pack("<I", len(data) << 3 | kind << 1 | last)[:3] + data


FLOODS: dict[str, Callable[[int, random.Random], bytes]] = {
    "noise": lambda size, seed: seed.randbytes(size),
    "zeros": repeated(b"\0"),
    "newlines": repeated(b"\r\n"),
    "text": repeated(b"The quick brown fox says: WARC is no word. "),
    "gzip magic": repeated(MAGIC + b"\0"),
    "gzip headers": repeated(MAGIC + bytes(6) + b"\xff"),
    "gzip headers before stored blocks": repeated(MAGIC + bytes(6) + b"\xff" + b"\0\x05\0\xfa\xffWARC/"),
    "gzip names without an end": repeated(MAGIC + b"\x08AAAAAAAAAA"),
    "gzip extra fields": gathered(
        lambda seed: MAGIC + b"\x04" + seed.randbytes(6) + bytes([seed.randrange(200), 0]) + seed.randbytes(3)
    ),
    "gzip members of an x": repeated(gzip.compress(b"x", mtime=0)),
    "gzip members of numbers": gathered(lambda seed: gzip.compress(b"%d" % seed.randrange(10**9), mtime=0)),
    "gzip members of half a head": gathered(lambda seed: gzip.compress(b"WARC/1.%d" % seed.randrange(10**9), mtime=0)),
    "gzip members of an address": gathered(
        lambda seed: gzip.compress(b"http://%d/ -" % seed.randrange(10**9), mtime=0)
    ),
    "gzip members of newlines": repeated(gzip.compress(b"\n" * 65535, mtime=0)),
    "gzip dynamic blocks": gathered(dynamic_head),
    "zstd magic": repeated(ZMAGIC),
    "zstd frames of an x": repeated(zstandard.compress(b"x")),
    "zstd frames of half a head": gathered(lambda seed: zstandard.compress(b"WARC/1.%d" % seed.randrange(10**9))),
    "zstd frames that do not decompress": gathered(lambda seed: zstd_block(2, b"\x02" + seed.randbytes(20))),
    "zstd frames that claim a block": gathered(lambda seed: ZMAGIC + b"\0\x38" + b"\x05\0\x10" + seed.randbytes(5)),
    "zstd skippable frames": repeated(b"\x50\x2a\x4d\x18\0\0\0\0"),
    "WARC lines": repeated(b"WARC/1.0\r\n"),
    "WARC words": repeated(b"WARC/"),
    "WARC fields": repeated(b"WARC/1.0\r\nWARC-Type"),
    "ARC lines without a length": repeated(b"\nab: - - - - - - - - - - 5x"),
    "ARC lines without a date": repeated(b"\nab: aa bb cc 5"),
    "ARC lines of many tokens": repeated(b"\nab:" + b" aa aa" * 800 + b" 5"),
    "ARC lines of a long type": repeated(b"\nab: - - " + b" - -" * 1000 + b" x 5"),
    "ARC lines of long tokens": repeated(b"\nab:" + b" 1:1:1:1:1:1:1:1:1:1:1:1 20200101" * 140 + b"x"),
    "colons": repeated(b"\nab:1"),
}
KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": zstandard.compress,
    "plain": lambda data: data,
}


def cost(flood: bytes, pack: Callable[[bytes], bytes]) -> tuple[float, int]:
    """Seconds of CPU, and good records read."""
    stream = io.BytesIO(b"".join([pack(good(1)), flood, pack(good(2)), pack(good(3))]))
    begin = time.process_time()
    found = sum(isinstance(item, Capture) and "good" in item.url for item in read_captures(stream))
    return time.process_time() - begin, found


def main(size: int, names: list[str]) -> None:
    """Print a line a flood."""
    print(f"{'flood':38}" + "".join(f"{kind:>14}" for kind in KINDS) + "   peak MB   (seconds of CPU, records of 3)")
    for name in names or list(FLOODS):
        flood = FLOODS[name](size, random.Random(1))
        cells = [f"{seconds:9.2f} ({found})" for seconds, found in (cost(flood, pack) for pack in KINDS.values())]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{name:38}" + "".join(f"{cell:>14}" for cell in cells) + f"{peak:10}", flush=True)


if __name__ == "__main__":
    main(int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 100_000_000, sys.argv[2:])
