"""Licence statements of a page, verbatim: what it links as its licence, its meta tags, its JSON-LD, its Creative Commons links. Pure.

Nothing is concluded from them: a page may state the licence of one image, or write about licences.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from turbohtml import Element

from transforms.html.attributes import attribute_of_each
from transforms.html.rsl import LINKED, is_licence

MOST = 16  # statements kept of a page, ours
LONGEST = 300  # characters kept of one, ours

METAS = frozenset(
    (
        "license", "licence", "rights", "cc:license", "dc.license", "dc.rights", "dc.rights.license", "dc:rights",
        "dcterms.license", "dcterms.rights", "dcterms:license", "dcterms:rights", "og:license", "xhv:license",
    )
)  # fmt: skip
# Links by what they are, JSON-LD; each begins with its tag, by which a tree finds its elements (`nodes.selected`).
STATING = (
    *(f'{tag}[rel~="license" i]' for tag in ("link", "a", "area")),
    *(f'{tag}[href*="creativecommons.org/" i]' for tag in ("link", "a", "area")),
    'script[type="application/ld+json" i]',
)
STATED = re.compile(
    r'"license"\s{0,9}:\s{0,9}(?:\[\s{0,9})?(?:\{[^{}]{0,500}?"(?:@id|url)"\s{0,9}:\s{0,9})?("(?:[^"\\]|\\.){1,500}")'
)
COMMONS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/", re.IGNORECASE)


def page_licences(metas: Sequence[Element], stating: Sequence[Element]) -> tuple[str, ...]:
    """What a page states about its licence, in the order of how plainly it does, each once.

    `metas` are its meta tags, `stating` those that the selectors of STATING find.
    """
    return distinct(statements(metas, stating))


def statements(metas: Sequence[Element], stating: Sequence[Element]) -> Iterator[str]:
    """All statements of a page, plainest first."""
    for element in stating:
        if "license" in (element.attr("rel") or "").lower().split():
            yield element.attr("href") or ""
    columns = (attribute_of_each(metas, name) for name in ("name", "property", "itemprop"))
    for element, *names in zip(metas, *columns, strict=True):
        if any([name and name.strip().lower() in METAS for name in names]):
            yield element.attr("content") or ""
    for element in stating:
        if element.tag == "script":
            yield from json_licences(element.text)
    for element in stating:
        if COMMONS.search(address := element.attr("href") or ""):
            yield address


def json_licences(text: str) -> Iterator[str]:
    """The licences of JSON-LD, also of a text that is no valid JSON.

    >>> list(json_licences('{"license": "a", "image": {"license": {"@type": "x", "@id": "b"}},}'))
    ['a', 'b']
    """
    for found in STATED.finditer(text):
        try:
            yield str(json.loads(found[1], strict=False))
        except ValueError:  # a backslash that escapes nothing
            yield found[1].strip('"')


def header_licences(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The licences that `Link` headers name (RFC 8288; RSL 1.0).

    >>> header_licences((("Link", '<https://example.org/l.xml>; rel="license"; type="application/rsl+xml", <b>; rel=next'),))
    ('https://example.org/l.xml',)
    """
    linked = (found for name, value in headers if name.strip().lower() == "link" for found in LINKED.finditer(value))
    return distinct(found[1] for found in linked if is_licence(found[2]))


def distinct(stated: Iterable[str]) -> tuple[str, ...]:
    """The first MOST statements, each once and on one line."""
    said = (one_line(statement) for statement in stated)
    return tuple(islice(dict.fromkeys(statement for statement in said if statement), MOST))


def one_line(statement: str) -> str:
    """A statement on one line, at most LONGEST characters."""
    return " ".join(statement[: 4 * LONGEST].split())[:LONGEST]
