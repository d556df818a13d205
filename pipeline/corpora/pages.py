"""What the corpora of pages share: keys of duplicates, and columns of their tables."""

import numpy as np
import pyarrow as pa

from pipeline.corpora.base import Evidence, Judgement, Keys, Round
from pipeline.corpora.unit_rows import PAGE_NUMBERS, UnitRows
from pipeline.formats.base import Row
from schemas.recipe import NearTexts, Recipe, nearest
from transforms.dedup.keep_first import Verify, key_halves, newest_first
from transforms.dedup.signature import SETS, containment, similarity
from transforms.edits import Edit


def address_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Pages of one address: the newest capture stays."""
    pages = judged.unit.pages
    halves = key_halves(pages["url_key"])
    return Keys(np.arange(len(pages)), halves[:, 0], halves[:, 1], newest_first(pages["date"].to_pylist()))


def text_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Pages of one text: the least id stays. Pages without text are no copies of each other."""
    pages = judged.unit.pages
    items = np.flatnonzero(pages["text_bytes"].to_numpy() > 0)
    halves = key_halves(pages["text_key"])[items]
    return Keys(items, halves[:, 0], halves[:, 1], np.zeros(len(items), np.int64))


def near_keys(judged: Judgement, recipe: Recipe) -> Keys:
    """Pages whose texts share a band of their signatures. A text without a word claims nothing: all such signatures are equal."""
    pages = judged.unit.pages
    shingles = pages["shingles"].to_numpy()
    items = np.flatnonzero(shingles > 0)
    columns = dict(near_evidence(recipe))
    evidence = np.zeros(len(items), list(columns.items()))
    evidence["shingles"] = shingles[items]
    evidence["signature"] = np.frombuffer(binary(pages["signature"]), columns["signature"])
    bands = np.frombuffer(binary(pages["bands"]), "<u8").reshape(len(items), SETS[recipe.extract.signature].bands)
    nothing = np.zeros(len(items), np.uint64)
    return Keys(items, nothing, nothing, survivor_ranks(judged.unit, recipe.near_texts)[items], evidence, bands)


def binary(column: pa.ChunkedArray) -> bytes:
    """The values of a column of bytes, end to end; those of pages without a signature are empty."""
    return b"".join(column.to_pylist())


def survivor_ranks(unit: UnitRows, asked: NearTexts) -> np.ndarray:
    """The rank of each page among those that are alike: the least stays."""
    if asked.survivor == "newest":
        return newest_first(unit.pages["date"].to_pylist())
    if asked.survivor == "longest":
        return np.asarray(-unit.pages["text_bytes"].to_numpy())
    if asked.survivor == "measure":
        return largest_first(unit.numbers[asked.measure])
    return np.zeros(len(unit.pages), np.int64)


def largest_first(values: np.ndarray) -> np.ndarray:
    """Ranks that put the largest number first and what is none last.

    >>> np.argsort(largest_first(np.array([-1.0, 2.5, np.nan, 0.0, 2.0]))).tolist()
    [1, 4, 3, 0, 2]
    """
    # The bits of a double, read as a whole number, are in its order; those of a negative one in the opposite order.
    bits: np.ndarray = (values + 0.0).view(np.int64)
    ranks = np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)
    return np.where(np.isnan(values), np.int64(2**63 - 1), -ranks)


def near_evidence(recipe: Recipe) -> Evidence:
    """What is compared: the number of a text's n-grams, and a byte for each place of its signature."""
    return (("shingles", "<u4"), ("signature", f"V{SETS[recipe.extract.signature].places}"))


def near_enough(recipe: Recipe) -> Verify:
    """Whether texts are alike by the recipe. The number is the estimate of their similarity."""
    asked = recipe.near_texts

    def verify(candidates: np.ndarray, keepers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        similar = similarity(as_bytes(candidates["signature"]), as_bytes(keepers["signature"]))
        found = similar >= asked.similarity
        if asked.containment > 0:
            found |= containment(similar, candidates["shingles"], keepers["shingles"]) >= asked.containment
        return found, similar

    return verify


def as_bytes(signatures: np.ndarray) -> np.ndarray:
    """Signatures as rows of bytes."""
    return np.frombuffer(signatures.tobytes(), np.uint8).reshape(-1, signatures.dtype.itemsize)


def near_fault(recipe: Recipe) -> str:
    """Why near duplicates of pages cannot be found, "" where they can."""
    asked = recipe.near_texts
    if not recipe.extract.signature:
        return 'needs extract.signature, which is ""'
    if asked.survivor == "measure" and asked.measure not in PAGE_NUMBERS:
        return f"needs near_texts.measure, and {asked.measure!r} is no measure of pages{nearest(asked.measure, PAGE_NUMBERS)}"
    return ""


def edits_of(kept: Row) -> list[Edit]:
    """What is left out of the text of a selected page."""
    return [Edit(**edit) for edit in kept.get("edits", ())]


PAGE_ROUNDS = {
    "url": Round(address_keys),
    "text": Round(text_keys),
    "near": Round(near_keys, near_enough, near_evidence, near=True, fault=near_fault),
}
