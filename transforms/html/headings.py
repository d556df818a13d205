"""Headings follow what stands below them: one between kept texts stays, one whose content was dropped goes with it. Pure."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from transforms.html.headline import HEADING, is_link
from transforms.html.nodes import TAGS, Flags
from transforms.html.segment import Segments

Floats = npt.NDArray[np.float64]
_SHORT = 25  # characters below a heading that are no content: "edit", "share", the sign of a permalink (ours)
# Headings between kept texts go where nothing below them has more than this chance of being main content: where more was dropped by
# mistake, the heading is right more often than not (.42 to .65 of 850 on the gold sets). Those of lists of entries, which are links, stay.
_NO_CHANCE = 0.05
_SUMMARY = TAGS.index("summary")


def settle_headings(page: Segments, kept: Flags, chances: Floats, headline: int, teasers: Collection[int]) -> None:
    """Keep headings between kept texts, and drop those whose content was dropped; `headline` stays as it is.

    `chances` are the runs' probabilities to be main content; `teasers` are, for each image that is a link, the number of runs before it.
    """
    heading = page.kinds == HEADING
    texts = np.flatnonzero(kept & ~heading)
    if not len(texts):
        return
    first, last = int(texts[0]), int(texts[-1])
    followed = np.append(kept[1:], False)
    for number in np.flatnonzero(heading & (kept != followed)).tolist():
        if number == headline or (kept[number] and is_link(page, number)):
            continue
        if kept[number]:
            end = section_end(page, number, heading)
            kept[number] = (
                number + 1 not in teasers
                if end == number + 1
                else bool(kept[number + 1 : end].any())
                or (number < last and float(chances[number + 1 : end].max()) > _NO_CHANCE)
            )
        elif first < number and not heading[number + 1]:
            kept[number] = kept[number - 1] and number + 1 < box_end(page, number)


def keep_summaries(page: Segments, kept: Flags) -> None:
    """Keep what heads a part that opens (`summary`), where the text right below it is kept."""
    for number in np.flatnonzero((page.tags[page.holders] == _SUMMARY) & ~kept).tolist():
        end = int(page.ends[page.parents[page.holders[number]]])
        kept[number] = number + 1 < end and kept[number + 1]


def section_end(page: Segments, number: int, heading: Flags) -> int:
    """Where what stands below a heading ends: at the next one of its rank, or with the smallest element that holds more than a few
    characters behind it."""
    rank, texts = page.levels[number], page.texts
    element = int(page.holders[number])
    while element > 0:
        end = int(page.ends[element])
        if end > number + 1 and sum(map(len, texts[number + 1 : end][:4])) > _SHORT:
            break
        element = int(page.parents[element])
    end = int(page.ends[element])
    next_ones = np.flatnonzero(heading[number + 1 : end] & (page.levels[number + 1 : end] <= rank))
    return number + 1 + int(next_ones[0]) if len(next_ones) else end


def box_end(page: Segments, number: int) -> int:
    """Where the smallest element ends that holds a heading and something behind it."""
    element = int(page.holders[number])
    while element > 0 and page.ends[element] <= number + 1:
        element = int(page.parents[element])
    return int(page.ends[element])
