"""Image element -> `MediaRef`: every address that could supply the picture, best first. Pure.

`src` comes first, as in OBELICS, MMC4 and LAION, unless the page loads lazily: then `src` is a placeholder (or a
blurred preview) and the picture's address stands in a `data-` attribute, one that is known or, where `src` says nothing,
any that holds a picture's address. A link around it to a picture comes last. `srcset` is read by the HTML standard's own
algorithm, largest first; the `source` elements of a `picture` follow where their declared type can be decoded.

A lazy page often repeats the image in a `noscript` beside it. The walk meets both; it should drop the second of two
neighbours for which `same_image` holds when one of them stands in a `noscript`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, takewhile
from operator import itemgetter

from turbohtml import Element, Node

from schemas.records import MediaKind, MediaRef
from transforms.characters import EARLIER_DIGIT as DIGIT
from transforms.characters import WORD_SIGNS, is_number
from transforms.html.urls import join

MOST = 8  # addresses kept of one image
LONG_NAME = 12  # characters of a file name that two pictures do not share by chance, as they may share `1.jpg` (ours)
# Nodes before an image in its picture that are asked for sources; white space between them counts (ours).
MOST_SIBLINGS = 64
MOST_CANDIDATES = 64  # candidates read of one srcset: responsive themes write up to about 30
DECODABLE = frozenset(  # docs/sources.md, "Decodable images"
    ("image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/webp", "image/gif")
)
TAGS = ("img", "amp-img", "amp-anim")

# Where lazy loaders keep the address: lazysizes, lozad, WordPress plug-ins (Jetpack, WP Rocket, a3, WP Fastest Cache,
# NitroPack), jQuery lazyload, echo.js, Zhihu, Cloudflare.
LAZY_SOURCES = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-lazyload", "data-original-src", "nitro-lazy-src",
    "data-wpfc-original-src", "data-nectar-img-src", "data-image", "data-img-url", "data-original-url", "data-hi-res-src",
    "data-url", "data-img-src", "data-full-src", "data-ll-src", "data-actualsrc", "data-echo", "data-cfsrc",
)  # fmt: skip
LAZY_SETS = (
    "data-srcset", "data-lazy-srcset", "nitro-lazy-srcset", "data-wpfc-original-srcset", "data-nectar-img-srcset",
    "data-ll-srcset",
)  # fmt: skip
ORIGINALS = ("data-orig-file", "data-large-file")  # Jetpack: the upload itself
LAZY_NAMES = frozenset((*LAZY_SOURCES, *LAZY_SETS, *ORIGINALS))

# Names of files that stand in for a picture. Colours count alone only: `logo-white.png` and `grey-sweater.jpg` are pictures.
PLACEHOLDER = re.compile(
    r"(?:(?:^|[/_.=-])(?:1x1|blank|dummy|empty|lazy(?:load(?:er|ing)?)?|load(?:er|ing)|pixel|placeholder|preload(?:er)?|"
    rf"spacer|spinner)(?:[_.-][{WORD_SIGNS}.-]{{0,40}})?|"
    rf"(?:^|/)(?:clear(?:dot)?|dot|gr[ae]y|trans(?:parent)?|white)(?:[_-]?{DIGIT}{{1,4}}(?:x{DIGIT}{{1,4}})?)?)"
    r"\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)",
    re.IGNORECASE,
)
# What a placeholder's name holds at least; looked for first, since the pattern above is slow to fail.
PLACEHOLDER_WORDS = (
    "1x1", "blank", "clear", "dot", "dummy", "empty", "gray", "grey", "lazy", "load", "pixel", "placeholder", "spacer",
    "spinner", "trans", "white",
)  # fmt: skip
# An address that ends as a picture's does, and a srcset of such.
PICTURE = re.compile(
    r"(?!data:)[^\s\"'<>\\^`|]{1,2000}\.(?:jpe?g|png|webp|gif|avif)(?:[?#][^\s\"'<>]*)?", re.IGNORECASE
)
_ENDING = re.compile(
    r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|\s*$)", re.IGNORECASE
)  # which is looked for first: it fails sooner
_TEMPLATE = "%7Bwidth%7D"  # `{width}` in a resolved address
SET_OF_PICTURES = re.compile(
    r"\S{1,2000}\.(?:jpe?g|png|webp|gif|avif)\S{0,200}\s+[0-9.]{1,6}[wx](?:,|\s|$)", re.IGNORECASE
)
# Attributes that hold no picture of the element, and words in the names of those that hold another.
_NO_ADDRESS = frozenset(
    ("src", "srcset", "alt", "title", "class", "id", "style", "width", "height", "sizes", "loading", "decoding", "name", "usemap",
     "longdesc", "href", "aria-label", "aria-hidden", "role", "border", "align", "hspace", "vspace", "itemprop", "fetchpriority",
     "crossorigin", "referrerpolicy", "onclick", "onerror", "onload", "data-caption", "data-title", "data-alt", "data-id", "data-width",
     "data-height", "data-size", "data-attachment-id", "data-permalink", "data-orig-size", "data-comments-opened", "data-image-meta",
     "data-image-title", "data-image-description", "data-image-caption", "data-recalc-dims", "data-nimg", "data-testid")
)  # fmt: skip
_NO_PICTURE = ("placeholder", "error", "fallback", "spinner", "loader", "hover", "icon", "avatar", "link")
SHOP_WIDTHS = (180, 360, 540, 720, 900, 1080, 1296, 1512)  # of Shopify's themes, MOST of them
# A candidate as nearly all are written, `https://ex.com/x.jpg 640w,`; from where this ends, the rest comes as one group.
PLAIN_CANDIDATE = re.compile(
    r"[ ,\n]*+([!-~]++)(?<!,)[ \n]++(?:([0-9]{1,14})w|([0-9]{1,9}(?:\.[0-9]{1,4})?)x)[ \n]*+(?:,|\Z)|(.+)", re.DOTALL
)
PLAIN_SET = 16_384  # characters of a srcset up to which it is worth to try that
CANDIDATE = re.compile(r"[\s,]*+(?P<url>\S+)")
DESCRIPTORS = re.compile(r"(?:[^,(]|\([^)]*(?:\)|$))*")
SIZE = re.compile(rf"(?:({DIGIT}+)w|({DIGIT}+(?:\.{DIGIT}+)?)x)$")
PIXELS = re.compile(rf"\s*\+?({DIGIT}{{1,5}})(?:\.{DIGIT}*)?\s*(?:px)?\s*$", re.IGNORECASE)
STYLE = re.compile(rf"(?:^|;)\s*(width|height)\s*:\s*({DIGIT}{{1,5}})(?:\.{DIGIT}*)?px", re.IGNORECASE)

_new = tuple.__new__  # of a named tuple, in half the time that its own constructor takes

# The names of an element's attributes, and what reads one: a third cheaper than a copy of all.
Attributes = tuple[Collection[str], Callable[[str], str | None]]
NONE: Attributes = ((), lambda _: None)


def image_reference(element: Element, base: str) -> MediaRef | None:
    """What `element` (one of TAGS, or a picture) shows, addresses resolved against `base`; None where none is http(s).

    >>> from turbohtml import parse
    >>> image_reference(parse('<img src="x.jpg" alt="A hill" width="640">').find("img"), "http://ex.com/a/").urls
    ('http://ex.com/a/x.jpg',)
    """
    tag = element.tag
    if tag == "picture":
        shown = element.find("img")
        return (
            image_reference(shown, base)
            if shown is not None
            else reference_of(NONE, sources_in(element.children), base)
        )
    return reference_of(attributes(element), sources_of(element), base) if tag in TAGS else None


def sources_of(element: Element) -> Iterable[Attributes]:
    """The attributes of the sources of the picture that an image element stands in."""
    parent = element.parent
    return sources_in(siblings_before(element)) if isinstance(parent, Element) and parent.tag == "picture" else ()


def attributes(element: Element) -> Attributes:
    """An element's attributes; NONE where the name of one holds a lone surrogate (turbohtml then raises)."""
    try:
        return list(element.attrs), element.attr
    except UnicodeDecodeError:
        return NONE


def reference_of(own: Attributes, sources: Iterable[Attributes], base: str) -> MediaRef | None:
    """The reference from an image's own attributes and those of its picture's sources."""
    urls = resolved(addresses(own, sources), base)
    if not urls:
        return None
    if _TEMPLATE in urls[0] or _TEMPLATE in urls[-1]:  # what a loader puts in comes first or last
        urls = resolved(filled(urls, own), base)
    read = own[1]
    width, height = declared_size(own)
    return _new(MediaRef, (urls, read("alt") or "", read("title") or "", "", width, height, True, MediaKind.IMAGE, ()))


def addresses(own: Attributes, sources: Iterable[Attributes]) -> Iterable[str]:
    """Every address as written, best first; the sources are read only as far as they are asked for."""
    names, read = own
    source = (read("src") or "").strip()
    written = [source, *largest_first(read("srcset"))] if "srcset" in names else [source]
    if source and _NO_ADDRESS.issuperset(names):  # most images: nothing of them is loaded later
        return chain(written, source_addresses(sources)) if sources else written
    late = lazy_addresses(own)
    stands_in = (late is not None or not _NO_ADDRESS.issuperset(names)) and is_placeholder(source)
    if stands_in or not source:
        late = [*(late or ()), *addresses_by_looks(own)] or late
    if late is not None and (stands_in or not source or "lazy" in (read("class") or "")):
        written = [*late, *(written[1:] if stands_in else written)]
    return chain(written, source_addresses(sources), late or ())


def source_addresses(sources: Iterable[Attributes]) -> Iterator[str]:
    """Every address of a picture's sources, each read when it is asked for."""
    for own in sources:
        yield from lazy_addresses(own) or ()
        yield from largest_first(own[1]("srcset"))


def lazy_addresses(own: Attributes) -> list[str] | None:
    """The addresses that a lazy loader would put in, as written; None for an element that loads at once."""
    read = own[1]
    names = LAZY_NAMES.intersection(own[0])
    if not names:
        return None
    written = [read(name) or "" for name in LAZY_SOURCES if name in names]
    for name in LAZY_SETS:
        if name in names:
            written += largest_first(read(name))
    written += [read(name) or "" for name in ORIGINALS if name in names]
    return written


def addresses_by_looks(own: Attributes) -> Iterator[str]:
    """The addresses of pictures in attributes that no list here knows: loaders invent new ones faster than lists grow."""
    names, read = own
    for name in names:
        if name in _NO_ADDRESS or name in LAZY_NAMES or any([word in name for word in _NO_PICTURE]):
            continue
        written = (read(name) or "").strip()
        if len(written) > 4 and PICTURE.fullmatch(written) and not is_placeholder(written):
            yield written
        elif " " in written and SET_OF_PICTURES.match(written):
            yield from largest_first(written)


def filled(urls: Iterable[str], own: Attributes) -> Iterator[str]:
    """The addresses with `{width}` filled in, once for each width that the element names, else for those of such shops; largest first."""
    for address in urls:
        if _TEMPLATE not in address:
            yield address
            continue
        named = {int(width) for width in re.findall(rf"{DIGIT}{{2,4}}", own[1]("data-widths") or "")}
        for width in sorted(named or SHOP_WIDTHS, reverse=True):
            yield address.replace(_TEMPLATE, str(width))


def with_link(image: MediaRef, link: str | None, base: str) -> MediaRef:
    """An image inside a link; one to a picture is the full picture of a thumbnail, which then is its last address."""
    if link is None or not _ENDING.search(link) or not PICTURE.fullmatch(link.strip()):
        return image
    full = resolved([link.strip()], base)
    if not full or full[0] in image.urls:
        return image
    return image._replace(urls=(*image.urls[: MOST - 1], *full))


def is_placeholder(source: str) -> bool:
    """Whether an address is what lazy pages show before the picture comes: inline data, or a file named as a spacer.

    >>> is_placeholder("/assets/spacer.gif"), is_placeholder("/photos/space-shuttle.jpg")
    (True, False)
    """
    if source[:5].lower() in ("data:", "about"):
        return True
    ending = source[-300:]
    if ending.isascii():  # beyond ASCII the pattern also takes `ſ` for s
        small = ending.lower()
        if not any([word in small for word in PLACEHOLDER_WORDS]):
            return False
    return PLACEHOLDER.search(ending) is not None


def largest_first(srcset: str | None) -> list[str]:
    """The addresses of a `srcset`, largest width or density first; broken candidates are left out.

    >>> largest_first("a,b.jpg 1x, c.jpg 2x")
    ['c.jpg', 'a,b.jpg']
    """
    if not srcset:
        return []
    sized = plain_candidates(srcset) or list(candidates(srcset))
    if len(sized) > 1:
        sized.sort(key=itemgetter(0), reverse=True)
    return [url for _, url in sized]


def plain_candidates(srcset: str) -> list[tuple[float, str]]:
    """What `candidates` gives for a srcset whose candidates all are plain; empty for any other."""
    if len(srcset) > PLAIN_SET:
        return []
    found = PLAIN_CANDIDATE.findall(srcset.rstrip(" ,\n"))[:MOST_CANDIDATES]
    if found and found[-1][3]:
        return []
    return [(float(width or density), url) for url, width, density, _ in found]


def candidates(srcset: str) -> Iterator[tuple[float, str]]:
    """(width or density, address) of each candidate, by the HTML standard's "parse a srcset attribute"."""
    position = 0
    for _ in range(MOST_CANDIDATES):
        found = CANDIDATE.match(srcset, position)
        if found is None:
            return
        url, position = found["url"], found.end()
        if url.endswith(","):
            yield 1.0, url.rstrip(",")
            continue
        end = descriptors_end(srcset, position)
        size = size_of(srcset[position:end])
        position = end
        if size is not None:
            yield size, url


def descriptors_end(srcset: str, position: int) -> int:
    """Where the descriptors that begin at `position` end: before the next comma outside parentheses."""
    found = DESCRIPTORS.match(srcset, position)
    return found.end() if found is not None else position


def size_of(descriptors: str) -> float | None:
    """The width or density that a candidate's descriptors state, 1 where there are none, None where they are broken."""
    words = [word for word in descriptors.split() if not word.endswith("h")]
    if not words:
        return 1.0
    found = SIZE.match(words[0]) if len(words) == 1 and len(words[0]) < 16 else None
    return float(found[1] or found[2]) if found is not None else None


def siblings_before(element: Element) -> list[Node]:
    """The nodes before `element` in its parent, MOST_SIBLINGS at most: those that the HTML standard asks for sources.

    Back to the image before it: a picture has one, and one of thousands would be read over and over again.
    """
    before = takewhile(lambda node: not (isinstance(node, Element) and node.tag in TAGS), element.previous_siblings)
    return list(islice(before, MOST_SIBLINGS))[::-1]


def sources_in(nodes: Iterable[Node]) -> Iterator[Attributes]:
    """The attributes of those of a picture's sources whose type, where declared, can be decoded."""
    for child in nodes:
        if isinstance(child, Element) and child.tag == "source":
            own = attributes(child)
            kind = (own[1]("type") or "").partition(";")[0].strip().lower()
            if not kind or kind in DECODABLE:
                yield own


def resolved(written: Iterable[str], base: str) -> tuple[str, ...]:
    """Absolute http(s) addresses without fragments, each once, at most MOST."""
    urls: dict[str, None] = {}
    for reference in written:
        if not reference or reference in urls:
            continue
        url = join(base, reference)
        if url is not None:
            urls[url.partition("#")[0] if "#" in url else url] = None
            if len(urls) == MOST:
                break
    return tuple(urls)


def declared_size(own: Attributes) -> tuple[int, int]:
    """(width, height) in pixels by attribute, else by inline style; 0 where a side is not declared or is relative."""
    read = own[1]
    width, height = pixels(read("width")), pixels(read("height"))
    if width and height:
        return width, height
    style = read("style")
    if not style:
        return width, height
    styled = {name.lower(): int(number) for name, number in STYLE.findall(style)}
    return width or styled.get("width", 0), height or styled.get("height", 0)


@lru_cache(1024)
def pixels(written: str | None) -> int:
    """A number of pixels from a dimension attribute; 0 for none, percentages and other units.

    >>> pixels("640"), pixels("12.5px"), pixels("50%")
    (640, 12, 0)
    """
    if not written:
        return 0
    if len(written) <= 5 and is_number(written):
        return int(written)
    found = PIXELS.match(written)
    return int(found[1]) if found is not None else 0


def same_file(one: MediaRef, other: MediaRef) -> bool:
    """Whether two references name one file in different folders, as a blurred preview and the picture do (`/60/1*CAN….png`)."""
    names = [{url.partition("?")[0].rpartition("/")[2] for url in image.urls} for image in (one, other)]
    return any(len(name) >= LONG_NAME for name in names[0] & names[1])


def same_image(one: MediaRef, other: MediaRef) -> bool:
    """Whether two references share an address, as a lazy image and its copy in `noscript` do."""
    return not set(one.urls).isdisjoint(other.urls)
