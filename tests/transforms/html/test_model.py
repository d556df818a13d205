"""The trained trees."""

import numpy as np

from transforms.html.features import NAMES
from transforms.html.model import default_model, probability, sigmoid


def test_a_block_has_its_score_in_any_company() -> None:
    """Scores are those of each block alone, however many are asked about, beyond what is looked at together too."""
    random = np.random.default_rng(1)
    matrix = random.integers(-50, 300, (len(NAMES), 10_000)).astype(np.float32)
    model = default_model()
    scores = model.log_odds(matrix)
    some = random.choice(10_000, 50, replace=False)
    assert [int(model.log_odds(matrix[:, [block]])[0]) for block in some] == scores[some].tolist()


def test_probabilities_are_those_of_the_logistic_function() -> None:
    """From a table, monotone, the same below and above one half, and flat beyond log odds of 8."""
    table = sigmoid()
    assert (np.diff(table) >= 0).all() and np.allclose(table + table[::-1], 1, atol=1.1e-6)
    assert probability(np.array([10**9, -(10**9)])).tolist() == [table[-1], table[0]]
