"""Aligns another extractor's text with our blocks, so that images keep their places. Pure.

The other extractor decides which text is main content and how it reads. Our blocks give the place and kind of its lines, and the images
between them.
"""

import re
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import BlockKind
from transforms.characters import WORD_SIGNS
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments

_REACH = 64  # runs searched for a line that is only a part of one
_PART = 10  # characters from which a line can be recognised as a part of a run
_CODE, _ITEM_KIND, _TABLE, _PLAIN = map(
    KINDS.index, (BlockKind.CODE, BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.PARAGRAPH)
)
_NO_KEY = re.compile(rf"[^{WORD_SIGNS}]+|_+")
_ITEM = re.compile(r"( *)- (.*)", re.DOTALL)


class _Line(NamedTuple):
    """A line as a run of the page."""

    text: str
    kind: int
    level: int
    holder: int


def aligned(page: Segments, text: str) -> npt.NDArray[np.bool_]:
    """Rewrite the runs of `page` so that the lines of `text` are among them, and say which runs they are.

    A line that is a whole run or a part of one takes its place; any other becomes a run of its own behind the line before it.
    """
    lines = [line for line in map(str.rstrip, text.split("\n")) if line.strip()]
    found = places_of(lines, [key_of(text) for text in page.texts])
    by_place: dict[int, list[str]] = defaultdict(list)
    foreign: dict[int, list[str]] = defaultdict(list)
    last = -1
    for line, place in zip(lines, found, strict=True):
        (by_place if place >= 0 else foreign)[place if place >= 0 else last].append(line)
        last = max(last, place)
    return rewrite(page, by_place, foreign)


def rewrite(page: Segments, by_place: dict[int, list[str]], foreign: dict[int, list[str]]) -> npt.NDArray[np.bool_]:
    """Put the lines into the runs, shift what counts runs, and return which runs hold lines."""
    runs: list[_Line] = []
    origins: list[int] = []  # the run that each was, -1 for a foreign line
    kept: list[bool] = []
    shift = np.zeros(len(page.texts) + 1, np.int64)
    old = list(map(_Line, page.texts, page.kinds.tolist(), page.levels.tolist(), page.holders.tolist()))
    for place in range(-1, len(old)):
        if place >= 0:
            shift[place] = len(runs)
            run, lines = old[place], by_place.get(place)
            runs.append(run._replace(text="\n".join(clean(line, run.kind) for line in lines)) if lines else run)
            origins.append(place)
            kept.append(bool(lines))
        for line in foreign.get(place, ()):
            runs.append(run_of(line, old[max(place, 0)].holder if old else 0))
            origins.append(-1)
            kept.append(True)
    shift[-1] = len(runs)
    page.texts = [run.text for run in runs]
    page.kinds, page.levels, page.holders = (
        np.array(column, np.int64) for column in zip(*((run.kind, run.level, run.holder) for run in runs), strict=True)
    )
    page.linked, page.inlines = (np.append(column, 0)[origins] for column in (page.linked, page.inlines))
    page.firsts, page.ends = shift[page.firsts], shift[page.ends]
    page.places = [place._replace(before=int(shift[place.before])) for place in page.places]
    page.cells = {}  # the other extractor's rows have their own
    return np.array(kept, np.bool_)


def places_of(lines: list[str], keys: list[str]) -> list[int]:
    """For each line the run that it is or is a part of, -1 for none; lines and runs are in the same order, mostly."""
    whole: dict[str, list[int]] = defaultdict(list)
    for index in range(len(keys) - 1, -1, -1):
        whole[keys[index]].append(index)
    places: list[int] = []
    last = 0
    for line in lines:
        key = key_of(line)
        place = -1
        if whole.get(key):
            place = whole[key].pop()
        elif len(key) >= _PART:
            place = next((i for i in range(last, min(last + _REACH, len(keys))) if key in keys[i]), -1)
        places.append(place)
        last = max(last, place)
    return places


def key_of(text: str) -> str:
    """What a line and a run must share to be the same: letters and digits."""
    return _NO_KEY.sub("", text)


def clean(line: str, kind: int) -> str:
    """A line without the mark of its kind, which rendering puts on again; code keeps all of it."""
    if kind == _CODE:
        return line
    if line.startswith("|"):
        return " | ".join(cell.strip() for cell in line.strip("| ").split("|"))
    item = _ITEM.fullmatch(line)
    return (item[2] if item and kind == _ITEM_KIND else line).strip()


def run_of(line: str, holder: int) -> _Line:
    """A run for a line that no run of the page holds."""
    item = _ITEM.fullmatch(line)
    if item:
        return _Line(item[2].strip(), _ITEM_KIND, len(item[1]) // 2 + 1, holder)
    kind = _TABLE if line.startswith("|") else _PLAIN
    return _Line(clean(line, kind), kind, 0, holder)
