"""Images taken out of a document that is written already: texts, images, what is said of them and media stay in their places. Pure."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spot = tuple[int, int]  # a place of the sequence, and a character of the text there
BETWEEN = "\n\n"  # texts that become neighbours are one, with a blank line between them, as they would be rendered


@dataclass(frozen=True, slots=True)
class Sequences:
    """The aligned lists of a document. `images` may hold anything that stands for an image, `media` what the column says of each."""

    texts: Sequence[str | None]
    images: Sequence[Any]
    metadata: Sequence[Any]
    media: Sequence[Mapping[str, Any]]


def without_images(document: Sequences, gone: Collection[int]) -> tuple[Sequences, int]:
    """The document without the images at some places, and how many texts were joined to the one before.

    >>> before = Sequences(["a", None, "b"], [None, "x", None], [None, {}, None], [{"place": 2, "character": 0}])
    >>> after, joined = without_images(before, {1})
    >>> after.texts, after.images, after.media, joined
    (['a\\n\\nb'], [None], [{'place': 0, 'character': 1}], 1)
    """
    texts: list[str | None] = []
    kept: list[int] = []  # the place that each of them had
    starts: list[tuple[Spot, Spot]] = []  # of each old place: where it begins now, and where its first character stands
    joined, open_ = 0, False
    for place, text in enumerate(document.texts):
        last = texts[-1] if texts else None
        end = (len(texts) - 1, len(last)) if last is not None else (len(texts), 0)
        if place in gone:
            starts.append((end, end))
            open_ = True
            continue
        if open_ and text is not None and last is not None:
            texts[-1] = last + BETWEEN + text
            starts.append((end, (end[0], end[1] + len(BETWEEN))))
            joined += 1
        else:
            starts.append(((len(texts), 0),) * 2)
            texts.append(text)
            kept.append(place)
        open_ = False
    images, metadata = ([column[place] for place in kept] for column in (document.images, document.metadata))
    media = [_moved(each, starts, texts) for each in document.media]
    return Sequences(texts, images, metadata, media), joined


def _moved(
    medium: Mapping[str, Any], starts: Sequence[tuple[Spot, Spot]], texts: Sequence[str | None]
) -> dict[str, Any]:
    """A medium at its new place; the end of a text is the start of what follows."""
    place, character = medium["place"], medium["character"]
    if place >= len(starts):
        return {**medium, "place": len(texts), "character": 0}
    before, first = starts[place]
    at, inside = (first[0], first[1] + character) if character else before
    text = texts[at] if at < len(texts) else None
    if text is not None and inside >= len(text):
        at, inside = at + 1, 0
    return {**medium, "place": at, "character": inside}


def largest_side(metadata: Sequence[Any]) -> float:
    """The measure `interleaved_largest` from what is said of the images: the longest of their shorter sides as archived."""
    sides = (min(image["original_width"], image["original_height"]) for image in metadata if image)
    return float(max(sides, default=0))


def edited(row: Mapping[str, Any], gone: Collection[int]) -> dict[str, Any]:
    """A row of the interleaved corpus without the images at some places, its own numbers of images and texts with it.

    A number that is not known, null or below 0, stays as it is.
    """
    columns = (row["texts"], row["images"], json.loads(row["metadata"]), json.loads(row["media"]))
    after, joined = without_images(Sequences(*columns), gone)
    numbers: Mapping[str, Callable[[float], float]] = {
        "interleaved_images": lambda before: before - len(gone),
        "interleaved_texts": lambda before: before - joined,
        "interleaved_largest": lambda _: largest_side(after.metadata),
    }
    known = {name: row.get(name) for name in numbers}
    return {
        **row,
        "texts": list(after.texts),
        "images": list(after.images),
        "metadata": json.dumps(list(after.metadata), ensure_ascii=False),
        "media": json.dumps(list(after.media), ensure_ascii=False),
        **{name: numbers[name](value) for name, value in known.items() if value is not None and value >= 0},
    }
