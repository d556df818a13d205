"""The staged form of a document: its title and its kept blocks with the places of its images. Pure."""

import json
import threading
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import zstandard

from schemas.records import Block, BlockKind
from transforms.html.render import gap, line_of, runs  # noqa: F401 - runs is for the example below

_LEVEL = 3  # zstd's own default


class _Compressor(threading.local):
    """Each thread's compressor: made once, as making one costs a fifth of a page's compression. It keeps nothing of a frame."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress


_COMPRESSOR = _Compressor()


Item = Block | int  # a kept block of text, or the place of an image among the page's images
_KINDS = tuple(BlockKind)  # a staged block names its kind by its place here


class Document(NamedTuple):
    """A staged document: its title, its runs of text with the places of images between them, and what each block of a run is.

    `marks` has for each run the (kind, level, characters with its mark) of its blocks; most corpora need the runs alone.
    """

    title: str
    parts: tuple[str | int, ...]
    marks: tuple[tuple[tuple[int, int, int], ...], ...]

    def items(self) -> Iterator[Item]:
        """The blocks, without the marks of their kinds, and the places of images, in document order.

        >>> blocks = (Block(BlockKind.HEADING, "A", 2), Block(BlockKind.LIST_ITEM, "b", 1), Block(BlockKind.LIST_ITEM, "c", 2), 0)
        >>> tuple(unpack_document(pack_document("", blocks, runs(blocks))).items()) == blocks
        True
        """
        marks = iter(self.marks)
        for part in self.parts:
            if isinstance(part, int):
                yield part
            else:
                yield from blocks_of(part, next(marks))


def blocks_of(run: str, marks: Sequence[tuple[int, int, int]]) -> Iterator[Block]:
    """The blocks of a run of text."""
    at, before = 0, None
    for code, level, length in marks:
        block = Block(_KINDS[code], "", level)
        at += 0 if before is None else len(gap(before, block.kind))
        yield block._replace(text=run[at + len(line_of(block)) : at + length])
        at, before = at + length, block.kind


def pack_document(title: str, items: Sequence[Item], parts: Sequence[str | int]) -> bytes:
    """The staged form of a document, one zstd frame of JSON with a checksum, from its items and the runs that they make.

    Kinds and levels stay, so no corpus needs a second parse.
    """
    marks: list[list[list[int]]] = []
    for block, together in groupby(items, key=lambda item: not isinstance(item, int)):
        if block:
            marks.append([[_KINDS.index(b.kind), b.level, len(line_of(b))] for b in together if isinstance(b, Block)])
    body = json.dumps({"title": title, "parts": parts, "marks": marks}, ensure_ascii=False, separators=(",", ":"))
    return _COMPRESSOR.compress(body.encode("utf-8", "replace"))


def unpack_document(frame: bytes) -> Document:
    """A document from its staged form. Raises zstandard.ZstdError where the frame is damaged."""
    tree = json.loads(zstandard.decompress(frame))
    return Document(tree["title"], tuple(tree["parts"]), tuple(tree["marks"]))
