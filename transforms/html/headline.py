"""The headline of a page: which of its runs of text it is, and so kept. Pure.

Of a page's headings it is the h1, unless that is the name of the site; then, and where there is none, the heading, or else the run of text,
that is a part of the page's title as its marks divide it. The trained model cannot tell, since most gold texts leave the headline out
(docs/extraction.md, "Headlines").
"""

import re
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from schemas.records import BlockKind
from transforms.characters import lower, settled
from transforms.html.metadata import About
from transforms.html.nodes import Flags
from transforms.html.run_texts import KINDS
from transforms.html.segment import Segments

HEADING = KINDS.index(BlockKind.HEADING)
_BEGINNING = 3  # characters
_LONG_WORD = 8  # characters; a shorter one is in many titles (ours)
_DEEPEST = 3  # a heading of a lower rank is no headline (ours)
_LONGEST = 300  # characters (ours)
_MARKS = re.compile(r"\s+[-|–—·:»«•/~]+\s+|\s*[|»«•]\s*|:\s+|\s+::\s+")  # between the parts of a title
_WORDS = re.compile(r"\w+")  # of `settled` text
_ALL_LINK = 0.9  # of a run's characters: it leads to another page, or to itself
_LEAST_OVERLAP = 0.5  # of a heading's words that stand in the title, for one h1 to be preferred to another


def key_of(text: str) -> str:
    """A text's words in small letters, a space between them: what titles are compared by.

    >>> key_of("The Harbour: Part 2!")
    'the harbour part 2'
    """
    return " ".join(_WORDS.findall(lower(settled(text[:_LONGEST]))))


def title_parts(title: str) -> set[str]:
    """The keys of a title, and of each part of it and of each beginning and end that its marks divide off.

    >>> sorted(title_parts("The basin: a vote - Coast Journal"))
    ['a vote', 'a vote coast journal', 'coast journal', 'the basin', 'the basin a vote', 'the basin a vote coast journal']
    """
    cuts = [0]
    for mark in _MARKS.finditer(title):
        cuts += [mark.start(), mark.end()]
    cuts.append(len(title))
    begins, ends = cuts[::2][:8], cuts[1::2][:8]
    parts = {key_of(title[begin:end]) for place, begin in enumerate(begins) for end in ends[place:]}
    return parts - {""}


def headline_of(page: Segments, about: About, first: int) -> int:
    """The run that is the page's headline, -1 where it shows none; `first` is the first run of its main content.

    >>> import turbohtml
    >>> from transforms.html.segment import segment
    >>> page = segment(turbohtml.parse("<h1><a href=/>Coast</a></h1><h2>The basin</h2><p>It has silted up.</p>"))
    >>> headline_of(page, About("The basin - Coast"), 2), headline_of(page, About("Another"), 2)
    (1, 0)
    """
    numbers = np.flatnonzero((page.kinds == HEADING) & (page.levels <= _DEEPEST)).tolist()
    levels = page.levels.tolist() if len(numbers) < 200 else page.levels
    tops = [number for number in numbers if levels[number] == 1 and key_of(page.texts[number])]
    if len(tops) == 1 and is_title(page, tops[0], about):
        return tops[0]
    parts = title_parts(about.title) | ({key_of(about.headline)} if about.headline else set())
    site = key_of(about.site)
    named = in_title(page, numbers, parts, site, about)
    if (
        named
        and tops
        and min(page.levels[named].tolist()) > 1
        and (wider := [top for top in tops if holds_part(page.texts[top], parts)])
    ):
        named = wider
    if named:
        return nearest(highest(page, named, first), first)
    if tops:
        return best_of(page, tops, parts, site, first)
    if plain := unmarked(page, parts, site, about):
        return nearest(plain, first)
    alike = [number for number in numbers if levels[number] < _DEEPEST and shared(page.texts[number], parts)]
    return nearest(alike, first) if alike else -1


def is_title(page: Segments, number: int, about: About) -> bool:
    """Whether a heading is, without doubt, what the page's metadata call it."""
    text = page.texts[number]
    return text == about.headline or (text == about.title and not about.site)


def is_named(text: str, about: About) -> bool:
    """Whether a text is a part of the page's title or what its metadata call it."""
    key = key_of(text)
    return key == key_of(about.headline) or key in title_parts(about.title)


def highest(page: Segments, named: Sequence[int], first: int) -> Sequence[int]:
    """Of headings that are parts of the title those of the highest rank; but the h1 of a blog is a link with the blog's name, and what
    stands below it is the post's."""
    ranks = page.levels[list(named)].tolist()
    best = [number for number, rank in zip(named, ranks, strict=True) if rank == min(ranks)]
    below = [number for number, rank in zip(named, ranks, strict=True) if rank > min(ranks) and number <= first]
    return below if below and all(is_link(page, number) for number in best) else best


def is_link(page: Segments, number: int) -> bool:
    """Whether a run is all link."""
    return int(page.linked[number]) >= _ALL_LINK * len(page.texts[number])


def nearest(runs: Sequence[int], first: int) -> int:
    """The run that stands nearest before `first`, else the first behind it."""
    return min(runs, key=lambda run: (run > first, abs(first - run)))


def shared(text: str, parts: Collection[str]) -> bool:
    """Whether half of a heading's words, and two of them or a long one, stand in the title."""
    words = key_of(text).split()
    common = set(" ".join(parts).split()).intersection(words)
    return 2 * len(common) >= len(words) and (len(common) > 1 or max(map(len, common), default=0) >= _LONG_WORD)


def best_of(page: Segments, tops: Sequence[int], parts: set[str], site: str, first: int) -> int:
    """Of a page's h1 the one that shares most words with its title, then the one nearest to its main content."""
    told = set(" ".join(parts).split())

    def rank(number: int) -> tuple[bool, float, bool, int]:
        words = key_of(page.texts[number]).split()
        overlap = len(told.intersection(words)) / max(len(words), 1)
        return (
            key_of(page.texts[number]) == site,
            -overlap if overlap >= _LEAST_OVERLAP else 0.0,
            number > first,
            abs(first - number),
        )

    return min(tops, key=rank)


def in_title(page: Segments, runs: Iterable[int], parts: Collection[str], site: str, about: About) -> list[int]:
    """Those of some runs that are a part of the page's title, and not its site's name."""
    known = lower(f"{about.title} {about.headline}")
    texts = page.texts
    return [
        run
        for run in runs
        # Most are told by their first letters, which is quicker.
        if lower(texts[run][:_BEGINNING]).strip("\"'“«(") in known
        and (key := key_of(texts[run])) in parts
        and key != site
    ]


def holds_part(text: str, parts: Collection[str]) -> bool:
    """Whether a part of the title, of two words or more, makes up half of a heading."""
    key = key_of(text)
    return any(" " in part and 2 * len(part) >= len(key) and f" {part} " in f" {key} " for part in parts)


def unmarked(page: Segments, parts: Collection[str], site: str, about: About) -> list[int]:
    """The runs of more than a word that are a part of the page's title: a headline that is marked up as nothing."""
    longest = 2 * max(map(len, parts), default=0)
    short = [run for run, text in enumerate(page.texts) if _BEGINNING < len(text) <= longest]
    return [
        run
        for run in in_title(page, short, parts, site, about)
        if len(page.texts[run].split()) > 1 or not page.texts[run].isascii()
    ]


def find_headline(page: Segments, about: About, kept: Flags) -> int:
    """The headline of a page that has kept text; -1 where there is none."""
    texts = np.flatnonzero(kept & (page.kinds != HEADING))
    return headline_of(page, about, int(texts[0])) if len(texts) else -1


def keep_headline(page: Segments, kept: Flags, headline: int) -> None:
    """Keep a page's headline, as a heading, where other text is kept."""
    if headline >= 0 and (kept & (page.kinds != HEADING)).any():
        kept[headline] = True
        if page.kinds[headline] != HEADING:
            page.kinds[headline], page.levels[headline] = HEADING, 1
