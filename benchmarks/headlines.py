"""How many pages that show a headline have it in their text:

    python -m benchmarks.headlines ARCHIVE... [--gold DATA --cache DIR] [--lost N]

A page shows a headline where one heading of the first rank, outside menus and footers, says what its title or its `og:title` say, or is its
only one. One that stands on three pages of a host under different titles is the site's name, and no headline; there, and where there is no
other, it is a heading of a lower rank that the title says. A page has its headline where a kept heading or the first 300 characters of
its text say it. Counted are pages with kept text. With `--gold` the pages of the gold sets are counted too, and, for wcxb, whose gold
has title, author and day, how many of those are right.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.extraction_gold import Gold, gold_sets
from schemas.outcomes import RecordError
from schemas.records import Capture, Page
from transforms.html.charset import decode
from transforms.html.extract import extract
from transforms.html.nodes import parsed
from transforms.html.render import plain_text
from transforms.warc.read import read_captures

_WORDS = re.compile(r"\w+")
_ON_PAGES = 3
_ELSEWHERE = (
    "nav, footer, aside, dialog, template, noscript, [hidden], [role=navigation], [role=contentinfo], [role=dialog]"
)


def words(text: str | None) -> str:
    """A text's words in small letters."""
    return " ".join(_WORDS.findall((text or "").lower()))


class Shown(NamedTuple):
    """The headings of a page, by rank, and what its title says, all in words."""

    tops: list[str]
    lower: list[str]
    title: str


def shown_on(markup: str) -> Shown:
    """What a page shows that may be its headline."""
    tree = parsed(markup)
    title, named = tree.find("title"), tree.select_one('meta[property="og:title"]')
    told = f" {words(title.text if title else '')} {words(named.attr('content') if named else '')} "
    tops, lower = (
        list(
            dict.fromkeys(
                filter(None, (words(each.text) for each in tree.select(rank) if not each.closest(_ELSEWHERE)))
            )
        )
        for rank in ("h1", "h2, h3")
    )
    return Shown(tops, lower, told)


def headline_of(shown: Shown, names: Collection[str]) -> str:
    """The headline that a page shows, in words, "" where it shows none that is certain; `names` are those of its site."""
    tops = [top for top in shown.tops if top not in names]
    stated = [top for top in tops if f" {top} " in shown.title]
    if not tops:
        stated = [each for each in shown.lower if f" {each} " in shown.title and each not in names and " " in each]
    return stated[0] if len(stated) == 1 else tops[0] if len(tops) == 1 else ""


def site_names(pages: Iterable[tuple[str, Shown]]) -> dict[str, set[str]]:
    """By host the headings of the first rank that stand on three pages of different titles or more."""
    titles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for url, shown in pages:
        for top in shown.tops:
            titles[urlsplit(url).netloc, top].add(shown.title)
    names: dict[str, set[str]] = defaultdict(set)
    for (host, top), found in titles.items():
        if len(found) >= _ON_PAGES:
            names[host].add(top)
    return names


def has_headline(page: Page, headline: str) -> bool:
    """Whether a page's kept text has a headline as a heading, or begins with it."""
    letters = headline.replace(" ", "")  # a break or a tag may part words or not
    if any(block.kept and words(block.text).replace(" ", "") == letters for block in page.blocks if block.image < 0):
        return True
    return letters in words(plain_text(page)[:300]).replace(" ", "")


def archived(paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    """The archive, address and markup of each page of some archives that was answered with 200."""
    for path in paths:
        with path.open("rb") as stream:
            for capture in read_captures(stream):
                if isinstance(capture, Capture) and capture.status in (0, 200) and "html" in capture.media_type:
                    yield path.name, capture.url, decode(capture.body, capture.charset).text


def facts(gold: Gold, page: Page) -> Iterator[str]:
    """Of title, author and day those that a gold of wcxb has, and those of them that are right, missing or wrong."""
    folder = gold.path.parent.with_name("ground-truth")
    stated = json.loads((folder / f"{gold.name}.json").read_text())["ground_truth"]
    for name, key in (("title", "title"), ("author", "author"), ("published", "publish_date")):
        found, wanted = str(getattr(page, name)), str(stated.get(key) or "")
        if name == "published":
            wanted = wanted[:10]
        if wanted:
            yield f"{name} {'right' if words(found) == words(wanted) else 'wrong' if found else 'missing'}"
        else:
            yield f"{name} {'without gold' if found else 'rightly none'}"


def main() -> None:
    """Print for each archive and gold set how many pages show a headline, and how many have it."""
    parser = argparse.ArgumentParser(description="How many pages that show a headline have it in their text.")
    parser.add_argument("archives", nargs="*", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--lost", type=int, default=0, help="print so many of the pages that lost theirs")
    given = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    told: Counter[str] = Counter()
    lost: list[str] = []
    golds = gold_sets(given.gold, given.cache) if given.gold else []
    found: list[tuple[str, str, Shown, Page]] = []
    for group, url, markup, gold in chain(
        ((*each, None) for each in archived(given.archives)),
        ((gold.source, gold.url, gold.markup, gold) for gold in golds),
    ):
        try:
            page = extract(markup, url)
        except RecordError:
            continue
        found.append((group, url, shown_on(markup), page))
        if gold is not None and gold.source.startswith("wcxb"):
            told.update(facts(gold, page))
    names = site_names((url, shown) for _, url, shown, _ in found)
    for group, url, shown, page in found:
        headline = headline_of(shown, names[urlsplit(url).netloc])
        if headline and plain_text(page):
            has = has_headline(page, headline)
            counts[group, "shown"] += 1
            counts[group, "kept"] += has
            if not has:
                lost.append(f"{url}: {headline} | {page.title}")
    for group in sorted({group for group, _ in counts}):
        every, kept = counts[group, "shown"], counts[group, "kept"]
        print(f"{group:45} {kept:5} of {every:5} {kept / every:.3f}")
    every, kept = (sum(number for (_, what), number in counts.items() if what == name) for name in ("shown", "kept"))
    print(f"{'all':45} {kept:5} of {every:5} {kept / max(every, 1):.3f}")
    for name, number in sorted(told.items()):
        print(f"wcxb {name:30} {number:5}")
    print("\n".join(lost[: given.lost]))


if __name__ == "__main__":
    main()
