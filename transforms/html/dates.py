"""The day that a date names, as pages state it: ISO 8601, e-mail's form, numbers in a row, months by name, the path of an address. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from email.utils import parsedate

from transforms.characters import lower

# Digits of ASCII and letters of Latin alone: of others the Pythons do not agree on what they are.
_ISO = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")
_ROW = re.compile(r"\s*((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:T?[0-9]{4,6})?\s*Z?")
# Where the first number is beyond 12 it is a day in any country; where the mark is a full stop too.
_DAY_FIRST = re.compile(r"\s*([0-9]{1,2})([./-])([0-9]{1,2})[./-]((?:19|20)[0-9]{2})(?![0-9])")
_EAST = re.compile(r"((?:19|20)[0-9]{2})\s{0,2}[年년]\s{0,2}([0-9]{1,2})\s{0,2}[月월]\s{0,2}([0-9]{1,2})\s{0,2}[日일]")
_NAMED = re.compile(
    r"(?<![a-zà-ÿ0-9])([0-9]{1,2})?(?:st|nd|rd|th|er|\.|º)?\s{0,2}([a-zà-ÿ]{3,})\.?\s{1,2}"
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?,?\s{1,2})?((?:19|20)[0-9]{2})(?![0-9])"
)
_PATH = re.compile(r"/((?:19|20)[0-9]{2})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?=[/-]|$)")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_LONGEST = 100  # characters of a statement that are looked at (ours)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# What begins no month of English: German, French, Spanish, Portuguese, Italian.
_OTHERS = {
    "jän": 1, "ene": 1, "gen": 1, "fév": 2, "fev": 2, "mär": 3, "avr": 4, "abr": 4, "mai": 5, "mag": 5, "juin": 6, "giu": 6,
    "juil": 7, "lug": 7, "aoû": 8, "ago": 8, "set": 9, "okt": 10, "oct": 10, "out": 10, "ott": 10, "dez": 12, "déc": 12, "dic": 12,
}  # fmt: skip
_BEFORE = 3  # lines before a headline that may name a day (ours)
_BEHIND, LINE = 6, 80  # lines behind a headline that may say of whom or when it is, and characters of one (ours)
FIRST_YEAR, LAST_YEAR = 1990, 2099  # of a page on the web


def day_of(stated: str) -> str:
    """The day that a page states, `YYYY-MM-DD`; "" where it states none that is certain.

    >>> day_of("2024-03-12T23:30:00+01:00"), day_of("Tue, 12 Mar 2024 10:00:00 GMT"), day_of("March 12, 2024"), day_of("20240312")
    ('2024-03-12', '2024-03-12', '2024-03-12', '2024-03-12')
    >>> day_of("12.03.2024"), day_of("03/04/2024"), day_of("soon"), day_of("2024年3月12日"), day_of("12. März 2024")
    ('2024-03-12', '', '', '2024-03-12', '2024-03-12')
    """
    stated = stated[:_LONGEST]
    for pattern in (_ISO, _EAST):
        if found := pattern.search(stated):
            return written(*map(int, found.groups()))
    if found := _ROW.fullmatch(stated):
        return written(*map(int, found.groups()))
    if found := _DAY_FIRST.match(stated):
        first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
        if mark == "." or first > 12:
            return written(year, second, first)
        return written(year, first, second) if second > 12 else ""
    if "," in stated and (parts := parsedate(stated)) is not None:
        return written(*parts[:3])
    return named_day(stated)


def named_day(stated: str) -> str:
    """The day of a date whose month has its name.

    >>> named_day("Posted on 3rd May 2021 by Tom"), named_day("le 14 juillet 2019"), named_day("May 2021")
    ('2021-05-03', '2019-07-14', '')
    """
    for found in _NAMED.finditer(lower(stated).replace(" de ", " ")):
        day, month = found[3] or found[1], month_of(found[2])
        if day and month:
            return written(int(found[4]), month, int(day))
    return ""


def month_of(name: str) -> int:
    """The number of a month by its name in small letters, 0 where it is none."""
    for beginning, month in _OTHERS.items():
        if name.startswith(beginning):
            return month
    return _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else 0


def day_in_path(url: str) -> str:
    """The day that stands in the path of an address, as blogs and newspapers write it.

    >>> day_in_path("https://coast.example/2024/03/12/the-basin"), day_in_path("https://coast.example/2024/03/")
    ('2024-03-12', '')
    """
    found = _PATH.search(url)
    return written(*map(int, found.groups())) if found else ""


def lines_beside(texts: Sequence[str], headline: int, before: int) -> Iterator[str]:
    """The short lines near a page's headline, those behind it first.

    >>> list(lines_beside(["News", "The basin", "Tom", "It was drained."], 1, 1))
    ['Tom', 'It was drained.', 'News']
    """
    near = (*texts[headline + 1 : headline + 1 + _BEHIND], *texts[max(headline - before, 0) : headline])
    return (text for text in near if len(text) <= LINE)


def day_beside(texts: Sequence[str], headline: int) -> str:
    """The day that a short line near a page's headline names, "" where none does.

    >>> day_beside(["News", "The basin", "Tom, 12 March 2024", "It was drained in the spring of 1904."], 1)
    '2024-03-12'
    """
    for text in lines_beside(texts, headline, _BEFORE):
        if _YEAR.search(text) and (day := day_of(text)):
            return day
    return ""


def written(year: int, month: int, day: int) -> str:
    """A day as ISO 8601, "" where there is no such day on the web.

    >>> written(2024, 2, 29), written(2023, 2, 29), written(1904, 3, 1)
    ('2024-02-29', '', '')
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
