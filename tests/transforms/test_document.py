"""The staged form of a document."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind, Container, ContainerKind, MediaKind, Recording, Source, Track
from transforms.document import Item, pack_document, unpack_document

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.IMAGE])
BLOCKS = st.tuples(KINDS, TEXT, st.integers(0, 20), st.integers(-1, 9)).map(
    lambda parts: Block(*parts[:3], container=parts[3])
)
ITEMS = st.lists(BLOCKS | st.integers(0, 10**6)).map(tuple)
CELLS = st.lists(st.integers(0, 99) | TEXT, max_size=3).map(tuple)
CONTAINERS = st.lists(st.builds(Container, st.sampled_from(ContainerKind), st.integers(-1, 9), TEXT, CELLS)).map(tuple)

RECORDINGS = st.builds(
    Recording,
    st.sampled_from((MediaKind.AUDIO, MediaKind.VIDEO)),
    st.lists(st.builds(Source, TEXT, TEXT), max_size=3).map(tuple),
    TEXT,
    TEXT,
    TEXT,
    st.lists(st.builds(Track, TEXT, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    TEXT,
    st.integers(0, 99),
)
MEDIA = st.lists(RECORDINGS, max_size=3).map(tuple)


def packed(title: str, items: tuple[Item, ...]) -> bytes:
    """The frame of a document."""
    return pack_document(title, items)


@given(TEXT, ITEMS, CONTAINERS, MEDIA)
def test_what_is_packed_comes_back(
    title: str, items: tuple[Item, ...], containers: tuple[Container, ...], media: tuple[Recording, ...]
) -> None:
    """Every letter, every kind and level, every place, what stands around, and audio and video, in order."""
    assert unpack_document(pack_document(title, items, containers, media)) == (title, items, containers, media)


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
    """The JSON of a document, as its definition says: kind by place in BlockKind, level, container, text."""
    staged = [
        [list(BlockKind).index(item.kind), item.level, item.container, item.text] if isinstance(item, Block) else item
        for item in items
    ]
    tree = {"title": title, "items": staged, "containers": []}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_lone_surrogate_does_not_stop_it() -> None:
    """It becomes a question mark, as UTF-8 cannot hold it."""
    found = unpack_document(packed("a\ud800", (Block(BlockKind.CODE, "b\udfff", 1),)))
    assert (found.title, found.items) == ("a?", (Block(BlockKind.CODE, "b?", 1),))


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
