"""The charset of a page: by its bytes before its labels, and never an exception."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.charsets import CODECS
from tests.support.shared_data import shared
from transforms.html.charset import LABELS, announced, decode, standard

RUSSIAN = "Привет, как дела? Это обычный русский текст о погоде, который написан кириллицей и читается легко. " * 3
JAPANESE = "これは日本語のテキストです。今日は天気がいいので、散歩に行きましょう。カタカナも混ざっています。" * 3
CHINESE = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。" * 3
FRENCH = "Ce garçon a été très bête, mais sa mère l'a trouvé là où il rêvait près du château de la forêt. " * 3
POLISH = "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. " * 3


def page(text: str, codec: str, label: str = "") -> bytes:
    """A page in `codec` that says it is in `label`."""
    meta = f'<meta charset="{label}">' if label else ""
    return f"<!doctype html><html><head>{meta}</head><body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_unicode_in_any_form_is_seen_by_its_bytes(codec: str) -> None:
    """A mark, or the places of the zero bytes, say which Unicode form a page has, whatever its labels say."""
    assert RUSSIAN in decode(page(RUSSIAN, codec, "iso-8859-1"), "windows-1251").text


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (RUSSIAN, "cp1251", "utf-8"),
        (FRENCH, "utf-8", "iso-8859-1"),
        (RUSSIAN, "utf-8", "windows-1251"),
        (JAPANESE, "cp932", "utf-8"),
        (FRENCH, "cp1252", "utf-8"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "cp1251", "koi8-r"),
        (RUSSIAN, "koi8-r", "windows-1251"),
        (JAPANESE, "euc_jp", "shift_jis"),
        (JAPANESE, "cp932", "iso-8859-1"),
        (POLISH, "cp1250", "iso-8859-1"),
        (FRENCH, "cp1252", "windows-1251"),
        (FRENCH, "utf-8", "utf-16"),
    ],
)
def test_a_wrong_label_does_not_win(text: str, codec: str, label: str) -> None:
    """What a header or a meta tag claims wrongly does not turn the page into noise."""
    assert text in decode(page(text, codec), label).text
    assert text in decode(page(text, codec, label)).text


@pytest.mark.parametrize(
    ("text", "codec", "label", "how"),
    [
        (RUSSIAN, "koi8-r", "koi8-r", "header"),
        (JAPANESE, "cp932", "x-sjis", "header"),
        ("café", "cp1252", "latin1", "header"),
        ("“quoted” – dash", "cp1252", "ISO-8859-1", "header"),
        ("① 髙橋", "cp932", "shift_jis", "header"),
        ("中国 镕", "gbk", "gb2312", "header"),
        ("똠방각하", "cp949", "euc-kr", "header"),
        ("อักษรไทย “x”", "cp874", "tis-620", "header"),
    ],
)
def test_a_right_label_wins_and_is_read_as_browsers_read_it(text: str, codec: str, label: str, how: str) -> None:
    """A short text under a right label is decoded by it, in the wide form of the WHATWG standard."""
    found = decode(page(text, codec), label)
    assert text in found.text
    assert found.how == how


def test_the_page_s_own_label_is_found_in_every_spelling() -> None:
    """`meta charset`, `http-equiv` and the XML declaration are read; comments and look-alikes are not."""
    assert announced(b"<meta charset=iso8859-2>") == "iso8859-2"
    assert announced(b'<META\ncontent="text/html; charset=koi8-r" http-equiv="Content-Type">') == "koi8-r"
    assert announced(b"""<?xml version="1.0" encoding='euc-jp'?><html>""") == "euc-jp"
    assert announced(b"<!-- <meta charset=koi8-r> --><meta charset=big5>") == "big5"
    assert announced(b"<metacharset=iso8859-2>") == ""
    assert announced(b"x" * 5000 + b"<meta charset=nonsense><meta charset=koi8-r>") == "koi8-r"
    assert announced(b"x" * 70_000 + b"<meta charset=koi8-r>") == ""


def test_a_few_bad_bytes_do_not_unmake_utf_8() -> None:
    """A page cut inside a character, or with some bad bytes, stays UTF-8 and shows the bad places."""
    body = page(RUSSIAN, "utf-8")
    cut = body[: body.rindex("легко".encode()) + 1]
    assert decode(cut).how == "utf-8-damaged"
    assert decode(body.replace(b" ", b" \xff", 3), "windows-1251").text.count("\ufffd") == 3


SHORT = {
    "cp1254": "İstanbul'da yaşayan şairin şiirleri çok güzeldi; kışın ağaçların altında oturup çığlıkları dinlerdi.",
    "cp1250": "Žluťoučký kůň příšerně úpěl ďábelské ódy, když přišla sněhová bouře a všichni utekli domů.",
    "iso8859-2": "Šedý vlk běžel přes louku a děti se ho bály, protože žil v temném lese blízko jejich vesnice.",
    "cp1251": "Старый порт перестроили в три приёма, и каждый оставил след на набережной.",
    "koi8-r": "Старый порт перестроили в три приёма, и каждый оставил след на набережной.",
    "cp1253": "Το παλιό λιμάνι ξαναχτίστηκε σε τρία στάδια και το καθένα άφησε το σημάδι του.",
    "cp1255": "הנמל הישן נבנה מחדש בשלושה שלבים וכל אחד מהם השאיר סימן על הרציף.",
    "cp1256": "أعيد بناء الميناء القديم في ثلاث مراحل وتركت كل منها أثرا على الرصيف.",
    "cp874": "ท่าเรือเก่าถูกสร้างขึ้นใหม่สามครั้ง และแต่ละครั้งก็ทิ้งร่องรอยไว้ที่ท่าเรือ",
    "cp1258": "Ca\u0309ng cu\u0303 đươ\u0323c xây la\u0323i ba lâ\u0300n va\u0300 mô\u0303i lâ\u0300n đê\u0309 la\u0323i.",
}
SHORT_1250 = {
    "hungarian": "A régi kikötőt három lépésben építették újjá, és mindegyik nyomot hagyott a rakparton, amely ma is látható.",
    "polish": "Stary port został przebudowany w trzech etapach, a każdy z nich pozostawił ślad na nabrzeżu i w pamięci łodzian.",
    "romanian": "Portul vechi a fost reconstruit în trei etape, şi fiecare dintre ele a lăsat o urmă pe chei până astăzi.",
    "slovak": "Starý prístav prestavali v troch etapách a každá z nich zanechala stopu na nábreží, ktorú vidieť ešte aj dnes.",
    "croatian": "Stara luka obnovljena je u tri navrata, a svaki je ostavio trag na obali koji čuvaju i riječi.",
}
# The most that pages put around short texts: what tells nothing of a language.
AROUND = '<!doctype html><html><head><script>var a = "x" < 1;</script><style>p{{}}</style></head><body class="a1"><!-- b --><p>{}</p><a href="/z?y=1">https://example.com/a/1</a></body></html>'


@pytest.mark.parametrize(("codec", "text"), [*SHORT.items(), *(("cp1250", text) for text in SHORT_1250.values())])
def test_short_texts_without_a_label_are_read(codec: str, text: str) -> None:
    """A sentence is enough in the encodings that pages had, also among markup and addresses."""
    assert text in decode(AROUND.format(text).encode(codec)).text
    assert text in decode(page(text, codec), "utf-8").text


@pytest.mark.parametrize(
    "text", [SHORT["cp1250"], *SHORT_1250.values(), SHORT_1250["hungarian"] + " \u201eIgen.\u201d"]
)
def test_windows_1250_called_iso_8859_2(text: str) -> None:
    """Letters and quotation marks that only the one has tell; so do words whose letters would be others."""
    for label in ("iso-8859-2", "latin2", ""):
        assert text in decode(page(text, "cp1250", label)).text
    plain = text.replace("\u201e", "").replace("\u201d", "")
    assert plain in decode(page(plain, "iso8859-2", "iso-8859-2")).text


@pytest.mark.parametrize(
    "text",
    ["café", "Malmö", "Zoë", "it’s", "20° in May", "© 2020 Example Ltd", "A résumé of the year in the old harbour"],
)
def test_one_letter_is_no_evidence(text: str) -> None:
    """A page without a label and with hardly a letter beyond ASCII is read as browsers read it."""
    assert text in decode(page(text, "cp1252")).text


def damaged(text: str, codec: str, every: int) -> tuple[bytes, str]:
    """`text` in UTF-8 with each so many-th character beyond ASCII in another encoding, and how it is to be read.

    Between two others those bytes are no part of a character of UTF-8.
    """
    wide = [place for place, char in enumerate(text) if not char.isascii()]
    foreign = set(wide[every // 2 :: every])
    body = b"".join(char.encode(codec if place in foreign else "utf-8", "replace") for place, char in enumerate(text))
    return body, body.decode("utf-8", "replace")


@pytest.mark.parametrize("every", [3, 4, 10, 30])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"), (POLISH, "cp1250"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"), *((text, codec) for codec, text in SHORT.items()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("says", ["header", "meta", "bom", "xml", ""])
def test_utf_8_with_foreign_characters_is_utf_8(text: str, codec: str, every: int, says: str) -> None:
    """Up to a third of its characters in another encoding: those are U+FFFD, the others stand; a page that says nothing alike."""
    body, wanted = damaged(text * 2, codec, every)
    before = {
        "bom": b"\xef\xbb\xbf",
        "xml": b'<?xml version="1.0" encoding="UTF-8"?>',
        "meta": b"<meta charset=utf-8>",
    }.get(says, b"")
    found = decode(before + b"<p>" + body + b"</p>", "UTF-8" if says == "header" else "")
    assert wanted in found.text and found.charset == "utf-8"
    assert "\ufffd" in found.text


def test_marks_of_windows_1252_in_utf_8_cost_their_places_only() -> None:
    """As in comments pasted from a word processor: `it\x92s`. Nothing of the page is mojibake."""
    text = "The café at the quay — “the best” one — and Zoë’s boat were closed."
    found = decode(
        b"<meta charset=utf-8><p>" + text.encode() + b"<p>it\x92s closed, don\x92t go, isn\x92t it \x96 really"
    )
    assert text in found.text and "it\ufffds closed" in found.text and found.text.count("\ufffd") == 4


def test_a_page_that_says_utf_8_and_has_none_of_it_is_read_by_its_bytes() -> None:
    """Where all of its letters are foreign, U+FFFD for each would help no one."""
    for codec, text in SHORT.items():
        assert text in decode(page(text, codec, "utf-8")).text


@pytest.mark.parametrize(("text", "codec"), [(JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gb18030")])
def test_one_bad_byte_does_not_unmake_a_multi_byte_page(text: str, codec: str) -> None:
    """A bad byte costs its place only, with and without a label."""
    body = page(text, codec).replace(b"<p>", b"<p>\xff ")
    assert text[1:] in decode(body).text
    assert text[1:] in decode(body, codec).text


def test_iso_2022_jp_is_not_taken_for_ascii() -> None:
    """Japanese behind escape sequences is all ASCII bytes and is decoded nevertheless."""
    assert decode(page(JAPANESE, "iso2022_jp"))[1:] == ("iso2022_jp", "escapes")


def test_zeros_become_replacement_characters() -> None:
    """NUL, which parsers and columns trip over, becomes U+FFFD as the HTML standard has it."""
    assert decode(b"a\0b").text == "a\ufffdb"


def test_every_label_of_the_standard_has_a_codec() -> None:
    """No label that `standard` lets through can end in a LookupError."""
    for label in LABELS:
        assert isinstance(decode(b"<p>caf\xe9</p>", label).text, str)
    assert standard("no such label") == standard("utf8") == ""


@given(st.binary(max_size=300), st.text(max_size=12) | st.sampled_from(sorted(LABELS)))
def test_no_bytes_and_no_label_raise(body: bytes, label: str) -> None:
    """Any bytes under any label become text that can be encoded, without NUL."""
    text = decode(body, label).text
    assert "\0" not in text
    text.encode()


@given(st.text(max_size=300).filter(lambda text: "\0" not in text and "\x1b" not in text and text[:1] != "\ufeff"))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    """Valid UTF-8 is never read as anything else."""
    assert decode(text.encode(), "windows-1252").text == text


def share_right(files: list[tuple[str, Path]], label: str) -> float:
    """Share of files whose text comes out as the codec of their folder's name gives it."""
    right = 0
    for folder, file in files:
        body = file.read_bytes()
        name = re.sub(r"-[a-z]{5,}$", "", folder)
        wanted = {body.decode(codec, "replace").lstrip("\ufeff") for codec in CODECS.get(folder, (name,))}
        right += decode(body, label).text.lstrip("\ufeff") in wanted
    return right / len(files)


def test_accuracy_on_files_of_known_charset() -> None:
    """Of chardet's files of 1 kB and more 99 % are right without a label, 94 % under a wrong one (floors)."""
    root = shared("encodings/chardet")
    files = [(place.parent.name, place) for place in sorted(root.glob("*/*")) if place.parent.name != "EUC-TW"]
    files = [(folder, place) for folder, place in files if place.stat().st_size >= 1000]
    assert share_right(files, "") >= 0.99
    assert share_right(files[::3], "utf-8") >= 0.98
    assert share_right(files[1::3], "iso-8859-1") >= 0.94


def test_declarations_are_found_where_html5lib_s_tests_find_them() -> None:
    """Where html5lib's encoding tests expect a declared legacy charset, that is the label found, in all tests."""
    folder = shared("encodings/html5lib/encoding")
    blocks = [
        block for file in ("tests1.dat", "tests2.dat") for block in (folder / file).read_bytes().split(b"#data\n")[1:]
    ]
    expected = [
        (data, wanted.strip().decode().lower()) for data, _, wanted in (b.partition(b"\n#encoding\n") for b in blocks)
    ]
    declared = [(data, wanted) for data, wanted in expected if wanted not in ("windows-1252", "utf-8")]
    assert len(declared) > 30
    assert [wanted for data, wanted in declared if standard(announced(data)) != standard(wanted)] == []


def test_right_labels_survive_in_languages_that_detectors_do_not_know() -> None:
    """UDHR texts in single-byte encodings of their languages are decoded by their labels (floor 98 %)."""
    files = sorted(shared("languages/udhr/declaration").glob("*.gz"))[::4]
    tried = right = 0
    for file in files:
        text = re.sub(r"<[^>]+>|\s+", " ", gzip.decompress(file.read_bytes()).decode())[2000:2800]
        for label in ("windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1256"):
            if not text.isascii() and text.encode(label, "ignore").decode(label) == text:
                tried, right = tried + 1, right + (text in decode(page(text, label), label).text)
                break
    assert tried > 30
    assert right / tried >= 0.98


def test_languages_that_detectors_do_not_know_fall_back_to_windows_1252() -> None:
    """UDHR texts that fit windows-1252, without a label: where all guesses are alike, the commonest encoding is meant (floor 90 %)."""
    tried = right = 0
    for file in sorted(shared("languages/udhr/declaration").glob("*.gz"))[::3]:
        text = re.sub(r"<[^>]+>|\s+", " ", gzip.decompress(file.read_bytes()).decode())
        if text.encode("cp1252", "ignore").decode("cp1252") == text and not text[2000:2800].isascii():
            body = page(text[2000:2800], "cp1252")
            tried, right = tried + 1, right + (decode(body).text == body.decode("cp1252"))
    assert tried > 30
    assert right / tried >= 0.9
