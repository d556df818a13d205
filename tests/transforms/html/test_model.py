"""The trained trees."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.html.elements import Lexicon
from transforms.html.features import NAMES
from transforms.html.model import TESTS, checked, default_model, forest, from_arrays, in_steps, probability, sigmoid

Arrays = dict[str, npt.NDArray[np.generic]]


def stored(trees: list[tuple[list[tuple[int, int]], list[int]]]) -> Arrays:
    """Trees, each given as its tests (feature, threshold) and its table of answers, as they are stored."""
    tests = np.array([tree[0] for tree in trees]).transpose(2, 1, 0)
    answers = np.array([tree[1] for tree in trees], np.int16)
    return {"features": tests[0].astype(np.uint8), "thresholds": tests[1].astype(np.int16), "answers": answers}


a_test = st.tuples(st.integers(0, 2), st.integers(-3, 3))
a_tree = st.tuples(
    st.lists(a_test, min_size=TESTS, max_size=TESTS),
    st.lists(st.integers(-30_000, 30_000), min_size=1 << TESTS, max_size=1 << TESTS),
)


@given(st.lists(a_tree, min_size=1, max_size=3), st.lists(st.tuples(*[st.integers(-4, 4)] * 3), min_size=1, max_size=5))
def test_trees_answer_by_their_tables(
    trees: list[tuple[list[tuple[int, int]], list[int]]], blocks: list[tuple[int, int, int]]
) -> None:
    """The outcomes of a tree's tests, the first as the highest bit, are the place of its answer; shared tests change nothing."""
    wanted = []
    for block in blocks:
        places = [int("".join(str(int(block[at] > limit)) for at, limit in tests), 2) for tests, _ in trees]
        wanted.append(sum(answers[place] for place, (_, answers) in zip(places, trees, strict=True)))
    steps = np.array(blocks, np.int16).T
    assert forest(stored(trees), slice(None)).scores(steps).tolist() == wanted


def test_many_trees_are_summed() -> None:
    """All trees count, however many are looked at together."""
    trees = [([(0, number % 7)] * TESTS, [0] * 255 + [number]) for number in range(150)]
    found = forest(stored(trees), slice(None)).scores(np.array([[-1, 3, 7]], np.int16))
    assert found.tolist() == [0, sum(n for n in range(150) if n % 7 < 3), sum(range(150))]


def test_only_doubtful_blocks_reach_the_next_stage() -> None:
    """A score beyond 2.5 after the first stage stands; up to there the next stage's is added."""
    first = ([(0, 0)] * 7 + [(0, 8)], [0] * 254 + [10_239, 10_240])
    second = ([(0, -9)] * TESTS, [0] * 255 + [-500])
    arrays: Arrays = stored([first, second]) | {"stages": np.array([0, 1, 2]), "scales": np.array([4.0])}
    arrays |= {"names": np.array(["words"]), "page_names": np.array(["words"])}
    pages = {f"page_{name}": array for name, array in stored([second]).items()}
    found = from_arrays(arrays | pages, Lexicon({})).log_odds(np.array([[-1, 1, 2.4]], np.float32))
    assert found.tolist() == [-500, 9_739, 10_240]


def test_the_model_names_the_features_that_are_measured() -> None:
    """The model's file holds their names in their order, and a step for each."""
    model = default_model()
    assert model.names == NAMES and len(model.scales) == len(NAMES)
    assert set(model.page_names) < set(NAMES)


@pytest.mark.parametrize("names", [NAMES[:-1], (*NAMES, "new_thing"), (NAMES[1], NAMES[0], *NAMES[2:])])
def test_a_model_of_other_features_is_an_error(names: tuple[str, ...]) -> None:
    """One feature fewer, one more, or two that changed places: nothing is scored by such a model."""
    with pytest.raises(KeyError, match=r"the model was trained on other features"):
        checked(replace(default_model(), names=names))


@pytest.mark.parametrize("scale", [0.25, 1, 1024])
def test_steps_keep_order(scale: float) -> None:
    """More of a feature is never fewer steps, and what no 16 bits hold is the highest or lowest of them."""
    values = np.sort(np.random.default_rng(1).normal(0, 500, (1, 1000)).astype(np.float32))
    values = np.concatenate((np.array([[-1e9]]), values, np.array([[1e9]])), axis=1).astype(np.float32)
    steps = in_steps(values, np.array([[scale]], np.float32))
    assert (np.diff(steps.astype(np.int64)) >= 0).all() and steps[0, [0, -1]].tolist() == [-32_767, 32_767]


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
