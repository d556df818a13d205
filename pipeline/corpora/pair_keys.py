"""The keys by which pairs are duplicates: the bytes of their image or its perceptual hash, alone or with the caption. Pure.

A hash is of the coarse forms of a picture's grey, so a round by hash also compares colours and finer forms. Of several copies of a picture
the largest stays.
"""

from typing import Any

import numpy as np

from pipeline.corpora.base import Judgement, Keys, Round
from schemas.index import IMAGE_FACTS
from transforms.dedup.keys import key
from transforms.image.likeness import same_colours, same_forms

_EVIDENCE = tuple((name, IMAGE_FACTS[name]) for name in ("colours", "fine"))


def byte_keys(judged: Judgement) -> Keys:
    """Images of the same bytes."""
    return _byte_keys(judged, with_caption=False)


def byte_caption_keys(judged: Judgement) -> Keys:
    """Images of the same bytes under the same caption."""
    return _byte_keys(judged, with_caption=True)


def picture_keys(judged: Judgement) -> Keys:
    """Images of the same perceptual hash. Flat pictures share degenerate hashes (all zeros, or the top bit alone) and take no part."""
    return _picture_keys(judged, with_caption=False)


def picture_caption_keys(judged: Judgement) -> Keys:
    """Images of the same perceptual hash under the same caption, as COYO-700M compares them."""
    return _picture_keys(judged, with_caption=True)


def _byte_keys(judged: Judgement, with_caption: bool) -> Keys:
    refs = judged.unit.refs
    items = np.flatnonzero(refs.found)
    return _keys(judged, items, refs.media["sha256"][items], np.zeros(len(items), np.int64), with_caption)


def _picture_keys(judged: Judgement, with_caption: bool) -> Keys:
    media = judged.unit.refs.media
    hashes = media["phash"]
    items = np.flatnonzero(judged.unit.refs.found & (np.bitwise_count(hashes) > 1) & (media["spread"] > 0))
    rank = -media["width"][items].astype(np.int64) * media["height"][items]
    evidence = np.zeros(len(items), list(_EVIDENCE))
    for name, _ in _EVIDENCE:
        evidence[name] = media[name][items]
    return _keys(judged, items, hashes[items], rank, with_caption, evidence)


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
    halves = np.frombuffer(b"".join(map(key, data)), ">u8").reshape(-1, 2).astype("u8")
    return Keys(items, halves[:, 0], halves[:, 1], rank, evidence)


def _same_picture(candidates: np.ndarray, keepers: np.ndarray) -> Any:
    alike = same_colours(candidates["colours"], keepers["colours"])
    return alike & same_forms(candidates["fine"], keepers["fine"])


PAIR_ROUNDS: dict[str, Round] = {
    "sha256": Round(byte_keys),
    "phash": Round(picture_keys, _same_picture, _EVIDENCE),
    "sha256_caption": Round(byte_caption_keys),
    "phash_caption": Round(picture_caption_keys, _same_picture, _EVIDENCE),
}
