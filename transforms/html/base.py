"""The base address against which a page's references are resolved. Pure."""

from collections.abc import Iterable
from itertools import islice

from turbohtml import DocumentFragment, Element, Namespace

from transforms.html.urls import join

_MOST = 64  # base elements looked at: only the first of a page counts, those in templates and drawings do not (ours)


def base_address(elements: Iterable[Element], url: str) -> str:
    """The base address of a page: its first `<base href>` resolved against `url`, else `url`."""
    for element in islice((element for element in elements if element.tag == "base"), _MOST):
        reference = element.attr("href")
        if reference is not None and is_in_page(element):
            return join(url, reference) or url
    return url


def is_in_page(element: Element) -> bool:
    """Whether an element is HTML and of the page itself: not a namesake in SVG, not the content of a template."""
    if element.namespace is not Namespace.HTML:
        return False
    return not any(isinstance(ancestor, DocumentFragment) for ancestor in element.ancestors)
