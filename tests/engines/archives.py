"""A small crawl for tests of engines: the sample over and over, so that its pages are near duplicates across units of work."""

import random
import re
from pathlib import Path

from pipeline.plan import SMALL_BYTES
from schemas.records import Capture
from tests.support.archives import response, warc_bytes
from tests.support.runs import SAMPLE
from transforms.warc.read import read_captures

FILLER = 2**20
PARAGRAPH = re.compile(rb"(<p>[^<]{100,})</p>")


def archives(folder: Path, count: int) -> list[str]:
    """So many archives, each the sample on hosts of its own, with a sentence more on each page, and large enough for a unit."""
    folder.mkdir(parents=True)
    with SAMPLE.open("rb") as sample:
        captures = [item for item in read_captures(sample) if isinstance(item, Capture)]
    paths = [folder / f"sample-{number}.warc.gz" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(warc_bytes([*(_told_again(item, number) for item in captures), *_filler(number)]))
    return [str(path) for path in paths]


def _told_again(item: Capture, number: int) -> bytes:
    """A capture of the sample on another host."""
    end = f".example{number}/"
    body = item.body
    if item.media_type == "text/html":
        more = rf"\1 Here ends what edition {number} says of it.</p>".encode()
        body = PARAGRAPH.sub(more, body.replace(b".example/", end.encode()), count=1)
    return response(item.url.replace(".example/", end), body, item.media_type, item.status)


def _filler(number: int) -> list[bytes]:
    """Records of no use, that do not shrink, of more bytes than an archive may have that shares a unit."""
    noise = random.Random(number)
    pieces = SMALL_BYTES // FILLER + 1
    return [
        response(f"https://filler.example{number}/{piece}.mp4", noise.randbytes(FILLER), "video/mp4")
        for piece in range(pieces)
    ]
