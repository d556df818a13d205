"""The text that a page carries as data and draws by a script: JSON-LD's `articleBody`, the properties of a page of Next.js. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from typing import Any

from transforms.html.headline import key_of, title_parts
from transforms.html.metadata import data_of, text_of

DATA = ('script[type="application/json"]',)
_LONGEST_DATA = 4 * 2**20  # characters of a script that are read (ours)
_DEEPEST = 60  # levels of data that are looked through (ours)
_HTML = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|strong|em|a|img|span)\b[^<>]*>", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n\s*\n|\r?\n")
# Ours: a value of so many words that begins no address is prose, whatever its name is, unless it stands under one of these names.
_LEAST_WORDS, _LEAST_LETTERS = 6, 40
_NOT_SHOWN = re.compile(
    r"^(?:seo|meta|metadata|head|og|twitter|schema|jsonld|config|env|i18n|translations?|messages|locale|_nextI18Next|menu|nav\w*|footer"
    r"|header|cookie\w*|related\w*|recommend\w*|alt\w*|copyright|legal\w*|query|errors?|css|styles?|className|svg|icon|url|href|src)$",
    re.IGNORECASE,
)
_TITLES = ("headline", "title", "heading")
_GOODS = frozenset(
    ("price", "prices", "variants", "sku")
)  # what is for sale is described in pieces, for any place of a shop
_BODIES = frozenset(
    ("body", "content", "html", "articleBody", "markdown", "paragraphs", "contentHtml", "bodyHtml", "story")
)


def embedded_markup(scripts: Sequence[str], title: str) -> str:
    """The main text of a page's data as HTML, "" where there is none.

    `scripts` are the texts of its JSON-LD and of the scripts that DATA selects. Of a page of Next.js it is what belongs to the object with
    the page's title.

    >>> body = "The harbour was rebuilt.\\\\n\\\\nIt took a summer."
    >>> embedded_markup(['{"@type": "Article", "headline": "Harbour", "articleBody": "' + body + '"}'], "")
    '<h1>Harbour</h1><p>The harbour was rebuilt.</p><p>It took a summer.</p>'
    """
    for script in scripts:
        if '"articleBody"' in script and (tree := data_of(script, _LONGEST_DATA)) is not None:
            for article in articles(tree, _DEEPEST):
                return f"<h1>{escape(text_of(article.get('headline')))}</h1>{as_html(text_of(article['articleBody']))}"
    for script in scripts:
        if '"props"' in script and '"pageProps"' in script and (tree := data_of(script, _LONGEST_DATA)) is not None:
            own = max(titled(tree["props"], title_parts(title), _DEEPEST), key=len, default="")
            return own or max(bodies(tree["props"], _DEEPEST), key=len, default="")
    return ""


def articles(tree: Any, levels: int) -> Iterator[dict[str, Any]]:
    """The objects of JSON-LD that hold the text of an article."""
    if not levels:
        return
    if isinstance(tree, dict):
        if text_of(tree.get("articleBody")).strip():
            yield tree
        for value in tree.values():
            yield from articles(value, levels - 1)
    elif isinstance(tree, list):
        for value in tree:
            yield from articles(value, levels - 1)


def titled(tree: Any, parts: Collection[str], levels: int) -> Iterator[str]:
    """The prose, as HTML, of each object of data whose title is a part of the page's."""
    if not levels:
        return
    if isinstance(tree, dict) and not _GOODS.isdisjoint(tree):
        return
    if isinstance(tree, dict) and any(key_of(text_of(tree.get(name))) in parts for name in (*_TITLES, "name")):
        yield written(tree, levels)
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from titled(value, parts, levels - 1)


def bodies(tree: Any, levels: int) -> Iterator[str]:
    """The prose, as HTML, of each object of data that has what is named like an article's text."""
    if not levels:
        return
    if isinstance(tree, dict) and not _GOODS.isdisjoint(tree):
        return
    if isinstance(tree, dict) and any(name in _BODIES for name in tree):
        yield written(tree, levels)
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from bodies(value, levels - 1)


def written(tree: Any, levels: int) -> str:
    """The prose of some data as HTML."""
    return "".join(map(as_html, distinct(prose(tree, levels))))


def prose(tree: Any, levels: int, name: str = "") -> Iterator[str]:
    """The values of data that read as prose, in their order; and the title that stands before them."""
    if not levels or _NOT_SHOWN.match(name):
        return
    if isinstance(tree, dict):
        title = next((tree[key] for key in tree if key in _TITLES and isinstance(tree[key], str)), "")
        texts = [text for key, value in tree.items() if key not in _TITLES for text in prose(value, levels - 1, key)]
        if texts and title and not _HTML.search(title):
            yield f"<h2>{escape(title)}</h2>"
        yield from texts
    elif isinstance(tree, list):
        if (inline := run_of(tree)) is not None:
            yield inline
            return
        for value in tree:
            yield from prose(value, levels - 1, name)
    elif isinstance(tree, str) and is_prose(tree):
        yield tree


def run_of(values: list[Any]) -> str | None:
    """The text of a paragraph that is cut into marks, as editors store it: a list of objects with `text` or `value`; None for others.

    >>> run_of([{"text": "The "}, {"text": "harbour", "bold": True}]), run_of([{"text": {}}])
    ('The harbour', None)
    """
    texts = []
    for value in values:
        text = (
            next((value[key] for key in ("text", "value") if key in value), None) if isinstance(value, dict) else None
        )
        if not isinstance(text, str):
            return None
        texts.append(text)
    return "".join(texts) if len(texts) > 0 and all(len(value) < 8 for value in values) else None


def is_prose(text: str) -> bool:
    """Whether a value reads as prose: of some length, of words, and no address or code."""
    if len(text) < _LEAST_LETTERS // 2 or text.startswith(
        ("http:", "https:", "/", "data:", "{", "[", "<svg", "<style", "<script")
    ):
        return False
    plain = _HTML.sub(" ", text)
    words = len(plain.split(None, _LEAST_WORDS))
    if words >= _LEAST_WORDS:
        return len(plain.strip()) >= _LEAST_LETTERS
    return not plain[:200].isascii() and len(plain.strip()) >= _LEAST_LETTERS // 2


def distinct(texts: Iterable[str]) -> Iterator[str]:
    """Texts that are no part of one before; data repeat a page's beginning as its summary."""
    known: list[str] = []
    for text in texts:
        start = _HTML.sub("", text)[:80].strip().rstrip("….")
        if not any(start in other for other in known):
            known.append(_HTML.sub("", text))
            yield text


def as_html(text: str) -> str:
    """A text as HTML: as it is where it has tags, else a paragraph for each of its lines."""
    if _HTML.search(text):
        return text
    return "".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in _BLANK_LINE.split(text) if line.strip())
