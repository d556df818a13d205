"""ai.txt as Spawning has it: lines of robots.txt, whose patterns are mostly kinds of files (`*.jpg`). Pure.

What it disallows for everyone or for a crawler that gathers data for AI is `ai_txt` (docs/sources.md, "Policies of a site").
"""

import re
from collections.abc import Iterator

from transforms.characters import lower
from transforms.consent.patterns import matches
from transforms.consent.robots_txt import OWN_AGENT, RobotsTxt, shown

_SUFFIX = re.compile(r"/?\*(\.[A-Za-z0-9]+)\$?")


class AiTxt:
    """An ai.txt, read.

    >>> wishes = AiTxt(b"User-Agent: *\\nDisallow: *.jpg\\nDisallow: *.c")
    >>> list(wishes.about("/a.JPG?x")), list(wishes.about("/index.cfm"))
    ([('ai_txt', '*: disallow: *.jpg')], [])
    """

    def __init__(self, body: bytes, own: str = OWN_AGENT) -> None:
        self._lines = RobotsTxt(body, own)

    def about(self, target: str) -> Iterator[tuple[str, str]]:
        """The signal that the file gives about a target, with the line that gives it."""
        for agent, pattern in self._lines.disallowed(target, fits):
            yield "ai_txt", shown(agent, "disallow", pattern)
            return


def fits(pattern: str, target: str) -> bool:
    """Whether a pattern means a target: a kind of files by the end of the path, in any case; any other as in robots.txt."""
    suffix = _SUFFIX.fullmatch(pattern)
    return lower(target.partition("?")[0]).endswith(lower(suffix[1])) if suffix else matches(pattern, target)
