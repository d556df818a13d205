"""Train the extractor from the gold sets: `python -m benchmarks.train_extractor --data shared/data --cache DIR [--without SOURCE]...`

Writes transforms/html/model.npz and model_words.json. Deterministic: fixed seeds, one order of pages, LightGBM's deterministic mode.
Needs lightgbm, scipy and tld. Takes about three minutes of one core. pages/trafilatura is never trained on.
"""

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.extraction_gold import TYPE_WEIGHTS, Gold, gold_sets
from benchmarks.extraction_labels import labels
from benchmarks.train_lexicon import Tables, part_of, word_tables
from transforms.html.elements import Elements, Lexicon, LookTexts, elements_with_text, look_words, texts_of_looks
from transforms.html.extract import segmented
from transforms.html.features import NAMES, Matrix, measure, places_of
from transforms.html.leaning import page_means
from transforms.html.lexical import head_words, word_rows
from transforms.html.model import TABLES, TESTS, UNIT, Model, Steps, from_arrays, in_steps
from transforms.html.walk import walk

HERE = Path(__file__).parent.parent / "transforms" / "html"
# The mean of models that differ by their seeds, and the numbers of trees of each at which a stage begins or ends (docs/extraction.md).
MEMBERS, STAGES = 3, (0, 30, 140)
# docs/extraction.md, "What was tried". Nine leaves have eight tests.
SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.13,
    "num_leaves": TESTS + 1,
    "min_data_in_leaf": 20,
    "lambda_l2": 5,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 63,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "use_missing": False,
    "verbosity": -1,
}
# Of the trees about pages (`transforms.html.leaning`), and the types of page that they tell from the others.
PAGE_TREES, PAGE_KINDS = 30, frozenset(("service", "listing", "documentation"))
# The features whose means tell most; with all 69 of a block's own and place's features F1 is the same (docs/extraction.md).
PAGE_NAMES = (
    *("chars_a_word", "ends_stop", "kind", "share_1", "good_share_1", "images_1", "images_2", "images_3"),
    *("place_1", "score_1", "in_dense", "page_images"),
)
PAGE_SETTINGS = SETTINGS | {
    "learning_rate": 0.12,
    "num_leaves": 6,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.25,
    "max_bin": 31,
    "seed": 1,
}
BLOCKS = 150  # sampled of a page; more of them make the model worse (docs/sources.md, "Main content")
LEAST_HOSTS, PSEUDO_HOSTS, SHORTEST = 4, 3, 3  # of a class word: hosts to be in the table, weight of the mean, letters


@dataclass(slots=True)
class Example:
    """A page with its features (what words tell still unknown) and which of its blocks are main content."""

    gold: Gold
    domain: str
    elements: Elements
    looks: LookTexts
    heads: list[bytes]
    matrix: Matrix
    means: Matrix  # of the page, as `transforms.html.leaning` takes them
    words: npt.NDArray[np.float64]
    good: npt.NDArray[np.bool_]


Hosts = dict[str, dict[str, tuple[float, int]]]  # class word -> domain -> (sum of shares of main content, elements)


def example(gold: Gold) -> Example | None:
    """A training example, None for a page or a gold without text, or where none of the page is in the gold."""
    walked = walk(gold.markup, gold.url)
    page = segmented([walked])[0].segments
    if not page.texts:
        return None
    good = labels(page.texts, gold.text)
    if not good.any():
        return None
    measured = measure([page], [walked.looks], Lexicon({}))
    elements = elements_with_text([page], [walked.looks])
    means = page_means(measured, PAGE_NAMES)[:, 0]
    looks, heads = texts_of_looks(elements), head_words(page.texts)
    return Example(gold, gold.domain, elements, looks, heads, measured.matrix, means, measured.words, good)


def examples(golds: Iterable[Gold]) -> list[Example]:
    """Training examples of pages, by two processes."""
    with Pool(2) as pool:
        return [found for found in pool.map(example, golds, chunksize=8) if found is not None]


def word_hosts(pages: list[Example]) -> Hosts:
    """For each class word and domain, how much of the text below elements with the word is main content."""
    hosts: Hosts = defaultdict(dict)
    for page in pages:
        good = np.concatenate(([0], np.cumsum(page.words * page.good)))
        every = np.concatenate(([0], np.cumsum(page.words)))
        places: dict[str, list[int]] = defaultdict(list)
        looks = page.elements.looks
        for index, (one, other) in enumerate(zip(page.elements.classes, page.elements.ids, strict=True)):
            for word in {word.decode() for word in look_words([looks[one], looks[other]]) if len(word) >= SHORTEST}:
                places[word].append(index)
        for word, found in places.items():
            firsts, ends = page.elements.firsts[found], page.elements.ends[found]
            share = float((good[ends] - good[firsts]).sum() / (every[ends] - every[firsts]).sum())
            total, count = hosts[word].get(page.domain, (0.0, 0))
            hosts[word][page.domain] = (total + share, count + 1)
    return hosts


def mean_share(pages: list[Example]) -> float:
    """The mean share of main content in the words of a page."""
    return float(np.mean([(page.words * page.good).sum() / page.words.sum() for page in pages]))


def odds_of(hosts: Mapping[str, tuple[float, int]], mean: float, without: str = "") -> int | None:
    """Log odds in tenths, averaged over hosts but one; None where too few are left."""
    shares = [total / count for domain, (total, count) in hosts.items() if domain != without]
    if len(shares) < LEAST_HOSTS:
        return None
    share = (sum(shares) + PSEUDO_HOSTS * mean) / (len(shares) + PSEUDO_HOSTS)
    share = min(max(share, 0.02), 0.98)
    return round(10 * math.log(share / (1 - share)))


def class_odds(hosts: Hosts, mean: float) -> dict[str, int]:
    """The odds of all class words."""
    found = {word: odds_of(hosts[word], mean) for word in sorted(hosts)}
    return {word: odds for word, odds in found.items() if odds is not None}


def with_words(page: Example, lexicon: Lexicon) -> Matrix:
    """The page's features with what its words tell."""
    matrix = page.matrix.copy()
    starts = np.array([0, len(page.words)])
    for name, row in word_rows(page.elements, page.looks, page.heads, page.words, starts, lexicon).items():
        matrix[places_of([name])] = row
    return matrix


def unseen(domain: str, hosts: Hosts, mean: float, odds: Mapping[str, int], tables: Mapping[int, Tables]) -> Lexicon:
    """A lexicon for the pages of a domain, which must not learn from their own labels."""
    own = {word: odds_of(hosts[word], mean, domain) for word in odds if domain in hosts[word]}
    left = {word: own.get(word, value) for word, value in odds.items()}
    return Lexicon({word: value for word, value in left.items() if value is not None}, *tables[part_of(domain)])


def rows(pages: list[Example], matrices: list[Steps], seed: int) -> Iterator[tuple[npt.NDArray[Any], ...]]:
    """(features, labels, weights) of each page's sampled blocks, from the features of all of its blocks.

    A block weighs its words over about the size of the gold, and a page so much that the types count as in the target figure.
    """
    random = np.random.default_rng(seed)
    for page, matrix, page_weight in zip(pages, matrices, page_weights(pages), strict=True):
        count = len(page.words)
        chosen = np.sort(random.choice(count, BLOCKS, replace=False)) if count > BLOCKS else np.arange(count)
        weights = page.words / max(float((page.words * page.good).sum()), 50.0) * page_weight * count / len(chosen)
        yield matrix[:, chosen].T, page.good[chosen], weights[chosen]


def page_weights(pages: list[Example]) -> list[float]:
    """How much each page counts."""
    kinds = [page.gold.kind for page in pages if page.gold.source == "wcxb"] or [page.gold.kind for page in pages]
    weights = {kind: TYPE_WEIGHTS[kind] * len(kinds) / max(kinds.count(kind), 1) for kind in TYPE_WEIGHTS}
    return [weights[page.gold.kind] for page in pages]


def train(pages: list[Example]) -> tuple[dict[str, npt.NDArray[Any]], Lexicon]:
    """The arrays of a model and its lexicon, from training pages."""
    hosts, mean = word_hosts(pages), mean_share(pages)
    tables, by_part = word_tables(pages, page_weights(pages))
    odds = class_odds(hosts, mean)
    lexicon = Lexicon(odds, *tables)
    matrices = [with_words(page, unseen(page.domain, hosts, mean, odds, by_part)) for page in pages]
    scales = scales_of(matrices)
    steps = [in_steps(matrix, scales) for matrix in matrices]
    about_blocks = arrays_of([member(pages, steps, seed) for seed in range(1, MEMBERS + 1)], STAGES)
    about_pages = arrays_of([page_trees(pages, scales)], (0, PAGE_TREES))
    del about_pages["stages"]
    named = {f"page_{name}": array for name, array in about_pages.items()}
    names = {"names": np.array(NAMES), "page_names": np.array(PAGE_NAMES)}
    return names | {"scales": scales[:, 0]} | about_blocks | named, lexicon


def scales_of(matrices: list[Matrix]) -> Matrix:
    """For each feature how many steps make 1: the power of two by which its largest value still is a whole number of 16 bits."""
    largest = np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0, keepdims=True).T
    scales: Matrix = np.exp2(np.floor(np.log2(32_767 / np.maximum(largest, 1)))).astype(np.float32)
    return scales


def member(pages: list[Example], matrices: list[Steps], seed: int) -> lightgbm.Booster:
    """One of the models whose mean is taken."""
    features, good, weights = (np.concatenate(part) for part in zip(*rows(pages, matrices, seed), strict=True))
    data = lightgbm.Dataset(features.astype(np.float32), good.astype(np.float64), weight=weights / weights.mean())
    return lightgbm.train(SETTINGS | {"seed": seed}, data, STAGES[-1])


def page_trees(pages: list[Example], scales: Matrix) -> lightgbm.Booster:
    """The trees that tell pages of PAGE_KINDS."""
    features = in_steps(np.array([page.means for page in pages]).T, scales[places_of(PAGE_NAMES)]).T.astype(np.float32)
    told = np.array([page.gold.kind in PAGE_KINDS for page in pages], np.float64)
    return lightgbm.train(PAGE_SETTINGS, lightgbm.Dataset(features, told), PAGE_TREES)


def arrays_of(boosters: list[lightgbm.Booster], stages: tuple[int, ...]) -> dict[str, npt.NDArray[Any]]:
    """The mean of boosters in the form of `transforms.html.model.Forest`, stage by stage."""
    grown = [[tree["tree_structure"] for tree in booster.dump_model()["tree_info"]] for booster in boosters]
    trees = [tree for stage in pairwise(stages) for each in grown for tree in each[slice(*stage)]]
    found = {
        "stages": np.array(stages) * len(boosters),
        "features": np.zeros((TESTS, len(trees)), np.uint8),
        "thresholds": np.full((TESTS, len(trees)), 32_767, np.int16),
        "answers": np.zeros((len(trees), 1 << TESTS), np.float64),
    }
    for index, tree in enumerate(trees):
        flatten(tree, index, found, np.ones(1 << TESTS, np.bool_), iter(range(TESTS)))
    return found | {"answers": np.rint(found["answers"] / len(boosters) / UNIT).astype(np.int16)}


def flatten(
    node: dict[str, Any],
    tree: int,
    into: dict[str, npt.NDArray[Any]],
    reaching: npt.NDArray[np.bool_],
    places: Iterator[int],
) -> None:
    """Write a node and all below it; `reaching` marks the outcomes of all tests that lead to it, `places` are for its tests."""
    if "leaf_value" in node:
        into["answers"][tree, reaching] = node["leaf_value"]
        return
    place = next(places)
    into["features"][place, tree] = node["split_feature"]
    into["thresholds"][place, tree] = math.floor(node["threshold"])  # features are whole numbers
    holds = (np.arange(1 << TESTS) >> (TESTS - 1 - place) & 1).astype(np.bool_)
    flatten(node["left_child"], tree, into, reaching & ~holds, places)
    flatten(node["right_child"], tree, into, reaching & holds, places)


def model_of(arrays: dict[str, npt.NDArray[Any]], lexicon: Lexicon) -> Model:
    """A model as the package loads it."""
    return from_arrays(arrays, lexicon)


def save(arrays: dict[str, npt.NDArray[Any]], lexicon: Lexicon, folder: Path) -> None:
    """Write the model's two files."""
    np.savez_compressed(folder / "model.npz", **arrays)  # type: ignore[arg-type]
    tables = dict(zip(TABLES, (lexicon.words, *lexicon.weights), strict=True))
    text = json.dumps({name: folded(table) for name, table in tables.items()}, indent=0)
    (folder / "model_words.json").write_text(text + "\n", encoding="utf-8")


def folded(table: Mapping[str, int]) -> dict[str, str]:
    """Words by their odds or weight, as they are stored.

    >>> folded({"nav": -3, "menu": -3, "post": 2})
    {'-3': 'menu nav', '2': 'post'}
    """
    groups: dict[int, list[str]] = defaultdict(list)
    for word, value in sorted(table.items()):
        groups[value].append(word)
    return {str(value): " ".join(groups[value]) for value in sorted(groups)}


def main() -> None:
    """Train on all gold sets but those left out, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--without", action="append", default=[], help="a gold set to leave out")
    parser.add_argument("--output", type=Path, default=HERE)
    given = parser.parse_args()
    golds = [gold for gold in gold_sets(given.data, given.cache) if gold.source not in given.without]
    pages = examples(golds)
    save(*train(pages), given.output)
    print(f"trained on {len(pages)} pages of {len({page.domain for page in pages})} domains")


if __name__ == "__main__":
    main()
