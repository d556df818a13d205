"""Directives: what a page and its server say about its use. Kept verbatim, and parsed by one grammar. Pure.

A directive is kept as `name: value`, from `<meta>` tags and from response headers. Reading them follows
docs/sources.md, "Opt-outs": a `bot:` prefix of `X-Robots-Tag` governs its rule and the later ones of the same header up
to the next prefix; rules that take a value (`unavailable_after`, `max-image-preview`, …) are never bots; what is not
a known rule is ignored. A rule binds us if it addresses everyone or one of AGENTS, the crawlers that gather training
data; a rule for a search engine alone does not.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the driver reads directives of headers, and no tree
    from turbohtml import Element

# `content-usage` (AIPREF draft) and `content-signal` are kept, not read: the vocabulary may still change.
HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")

# Crawlers that gather training data, by product token, and this project's own; published lists of their operators.
AGENTS = frozenset(
    (
        "triptych", "ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot", "claudebot",
        "cohere-ai", "cohere-training-data-crawler", "diffbot", "facebookbot", "google-extended", "gptbot",
        "img2dataset", "laion", "meta-externalagent", "omgili", "omgilibot", "pangubot", "spawning-ai", "timpibot",
        "webzio-extended",
    )
)  # fmt: skip
SEARCHERS = frozenset(("googlebot-image", "googlebot-news", "slurp", "teoma", "yandex", "baiduspider"))

# Strictest first; the last two concern images alone.
SIGNALS = ("noai", "tdm_reserved", "none", "noindex", "noimageai", "noimageindex")
IMAGE_SIGNALS = frozenset(("noimageai", "noimageindex"))
OTHER_RULES = (
    "all", "index", "follow", "nofollow", "noarchive", "nocache", "nosnippet", "notranslate", "noodp", "noydir",
    "indexifembedded", "nositelinkssearchbox",
)  # fmt: skip
RULES = frozenset((*SIGNALS, *OTHER_RULES)) - {"tdm_reserved"}

MOST = 64  # directives kept of one page or response
LONGEST = 500  # characters kept of one
DATED = re.compile(r"unavailable_after\s*:[^,]*")
VALUED = re.compile(r"max-[a-z-]+\s*:\s*[\w-]*")
PREFIX = re.compile(r"\s*([a-z][a-z0-9_.-]*)\s*:(.*)", re.DOTALL)
WORD = re.compile(r"[^\s;]+")


def page_directives(elements: Iterable["Element"]) -> tuple[str, ...]:
    """What a page's meta tags say to crawlers, in document order: `robots: noindex, noai`, `tdm-reservation: 1`."""
    kept: dict[str, None] = {}
    for element in elements:
        name = meta_name(element) if element.tag == "meta" else ""
        content = element.attr("content") if name and speaks_to_crawlers(name) else None
        if content is not None:
            kept[directive(name, content)] = None
            if len(kept) == MOST:
                break
    return tuple(kept)


def header_directives(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What the response headers say, in the order sent: `x-robots-tag: noai`, `content-usage: train-ai=n`.

    >>> header_directives((("Content-Type", "text/html"), ("X-Robots-Tag", "noai")))
    ('x-robots-tag: noai',)
    """
    kept = (directive(name.strip().lower(), content) for name, content in headers if name.strip().lower() in HEADERS)
    return tuple(dict.fromkeys(kept))[:MOST]


def signals(directives: tuple[str, ...]) -> tuple[str, ...]:
    """Every signal that the directives give, strictest first, for a recipe that switches them one by one.

    >>> signals(("x-robots-tag: unavailable_after: 25 Jun 2030 15:00:00 PST, noai", "robots: noindex"))
    ('noai', 'noindex')
    >>> signals(("x-robots-tag: max-image-preview: none",))
    ()
    """
    given = {signal for line in directives for signal in signals_of(line)}
    return tuple(signal for signal in SIGNALS if signal in given)


def binds_images(signal: str) -> bool:
    """Whether a signal concerns images alone: then the page's text may stay and its images go."""
    return signal in IMAGE_SIGNALS


def signals_of(line: str) -> Iterator[str]:
    """The signals of one directive."""
    name, _, content = line.partition(":")
    if name == "tdm-reservation":
        if content.strip() == "1":
            yield "tdm_reserved"
    elif name in ("robots", "x-robots-tag") or name in AGENTS:
        for agent, rule in rules(content, prefixes=name == "x-robots-tag"):
            if rule in SIGNALS and (not agent or agent in AGENTS):
                yield rule


def rules(content: str, prefixes: bool) -> Iterator[tuple[str, str]]:
    """(bot, rule) of each known rule, lower case; bot is "" for everyone. Only headers have bot prefixes."""
    agent = ""
    for item in VALUED.sub(" ", DATED.sub(" ", content.lower())).split(","):
        found = PREFIX.match(item) if prefixes else None
        words = WORD.findall(found[2] if found else item)
        if found and (not words or words[0] in RULES):
            agent = found[1]
        elif found:
            continue
        yield from ((agent, word) for word in words if word in RULES)


def meta_name(element: "Element") -> str:
    """What a meta tag is about, lower case: its name, or the header that its http-equiv stands for."""
    return (element.attr("name") or element.attr("http-equiv") or "").strip().lower()


def speaks_to_crawlers(name: str) -> bool:
    """Whether a meta name addresses crawlers: all of them, a named one, or text and data mining."""
    return name == "robots" or name in HEADERS or name in AGENTS or name in SEARCHERS or name.endswith("bot")


def directive(name: str, content: str) -> str:
    """A directive in its stored form: one line, at most LONGEST characters."""
    return f"{name}: {' '.join(content.split())}"[:LONGEST]
