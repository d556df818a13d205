"""Bytes of a page -> text: first by the bytes themselves, then by the declared labels. Pure; never raises.

A label is a claim, and a wrong one turns a whole page into noise (docs/sources.md, "Charsets"). So the order
is: byte order mark, UTF-16 and UTF-32 by their zeros, UTF-8 where all bytes or most of them fit it, then the declared
labels where the bytes decode cleanly and a statistical detector does not plainly contradict, then the detector.
Labels are read as browsers read them (WHATWG Encoding standard: `latin1` is windows-1252, `gb2312` is gbk).
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, lookup, utf_8_decode
from math import sqrt
from typing import NamedTuple

from webencodings import LABELS  # type: ignore[import-untyped]

from transforms.html.charset_beliefs import HIGH, WIDER, believed, nearly, strange, strictly, twin


class Decoded(NamedTuple):
    """A page's text without NUL and lone surrogates; `charset` is a codec's name, `how` says which evidence decided.

    `how` is one of: bom, zeros, utf-8 (all bytes valid), utf-8-damaged (a cut last character or bad bytes),
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
HIGH_BYTES = bytes(range(128, 256))
HEAD = 65_536  # bytes searched for a declaration: the standard asks for 1,024; pages with later ones were met (docs/sources.md, "Charsets")
UNITS = 4096  # bytes whose zeros are counted
# The share of bytes beyond ASCII that are parts of whole characters from which a page is UTF-8, and what a page that does not say so needs
# beyond it, times the root of how many those bytes are (ours; of 270,000 cuts of 30 to 1,000 bytes of the declaration of human rights in 27
# encodings and languages, 4 have more by chance, all of 30 bytes). LETTER: the bytes of a character, and all that stand in a row in Latin.
MOSTLY, CHANCE, LETTER = 0.6, 0.8, 4

# When a declared label falls (ours; tuned on 533 declarations in their languages' encodings, right and wrong labels):
HUNCH = 0.1  # confidence below which a guess says nothing against a label,
GUESS, FEW = 0.04, 4  # and below which it is none on a page without one that has at least so many bytes beyond ASCII
SURE = 0.25  # confidence from which the detector is listened to
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
    found = by_mark(body) or by_zeros(body) or by_escapes(body) or by_utf8(body, declared)
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


def by_utf8(body: bytes, declared: str) -> Decoded | None:
    """UTF-8 where every byte fits, or where most bytes beyond ASCII are parts of whole characters; bad ones become U+FFFD.

    In other encodings some bytes look like characters of UTF-8 by chance, up to half of them in EUC-JP, and the fewer the bytes, the
    more chance there is. A page that says it is UTF-8 needs no such margin. A character that the end of the page cuts is no bad one.
    """
    text = strictly(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8", "utf-8")
    good, used = utf_8_decode(body, "ignore", False)
    high = used - len(body[:used].translate(None, HIGH_BYTES))
    share = 1 - (used - len(good.encode())) / high if high else 0.0
    if share >= MOSTLY and (share >= MOSTLY + margin(body, high) or says_utf8(body, declared)):
        return Decoded(body.decode("utf-8", "replace"), "utf-8", "utf-8-damaged")
    return None


def margin(body: bytes, high: int) -> float:
    """What a page that does not say so must have beyond MOSTLY: nothing where single letters stand among ASCII, as in Latin scripts."""
    long = sum(len(run) for run in HIGH.findall(body) if len(run) > LETTER)
    return CHANCE / sqrt(high) if long > high / 2 else 0.0


def says_utf8(body: bytes, declared: str) -> bool:
    """Whether the header or the page itself names UTF-8."""
    return any(LABELS.get(clean(label)) == "utf-8" for label in (declared, announced(body)))


def by_labels(body: bytes, declared: str, beliefs: dict[str, float]) -> Decoded | None:
    """By the first label (header, then the page's own) that decodes cleanly and that no detector contradicts."""
    for label, how in ((standard(declared), "header"), (standard(announced(body)), "meta")):
        for charset in CODECS.get(label, (label,)) if label else ():
            charset = twin(body, lookup(charset).name, beliefs) or charset
            text = nearly(body, charset) if plausible(body, charset, beliefs) else None
            if text is not None:
                return Decoded(text, charset, how)
    return None


def by_detector(body: bytes, beliefs: dict[str, float]) -> Decoded:
    """The detector's best guess that decodes the page, else windows-1252, the browsers' fallback.

    A guess must be plainly likelier than the fallback: of a language that the detector does not know, guesses are all alike.
    """
    first, best = next(iter(beliefs.items()), ("", 0.0))
    sure = first == "cp1252" or beliefs.get("cp1252", 0.0) < best * DOUBT_OF_DEFAULT
    least = GUESS if len(body) - len(body.translate(None, HIGH_BYTES)) >= FEW else HUNCH
    if (best >= least and sure) or strange(body, "cp1252"):
        for guess in beliefs:
            charset = twin(body, guess, beliefs) or guess
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
    name = LABELS.get(clean(label), "")
    return "" if name in UNUSED else name


def clean(label: str) -> str:
    """A label as the standard lists it."""
    return label.strip("\t\n\f\r \"'").lower()


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
