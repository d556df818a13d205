"""Which images of a page belong to its main content, and the page's blocks with the images in their places. Pure."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import Block, BlockKind, ImageRef
from transforms.html.references import image_reference, same_image
from transforms.html.segment import Place, Segments

_OUTSIDE = frozenset(("nav", "footer", "button", "form", "dialog"))
_ICON = 32  # pixels; a declared side up to this is an icon, a bullet or a counter (ours)
_NEAR_SHARE = 0.5  # of the words beside an image that must be kept


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
        image._replace(figcaption=page.captions.get(place.figure, ""), kept=share >= _NEAR_SHARE and not is_icon(image))
        for (place, image), share in zip(shown, shares, strict=True)
    ]
    blocks: list[Block] = []
    texts = zip(page.runs, scores.tolist(), kept.tolist(), strict=True)
    done = 0
    for index, (place, _) in enumerate(shown):
        for run, score, keep in (next(texts) for _ in range(place.before - done)):
            blocks.append(Block(run.kind, run.text, run.level, score, keep))
        done = max(done, place.before)
        blocks.append(Block(BlockKind.IMAGE, "", 0, shares[index], images[index].kept, index))
    blocks += [Block(run.kind, run.text, run.level, score, keep) for run, score, keep in texts]
    return tuple(blocks), tuple(images)


def shown_images(page: Segments, base: str) -> list[Shown]:
    """The images with an address, without those that a lazy page repeats in a `noscript` beside the first."""
    shown: list[Shown] = []
    for place in page.places:
        image = image_reference(place.element, base)
        if image is None:
            continue
        last = shown[-1] if shown else None
        if last is not None and last.place.before == place.before and same_image(last.image, image):
            in_noscript = [page.tags[near.holder] == "noscript" for near in (last.place, place)]
            if any(in_noscript):
                continue
        shown.append(Shown(place, image))
    return shown


def is_icon(image: ImageRef) -> bool:
    """Whether a declared side says that the image is no picture."""
    return 0 < image.width <= _ICON or 0 < image.height <= _ICON


def image_shares(page: Segments, kept: npt.NDArray[np.bool_], places: list[Place]) -> list[float]:
    """For each image the share of kept characters in the smallest element with text around it, 0 outside main content.

    1 where both neighbouring blocks are kept, or where the page has no text at all.
    """
    if not page.runs:
        return [1.0] * len(places)
    sizes = np.fromiter((len(run.text) for run in page.runs), np.int64, len(page.runs))
    total = np.concatenate(([0], np.cumsum(sizes))).tolist()
    taken = np.concatenate(([0], np.cumsum(sizes * kept))).tolist()
    flags = kept.tolist()
    shares = []
    for place in places:
        element, outside = region(page, page.parents[place.figure] if place.figure >= 0 else place.holder)
        first, end = page.firsts[element], page.ends[element]
        share = (taken[end] - taken[first]) / (total[end] - total[first])
        if 0 < place.before < len(flags) and flags[place.before - 1] and flags[place.before]:
            share = 1.0
        shares.append(0.0 if outside else share)
    return shares


def region(page: Segments, holder: int) -> tuple[int, bool]:
    """The smallest element with text around an element, and whether it stands in one that is never main content."""
    outside = False
    around = holder
    element = -1
    while around >= 0:
        outside = outside or page.tags[around] in _OUTSIDE
        if element < 0 and page.ends[around] > page.firsts[around]:
            element = around
        around = page.parents[around]
    return element, outside
