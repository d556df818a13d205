"""Audio and video of a page as references: their addresses, tracks and texts, and where in main content they stand. Pure.

`read_nodes` takes their elements out of the tree, as they show no text, and leaves a comment in the place of each. Those whose comment is
in the body are read here; main content decides about them as it does about images. Frames are media where they show a known player.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
from turbohtml import Comment, Element

from schemas.records import MediaKind, Recording, Source, Track
from transforms.html.captions import text_of
from transforms.html.media_marks import MARK, NO_MEDIA, Marked, addresses_of, played
from transforms.html.nodes import Body
from transforms.html.placement import LEAST_SHARE, Shown, image_shares
from transforms.html.references import Attributes, attributes
from transforms.html.segment import Segments
from transforms.html.urls import join
from transforms.invisible import visible

# Why an element gives no reference.
NO_ADDRESS = "no_media_address"  # it names no http(s) address: scripts fill it in, or its data stands in the page
UNSEEN = "unseen_media"  # it stands in what shows nothing, in a menu or footer, or inside another one
REPEATED = "repeated_media"  # the copy of the one before it, for readers without scripts
OUTSIDE = "media_outside"  # it stands outside of main content
TOO_MANY = "too_many_media"  # behind MOST others, or CHARACTERS of them

MOST = 256  # of a page (ours)
CHARACTERS = 2**18  # that the addresses and words of a page's media take together, captions apart (ours)
MOST_SOURCES, MOST_TRACKS = 8, 64  # of one; subtitles in all languages of a talk are some forty (ours)
_MOST_CHILDREN = 200  # nodes inside of one that are looked at (ours)
_LONGEST_WORD, _LONGEST_TITLE, _LONGEST_CAPTION = 100, 500, 2_000  # characters (ours)
_MOST_BEHIND = 80  # nodes behind one that are asked for a link to its transcript (ours)
_LONGEST_LINK = 80  # characters of the text of such a link (ours)
_LAZY_POSTERS = ("poster", "data-poster")
_HTML = "text/html"
# What a link to a transcript says, or its address; transcription factors are proteins.
_TRANSCRIPT = re.compile(
    r"trans[ck]ri(?!ption(?:al|\W{0,3}factor))|transkry[bp]|trascrizion|átirat|litterointi|přepis|расшифровк|стенограмм|транскрип"
    r"|απομαγνητοφώνηση|文字起こし|書き起こし|逐字稿|文字稿|文字版|녹취|대본|تفريغ|תמלול",
    re.IGNORECASE,
)


def read_media(body: Body, base: str) -> tuple[list[Recording | None], dict[str, int]]:
    """What each medium in a page's body refers to, None for those that give no reference; and how many give none, by rule."""
    found: list[Recording | None] = []
    if body.media is NO_MEDIA:
        return found, {}
    lost = Counter({UNSEEN: body.media.unseen, TOO_MANY: body.media.beyond})
    left = CHARACTERS
    for marked in body.media.marked:
        recording = recording_of(marked, base) if len(found) < MOST and left > 0 else None
        if recording is None:
            lost[TOO_MANY if len(found) >= MOST or left <= 0 else NO_ADDRESS] += 1
        else:
            left -= characters_of(recording)
        found.append(recording)
    return found, {rule: count for rule, count in lost.items() if count}


def recording_of(marked: Marked, base: str) -> Recording | None:
    """What a medium refers to; None where it names no address."""
    element = marked.element
    own = attributes(element)
    names, read = own
    if element.tag == "iframe":
        return player_of(own, marked, base)
    children = [child for child in islice(element.descendants, _MOST_CHILDREN) if isinstance(child, Element)]
    sources: dict[str, str] = {}
    for written, type_ in written_sources(own, [attributes(child) for child in children if child.tag == "source"]):
        if (url := address(written, base)) and len(sources) < MOST_SOURCES:
            sources.setdefault(url, type_)
    if not sources:
        return None
    posters = (address(read(name) or "", base) for name in _LAZY_POSTERS if name in names)
    tracks = (track_of(attributes(child), base) for child in children if child.tag == "track")
    return Recording(
        MediaKind.AUDIO if element.tag == "audio" else MediaKind.VIDEO,
        tuple(Source(*source) for source in sources.items()),
        next(filter(None, posters), ""),
        title_of(own),
        "",
        tuple(islice(filter(None, tracks), MOST_TRACKS)),
        transcript_of(chain(children, elements_behind(marked)), base),
    )


def written_sources(own: Attributes, sources: Sequence[Attributes]) -> Iterator[tuple[str, str]]:
    """The addresses of a medium as written, its own first, each with the type that is declared of it."""
    for each in (own, *sources):
        type_ = word_of(each, "type")
        for written in addresses_of(each):
            yield written, type_


def address(written: str, base: str) -> str:
    """An address resolved, without its fragment, which says where to begin; "" for none."""
    url = join(base, written.strip()) if written else None
    return url.partition("#")[0] if url else ""


def player_of(own: Attributes, marked: Marked, base: str) -> Recording | None:
    """What the frame of a known player plays; its source is a page of HTML."""
    for written in addresses_of(own):
        if (kind := played(written)) and (url := address(written, base)):
            transcript = transcript_of(elements_behind(marked), base)
            return Recording(kind, (Source(url, _HTML),), title=title_of(own), transcript=transcript)
    return None


def title_of(own: Attributes) -> str:
    """What an element is called by its own attributes."""
    return (own[1]("title") or own[1]("aria-label") or "")[:_LONGEST_TITLE]


def word_of(own: Attributes, name: str) -> str:
    """An attribute on one line, cut to what a word may have."""
    return " ".join(visible((own[1](name) or "")[:_LONGEST_WORD]).split())


def track_of(own: Attributes, base: str) -> Track | None:
    """A track with an address; one that names no kind has subtitles, by the HTML standard."""
    url = address(own[1]("src") or "", base)
    kind, lang, label = (word_of(own, name) for name in ("kind", "srclang", "label"))
    return Track(url, kind.lower() or "subtitles", lang, label) if url else None


def elements_behind(marked: Marked) -> Iterator[Element]:
    """The elements right behind a medium, up to the next medium."""
    for node in islice(marked.mark.following, _MOST_BEHIND):
        if isinstance(node, Element):
            yield node
        elif isinstance(node, Comment) and node.data == MARK:
            break


def transcript_of(elements: Iterable[Element], base: str) -> str:
    """The address that the first link to a transcript leads to, which may be a place on the page; "" for none."""
    for element in elements:
        if element.tag == "a" and (href := (attributes(element)[1]("href") or "").strip()):
            text = text_of(element)
            if (len(text) <= _LONGEST_LINK and _TRANSCRIPT.search(text)) or _TRANSCRIPT.search(href[-_LONGEST_WORD:]):
                return join(base, href) or ""
    return ""


def characters_of(recording: Recording) -> int:
    """How many characters a reference holds."""
    own = (recording.poster, recording.title, recording.transcript)
    return sum(map(len, own)) + sum(len(said) for row in (*recording.sources, *recording.tracks) for said in row)


def placed_media(
    page: Segments,
    kept: npt.NDArray[np.bool_],
    shown: Sequence[Shown],
    media: Sequence[Recording | None],
    lost: Mapping[str, int],
) -> tuple[tuple[Recording, ...], dict[str, int]]:
    """The media that stand in main content, by the rule for images, each with its caption and the number of blocks before it; and how
    many do not, by rule, those that were `lost` before among them."""
    if not media:
        return (), dict(lost)
    rules = Counter(lost)
    found: list[Recording] = []
    images = [index for index, _, _ in shown]
    shares = image_shares(page, kept, [(place, False) for place, _ in page.media])
    for recording, (place, images_before), share in zip(media, page.media, shares, strict=True):
        if recording is None:
            continue
        at = place.before + bisect_left(images, images_before)
        if share < LEAST_SHARE:
            rules[OUTSIDE] += 1
        elif found and found[-1].place == at and found[-1].sources == recording.sources:
            rules[REPEATED] += 1
        else:
            caption = page.captions.get(place.figure, "")[:_LONGEST_CAPTION]
            found.append(recording._replace(caption=caption, place=at))
    return tuple(found), {rule: count for rule, count in sorted(rules.items()) if count}
