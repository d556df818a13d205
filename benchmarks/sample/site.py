"""The invented site that the sample is taken from: its articles, how its pages are built, where its pictures lie."""

import html
from pathlib import Path
from typing import NamedTuple

from benchmarks.sample import pictures

HERE = Path(__file__).parent
SITE = "https://quarterly.example"
IMAGES = "https://img.quarterly.example"
LOGO = f"{SITE}/theme/logo.png"  # shown by every page, above the content and at its foot
TYPES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


class Response(NamedTuple):
    """One capture to be written: an HTTP response and what is said about it in the record."""

    url: str
    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    headers: tuple[str, ...] = ()
    truncated: str = ""
    damaged: bool = False
    repeats: str = ""  # the address of an earlier capture of the same body: a revisit is written, without the body


class Article(NamedTuple):
    """An article of `articles.txt`: paragraphs and pictures (name and caption) in their order."""

    slug: str
    title: str
    parts: tuple[str | tuple[str, str], ...]


def articles() -> list[Article]:
    """All articles, read from their file."""
    found = []
    for section in (HERE / "articles.txt").read_text(encoding="utf-8").split("# ")[1:]:
        head, *parts = [part.strip() for part in section.split("\n") if part.strip()]
        slug, title = head.split(" | ")
        found.append(Article(slug, title, tuple(_part(part) for part in parts)))
    return found


def _part(line: str) -> str | tuple[str, str]:
    name, bar, caption = line[1:].partition(" | ")
    return (name, caption) if line.startswith("!") and bar else line


def names() -> list[str]:
    """The pictures that articles show, in order."""
    return [part[0] for article in articles() for part in article.parts if isinstance(part, tuple)]


def image_url(name: str) -> str:
    """Where a picture of an article lies."""
    return f"{IMAGES}/{name}.{TYPES[kind_of(name)]}"


def article_picture(name: str) -> bytes:
    """The bytes of an article's picture; larger where a format makes small files."""
    kind = kind_of(name)
    return pictures.encode(pictures.drawing(name, 1.5 if kind in ("PNG", "WEBP") else 1), kind)


def kind_of(name: str) -> str:
    """The format of a picture: the formats are taken in turn."""
    return pictures.FORMATS[names().index(name) % len(pictures.FORMATS)]


def page(title: str, body: str, language: str = "en", head: str = "") -> bytes:
    """A page as a site serves it: navigation and footer around the content."""
    return f"""<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{html.escape(title)} - The Quarterly</title>{head}</head>
<body>
<header><a href="/"><img src="/theme/logo.png" alt="The Quarterly" width="220" height="80"></a><nav><ul>
<li><a href="/">Home</a></li><li><a href="/archive">Archive</a></li><li><a href="/about">About us</a></li>
</ul></nav></header>
<main><article>
<h1>{html.escape(title)}</h1>
{body}
<p><a href="/"><img src="/theme/logo.png" alt="The Quarterly"></a></p>
</article></main>
<footer><p>The Quarterly, an invented paper. <a href="/terms">Terms of use</a></p></footer>
</body>
</html>
""".encode()


def paragraphs(text: str) -> str:
    """Plain text as paragraphs, which a blank line sets apart."""
    return "\n".join(f"<p>{html.escape(' '.join(part.split()))}</p>" for part in text.split("\n\n"))


def figure(url: str, caption: str, turn: int) -> str:
    """A picture in one of the ways that sites show one, its caption in another place each time."""
    text = html.escape(caption)
    if turn % 3 == 0:
        return f'<figure><img src="{url}" alt="" width="320" height="240"><figcaption>{text}</figcaption></figure>'
    if turn % 3 == 1:
        return f'<p><img src="{url}" alt="{text}"></p>'
    waiting = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    return f'<figure><picture><img src="{waiting}" data-src="{url}" alt="{text}"></picture></figure>'


def picture(url: str, body: bytes, kind: str, headers: tuple[str, ...] = ()) -> Response:
    """A response with an image."""
    return Response(url, body, f"image/{kind.lower()}", headers=headers)


def drawn(url: str, name: str, scale: float = 1, kind: str = "JPEG") -> Response:
    """A response with a scene."""
    return picture(url, pictures.encode(pictures.drawing(name, scale), kind), kind)
