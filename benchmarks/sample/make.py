"""Makes the bundled archive: `python -m benchmarks.sample.make` writes `jobs/sample/sample.warc.gz`.

About forty pages and as many pictures of our own, on invented hosts below `.example`, so that every way through a run
is taken: kept, dropped, failed and duplicate in each corpus. The same bytes every time for one Pillow and one zlib.
"""

import base64
import gzip
import hashlib
import html
import io
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.sample import pages, pictures

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "jobs" / "sample" / "sample.warc.gz"
SITE = "https://quarterly.example"
IMAGES = "https://img.quarterly.example"
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


def kind_of(name: str) -> str:
    """The format of a picture: the formats are taken in turn."""
    return pictures.FORMATS[names().index(name) % len(pictures.FORMATS)]


def page(title: str, body: str, language: str = "en", head: str = "") -> bytes:
    """A page as a site serves it: navigation and footer around the content."""
    return f"""<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{html.escape(title)} - The Quarterly</title>{head}</head>
<body>
<header><nav><ul>
<li><a href="/">Home</a></li><li><a href="/archive">Archive</a></li><li><a href="/about">About us</a></li>
</ul></nav></header>
<main><article>
<h1>{html.escape(title)}</h1>
{body}
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
        return f'<figure><img src="{url}" alt="" width="256" height="208"><figcaption>{text}</figcaption></figure>'
    if turn % 3 == 1:
        return f'<p><img src="{url}" alt="{text}"></p>'
    waiting = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    return f'<figure><picture><img src="{waiting}" data-src="{url}" alt="{text}"></picture></figure>'


def article_page(article: Article) -> bytes:
    """An article as HTML."""
    body = [
        figure(image_url(part[0]), part[1], turn) if isinstance(part, tuple) else f"<p>{html.escape(part)}</p>"
        for turn, part in enumerate(article.parts)
    ]
    return page(article.title, "\n".join(body))


def responses() -> Iterator[Response]:
    """Everything that the archive holds, in order."""
    written = articles()
    for article in written:
        yield Response(f"{SITE}/2026/{article.slug}", article_page(article))
    yield Response(f"{SITE}/2026/{written[0].slug}", article_page(written[0]))
    yield Response("https://mirror.example/copies/bees?page=1", article_page(written[1]))
    yield from other_pages()
    yield from no_pages()
    for name in names():
        yield picture(image_url(name), pictures.encode(pictures.drawing(name), kind_of(name)), kind_of(name))
    yield from odd_pictures()


def other_pages() -> Iterator[Response]:
    """Pages that some rule, fault or wish takes out."""
    yield Response(f"{SITE}/de/faehre", page("Die Fähre", paragraphs(pages.GERMAN), "de"))
    yield Response(f"{SITE}/ja/hachi", page("屋上の蜂", paragraphs(pages.JAPANESE), "ja"))
    rows = "".join(
        f"<li><a href='/shop/{n}'>{name}</a> <b>{price}</b></li>" for n, (name, price) in enumerate(pages.PRODUCTS)
    )
    yield Response(f"{SITE}/shop", page("Tools and more", f"<ul>{rows}</ul>"))
    shown = "".join(f'<a href="/full"><img src="{image_url(name)}" alt=""></a>' for name in names()[:6])
    yield Response(f"{SITE}/gallery", page("Gallery", f"<div>{shown}</div>"))
    yield Response(
        f"{SITE}/pier",
        page("The bench", paragraphs(pages.OPT_OUT), head='<meta name="robots" content="noindex, noai">'),
    )
    yield Response(f"{SITE}/win", page("Win", paragraphs(pages.SPAM * 12)))
    yield Response(f"{SITE}/zz", page("Zzkt", paragraphs(pages.GIBBERISH * 9)))
    yield Response(
        f"{SITE}/again", page("Again", "<p>Please try again later, for the shop is closed today.</p>\n" * 40)
    )
    yield Response(f"{SITE}/soon", page("Soon", "<p>This page will be here soon.</p>"))
    yield Response(
        f"{SITE}/workshop", page("What can be wrong with a picture", paragraphs(pages.PICTURES) + odd_figures())
    )
    yield Response(f"{SITE}/copies", page("Two prints", paragraphs(pages.COPIES) + copies()))
    whole = page("The bridge at Ebbing", paragraphs(pages.BROKEN))
    yield Response(f"{SITE}/bridge", whole[: whole.index(b"</article") + 5], truncated="length")
    crowded = "".join(f" data-{n}='1'" for n in range(1500))
    yield Response(f"{SITE}/crowded", page("Crowded", f"<p{crowded}>One tag with too many attributes.</p>"))
    yield Response(f"{SITE}/damaged", page("Damaged", paragraphs(pages.COPIES)), damaged=True)


def no_pages() -> Iterator[Response]:
    """Answers that hold no page."""
    yield Response(f"{SITE}/gone", page("Not found", "<p>There is nothing here.</p>"), status="404 Not Found")
    yield Response(f"{SITE}/old", b"", status="301 Moved Permanently", headers=(f"Location: {SITE}/2026/lamp-room",))
    yield Response(f"{SITE}/robots.txt", b"User-agent: *\nDisallow:\n", media_type="text/plain")
    yield Response(
        f"{SITE}/leaflet.pdf", b"%PDF-1.4\n% a leaflet that nobody reads\n%%EOF\n", media_type="application/pdf"
    )


ODD = (
    ("plain.png", "A frame that holds a single colour"),
    ("stamp.png", "A picture that a stamp would cover"),
    ("cut.jpg", "A photograph that was cut on its way"),
    ("banner.jpg", "A strip along the ceiling of the corridor"),
    ("bomb.png", "A poster that claims to be very large"),
    ("page.jpg", "A file that is not a picture at all"),
    ("missing.jpg", "A frame with nothing in it at all"),
    ("private.jpg", "A portrait whose painter asked for it to be left out"),
    ("number.jpg", "IMG_2041"),
    ("person.jpg", "A portrait of <PERSON> at the helm"),
)


def odd_figures() -> str:
    """The pictures that a rule or a fault takes out."""
    return "\n".join(figure(f"{IMAGES}/odd/{name}", caption, 1) for name, caption in ODD)


def copies() -> str:
    """One picture again: the same file under another address and caption, and in another encoding under the same caption."""
    return "\n".join(
        [
            figure("https://cdn.example/harbour-copy.jpg", "The harbour once more, from another server", 1),
            figure("https://cdn.example/lantern.png", "The great lens of the lighthouse, cleaned by its visitors", 1),
        ]
    )


def odd_pictures() -> Iterator[Response]:
    """The bytes behind `odd_figures` and `copies`."""
    jpeg = pictures.encode(pictures.drawing("odd"), "JPEG")
    yield picture(f"{IMAGES}/odd/plain.png", pictures.single_coloured(), "PNG")
    yield picture(f"{IMAGES}/odd/stamp.png", pictures.encode(pictures.drawing("stamp", (48, 48)), "PNG"), "PNG")
    yield picture(f"{IMAGES}/odd/cut.jpg", jpeg[: len(jpeg) // 2], "JPEG")
    yield picture(f"{IMAGES}/odd/banner.jpg", pictures.encode(pictures.drawing("banner", (900, 100)), "JPEG"), "JPEG")
    yield picture(f"{IMAGES}/odd/bomb.png", pictures.bomb(), "PNG")
    yield picture(f"{IMAGES}/odd/page.jpg", page("Not found", "<p>No such picture.</p>"), "JPEG")
    private = pictures.encode(pictures.drawing("private"), "JPEG")
    yield picture(f"{IMAGES}/odd/private.jpg", private, "JPEG", ("X-Robots-Tag: noimageai",))
    for name in ("number", "person"):
        yield picture(f"{IMAGES}/odd/{name}.jpg", pictures.encode(pictures.drawing(name), "JPEG"), "JPEG")
    yield picture("https://cdn.example/harbour-copy.jpg", pictures.encode(pictures.drawing("harbour"), "JPEG"), "JPEG")
    out = io.BytesIO()
    pictures.drawing("lantern").save(out, "WEBP", quality=90)
    yield picture("https://cdn.example/lantern.png", out.getvalue(), "WEBP")


def picture(url: str, body: bytes, kind: str, headers: tuple[str, ...] = ()) -> Response:
    """A response with an image."""
    return Response(url, body, f"image/{kind.lower()}", headers=headers)


def record(response: Response, number: int) -> bytes:
    """A response as a WARC 1.1 record in a gzip member of its own."""
    digest = base64.b32encode(hashlib.sha1(response.body).digest()).decode()
    http = [
        f"HTTP/1.1 {response.status}",
        f"Content-Type: {response.media_type}",
        f"Content-Length: {len(response.body)}",
    ]
    block = "\r\n".join([*http, *response.headers, "", ""]).encode() + response.body
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {response.url}")
    head = [
        "WARC/1.1",
        "WARC-Type: response",
        f"WARC-Target-URI: {response.url}",
        f"WARC-Date: 2026-03-01T{number // 60:02}:{number % 60:02}:00Z",
        f"WARC-Record-ID: <urn:uuid:{identity}>",
        f"WARC-Payload-Digest: sha1:{digest}",
        *([f"WARC-Truncated: {response.truncated}"] if response.truncated else []),
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(block)}",
    ]
    member = bytearray(gzip.compress("\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n", 9, mtime=0))
    if response.damaged:
        member[len(member) // 2 : len(member) // 2 + 8] = b"\xff" * 8
    return bytes(member)


def archive() -> bytes:
    """The whole archive."""
    return b"".join(record(response, number) for number, response in enumerate(responses()))


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(archive())
    sys.stdout.write(f"{OUT.name}: {OUT.stat().st_size:,} bytes\n")
