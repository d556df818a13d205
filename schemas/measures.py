"""The catalogue of measures: every number a stage stores, by the name under which a recipe bounds it and a shard carries it.

A rule is a measure with a floor, a ceiling or both, set in the recipe. The function that computes a measure carries its name, so
searching the tree for a name of this list finds the rule.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about one item. `source` says where the rule was published; `meaning` is one line with its unit."""

    name: str
    meaning: str
    source: str
