"""RSL (Really Simple Licensing 1.0): where a server, a page or a site names the terms of its use. Pure, linear in time.

What is named is an address of terms, which nobody here fetches or reads; docs/sources.md, "Opt-outs".
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what a server says is read without a tree
    from turbohtml import Element

MEDIA_TYPE = "application/rsl+xml"
LINKED = re.compile(
    r"<([^<>]{1,2000})>((?:;[^;,<]{0,200}){1,8})"
)  # a link of a header (RFC 8288): its address, its parameters
_LICENCE = re.compile(r"rel\s?=[^;]*license", re.IGNORECASE)
_RSL = re.compile(rf"type\s?=\s?[\"']?\s?{re.escape(MEDIA_TYPE)}\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:/)?/\S", re.IGNORECASE)


def is_licence(parameters: str) -> bool:
    """Whether the parameters of a link say that it leads to a licence.

    >>> is_licence('; rel="License"'), is_licence("; rel=next; title=license")
    (True, False)
    """
    return bool(_LICENCE.search(parameters))


def rsl_links(value: str) -> Iterator[str]:
    """Those links of a `Link` header, as written, that lead to terms in RSL.

    >>> list(rsl_links('<https://ex.com/l.xml>; rel="license"; type="application/rsl+xml", <b>; rel=license'))
    ['<https://ex.com/l.xml>; rel="license"; type="application/rsl+xml"']
    """
    return (found[0] for found in LINKED.finditer(value) if is_licence(found[2]) and _RSL.search(found[2]))


def page_links(elements: Iterable["Element"]) -> Iterator[str]:
    """The links to terms in RSL among elements of a page, as a `Link` header would have them."""
    for element in elements:
        if element.tag == "link" and "license" in (element.attr("rel") or "").lower().split():
            kind = (element.attr("type") or "").partition(";")[0].strip().lower()
            address = " ".join((element.attr("href") or "").split())
            if kind == MEDIA_TYPE and address:
                address = address.replace("<", "%3C").replace(">", "%3E")
                yield f'<{address}>; rel="license"; type="{MEDIA_TYPE}"'


def terms_address(value: str) -> str:
    """The address that a `License` line of a robots.txt names, "" where it names none; other words may stand there too.

    >>> terms_address("<https://ex.com/license.xml>"), terms_address("CC BY 4.0")
    ('https://ex.com/license.xml', '')
    """
    address = value.strip().removeprefix("<").partition(">")[0].strip()
    return address if _ADDRESS.match(address) else ""
