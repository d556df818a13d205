"""What a statistical detector believes of the encoding of a page's bytes, and how well an encoding fits them. Pure; never raises.

The detector hears the words of a page alone: markup, addresses and numbers tell nothing of a language, and among them a short text
went under (docs/sources.md, "Charsets").
"""

import re

import chardet

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
# Taken for each other: the ISO standard's and the Windows form of an alphabet, and the other way round.
_ISO = {"iso8859-2": "cp1250", "iso8859-7": "cp1253", "iso8859-8": "cp1255", "iso8859-6": "cp1256"}
TWINS = _ISO | {windows: iso for iso, windows in _ISO.items()}
MULTI_BYTE = ("gb18030", "cp932", "euc_jis_2004", "cp949", "big5hkscs", "johab")
USUAL = frozenset((*NOT_LATIN, *MULTI_BYTE, "cp855", "cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859-2"))
ERAS = chardet.EncodingEra.ALL & ~chardet.EncodingEra.MAINFRAME  # no page is EBCDIC

NON_ASCII = re.compile(r"[^\x00-\x7f]")
CONTROL = re.compile(rb"[\x80-\x9f]")
HIGH = re.compile(rb"[\x80-\xff]+")
HIGH_WORD = re.compile(rb"[\x80-\xff]{3,}")
MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
# What tells the detector nothing of a language: markup, and tokens of ASCII with digits, = or /, such as addresses. Of the encodings
# that pages have, only Johab uses `<` as part of a character. Linear: what is not closed goes on to the end, and no token is begun twice.
MARKUP = re.compile(
    rb"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<(?:[?/a-z]|!(?!\[))[^<>]*>", re.DOTALL | re.IGNORECASE
)
NO_WORD = re.compile(rb"(?<!\S)(?=[!-~]*+(?!\S))[^0-9=/\s]*+[0-9=/]\S*+|&[#a-zA-Z0-9]{1,31};")
CLAIM = re.compile(rb"[cC]harset|CHARSET|[eE]ncoding|ENCODING")

SAMPLE = 200_000  # bytes the detector looks at
RARELY = 0.8  # how much a guess of an encoding that pages hardly have counts beside others
TWIN = 0.95  # how near the detector's confidence in two forms of an alphabet may be for the named one to stand


def believed(body: bytes) -> dict[str, float]:
    """The detector's confidence by codec name, best first, with the page's own claims hidden from it.

    One bad byte rules a multi-byte codec out for the detector, so what nearly fits such a codec is offered to it again
    without its bad bytes.
    """
    bare = NO_WORD.sub(b" ", MARKUP.sub(b" ", body[:SAMPLE]))
    sample = CLAIM.sub(b"xxxxxxx", body[:SAMPLE] if bare.isascii() else bare)
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
            name = WIDER.get(guess["encoding"], guess["encoding"])
            found.setdefault(name, guess["confidence"] * (1 if name in USUAL else RARELY))
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def twin(body: bytes, name: str, beliefs: dict[str, float]) -> str:
    """The codec that `name` is mistaken for, where the detector finds that one likelier; else "".

    windows-1250 is often called ISO-8859-2, and most of its letters stand at the same bytes. Those of 0x80 to 0x9F are letters and
    quotation marks in the one, control characters, which no page has, in the other.
    """
    if (other := TWINS.get(name)) is None:
        return ""
    own, others = beliefs.get(name, 0.0), beliefs.get(other, 0.0)
    if CONTROL.search(body) and not name.startswith("cp"):
        return other if others >= own * TWIN else ""
    return other if own < others * TWIN else ""


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
