"""Pages cut into runs of text between block-level tags, with the elements around them and the places of images.

The nodes of several pages are handled together (`nodes`). A run is the text between two borders; the order of borders, elements and texts
in the document gives its kind, its element and its links. Which runs are main content is decided elsewhere (`extract`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, pairwise
from typing import NamedTuple

import numpy as np
from turbohtml import Document

from schemas.records import BlockKind
from transforms.html.flow import Flow, Tokens, flow_of, innermost, latest
from transforms.html.nesting import depths_of
from transforms.html.nodes import (
    BLANK,
    BREAK,
    CAPTIONS,
    CELLS,
    HEADINGS,
    IMAGE,
    INLINE,
    ITEMS,
    LINE,
    LINK,
    LISTS,
    ROW,
    VERBATIM,
    WORDS,
    Codes,
    Flags,
    Ints,
    Nodes,
    by_tag,
    read_nodes,
)
from transforms.html.rows import LIMIT, Joined, Row, joined
from transforms.html.run_texts import KINDS, texts_of, tokens_of

_HEADING, _PLAIN, _ITEM, _CODE, _CAPTION, _QUOTE, _TABLE = (
    KINDS.index(kind)
    for kind in (
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.CODE,
        BlockKind.CAPTION,
        BlockKind.QUOTE,
        BlockKind.TABLE,
    )
)
_IN_ROWS = (_PLAIN, _ITEM)
_KIND = by_tag(
    dict.fromkeys(HEADINGS, _HEADING)
    | dict.fromkeys(ITEMS, _ITEM)
    | dict.fromkeys(CAPTIONS, _CAPTION)
    | dict.fromkeys(VERBATIM, _CODE)
    | dict.fromkeys((*CELLS, "table"), _PLAIN)
    | {"blockquote": _QUOTE},
    -1,
)
_RANK = by_tag({tag: rank for rank, tag in enumerate(HEADINGS, 1)}, 0)
_IS_LIST = by_tag(dict.fromkeys(LISTS, 1), 0)
_IS_FIGURE = by_tag({"figure": 1}, -1)
_IS_CELL = by_tag(dict.fromkeys(CELLS, 1) | {"table": 0}, -1)  # what stands in a table inside a cell is not that cell's
_FINISHED = frozenset((*".!?:;)]\"'»”」』…\u3002\uff01\uff1f", ""))
LONGEST_CAPTION = 10_000  # characters; a longer one is cut, no recipe takes a tenth of that (ours)


class Place(NamedTuple):
    """The place of an image: the block-level element and the figure around it (-1: none), and the number of runs before it."""

    holder: int
    figure: int
    before: int

    def within(self, blocks: slice, runs: slice) -> "Place":
        """The place in a page that has these of the block-level elements and runs."""
        return Place(self.holder - blocks.start, max(self.figure - blocks.start, -1), self.before - runs.start)


@dataclass(slots=True)
class Segments:
    """The runs of a page in document order, its block-level elements in the order of their start tags, and its images' places.

    `media` are the places of its audio and video, each with how many of its images stand before it.

    Per run: `texts` (none is empty), `kinds` (codes, see KINDS), `levels` (of headings and list items), `holders` (the block-level element
    around it), `linked` (characters of it that stand in links), `inlines` (the number of its first inline tag, 0 where it begins with
    text). Per block-level element, the first is the body: `tags` (numbers), `parents`, and `firsts` and `ends`: runs `firsts[i]` up to
    `ends[i]` stand in element i. `captions` are the texts of figcaptions by their figure's index. `cells` are the characters of each cell
    of a row, by its run, where the row's text does not tell them.
    """

    texts: list[str]
    kinds: Ints
    levels: Ints
    holders: Ints
    linked: Ints
    inlines: Ints
    tags: Codes
    parents: Ints
    firsts: Ints
    ends: Ints
    places: list[Place]
    captions: dict[int, str]
    cells: dict[int, tuple[int, ...]]
    media: list[tuple[Place, int]] = field(default_factory=list)


def segment(tree: Document) -> Segments:
    """The runs of one page; elements that show nothing, such as scripts, are removed from the tree first.

    >>> import turbohtml
    >>> segment(turbohtml.parse("<h1>A</h1><p>b <i>c</i><br>d")).texts
    ['A', 'b c\\nd']
    """
    return segments_of([read_nodes(tree).nodes])[0]


def segments_of(pages: Sequence[Nodes]) -> list[Segments]:
    """The runs of several pages; the result for a page is independent of the others."""
    if not pages:
        return []
    flow = flow_of(pages)
    pictures = flow.places[flow.with_roles(IMAGE, IMAGE)]
    borders = borders_of(flow)
    end_at_pictures(borders, flow, pictures)
    starts, whole = runs_of(flow, borders)
    whole.captions = captions_in(flow, starts, whole)
    befores = np.searchsorted(starts, pictures)
    flags = np.array([flag for page in pages for flag in page.flags], np.bool_)
    moved = join_rows(whole, flow, starts, pictures[~flags])
    whole.places = places_of(flow, pictures, moved[befores])
    sizes = [len(page.types) for page in pages]
    media = np.array(
        [place + node for page, place in zip(pages, [0, *accumulate(sizes)], strict=False) for node in page.media],
        np.int64,
    )
    if len(media):
        places = places_of(flow, media, moved[np.searchsorted(starts, media)])
        whole.media = list(zip(places, np.searchsorted(pictures, media).tolist(), strict=True))
    return split(whole, sizes, flow, pictures, media)


def places_of(flow: Flow, nodes: Ints, befores: Ints) -> list[Place]:
    """The places of some nodes; `befores` are the numbers of runs before them."""
    places = (flow.nest.around(nodes), innermost(flow, _IS_FIGURE, nodes), befores)
    return list(map(Place, *map(np.ndarray.tolist, places)))


def borders_of(flow: Flow) -> Flags:
    """Flags of the nodes before which a run ends: at the start and the end of block-level elements, and at a second <br>."""
    borders = np.zeros(len(flow.roles) + 1, np.bool_)
    borders[flow.places[flow.blocks]] = True
    borders[flow.ends[flow.blocks]] = True
    breaks = np.flatnonzero(flow.roles == BREAK)
    # What counts up to a break: words, and the bodies of pages, which nothing is around.
    said = np.cumsum((flow.roles == WORDS) | (flow.nest.depths == 0))[breaks]
    borders[breaks[1:][said[1:] == said[:-1]]] = True
    return borders


def end_at_pictures(borders: Flags, flow: Flow, pictures: Ints) -> None:
    """End a run at an image that follows a whole sentence or line; an image inside a sentence is placed behind the run."""
    roles = flow.roles
    is_text = (roles == WORDS) | (roles == BLANK)
    word = latest(roles == WORDS)[pictures]
    inside = word >= latest(borders[:-1])[pictures]  # most pictures begin a run
    pictures, word = pictures[inside], word[inside]
    known, finished, last = -1, False, -1
    columns = (latest(is_text | (roles == BREAK) | (roles == LINE))[pictures], np.cumsum(is_text)[pictures] - 1)
    for place, said, piece, text in zip(*(column.tolist() for column in (pictures, word, *columns)), strict=True):
        if said < last:
            continue
        if piece != known:
            known = piece
            finished = not is_text[piece] or flow.texts[text].rstrip()[-1:] in _FINISHED
        if finished:
            borders[place] = True
            last = place


def runs_of(flow: Flow, borders: Flags) -> tuple[Ints, Segments]:
    """The node of the first word of each run, and the runs and block-level elements of all pages in one table."""
    words = np.flatnonzero(flow.roles == WORDS)
    parts = np.cumsum(borders[:-1], dtype=np.int64)
    new = np.diff(parts[words], prepend=-1) > 0
    starts, of_words = words[new], np.cumsum(new) - 1
    tokens = tokens_of(flow, parts, parts[starts])
    kinds, levels, telling = kinds_of(flow, starts)
    texts = texts_of(flow, tokens, kinds)
    only_first_of_item(kinds, levels, telling)
    begins, ends = flow.places[flow.blocks], flow.ends[flow.blocks]
    return starts, Segments(
        texts,
        kinds,
        levels,
        flow.nest.around(starts),
        np.minimum(linked_in(flow, words, of_words, len(starts)), np.fromiter(map(len, texts), np.int64, len(texts))),
        inlines_of(flow, borders, tokens),
        flow.tags[flow.blocks],
        flow.nest.around(begins),
        np.searchsorted(starts, begins),
        np.searchsorted(starts, ends),
        [],
        {},
        {},
    )


def kinds_of(flow: Flow, starts: Ints) -> tuple[Ints, Ints, Ints]:
    """The kind and level of each run, and the innermost element around it that determines them (-1: none)."""
    tags = np.append(flow.tags[flow.blocks], 0)
    telling = innermost(flow, _KIND, starts)
    kinds = np.where(telling >= 0, _KIND[tags[telling]], _PLAIN)
    lists = flow.blocks[_IS_LIST[tags[:-1]] > 0]
    depths = depths_of(flow.places[lists], flow.ends[lists], len(flow.roles))[starts]
    return kinds, np.where(kinds == _HEADING, _RANK[tags[telling]], np.where(kinds == _ITEM, depths, 0)), telling


def only_first_of_item(kinds: Ints, levels: Ints, items: Ints) -> None:
    """Only the first run of a list item is the item, the rest is text inside it."""
    runs = np.flatnonzero(kinds == _ITEM)
    rest = runs[1:][items[runs[1:]] == items[runs[:-1]]]
    kinds[rest], levels[rest] = _PLAIN, 0


def linked_in(flow: Flow, words: Ints, of_words: Ints, count: int) -> Ints:
    """The number of characters of each run that lie inside links."""
    links = flow.with_roles(LINK, LINK)
    in_link = depths_of(flow.places[links], flow.ends[links], len(flow.roles)) > 0
    is_word = flow.roles == WORDS
    texts = compress(flow.texts, (in_link & is_word)[is_word | (flow.roles == BLANK)].tolist())
    sizes = np.fromiter(map(len, map(str.strip, texts)), np.int64)
    found: Ints = np.bincount(of_words[in_link[words]], sizes, count).astype(np.int64)
    return found


def inlines_of(flow: Flow, borders: Flags, tokens: Tokens) -> Ints:
    """The number of the first inline tag of each run, 0 where it begins with text.

    The search begins behind the last run, behind the last block-level element that ended, or at the image or <br> that ended a run.
    """
    firsts = np.flatnonzero(np.diff(tokens.runs, prepend=-1))
    first_places = tokens.places[firsts]
    inlines = flow.with_roles(INLINE, LINK)
    begins = flow.places[inlines]
    ended = np.zeros(len(borders), np.bool_)
    ended[:-1] = borders[:-1] & (flow.roles >= IMAGE) & (flow.roles <= BREAK)
    ended[flow.ends[flow.blocks]] = True
    last_end = np.maximum(latest(ended)[first_places], 0)
    is_piece = (flow.roles == WORDS) | (flow.roles == BREAK) | (flow.roles == LINE)
    piece_before = np.append(latest(is_piece), -1)[first_places - 1]
    all_borders = np.flatnonzero(borders)
    since = np.maximum(last_end, all_borders[np.searchsorted(all_borders, piece_before, "right")])
    found = np.searchsorted(begins, since)
    own = np.append(begins, len(borders))[found] < first_places
    return np.where(own, np.append(flow.tags[inlines], 0)[found], 0)


def captions_in(flow: Flow, starts: Ints, whole: Segments) -> dict[int, str]:
    """The texts of captions in figures, by the number of the figure."""
    captions: dict[int, str] = {}
    found = np.flatnonzero(whole.kinds == _CAPTION)
    for run, figure in zip(found.tolist(), innermost(flow, _IS_FIGURE, starts[found]).tolist(), strict=True):
        if figure >= 0 and len(known := captions.get(figure, "")) < LONGEST_CAPTION:
            captions[figure] = f"{known} {whole.texts[run]}".strip()[:LONGEST_CAPTION]
    return captions


def join_rows(whole: Segments, flow: Flow, starts: Ints, pictures: Ints) -> Ints:
    """Make one block of each row of short cells; returns the new index of every old run (and of the end).

    Where a cell holds an image its text belongs to the image, so a row with one of `pictures` stays as it is.
    """
    rows = np.flatnonzero(flow.roles[flow.places[flow.blocks]] == ROW)
    begins, ends = flow.places[flow.blocks[rows]], flow.ends[flow.blocks[rows]]
    sizes = whole.ends[rows] - whole.firsts[rows]
    plain = np.searchsorted(pictures, begins) == np.searchsorted(pictures, ends)
    rows = rows[(sizes >= 2) & (sizes <= LIMIT) & plain]
    kept = np.ones(len(starts), np.bool_)
    if len(rows):
        for row, line, lengths in joined_rows(whole, flow, starts, rows):
            own = slice(row.first, row.end)
            whole.texts[row.first] = line
            whole.kinds[row.first], whole.levels[row.first], whole.inlines[row.first] = _TABLE, 0, 0
            whole.holders[row.first], whole.linked[row.first] = row.number, whole.linked[own].sum()
            whole.firsts[row.number : row.behind] = row.first
            kept[row.first + 1 : row.end] = False
            if lengths:
                whole.cells[row.first] = lengths
    moved = np.append(0, np.cumsum(kept))
    if not kept.all():
        whole.texts = list(compress(whole.texts, kept.tolist()))
        whole.kinds, whole.levels, whole.holders = whole.kinds[kept], whole.levels[kept], whole.holders[kept]
        whole.linked, whole.inlines = whole.linked[kept], whole.inlines[kept]
        whole.firsts, whole.ends = moved[whole.firsts], moved[whole.ends]
        whole.cells = {int(moved[run]): lengths for run, lengths in whole.cells.items()}
    return moved


def joined_rows(whole: Segments, flow: Flow, starts: Ints, rows: Ints) -> list[Joined]:
    """The rows that become one block each, and the text of that block."""
    behind = np.searchsorted(flow.places[flow.blocks], flow.ends[flow.blocks[rows]])
    cells = innermost(flow, _IS_CELL, starts)
    cells = np.where(np.append(_IS_CELL[whole.tags] > 0, False)[cells], cells, -1)
    return joined(
        [
            Row(row, last, (np.flatnonzero(whole.parents[row:last] == row) + row).tolist(), first, end)
            for row, last, first, end in zip(
                *map(np.ndarray.tolist, (rows, behind, whole.firsts[rows], whole.ends[rows])), strict=True
            )
        ],
        whole.texts,
        cells.tolist(),
        np.isin(whole.kinds, _IN_ROWS).tolist(),
    )


def split(whole: Segments, sizes: list[int], flow: Flow, pictures: Ints, media: Ints) -> list[Segments]:
    """The table of all pages cut into one per page; `sizes` are the numbers of nodes of the pages."""
    borders = np.cumsum([0, *sizes])
    blocks = np.searchsorted(flow.places[flow.blocks], borders)
    texts = np.append(whole.firsts, len(whole.texts))[blocks]
    images, marks = np.searchsorted(pictures, borders), np.searchsorted(media, borders)
    found = [
        Segments(
            whole.texts[text],
            whole.kinds[text],
            whole.levels[text],
            whole.holders[text] - own.start,
            whole.linked[text],
            whole.inlines[text],
            whole.tags[own],
            np.maximum(whole.parents[own] - own.start, -1),
            whole.firsts[own] - text.start,
            whole.ends[own] - text.start,
            [place.within(own, text) for place in whole.places[image]],
            {},
            {},
            [(place.within(own, text), before - image.start) for place, before in whole.media[mark]],
        )
        for own, text, image, mark in zip(*map(parts_between, (blocks, texts, images, marks)), strict=True)
    ]
    for figure, caption in whole.captions.items():
        page = int(np.searchsorted(blocks, figure, "right")) - 1
        found[page].captions[figure - int(blocks[page])] = caption
    for run, lengths in whole.cells.items():
        page = int(np.searchsorted(texts, run, "right")) - 1
        found[page].cells[run - int(texts[page])] = lengths
    return found


def parts_between(borders: Ints) -> list[slice]:
    """What lies between borders."""
    return [slice(*pair) for pair in pairwise(borders.tolist())]
