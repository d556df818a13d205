"""Lines and paragraphs of a text, cut once and shared by every measure. Pure; cost: one pass over the text."""

import re

_BLANK_LINE = re.compile(r"\n\s*\n")


def text_lines(text: str) -> list[str]:
    r"""The lines of `text` that hold something, stripped at both ends. Line ends are those of `str.splitlines`.

    >>> text_lines(" one \n\n  \r\ntwo\u2028three")
    ['one', 'two', 'three']
    """
    return list(filter(None, map(str.strip, text.splitlines())))


def text_paragraphs(text: str) -> list[str]:
    r"""The runs of lines that blank lines separate, stripped at both ends.

    >>> text_paragraphs("one\ntwo\n \n\nthree\n")
    ['one\ntwo', 'three']
    """
    return list(filter(None, map(str.strip, _BLANK_LINE.split(text))))


def duplicate_shares(segments: list[str]) -> tuple[float, float]:
    """The share of `segments` that occur more than once, and of their characters; every copy counts, the first too.

    DCLM and RedStone count so; datatrove leaves the first copy out (docs/sources.md, "Gopher repetition"). (0, 0) for no segments.

    >>> duplicate_shares(["abc", "de", "abc"])
    (0.6666666666666666, 0.75)
    """
    if len(set(segments)) == len(segments):
        return 0.0, 0.0
    counts: dict[str, int] = {}
    for segment in segments:
        counts[segment] = counts.get(segment, 0) + 1
    repeated = [(count, count * len(segment)) for segment, count in counts.items() if count > 1]
    chars = sum(map(len, segments))
    return sum(count for count, _ in repeated) / len(segments), sum(size for _, size in repeated) / max(chars, 1)


def later_copy_chars(segments: list[str]) -> int:
    """Characters in those `segments` that repeat an earlier one: the first copy is free, as datatrove counts.

    >>> later_copy_chars(["abc", "de", "abc", "abc"])
    6
    """
    if len(once := set(segments)) == len(segments):
        return 0
    return sum(map(len, segments)) - sum(map(len, once))
