r"""What characters are by Unicode 15.1, whichever Python runs: 3.11 knows Unicode 14, 3.12 knows 15.0, 3.13 knows 15.1. Pure.

The three differ on few characters, nearly all of them later than Unicode 14: letters of scripts and ideographs that pages hardly have.
Only those are listed here, as `benchmarks/unicode_tables.py` finds them, and `tests/transforms/test_characters.py` holds every Python
to the same digests; for all others the interpreter's own functions agree and are used. Text without them, which is nearly all text, is
told from its UTF-8 by two bytes.

White space, line ends and the mapping of case agree (but for a final sigma: `lower`). Numbers in markup are read by `int`, which in 3.11
fails for later digits, so there these are no digits: `EARLIER_DIGIT`, `is_number`.
"""

import re
import unicodedata

# Ranges for a class of characters in a regular expression.
_SMALL = "\U0001df25-\U0001df2a\U0001e030-\U0001e06d"
_SMALL_NOW = "\u10fc\ua7f2-\ua7f4\uab69"  # letters of Unicode 14 that count as small ones since Unicode 15
_LETTERS = (
    "\U0001123f-\U00011240\U00011f02\U00011f04-\U00011f10\U00011f12-\U00011f33\U0001342f\U00013441-\U00013446\U0001b132"
    "\U0001b155\U0001e4d0-\U0001e4eb\U0002b739\U0002ebf0-\U0002ee5d\U00031350-\U000323af"
)
_DIGITS = "\U00011f50-\U00011f59\U0001e4f0-\U0001e4f9"
_NUMERALS = "\U0001d2c0-\U0001d2d3"
# Later marks and signs matter to `lower` alone.
_SIGNS = (
    "\u0cf3\u0ece\u2ffc-\u2fff\u31ef\U00010efd-\U00010eff\U00011241\U00011b00-\U00011b09\U00011f00-\U00011f01\U00011f03\U00011f34-\U00011f3a"
    "\U00011f3e-\U00011f4f\U00013439-\U00013440\U00013447-\U00013455\U0001e08f\U0001e4ec-\U0001e4ef\U0001f6dc\U0001f774-\U0001f776"
    "\U0001f77b-\U0001f77f\U0001f7d9\U0001fa75-\U0001fa77\U0001fa87-\U0001fa88\U0001faad-\U0001faaf\U0001fabb-\U0001fabd\U0001fabf"
    "\U0001face-\U0001facf\U0001fada-\U0001fadb\U0001fae8\U0001faf7-\U0001faf8"
)
LATER_SIGNS = _SIGNS  # marks and signs
LATER_SMALL = _SMALL + _SMALL_NOW  # all that not every Python knows for a small letter
LATER_OTHERS = _LETTERS + _DIGITS + _NUMERALS  # letters that are not small, digits and numerals
_ALNUM = _SMALL + LATER_OTHERS

WORD_SIGNS = rf"\w{_ALNUM}"  # what stands for `\w` in a class
DIGIT = rf"\d{_DIGITS}"  # what stands for `\d` in a class
EARLIER_DIGIT = rf"[^\D{_DIGITS}]"  # a digit that `int` of every Python reads

# The first two bytes of their UTF-8, which no emoji has.
_LEADS = re.compile(b"\xf0[\x90\x91\x93\x9b\x9d\x9e\xab\xae\xb1\xb2]")
_LATER = re.compile(f"[{_ALNUM}]")
_ANY = re.compile(f"[{_ALNUM}{_SMALL_NOW}{_SIGNS}]")
# Older characters of the same kind, in the same planes: a small letter, another letter, a digit, a numeral.
_KINDS = tuple(
    (re.compile(f"[{ranges}]"), older)
    for ranges, older in (
        (_SMALL, "\U0001d41a"),
        (_LETTERS, "\U00020000"),
        (_DIGITS, "\U0001d7ce"),
        (_NUMERALS, "\U00010107"),
    )
)

# NFKC: the modifier letters from U+1E030 on are small Cyrillic ones, and ten marks have an order.
_CYRILLIC = "абвгдежзиклмопрстуфхцчшыэюꚉәіјөүӏабвгдежзиклопсуфхцчшъыґіѕџҫꙑұ"
# Marks of one combining class, none of which any character is composed of: one that announces, and one for each later mark of the class.
_STAND_INS = (
    ("\u0acd", {"\U00011f41": "\u0b4d", "\U00011f42": "\u0c4d"}),
    ("\u0316", {"\U00010efd": "\u0317", "\U00010efe": "\u0318", "\U00010eff": "\u0319", "\U0001e4ee": "\u031c"}),
    ("\u030d", {"\U0001e08f": "\u030e", "\U0001e4ef": "\u0310"}),
    ("\u031a", {"\U0001e4ec": "\u0358", "\U0001e4ed": "\u1df6"}),
)
_STAND_IN = {mark: announcing + other for announcing, others in _STAND_INS for mark, other in others.items()} | {
    announcing: 2 * announcing for announcing, _ in _STAND_INS
}
_STANDS_FOR = {pair: mark for mark, pair in _STAND_IN.items()}
_BEFORE_NFKC = str.maketrans(_STAND_IN | {chr(0x1E030 + place): letter for place, letter in enumerate(_CYRILLIC)})
_PAIR = re.compile("|".join(_STANDS_FOR))
_NORMALISED = re.compile(
    "[\U0001e030-\U0001e06d\U00010efd-\U00010eff\U00011f41-\U00011f42\U0001e08f\U0001e4ec-\U0001e4ef]"
)


def may_be_later(coded: bytes) -> bool:
    """Whether a text in UTF-8 may hold later letters, digits, numerals or marks; quick, and wrong only where it says yes."""
    return b"\xf0" in coded and _LEADS.search(coded) is not None


def settled(text: str) -> str:
    """`text` with an older letter, digit or numeral for each later one, so that every Python sees the same kinds of characters.

    For counting and classing only, as different letters become equal. The length stays.

    >>> settled("a\\U00031350") == "a\\U00020000", settled("as it is")
    (True, 'as it is')
    """
    if text.isascii() or not may_be_later(text.encode("utf-8", "surrogatepass")) or _LATER.search(text) is None:
        return text
    for later, older in _KINDS:
        text = later.sub(older, text)
    return text


def is_number(text: str) -> bool:
    """Whether `text` is decimal digits alone that `int` of every Python reads.

    >>> is_number("12"), is_number("1\\U00011f51"), is_number("")
    (True, False, False)
    """
    return text.isdecimal() and (text.isascii() or _LATER.search(text) is None)


def lower(text: str) -> str:
    """`text.lower()`; beside a later character no sigma counts as final, since the Pythons do not agree on what may stand around it.

    >>> lower("ΟΔΟΣ"), lower("ΟΔΟΣ\\U0001e030")[:4]
    ('οδος', 'οδοσ')
    """
    if "\u03a3" not in text or _ANY.search(text) is None:
        return text.lower()
    return "".join(map(str.lower, text))


def nfkc(text: str) -> str:
    """`text` in NFKC.

    A later mark, which the interpreter may not know, goes through its NFKC as two marks of the same class that it knows: one that
    announces, and one that tells which mark is meant. Marks of one class never change places.

    >>> nfkc("\\U0001e030\\u2460"), nfkc("e\\U00010efd\\u0301") == "\\u00e9\\U00010efd"
    ('а1', True)
    """
    if _NORMALISED.search(text) is None:
        return unicodedata.normalize("NFKC", text)
    known = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    return _PAIR.sub(lambda found: _STANDS_FOR[found[0]], known)
