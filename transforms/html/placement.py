"""Decides which images belong to main content, and puts all images in their places among the blocks. Pure."""

import re
from collections.abc import Sequence
from itertools import accumulate, repeat
from operator import mul
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.outcomes import Fault, RecordError
from schemas.recipe import OWN_CAPTIONS
from schemas.records import Block, BlockKind, MediaRef
from transforms.html.captions import said_beside
from transforms.html.nodes import TAGS, Body
from transforms.html.picture_words import Named, numbered_caption, said_by_attributes, said_once
from transforms.html.references import (
    MOST,
    NONE,
    attributes,
    reference_of,
    same_file,
    same_image,
    sources_of,
    with_link,
)
from transforms.html.references import TAGS as IMAGES
from transforms.html.run_texts import KINDS
from transforms.html.segment import Place, Segments
from transforms.html.urls import join

_OUTSIDE = frozenset(map(TAGS.index, ("nav", "aside", "footer", "button", "form", "dialog")))
_HEADER, _NOSCRIPT = TAGS.index("header"), TAGS.index("noscript")
_CONTENT = frozenset(
    map(TAGS.index, ("article", "main"))
)  # their headers hold pictures of their own, the page's header holds its logo
_PIXEL = 3  # a declared side up to this is a counter or a spacer; small pictures are for the recipe to judge (ours)
LEAST_SHARE = 0.6  # of the text around an image that must be kept
_CAPTION = 120  # characters; an element with less text holds a caption or a title, so what is around it decides (ours)
_NEAR = 3  # blocks within which an image needs kept text (ours, on readability's pages)
_ALL_LINK = 0.9  # of a block's characters in links: it is a link, but for a mark before or after it (ours)
# Ours: what the addresses of a page may take together, in characters and in lengths of its markup. They are shorter than the markup, unless
# a long base is written once and joined ten thousand times (2.7 kB of archive took 2 GB, measured).
ADDRESS_CHARACTERS, ADDRESS_LENGTHS = 4 * 2**20, 2
_PICTURE = re.compile(r"\.(?:avif|bmp|gif|jpe?g|png|svg|tiff?|webp)(?:[?#]|$)", re.IGNORECASE)

_new = tuple.__new__  # of a named tuple, in half the time that its own constructor takes
_IMAGE = BlockKind.IMAGE

# Which of the page's places, what is shown there, and whether it may be the picture of a teaser.
Shown = tuple[int, MediaRef, bool]


def assemble(
    page: Segments,
    scores: npt.NDArray[np.float64],
    kept: npt.NDArray[np.bool_],
    around: Sequence[int],
    shown: Sequence[Shown],
) -> tuple[tuple[Block, ...], tuple[MediaRef, ...]]:
    """All blocks of the page in document order, and its images; each image is kept if the text around it is.

    `around` is the container of each run of text.
    """
    texts = text_blocks(page, scores, kept, around)
    blocks: list[Block] = []
    images: list[MediaRef] = []
    done = 0
    numbered: dict[int, str] = {}  # what stands beside pictures, by the number of runs before them
    shares = image_shares(page, kept, [(page.places[index], teases) for index, _, teases in shown])
    for (index, image, _), share in zip(shown, shares, strict=True):
        _, figure, before = page.places[index]
        image = settled(image, page.captions.get(figure, ""), share >= LEAST_SHARE)
        if figure < 0 and not (image.others and has_own_caption(image)):
            if before not in numbered:
                numbered[before] = numbered_caption(page.texts, before)
            if said := numbered[before]:
                image = image._replace(others=(*image.others, ("beside", said)))
        blocks += texts[done:before]
        done = before
        blocks.append(_new(Block, (_IMAGE, "", 0, share, image.kept, len(images), -1)))
        images.append(image)
    return (*blocks, *texts[done:]), tuple(images)


def settled(image: MediaRef, caption: str, in_content: bool) -> MediaRef:
    """An image with its caption, and whether it is kept; a fifth of the time that `_replace` takes."""
    urls, alt, title, _, width, height, _, kind, others = image
    return _new(MediaRef, (urls, alt, title, caption, width, height, in_content and not is_icon(image), kind, others))


def has_own_caption(image: MediaRef) -> bool:
    """Whether a caption stands beside an image by its class or role."""
    return any(kind in OWN_CAPTIONS for kind, _ in image.others)


def text_blocks(
    page: Segments, scores: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_], around: Sequence[int]
) -> list[Block]:
    """The runs of text as blocks, each with its decision and its container."""
    kinds = map(KINDS.__getitem__, page.kinds.tolist())
    decided = scores.tolist(), kept.tolist(), repeat(-1), around
    return list(map(_new, repeat(Block), zip(kinds, page.texts, page.levels.tolist(), *decided, strict=False)))


class Picture(NamedTuple):
    """An image element with an address: its number among the page's, what it shows, and the address of the link around it as written."""

    number: int
    image: MediaRef
    link: str | None


def read_pictures(body: Body, base: str, markup: int) -> list[Picture]:
    """Those of a page's image elements that have an address, with what is said of each; `markup` is the page's length.

    Raises RecordError (hostile_markup) where the addresses are beyond ADDRESS_CHARACTERS and ADDRESS_LENGTHS.
    """
    found = []
    elements = body.images
    beside, named = said_beside(body), Named(body.listed.elements)
    left = ADDRESS_CHARACTERS + ADDRESS_LENGTHS * markup
    for index, element in enumerate(elements):
        own = attributes(element)
        image = reference_of(own, sources_of(element), base) if element.tag in IMAGES else None
        if image is not None:
            left -= sum(map(len, image.urls))
            if left < 0:
                characters = ADDRESS_CHARACTERS + ADDRESS_LENGTHS * markup - left
                why = f"{index + 1:,} of {len(elements):,} images have addresses of {characters:,} characters"
                raise RecordError(Fault.HOSTILE_MARKUP, why)
            around = element.closest("a[href]")
            link = around.attr("href") if around is not None else None
            said = said_by_attributes(own, attributes(around) if around is not None else NONE, named)
            if index in beside:
                said = [*beside[index], *said]
            if said:
                image = image._replace(others=said_once(said))
            found.append(_new(Picture, (index, with_link(image, link, base), link)))
    return found


def shown_images(page: Segments, pictures: Sequence[Picture], base: str) -> list[Shown]:
    """The pictures without those that a lazy page repeats in a `noscript` beside the first."""
    shown: list[Shown] = []
    places = page.places
    links: dict[str, bool] = {}
    for index, image, link in pictures:
        if shown and places[shown[-1][0]].before == places[index].before:
            last, preview, teases = shown[-1]
            in_noscript = page.tags[places[index].holder] == _NOSCRIPT
            if (in_noscript or page.tags[places[last].holder] == _NOSCRIPT) and same_image(preview, image):
                continue
            if in_noscript and same_file(preview, image):  # the copy is the picture, the one before it a preview
                urls = tuple(dict.fromkeys((*image.urls, *preview.urls)))[:MOST]
                shown[-1] = last, image._replace(urls=urls), teases
                continue
        shown.append((index, image, link is not None and may_tease(page, places[index].before, link, base, links)))
    return shown


def may_tease(page: Segments, before: int, link: str, base: str, links: dict[str, bool]) -> bool:
    """Whether a picture is a link to another page before a block that is all link: a teaser's picture before its headline, or a button.

    `links` holds what is known of links. If that block is no main content, neither is the picture: of 736 pictures kept on readability's
    pages 9 are such, all of the 77 wrong ones; on 1,124 pages of wcxb 465 of 12,937, most of them of teasers, profiles, shops' lists.
    """
    if before >= len(page.texts) or page.linked[before] < _ALL_LINK * len(page.texts[before]):
        return False
    if link not in links:
        links[link] = leads_elsewhere(link, base)
    return links[link]


def leads_elsewhere(link: str, base: str) -> bool:
    """Whether a link leads neither to a place on its page nor to a picture."""
    address = join(base, link)
    if address is None or _PICTURE.search(address):
        return False
    return address.partition("#")[0] != base.partition("#")[0]


def is_icon(image: MediaRef) -> bool:
    """Whether a declared side says that the image is too small to be a picture: a counter, a spacer."""
    return 0 < image.width <= _PIXEL or 0 < image.height <= _PIXEL


# Blocks `first` up to `end`, whether they are never main content, and whether they stand in an `article` or `main`.
_Region = tuple[int, int, bool, bool]


class _Elements(NamedTuple):
    """The block-level elements of a page as `Segments` has them."""

    tags: list[int]
    parents: list[int]
    firsts: list[int]
    ends: list[int]


def image_shares(page: Segments, kept: npt.NDArray[np.bool_], shown: Sequence[tuple[Place, bool]]) -> list[float]:
    """For each image the share of kept characters in the region around it; 0 outside main content or far from kept text.

    `shown` are the places of images, and whether they may be teasers' pictures. 0 also for the picture of a dropped teaser; 1 where both
    neighbouring blocks are kept, or where the page has no text at all.
    """
    if not page.texts or not shown:
        return [1.0] * len(shown)
    flags: list[bool] = kept.tolist()
    sizes = list(map(len, page.texts))
    total = list(accumulate(sizes, initial=0))  # characters before each block, and those of them that are kept
    taken = list(accumulate(map(mul, sizes, flags), initial=0))
    known = {-1: (0, 0, False, False)}
    elements = _Elements(page.tags.tolist(), page.parents.tolist(), page.firsts.tolist(), page.ends.tolist())
    shares = []
    for (holder, figure, before), teases in shown:
        low, high = max(0, before - _NEAR), min(len(flags), before + _NEAR)
        if taken[high] == taken[low] or (teases and not flags[before]):  # whatever its region: half of all images
            shares.append(0.0)
            continue
        first, end, outside, _ = region(elements, elements.parents[figure] if figure >= 0 else holder, total, known)
        low, high = max(first, low), min(end, high)
        if outside or low >= high or taken[high] == taken[low]:
            shares.append(0.0)
        elif 0 < before < len(flags) and flags[before - 1] and flags[before]:
            shares.append(1.0)
        else:
            shares.append((taken[end] - taken[first]) / ((total[end] - total[first]) or 1))
    return shares


def region(page: _Elements, start: int, total: list[int], known: dict[int, _Region]) -> _Region:
    """The smallest element around `start` with more text than a caption; `known` holds what was found before, and grows."""
    path = []
    around = start
    while around not in known:
        path.append(around)
        around = page.parents[around]
    first, end, outside, in_content = known[around]
    tags, firsts, ends = page.tags, page.firsts, page.ends
    for around in reversed(path):
        tag = tags[around]
        outside = outside or tag in _OUTSIDE or (tag == _HEADER and not in_content)
        in_content = in_content or tag in _CONTENT
        if around == 0 or total[ends[around]] - total[firsts[around]] >= _CAPTION:
            first, end = firsts[around], ends[around]
        known[around] = first, end, outside, in_content
    return known[start]
