"""The items of a document and its kept images, and the sentences of its outer texts. Pure; cost: per record."""

import itertools
import re
from collections.abc import Collection, Sequence

from schemas.records import Block, BlockKind  # noqa: F401 - BlockKind is for the example below

# A sentence ends at . ! ? … or their full-width kin, with closing marks, before white space; the released Kosmos loader uses
# spaCy's rule sentenciser, which splits at the same marks (docs/sources.md, "Kosmos loaders").
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")


def staying(items: Sequence[Block | int | None], images: Collection[int]) -> list[Block | int]:
    """The items with only those images, the marks, and without what was left out: texts that become neighbours are rendered as one.

    >>> staying([Block(BlockKind.PARAGRAPH, "a"), 0, 1], {1})[1:]
    [1]
    """
    return [item for item in items if isinstance(item, Block) or (item is not None and (item < 0 or item in images))]


def with_marks(items: Sequence[Block | int | None], places: Sequence[int]) -> list[Block | int | None]:
    """The items with a mark, an item below 0, before each of these places, which ascend.

    >>> with_marks([0, 1], [1, 2])
    [0, -1, 1, -1]
    """
    found: list[Block | int | None] = []
    for begin, end in itertools.pairwise([0, *places]):
        found += [*items[begin:end], -1]
    return [*found, *items[places[-1] if places else 0 :]]


def trim(parts: Sequence[str | int], before: int, after: int) -> list[str | int]:
    """Keep the last `before` sentences ahead of the first image and the first `after` sentences behind the last one; 0 keeps all.

    >>> trim(["One. Two. Three.", 0, "Four. Five."], before=2, after=1)
    ['Two. Three.', 0, 'Four.']
    """
    trimmed = list(parts)
    if trimmed and before and isinstance(trimmed[0], str) and (found := sentence_places(trimmed[0])):
        trimmed[0] = trimmed[0][found[-before:][0][0] :].rstrip()
    if (
        trimmed
        and after
        and isinstance(trimmed[-1], str)
        and len(trimmed) > 1
        and (found := sentence_places(trimmed[-1]))
    ):
        trimmed[-1] = trimmed[-1][: found[:after][-1][1]]
    return [part for part in trimmed if part != ""]


def shifted(spot: tuple[int, int], written: Sequence[str | int], trimmed: Sequence[str | int]) -> tuple[int, int]:
    """Where a place, the number of a part and of a character, is once texts are trimmed; the end of a text is the start of what follows.

    >>> shifted((0, 10), ["One. Two. Three.", 0], ["Two. Three.", 0]), shifted((0, 16), ["One. Two. Three.", 0], ["Two. Three.", 0])
    ((0, 5), (1, 0))
    """
    part, character = spot
    whole, text = (texts[part] if part < len(texts) else 0 for texts in (written, trimmed))
    if not isinstance(whole, str) or not isinstance(text, str):
        return part, 0
    if part == 0:
        character = max(0, character - max(0, len(whole.rstrip()) - len(text)))
    return (part, character) if character < len(text) else (part + 1, 0)


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space at their ends removed."""
    return [text[start:end] for start, end in sentence_places(text)]


def sentence_places(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, without white space at their ends."""
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    found = []
    for start, end in itertools.pairwise(starts):
        if bare := text[start:end].strip():
            first = text.index(bare[0], start)
            found.append((first, first + len(bare)))
    return found
