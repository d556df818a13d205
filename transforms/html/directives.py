"""Directives: what a page and its server say about its use. Read in full, then kept verbatim as far as a row may hold. Pure.

A directive is `name: value`, from `<meta>` tags and from response headers. Reading them follows docs/sources.md, "Opt-outs".
Robots rules (`robots_rules`) bind us if they address everyone or one of AGENTS, the crawlers that gather data for AI; a rule for a
search engine alone does not. What AIPREF, Content-Signal, TDM reservation and RSL say (`usage`) addresses everyone. What was read is never
cut; what is kept for a row is (`stored`), and what decided comes first there.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from schemas.recipe import SIGNALS as BITS
from transforms.characters import lower
from transforms.html.robots_rules import AGENTS, rules
from transforms.html.rsl import page_links, rsl_links
from transforms.html.usage import USAGE_SIGNALS, usage_of

if TYPE_CHECKING:  # the driver reads directives of headers, and no tree
    from turbohtml import Element

HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")
SEARCHERS = frozenset(("googlebot-image", "googlebot-news", "slurp", "teoma", "yandex", "baiduspider"))

# What only the policy files of a site can say (`transforms.consent`).
SITE_SIGNALS = ("robots_ai", "ai_txt", "robots_all")

# Strictest first; the two of images concern images alone.
SIGNALS = (
    "noai", "tdm_reserved", *USAGE_SIGNALS, "none", "noindex", *SITE_SIGNALS, "rsl", "noimageai", "noimageindex",
)  # fmt: skip
IMAGE_SIGNALS = frozenset(("noimageai", "noimageindex"))
ROBOTS_SIGNALS = frozenset(("noai", "none", "noindex", *IMAGE_SIGNALS))

MOST = 64  # directives stored of one page or response
LONGEST = 500  # characters stored of one
NAMES = re.compile(r"[^\s,;]+")


def page_directives(
    elements: Iterable["Element"], inert: Collection["Element"] = (), links: Iterable["Element"] = ()
) -> tuple[str, ...]:
    """What a page's meta tags say to crawlers, in document order: `robots: noindex, noai`, `tdm-reservation: 1`.

    Elements that are `inert` stand in a template, and say nothing. `links` may hold links to terms in RSL, which come last.
    """
    kept: dict[str, None] = {}
    for element in elements:
        name = meta_name(element) if element.tag == "meta" else ""
        content = element.attr("content") if name else None
        if content is not None and element not in inert:
            kept[directive(name, content)] = None
    kept |= dict.fromkeys(directive("link", link) for link in page_links(links))
    return tuple(kept)


def header_directives(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What the response headers say, in the order sent: `x-robots-tag: noai`, `content-usage: train-ai=n`.

    >>> header_directives((("Content-Type", "text/html"), ("X-Robots-Tag", "noai")))
    ('x-robots-tag: noai',)
    """
    said: dict[str, None] = {}
    for header, content in headers:
        name = lower(header.strip())
        if name in HEADERS:
            said[directive(name, content)] = None
        elif name == "link":
            said |= dict.fromkeys(directive(name, link) for link in rsl_links(content))
    return tuple(said)


def signals(directives: Iterable[str]) -> tuple[str, ...]:
    """Every signal that the directives give, strictest first, for a recipe that switches them one by one.

    >>> signals(("x-robots-tag: unavailable_after: 25 Jun 2030 15:00:00 PST, noai", "robots: noindex"))
    ('noai', 'noindex')
    >>> signals(("x-robots-tag: max-image-preview: none",))
    ()
    """
    given = evidence(directives)
    return tuple(signal for signal in SIGNALS if signal in given)


def signal_bits(directives: Iterable[str]) -> int:
    """The signals that directives give, a bit each in the order of `schemas.recipe.SIGNALS`.

    >>> signal_bits(("robots: noai", "x-robots-tag: noimageai"))
    3
    """
    return sum(1 << BITS.index(signal) for signal in signals(directives))


def evidence(directives: Iterable[str]) -> dict[str, str]:
    """For each signal that the directives give the shortest directive that gives it, in the order in which they were given.

    >>> evidence(("x-robots-tag: nofollow, gptbot: noarchive, noai",))
    {'noai': 'x-robots-tag: gptbot: noai'}
    """
    found: dict[str, str] = {}
    for line in directives:
        for signal, said in signals_of(line):
            found.setdefault(signal, said)
    return found


def stored(directives: tuple[str, ...], most: int = MOST, longest: int = LONGEST) -> tuple[str, ...]:
    """What a row holds of directives, in their order: `most` of them, `longest` characters of each, and all that decided.

    A directive that first gives a signal is always among them, and where it is too long, what decided stands in front of it.

    >>> stored(("robots: a, b", "robots: c", "robots: index, noai"), most=2, longest=15)
    ('robots: a, b', 'robots: noai … ')
    """
    telling: dict[str, list[str]] = {}
    given: set[str] = set()
    for line in directives:
        new = {signal: said for signal, said in signals_of(line) if signal not in given}
        if new:
            telling[line] = list(new.values())
            given |= new.keys()
    others = [line for line in directives if line not in telling][: max(0, most - len(telling))]
    kept = {*telling, *others}
    return tuple(shortened(line, telling.get(line, []), longest) for line in directives if line in kept)


def shortened(line: str, decided: list[str], longest: int) -> str:
    """A directive of at most `longest` characters, what `decided` in front where it is cut."""
    if len(line) <= longest:
        return line
    return (f"{', '.join(decided)} … {line}" if decided else line)[:longest]


def binds_images(signal: str) -> bool:
    """Whether a signal concerns images alone: then the page's text may stay and its images go."""
    return signal in IMAGE_SIGNALS


def signals_of(line: str) -> Iterator[tuple[str, str]]:
    """The signals of one directive, each with the shortest directive that would say so."""
    named, _, content = line.partition(":")
    for name in NAMES.findall(named):
        if name in ("robots", "x-robots-tag") or name in AGENTS:
            for agent, rule in rules(content, prefixes=name == "x-robots-tag"):
                if rule in ROBOTS_SIGNALS and (not agent or agent in AGENTS):
                    yield rule, f"{name}: {agent}: {rule}" if agent else f"{name}: {rule}"
        else:
            yield from ((signal, f"{name}: {said}") for signal, said in usage_of(name, content))


def meta_name(element: "Element") -> str:
    """Which crawlers a meta tag speaks to, lower case: the first of its name, property and http-equiv that names some; "" for none.

    One tag may name several, parted by commas or white space.
    """
    for attribute in ("name", "property", "http-equiv"):
        if (named := element.attr(attribute)) and (names := crawlers_in(named)):
            return names
    return ""


@lru_cache(4096)
def crawlers_in(named: str) -> str:
    """Those of the names in an attribute that address crawlers, lower case.

    >>> crawlers_in("Robots, viewport"), crawlers_in("og:title")
    ('robots', '')
    """
    return ",".join(name for name in NAMES.findall(lower(named)) if speaks_to_crawlers(name))


def speaks_to_crawlers(name: str) -> bool:
    """Whether a meta name addresses crawlers: all of them, a named one, or text and data mining."""
    return name == "robots" or name in HEADERS or name in AGENTS or name in SEARCHERS or name.endswith("bot")


def directive(name: str, content: str) -> str:
    """A directive on one line."""
    return f"{name}: {' '.join(content.split())}"
