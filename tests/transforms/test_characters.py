"""Every Python gives the same results on every character: what each gives is compared with digests that were taken on Python 3.13.

Run these tests on each Python that the project is for.
"""

import hashlib
import json
import random
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.characters import EARLIER_DIGIT, WORD_SIGNS, is_number, lower, may_be_later, nfkc, settled
from transforms.dedup.folding import fold, word_hashes
from transforms.dedup.keys import address_key
from transforms.dissect import visible_letters
from transforms.document import pack_document
from transforms.html.alignment import key_of
from transforms.html.directives import header_directives, signals
from transforms.html.extract import extract
from transforms.html.guard import DATA, admit
from transforms.html.nodes import is_flag
from transforms.html.references import is_placeholder, pixels
from transforms.html.render import kept_items, plain_text
from transforms.html.spaces import END, space_between
from transforms.interleave import sentences
from transforms.pair.caption import clean_caption, measure_caption
from transforms.text.address import measure_url
from transforms.text.c4 import clean
from transforms.text.language import LanguageIdentifier
from transforms.text.measure import measure_texts
from transforms.text.normalise import normalise, text_key
from transforms.text.words import has_letter

# All on which Unicode 14, 15.0 and 15.1 differ, and what they do not: marks, capitals, digits, spaces, emoji of old.
LATER = (
    (0xCF3,), (0xECE,), (0x10FC,), (0x2FFC, 0x2FFF), (0x31EF,), (0xA7F2, 0xA7F4), (0xAB69,), (0x10EFD, 0x10EFF), (0x1123F, 0x11241),
    (0x11B00, 0x11B09), (0x11F00, 0x11F10), (0x11F12, 0x11F3A), (0x11F3E, 0x11F59), (0x1342F,), (0x13439, 0x13455), (0x1B132,), (0x1B155,),
    (0x1D2C0, 0x1D2D3), (0x1DF25, 0x1DF2A), (0x1E030, 0x1E06D), (0x1E08F,), (0x1E4D0, 0x1E4F9), (0x1F6DC,), (0x1F774, 0x1F776),
    (0x1F77B, 0x1F77F), (0x1F7D9,), (0x1FA75, 0x1FA77), (0x1FA87, 0x1FA88), (0x1FAAD, 0x1FAAF), (0x1FABB, 0x1FABD), (0x1FABF,),
    (0x1FACE, 0x1FACF), (0x1FADA, 0x1FADB), (0x1FAE8,), (0x1FAF7, 0x1FAF8), (0x2B739,), (0x2EBF0, 0x2EE5D), (0x31350, 0x323AF),
)  # fmt: skip
LATER_CHARACTERS = [chr(code) for ends in LATER for code in range(ends[0], ends[-1] + 1)]
OLDER_CHARACTERS = list(
    "aÉΣſİ3٣²_#. \t\u0301\u0316\u031a\u0358\u1df6\u030d\u094d\u0acd\u00c5\uac00\u11a8漢\u3000\u2028😀𝐚𐄇\ue000\U0003ffff"
)
DIGESTS = {
    "every character": "69a292b8ac980579",
    "texts": "d9b65f7b7d07faed",
    "captions": "f7b3ca2290705e11",
    "pages": "ead53af8ccb869de",
    "orders": "1dc7f093dea69136",
    "words": "6868c519802411c6",
}
CONTEXTS = (
    "{0}", "Dr{0}. Then. {0}ne says so. A{0}. Then {1}. x", "This is [{0}{1}3] a line of five words that ends. {1}nd {0} on.\nΣ{0} {1}",
    "#{0}{1} and #a{0} {0}{1}. {1} www.a{0} {0}\u0301{1} e{1}\u0301{0}", "{0} {1} {0} {1} {0}{1} {1}{0}\n\n{0} {1}\n\n{0} {1}",
)  # fmt: skip
PAGE = """<html lang="AΣ{0}"><head><title>{0} {1}</title><meta name="AΣ{0}bot" content="noai, max-image-preview: {1}noindex">
<meta name="robots" content="max-snippet: {0}{1} noai"></head><body><h1>{0}{1} of the river</h1>
<p>{0}{1}A<b>b</b> words of the mill {0} and {1}<i>{0}</i>{1}. The old mill stands by the river, and the people of the village
have walked.</p>
<p>It was built to grind corn that came from the fields around it. {1} can see the wheel {0}.
<img src="/a{0}.jpg" width="{0}00" height="{1}0" alt="{0} {1} mill"></p><img src="b/placeholder-{0}{1}.gif" data-src="c.jpg"
 style="width: {0}0px" srcset="d.jpg {0}w, e.jpg 2{1}w">
<figure>
<img src="data:image/{0};{1}=1,abc" srcset="f.jpg {1}.5x, g.jpg 1x" width="3">
<figcaption>{1}{0} Mill.</figcaption></figure></body></html>"""


def pairs(step: int = 1) -> Iterator[tuple[str, str]]:
    """Each later character with an older one, then with another later one; every `step`-th of the ideographs."""
    some = [char for place, char in enumerate(LATER_CHARACTERS) if ord(char) < 0x20000 or place % step == 0]
    for place, char in enumerate(some):
        yield char, OLDER_CHARACTERS[place % len(OLDER_CHARACTERS)]
        yield char, some[(7 * place) % len(some)]


def digest(values: Iterable[Any]) -> str:
    """A short digest of JSON values."""
    hashed = hashlib.sha256()
    for value in values:
        hashed.update(json.dumps(value, sort_keys=True, default=bytes.hex).encode() + b"\n")
    return hashed.hexdigest()[:16]


def characters() -> Iterator[Any]:
    """What every character is, assigned or not."""
    word, digit = re.compile(f"[{WORD_SIGNS}]"), re.compile(EARLIER_DIGIT)
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        same = settled(char)
        yield [
            same.isalpha(), same.isalnum(), same.isdecimal(), char.isspace(), char.lower(), char.casefold(), len(f"a{char}b".splitlines()),
            word.match(char) is None, digit.match(char) is None, is_number(char), nfkc(char), has_letter(char), lower(f"aΣ{char}b"),
        ]  # fmt: skip


def texts() -> list[str]:
    """Texts with each later character in several places."""
    return [context.format(*pair) for pair in pairs() for context in CONTEXTS]


def measured_texts() -> Iterator[Any]:
    """All measures and keys of texts, and C4's edit."""
    identify = LanguageIdentifier().identify
    for text, measures in zip(texts(), measure_texts(texts(), ["en"] * len(texts()), ("datatrove",)), strict=True):
        yield [measures, text_key(text), normalise(text), clean(text), sentences(text), key_of(text)]
    for one, other in pairs(40):
        text = CONTEXTS[-1].format(one, other)
        yield [*map(str, identify(text)[:1]), f"{identify(text)[1]:.3f}"]


def captions() -> Iterator[Any]:
    """Captions and addresses."""
    for one, other in pairs():
        text = f"\u200b{one}{other} <A_{one}> {other}1 \t{one}\u0085{other}"
        url = f"http://a{one}.org/{other}/sex{one}/Logo{other}.png?{one}"
        yield [
            clean_caption(text),
            measure_caption(text),
            measure_url(url),
            address_key(url),
            is_placeholder(f"/dot{other}-{one}.gif"),
        ]
        wide = f"data:image/{one};a={other}1,{'A' * 80}"
        yield [
            is_flag(f"1{one}"),
            pixels(f"{other}1{one}"),
            space_between(f"{one}A", "b", END),
            DATA.search(wide) is None,
        ]
        yield signals(
            header_directives((("X-Robots-Tag", f"max-a: {one}{other}noai, ccbot{one}: noai, noindex {other}"),))
        )


def pages() -> Iterator[Any]:
    """What extraction makes of pages."""
    for one, other in pairs(25):
        page = extract(admit(PAGE.format(one, other)), f"http://ex.com/{one}")
        items = kept_items(page)
        kept = [[block.kind, block.text, block.kept, f"{block.score:.6f}"] for block in page.blocks]
        shown = [image._asdict() | {"kind": image.kind.value} for image in page.images]
        yield [
            page.title,
            page.language,
            page.directives,
            kept,
            shown,
            plain_text(page),
            pack_document(page.title, items),
        ]
        yield visible_letters(PAGE.format(one, other))


def marks_in_a_row(seed: int) -> Iterator[str]:
    """Letters with up to six marks of all classes, later ones among them."""
    draw = random.Random(seed)
    marks = [char for char in LATER_CHARACTERS if nfkc(f"{char}\u0334") != f"{char}\u0334"]
    old = [char for char in map(chr, range(0x20000)) if unicodedata.ucd_3_2_0.combining(char)]
    for _ in range(20_000):
        yield "".join(
            draw.choice("eoᄀ각 가ｶ") + "".join(draw.choices((*marks, *old, "\u0301"), k=draw.randint(1, 6)))
            for _ in range(2)
        )


def orders() -> Iterator[Any]:
    """NFKC of such letters."""
    return map(nfkc, marks_in_a_row(1))


def words() -> Iterator[Any]:
    """Every character inside a word as words are compared, and the hashes of words of texts."""
    for begin in range(0, sys.maxunicode + 1, 256):
        yield fold(" ".join(f"x{chr(code)}x" for code in range(begin, begin + 256)))
    found = word_hashes(texts())
    yield [found.hashes.tolist(), found.borders.tolist()]


FOUND = {
    "every character": characters, "texts": measured_texts, "captions": captions, "pages": pages, "orders": orders, "words": words,
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_every_python_gives_the_same(name: str) -> None:
    """A shard of one Python can be compared with, and resumed by, another."""
    assert digest(FOUND[name]()) == DIGESTS[name]


def test_the_newest_tables_are_kept() -> None:
    """Where the interpreter knows all of Unicode 15.1, its own functions agree."""
    if unicodedata.unidata_version != "15.1.0":
        pytest.skip("the interpreter's own tables are older")
    for text in marks_in_a_row(2):
        assert nfkc(text) == unicodedata.normalize("NFKC", text)
    for char in map(chr, range(sys.maxunicode + 1)):
        same = settled(char)
        for is_kind in (str.isalpha, str.isalnum, str.isdecimal, str.islower, str.isupper, str.isspace):
            assert is_kind(same) == is_kind(char)
        assert nfkc(char) == unicodedata.normalize("NFKC", char)
        assert (re.match(f"[{WORD_SIGNS}]", char) is None) == (re.match(r"\w", char) is None)


TEXT = st.text(st.one_of(st.sampled_from(LATER_CHARACTERS), st.sampled_from(OLDER_CHARACTERS), st.characters()))


@given(TEXT)
def test_settled_keeps_length_and_all_that_is_older(text: str) -> None:
    """Only later characters change, each for one of its own kind; nothing is left to change."""
    same = settled(text)
    assert len(same) == len(text) and settled(same) == same
    assert all(one == other or one in LATER_CHARACTERS for one, other in zip(text, same, strict=True))
    assert same == text or may_be_later(text.encode("utf-8", "surrogatepass"))


@given(TEXT, TEXT)
def test_nfkc_is_a_normal_form(text: str, more: str) -> None:
    """Done twice it changes nothing, also behind the interpreter's own; what it leaves alone it does not see."""
    normal = nfkc(text)
    assert nfkc(normal) == normal == nfkc(unicodedata.normalize("NFKC", text))
    assert nfkc(f"{text} {more}") == f"{normal} {nfkc(more)}" or unicodedata.normalize("NFKC", f" {more}")[0] != " "
    if normal != unicodedata.normalize("NFKC", text):
        assert may_be_later(unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass"))


@given(TEXT)
def test_lower_differs_only_in_final_sigmas(text: str) -> None:
    """Elsewhere it is the interpreter's."""
    assert lower(text).replace("ς", "σ") == text.lower().replace("ς", "σ")


if __name__ == "__main__":
    for kind, find in FOUND.items():
        sys.stdout.write(f'    "{kind}": "{digest(find())}",\n')
