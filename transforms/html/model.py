"""The trained part of the extractor: boosted trees over the features of a block, and the odds of class and id words.

Trees are evaluated with numpy alone, all blocks of a page at once. Leaves are whole numbers, so their sum is the same in any order and
on any machine; probabilities come out of a table for the same reason. `benchmarks/train_extractor.py` writes the files.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.html.elements import Lexicon

LEAF_UNIT = 1 / 4096  # log odds per unit of a leaf's value
_LIMIT = 8 * 4096  # log odds beyond 8 are the same to every decision
_HERE = Path(__file__).parent
_SIGMOID = np.array([round(1 / (1 + math.exp(-score * LEAF_UNIT)), 6) for score in range(-_LIMIT, _LIMIT + 1)])


def _lowest_bits() -> npt.NDArray[np.uint8]:
    """For each 16-bit number the place of its lowest set bit."""
    numbers = np.arange(1 << 16)
    lowest = np.zeros(1 << 16, np.uint8)
    for place in range(15, -1, -1):
        lowest[numbers >> place & 1 == 1] = place
    return lowest


_LOWEST = _lowest_bits()


@dataclass(frozen=True, slots=True)
class Model:
    """Trees of up to 16 leaves in the form of QuickScorer (Lucchese et al., SIGIR 2015).

    Node k of tree t tests `X[features[k, t]] > thresholds[k, t]`; where that holds, the leaves left of it are lost (`losses`). The
    lowest leaf that is not is the tree's answer.
    """

    features: npt.NDArray[np.intp]  # nodes x trees
    thresholds: npt.NDArray[np.float32]  # nodes x trees x 1
    losses: npt.NDArray[np.uint16]  # nodes x trees x 1
    leaves: npt.NDArray[np.int64]  # trees x 16, in LEAF_UNIT
    base: int  # in LEAF_UNIT
    lexicon: Lexicon

    def probabilities(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The probability of each block to be main content; `matrix` is features x blocks."""
        trees, blocks = self.leaves.shape[0], matrix.shape[1]
        gone = np.zeros((trees, blocks), np.uint16)
        for features, thresholds, lost in zip(self.features, self.thresholds, self.losses, strict=True):
            gone |= (matrix[features] > thresholds) * lost
        exits = _LOWEST[~gone] + np.arange(0, 16 * trees, 16).reshape(-1, 1)
        scores = self.leaves.ravel().take(exits).sum(axis=0) + self.base
        return _SIGMOID[np.clip(scores, -_LIMIT, _LIMIT) + _LIMIT]


@cache
def default_model() -> Model:
    """The model that ships with the package, read once per process."""
    stored = json.loads((_HERE / "model_words.json").read_text(encoding="utf-8"))
    with np.load(_HERE / "model.npz", allow_pickle=False) as arrays:
        return from_arrays(dict(arrays), Lexicon(unfolded(stored)))


def unfolded(groups: dict[str, str]) -> dict[str, int]:
    """Odds by word, from words by odds as they are stored.

    >>> unfolded({"-3": "nav menu", "2": "post"})
    {'nav': -3, 'menu': -3, 'post': 2}
    """
    return {word: int(odds) for odds, group in groups.items() for word in group.split()}


def from_arrays(arrays: dict[str, Any], lexicon: Lexicon) -> Model:
    """A model from its stored arrays."""
    return Model(
        arrays["features"].astype(np.intp),
        arrays["thresholds"][..., np.newaxis],
        arrays["losses"][..., np.newaxis],
        arrays["leaves"].astype(np.int64),
        int(arrays["base"]),
        lexicon,
    )
