"""Images taken out of a written document: it is what rendering without them would have written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from schemas.tables import interlace_fault
from transforms.forget.documents import Sequences, edited, largest_side, without_images
from transforms.html.render import PLAIN, marked
from transforms.interleave import shifted, staying

# Items of a document: a paragraph, an image (numbered later), or the mark of a medium.
ITEMS = st.lists(st.sampled_from(["text", "image", "mark"]), max_size=14)


def document(kinds: list[str]) -> list[Block | int]:
    """Items with their images numbered from 0; marks are below 0."""
    numbers = iter(range(len(kinds)))
    words = iter("abcdefghijklmnopqrstuvwxyz")
    made = {
        "text": lambda: Block(BlockKind.PARAGRAPH, next(words) * 3),
        "image": lambda: next(numbers),
        "mark": lambda: -1,
    }
    return [made[kind]() for kind in kinds]


def rendered(items: list[Block | int], images: set[int]) -> Sequences:
    """The document with these images, as the corpus writes it."""
    parts, spots = marked(staying(items, images), (), PLAIN)
    media = [dict(zip(("place", "character"), shifted(spot, parts, parts), strict=True)) for spot in spots]
    texts = [part if isinstance(part, str) else None for part in parts]
    shown = [part if isinstance(part, int) else None for part in parts]
    return Sequences(texts, shown, [None if image is None else {"n": image} for image in shown], media)


@given(ITEMS, st.data())
def test_it_is_rendered_as_if_the_images_had_never_been_there(kinds: list[str], data: st.DataObject) -> None:
    """Texts that become neighbours are one, images keep their order, media their places; paragraphs, in plain text."""
    items = document(kinds)
    images = {item for item in items if isinstance(item, int) and item >= 0}
    gone = data.draw(st.sets(st.sampled_from(sorted(images)))) if images else set()
    before, expected = rendered(items, images), rendered(items, images - gone)
    after, joined = without_images(before, {place for place, image in enumerate(before.images) if image in gone})
    assert after == expected
    assert interlace_fault(after.texts, after.images) == ""
    texts = sum(text is not None for text in before.texts)
    assert sum(text is not None for text in after.texts) == texts - joined


def test_the_numbers_of_a_row_follow() -> None:
    """Images, texts and the largest side; what is not known stays unknown."""
    sides = [None, {"original_width": 900, "original_height": 600}, None, {"original_width": 50, "original_height": 80}]
    row = {
        "id": "x",
        "texts": ["a", None, "b", None],
        "images": [None, "00.jpg", None, "01.png"],
        "metadata": json.dumps(sides),
        "media": "[]",
        "interleaved_images": 2.0,
        "interleaved_texts": 2.0,
        "interleaved_largest": 600.0,
    }
    after = edited(row, {1})
    assert (after["texts"], after["images"]) == (["a\n\nb", None], [None, "01.png"])
    assert [after[name] for name in list(row)[5:]] == [1.0, 1.0, 50.0]
    assert json.loads(after["metadata"]) == [None, sides[3]]
    unknown = row | {"interleaved_images": -1.0, "interleaved_texts": None}
    assert [edited(unknown, {1})[name] for name in ("interleaved_images", "interleaved_texts")] == [-1.0, None]
    assert largest_side([None]) == 0
