"""Fixed inputs on which every measure is pinned: invented texts, addresses, captions, pages and pictures.

Their letters have had the same Unicode properties in all supported Pythons. The files of pictures are written by hand, since a library's
next release may pack the same picture in other bytes.
"""

import struct
import zlib

from tests.support.pictures import chunk, exif

ENGLISH = (
    "The old mill stands by the river, and the people of the village have walked there for many years. "
    "It was built to grind corn that came from the fields around it. You can see the wheel from the bridge."
)
GERMAN = "Die alte Mühle steht am Fluß, und die Leute aus dem Dorf gehen seit vielen Jahren dorthin. Man sieht das Rad."
RUSSIAN = "Старая мельница стоит у реки, и жители деревни ходят туда много лет. Колесо видно с моста."
GREEK = "Ο παλιός μύλος στέκεται δίπλα στο ποτάμι, και οι άνθρωποι του χωριού πηγαίνουν εκεί εδώ και χρόνια."
CHINESE = "古老的磨坊矗立在河边，村里的人们多年来一直走到那里。从桥上可以看到水车。"
JAPANESE = "古い水車小屋は川のそばに立っています。村の人々は何年もそこへ歩いて行きます。"
KOREAN = "오래된 방앗간은 강가에 서 있고, 마을 사람들은 오랫동안 그곳을 걸어 다녔습니다."
ARABIC = "تقف الطاحونة القديمة بجانب النهر، ويمشي أهل القرية إليها منذ سنوات عديدة."
HINDI = "पुरानी चक्की नदी के किनारे खड़ी है और गाँव के लोग कई वर्षों से वहाँ जाते हैं।"
LANGUAGES = (ENGLISH, GERMAN, RUSSIAN, GREEK, CHINESE, JAPANESE, KOREAN, ARABIC, HINDI)

LIST = "\n".join(["Things to bring:", "- a lamp", "• two ropes", "- a map ...", "- a lamp", "and so on…", "and so on…"])
PARAGRAPHS = "\n\n".join([ENGLISH, "Read more ...", ENGLISH, "Read more ...", GERMAN])
LOOPING = " ".join(["the wheel turns and the wheel turns and the water falls on it again"] * 6)
NOISE = "## {code} && #fun #sun ☀ ⭐ \U0001f600\U0001f680 see https://example.org/a?b=c or www.example.org, 12 + 30 = 42; lorem ipsum."
BRACES = "This line of more than five words has { a brace. So has its second sentence."
SHORT = "One line\nno end\nA line that has an end, and more than five words.\nCookies are used here."
TEXTS = (
    *LANGUAGES,
    LIST,
    PARAGRAPHS,
    LOOPING,
    NOISE,
    SHORT,
    f"{NOISE}\n{SHORT}\nIt has {{ a brace.\nLorem ipsum dolor sit amet.",
    "It\ufffds a page with bad bytes: caf\ufffd.",
)

URLS = (
    "https://www.example.org/news/2024/the-old-mill.html",
    "http://192.0.2.7:8080/img/photo.GIF?size=2",
    "https://example.org/static/siteLogo2x.png",
    "https://cdn.example.org/icons/button_widget.svg",
    "https://example.org/porn/xxx-sex.jpg",
    "https://example.org/a%20plugin/sexy/nude.jpeg",
    "javascript:void(0)",
    "https://пример.example/путь/файл",
)

CAPTIONS = (
    "The old mill by the river",
    "IMG_20240517.jpg",
    "<PERSON> and <PERSON> at the wheel, 1912",
    "Das Rad der Mühle",
    "河边的磨坊",
    "42",
)

MENU = '<nav><ul><li><a href="/">Home</a><li><a href="/news">News</a><li><a href="/about">About us</a></ul></nav>'
ROBOTS = "<meta name=robots content='noindex, noimageai'>"
LATIN = "<meta charset=latin1>"
FOOTER = '<footer><p>© Example <a href="/terms">Terms</a> <a href="/privacy">Privacy</a></footer>'
FIGURE = (
    '<figure><img src="/mill.jpg" srcset="/mill-2x.jpg 2x, /mill.jpg 1x" alt="The mill" title="A mill" width=400 height=300>'
    "<figcaption>The mill as it stood in 1912</figcaption></figure>"
)
TABLE = "<table><tr><th>Year<th>Corn<tr><td>1910<td>40 tons<tr><td>1911<td>38 tons</table>"
ARTICLE = (
    f"<h1>The mill</h1><p>{ENGLISH}</p>{FIGURE}<p>{ENGLISH} And more.</p><h2>The wheel</h2><ul><li>one<ul><li>below</ul><li>two</ul>"
    f"{TABLE}<pre>turn()\n  stop()</pre><blockquote>{GERMAN}</blockquote><p>{ENGLISH} The end.</p>"
    '<audio src=wheel.mp3></audio><img data-src="late.png" src="data:,">'
)


def html(body: str, head: str = "", lang: str = "en") -> bytes:
    """A page."""
    return f"<!doctype html><html lang={lang}><head><title>The old mill</title>{head}</head><body>{body}</body></html>".encode()


PAGES: tuple[tuple[str, bytes, str, tuple[tuple[str, str], ...], bool], ...] = (  # url, body, charset, headers, plain
    ("https://example.org/mill", html(f"{MENU}<article>{ARTICLE}</article>{FOOTER}"), "", (), False),
    (
        "https://example.org/aside",
        html(
            f"{MENU}<div class=main><p>{ENGLISH}</div><div class=sidebar><p>Also read <a href=/x>this</a></div>",
            "<base href='/b/'>",
        ),
        "utf-8",
        (("X-Robots-Tag", "noai"), ("tdm-reservation", "1")),
        False,
    ),
    (
        "https://example.org/ru",
        html(f"<p>{RUSSIAN}<p>{RUSSIAN}", lang="ru").decode().encode("cp1251"),
        "windows-1251",
        (),
        False,
    ),
    (
        "https://example.org/zh",
        html(f"<div>{CHINESE}<br>{CHINESE}</div>", ROBOTS, "zh"),
        "",
        (),
        False,
    ),
    (
        "https://example.org/de",
        html(f"<main><p>{GERMAN}<p>{GERMAN}</main>", LATIN, "de").decode().encode("latin1"),
        "",
        (),
        False,
    ),
    (
        "https://example.org/links",
        html(f"{MENU}{MENU}<ul><li><a href=/1>First</a><li><a href=/2>Second</a></ul>"),
        "",
        (),
        False,
    ),
    ("https://example.org/wet", f"{ENGLISH}\n\n{GERMAN}\n".encode(), "", (), True),
)


def stored(data: bytes) -> bytes:
    """A zlib stream of one block that is not packed."""
    size = struct.pack("<HH", len(data), len(data) ^ 0xFFFF)
    return b"\x78\x01\x01" + size + data + struct.pack(">I", zlib.adler32(data))


def png(width: int, height: int, colours: int, rows: list[bytes], *chunks: bytes) -> bytes:
    """A PNG file of these rows of samples; `colours` is its colour type."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    body = chunk(b"IDAT", stored(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + chunk(b"IEND", b"")


def samples(width: int, height: int, channels: int, step: int) -> list[bytes]:
    """Rows of samples that wander over all values; another step gives another picture."""
    return [
        bytes((x * step + y * 3 * step + c * 70 + x * y) % 256 for x in range(width) for c in range(channels))
        for y in range(height)
    ]


PICTURES: tuple[bytes, ...] = (
    png(48, 36, 2, samples(48, 36, 3, 3)),
    png(20, 60, 0, samples(20, 60, 1, 7)),
    png(40, 30, 6, samples(40, 30, 4, 5)),
    png(40, 30, 2, [bytes((200, 100, 50)) * 40] * 30),
    png(48, 20, 2, samples(48, 20, 3, 2), chunk(b"eXIf", exif(6))),
    png(24, 20, 2, samples(24, 20, 3, 9), chunk(b"acTL", struct.pack(">II", 2, 0))),
)
