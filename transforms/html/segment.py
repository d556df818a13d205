"""Pages as runs of text between block-level tags, the elements that hold them, and where their images stand.

All nodes of some pages are looked at together (`nodes`): a run is what stands between two borders, and everything about it follows from
where borders, elements and texts stand in document order. Nothing is decided here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, pairwise
from typing import NamedTuple

import numpy as np
from turbohtml import Document

from schemas.records import BlockKind
from transforms.html.nesting import Nest, depths_of, ends_of
from transforms.html.nodes import (
    BLANK,
    BLOCK,
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
    SPACED,
    VERBATIM,
    WORDS,
    Codes,
    Flags,
    Ints,
    Nodes,
    by_tag,
    read_nodes,
)
from transforms.html.rows import LIMIT, Row, joined

KINDS = tuple(BlockKind)  # by their codes
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
_WITH_LINES = (_PLAIN, _QUOTE)
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
_BORDER = "\x00"  # stands between runs; the parser leaves none in a text
# Where two elements meet, and where one meets text. Scripts without spaces between words, from U+0E00 (Thai) on: no space is put
# between two of their letters.
_MEETING, _EDGE = "\x01", "\x02"
_ANY = f"[{_MEETING}{_EDGE}]"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# No space beside such letters, around signs that join, before closing and after opening punctuation, after a lone capital (an initial
# set large); nor inside a word of small letters, unless two elements meet there.
_SMALL = "a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f"
_GLUED = re.compile(
    f"(?<=[{_UNSPACED}([{{/\\-'\u2019\u201c\xab]){_ANY}|{_ANY}(?=[{_UNSPACED},.;:!?)\\]}}%/\\-'\u2019\u201d\xbb])"
    f"|(?<=\\b[A-Z]){_ANY}(?=[{_SMALL}])|(?<=[{_SMALL}]){_EDGE}(?=[{_SMALL}])"
)
_SPACES = re.compile("[ \t\n\r\f\xa0]+")


class Place(NamedTuple):
    """Where an image stands: in which block-level element, in which figure (-1: none), and how many runs stand before it."""

    holder: int
    figure: int
    before: int


@dataclass(slots=True)
class Segments:
    """The runs of a page in document order, its block-level elements in the order of their start tags, and its images' places.

    Per run: `texts` (none is empty), `kinds` (codes, see KINDS), `levels` (of headings and list items), `holders` (the block-level element
    around it), `linked` (characters of it that stand in links), `inlines` (the number of its first inline tag, 0 where it begins with
    text). Per block-level element, the first is the body: `tags` (numbers), `parents`, and `firsts` and `ends`: runs `firsts[i]` up to
    `ends[i]` stand in element i. `captions` are the texts of figcaptions by their figure's index.
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


def segment(tree: Document) -> Segments:
    """The runs of one page; elements that show nothing, scripts and the like, are taken out of the tree.

    >>> import turbohtml
    >>> segment(turbohtml.parse("<h1>A</h1><p>b <i>c</i><br>d")).texts
    ['A', 'b c\\nd']
    """
    return segments_of([read_nodes(tree.find("body"))[0]])[0]


class _Flow(NamedTuple):
    """The nodes of some pages end to end; their elements by places, ends and tags; which of these are block-level, and how those nest."""

    roles: Codes
    texts: list[str]
    places: Ints
    ends: Ints
    tags: Codes
    blocks: Ints
    nest: Nest

    def with_roles(self, first: int, last: int) -> Ints:
        """The numbers of the elements with a role from the first to the last given."""
        roles = self.roles[self.places]
        return np.flatnonzero((roles >= first) & (roles <= last))


class _Tokens(NamedTuple):
    """What runs are made of, texts and line breaks: their places, the run of each, whether it is text, and the text."""

    places: Ints
    runs: Ints
    is_text: Flags
    texts: list[str]


def segments_of(pages: Sequence[Nodes]) -> list[Segments]:
    """The runs of some pages; what comes out of a page does not depend on the others."""
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
    befores = join_rows(whole, flow, starts, pictures[~flags])[befores]
    places = (flow.nest.around(pictures), innermost(flow, _IS_FIGURE, pictures), befores)
    whole.places = list(map(Place, *map(np.ndarray.tolist, places)))
    return split(whole, [len(page.types) for page in pages], flow, pictures)


def flow_of(pages: Sequence[Nodes]) -> _Flow:
    """Some pages end to end."""
    types = np.frombuffer(b"".join(page.types for page in pages), np.uint8)
    places = np.flatnonzero(types == BLOCK)
    of_elements = np.frombuffer(b"".join(page.roles for page in pages), np.uint8)
    tags = np.frombuffer(b"".join(page.tags for page in pages), np.uint8)
    roles = types.copy()
    roles[places] = of_elements
    blank = np.frombuffer(b"".join(page.blank for page in pages), np.bool_)
    roles[np.flatnonzero(types == WORDS)[blank]] = BLANK
    ends = ends_of(places, np.concatenate([page.children for page in pages]), len(roles))
    blocks = np.flatnonzero(of_elements <= ROW)
    nest = Nest(places[blocks], ends[blocks], len(roles))
    return _Flow(roles, list(chain.from_iterable(page.texts for page in pages)), places, ends, tags, blocks, nest)


def borders_of(flow: _Flow) -> Flags:
    """Before which nodes a run ends: where a block-level element begins or has ended, and at a second <br>."""
    borders = np.zeros(len(flow.roles) + 1, np.bool_)
    borders[flow.places[flow.blocks]] = True
    borders[flow.ends[flow.blocks]] = True
    breaks = np.flatnonzero(flow.roles == BREAK)
    said = np.cumsum(flow.roles == WORDS)[breaks]
    borders[breaks[1:][said[1:] == said[:-1]]] = True
    return borders


def end_at_pictures(borders: Flags, flow: _Flow, pictures: Ints) -> None:
    """Let a run end at an image behind a whole sentence or a line; an image inside a sentence comes after it."""
    roles = flow.roles
    is_text = (roles == WORDS) | (roles == BLANK)
    known, finished, last = -1, False, -1
    for place, border, word, piece, text in zip(
        pictures.tolist(),
        *(
            numbers[pictures].tolist()
            for numbers in (
                latest(borders[:-1]),
                latest(roles == WORDS),
                latest(is_text | (roles == BREAK) | (roles == LINE)),
                np.cumsum(is_text) - 1,
            )
        ),
        strict=True,
    ):
        if word < max(border, last):
            continue
        if piece != known:
            known = piece
            finished = not is_text[piece] or flow.texts[text].rstrip()[-1:] in _FINISHED
        if finished:
            borders[place] = True
            last = place


def latest(flags: Flags) -> Ints:
    """For each place the last flagged one up to it, -1 for none."""
    found: Ints = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return found


def runs_of(flow: _Flow, borders: Flags) -> tuple[Ints, Segments]:
    """The place of the first word of each run, and the runs and block-level elements of all pages as if they were one."""
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
    )


def tokens_of(flow: _Flow, parts: Ints, of_runs: Ints) -> _Tokens:
    """The texts and line breaks of the runs; `parts` are the nodes that no border parts, `of_runs` those with words.

    White space before the first word or line of a run is left out: it is no part of the run.
    """
    places = np.flatnonzero((flow.roles >= LINE) & (flow.roles <= WORDS))
    roles = flow.roles[places]
    run_of = np.full(int(parts[-1]) + 1 if len(parts) else 0, -1)
    run_of[of_runs] = np.arange(len(of_runs))
    runs = run_of[parts[places]]
    begun = np.maximum.accumulate(np.where(roles == BLANK, -1, parts[places]))
    kept = (runs >= 0) & (begun == parts[places])
    is_text = roles >= BLANK
    texts = list(compress(flow.texts, kept[is_text].tolist()))
    places, runs, is_text = places[kept], runs[kept], is_text[kept]
    if len(texts) < len(places):
        filled = np.full(len(places), "\n", object)
        filled[is_text] = texts
        texts = filled.tolist()
    return _Tokens(places, runs, is_text, texts)


def kinds_of(flow: _Flow, starts: Ints) -> tuple[Ints, Ints, Ints]:
    """The kind and level of each run, and the innermost element around it that tells them (-1: none)."""
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


def texts_of(flow: _Flow, tokens: _Tokens, kinds: Ints) -> list[str]:
    """The text of each run."""
    if not len(kinds):
        return []
    firsts = np.flatnonzero(np.diff(tokens.runs, prepend=-1))
    parts = [""] * (2 * len(tokens.texts))
    parts[1::2] = tokens.texts
    for place in firsts.tolist():
        parts[2 * place] = _BORDER
    for place, space in spaces_between(flow, tokens, kinds):
        parts[2 * place] = space
    texts = "".join(parts).split(_BORDER)[1:]
    verbatim = {run: texts[run].strip("\n").rstrip() for run in np.flatnonzero(kinds == _CODE).tolist()}
    texts = [" ".join(text.split()) if "\u3000" not in text else collapse(text) for text in texts]
    with_breaks = np.unique(tokens.runs[~tokens.is_text])
    ends = np.append(firsts[1:], len(tokens.texts))
    for run in with_breaks[np.isin(kinds[with_breaks], _WITH_LINES)].tolist():
        texts[run] = with_lines(tokens, parts, int(firsts[run]), int(ends[run]))
    for run, text in verbatim.items():
        texts[run] = text
    return texts


def with_lines(tokens: _Tokens, parts: list[str], first: int, end: int) -> str:
    """The text of a run with line breaks, whose tokens are `first` up to `end`; `parts` are what stands before each, and its text."""
    breaks = (np.flatnonzero(~tokens.is_text[first:end]) + first).tolist()
    lines = ["".join(parts[2 * start + 1 : 2 * stop]) for start, stop in pairwise((first, *breaks, end))]
    return "\n".join(line for line in map(collapse, lines) if line)


def spaces_between(flow: _Flow, tokens: _Tokens, kinds: Ints) -> Iterator[tuple[int, str]]:
    """The tokens that take a space before them, because an element that is told apart by styling begins or has ended there.

    Where one has ended and another begins, two meet. Text in code is as it is.
    """
    styled = flow.with_roles(SPACED, LINK)
    begins, ends = flow.places[styled], np.sort(flow.ends[styled])
    one, other = tokens.places[:-1], tokens.places[1:]
    begun = np.append(begins, -1)[np.searchsorted(begins, other) - 1]
    ended = np.append(ends, len(flow.roles) + 1)[np.searchsorted(ends, one, "right")]
    meeting = (begun > one) & (ended <= begun)
    same = (tokens.runs[1:] == tokens.runs[:-1]) & tokens.is_text[1:] & tokens.is_text[:-1]
    same &= kinds[tokens.runs[1:]] != _CODE
    texts = tokens.texts
    found = np.flatnonzero(same & ((begun > one) | (ended <= other)))
    for place, two in zip(found.tolist(), meeting[found].tolist(), strict=True):
        before, after = texts[place][-2:], texts[place + 1][0]
        if not (before[-1].isspace() or after.isspace()):
            yield place + 1, space_between(before, after, two)


@lru_cache(4096)
def space_between(before: str, after: str, meeting: bool) -> str:
    """The space between two texts in different elements, "" where they take none; the last two characters of one suffice.

    >>> space_between("re", "N", False), space_between("re", ",", True)
    (' ', '')
    """
    return "" if _GLUED.search(f"{before}{_MEETING if meeting else _EDGE}{after}") else " "


def linked_in(flow: _Flow, words: Ints, of_words: Ints, count: int) -> Ints:
    """How many characters of each run stand in links."""
    links = flow.with_roles(LINK, LINK)
    in_link = depths_of(flow.places[links], flow.ends[links], len(flow.roles)) > 0
    is_word = flow.roles == WORDS
    texts = compress(flow.texts, (in_link & is_word)[is_word | (flow.roles == BLANK)].tolist())
    sizes = np.fromiter(map(len, map(str.strip, texts)), np.int64)
    found: Ints = np.bincount(of_words[in_link[words]], sizes, count).astype(np.int64)
    return found


def inlines_of(flow: _Flow, borders: Flags, tokens: _Tokens) -> Ints:
    """The number of the first inline tag of each run, 0 where it begins with text.

    It is looked for from where the last run ended, a block-level element ended, or a run ended at an image or a <br>.
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


def innermost(flow: _Flow, table: Ints, places: Ints) -> Ints:
    """The innermost block-level element, of those whose tag a table tells, around each place; -1 for none."""
    numbers = np.flatnonzero(table[flow.tags[flow.blocks]] >= 0)
    own = flow.blocks[numbers]
    around = Nest(flow.places[own], flow.ends[own], len(flow.roles)).around(places)
    return np.where(around >= 0, np.append(numbers, -1)[around], -1)


def captions_in(flow: _Flow, starts: Ints, whole: Segments) -> dict[int, str]:
    """The texts of captions in figures, by the number of the figure."""
    captions: dict[int, str] = {}
    found = np.flatnonzero(whole.kinds == _CAPTION)
    for run, figure in zip(found.tolist(), innermost(flow, _IS_FIGURE, starts[found]).tolist(), strict=True):
        if figure >= 0 and len(known := captions.get(figure, "")) < LONGEST_CAPTION:
            captions[figure] = f"{known} {whole.texts[run]}".strip()[:LONGEST_CAPTION]
    return captions


def join_rows(whole: Segments, flow: _Flow, starts: Ints, pictures: Ints) -> Ints:
    """Make one block of each row of short cells; returns how many runs stand before what any number of runs stood before.

    An image makes each cell its picture's text, so a row with one of `pictures` is left as it is.
    """
    rows = np.flatnonzero(flow.roles[flow.places[flow.blocks]] == ROW)
    begins, ends = flow.places[flow.blocks[rows]], flow.ends[flow.blocks[rows]]
    sizes = whole.ends[rows] - whole.firsts[rows]
    plain = np.searchsorted(pictures, begins) == np.searchsorted(pictures, ends)
    rows = rows[(sizes >= 2) & (sizes <= LIMIT) & plain]
    kept = np.ones(len(starts), np.bool_)
    if len(rows):
        for row, line in joined_rows(whole, flow, starts, rows):
            own = slice(row.first, row.end)
            whole.texts[row.first] = line
            whole.kinds[row.first], whole.levels[row.first], whole.inlines[row.first] = _TABLE, 0, 0
            whole.holders[row.first], whole.linked[row.first] = row.number, whole.linked[own].sum()
            whole.firsts[row.number : row.behind] = row.first
            kept[row.first + 1 : row.end] = False
    moved = np.append(0, np.cumsum(kept))
    if not kept.all():
        whole.texts = list(compress(whole.texts, kept.tolist()))
        whole.kinds, whole.levels, whole.holders = whole.kinds[kept], whole.levels[kept], whole.holders[kept]
        whole.linked, whole.inlines = whole.linked[kept], whole.inlines[kept]
        whole.firsts, whole.ends = moved[whole.firsts], moved[whole.ends]
    return moved


def joined_rows(whole: Segments, flow: _Flow, starts: Ints, rows: Ints) -> list[tuple[Row, str]]:
    """Those of some rows that become one block each, and its text."""
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


def split(whole: Segments, sizes: list[int], flow: _Flow, pictures: Ints) -> list[Segments]:
    """Each page for itself; `sizes` are the numbers of their nodes."""
    borders = np.cumsum([0, *sizes])
    blocks = np.searchsorted(flow.places[flow.blocks], borders)
    texts = np.append(whole.firsts, len(whole.texts))[blocks]
    images = np.searchsorted(pictures, borders)
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
            [
                Place(holder - own.start, max(figure - own.start, -1), before - text.start)
                for holder, figure, before in whole.places[image]
            ],
            {},
        )
        for own, text, image in zip(*map(parts_between, (blocks, texts, images)), strict=True)
    ]
    for figure, caption in whole.captions.items():
        page = int(np.searchsorted(blocks, figure, "right")) - 1
        found[page].captions[figure - int(blocks[page])] = caption
    return found


def parts_between(borders: Ints) -> list[slice]:
    """What lies between borders."""
    return [slice(*pair) for pair in pairwise(borders.tolist())]


def collapse(text: str) -> str:
    """`text` with each run of white space made one space; the ideographic space is a letter of its script and stays."""
    if "\u3000" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())
