"""Columns of measures and rules -> for each item the first rule that drops it. Pure, vectorised; cost: per batch of rows."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from schemas.manifest import Account
from schemas.recipe import Rules, RulesByLanguage


class Verdicts:
    """Per item of a corpus: kept, or the stage, rule, value and (for duplicates) keeper that removed it.

    Rules apply in turn and the first that an item fails is the reason; an item that was removed stays out.

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
        self.detail = np.full(count, None, dtype=object)
        self._entered: dict[str, int] = {}

    @property
    def kept(self) -> np.ndarray:
        """Mask of the items that no rule has removed."""
        return np.asarray(self.rule == "", dtype=bool)

    def begin(self, stage: str) -> None:
        """Begin a stage: items removed from here on are counted there."""
        self._entered[stage] = int(self.kept.sum())

    def drop(
        self,
        mask: np.ndarray,
        rule: str,
        value: np.ndarray | None = None,
        of: np.ndarray | None = None,
        detail: np.ndarray | None = None,
    ) -> None:
        """Remove the items of `mask` that are still kept, by `rule`; with `of` as duplicates of those items. `detail` says more."""
        leaving = mask & self.kept
        self.rule[leaving] = rule
        self.stage[leaving] = next(reversed(self._entered))
        if value is not None:
            self.value[leaving] = value[leaving]
        if of is not None:
            self.of[leaving] = of[leaving]
        if detail is not None:
            self.detail[leaving] = detail[leaving]

    def follow(self, other: "Verdicts", mask: np.ndarray) -> None:
        """Remove the items of `mask` that `other` removed, by its rules.

        >>> judged, verdicts = Verdicts("text", 2), Verdicts("text", 2)
        >>> judged.begin("rules"), judged.drop(np.array([True, True]), "words"), verdicts.begin("rules")
        (None, None, None)
        >>> verdicts.follow(judged, np.array([False, True]))
        >>> verdicts.rule.tolist()
        ['', 'words']
        """
        for rule in sorted(set(other.rule[mask & ~other.kept].tolist())):
            self.drop(mask & np.asarray(other.rule == rule, dtype=bool), rule, other.value, detail=other.detail)

    def apply(
        self,
        rules: Rules,
        columns: Mapping[str, np.ndarray],
        by_language: RulesByLanguage = MappingProxyType({}),
        languages: np.ndarray | None = None,
        among: np.ndarray | None = None,
    ) -> None:
        """Apply every rule in the order of the catalogue of measures, to all items or to those of `among`; NaN lies outside of any bounds.

        For items in a language of `by_language`, its rules take the place of those of the same names; those that only it has come last.
        """
        rest = np.ones(self.count, dtype=bool) if among is None else among.copy()
        for language, own in by_language.items():
            if (speakers := rest & np.asarray(languages == language, dtype=bool)).any():
                self._apply({**rules, **own}, columns, speakers)
                rest &= ~speakers
        self._apply(rules, columns, rest)

    def _apply(self, rules: Rules, columns: Mapping[str, np.ndarray], among: np.ndarray) -> None:
        for name, bounds in rules.items():
            if bounds.floor is None and bounds.ceiling is None:
                continue  # switched off
            value = columns[name]
            low = -np.inf if bounds.floor is None else bounds.floor
            high = np.inf if bounds.ceiling is None else bounds.ceiling
            self.drop(among & ~((value >= low) & (value <= high)), name, value)

    def accounts(self) -> list[Account]:
        """One account per stage, in the order of the stages."""
        found = []
        for stage, entered in self._entered.items():
            left = self.stage == stage
            duplicate = np.asarray([keeper is not None for keeper in self.of], dtype=bool)
            dropped = Counter(self.rule[left & ~duplicate].tolist())
            duplicates = Counter(self.rule[left & duplicate].tolist())
            kept = entered - dropped.total() - duplicates.total()
            found.append(Account(self.corpus, stage, entered, kept, dict(dropped), {}, dict(duplicates)))
        return found


def in_languages(languages: Sequence[Any] | np.ndarray, wanted: Sequence[str]) -> np.ndarray:
    """Mask of the items in one of the wanted languages; an empty list accepts all.

    >>> in_languages(["en", "de"], ["en"]).tolist(), in_languages(["en", "de"], []).tolist()
    ([True, False], [True, True])
    """
    if not wanted:
        return np.ones(len(languages), dtype=bool)
    return np.isin(np.asarray(languages, dtype=object), list(wanted))


def hash_fraction(identity: str, seed: int) -> float:
    """A number in [0, 1) that depends on the id and the seed alone: sampling by it is the same in every run (law 5).

    >>> hash_fraction("a", 0) == hash_fraction("a", 0), hash_fraction("a", 0) == hash_fraction("a", 1)
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{seed}\0{identity}".encode()).digest()[:7]) / 2**56
