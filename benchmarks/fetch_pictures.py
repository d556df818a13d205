"""What a crawl fetched -> shards of squares, and nothing else that a run does: ours in the part `border` of `fetch_speed`.

    fetch_pictures.py LIST CRAWL OUTPUT SIZE

Reads the archives of a crawl front to back, makes each image as a recipe's `resize_mode = "border"` has it, under the limits of a run, and
writes WebDataset shards with caption and a JSON file of address, digest and sizes, as img2dataset does. What a run measures beside it
(perceptual hash, colours, spread) and what it does with pages is left out. Prints how many images there are, as JSON.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image

from pipeline.formats.webdataset import header
from schemas.recipe import ImagePart
from schemas.records import Capture
from transforms.consent.policies import kind_of
from transforms.image.decode import decode, orientation_of, shown
from transforms.image.encode import encoded
from transforms.image.header import Limits, read_header
from transforms.warc.read import read_captures

SHARD = 10_000  # images of a shard: img2dataset's default


def images(crawl: Path) -> Iterator[tuple[str, bytes]]:
    """Address and bytes of each image of a crawl."""
    for path in sorted((crawl / "archive").rglob("*.warc.gz")):
        with path.open("rb") as file:
            for item in read_captures(file):
                if isinstance(item, Capture) and item.kind == "response" and not kind_of(item.url):
                    yield item.url, item.body


def main(list_: str, crawl: str, output: str, size: str) -> None:
    """Make them all."""
    table = pq.read_table(list_)
    captions = dict(zip(table["url"].to_pylist(), table["caption"].to_pylist(), strict=True))
    asked, limits = ImagePart("border", int(size)), Limits()
    Path(output).mkdir(parents=True)
    count = 0
    for number, chunk in enumerate(chunks(images(Path(crawl)))):
        with open(Path(output) / f"{number:05d}.tar", "wb") as shard:
            for url, body in chunk:
                picture, made = square(body, asked, limits)
                digest = hashlib.sha256(body).hexdigest()
                about = {"url": url, "caption": captions[url], "sha256": digest, "size": picture.size}
                files = {"jpg": made, "json": json.dumps(about).encode(), "txt": captions[url].encode()}
                for end, data in files.items():
                    shard.write(b"".join((header(f"{count:09d}.{end}", len(data)), data, bytes(-len(data) % 512))))
                count += 1
            shard.write(bytes(1024))
    print(json.dumps({"pictures": count}))


def chunks(found: Iterator[tuple[str, bytes]]) -> Iterator[Iterator[tuple[str, bytes]]]:
    """The images of each shard."""
    for first in found:
        yield chain([first], islice(found, SHARD - 1))


def square(body: bytes, asked: ImagePart, limits: Limits) -> tuple[Image.Image, bytes]:
    """A picture, and its file as it is published."""
    about = read_header(body, limits)
    image = decode(body, about, limits)
    picture = shown(image)
    return picture, encoded(picture, orientation_of(image, about), asked, limits.bytes)


if __name__ == "__main__":
    main(*sys.argv[1:])
