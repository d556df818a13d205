"""The trained part of the extractor: boosted trees over the features of a block, and the odds of class and id words.

Trees are evaluated with numpy alone, all blocks of a page at once. Leaves are whole numbers, so their sum is the same in any order and
on any machine; probabilities come out of a table for the same reason. `benchmarks/train_extractor.py` writes the files.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.html.elements import Lexicon

Matrix = npt.NDArray[np.float32]  # features x blocks
Scores = npt.NDArray[np.int64]  # log odds per block, in UNIT

UNIT = 1 / 4096
_LIMIT = 8 * 4096  # log odds beyond 8 are the same to every decision
_SURE = 10_240  # 2.5 in log odds; beyond that after a stage, later ones are not asked; costs no F1 (docs/extraction.md)
_BLOCKS = 8_192
_HERE = Path(__file__).parent


@cache
def lowest_bits() -> npt.NDArray[np.intp]:
    """For each 16-bit number the place of its lowest set bit, -1 for 0.

    >>> lowest_bits()[[1, 6, 8]].tolist()
    [0, 1, 3]
    """
    numbers = np.arange(1 << 16)
    return np.frexp((numbers & -numbers).astype(np.float64))[1].astype(np.intp) - 1


@cache
def sigmoid() -> npt.NDArray[np.float64]:
    """The probability of each log odds from -_LIMIT to _LIMIT, to six digits; from `math`, whose results no vector unit changes."""
    return np.array([round(1 / (1 + math.exp(-score * UNIT)), 6) for score in range(-_LIMIT, _LIMIT + 1)])


class Forest(NamedTuple):
    """Trees of up to 16 leaves in the form of QuickScorer (Lucchese et al., SIGIR 2015).

    Node k of tree t tests `matrix[features[k, t]] > thresholds[k, t]`; where that holds, the leaves left of it are lost (`losses`).
    The lowest leaf that is not lost is the tree's answer.
    """

    features: npt.NDArray[np.intp]  # nodes x trees
    thresholds: npt.NDArray[np.float32]  # nodes x trees x 1
    losses: npt.NDArray[np.uint16]  # nodes x trees x 1
    leaves: Scores  # trees x 16

    def scores(self, matrix: Matrix) -> Scores:
        """The sum of the trees' answers for each block."""
        trees = len(self.leaves)
        lost = np.zeros((trees, matrix.shape[1]), np.uint16)
        for features, thresholds, losses in zip(self.features, self.thresholds, self.losses, strict=True):
            lost |= (matrix.take(features, axis=0) > thresholds) * losses
        exits = lowest_bits()[~lost] + np.arange(0, 16 * trees, 16).reshape(-1, 1)
        answers: Scores = self.leaves.ravel().take(exits).sum(axis=0)
        return answers


@dataclass(frozen=True, slots=True)
class Model:
    """Trees about blocks, in stages, each asked only where those before leave doubt; and trees about pages (`leaning`)."""

    stages: tuple[Forest, ...]
    pages: Forest
    lexicon: Lexicon

    def log_odds(self, matrix: Matrix) -> Scores:
        """The log odds of each block to be main content, in UNIT; some thousand blocks at a time, which the caches hold."""
        return np.concatenate(
            [self._log_odds(matrix[:, at : at + _BLOCKS]) for at in range(0, matrix.shape[1], _BLOCKS)]
        )

    def _log_odds(self, matrix: Matrix) -> Scores:
        scores = self.stages[0].scores(matrix)
        doubtful = np.arange(len(scores))
        for stage in self.stages[1:]:
            doubtful = doubtful[np.abs(scores[doubtful]) < _SURE]
            # `take` lays the blocks out feature by feature again, as the trees read them; an index would leave them block by block.
            scores[doubtful] += stage.scores(matrix.take(doubtful, axis=1))
        return scores

    def probabilities(self, matrix: Matrix) -> npt.NDArray[np.float64]:
        """The probability of each block to be main content."""
        return probability(self.log_odds(matrix))


def probability(scores: Scores) -> npt.NDArray[np.float64]:
    """Log odds in UNIT as probabilities.

    >>> probability(np.array([0, 4096])).tolist()
    [0.5, 0.731059]
    """
    found: npt.NDArray[np.float64] = sigmoid()[np.clip(scores, -_LIMIT, _LIMIT) + _LIMIT]
    return found


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


def from_arrays(arrays: dict[str, npt.NDArray[np.generic]], lexicon: Lexicon) -> Model:
    """A model from its stored arrays; `stages` holds the places of the trees at which a stage begins, and their number."""
    stages = pairwise(arrays["stages"].tolist())
    return Model(
        tuple(forest(arrays, slice(*stage)) for stage in stages), forest(arrays, slice(None), "page_"), lexicon
    )


def forest(arrays: dict[str, npt.NDArray[np.generic]], part: slice, name: str = "") -> Forest:
    """Some of the stored trees whose arrays' names begin with `name`."""
    return Forest(
        arrays[f"{name}features"][:, part].astype(np.intp),
        arrays[f"{name}thresholds"][:, part, np.newaxis].astype(np.float32),
        arrays[f"{name}losses"][:, part, np.newaxis].astype(np.uint16),
        arrays[f"{name}leaves"][part].astype(np.int64),
    )
