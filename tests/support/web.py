"""A little web of our own for runs: pages whose words a recipe keeps, and pictures that tell themselves apart."""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from tests.support.archives import response, warc_bytes
from tests.support.pictures import encoded

SITE = "http://ex.org/"
WORDS = (
    "the", "of", "and", "to", "house", "river", "stone", "walked", "under", "bright", "morning", "letter", "window",
    "garden", "because", "slowly", "people", "many", "years", "later", "they", "found", "that", "it", "was", "quiet",
)  # fmt: skip


def passage(seed: int, words: int = 70) -> str:
    """A paragraph of prose that no other seed gives."""
    draw = random.Random(seed)
    sentences = [" ".join(draw.choices(WORDS, k=10)).capitalize() + "." for _ in range(words // 10)]
    return f"Passage {seed} begins here. {' '.join(sentences)}"


def picture(seed: int, form: str = "PNG", size: tuple[int, int] = (300, 240)) -> bytes:
    """A picture of soft colours that no other seed gives."""
    draw = random.Random(seed)
    tile = Image.frombytes("RGB", (8, 6), draw.randbytes(8 * 6 * 3))
    return encoded(tile.resize(size, Image.Resampling.BICUBIC), form)


def page(*parts: str) -> bytes:
    """A page of these pieces of HTML; a piece without markup becomes a paragraph."""
    body = "\n".join(part if part.startswith("<") else f"<p>{part}</p>" for part in parts)
    return f"<!doctype html><html lang=en><title>Page</title><body><article>{body}</article></body></html>".encode()


def shown(name: str, body: bytes) -> bytes:
    """The record of a picture under SITE."""
    return response(SITE + name, body, f"image/{name.rpartition('.')[2]}")


def archive(path: Path, records: Iterable[bytes]) -> str:
    """Writes an archive, one gzip member a record; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(warc_bytes(records))
    return str(path)


def by_corpus(rows: Sequence[dict[str, object]], corpus: str) -> list[dict[str, object]]:
    """The rows of `dropped` or `failed` that belong to one corpus."""
    return [row for row in rows if row["corpus"] == corpus]
