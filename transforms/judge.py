"""Rules over columns of measured numbers -> for each item the first rule that drops it. Pure, vectorised; cost: per batch of rows."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from schemas.manifest import Account
from schemas.recipe import Rules


class Verdicts:
    """For each item of a corpus whether it is still in, or at which stage, by which rule, with which value and of which keeper it left.

    Rules are asked in turn and the first that says no is the reason; what has left stays out.

    >>> verdicts = Verdicts("text", 2)
    >>> verdicts.begin("rules")
    >>> verdicts.drop(np.array([True, False]), "words", np.array([3.0, 90.0]))
    >>> verdicts.accounts()[0].equation()
    '2 = 1 kept + 1 dropped + 0 failed + 0 duplicate'
    """

    def __init__(self, corpus: str, count: int) -> None:
        self.corpus = corpus
        self.count = count
        self.rule = np.full(count, "", dtype=object)
        self.stage = np.full(count, "", dtype=object)
        self.value = np.full(count, np.nan)
        self.of = np.full(count, None, dtype=object)
        self._entered: dict[str, int] = {}

    @property
    def kept(self) -> np.ndarray:
        """Mask of the items that are still in."""
        return np.asarray(self.rule == "", dtype=bool)

    def begin(self, stage: str) -> None:
        """What leaves from here on leaves at `stage`."""
        self._entered[stage] = int(self.kept.sum())

    def drop(self, mask: np.ndarray, rule: str, value: np.ndarray | None = None, of: np.ndarray | None = None) -> None:
        """Items of `mask` that are still in leave by `rule`; with `of` they leave as duplicates."""
        leaving = mask & self.kept
        self.rule[leaving] = rule
        self.stage[leaving] = next(reversed(self._entered))
        if value is not None:
            self.value[leaving] = value[leaving]
        if of is not None:
            self.of[leaving] = of[leaving]

    def apply(self, rules: Rules, columns: Mapping[str, np.ndarray]) -> None:
        """Ask every rule in the order of the recipe's catalogue; a value that is no number is outside of any bound."""
        for name, bounds in rules.items():
            value = columns[name]
            low = -np.inf if bounds.floor is None else bounds.floor
            high = np.inf if bounds.ceiling is None else bounds.ceiling
            self.drop(~((value >= low) & (value <= high)), name, value)

    def accounts(self) -> list[Account]:
        """One account a stage, in their order."""
        found = []
        for stage, entered in self._entered.items():
            left = self.stage == stage
            duplicate = np.asarray([keeper is not None for keeper in self.of], dtype=bool)
            dropped = Counter(self.rule[left & ~duplicate].tolist())
            duplicates = Counter(self.rule[left & duplicate].tolist())
            kept = entered - dropped.total() - duplicates.total()
            found.append(Account(self.corpus, stage, entered, kept, dict(dropped), {}, dict(duplicates)))
        return found


def speaks(languages: Sequence[Any], wanted: Sequence[str]) -> np.ndarray:
    """Mask of the items in one of the wanted languages; none wanted means any.

    >>> speaks(["en", "de"], ["en"]).tolist(), speaks(["en", "de"], []).tolist()
    ([True, False], [True, True])
    """
    if not wanted:
        return np.ones(len(languages), dtype=bool)
    return np.isin(np.asarray(languages, dtype=object), list(wanted))


def share_of(identity: str, seed: int) -> float:
    """A number in [0, 1) that depends on the id and the seed alone: sampling by it is the same in every run (law 5).

    >>> share_of("a", 0) == share_of("a", 0), share_of("a", 0) == share_of("a", 1)
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{seed}\0{identity}".encode()).digest()[:7]) / 2**56
