"""Index rows of pages whose texts are signed, and texts that are alike by a known number of words."""

import random
from collections.abc import Sequence
from typing import Any

from tests.support.index_rows import page
from transforms.dedup.signature import SETS, signatures


def signed(texts: Sequence[str], first: int = 1, kind: str = "triptych", **changes: Any) -> list[dict[str, Any]]:
    """A page for each text, numbered from `first`."""
    found = signatures(list(texts), SETS[kind])
    rows = []
    for place, count in enumerate(found.shingles.tolist()):
        columns = {"bands": found.bands[place].tobytes(), "signature": found.bytes[place].tobytes(), "shingles": count}
        rows.append(page(first + place, **(columns if count else {}), text_bytes=len(texts[place]), **changes))
    return rows


def words(count: int, seed: int) -> list[str]:
    """So many words, none of them in the texts of other seeds but by chance."""
    drawn = random.Random(seed)
    return ["".join(drawn.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(count)]


def edited(text: Sequence[str], places: int, seed: int) -> list[str]:
    """The text with so many words replaced."""
    drawn = random.Random(seed)
    found = list(text)
    for place, word in zip(drawn.sample(range(len(text)), places), words(places, seed + 10**6), strict=True):
        found[place] = word
    return found


def chain(length: int, count: int = 600, changes: int = 20) -> list[str]:
    """Texts of which each is like the one before it but for so many words in a row, while the ends share little."""
    found = [words(count, 7)]
    for step in range(1, length):
        begin = (step * 37) % (count - changes)
        found.append([*found[-1][:begin], *words(changes, 1000 + step), *found[-1][begin + changes :]])
    return [" ".join(text) for text in found]


def sharing(count: int, shared: int, own: int, seed: int = 0) -> list[str]:
    """Texts that begin and end with the same words, so many together, and have so many of their own between them."""
    frame = words(shared, seed - 1)
    bodies = (words(own, 10**7 + seed * 10**6 + number) for number in range(count))
    return [" ".join([*frame[: shared // 2], *body, *frame[shared // 2 :]]) for body in bodies]
