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

    Node k of tree t tests `X[features[t, k]] > thresholds[t, k]`; where that holds, the leaves left of it fall away (`masks`). The
    lowest leaf that is left is the tree's answer. `words` are the log odds, in tenths, of the words of classes and ids.
    """

    features: npt.NDArray[np.int16]  # trees x nodes
    thresholds: npt.NDArray[np.float32]  # trees x nodes
    masks: npt.NDArray[np.uint16]  # trees x nodes
    leaves: npt.NDArray[np.int16]  # trees x 16, in LEAF_UNIT
    base: int  # in LEAF_UNIT
    words: dict[str, int]

    def probabilities(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The probability of each block to be main content; `matrix` is features x blocks."""
        trees, nodes = self.features.shape
        values = matrix[self.features.ravel()]
        passed = values > self.thresholds.reshape(-1, 1)
        alive = np.where(passed, self.masks.reshape(-1, 1), np.uint16(0xFFFF)).reshape(trees, nodes, -1)
        exits = _LOWEST[np.bitwise_and.reduce(alive, axis=1)]
        scores = self.leaves[np.arange(trees).reshape(-1, 1), exits].sum(axis=0, dtype=np.int64) + self.base
        return _SIGMOID[np.clip(scores, -_LIMIT, _LIMIT) + _LIMIT]


@cache
def default_model() -> Model:
    """The model that ships with the package, read once per process."""
    words = json.loads((_HERE / "model_words.json").read_text(encoding="utf-8"))
    with np.load(_HERE / "model.npz", allow_pickle=False) as arrays:
        return from_arrays(dict(arrays), {word: int(odds) for odds, group in words.items() for word in group.split()})


def from_arrays(arrays: dict[str, Any], words: dict[str, int]) -> Model:
    """A model from its stored arrays."""
    return Model(
        arrays["features"].astype(np.int64),
        arrays["thresholds"],
        arrays["masks"],
        arrays["leaves"],
        int(arrays["base"]),
        words,
    )
