"""A caption cleaned, and the measures of a caption. Pure; any string will do.

Words are what white space separates, as DataComp counts them; COYO's and CC12M's counts come from tokenisers. A caption without spaces
(Chinese, Japanese, Thai) is cut into pieces first (`transforms.text.unspaced`). CC12M's limit on repetition is published without its
formula, so there is no measure for it.
"""

import html
import math
import re

from transforms.characters import settled
from transforms.invisible import visible
from transforms.pair.junk import is_junk, is_title
from transforms.text.unspaced import spaced

# Control characters that are no white space, and lone surrogates.
_CONTROLS = re.compile("[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\ud800-\udfff]")
_SPECIAL_TAG = re.compile(r"<[A-Z][A-Z_]*>")
# What is left where entities or tags were escaped twice. `<PERSON>` is no tag of HTML.
_ENTITY = re.compile(r"&(?:[a-z]{2,8}[1-4]?|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|cite|div|em|figcaption|font|h[1-6]|hr|i|img|li|ol|p|small|span|strike|strong|sub|sup|u|ul)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|h[1-6])\b", re.IGNORECASE)


def clean_caption(text: str) -> str:
    r"""`text` without invisible characters, its runs of white space one space each, none at the ends (COYO's rule).

    Entities and tags that were escaped twice, and so stand as text, are read and taken out.

    >>> clean_caption("\ufeffA\tred\r\n  kite\x00 "), clean_caption("Tom &amp;amp; <em>Ann</em>")
    ('A red kite', 'Tom & Ann')
    """
    if "&" in text or "<" in text:
        text = unescaped(text)
    # None of the invisible characters is printable, and to ask that is ten times as fast as to look for them.
    return " ".join((text if text.isprintable() else visible(_CONTROLS.sub("", text))).split())


def unescaped(text: str) -> str:
    """A text with the entities and tags that it shows as text read, twice at most."""
    for _ in range(2):
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if "<" in text:
            text = _TAG.sub(lambda found: " " if _BREAKING_TAG.match(found[0]) else "", text)
    return text


def special_tags(caption: str) -> int:
    """Special tags such as CC12M's `<PERSON>`: capitals and underscores in angle brackets (Kosmos-1 App. B.1.2).

    >>> special_tags("<PERSON> and <PERSON> at the <b>sea</b> < HERE >")
    2
    """
    return len(_SPECIAL_TAG.findall(caption))


def letter_share(caption: str) -> float:
    """The share of letters among the characters that are no white space; 0 where there are none.

    >>> letter_share("IMG 2034"), letter_share("")
    (0.42857142857142855, 0.0)
    """
    solid = settled("".join(caption.split()))
    return sum(map(str.isalpha, solid)) / max(len(solid), 1)


def measure_caption(text: str, title: str = "", pictures: int = 1, uses: float = math.nan) -> dict[str, float]:
    """Every measure of `schemas.measures.CAPTION_MEASURES`, by name, of `text` as it stands, not cleaned.

    `title` is the page's, `pictures` how many of its pictures have this very text, `uses` how many of the run's
    have it (not a number: nobody counted).
    """
    return {
        "caption_chars": float(len(text)),
        "caption_words": float(len(spaced(text).split())),
        "caption_letters": letter_share(text),
        "caption_special_tags": float(special_tags(text)),
        "caption_junk": float(is_junk(text)),
        "caption_title": float(is_title(text, title)),
        "caption_pictures": float(pictures),
        "caption_uses": float(uses),
    }
