"""What the corpora of pages share: keys of duplicates, and columns of their tables."""

import numpy as np

from pipeline.corpora.base import Judgement, Keys, Round
from transforms.dedup.keep_first import key_halves


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


PAGE_ROUNDS = {"url": Round(address_keys), "text": Round(text_keys)}


def newest_first(dates: list[str]) -> np.ndarray:
    """Ranks that put the newest ISO 8601 date first and a missing one last.

    >>> newest_first(["2008-04-30T20:48:25Z", ""]).tolist()
    [-20080430204825, 0]
    """
    digits = ("".join(filter(str.isascii, filter(str.isdigit, date)))[:14] for date in dates)
    return np.array([-int(d.ljust(14, "0")) if d else 0 for d in digits], dtype=np.int64)
