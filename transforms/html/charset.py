"""Bytes of a page -> text: first by the bytes themselves, then by the declared labels. Pure; never raises.

A label is a claim, and a wrong one turns a whole page into noise (docs/sources.md, "Charsets"). So the order
is: byte order mark, UTF-16 and UTF-32 by their zeros, UTF-8 where all bytes or nearly all fit it, then the declared
labels where the bytes decode cleanly and a statistical detector does not plainly contradict, then the detector.
Labels are read as browsers read them (WHATWG Encoding standard: `latin1` is windows-1252, `gb2312` is gbk).
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, lookup
from typing import NamedTuple

import chardet
from webencodings import LABELS  # type: ignore[import-untyped]


class Decoded(NamedTuple):
    """A page's text without NUL and lone surrogates; `charset` is a codec's name, `how` says which evidence decided.

    `how` is one of: bom, zeros, utf-8 (all bytes valid), utf-8-damaged (a cut last character or a few bad bytes),
    escapes (ISO-2022), header, meta, detector, fallback.
    """

    text: str
    charset: str
    how: str


# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)

# Python's codecs for the labels of the WHATWG standard, widest variant last: real EUC-JP pages carry NEC's extra signs,
# real ISO-2022-JP pages half-width kana.
CODECS = {
    "shift_jis": ("cp932", "shift_jis_2004"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "euc-kr": ("cp949",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "windows-874": ("cp874",),
    "macintosh": ("mac_roman",),
    "x-mac-cyrillic": ("mac_cyrillic",),
    "iso-8859-8-i": ("iso8859_8",),
    "iso-8859-1": ("cp1252",),
}
# What the detector calls narrow, in the widest form that pages use. (Its own widening makes ISO-8859-2 windows-1250,
# which has other letters in three places.)
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "shift_jis_2004": "cp932",
    "euc_kr": "cp949",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_jp": "euc_jis_2004",
    "mac-iceland": "mac-roman",
}
LATIN = frozenset(
    (
        "cp1250",
        "cp1252",
        "cp1254",
        "cp1257",
        "mac-roman",
        *(f"iso8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)),
    )
)
NOT_LATIN = frozenset(
    (
        "cp1251", "cp1253", "cp1255", "cp1256", "cp866", "cp874", "koi8-r", "koi8-u", "mac-cyrillic",
        "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    )
)  # fmt: skip
MULTI_BYTE = ("gb18030", "cp932", "euc_jis_2004", "cp949", "big5hkscs", "johab")
ERAS = chardet.EncodingEra.ALL & ~chardet.EncodingEra.MAINFRAME  # no page is EBCDIC
UNUSED = (
    "utf-8",
    "utf-16le",
    "utf-16be",
    "replacement",
    "x-user-defined",
)  # judged by the bytes alone, or no encoding at all

META = re.compile(rb"""<meta(?=[\s/])[^>]{0,1024}?charset\s*=\s*["']?\s*([^\s"'/>;]{1,40})""", re.IGNORECASE)
XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([^"']{1,40}?)\s*["']""", re.IGNORECASE)
COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
NON_ASCII = re.compile(r"[^\x00-\x7f]")
HIGH = re.compile(rb"[\x80-\xff]+")
HIGH_WORD = re.compile(rb"[\x80-\xff]{3,}")
MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
CLAIM = re.compile(rb"[cC]harset|CHARSET|[eE]ncoding|ENCODING")

HEAD = 65_536  # bytes searched for a declaration: the standard asks for 1,024; pages with later ones were met (docs/sources.md, "Charsets")
UNITS = 4096  # bytes whose zeros are counted
SAMPLE = 200_000  # bytes the detector looks at
GOOD_PER_BAD = 4  # UTF-8 with bad bytes is believed from so many good multi-byte characters per bad place (ours)

# When a declared label falls (ours; tuned on 533 declarations in their languages' encodings, right and wrong labels):
HUNCH = 0.1  # confidence below which a guess is no better than the fallback
SURE = 0.2  # confidence from which the detector is listened to
DOUBT = 0.5  # share of the detector's confidence in its own choice that the label must reach,
DOUBT_OF_DEFAULT = 0.8  # for windows-1252, the label that servers and editors write unasked,
DOUBT_UNSURE = 0.1  # and where the detector is not sure: enough against KOI8-R declared on windows-1251
DOUBT_UNSURE_OF_DEFAULT = 0.4


def decode(body: bytes, declared: str = "") -> Decoded:
    """`body` as text; `declared` is the charset label of the Content-Type header, if any.

    >>> decode("Zoë".encode(), "iso-8859-1")
    Decoded(text='Zoë', charset='utf-8', how='utf-8')
    >>> decode(b"caf\\xe9", "latin1").text
    'café'
    """
    found = by_mark(body) or by_zeros(body) or by_escapes(body) or by_utf8(body)
    if found is None:
        beliefs = believed(body)
        found = by_labels(body, declared, beliefs) or by_detector(body, beliefs)
    text, charset, how = found
    # Zeros are looked for in the bytes: ten times faster than in the text, and no codec makes one of anything else.
    return Decoded(text.replace("\0", "\ufffd") if 0 in body else text, charset, how)


def by_mark(body: bytes) -> Decoded | None:
    """The text after a byte order mark, which overrules every label."""
    for mark, charset in MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(charset, "replace"), charset, "bom")
    return None


def by_zeros(body: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: zero bytes fall on the same places of every unit, since markup is ASCII."""
    if b"\0" not in body[:UNITS]:
        return None
    head = body[: min(UNITS, len(body) & ~3)]
    shares = [head[place::4].count(0) * 4 / max(len(head), 1) for place in range(4)]
    for charset, zeros, letters in (
        ("utf-32-le", (2, 3), (0,)),
        ("utf-32-be", (0, 1), (3,)),
        ("utf-16-le", (1, 3), (0, 2)),
        ("utf-16-be", (0, 2), (1, 3)),
    ):
        # A fifth: Chinese text with a little markup; a fiftieth: a stray NUL.
        if all(shares[place] > 0.2 for place in zeros) and all(shares[place] < 0.02 for place in letters):
            return Decoded(body.decode(charset, "replace"), charset, "zeros")
    return None


def by_escapes(body: bytes) -> Decoded | None:
    """ISO-2022 text, which is all ASCII bytes and so would pass for UTF-8."""
    if 0x1B not in body or b"\x1b$" not in body or not body.isascii():
        return None
    for charset in ("iso2022_kr",) if b"\x1b$)C" in body else CODECS["iso-2022-jp"]:
        text = strictly(body, charset)
        if text is not None:
            return Decoded(text, charset, "escapes")
    return None


def by_utf8(body: bytes) -> Decoded | None:
    """UTF-8 where every byte fits, or where bad places are rare beside good multi-byte characters."""
    text = strictly(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8", "utf-8")
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return Decoded(text, "utf-8", "utf-8-damaged") if mostly_good(text, bad, GOOD_PER_BAD) else None


def by_labels(body: bytes, declared: str, beliefs: dict[str, float]) -> Decoded | None:
    """By the first label (header, then the page's own) that decodes cleanly and that no detector contradicts."""
    for label, how in ((standard(declared), "header"), (standard(announced(body)), "meta")):
        for charset in CODECS.get(label, (label,)) if label else ():
            text = nearly(body, charset) if plausible(body, charset, beliefs) else None
            if text is not None:
                return Decoded(text, charset, how)
    return None


def by_detector(body: bytes, beliefs: dict[str, float]) -> Decoded:
    """The detector's best guess that decodes the page, else windows-1252, the browsers' fallback."""
    if max(beliefs.values(), default=0.0) >= HUNCH or strange(body, "cp1252"):
        for charset in beliefs:
            text = nearly(body, charset)
            if text is not None:
                return Decoded(text, charset, "detector")
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "fallback")


def announced(body: bytes) -> str:
    """The first known label in the page's own XML declaration or meta tags, "" for none near its start.

    More lenient than the standard's prescan (a `content` without its `http-equiv` will do): a label is only a claim.
    """
    head = COMMENT.sub(b"", body[:HEAD])
    labels = (found[1].decode("ascii", "replace") for pattern in (XML, META) for found in pattern.finditer(head))
    return next((label for label in labels if label.lower() in LABELS), "")


def standard(label: str) -> str:
    """The WHATWG name of a label, "" for an unknown one and for those that the bytes alone decide."""
    name = LABELS.get(label.strip("\t\n\f\r \"'").lower(), "")
    return "" if name in UNUSED else name


def believed(body: bytes) -> dict[str, float]:
    """The detector's confidence by codec name, best first, with the page's own claims hidden from it.

    One bad byte rules a multi-byte codec out for the detector, so what nearly fits such a codec is offered to it again
    without its bad bytes.
    """
    sample = CLAIM.sub(b"xxxxxxx", body[:SAMPLE])
    beliefs = guesses(sample)
    best = max(beliefs.values(), default=0.0)
    if next(iter(beliefs), "") not in MULTI_BYTE:
        for charset in MULTI_BYTE:
            text = nearly(sample, charset)
            if text is not None and "\ufffd" in text:
                belief = guesses(text.encode(charset, "ignore")).get(charset, 0.0)
                if belief > best:
                    beliefs[charset] = belief
    return dict(sorted(beliefs.items(), key=lambda item: -item[1]))


def guesses(sample: bytes) -> dict[str, float]:
    """The detector's confidence by codec name, narrow codecs under their wider form, best first."""
    found: dict[str, float] = {}
    for guess in chardet.detect_all(sample, ignore_threshold=True, encoding_era=ERAS, compat_names=False):
        if guess["encoding"]:
            found.setdefault(WIDER.get(guess["encoding"], guess["encoding"]), guess["confidence"])
    return found


def plausible(body: bytes, charset: str, beliefs: dict[str, float]) -> bool:
    """Whether a declared codec fits: a detector that is sure agrees, and the words have the shape of its script.

    A sound label of a language that the detector does not know must win over a guess of little confidence; but where
    the letters stand as they never do in the label's script, any guess is better.
    """
    name = lookup(charset).name
    own, best = beliefs.get(WIDER.get(name, name), 0.0), max(beliefs.values(), default=0.0)
    if best < HUNCH and not strange(body, name):
        return True
    if best < SURE and not strange(body, name):
        return own >= best * (DOUBT_UNSURE_OF_DEFAULT if name == "cp1252" else DOUBT_UNSURE)
    return own >= best * (DOUBT_OF_DEFAULT if name == "cp1252" else DOUBT)


def strange(body: bytes, codec: str) -> bool:
    """Whether the letters above ASCII stand as they do not in a codec's script.

    In Latin scripts they stand one by one among ASCII letters, in other scripts they form the words.
    """
    letters = len(body) - len(HIGH.sub(b"", body))
    if codec in LATIN:
        return sum(map(len, HIGH_WORD.findall(body))) > 0.7 * letters
    return codec in NOT_LATIN and len(MIXED.findall(body)) > 0.5 * letters


def strictly(body: bytes, charset: str) -> str | None:
    """`body` in `charset` where every byte fits, else None."""
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def nearly(body: bytes, charset: str) -> str | None:
    """`body` in `charset` with bad bytes replaced where they are rare, as in a page cut short; else None."""
    text = strictly(body, charset)
    if text is None:
        text = body.decode(charset, "replace")
        return text if mostly_good(text, text.count("\ufffd"), 50) else None
    return text


def mostly_good(text: str, bad: int, good_per_bad: int) -> bool:
    """Whether `text` holds enough non-ASCII characters beside its `bad` replacement characters."""
    return len(NON_ASCII.findall(text)) - bad >= good_per_bad * bad
