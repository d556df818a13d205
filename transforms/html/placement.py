"""Which images of a page belong to its main content, and the page's blocks with the images in their places. Pure."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import Block, BlockKind, ImageRef
from transforms.html.references import MOST, image_reference, same_file, same_image
from transforms.html.segment import Place, Segments

_OUTSIDE = frozenset(("nav", "aside", "footer", "button", "form", "dialog"))
_CONTENT = frozenset(("article", "main"))  # their headers hold pictures of their own, the page's header holds its logo
_PIXEL = 3  # a declared side up to this is a counter or a spacer; small pictures are for the recipe to judge (ours)
_LEAST_SHARE = 0.6  # of the text around an image that must be kept
_CAPTION = 120  # characters; an element with less text holds a caption or a title, so what is around it decides (ours)
_NEAR = 2  # blocks within which an image needs kept text (ours, on readability's pages)


class Shown(NamedTuple):
    """An image with its place."""

    place: Place
    image: ImageRef


def assemble(
    page: Segments, scores: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_], base: str
) -> tuple[tuple[Block, ...], tuple[ImageRef, ...]]:
    """All blocks of the page in document order, and its images; each image is kept if the text around it is."""
    shown = shown_images(page, base)
    shares = image_shares(page, kept, [image.place for image in shown])
    images = [
        image._replace(
            figcaption=page.captions.get(place.figure, ""), kept=share >= _LEAST_SHARE and not is_icon(image)
        )
        for (place, image), share in zip(shown, shares, strict=True)
    ]
    texts = [
        Block(run.kind, run.text, run.level, score, keep)
        for run, score, keep in zip(page.runs, scores.tolist(), kept.tolist(), strict=True)
    ]
    blocks: list[Block] = []
    done = 0
    for index, (place, _) in enumerate(shown):
        blocks += texts[done : place.before]
        done = place.before
        blocks.append(Block(BlockKind.IMAGE, "", 0, shares[index], images[index].kept, index))
    return (*blocks, *texts[done:]), tuple(images)


def shown_images(page: Segments, base: str) -> list[Shown]:
    """The images with an address, without those that a lazy page repeats in a `noscript` beside the first."""
    shown: list[Shown] = []
    for place in page.places:
        image = image_reference(place.element, base)
        if image is None:
            continue
        last = shown[-1] if shown else None
        if last is not None and last.place.before == place.before:
            in_noscript = [page.tags[near.holder] == "noscript" for near in (last.place, place)]
            if any(in_noscript) and same_image(last.image, image):
                continue
            if in_noscript[1] and same_file(last.image, image):  # the copy is the picture, the one before it a preview
                urls = tuple(dict.fromkeys((*image.urls, *last.image.urls)))[:MOST]
                shown[-1] = Shown(last.place, image._replace(urls=urls))
                continue
        shown.append(Shown(place, image))
    return shown


def is_icon(image: ImageRef) -> bool:
    """Whether a declared side says that the image is too small to be a picture: a counter, a spacer."""
    return 0 < image.width <= _PIXEL or 0 < image.height <= _PIXEL


class _Kept:
    """Kept characters of any range of blocks, and where kept blocks stand."""

    def __init__(self, page: Segments, kept: npt.NDArray[np.bool_]) -> None:
        sizes = np.array([len(run.text) for run in page.runs], np.int64)
        self.total: list[int] = [0, *np.cumsum(sizes).tolist()]
        self.taken: list[int] = [0, *np.cumsum(sizes * kept).tolist()]

    def share(self, first: int, end: int) -> float:
        """The share of kept characters in blocks `first` up to `end`."""
        total = self.total[end] - self.total[first]
        return (self.taken[end] - self.taken[first]) / total if total else 0.0


def image_shares(page: Segments, kept: npt.NDArray[np.bool_], places: list[Place]) -> list[float]:
    """For each image the share of kept characters in the region around it; 0 outside main content or far from kept text.

    1 where both neighbouring blocks are kept, or where the page has no text at all.
    """
    if not page.runs:
        return [1.0] * len(places)
    counts = _Kept(page, kept)
    regions: dict[int, tuple[int, int, bool]] = {}
    flags = kept.tolist()
    shares = []
    for place in places:
        start = page.parents[place.figure] if place.figure >= 0 else place.holder
        if start not in regions:
            regions[start] = region(page, start, counts.total)
        first, end, outside = regions[start]
        low, high = max(first, place.before - _NEAR), min(end, place.before + _NEAR)
        if outside or low >= high or counts.taken[high] == counts.taken[low]:
            shares.append(0.0)
        elif 0 < place.before < len(flags) and flags[place.before - 1] and flags[place.before]:
            shares.append(1.0)
        else:
            shares.append(counts.share(first, end))
    return shares


def region(page: Segments, start: int, total: list[int]) -> tuple[int, int, bool]:
    """Blocks (first, end) of the smallest element around `start` with more text than a caption, and whether that is never main content."""
    outside = in_header = False
    blocks: tuple[int, int] | None = None
    around = start
    while around >= 0:
        tag = page.tags[around]
        outside = outside or tag in _OUTSIDE
        in_header = tag == "header" or (in_header and tag not in _CONTENT)
        first, end = page.firsts[around], page.ends[around]
        if blocks is None and (total[end] - total[first] >= _CAPTION or page.parents[around] < 0):
            blocks = first, end
        around = page.parents[around]
    first, end = blocks or (0, 0)
    return first, end, outside or in_header
