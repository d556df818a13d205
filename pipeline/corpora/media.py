"""The audio and video of a document: references with their places in its sequence, as one column. Pure."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from schemas.records import Recording
from schemas.tables import PAYLOAD, Column
from transforms.document import Document
from transforms.interleave import shifted

MEDIA = Column(
    "media",
    pa.string(),
    "JSON list of the audio and video of its main content, as references: kind (audio or video), sources (url, and the declared type; "
    "text/html is a player's page), title, caption of its figure, poster, tracks (url, kind, lang, label) and transcript (where a link "
    "beside it leads); empty where the page says nothing. It stands before `place` of the sequence, or where `character` is not 0 inside "
    "the text there, before that character",
    PAYLOAD,
)


def media_within(document: Document, begin: int, end: int) -> list[Recording]:
    """The media between two items of a document, placed from the first on; what stands behind all items stands in the last part."""
    last = len(document.items) - 1
    return [each._replace(place=each.place - begin) for each in document.media if begin <= min(each.place, last) < end]


def media_cell(
    media: Sequence[Recording],
    spots: Sequence[tuple[int, int]],
    written: Sequence[str | int],
    trimmed: Sequence[str | int],
) -> str:
    """The column's value, from where the media stand in the sequence as it was written, before it was trimmed."""
    rows = (told(each, *shifted(spot, written, trimmed)) for each, spot in zip(media, spots, strict=True))
    return json.dumps(list(rows), ensure_ascii=False)


def told(medium: Recording, place: int, character: int) -> dict[str, Any]:
    """What a document says of a medium."""
    own = {name: getattr(medium, name) for name in ("kind", "title", "caption", "poster", "transcript")}
    listed = {name: [each._asdict() for each in getattr(medium, name)] for name in ("sources", "tracks")}
    return {"place": place, "character": character, **own, **listed}
