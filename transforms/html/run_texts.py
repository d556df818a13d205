"""The texts of runs: white space collapsed, lines and code kept, and a space between elements that only styling separates. Pure."""

import re
from itertools import compress, pairwise

import numpy as np

from schemas.records import BlockKind
from transforms.html.flow import Flow, Tokens
from transforms.html.nodes import BLANK, LINE, WORDS, Ints
from transforms.html.spaces import spaces_between

KINDS = tuple(BlockKind)  # by their codes
_CODE = KINDS.index(BlockKind.CODE)
_WITH_LINES = (KINDS.index(BlockKind.PARAGRAPH), KINDS.index(BlockKind.QUOTE))
_BORDER = "\x00"  # stands between runs; the parser leaves none in a text
_SPACES = re.compile("[ \t\n\r\f\xa0]+")


def tokens_of(flow: Flow, parts: Ints, of_runs: Ints) -> Tokens:
    """The texts and line breaks of the runs. `parts`: segment number of each node; `of_runs`: the segments that contain words.

    White space before the first word or line of a run is left out.
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
    return Tokens(places, runs, is_text, texts)


def texts_of(flow: Flow, tokens: Tokens, kinds: Ints) -> list[str]:
    """The text of each run."""
    if not len(kinds):
        return []
    firsts = np.flatnonzero(np.diff(tokens.runs, prepend=-1))
    parts = [""] * (2 * len(tokens.texts))
    parts[1::2] = tokens.texts
    for place in firsts.tolist():
        parts[2 * place] = _BORDER
    for place in spaces_between(flow, tokens, kinds != _CODE):
        parts[2 * place] = " "
    joined = "".join(parts)
    texts = collapsed(joined)
    verbatim = np.flatnonzero(kinds == _CODE).tolist()
    written = joined.split(_BORDER)[1:] if verbatim else []
    with_breaks = np.unique(tokens.runs[~tokens.is_text])
    ends = np.append(firsts[1:], len(tokens.texts))
    for run in with_breaks[np.isin(kinds[with_breaks], _WITH_LINES)].tolist():
        texts[run] = with_lines(tokens, parts, int(firsts[run]), int(ends[run]))
    for run in verbatim:
        texts[run] = written[run].replace("\xa0", " ").strip("\n").rstrip()
    return texts


def collapsed(joined: str) -> list[str]:
    """The runs of a text, each behind a border, with their white space collapsed."""
    runs = joined.split(_BORDER)[1:]
    # The only printable white space is a space, so most runs are found to be as they should.
    return [
        bare if bare.isprintable() and "  " not in bare else collapse(run)
        for run, bare in zip(runs, map(str.strip, runs), strict=True)
    ]


def with_lines(tokens: Tokens, parts: list[str], first: int, end: int) -> str:
    """The text of a run with line breaks, whose tokens are `first` up to `end`. `parts`: for each token its separator, then its text."""
    breaks = (np.flatnonzero(~tokens.is_text[first:end]) + first).tolist()
    lines = ["".join(parts[2 * start + 1 : 2 * stop]) for start, stop in pairwise((first, *breaks, end))]
    return "\n".join(line for line in map(collapse, lines) if line)


def collapse(text: str) -> str:
    """`text` with each run of white space made one space; the ideographic space is a letter of its script and stays."""
    if "\u3000" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())
