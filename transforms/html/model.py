"""The trained part of the extractor: boosted trees over the features of a block, and the odds of class and id words.

Trees are evaluated with numpy alone, all blocks of some pages at once. Features are compared as whole numbers, and leaves are whole
numbers, so their sum is the same in any order and on any machine; probabilities come out of a table for the same reason.
`benchmarks/train_extractor.py` writes the files.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.html.elements import Lexicon
from transforms.html.features import NAMES, Matrix

Steps = npt.NDArray[np.int16]  # features x blocks, in steps of each feature
Octets = npt.NDArray[np.uint8]
Scores = npt.NDArray[np.int64]  # log odds per block, in UNIT

UNIT = 1 / 4096
_LIMIT = 8 * 4096  # log odds beyond 8 are the same to every decision
_SURE = 10_240  # 2.5 in log odds; beyond that after a stage, later ones are not asked (docs/extraction.md)
_BLOCKS = 8_192  # looked at together, about the usual 26 pages; bounds the memory of more
_TREES = 64  # looked at together, so that the caches hold what they make; of 32 to 128 as good as any
TESTS = 8  # of a tree; as many as an octet has bits
_LOWEST, _HIGHEST = -32_768, 32_767  # of 16 bits
TABLES = ("odds", "near", "around", "texts")  # of a lexicon, as they are stored
_HERE = Path(__file__).parent


@cache
def sigmoid() -> npt.NDArray[np.float64]:
    """The probability of each log odds from -_LIMIT to _LIMIT, to six digits; from `math`, whose results no vector unit changes."""
    return np.array([round(1 / (1 + math.exp(-score * UNIT)), 6) for score in range(-_LIMIT, _LIMIT + 1)])


class Forest(NamedTuple):
    """Trees of up to nine leaves, each as a table of its answers to every outcome of all of its tests.

    A test is `steps[feature] > threshold`; what several trees ask is asked once, and `tests[k, t]` says where test k of tree t stands
    among all. The outcomes of a tree's tests, the first as the highest bit, are an octet, and the tree's answer stands there in its
    table. Walked from its root a tree would ask three or four tests of each block, but of one block at a time; here eight are asked of
    all blocks, in vector instructions on octets.
    """

    spans: tuple[tuple[int, slice], ...]  # features, and where their thresholds stand
    thresholds: npt.NDArray[np.int16]  # distinct tests x 1
    tests: npt.NDArray[np.intp]  # tests x trees
    answers: npt.NDArray[np.int16]  # trees x 256

    def scores(self, steps: Steps) -> Scores:
        """The sum of the trees' answers for each block."""
        holds = self.holding(steps)
        total = np.zeros(steps.shape[1], np.int64)
        for at in range(0, len(self.answers), _TREES):
            some = slice(at, at + _TREES)
            total += answered(self.answers[some], outcomes(holds, self.tests[:, some]))
        return total

    def holding(self, steps: Steps) -> Octets:
        """Distinct tests x blocks: 1 where a test holds, else 0."""
        holds = np.empty((len(self.thresholds), steps.shape[1]), np.bool_)
        for feature, span in self.spans:
            np.greater(steps[feature], self.thresholds[span], out=holds[span])
        return holds.view(np.uint8)


def outcomes(holds: Octets, trees: npt.NDArray[np.intp]) -> Octets:
    """Trees x blocks: the outcomes of the tests (tests x trees) of some trees as one number, the first as its highest bit.

    >>> outcomes(np.array([[1, 0], [1, 1]], np.uint8), np.array([[0], [1]])).tolist()
    [[3, 1]]
    """
    found = np.zeros((trees.shape[1], holds.shape[1]), np.uint8)
    for tests in trees:
        found += found  # numpy shifts octets one by one, but adds them in vectors
        found |= holds.take(tests, axis=0)
    return found


def answered(tables: npt.NDArray[np.int16], places: Octets) -> npt.NDArray[np.int32]:
    """For each block the sum of what stands in the trees' tables (trees x 256) at their places (trees x blocks)."""
    found = np.empty(places.shape, np.int16)
    for table, row, into in zip(tables, places, found, strict=True):
        table.take(row, out=into, mode="clip")  # no octet is clipped; with the mode `raise` numpy would copy `into`
    total: npt.NDArray[np.int32] = found.sum(axis=0, dtype=np.int32)
    return total


def in_steps(matrix: Matrix, scales: Matrix) -> Steps:
    """Features as whole numbers of steps, `scales` (features x 1, powers of two) steps to 1; far beyond any threshold all are the same.

    >>> in_steps(np.array([[0.3, -1e6]], np.float32), np.array([[4]], np.float32)).tolist()
    [[1, -32767]]
    """
    steps: Steps = np.clip(matrix * scales, -_HIGHEST, _HIGHEST).astype(np.int16)
    return steps


@dataclass(frozen=True, slots=True)
class Model:
    """Trees about blocks, in stages, each asked only where those before leave doubt; and trees about pages (`leaning`).

    The features of the blocks' trees are those of `names`, in that order; those of the pages' trees are means of `page_names`.
    """

    names: tuple[str, ...]
    page_names: tuple[str, ...]
    scales: Matrix  # features x 1: steps to 1
    stages: tuple[Forest, ...]
    pages: Forest
    lexicon: Lexicon

    def log_odds(self, matrix: Matrix) -> Scores:
        """The log odds of each block to be main content, in UNIT."""
        return np.concatenate(
            [self._log_odds(matrix[:, at : at + _BLOCKS]) for at in range(0, matrix.shape[1], _BLOCKS)]
        )

    def _log_odds(self, matrix: Matrix) -> Scores:
        steps = in_steps(matrix, self.scales)
        scores = self.stages[0].scores(steps)
        doubtful = np.arange(len(scores))
        for stage in self.stages[1:]:
            doubtful = doubtful[np.abs(scores[doubtful]) < _SURE]
            # `take` lays the blocks out feature by feature again, as the trees read them; an index would leave them block by block.
            scores[doubtful] += stage.scores(steps.take(doubtful, axis=1))
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
    """The model that ships with the package, read once per process. Raises KeyError where it was trained on other features."""
    stored = json.loads((_HERE / "model_words.json").read_text(encoding="utf-8"))
    with np.load(_HERE / "model.npz", allow_pickle=False) as arrays:
        return checked(from_arrays(dict(arrays), lexicon_of(stored)))


def lexicon_of(stored: Mapping[str, dict[str, str]]) -> Lexicon:
    """The lexicon as it is stored. Raises KeyError where a table is missing."""
    return Lexicon(*(unfolded(stored[name]) for name in TABLES))


def checked(model: Model) -> Model:
    """The model. Raises KeyError where its features are not those that are measured, in their order."""
    if model.names != NAMES:
        differing = [pair for pair in zip_longest(model.names, NAMES) if pair[0] != pair[1]]
        raise KeyError(f"the model was trained on other features; (trained on, measured): {differing[:2]}")
    return model


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
        tuple(arrays["names"].tolist()),
        tuple(arrays["page_names"].tolist()),
        arrays["scales"].astype(np.float32)[:, np.newaxis],
        tuple(forest(arrays, slice(*stage)) for stage in stages),
        forest(arrays, slice(None), "page_"),
        lexicon,
    )


def forest(arrays: dict[str, npt.NDArray[np.generic]], part: slice, name: str = "") -> Forest:
    """Some of the stored trees whose arrays' names begin with `name`; stored are the feature and the threshold of each tree's tests."""
    features, thresholds, answers = (arrays[f"{name}{what}"] for what in ("features", "thresholds", "answers"))
    every = features[:, part].astype(np.int64) << 16 | thresholds[:, part].astype(np.int64) - _LOWEST
    distinct, tests = np.unique(every, return_inverse=True)
    firsts = np.flatnonzero(np.diff(distinct >> 16, prepend=-1)).tolist()
    return Forest(
        tuple((int(distinct[first] >> 16), slice(first, end)) for first, end in pairwise([*firsts, len(distinct)])),
        ((distinct & 0xFFFF) + _LOWEST).astype(np.int16)[:, np.newaxis],
        tests.reshape(every.shape),
        answers[part].astype(np.int16),
    )
