"""Makes the bundled archive: `python -m benchmarks.sample.make` writes `jobs/sample/sample.warc.gz`.

About forty pages and sixty pictures of our own, on invented hosts below `.example`, so that every way through a run
is taken: kept, dropped, failed and duplicate in each corpus. The same bytes every time for one Pillow and one zlib.
"""

import base64
import gzip
import hashlib
import html
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks.sample import pages, pictures, shows
from benchmarks.sample.site import (
    IMAGES,
    LOGO,
    SITE,
    Article,
    Response,
    article_picture,
    articles,
    drawn,
    figure,
    image_url,
    kind_of,
    names,
    page,
    paragraphs,
    picture,
)

OUT = Path(__file__).parents[2] / "jobs" / "sample" / "sample.warc.gz"
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


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
        yield picture(image_url(name), article_picture(name), kind_of(name))
    yield drawn(LOGO, "logo", kind="PNG")
    yield from shows.responses()
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


def odd_pictures() -> Iterator[Response]:
    """The bytes behind `odd_figures`."""
    folder = f"{IMAGES}/odd"
    whole = pictures.encode(pictures.drawing("orchard"), "JPEG")
    yield picture(f"{folder}/plain.png", pictures.single_coloured(), "PNG")
    yield drawn(f"{folder}/stamp.png", "stamp", kind="PNG")
    yield picture(f"{folder}/cut.jpg", whole[: len(whole) // 2], "JPEG")
    yield drawn(f"{folder}/banner.jpg", "frieze")
    yield picture(f"{folder}/bomb.png", pictures.bomb(), "PNG")
    yield picture(f"{folder}/page.jpg", page("Not found", "<p>No such picture.</p>"), "JPEG")
    private = pictures.encode(pictures.drawing("portrait"), "JPEG")
    yield picture(f"{folder}/private.jpg", private, "JPEG", ("X-Robots-Tag: noimageai",))
    yield drawn(f"{folder}/number.jpg", "huts")
    yield drawn(f"{folder}/person.jpg", "helm")


def record(response: Response, number: int) -> bytes:
    """A response as a WARC 1.1 record in a gzip member of its own."""
    digest = base64.b32encode(hashlib.sha1(response.body).digest()).decode()
    http = [
        f"HTTP/1.1 {response.status}",
        f"Content-Type: {response.media_type}",
        f"Content-Length: {len(response.body)}",
    ]
    block = "\r\n".join([*http, *response.headers, "", ""]).encode()
    if not response.repeats:
        block += response.body
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {response.url}")
    head = [
        "WARC/1.1",
        f"WARC-Type: {'revisit' if response.repeats else 'response'}",
        f"WARC-Target-URI: {response.url}",
        f"WARC-Date: 2026-03-01T{number // 60:02}:{number % 60:02}:00Z",
        f"WARC-Record-ID: <urn:uuid:{identity}>",
        f"WARC-Payload-Digest: sha1:{digest}",
        *([f"WARC-Truncated: {response.truncated}"] if response.truncated else []),
        *([f"WARC-Profile: {PROFILE}", f"WARC-Refers-To-Target-URI: {response.repeats}"] if response.repeats else []),
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
