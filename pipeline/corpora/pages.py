"""What the corpora of pages share: keys of duplicates, and columns of their tables."""

import numpy as np

from pipeline.corpora.base import Judgement, Keys, Round
from pipeline.formats.base import Row
from transforms.dedup.keep_first import key_halves, newest_first
from transforms.edits import Edit


def address_keys(judged: Judgement) -> Keys:
    """Pages of one address: the newest capture stays."""
    pages = judged.unit.pages
    halves = key_halves(pages["url_key"])
    return Keys(np.arange(len(pages)), halves[:, 0], halves[:, 1], newest_first(pages["date"].to_pylist()))


def text_keys(judged: Judgement) -> Keys:
    """Pages of one text: the least id stays. Pages without text are no copies of each other."""
    pages = judged.unit.pages
    items = np.flatnonzero(pages["text_bytes"].to_numpy() > 0)
    halves = key_halves(pages["text_key"])[items]
    return Keys(items, halves[:, 0], halves[:, 1], np.zeros(len(items), np.int64))


def edits_of(kept: Row) -> list[Edit]:
    """What is left out of the text of a selected page."""
    return [Edit(**edit) for edit in kept.get("edits", ())]


PAGE_ROUNDS = {"url": Round(address_keys), "text": Round(text_keys)}
