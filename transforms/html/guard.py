"""Limits of a page's markup, checked by a linear scan before the parser sees it: size, tags, attributes on one tag.

Depth needs no check: turbohtml stops nesting near 512 by itself and is linear where other parsers are quadratic
(`reference/hazards.md` §4); what remains is memory, about 32 bytes per byte of markup, and the time of walking the
tree.
"""

import re
from dataclasses import dataclass

from schemas.outcomes import Fault, RecordError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may hold. `characters` and `attributes`: `reference/hazards.md` §8; `tags`: ours."""

    characters: int = 5 * 1024 * 1024
    attributes: int = 1_000
    tags: int = 300_000


DATA = re.compile(
    r"(data:[\w/+.-]{0,100}(?:;[\w=.-]{1,60}){0,4},)[A-Za-z0-9+/=%_.-]{64,}(?:\s{1,4}[A-Za-z0-9+/=%]{60,})*",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*)?)?""")
NAME = re.compile(r"[a-zA-Z][^\s/>]*")


LIMITS = Limits()


def guard(text: str, limits: Limits = LIMITS) -> None:
    """Raises RecordError (OVERSIZE, HOSTILE_MARKUP) where `text` is more than a parser should be given."""
    if len(text) > limits.characters:
        raise RecordError(Fault.OVERSIZE, f"{len(text):,} characters of markup, more than {limits.characters:,}")
    tags = text.count("<")
    if tags > limits.tags:
        raise RecordError(Fault.HOSTILE_MARKUP, f"{tags:,} tags, more than {limits.tags:,}")
    check_attributes(text, limits.attributes)


def check_attributes(text: str, most: int) -> None:
    """Raises RecordError(HOSTILE_MARKUP) where one tag carries more than `most` attributes."""
    for piece in text.split("<"):
        if (
            len(piece) > 2 * most and count_attributes(piece) > most
        ):  # an attribute is at least one letter and one space
            raise RecordError(Fault.HOSTILE_MARKUP, f"one tag with more than {most:,} attributes")


def count_attributes(piece: str) -> int:
    """How many attributes the tag at the beginning of `piece` has (`piece` follows a `<`)."""
    name = NAME.match(piece)
    count, position = 0, name.end() if name else len(piece)
    while found := ATTRIBUTE.match(piece, position):
        count, position = count + 1, found.end()
    return count


def lighten(text: str) -> str:
    """`text` without the payload of inline `data:` addresses: a page must not fail for a picture inside it. Linear.

    >>> lighten('<img src="data:image/png;base64,' + "A" * 100 + '">')
    '<img src="data:image/png;base64,">'
    """
    return DATA.sub(r"\1", text) if "data:" in text else text
