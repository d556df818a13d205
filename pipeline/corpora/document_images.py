"""Documents by the images that stay in them: keys of duplicates, and images that stand twice in one page. Pure."""

import numpy as np

from pipeline.corpora.base import Evidence, Judgement, Keys, Round
from pipeline.corpora.pages import PAGE_ROUNDS
from pipeline.decide.pictures import PictureLabels
from schemas.recipe import Recipe
from transforms.dedup.keep_first import as_digests, halves_of, newest_first
from transforms.dedup.keys import key

KEEP, FIRST = "keep", "first"  # what becomes of a picture that stands several times in a page


def set_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Documents of the same set of images, whatever their order: the newest capture stays, as in OBELICS."""
    item, pictures, _ = shown_pictures(judged)
    order = np.lexsort([pictures[:, 1], pictures[:, 0], item])
    items, begins = np.unique(item[order], return_index=True)
    sets = np.split(pictures[order].astype(">u8"), begins[1:]) if len(items) else []
    halves = halves_of(b"".join(key(some.tobytes()) for some in sets))
    return Keys(items, halves[:, 0], halves[:, 1], newest(judged)[items])


def seen_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """The images of documents, in the order of each: the newest capture that has one is its first document."""
    item, pictures, digests = shown_pictures(judged)
    compared = np.zeros(len(item), list(seen_evidence(recipe)))
    for name in compared.dtype.names or ():
        compared[name] = as_digests(digests)
    return Keys(item, pictures[:, 0], pictures[:, 1], newest(judged)[item], compared)


def seen_evidence(recipe: Recipe) -> Evidence:
    """Where pictures that are alike are one, the digest of each, by which a later run makes its key anew."""
    return (("picture", "V16"),) if recipe.near_images.set else ()


def seen_again(rows: np.ndarray, labels: PictureLabels) -> np.ndarray:
    """The keys of images in documents of an earlier run, by what is alike in this one."""
    return labels.of_halves(halves_of(rows["picture"].tobytes()))[0]


def newest(judged: Judgement) -> np.ndarray:
    """Ranks of pages that put the newest capture first."""
    return newest_first(judged.unit.pages["date"].to_pylist())


def shown_pictures(judged: Judgement) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pictures that stay in documents, each once a document, in their order: rows of the documents, the pictures' keys and digests."""
    (inside,) = judged.inner
    mask = inside.verdicts.kept
    mask = mask & (first_places(inside.item, inside.pictures, mask) == np.arange(len(mask)))
    return inside.item[mask], inside.pictures[mask], inside.digests[mask]


def first_places(page: np.ndarray, pictures: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """For each image of the mask the row of the first one of the mask that shows its picture on its page; for all others their own.

    >>> first_places(np.array([0, 0, 1]), np.array([[7, 7], [7, 7], [7, 7]], np.uint64), np.ones(3, bool)).tolist()
    [0, 0, 2]
    """
    rows = np.flatnonzero(mask)
    names = np.empty((len(rows), 3), np.uint64)
    names[:, 0], names[:, 1:] = page[rows], pictures[rows]
    _, first, same = np.unique(names, axis=0, return_index=True, return_inverse=True)
    found = np.arange(len(page))
    found[rows] = rows[first[same.reshape(-1)]]
    return found


DOCUMENT_ROUNDS: dict[str, Round] = {
    **PAGE_ROUNDS,
    "images": Round(set_keys, pictures=True),
    "images_seen": Round(seen_keys, evidence=seen_evidence, again=seen_again, every=True, pictures=True),
}
