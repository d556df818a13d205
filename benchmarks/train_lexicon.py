"""The linear models of words (`transforms.html.lexical`): which words of classes, of ids and of a text's beginning tell main content.

Two logistic regressions on counts of words, fitted with L-BFGS from zero. The blocks' trees are then trained on their scores, so a page
is scored, for training, by models that have not seen its domain, as class words leave the page's own domain out.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack, vstack

from transforms.html.elements import BORDER, Elements, LookTexts
from transforms.html.lexical import WEIGHT_UNIT

PARTS = 5  # of the domains; each is scored by what the others teach
# Domains on which a word of classes, or of texts, must stand to have a weight; letters of the shortest word.
LEAST_CLASS_HOSTS, LEAST_TEXT_HOSTS, SHORTEST_CLASS, SHORTEST_TEXT = 5, 20, 3, 2
BLOCKS, PENALTY, ROUNDS = 80, 20.0, 30  # sampled of a page; of the squared weights; of L-BFGS
MOST_WORDS, LEAST_GOLD = (
    60,
    50.0,
)  # a block weighs its words, up to so many, over those of the page's main content, at least so many

Floats = npt.NDArray[np.float64]
Table = dict[str, int]
Vocabulary = dict[bytes, int]


class Example(Protocol):
    """What is read of a training page."""

    domain: str
    elements: Elements
    looks: LookTexts
    heads: list[bytes]
    words: Floats
    good: npt.NDArray[np.bool_]


class Tables(NamedTuple):
    """Weights of words, in WEIGHT_UNIT, as a `Lexicon` takes them."""

    near: Table
    around: Table
    texts: Table


class Counts(NamedTuple):
    """Blocks x words of each page: words of classes near, then of those around; words of texts."""

    classes: list[csr_matrix]
    texts: list[csr_matrix]


def part_of(domain: str) -> int:
    """The part to which a domain belongs."""
    return zlib.crc32(domain.encode()) % PARTS


def word_tables(pages: Sequence[Example], page_weights: Sequence[float]) -> tuple[Tables, dict[int, Tables]]:
    """The tables that all pages teach, and for each part those that the others teach."""
    class_words = vocabulary(((page.domain, page.looks.words) for page in pages), LEAST_CLASS_HOSTS, SHORTEST_CLASS)
    text_words = vocabulary(((page.domain, page.heads) for page in pages), LEAST_TEXT_HOSTS, SHORTEST_TEXT)
    counts = Counts(
        [class_counts(page, class_words) for page in pages], [counted(page.heads, text_words) for page in pages]
    )
    parts = np.array([part_of(page.domain) for page in pages])

    def taught(places: Iterable[int]) -> Tables:
        return fitted(pages, page_weights, counts, list(places), (class_words, text_words))

    others = {part: taught(np.flatnonzero(parts != part)) for part in sorted(set(parts.tolist()))}
    return taught(range(len(pages))), others


def vocabulary(texts: Iterable[tuple[str, list[bytes]]], least_hosts: int, shortest: int) -> Vocabulary:
    """The words that stand on enough domains, each with its number.

    >>> vocabulary([("a", [b"|", b"share"]), ("b", [b"share", b"this"])], 2, 2)
    {b'share': 0}
    """
    hosts: dict[bytes, set[str]] = defaultdict(set)
    for domain, words in texts:
        for word in set(words):
            hosts[word].add(domain)
    known = sorted(word for word, on in hosts.items() if len(on) >= least_hosts and len(word) >= shortest)
    return {word: number for number, word in enumerate(known) if word != BORDER}


def counted(words: Sequence[bytes], known: Mapping[bytes, int]) -> csr_matrix:
    """How often each known word stands behind each border.

    >>> counted([b"|", b"share", b"it", b"|", b"share", b"share"], {b"share": 0}).toarray().tolist()
    [[1.0], [2.0]]
    """
    rows, columns, row = [], [], -1
    for word in words:
        row += word == BORDER
        if word in known:
            rows.append(row)
            columns.append(known[word])
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(row + 1, len(known)))


def class_counts(page: Example, known: Mapping[bytes, int]) -> csr_matrix:
    """For each block how often a word stands in the classes and ids of its element and the next; then in those of all around it."""
    looks, elements = counted(page.looks.words, known), page.elements
    own = looks[page.looks.classes] + looks[page.looks.ids]
    holders, parents = elements.holders, elements.parents
    blocks, above = np.arange(len(holders)), holders
    rows, columns = [], []
    while len(blocks):
        rows.append(blocks)
        columns.append(above)
        inner = parents[above] != above
        blocks, above = blocks[inner], parents[above[inner]]
    places = (np.concatenate(rows), np.concatenate(columns))
    around = csr_matrix((np.ones(len(places[0])), places), shape=(len(holders), len(parents)))
    return hstack([own[holders] + own[parents[holders]], around @ own]).tocsr()


def fitted(
    pages: Sequence[Example],
    page_weights: Sequence[float],
    counts: Counts,
    places: Sequence[int],
    known: tuple[Vocabulary, Vocabulary],
) -> Tables:
    """The tables that some of the pages teach."""
    random = np.random.default_rng(1)
    chosen, weights = [], []
    for place in places:
        page = pages[place]
        count = len(page.words)
        some = np.sort(random.choice(count, BLOCKS, replace=False)) if count > BLOCKS else np.arange(count)
        gold = max(float((page.words * page.good).sum()), LEAST_GOLD)
        chosen.append(some)
        weights.append(np.minimum(page.words[some], MOST_WORDS) / gold * page_weights[place] * count / len(some))
    good = np.concatenate([pages[place].good[some] for place, some in zip(places, chosen, strict=True)])
    models = [
        regression(
            vstack([matrices[place][some] for place, some in zip(places, chosen, strict=True)]).tocsr(),
            good.astype(np.float64),
            np.concatenate(weights),
        )
        for matrices in counts
    ]
    class_words, text_words = known
    near, around = models[0][: len(class_words)], models[0][len(class_words) :]
    return Tables(table(near, class_words), table(around, class_words), table(models[1], text_words))


def regression(counts: csr_matrix, good: Floats, weights: Floats) -> Floats:
    """The words' log odds by logistic regression with a penalty on their squares."""
    weights, columns, size = weights / weights.mean(), counts.T.tocsr(), counts.shape[1]

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = counts @ values[:size] + values[size]
        off = weights * (1 / (1 + np.exp(-odds)) - good)
        total = (weights * (np.logaddexp(0, odds) - good * odds)).sum() + PENALTY / 2 * (values[:size] ** 2).sum()
        return float(total), np.append(columns @ off + PENALTY * values[:size], off.sum())

    found = minimize(loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    values: Floats = found.x[:size]
    return values


def table(values: Floats, known: Mapping[bytes, int]) -> Table:
    """The weights of the words that have one, as whole numbers."""
    whole = np.rint(values / WEIGHT_UNIT).astype(np.int64).tolist()
    return {word.decode(): whole[number] for word, number in known.items() if whole[number]}
