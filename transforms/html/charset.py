"""Bytes of a page to text: by what the bytes are, then by what was said about them. Pure; never raises.

A label is a claim, not a fact (`reference/html_tree.md` §4: a wrong one turns a whole page into noise). So the order
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
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

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
CLAIM = re.compile(rb"charset|encoding", re.IGNORECASE)

HEAD = 4096  # bytes searched for a declaration: the standard asks for 1,024; html_tree.md §4 met later ones
SAMPLE = 200_000  # bytes the detector looks at
GOOD_PER_BAD = 4  # UTF-8 with bad bytes is believed from so many good multi-byte characters per bad place (ours)
DOUBT = 0.5  # a declared label falls where the detector believes it less than half as much as its own choice (ours)


def decode(body: bytes, declared: str = "") -> Decoded:
    """`body` as text; `declared` is the charset label of the Content-Type header, if any.

    >>> decode("Zoë".encode(), "iso-8859-1")
    Decoded(text='Zoë', charset='utf-8', how='utf-8')
    >>> decode(b"caf\\xe9", "latin1").text
    'café'
    """
    found = by_mark(body) or by_zeros(body) or by_escapes(body, declared) or by_utf8(body) or by_labels(body, declared)
    text, charset, how = found or by_detector(body)
    return Decoded(text.replace("\0", "\ufffd") if "\0" in text else text, charset, how)


def by_mark(body: bytes) -> Decoded | None:
    """The text after a byte order mark, which overrules every label."""
    for mark, charset in MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(charset, "replace"), charset, "bom")
    return None


def by_zeros(body: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: zero bytes fall on the same places of every unit, since markup is ASCII."""
    if b"\0" not in body[:HEAD]:
        return None
    head = body[: min(HEAD, len(body) & ~3)]
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


def by_escapes(body: bytes, declared: str) -> Decoded | None:
    """ISO-2022 text, which is all ASCII bytes and so would pass for UTF-8."""
    if b"\x1b$" not in body or not body.isascii():
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
    good = len(body) - len(text)  # each multi-byte character is at least one byte longer than it is characters long
    if good < bad:
        return None
    good = len(NON_ASCII.findall(text)) - bad
    return Decoded(text, "utf-8", "utf-8-damaged") if good >= GOOD_PER_BAD * bad else None


NON_ASCII = re.compile(r"[^\x00-\x7f]")


def by_labels(body: bytes, declared: str) -> Decoded | None:
    """By the first label (header, then the page's own) that decodes cleanly and that no detector contradicts."""
    claims = [
        (label, how) for label, how in ((standard(declared), "header"), (standard(announced(body)), "meta")) if label
    ]
    beliefs = believed(body) if claims else {}
    for label, how in claims:
        for charset in CODECS.get(label, (label,)):
            text = strictly(body, charset)
            if text is not None and plausible(charset, beliefs):
                return Decoded(text, charset, how)
    return None


def by_detector(body: bytes) -> Decoded:
    """The detector's best guess that decodes at all, else windows-1252, the browsers' fallback."""
    for charset in believed(body):
        text = strictly(body, charset)
        if text is not None:
            return Decoded(text, charset, "detector")
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "fallback")


def announced(body: bytes) -> str:
    """The label in the page's own meta tags or XML declaration, "" for none near its start."""
    head = COMMENT.sub(b"", body[:HEAD])
    found = META.search(head) or XML.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def standard(label: str) -> str:
    """The WHATWG name of a label, "" for an unknown one and for those that the bytes alone decide."""
    name = LABELS.get(label.strip("\t\n\f\r \"'").lower(), "")
    return "" if name in UNUSED else name


def believed(body: bytes) -> dict[str, float]:
    """The detector's confidence by codec name, best first, with the page's own claims hidden from it."""
    guesses = chardet.detect_all(CLAIM.sub(b"xxxxxxx", body[:SAMPLE]), ignore_threshold=True, compat_names=False)
    beliefs: dict[str, float] = {}
    for guess in guesses:
        if guess["encoding"]:
            beliefs.setdefault(WIDER.get(guess["encoding"], guess["encoding"]), guess["confidence"])
    return beliefs


def plausible(charset: str, beliefs: dict[str, float]) -> bool:
    """Whether the detector's belief in a declared codec is not far below its belief in its own choice."""
    best = max(beliefs.values(), default=0.0)
    name = lookup(charset).name
    return beliefs.get(WIDER.get(name, name), 0.0) >= DOUBT * best


def strictly(body: bytes, charset: str) -> str | None:
    """`body` in `charset` where every byte fits, else None."""
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None
