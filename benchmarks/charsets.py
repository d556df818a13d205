"""How often the charset of a page is found: by encoding and length, without a label and under one, and of damaged UTF-8.

`python -m benchmarks.charsets --data shared/data`. Three sets: chardet's own files (whole, and cuts of their text), the Universal
Declaration of Human Rights put into the encodings that its languages had before UTF-8 (in languages that detectors know, and in others),
and the same in UTF-8 with a share of its characters in another encoding. A page is right where all of it decodes as Python's codec of its
encoding decodes it, bad UTF-8 where it decodes as UTF-8. Cuts begin at places that a seed draws.
"""

import argparse
import gzip
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from transforms.html.charset import decode

LENGTHS = (100, 200, 500, 1000)
CUTS = 3  # of a file, at each length
SHARES = (0.01, 0.05, 0.1, 0.2, 0.3)
# The names of the folders of chardet's files and the codecs that decode them; for most, the name is that of the codec.
CODECS = {
    "CP932": ("cp932", "shift_jis_2004"), "SHIFT_JIS": ("cp932", "shift_jis", "shift_jis_2004"), "CP949": ("cp949",),
    "EUC-KR": ("cp949",), "GB2312": ("gb18030",), "Big5": ("big5hkscs", "cp950"), "TIS-620": ("cp874",),
    "MacCyrillic": ("mac_cyrillic",), "MacRoman": ("mac_roman",), "iso-8859-1": ("cp1252",),
    "EUC-JP": ("euc_jp", "euc_jis_2004"),
}  # fmt: skip
WRITTEN = {  # the declaration's languages, and what their pages were written in
    "tur": ("cp1254",), "azj_latn": ("cp1254",), "ces": ("cp1250", "iso8859_2"), "slk": ("cp1250", "iso8859_2"),
    "hun": ("cp1250", "iso8859_2"), "pol": ("cp1250", "iso8859_2"), "hrv": ("cp1250", "iso8859_2"),
    "slv": ("cp1250", "iso8859_2"), "ron_1993": ("cp1250", "iso8859_2"), "rus": ("cp1251", "koi8-r", "iso8859_5"),
    "ukr": ("cp1251", "koi8-u"), "bul": ("cp1251",), "srp_cyrl": ("cp1251",), "ell_monotonic": ("cp1253", "iso8859_7"),
    "heb": ("cp1255",), "arb": ("cp1256", "iso8859_6"), "pes_1": ("cp1256",), "tha": ("cp874",), "vie": ("cp1258",),
    "lit": ("cp1257",), "lav": ("cp1257",), "est": ("cp1257",), "fra": ("cp1252",), "deu_1996": ("cp1252",),
    "spa": ("cp1252",), "por_PT": ("cp1252",), "swe": ("cp1252",), "fin": ("cp1252",), "dan": ("cp1252",),
    "ita": ("cp1252",), "isl": ("cp1252",), "jpn": ("cp932", "euc_jp"), "cmn_hans": ("gb18030",),
    "cmn_hant": ("big5hkscs",), "kor": ("cp949",),
}  # fmt: skip
LABELS = {
    "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252", "cp1253": "windows-1253",
    "cp1254": "windows-1254", "cp1255": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257",
    "cp1258": "windows-1258", "cp874": "windows-874", "cp932": "shift_jis", "cp949": "euc-kr", "big5hkscs": "big5",
    "iso8859_2": "iso-8859-2", "iso8859_5": "iso-8859-5", "iso8859_6": "iso-8859-6", "iso8859_7": "iso-8859-7",
}  # fmt: skip
TAGS = re.compile(r"<[^>]*>|\s+")
OTHERS = ("cp1252", "cp1250", "cp1251", "cp1254", "cp1257")
Case = tuple[str, str, bytes, set[str]]  # row and column of a table, a page, and the texts that are right
Counts = dict[str, dict[str, list[bool]]]  # by row and column: of each page, whether it came out right


def page(text: bytes, label: str = "") -> bytes:
    """A small page of `text`."""
    meta = f'<meta charset="{label}">'.encode() if label else b""
    return b"<!doctype html><html><head>" + meta + b"<title>x</title></head><body><p>" + text + b"</p></body></html>"


def cuts(text: str, codec: str, length: int, rng: random.Random) -> Iterator[bytes]:
    """Pieces of a text of about so many bytes in an encoding, from a word on; those of ASCII alone are left out."""
    whole = len(text.encode(codec, "ignore"))
    characters = max(length * len(text) // max(whole, 1), 1)
    for _ in range(CUTS):
        start = text.find(" ", rng.randrange(max(len(text) - characters, 1))) + 1
        piece = text[start : start + characters].encode(codec, "ignore")
        if not piece.isascii():
            yield piece


def from_chardet(root: Path) -> Iterator[Case]:
    """Folder, column, bytes and right texts of each of chardet's files and of cuts of it."""
    for file in sorted(root.glob("*/*")):
        folder, body = file.parent.name, file.read_bytes()
        codecs = CODECS.get(folder, (re.sub(r"-[a-z]{5,}$", "", folder),))
        if folder == "EUC-TW":  # Python has no codec for it
            continue
        yield folder, "whole", body, {body.decode(codec, "replace").lstrip("\ufeff") for codec in codecs}
        if folder.startswith(("UTF", "utf", "iso-2022", "ascii")):
            continue
        text = TAGS.sub(" ", body.decode(codecs[0], "ignore"))
        for length in LENGTHS:
            for piece in cuts(text, codecs[0], length, random.Random(f"{file.name} {length}")):
                found = page(piece)
                yield folder, str(length), found, {found.decode(codec, "replace") for codec in codecs}


def declaration(root: Path, language: str) -> str:
    """The text of the declaration in a language."""
    return TAGS.sub(" ", gzip.decompress((root / f"{language}.html.gz").read_bytes()).decode()).strip()


def from_udhr(root: Path, label: str) -> Iterator[Case]:
    """Encoding and language, length, bytes and right text of cuts of the declaration; `label`: none, own or the name of one."""
    for language, codecs in WRITTEN.items():
        text = declaration(root, language)
        for codec in codecs:
            for length in LENGTHS:
                for piece in cuts(text, codec, length, random.Random(f"{language} {codec} {length}")):
                    found = page(piece, LABELS.get(codec, codec) if label == "own" else label)
                    yield f"{codec} {language}", str(length), found, {found.decode(codec)}


def mixed(text: str, codec: str, share: float, rng: random.Random) -> bytes:
    """`text` in UTF-8 with a share of its characters beyond ASCII, one at least, in another encoding."""
    places = [place for place, char in enumerate(text) if not char.isascii() and char.encode(codec, "ignore")]
    foreign = set(rng.sample(places, max(round(len(places) * share), 1)))
    return b"".join(char.encode(codec if place in foreign else "utf-8") for place, char in enumerate(text))


def from_others(root: Path, label: str) -> Iterator[Case]:
    """The same of the languages that are not in WRITTEN, in the first single-byte encoding that has all of their letters."""
    for file in sorted(root.glob("*.gz")):
        language = file.name.removesuffix(".html.gz")
        text = declaration(root, language)
        codec = next((codec for codec in OTHERS if text.encode(codec, "ignore").decode(codec) == text), None)
        if language in WRITTEN or text.isascii() or codec is None:
            continue
        for length in LENGTHS:
            for piece in cuts(text, codec, length, random.Random(f"{language} {length}")):
                found = page(piece, LABELS[codec] if label == "own" else label)
                yield codec, str(length), found, {found.decode(codec)}


def from_mixtures(root: Path, label: str) -> Iterator[Case]:
    """Encoding and language, share of foreign characters, bytes and right text of UTF-8 mixed with another encoding."""
    for language, codecs in WRITTEN.items():
        text = declaration(root, language)
        for codec in codecs:
            for share in SHARES:
                rng = random.Random(f"{language} {codec} {share}")
                for length in (300, 3000):
                    start = rng.randrange(max(len(text) - length, 1))
                    piece = text[start : start + length]
                    if sum(not char.isascii() for char in piece) > 1:  # of one, all would be foreign
                        found = page(mixed(piece, codec, share, rng), label)
                        yield f"{codec} {language}", f"{share:.0%}", found, {found.decode("utf-8", "replace")}


def counted(cases: Iterable[Case]) -> Counts:
    """Whether each case comes out right, by row and column."""
    counts: Counts = defaultdict(lambda: defaultdict(list))
    for row, column, body, wanted in cases:
        right = decode(body).text.lstrip("\ufeff") in wanted
        counts[row][column].append(right)
        counts["all"][column].append(right)
    return counts


def table(title: str, counts: Counts) -> str:
    """Right of all, by row and column, as Markdown."""
    columns = list(counts["all"])
    lines = [f"### {title}", "", f"| | {' | '.join(columns)} |", f"| --- |{' ---: |' * len(columns)}"]
    for row, found in sorted(counts.items(), key=lambda item: (item[0] != "all", item[0])):
        cells = (f"{sum(found[column])}/{len(found[column])}" if column in found else "" for column in columns)
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--only", default="", help="tables whose title has this")
    options = parser.parse_args()
    files, texts = options.data / "encodings/chardet", options.data / "languages/udhr/declaration"
    tables = {
        "chardet's files, no label": lambda: from_chardet(files),
        "declaration, no label": lambda: from_udhr(texts, ""),
        "declaration, own label": lambda: from_udhr(texts, "own"),
        "declaration, labelled utf-8": lambda: from_udhr(texts, "utf-8"),
        "declaration, labelled iso-8859-1": lambda: from_udhr(texts, "iso-8859-1"),
        "declaration, other languages, no label": lambda: from_others(texts, ""),
        "declaration, other languages, own label": lambda: from_others(texts, "own"),
        "UTF-8 with foreign characters, labelled utf-8": lambda: from_mixtures(texts, "utf-8"),
        "UTF-8 with foreign characters, no label": lambda: from_mixtures(texts, ""),
    }
    for title, cases in tables.items():
        if options.only in title:
            print(table(title, counted(cases())))


if __name__ == "__main__":
    main()
