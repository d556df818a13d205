r"""Characters that no reader sees: taken out of texts, so that words are whole; those that change what is seen stay. Pure.

Soft hyphens and zero-width spaces only say where a line may break, also in scripts without spaces, whose pages mostly do not have them;
direction marks order what is shown; U+FEFF is left of byte order marks. The joiners U+200C and U+200D shape letters of the Arabic, Indic,
Mongolian and some other scripts, and join emoji, so there they stay; between letters of other scripts they do nothing. Variation
selectors stay.
"""

import re

_UNSEEN = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
JOINERS = ("\u200c", "\u200d")
_JOINERS = "".join(JOINERS)
# Scripts with joining letters or conjuncts: Arabic to Syriac and N'Ko, Indic, Tibetan, Burmese, Khmer, Mongolian, Limbu to Vedic marks,
# and those of the first supplementary plane.
_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\ua8ff\ua980-\ua9ff\uaa60-\uaaff\uabc0-\uabff\ufb50-\ufdff"
    "\ufe70-\ufefc\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_BEFORE_EMOJI = f"{_EMOJI}\ufe0f\u20e3\U000e0020-\U000e007f"
_NOTHING = re.compile(f"[{_UNSEEN}]")
# Group 1: a joiner beside a letter that it shapes, or between two emoji. Behind another joiner it does nothing.
_JOINER = re.compile(
    f"((?<=[{_JOINED}])[{_JOINERS}]|(?<![{_JOINERS}])[{_JOINERS}](?=[{_JOINED}])|(?<=[{_BEFORE_EMOJI}])\u200d(?=[{_EMOJI}]))|[{_JOINERS}]"
)
_ANYWHERE = re.compile(f"[{_UNSEEN}{_JOINERS}\ufe0e\ufe0f]")
_CHARACTERS = tuple(
    char
    for first, last in re.findall("(.)(?:-(.))?", _UNSEEN + _JOINERS)
    for char in map(chr, range(ord(first), ord(last or first) + 1))
)


def has_invisible(text: str) -> bool:
    """Whether `text` holds any such character; each is looked for alone, twice as fast as a search for all."""
    return not text.isascii() and any([char in text for char in _CHARACTERS])


def visible(text: str) -> str:
    r"""`text` without the characters that no reader sees, but for joiners that a script or an emoji needs.

    >>> visible("re\u00adcon\u00adstruc\u00adtion"), visible("\ufeffharbour\u200bmaster")
    ('reconstruction', 'harbourmaster')
    >>> visible(persian := "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == persian, visible("Auf\u200clage")
    (True, 'Auflage')
    """
    return _JOINER.sub(r"\1", _NOTHING.sub("", text)) if has_invisible(text) else text


def without_invisible(text: str) -> str:
    r"""`text` without any of them, nor the selectors of emoji: for keys of what a reader takes for the same.

    >>> without_invisible("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u062e", without_invisible("\u2764\ufe0f") == "\u2764"
    (True, True)
    """
    return _ANYWHERE.sub("", text) if has_invisible(text) or "\ufe0f" in text or "\ufe0e" in text else text
