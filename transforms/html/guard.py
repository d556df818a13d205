"""Limits of a page's markup, checked by a linear scan before the parser sees it: size, tags, attributes on one tag.

Depth needs no check: turbohtml stops nesting near 512 by itself and is linear where other parsers are quadratic
(docs/sources.md, "Hostile pages"). What remains is memory, about 32 bytes per byte of markup, and the time of walking the tree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from schemas.outcomes import Fault, RecordError
from transforms.characters import WORD_SIGNS


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may hold. `attributes` is from docs/sources.md, "Guard limits"; the others are ours.

    `characters`: three times the 5 MiB of the same page, since a real one of 1,124 has more, and the parser's 32 bytes a
    character still fit the child's 2 GiB. `tags`, and `elements`, what unclosed formatting may grow to: the busiest of
    1,124 real pages has 21,646 tags and could grow to 350,953 elements; four million take 490 MB, and a page of so few
    tags as most needs no look at them.
    """

    characters: int = 16 * 1024 * 1024
    attributes: int = 1_000
    tags: int = 300_000
    elements: int = 4_000_000


DATA = re.compile(
    rf"(data:[{WORD_SIGNS}/+.-]{{0,100}}(?:;[{WORD_SIGNS}=.-]{{1,60}}){{0,4}},)"
    r"[A-Za-z0-9+/=%_.-]{64,}(?:\s{1,4}[A-Za-z0-9+/=%]{60,})*"
)
DEEPEST = 512  # where turbohtml stops nesting (docs/sources.md, "HTML tree")
RAW = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
# Each letter in both cases, three times faster than IGNORECASE, and names by their beginnings, twice as fast as a list: b, big, code,
# em, font, i, s, small, strike, strong, tt, u.
_FORMATTING = (
    "(?=[bcefistuBCEFISTU])(?:[bB](?:[iI][gG])?|[cC][oO][dD][eE]|[eE][mM]|[fF][oO][nN][tT]|[iIuU]|[tT][tT]"
    "|[sS](?:[mM][aA][lL][lL]|[tT][rR](?:[iI][kK][eE]|[oO][nN][gG]))?)[\\s/>]"
)
FORMATTING = re.compile(f"<(/?){_FORMATTING}")
OPENING = re.compile(f"<{_FORMATTING}")
NAMED = len("strong>")  # characters behind a `<` that tell the longest of these
_NAME = r"[a-zA-Z][^\s/>]*+"
_ATTRIBUTE = r"""(?>[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?)"""
LIMITS = Limits()


def guard(text: str, limits: Limits = LIMITS) -> None:
    """Raises RecordError (OVERSIZE, HOSTILE_MARKUP) where `text` is more than a parser should be given."""
    if len(text) > limits.characters:
        raise RecordError(Fault.OVERSIZE, f"{len(text):,} characters of markup, more than {limits.characters:,}")
    pieces = long_pieces(text, 2 * limits.attributes)
    stretches = between(pieces, len(text))
    tags = sum([text.count("<", first, end) for first, end in stretches])
    if tags > limits.tags:
        raise RecordError(Fault.HOSTILE_MARKUP, f"{tags:,} tags, more than {limits.tags:,}")
    check_attributes(text, pieces, limits.attributes)
    if tags * DEEPEST > limits.elements:
        check_reopening(text, stretches, tags, limits.elements)


def admit(text: str, limits: Limits = LIMITS) -> str:
    """`text` as it may be parsed: without inline pictures where it is too long. Raises what `guard` raises."""
    light = lighten(text) if len(text) > limits.characters else text
    guard(light, limits)
    return light


def check_attributes(text: str, pieces: list[tuple[int, int]], most: int) -> None:
    """Raises RecordError(HOSTILE_MARKUP) where one tag carries more than `most` attributes; `pieces` are the long ones.

    A tag is looked at only where the next `<` is far off: an attribute takes two characters or more. Scripts, comments
    and quoted pictures hold such places too (one page in a hundred), so what looks guilty is read again tag by tag. A tag
    that writes `<` into all its values may pass unseen; turbohtml is linear in attributes (200,000 in 0.16 s).
    """
    crowded = attributes_from(most + 1)
    if any(crowded.match(text, start, end) for start, end in pieces) and has_crowded(text, most):
        raise RecordError(Fault.HOSTILE_MARKUP, f"one tag with more than {most:,} attributes")


def long_pieces(text: str, length: int) -> list[tuple[int, int]]:
    """Where what stands between one `<` and the next is at least `length` characters long; found by probing."""
    pieces = []
    start, size = text.find("<"), len(text)
    while 0 <= start < size - length:
        last = text.rfind("<", start + 1, start + 1 + length)
        if last < 0:
            last = text.find("<", start + 1 + length)
            last = last if last >= 0 else size
            pieces.append((start + 1, last))
        start = last
    return pieces


def between(pieces: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """What of a text of `size` is outside its long pieces, half of a usual page, with the names of the tags that those begin."""
    ends = [min(first + NAMED, last) for first, last in pieces]
    return list(zip([0, *[last for _, last in pieces]], [*ends, size], strict=True))


@lru_cache(maxsize=8)
def attributes_from(least: int) -> re.Pattern[str]:
    """A tag from its name on, with `least` attributes."""
    return re.compile(f"{_NAME}{_ATTRIBUTE}{{{least}}}")


@lru_cache(maxsize=8)
def tags_to(most: int) -> re.Pattern[str]:
    """The beginning of a comment; or a tag with its name, its attributes up to `most`, and one more if there is one."""
    return re.compile(f"<(?:!--|({_NAME}){_ATTRIBUTE}{{0,{most}}}({_ATTRIBUTE})?)")


def has_crowded(text: str, most: int) -> bool:
    """Whether a tag has more than `most` attributes, outside comments and elements whose content is no markup."""
    position, tag = 0, tags_to(most)
    while position >= 0 and (found := tag.search(text, position)):
        name, beyond = found.groups()
        if beyond is not None:
            return True
        position = found.end()
        if name is None:
            position = text.find("-->", position)
        elif (raw := RAW.get(name.lower())) is not None:
            closing = raw.search(text, position)
            position = closing.start() if closing else -1
    return False


def check_reopening(text: str, stretches: Iterable[tuple[int, int]], tags: int, most: int) -> None:
    """Raises RecordError(HOSTILE_MARKUP) where unclosed formatting tags may make a parser build over `most` elements.

    Every block that follows an unclosed `<font>` opens it again, by the HTML standard; so 1,500 such tags before 1,500
    blocks, 40 kB, become 766,504 elements and 94 MB in turbohtml 1.15.4 (measured). Where all of them together are too few, as on six
    busy pages of seven, nothing is asked about their ends.
    """
    opened = sum([len(OPENING.findall(text, first, end)) for first, end in stretches])
    if min(opened, DEEPEST) * tags <= most:
        return
    depth = deepest = 0
    for closing in FORMATTING.findall(text):
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    if min(deepest, DEEPEST) * tags > most:
        raise RecordError(Fault.HOSTILE_MARKUP, f"{deepest:,} formatting tags left open before up to {tags:,} others")


def lighten(text: str) -> str:
    """`text` without the payload of inline `data:` addresses: a page must not fail for a picture inside it. Linear.

    >>> lighten('<img src="data:image/png;base64,' + "A" * 100 + '">')
    '<img src="data:image/png;base64,">'
    """
    return DATA.sub(r"\1", text) if "data:" in text else text
