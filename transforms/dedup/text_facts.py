"""What is measured of the words of texts: the signature that near duplicates are found by, and what they share with tasks. Pure.

Folding a text into words costs most of either, so both are measured of one folding, where the signature tells numbers apart as tasks do.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from transforms.dedup.folding import word_hashes
from transforms.dedup.signature import SETS, no_facts, parts_of, signature_facts
from transforms.dedup.task_texts import NO_HITS, NO_TASKS, TaskHits, TaskTexts, hits_of


class TextFacts(NamedTuple):
    """The columns `bands`, `signature` and `shingles` of PAGES, and what the text shares with tasks."""

    signature: dict[str, Any]
    hits: TaskHits


def text_facts(texts: Sequence[str], signature: str, tasks: TaskTexts = NO_TASKS) -> list[TextFacts]:
    """The facts of texts, the same whichever others come with them; `signature` names a set of `transforms.dedup.signature`, or none.

    >>> [facts.hits.grams for facts in text_facts(["The old mill", ""], "triptych")]
    [0, 0]
    """
    if not signature and not tasks.indexes:
        return [TextFacts(no_facts(), NO_HITS) for _ in texts]
    found: list[TextFacts] = []
    for part in parts_of(texts):
        words = word_hashes(texts[part])
        apart = not signature or not SETS[signature].numbers
        signed = signature_facts(words if apart else word_hashes(texts[part], numbers=True), signature)
        hits = hits_of(tasks, words) if tasks.indexes else [NO_HITS] * len(signed)
        found += map(TextFacts, signed, hits)
    return found
