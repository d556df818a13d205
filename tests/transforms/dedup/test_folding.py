"""Words are told by what a reader would call the same word, in a batch as alone, and are found again in the text."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.measured_inputs import CHINESE, ENGLISH, HINDI, JAPANESE, KOREAN
from transforms.dedup import folding
from transforms.dedup.folding import fold, located_words, word_hashes

THAI = "โรงสีเก่าตั้งอยู่ริมแม่น้ำและชาวบ้านเดินไปที่นั่นมาหลายปีแล้ว"
SIGNS = st.text(
    st.sampled_from(
        "磨坊村ーのカ。「」, a1é\n ก่า3.น้ำ٣٫\u0301\u200b\0İß½\ufdfa한e\u00ad\ud800\U0001e030\U00011f41\U0001f6dc_"
    ),
    max_size=40,
)
TEXTS = st.one_of(st.text(st.characters()), SIGNS, st.sampled_from((ENGLISH, CHINESE, JAPANESE, KOREAN, HINDI, THAI)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        (" \n.,;\0", ""),
        ("Don't stop-me_now", "don t stop me now"),
        ("1,234.50 and 3. 4,5,6 or 1,,2", "0 and 0 0 or 0 0"),
        ("2nd H2O 7.x .5 5.", "0nd h0o 0 x 0 0"),
        ("Ünïcödé ÉTÉ e\u0301te\u0301 İ ǅ", "unicode ete ete i dz"),
        ("“quoted” – and… more™ 5€", "quoted and more 0"),
        ("re\u00adcon\u200bstruct", "reconstruct"),
        ("ﬁne ＡＢＣ１２ ① x² ٣٫٤", "fine abc0 0 x0 0 0"),
        ("صلى\ufdfa", "صلى\ufdfa"),
        ("x\ue000x\U000e0101x \U00040000x", "x xx x"),
        ("שָׁלוֹם مُحَمَّد", "שלום محمد"),
        ("हिन्दी किताब", "हिन्दी किताब"),
        ("😀 word\U0001f468\u200d\U0001f469 \ud800x", "word x"),
    ],
)
def test_what_is_folded(text, words):
    """Each kind of difference that does not make another word, numbers with them."""
    assert fold(text, numbers=True) == words


def test_numbers_are_words_of_their_own():
    """Pages of one template that differ in them alone are no copies; digits of other scripts are digits."""
    assert fold("1,234.50 of 7 ٣٤ １２ H2O") == "1 234 50 of 7 34 12 h2o"
    assert word_hashes(["page 7"]).hashes.tolist() != word_hashes(["page 8"]).hashes.tolist()
    assert (
        word_hashes(["page 7"], numbers=True).hashes.tolist() == word_hashes(["page 1.5"], numbers=True).hashes.tolist()
    )


def test_a_final_sigma_is_no_other_letter_by_its_place():
    """A letter is folded by itself, so that a run of letters means the same wherever it is cut."""
    assert fold("ΟΔΟΣ οδός") == "οδοσ οδοσ"


def test_scripts_without_spaces_are_cut():
    """Each into pieces about as long as words, and from the letters of others beside them."""
    for text in (CHINESE, JAPANESE, THAI):
        sizes = [len(word) for word in fold(text).split()]
        assert 1.3 < np.mean(sizes) < 8
    assert set(fold("iPhone手機x坊").split()) >= {"iphone", "x", "坊"}


@given(st.lists(TEXTS, max_size=6))
def test_a_text_has_its_words_in_any_batch(texts):
    """Alone, together, in another order, and with a table of runs that knows nothing yet."""
    together = word_hashes(texts)
    assert together.borders[0] == 0 and together.borders[-1] == len(together.hashes)
    folding._KNOWN_RUNS.clear()
    for (begin, end), text in zip(itertools.pairwise(together.borders), texts, strict=True):
        alone = word_hashes([text])
        assert alone.hashes.tolist() == together.hashes[begin:end].tolist()
        assert len(alone.hashes) == len(fold(text).split())


@given(st.lists(TEXTS, max_size=3))
def test_equal_words_and_only_those_have_equal_hashes(texts):
    """Among the words of some texts."""
    words = [word for text in texts for word in fold(text).split()]
    pairs = set(zip(words, word_hashes(texts).hashes.tolist(), strict=True))
    assert len(pairs) == len({word for word, _ in pairs}) == len({value for _, value in pairs})


@given(st.lists(TEXTS, max_size=4))
def test_words_are_found_where_they_stand(texts):
    """The same words as without places; each, cut out of its text, folds to itself; they stand in order."""
    found, plain = located_words(texts), word_hashes(texts)
    assert found.words.hashes.tolist() == plain.hashes.tolist()
    assert found.words.borders.tolist() == plain.borders.tolist()
    for (begin, end), text in zip(itertools.pairwise(plain.borders), texts, strict=True):
        for place, word in zip(range(begin, end), fold(text).split(), strict=True):
            assert word in fold(text[found.begins[place] : found.ends[place]]).split()
        assert (np.diff(found.begins[begin:end]) >= 0).all()


def test_a_word_ends_behind_what_belongs_to_it():
    """Marks and soft hyphens go with their word when it is cut out."""
    text = "Cafe\u0301, 1,234\u00ad!"
    found = located_words([text])
    assert [text[a:b] for a, b in zip(found.begins, found.ends, strict=True)] == ["Cafe\u0301", "1", "234\u00ad"]


@pytest.mark.parametrize("length", [7, 8, 9, 16, 63, 64, 65, 200])
def test_every_letter_of_a_word_counts(length):
    """Also in words of many loads, and in those that are too long for them."""
    words = ["a" * place + "b" + "a" * (length - place - 1) for place in range(length)] + ["a" * length]
    words += ["a" * (length - 1), "a" * (length + 1)]
    found = word_hashes([" ".join(words)]).hashes
    assert len(set(found.tolist())) == len(words)
    assert found.tolist() == [word_hashes([word]).hashes[0] for word in words]


def test_many_words_have_as_many_hashes():
    """No two of 100,000 short words collide."""
    text = " ".join(f"{chr(97 + a)}{chr(97 + b)}{chr(97 + c)}{chr(97 + d)}" for a in range(26) for b in range(26)
                    for c in range(26) for d in range(6))  # fmt: skip
    found = word_hashes([text]).hashes
    assert len(np.unique(found)) == len(found) == 26**3 * 6


def test_tables_stay_bounded(monkeypatch):
    """What was seen is forgotten when there is too much of it, and nothing changes."""
    texts = [" ".join(chr(code) for code in range(begin, begin + 40)) for begin in range(0x4E00, 0x5200, 40)]
    before = word_hashes(texts).hashes.tolist()
    monkeypatch.setattr(folding, "_MOST_KNOWN", 50)
    monkeypatch.setattr(folding, "_MOST_FOLDS", 50)
    folding._FOLDS.clear()
    folding._KNOWN_RUNS.clear()
    assert [value for text in texts for value in word_hashes([text]).hashes.tolist()] == before
    assert len(folding._KNOWN_RUNS) <= 50 and len(folding._FOLDS) <= 50
