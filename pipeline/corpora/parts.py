"""Documents cut into parts: where, by their outlines and the images that stay in them, and the selection of a document as those of its
parts. Pure.

A page is judged, and compared with others, as a whole; what is left of it is cut, and each part is a document with an id of its own.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.unit_rows import References, UnitRows
from transforms.cut import Part, cut

PART = pa.struct([(name, pa.int32()) for name in ("begin", "end", "words", "texts")])
WHOLE_END = 2**31 - 1  # where a document ends that is not cut


@dataclass(frozen=True, slots=True)
class Cuts:
    """The parts of the pages that are cut, by their rows, each with its runs of text; and the item that each reference stands at."""

    parts: Mapping[int, list[tuple[Part, int]]]
    place: np.ndarray

    def groups(self, page: np.ndarray) -> np.ndarray:
        """A number for each reference, another one for each part of each page; equal ones stand together."""
        begins = {row: [part.begin for part, _ in parts] for row, parts in self.parts.items()}
        number = [
            bisect_right(begins[row], at) if row in begins else 0
            for row, at in zip(page.tolist(), self.place.tolist(), strict=True)
        ]
        changes = (np.diff(page, prepend=-1) != 0) | (np.diff(np.array(number, np.int64), prepend=-1) != 0)
        return np.asarray(np.cumsum(changes))

    def of(self, row: int) -> list[dict[str, int]]:
        """The parts of a page as its selection has them; empty where it is not cut."""
        return [{**part._asdict(), "texts": texts} for part, texts in self.parts.get(row, ())]


def cuts(unit: UnitRows, inside: References, kept: np.ndarray, max_words: int, max_images: int) -> Cuts:
    """Where the documents of a unit are cut; `kept` are the references of `inside` whose images stay."""
    place = np.full(len(inside.page), -1)
    found = {}
    if max_words or max_images:
        pages, begins = np.unique(inside.page, return_index=True)
        outlines = unit.pages["outline"]
        ranges = pairwise([*begins.tolist(), len(place)])
        for row, (begin, end) in zip(pages.tolist(), ranges, strict=True):
            # One at a time: as Python's numbers they take ten times their bytes.
            numbers = outlines[row].as_py()
            # References stand in the order of the page, and so do the images of its outline.
            place[begin:end] = np.flatnonzero(np.array(numbers) == 0)
            images = set(place[begin:end][kept[begin:end]].tolist())
            parts = cut(numbers, images, max_words, max_images)
            if len(parts) > 1:
                found[row] = [
                    (part, runs_of_text(numbers[part.begin : part.end], images, part.begin)) for part in parts
                ]
    return Cuts(found, place)


def runs_of_text(numbers: Sequence[int], images: Iterable[int], begin: int) -> int:
    """The runs of text between the images that stay; `begin` is the place of the first number.

    >>> runs_of_text([5, 0, 5, 0, -2, 5], {11}, 10)
    2
    """
    staying, runs, in_text = set(images), 0, False
    for place, number in enumerate(numbers, begin):
        if number:
            runs += not in_text
            in_text = True
        elif place in staying:
            in_text = False
    return runs


def part_rows(table: pa.Table) -> pa.Table:
    """Selected documents as their parts: a row of several becomes so many, with its images, measures and weight dealt out."""
    dealt = [split(row) for row in table.select(list(_DEALT)).to_pylist()]
    again = np.repeat(np.arange(len(table)), [len(parts) for parts in dealt])
    rows = table.drop_columns(list(_DEALT)).take(pa.array(again, pa.int64()))
    given = pa.Table.from_pylist([part for parts in dealt for part in parts], table.select(list(_DEALT)).schema)
    for name in _DEALT:
        rows = rows.append_column(given.schema.field(name), given[name])
    return rows.select(table.column_names).replace_schema_metadata(table.schema.metadata)


# What differs between the parts of a document; `cuts` is empty of what is not cut, and of a part.
_DEALT = (
    "id", "part", "parts", "begin", "end", "images", "interleaved_images", "interleaved_texts", "interleaved_largest", "text_bytes",
    "weight", "cuts",
)  # fmt: skip


def split(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a selected document, by the names of _DEALT: itself where it is not cut.

    The bytes of its text are dealt out by words.
    """
    words = sum(part["words"] for part in row["cuts"])
    found = []
    for number, part in enumerate(row["cuts"], 1):
        images = [image for image in row["images"] if part["begin"] <= image["item"] < part["end"]]
        text = row["text_bytes"] * part["words"] // max(words, 1)
        largest = max((min(image["original_width"], image["original_height"]) for image in images), default=0)
        own = {
            "id": part_id(row["id"], number), "part": number, "parts": len(row["cuts"]), "begin": part["begin"], "end": part["end"],
            "images": images, "interleaved_images": float(len(images)), "interleaved_texts": float(part["texts"]),
            "interleaved_largest": float(largest), "text_bytes": text,
            "weight": text + sum(map(image_weight, images)), "cuts": [],
        }  # fmt: skip
        found.append(own)
    return found or [dict(row)]


def part_id(page: str, number: int) -> str:
    """The id of a part of a page's document; parts are counted from 1.

    >>> part_id("00ff", 2)
    '00ff-p0002'
    """
    return f"{page}-p{number:04d}"


def page_of(identity: str) -> str:
    """The id of the page that a document, or a part of one, is made of.

    >>> page_of("00ff-p0002"), page_of("00ff")
    ('00ff', '00ff')
    """
    return identity.partition("-")[0]


def image_weight(image: Mapping[str, Any]) -> int:
    """What an image takes in its document's row: its bytes, and what `metadata` says of it."""
    return int(image["weight"]) + len(image["url"]) + len(image["alt"])
