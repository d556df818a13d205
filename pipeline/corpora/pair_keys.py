"""The keys by which pairs are duplicates: the bytes of their image or its perceptual hash, alone or with the caption. Pure.

A hash is of the coarse forms of a picture's grey, so a round by hash also compares colours and finer forms. Of several copies of a picture
the largest stays.
"""

from typing import Any

import numpy as np

from pipeline.corpora.base import Evidence, Judgement, Keys, Round
from pipeline.decide.pictures import PictureLabels, compare, sha_halves
from schemas.index import IMAGE_FACTS
from schemas.recipe import Recipe
from transforms.dedup.keep_first import Verify, as_digests, halves_of
from transforms.dedup.keys import key
from transforms.image.likeness import SAME_FINE, colour_distance, fine_distance, same_colours

_EVIDENCE = tuple((name, IMAGE_FACTS[name]) for name in ("colours", "fine"))
# Of near duplicates also the digests of the picture and of its caption, by which a later run makes its keys anew.
_NEAR = (*((name, IMAGE_FACTS[name]) for name in ("phash", "fine", "colours")), ("picture", "V16"), ("said", "V16"))


def byte_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same bytes."""
    return _byte_keys(judged, with_caption=False)


def byte_caption_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same bytes under the same caption."""
    return _byte_keys(judged, with_caption=True)


def picture_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same perceptual hash."""
    return _picture_keys(judged, with_caption=False)


def picture_caption_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same perceptual hash under the same caption, as COYO-700M compares them."""
    return _picture_keys(judged, with_caption=True)


def _byte_keys(judged: Judgement, with_caption: bool) -> Keys:
    refs = judged.unit.refs
    items = np.flatnonzero(refs.found)
    return _keys(judged, items, refs.media["sha256"][items], np.zeros(len(items), np.int64), with_caption)


def near_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same picture (`near_images`)."""
    return _near_keys(judged, with_caption=False)


def near_caption_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Images of the same picture under the same caption."""
    return _near_keys(judged, with_caption=True)


def _near_keys(judged: Judgement, with_caption: bool) -> Keys:
    refs = judged.unit.refs
    items, rank = _shaped(judged)
    media, texts = refs.media[items], judged.texts[items].tolist() if with_caption else [""] * len(items)
    compared = np.zeros(len(items), list(_NEAR))
    for name in ("phash", "fine", "colours"):
        compared[name] = media[name]
    compared["picture"] = as_digests(sha_halves(media))
    said = b"".join(key(text.encode("utf-8", "replace")) for text in texts)
    compared["said"] = np.frombuffer(said, "V16")
    halves = joined_halves(refs.pictures[items], compared["said"])
    return Keys(items, halves[:, 0], halves[:, 1], rank, compared)


def near_again(rows: np.ndarray, labels: PictureLabels) -> np.ndarray:
    """The keys of candidates of an earlier run, by what is alike in this one."""
    return joined_halves(labels.of_halves(halves_of(rows["picture"].tobytes()))[0], rows["said"])


def joined_halves(pictures: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Keys of a picture and a caption's digest. Shape (n, 2)."""
    data = zip(as_digests(pictures), said, strict=True)
    return halves_of(b"".join(key(picture.tobytes() + text.tobytes()) for picture, text in data))


def _picture_keys(judged: Judgement, with_caption: bool) -> Keys:
    media = judged.unit.refs.media
    items, rank = _shaped(judged)
    compared = np.zeros(len(items), list(_EVIDENCE))
    for name, _ in _EVIDENCE:
        compared[name] = media[name][items]
    return _keys(judged, items, media["phash"][items], rank, with_caption, compared)


def _shaped(judged: Judgement) -> tuple[np.ndarray, np.ndarray]:
    """The items that have a hash to speak of, and the ranks that put the largest first.

    Flat pictures share degenerate hashes (all zeros, or the top bit alone) and take no part.
    """
    media = judged.unit.refs.media
    items = np.flatnonzero(judged.unit.refs.found & (np.bitwise_count(media["phash"]) > 1) & (media["spread"] > 0))
    return items, -media["width"][items].astype(np.int64) * media["height"][items]


def _keys(
    judged: Judgement,
    items: np.ndarray,
    values: np.ndarray,
    rank: np.ndarray,
    with_caption: bool,
    evidence: np.ndarray | None = None,
) -> Keys:
    texts = judged.texts[items].tolist() if with_caption else [""] * len(items)
    data = (value.tobytes() + text.encode("utf-8", "replace") for value, text in zip(values, texts, strict=True))
    halves = halves_of(b"".join(map(key, data)))
    return Keys(items, halves[:, 0], halves[:, 1], rank, evidence)


def _same_picture(recipe: Recipe) -> Verify:
    return _is_same_picture


def _is_same_picture(candidates: np.ndarray, keepers: np.ndarray) -> tuple[Any, Any]:
    distance = fine_distance(candidates["fine"], keepers["fine"])
    return same_colours(candidates["colours"], keepers["colours"]) & (distance <= SAME_FINE), distance.astype(float)


def _evidence(recipe: Recipe) -> Evidence:
    return _EVIDENCE


def _near_evidence(recipe: Recipe) -> Evidence:
    return _NEAR


def _near_enough(recipe: Recipe) -> Verify:
    alike = compare(recipe.near_images)

    def verify(candidates: np.ndarray, keepers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found, distance = alike(candidates, keepers)
        coloured = colour_distance(candidates["colours"], keepers["colours"]) <= NEAR_COLOUR
        if recipe.near_images.flips:  # where colours lie is not compared of a picture that is mirrored
            coloured |= fine_distance(candidates["fine"], keepers["fine"]) > distance
        return found & coloured, distance

    return verify


# Levels by which the chroma of a cell may differ in near duplicates: of 87 photographs whose hues are turned by a third 20 % are within it
# (80 % without the check), of those whose saturation is raised by 30 % all (docs/decisions.md). Ours.
NEAR_COLOUR = 24


def _near_fault(recipe: Recipe) -> str:
    return "" if recipe.near_images.set else 'needs near_images.set, such as "default"'


PAIR_ROUNDS: dict[str, Round] = {
    "sha256": Round(byte_keys),
    "phash": Round(picture_keys, _same_picture, _evidence),
    "near": Round(near_keys, _near_enough, _near_evidence, fault=_near_fault, again=near_again, pictures=True),
    "sha256_caption": Round(byte_caption_keys),
    "phash_caption": Round(picture_caption_keys, _same_picture, _evidence),
    "near_caption": Round(
        near_caption_keys, _near_enough, _near_evidence, fault=_near_fault, again=near_again, pictures=True
    ),
}
