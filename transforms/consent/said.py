"""What was said about the use of an address, with what said it and when; and how a record of an archive carries it. Pure.

A crawl asks the files of a site behind their redirects, so it knows more than its archive shows by addresses alone. What those files say
about an address stands in the head of its response's record, a field for each line.
"""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.recipe import SIGNALS

FIELD = "Triptych-Consent"  # of a record's head, once for each line


class Said(NamedTuple):
    """A line that was said: the signal that it gives ("" for none), the line, the address of what said it, and when that was fetched."""

    signal: str
    line: str
    source: str
    date: str

    def field(self) -> tuple[str, str]:
        """The line as a field of a record's head.

        >>> Said("ai_txt", "ai.txt: *: disallow: *.jpg", "http://ex.com/ai.txt", "2026-11-27T16:30:05Z").field()[1]
        'ai_txt 2026-11-27T16:30:05Z http://ex.com/ai.txt ai.txt: *: disallow: *.jpg'
        """
        return FIELD, f"{self.signal} {self.date} {self.source} {self.line}"


def heard(values: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """The signals that the fields of a record give, a bit each in the order of `schemas.recipe.SIGNALS`, and their lines.

    >>> heard(["rsl 2026-11-27T16:30:05Z http://ex.com/robots.txt robots.txt: *: license: http://ex.com/l.xml", "what else"])
    (32768, ('robots.txt: *: license: http://ex.com/l.xml',))
    """
    bits, lines = 0, []
    for value in values:
        signal, *rest = value.split(" ", 3)
        if signal in SIGNALS and len(rest) == 3:
            bits |= 1 << SIGNALS.index(signal)
            lines.append(rest[2])
    return bits, tuple(dict.fromkeys(lines))
