"""The staged form of a document: its title, its kept blocks with the places of its images, and what stands around them. Pure."""

import json
import threading
from collections.abc import Sequence
from itertools import starmap
from typing import NamedTuple

import zstandard

from schemas.records import Block, BlockKind, Container, ContainerKind, MediaKind, Recording, Source, Track

_LEVEL = 3  # zstd's own default


class _Compressor(threading.local):
    """Each thread's compressor: made once, as making one costs a fifth of a page's compression. It keeps nothing of a frame."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress


_COMPRESSOR = _Compressor()


Item = Block | int  # a kept block of text, or the place of an image among the page's images
_KINDS = tuple(BlockKind)  # a staged block names its kind by its place here
_CONTAINER_KINDS = tuple(ContainerKind)  # and a staged container so


class Document(NamedTuple):
    """A staged document: its title, its blocks and the places of its images in order, the containers that the blocks name, and its audio
    and video, each with the number of items before it.

    Every form of its text comes out of it (`transforms.html.render`), so no corpus needs a second parse.
    """

    title: str
    items: tuple[Item, ...]
    containers: tuple[Container, ...] = ()
    media: tuple[Recording, ...] = ()


def pack_document(
    title: str, items: Sequence[Item], containers: Sequence[Container] = (), media: Sequence[Recording] = ()
) -> bytes:
    """The staged form of a document: one zstd frame of JSON with a checksum.

    >>> items = Block(BlockKind.HEADING, "A", 2), 0, Block(BlockKind.LIST_ITEM, "b", 1, container=0)
    >>> document = Document("Title", items, (Container(ContainerKind.ITEM, -1, "- "),))
    >>> unpack_document(pack_document(*document)) == document
    True
    """
    staged = [
        item if isinstance(item, int) else (_KINDS.index(item.kind), item.level, item.container, item.text)
        for item in items
    ]
    around = [(_CONTAINER_KINDS.index(each.kind), *each[1 : 4 if each.cells else 3]) for each in containers]
    tree = {"title": title, "items": staged, "containers": around, **({"media": media} if media else {})}
    body = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return _COMPRESSOR.compress(body.encode("utf-8", "replace"))


def unpack_document(frame: bytes) -> Document:
    """A document from its staged form. Raises zstandard.ZstdError where the frame is damaged."""
    tree = json.loads(zstandard.decompress(frame))
    items = [item if isinstance(item, int) else block_of(*item) for item in tree["items"]]
    containers = tuple(container_of(*each) for each in tree["containers"])
    return Document(tree["title"], tuple(items), containers, tuple(starmap(recording_of, tree.get("media", ()))))


def block_of(kind: int, level: int, container: int, text: str) -> Block:
    """A block from its staged form."""
    return Block(_KINDS[kind], text, level, container=container)


def recording_of(
    kind: str,
    sources: Sequence[Sequence[str]],
    poster: str,
    title: str,
    caption: str,
    tracks: Sequence[Sequence[str]],
    transcript: str,
    place: int,
) -> Recording:
    """A reference to audio or video from its staged form."""
    own = tuple(starmap(Source, sources)), poster, title, caption, tuple(starmap(Track, tracks))
    return Recording(MediaKind(kind), *own, transcript, place)


def container_of(kind: int, parent: int, mark: str, cells: Sequence[int | str] = ()) -> Container:
    """A container from its staged form."""
    return Container(_CONTAINER_KINDS[kind], parent, mark, tuple(cells))
