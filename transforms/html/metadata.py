"""What a page says of itself beside its text: title, author, day of publication, name of its site. Pure.

Read from its JSON-LD, its meta tags (OpenGraph, Dublin Core, what publishers' tools write), its `time`, `rel=author` and microdata, and its
address, in that order: what a page writes for machines is more often right than what stands near the text.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from turbohtml import Element

from transforms.characters import lower
from transforms.html.attributes import attribute_of_each
from transforms.html.dates import LINE, day_in_path, day_of, lines_beside
from transforms.html.run_texts import collapse
from transforms.invisible import visible

# Each begins with its tag, by which a tree finds its elements (`nodes.selected`).
MARKED = (
    "time[datetime]",
    *(f'{tag}[itemprop~="datePublished"]' for tag in ("meta", "span", "time")),
    *(f'{tag}[itemprop~="author"]' for tag in ("span", "div", "a", "p", "meta")),
    *(f'{tag}[rel~="author"]' for tag in ("a", "link")),
)
LONGEST = 300  # characters of a value that are kept (ours)
_LONGEST_DATA = 500_000  # characters of JSON-LD that are read (ours)
_DEEPEST = 12  # levels of JSON-LD that are looked through (ours)
_NAMES = re.compile(r'"(?:headline|datePublished|author)"')
_ARTICLES = re.compile(
    r"Article|Posting|Report|Review|Recipe|WebPage|Product|HowTo|CreativeWork|Book|Event|Course|Video"
)
_BEST = re.compile(r"Article|Posting|Report")
_HEADLINES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_AUTHORS = (
    "author", "article:author", "article:author_name", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
    "byl", "citation_author",
)  # fmt: skip
_DAYS = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date", "publish-date",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date", "dcterms.date", "dcterms.created", "citation_publication_date",
    "citation_date", "article.published", "published_time", "article_date_original", "og:pubdate",
)  # fmt: skip
_SITES = ("og:site_name", "application-name")
_KNOWN = frozenset((*_HEADLINES, *_AUTHORS, *_DAYS, *_SITES))
_BY = re.compile(
    r"^(?:(?:written |posted |words |text |story )?(?:by|von|par|por|door|di|af)\s+|(?:autor|author|автор|作者)\s?[:：]\s*)(?=\S)",
    re.IGNORECASE,
)
_BEFORE = 2  # lines before a headline that may name its author (ours)
_NAME_ENDS = re.compile(r"\s*[|•·,\n(]|\s+[-–—]\s|\s+(?:on|am|le|el|il|op)\s|\s+[0-9]")


class About(NamedTuple):
    """What a page says of itself; "" where it says nothing. `title` is the text of its title element, `headline` what its metadata call
    the page, `published` a day as `YYYY-MM-DD`."""

    title: str = ""
    headline: str = ""
    author: str = ""
    published: str = ""
    site: str = ""


def page_about(
    title: str, metas: Sequence[Element], data: Iterable[str], marking: Callable[[], Sequence[Element]], url: str
) -> About:
    """What a page says of itself: `metas` are its meta tags, `data` its JSON-LD, `marking` gives
    those elements that MARKED selects, and is asked where the others do not tell."""
    stated, linked = named_metas(metas), linked_data(data)
    author = authors(
        (", ".join(filter(None, names_of(linked.get("author")))), *(stated.get(name, "") for name in _AUTHORS))
    )
    day = stated_day(linked, stated)
    marked = () if author and day else marking()
    return About(
        title,
        clean(text_of(linked.get("headline")) or first(stated, _HEADLINES)),
        author or authors(marked_authors(marked)),
        day or marked_day(marked) or day_in_path(url),
        clean(first(stated, _SITES) or next(names_of(linked.get("publisher")), "")),
    )


def named_metas(metas: Sequence[Element]) -> dict[str, str]:
    """The contents of the meta tags that are of use here, by name in small letters; the first of a name counts."""
    found: dict[str, str] = {}
    columns = (attribute_of_each(metas, key) for key in ("property", "name", "itemprop"))
    for element, *names in zip(metas, *columns, strict=True):
        for name in names:
            if name and (name := lower(name)) in _KNOWN and name not in found:
                found[name] = element.attr("content") or ""
    return found


def linked_data(texts: Iterable[str]) -> Mapping[str, Any]:
    """The object of a page's JSON-LD that describes the page: an article before anything else, else the first that has a name."""
    best: Mapping[str, Any] = {}
    for text in texts:
        for found in objects(data_of(text, _LONGEST_DATA) if _NAMES.search(text) else None, _DEEPEST):
            kind = text_of(found.get("@type"))
            if _BEST.search(kind):
                return found
            if not best and _ARTICLES.search(kind) and ("headline" in found or "datePublished" in found):
                best = found
    return best


def data_of(script: str, longest: int) -> Any:
    """The JSON of a script of at most so many characters, None where it is none.

    >>> data_of('{"name": "A"}', 20), data_of("name()", 20)
    ({'name': 'A'}, None)
    """
    try:
        return json.loads(script, strict=False) if len(script) <= longest else None
    except (ValueError, RecursionError):
        return None


def objects(tree: Any, levels: int) -> Iterator[Mapping[str, Any]]:
    """The objects of JSON-LD that stand side by side, in a graph, or as what a page is about; not what those hold."""
    if levels and isinstance(tree, list):
        for each in tree:
            yield from objects(each, levels - 1)
    elif levels and isinstance(tree, dict):
        yield tree
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if name in tree:
                yield from objects(tree[name], levels - 1)


def text_of(value: Any) -> str:
    """A JSON value as text: a string, the strings of a list; "" for anything else.

    >>> text_of("a"), text_of(["NewsArticle", "Article"]), text_of(None)
    ('a', 'NewsArticle Article', '')
    """
    if isinstance(value, list):
        return " ".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""


def names_of(value: Any) -> Iterator[str]:
    """The names of people or organisations in JSON-LD.

    >>> list(names_of([{"@type": "Person", "name": "A"}, "B"]))
    ['A', 'B']
    """
    for each in value if isinstance(value, list) else [value]:
        yield text_of(each.get("name") if isinstance(each, dict) else each)


def marked_authors(marked: Iterable[Element]) -> Iterator[str]:
    """The names that microdata and links call authors."""
    for element in marked:
        if "author" in (element.attr("itemprop") or element.attr("rel") or ""):
            named = element.select_one('[itemprop~="name"]') or element
            yield (named.attr("content") or "") if named.tag == "meta" else named.text


def stated_day(linked: Mapping[str, Any], stated: Mapping[str, str]) -> str:
    """The day of publication by JSON-LD or meta tags, "" where they state none."""
    days = chain([text_of(linked.get("datePublished"))], (stated[name] for name in _DAYS if name in stated))
    return next(filter(None, map(day_of, days)), "")


def marked_day(marked: Iterable[Element]) -> str:
    """The day by microdata, else by the first `time`; "" where there is none."""
    times = [
        element for element in marked if element.tag == "time" or "datePublished" in (element.attr("itemprop") or "")
    ]
    times.sort(key=lambda each: "datePublished" not in (each.attr("itemprop") or "") and each.attr("pubdate") is None)
    first_one = times[0] if times else None
    return (
        "" if first_one is None else day_of(first_one.attr("datetime") or first_one.attr("content") or first_one.text)
    )


def authors(names: Iterable[str]) -> str:
    """The first of some names that is one; an address is none, nor is what is too long for the names of a few.

    >>> authors(["", "By Ada Brindle", "https://coast.example/ada", "Tom"]), authors([])
    ('Ada Brindle', '')
    """
    for name in names:
        name = _BY.sub("", clean(name))
        if name and "://" not in name and not name.startswith("@") and len(name) < LONGEST:
            return name
    return ""


def author_beside(texts: Sequence[str], headline: int) -> str:
    """The author that a short line near a page's headline names, "" where none does.

    >>> author_beside(["The basin", "By Ada Brindle | 12 March 2024", "By the quay they stood and waited."], 0)
    'Ada Brindle'
    """
    for text in lines_beside(texts, headline, _BEFORE):
        if found := _BY.match(text):
            name = _NAME_ENDS.split(text[found.end() :], maxsplit=1)[0]
            if 0 < len(name) <= LINE // 2 and not name.endswith((".", "!", "?")) and name[0] == name[0].upper():
                return name
    return ""


def first(metas: Mapping[str, str], names: Iterable[str]) -> str:
    """The first of some meta tags that says something."""
    return next((metas[name] for name in names if metas.get(name)), "")


def clean(text: str) -> str:
    """A value on one line, without what no reader sees."""
    return collapse(visible(text[: 4 * LONGEST]))[:LONGEST]
