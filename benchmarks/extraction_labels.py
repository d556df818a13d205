"""Which blocks of a page are main content by its gold text: both are aligned in order, then what is left is matched as a bag."""

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

# A word, or one character of a script without spaces between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")


def tokens(text: str) -> list[str]:
    """The words of a text, lower case; unspaced scripts by character."""
    return _TOKEN.findall(text.lower())


def common_subsequence(page: list[str], gold: list[str]) -> npt.NDArray[np.bool_]:
    """Which words of `page` lie on a longest common subsequence with `gold` (bit-parallel, Hyyro 2004)."""
    places: dict[str, int] = {}
    for index, word in enumerate(page):
        places[word] = places.get(word, 0) | (1 << index)
    full, size = (1 << len(page)) - 1, len(page) // 8 + 1
    state, rows = full, []
    for word in gold:
        both = state & places.get(word, 0)
        state = ((state + both) | (state - both)) & full
        rows.append(state.to_bytes(size, "little"))
    hit = np.zeros(len(page), np.bool_)
    column, row = len(page), len(gold)
    while column and row:
        place, bit = divmod(column - 1, 8)
        if rows[row - 1][place] >> bit & 1:
            column -= 1
            continue
        row -= 1
        if not row or rows[row - 1][place] >> bit & 1:
            column -= 1
            hit[column] = True
    return hit


def labels(texts: list[str], gold: str) -> npt.NDArray[np.bool_]:
    """Whether each block is main content (docs/sources.md, "Main content").

    A block is, if its words lie on the alignment nearly all, or most of them with a run of three. Blocks out of order are, if most of
    their three-word runs are in the gold and its words are not yet spent; short ones, if the alignment has them all and they are not
    spent.
    """
    blocks, wanted = [tokens(text) for text in texts], tokens(gold)
    hit = common_subsequence([word for block in blocks for word in block], wanted)
    bounds = np.cumsum([len(block) for block in blocks])[:-1]
    hits = np.split(hit, bounds) if texts else []
    lines = {" ".join(tokens(line)) for line in gold.split("\n")}
    good = np.array([aligned(block, found, lines) for block, found in zip(blocks, hits, strict=True)], np.bool_)
    left = Counter(wanted)
    for index in np.flatnonzero(good):
        left.subtract(blocks[index])
    runs = set(zip(wanted, wanted[1:], wanted[2:], strict=False))
    for moved in (True, False):
        for index in np.flatnonzero(~good):
            block = blocks[index]
            if block and (is_moved(block, runs, left) if moved else hits[index].all() and unspent(block, left) >= 1):
                good[index] = True
                left.subtract(block)
    return good


def aligned(block: list[str], found: npt.NDArray[np.bool_], lines: set[str]) -> bool:
    """Whether the alignment has the block as a whole, or most of it with a run of three words."""
    count, matched = len(block), int(found.sum())
    if count and matched >= 0.99 * count and (count >= 3 or " ".join(block) in lines):
        return True
    return count >= 4 and matched >= 0.6 * count and bool((found[:-2] & found[1:-1] & found[2:]).any())


def is_moved(block: list[str], runs: set[tuple[str, str, str]], left: Counter[str]) -> bool:
    """Whether a block of four words or more stands elsewhere in the gold."""
    own = list(zip(block, block[1:], block[2:], strict=False))
    return len(block) >= 4 and sum(run in runs for run in own) >= 0.7 * len(own) and unspent(block, left) >= 0.8


def unspent(block: list[str], left: Counter[str]) -> float:
    """The share of the block's words that the gold still has."""
    return sum(min(count, max(left[word], 0)) for word, count in Counter(block).items()) / len(block)
