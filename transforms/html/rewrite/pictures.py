"""What pictures inside a line stand for: emoji and formulas by their text, a space between two words. Edits the tree."""

import re
from collections.abc import Sequence
from functools import lru_cache

from turbohtml import Element, Text

from transforms.html.attributes import attribute_of_each
from transforms.html.rewrite.formulas import SERVICES, is_alone, marked, tex_of_picture
from transforms.html.rewrite.words import part_neighbours

_EMOJI = re.compile(
    "(?:[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b55\u231a-\u23ff\u25b6\u25c0\u3030\u303d\u3297\u3299]|[#*0-9]\ufe0f?\u20e3"
    "|[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u24c2\u25aa-\u25fe\u2934\u2935]\ufe0f|[\u200d\ufe0f\U000e0020-\U000e007f])+"
)
_EMOJI_CLASS = re.compile(
    r"(?:^|[\s_-])(?:emoji|emojione|twemoji|smiley|wp-smiley|emoticon|smilies|joypixels)(?:$|[\s_-])", re.IGNORECASE
)
# One of these is in every class that `is_emoji` or `is_formula` knows.
_TOLD = ("emoji", "twemoji", "smil", "emoticon", "joypixels", "tex", "math", "ee_img", "formula", "equation")
_ATTRIBUTES = ("class", "alt", "title", "src", "data-src")
_LONGEST = 24  # characters of an emoji and what stands for one (ours)


def texts_of_pictures(images: Sequence[Element]) -> list[tuple[Element, str]]:
    """The pictures in whose place a text stands, each with it. Few pages have any beyond those between two words."""
    classes, alts, titles, *addresses = (
        "\n".join(filter(None, attribute_of_each(images, name))) for name in _ATTRIBUTES
    )
    told = not alts.isascii() or any(sign in said for sign in "\\$" for said in (alts, titles))
    told = told or any(word in address for word in SERVICES for address in addresses)
    told = told or any(word in classes.lower() for word in _TOLD)
    asked = ((image, text_of_picture(image) if told else " " * part_neighbours(image)) for image in images)
    return [(image, said) for image, said in asked if said]


def text_of_picture(image: Element) -> str:
    """What stands for a picture in a line of text, "" for those that are pictures."""
    alt, classes = image.attr("alt") or "", image.attr("class") or ""
    if 0 < len(alt) <= _LONGEST and ((classes and is_emoji(classes)) or (not alt.isascii() and _EMOJI.fullmatch(alt))):
        return alt
    if tex := tex_of_picture(image, alt, classes):
        return marked(tex, is_alone(image))
    return " " if part_neighbours(image) else ""


@lru_cache(4096)
def is_emoji(classes: str) -> bool:
    """Whether a picture's class says that it is an emoji or a smiley.

    >>> is_emoji("wp-smiley"), is_emoji("alignleft")
    (True, False)
    """
    return _EMOJI_CLASS.search(classes) is not None


def write_picture(image: Element, said: str) -> None:
    """Put what a picture stands for behind it; the picture stays."""
    image.insert_after(Text(said))
