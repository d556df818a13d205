"""The parts of a document and its kept images -> texts and images in turn. Pure; cost: per record."""

import itertools
import re
from collections.abc import Collection, Sequence

# A sentence ends at . ! ? … or their full-width kin, with closing marks, before white space; the released Kosmos loader uses
# spaCy's rule sentenciser, which splits at the same marks (docs/sources.md, "Kosmos loaders").
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")


def interleave(parts: Sequence[str | int], staying: Collection[int]) -> list[str | int]:
    """The parts with only the images of `staying`; texts that become neighbours are joined by a blank line.

    >>> interleave(["a", 0, "b", 1, "c"], {1})
    ['a\\n\\nb', 1, 'c']
    """
    merged: list[str | int] = []
    for part in parts:
        if isinstance(part, int):
            if part in staying:
                merged.append(part)
        elif merged and isinstance(merged[-1], str):
            merged[-1] = f"{merged[-1]}\n\n{part}"
        else:
            merged.append(part)
    return merged


def trim(parts: Sequence[str | int], before: int, after: int) -> list[str | int]:
    """Keep the last `before` sentences ahead of the first image and the first `after` sentences behind the last one; 0 keeps all.

    >>> trim(["One. Two. Three.", 0, "Four. Five."], before=2, after=1)
    ['Two. Three.', 0, 'Four.']
    """
    trimmed = list(parts)
    if trimmed and before and isinstance(trimmed[0], str):
        trimmed[0] = " ".join(sentences(trimmed[0])[-before:])
    if trimmed and after and isinstance(trimmed[-1], str) and len(trimmed) > 1:
        trimmed[-1] = " ".join(sentences(trimmed[-1])[:after])
    return [part for part in trimmed if part != ""]


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space at their ends removed."""
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in itertools.pairwise(starts))
    return [piece for piece in pieces if piece]
