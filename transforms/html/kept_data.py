"""What the trained model drops among main content though it is the page's own: listings, tables of members, who is quoted. Pure."""

import re

import numpy as np

from schemas.records import BlockKind
from transforms.html.elements import Looks
from transforms.html.headline import HEADING
from transforms.html.nodes import TAGS, Flags, by_tag
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments

_CODE = KINDS.index(BlockKind.CODE)
_CODE_TAG, _TABLE_TAG, _FOOTER, _QUOTE = map(TAGS.index, ("code", "table", "footer", "blockquote"))
_MENU = by_tag(dict.fromkeys(("nav", "aside", "footer", "form"), 1), 0)
# How documentation tools call the elements that hold summaries of members: javadoc of both kinds, Sphinx, Doxygen, YARD, KDoc.
_SUMMARIES = re.compile(
    r"(?:^|\s)(?:memberSummary|overviewSummary|typeSummary|summary-table|member-summary|autosummary|memberdecls|method-summary"
    r"|constructor-summary)(?:$|\s)"
)
_SUMMARY = re.compile("[rwe]Summary|summary-t|[rdo]-?summary")  # a part of those, quicker to look for
_LONGEST_LAST = (
    1000  # characters of a listing that stands last; of 5 longer ones on the gold sets one is in the gold text
)
_SHARE = 0.6  # of the kept and dropped characters around a listing that stands last, so that it is one of the kept text (ours)


def keep_data(page: Segments, looks: Looks, said: str, kept: Flags) -> None:
    """Keep code between kept texts, the tables of an API's members where anything of the page is kept, and who is quoted.

    `said` are all values of `looks` in one text.
    """
    code = page.kinds == _CODE
    if (code & ~kept).any():
        keep_listings(page, kept, code)
    if (
        ("ummary" in said and any("ummary" in value and _SUMMARY.search(value) for value in looks.values))
        or "memberdecls" in said
        or (_TABLE_TAG in page.tags and (page.inlines == _CODE_TAG).any())
    ):
        keep_summaries(page, looks, kept)
    if _FOOTER in page.tags:
        keep_sources(page, kept)


def keep_sources(page: Segments, kept: Flags) -> None:
    """Keep who is quoted, in the footer of a quotation of which something is kept. Footers of pages have no text (`nodes`)."""
    for element in np.flatnonzero(page.tags == _FOOTER).tolist():
        quote = int(page.parents[element])
        if quote >= 0 and page.tags[quote] == _QUOTE and kept[page.firsts[quote] : page.ends[quote]].any():
            kept[page.firsts[element] : page.ends[element]] = True


def keep_listings(page: Segments, kept: Flags, code: Flags) -> None:
    """Keep listings that stand between kept texts, or last in the element of the kept text before them."""
    other = np.flatnonzero(~code)
    for run in np.flatnonzero(code & ~kept).tolist():
        behind = int(np.searchsorted(other, run))
        if not behind or not kept[other[behind - 1]]:
            continue
        if behind < len(other) and kept[other[behind]]:
            kept[run] = True
        elif len(page.texts[run]) <= _LONGEST_LAST:
            kept[run] = is_among_kept(page, kept, int(other[behind - 1]), run)


def is_among_kept(page: Segments, kept: Flags, before: int, run: int) -> bool:
    """Whether most of the text of the smallest element that holds a run and the one before it is kept."""
    element = int(page.holders[run])
    while element > 0 and page.firsts[element] > before:
        element = int(page.parents[element])
    own = range(int(page.firsts[element]), int(page.ends[element]))
    sizes = [(len(page.texts[each]), bool(kept[each])) for each in own if page.kinds[each] != _CODE]
    return sum(size for size, is_kept in sizes if is_kept) >= _SHARE * sum(size for size, _ in sizes)


def keep_summaries(page: Segments, looks: Looks, kept: Flags) -> None:
    """Keep the tables whose rows begin with code, or that are called a summary of members, with the heading right before them."""
    if not kept.any():
        return
    called = [place for place, value in enumerate(looks.values) if _SUMMARIES.search(value)]
    named = np.isin(looks.classes, called) if called else np.zeros(len(page.tags), np.bool_)
    coded = page.inlines == _CODE_TAG
    for element in np.flatnonzero(named | (page.tags == _TABLE_TAG)).tolist():
        first, end = int(page.firsts[element]), int(page.ends[element])
        if first == end or is_in_menu(page, element):
            continue
        if named[element] or 2 * coded[first:end].sum() >= (end - first) - 1:
            kept[first:end] = True
            if first and page.kinds[first - 1] == HEADING:
                kept[first - 1] = True


def is_in_menu(page: Segments, element: int) -> bool:
    """Whether an element stands in a menu, a side box, a footer or a form."""
    while element >= 0:
        if _MENU[page.tags[element]]:
            return True
        element = int(page.parents[element])
    return False
