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


DOCUMENT_MEASURES: tuple[Measure, ...] = (
    Measure("interleaved_images", "images of the document whose bytes are at hand and that pass the image rules", "Kosmos-1 §3.1"),
    Measure("interleaved_texts", "runs of text between images, before the first and after the last", "Kosmos-1 App. B.1.3"),
)
