"""The marks of list items as a browser shows them: `3. `, `c. `, `iii. `. Pure."""

import re
from collections.abc import Iterator, Sequence

BULLET = "- "
_LETTERS = {"a": "abcdefghijklmnopqrstuvwxyz", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "α": "αβγδεζηθικλμνξοπρστυφχψω"}
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"),
    (4, "iv"), (1, "i"),
)  # fmt: skip
# What `type` or `list-style-type` say; "" shows no number.
STYLES = {
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I",
    "lower-greek": "α", "none": "", "disc": "", "circle": "", "square": "",
}  # fmt: skip
_STYLE = re.compile(rf"list-style(?:-type)?\s*:[^;]*?\b({'|'.join(STYLES)})\b", re.IGNORECASE)


def style_of(kind: str | None, css: str | None) -> str:
    """The style of a list by its attributes `type` and `style`: "1", "a", "A", "i", "I", "α", or "" for one without numbers.

    >>> style_of("i", None), style_of(None, "margin: 0; list-style: upper-alpha"), style_of(None, None)
    ('i', 'A', '1')
    """
    if css and (found := _STYLE.search(css)):
        return STYLES[found[1].lower()]
    kind = (kind or "").strip()
    return kind if kind in ("a", "A", "i", "I") else STYLES.get(kind.lower(), "1")


def mark_of(number: int, style: str) -> str:
    """What an item begins with.

    >>> [mark_of(28, style) for style in ("1", "a", "I", "")], mark_of(0, "i")
    (['28. ', 'ab. ', 'XXVIII. ', '- '], '0. ')
    """
    if not style:
        return BULLET
    if style in _LETTERS and number > 0:
        return f"{''.join(reversed(list(_letters(number, _LETTERS[style]))))}. "
    if style in "iI" and 0 < number < 4000:
        roman = _roman(number)
        return f"{roman if style == 'i' else roman.upper()}. "
    return f"{number}. "


def _letters(number: int, letters: str) -> Iterator[str]:
    """The letters of a number, last first: z is followed by aa."""
    while number:
        number, rest = divmod(number - 1, len(letters))
        yield letters[rest]


def _roman(number: int) -> str:
    signs = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        signs += sign * times
    return signs


def numbers_of(values: Sequence[int | None], start: int | None, backwards: bool) -> list[int]:
    """The numbers of a list's items, of which some say their own.

    >>> numbers_of([None, None, 7, None], 3, False), numbers_of([None, None], None, True)
    ([3, 4, 7, 8], [2, 1])
    """
    number = start if start is not None else len(values) if backwards else 1
    found = []
    for value in values:
        number = number if value is None else value
        found.append(number)
        number += -1 if backwards else 1
    return found
