"""One page: its bytes -> its blocks with their decisions, its main content, its texts and images in turn. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.records import MediaRef, Page

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


def extract(html: bytes, url: str = "", headers: Headers = (), engine: str = "triptych") -> Page:
    """Read a page: all its blocks and images in document order, each kept (main content) or not, with a score between 0 and 1.

    `url` is the page's address, from which relative addresses of images start; without it such images have no address, and are passed
    over. `headers` are the HTTP headers that it came with, as sent: the charset, opt-outs and licences that they name count. `engine` is
    "triptych" or "trafilatura".

    Raises RecordError where the markup is beyond what a page may be (depth, size, number of elements), ValueError for an unknown engine.
    A run parses pages in a process of its own, under limits of time and memory; this function parses in yours, without them.

    >>> page = extract(b"<title>Loaf</title><p>Flour, water and salt.<p><img src=loaf.jpg alt='A loaf'>", "https://example.org/")
    >>> page.title, [(block.kind.value, block.text, block.kept) for block in page.blocks]
    ('Loaf', [('paragraph', 'Flour, water and salt.', True), ('image', '', True)])
    >>> page.images[0].urls, page.images[0].alt
    (('https://example.org/loaf.jpg',), 'A loaf')
    """
    from transforms.html.charset import decode
    from transforms.html.directives import header_directives
    from transforms.html.extract import extract as extracted
    from transforms.html.licence import header_licences
    from transforms.warc.heads import media_type, value

    if not isinstance(html, bytes):
        raise TypeError(
            f"html: expected the bytes of a page, got {type(html).__name__} (a str is given as its .encode())"
        )
    sent = tuple(headers.items() if isinstance(headers, Mapping) else headers)
    _, charset = media_type(value(sent, "content-type"))
    page = extracted(decode(html, charset).text, url, engine)
    licences = tuple(dict.fromkeys(header_licences(sent) + page.licences))
    return replace(page, directives=header_directives(sent) + page.directives, licences=licences)


def text(page: Page, form: str = "markdown") -> str:
    """The kept text of a page, as the text corpus writes it: "markdown", or "plain" without a mark, which is what rules measure.

    >>> page = extract(b"<h1>Bread</h1><ul><li>flour<li>water</ul>")
    >>> print(text(page), text(page, "plain"), sep="\\n---\\n")
    # Bread
    <BLANKLINE>
    - flour
    - water
    ---
    Bread
    <BLANKLINE>
    flour
    water
    """
    from transforms.html.render import main_text

    return main_text(page, _known(form))


def interleaved(page: Page, form: str = "markdown") -> tuple[str | MediaRef, ...]:
    """The kept texts and images of a page in turn, as the interleaved corpus has them before its rules look at each image.

    >>> page = extract(b"<p>Before.<p><img src=loaf.jpg><p>After.", "https://example.org/")
    >>> [part if isinstance(part, str) else part.urls[0] for part in interleaved(page)]
    ['Before.', 'https://example.org/loaf.jpg', 'After.']
    """
    from transforms.html.render import kept_items, written

    parts = written(kept_items(page), page.containers, _known(form))
    return tuple(part if isinstance(part, str) else page.images[part] for part in parts)


def _known(form: str) -> str:
    """The form, if there is one of that name. Raises ValueError."""
    from transforms.html.render import FORMS

    if form not in FORMS:
        raise ValueError(f"unknown form {form!r}; known: {', '.join(FORMS)}")
    return form
