"""Copies of one address in lists: a few have a row each, all others one row together with their count. Pure.

A list may name an address a million times, and all copies of it go to one place. So each part of a list hands on a bounded number of them,
and where they come together no more is held (law 9). What comes of it does not hang on how lists are cut into parts, nor on any order.
"""

from collections.abc import Iterable, Iterator

from pipeline.fetch.lists import Row
from transforms.dedup.keys import address_key

MOST_COPIES = 100  # of an address that have a row each
# That an address has from its duplicates: a picture of a million rows is no picture of a million things.
MOST_CAPTIONS = 32
WINDOW = 50_000  # addresses, and captions of those with copies, that are known at a time while a part is read


def fewer(rows: Iterable[Row]) -> Iterator[tuple[bytes, Row]]:
    """The rows of a part of a list with the keys of their addresses, but of copies beyond the first `MOST_COPIES` one row that counts them.

    Those that bring one of the first `MOST_CAPTIONS` captions are rows of their own too.
    """
    seen: dict[bytes, int] = {}
    said: dict[
        bytes, set[str]
    ] = {}  # of addresses with copies; not by their first row, so that most addresses have none
    others: dict[bytes, Row] = {}
    held = 0  # addresses and captions
    for row in rows:
        key = address_key(row.url)
        count = seen[key] = seen.get(key, 0) + 1
        if count == 1:
            held += 1
        else:
            told = said.setdefault(key, set())
            new = set(row.captions) - told if len(told) < MOST_CAPTIONS else ()
            told.update(new)
            held += len(new)
            if count > MOST_COPIES and not new:
                others[key] = together(others.get(key), row)
                continue
        yield key, row
        if held >= WINDOW:
            # Addresses with many copies stay known, unless there are too many of these too.
            if 2 * sum(1 + len(said[key]) for key in others) > WINDOW:
                yield from others.items()
                others = {}
            seen, said = {key: seen[key] for key in others}, {key: said[key] for key in others}
            held = sum(1 + len(told) for told in said.values())
    yield from others.items()


def together(there: Row | None, row: Row) -> Row:
    """Copies as one row: the first of them, with their count and without their captions.

    >>> together(together(None, Row(0, 7, "http://ex.com/")), Row(0, 2, "http://ex.com/", captions=("A boat",)))
    Row(list=0, row=2, url='http://ex.com/', digest='', size=-1, captions=(), copies=2)
    """
    if there is None:
        return row._replace(captions=())
    return min(there, row)._replace(captions=(), copies=there.copies + row.copies)


class Copies:
    """The copies of one address, which come in any order, from `fewer` of any parts."""

    __slots__ = ("_captions", "_others", "_rows")

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._others: Row | None = None
        self._captions: dict[str, tuple[int, int, int]] = {}  # where each stands first

    def add(self, row: Row) -> None:
        """Take in a row."""
        for place, caption in enumerate(row.captions):
            at = (row.list, row.row, place)
            self._captions[caption] = min(at, self._captions.get(caption, at))
        if len(self._captions) > 2 * MOST_CAPTIONS:
            self._captions = {caption: self._captions[caption] for caption in self._first_captions()}
        # What counts others is none of the first: these lie before it in its own part.
        if row.copies > 1:
            self._others = together(self._others, row)
            return
        self._rows.append(row)
        if len(self._rows) > 2 * MOST_COPIES:
            self._cut()

    def rows(self) -> list[Row]:
        """The copies in order, the first with the captions of all; the last may count others."""
        self._cut()
        first, *more = self._rows
        first = first._replace(captions=tuple(self._first_captions()))
        return [first, *more, *([self._others] if self._others else [])]

    def _first_captions(self) -> list[str]:
        return sorted(self._captions, key=self._captions.__getitem__)[:MOST_CAPTIONS]

    def _cut(self) -> None:
        self._rows.sort()
        for row in self._rows[MOST_COPIES:]:
            self._others = together(self._others, row)
        del self._rows[MOST_COPIES:]
