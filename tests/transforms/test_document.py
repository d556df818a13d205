"""The staged form of a document."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from transforms.document import Item, pack_document, unpack_document
from transforms.html.render import line_of, runs

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.IMAGE])
BLOCKS = st.tuples(KINDS, TEXT, st.integers(0, 20)).map(lambda parts: Block(*parts))
ITEMS = st.lists(BLOCKS | st.integers(0, 10**6)).map(tuple)


def packed(title: str, items: tuple[Item, ...]) -> bytes:
    """The frame of a document."""
    return pack_document(title, items, runs(items))


@given(TEXT, ITEMS)
def test_what_is_packed_comes_back(title: str, items: tuple[Item, ...]) -> None:
    """Every letter, every kind and level, and every place, in order."""
    found = unpack_document(packed(title, items))
    assert (found.title, found.parts, tuple(found.items())) == (title, runs(items), items)


@given(ITEMS)
def test_packing_is_the_same_each_time(items: tuple[Item, ...]) -> None:
    """Staging has the same bytes whoever writes it (law 5)."""
    assert packed("", items) == packed("", items)


@given(st.lists(ITEMS, max_size=5))
def test_a_frame_does_not_depend_on_those_before_it(documents: list[tuple[Item, ...]]) -> None:
    """Each frame has the bytes that a new compressor gives, whatever was packed before it and in whichever thread."""
    with ThreadPoolExecutor(2) as threads:
        frames = [*map(packed, "abcde", documents), *threads.map(packed, "abcde", documents)]
    bodies = [body(title, items) for title, items in zip("abcde", documents, strict=False)]
    assert frames == [zstandard.ZstdCompressor(3, write_checksum=True).compress(each) for each in bodies] * 2


def body(title: str, items: tuple[Item, ...]) -> bytes:
    """The JSON of a document, as its definition says: kind by place in BlockKind, level, length of the line."""
    marks = [
        [[list(BlockKind).index(b.kind), b.level, len(line_of(b))] for b in together]  # type: ignore[union-attr]
        for block, together in groupby(items, lambda item: isinstance(item, Block))
        if block
    ]
    tree = {"title": title, "parts": runs(items), "marks": marks}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_lone_surrogate_does_not_stop_it() -> None:
    """It becomes a question mark, as UTF-8 cannot hold it."""
    found = unpack_document(packed("a\ud800", (Block(BlockKind.CODE, "b\udfff", 1),)))
    assert (found.title, tuple(found.items())) == ("a?", (Block(BlockKind.CODE, "b?", 1),))


def test_it_is_one_frame_that_states_its_size() -> None:
    """A reader knows what to expect, and what stands behind the frame is not touched."""
    frame = packed("Title", (Block(BlockKind.PARAGRAPH, "words " * 1000),))
    assert zstandard.frame_content_size(frame) > 6000 > 10 * len(frame)


def test_a_changed_frame_is_noticed() -> None:
    """Whichever byte behind the header is flipped, the checksum tells; no other text is given."""
    frame = packed("Title", (Block(BlockKind.PARAGRAPH, "some words of a page that stands there alone"),))
    for place in range(6, len(frame)):
        damaged = bytearray(frame)
        damaged[place] ^= 0x10
        with pytest.raises((zstandard.ZstdError, ValueError)):
            unpack_document(bytes(damaged))
