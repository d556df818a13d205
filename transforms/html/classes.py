"""Parts of class attributes, looked for in all classes of a page at once: one search of a joined text instead of one a class. Pure."""

from collections.abc import Iterable, Iterator

_BORDER = "\0"  # no attribute holds this sign: the parser puts U+FFFD in its place


def joined(classes: Iterable[str | None]) -> str:
    """The distinct classes of a page's elements in one text, for `holding`."""
    return _BORDER.join(set(filter(None, classes)))


def holding(together: str, part: str) -> Iterator[slice]:
    """Where in a joined text the classes stand that hold a part.

    >>> text = "post\\0post-line\\0a line"
    >>> [text[place] for place in holding(text, "line")]
    ['post-line', 'a line']
    """
    place = together.find(part)
    while place >= 0:
        end = together.find(_BORDER, place)
        end = end if end >= 0 else len(together)
        yield slice(together.rfind(_BORDER, 0, place) + 1, end)
        place = together.find(part, end)
