"""Gopher's quality and repetition measures of a text (arXiv 2112.11446, Table A1). Pure.

The paper gives limits, not code, and its readers count differently (docs/sources.md, "Gopher rules"). Counted here:

* words as in `transforms.text.words`; the mean of their lengths; `#` and ellipses each per word (datatrove);
* words with a letter as a share of white-space tokens, so that tokens of punctuation alone count against it (Dolma,
  DCLM);
* distinct stop words of the text's language, in lower case, capitalised or in capitals: the paper's eight for English, lists of ours
  for 122 others (docs/sources.md, "Stop words");
* repetition as DCLM and RedStone count it: every copy of a repeated line or paragraph counts, the first too; blank
  lines never; the most frequent n-gram counts when it occurs at least twice, of equals the longest one; all as shares
  of word characters; beside it the n-grams that repeat an earlier one (`later`), the first copy free, as datatrove counts.

DCLM cuts words by Unicode word boundaries; `so...yeah` is two words there and one here.
"""

from collections.abc import Sequence
from functools import cache

from transforms.text.lines import duplicate_shares
from transforms.text.ngrams import repetition_shares
from transforms.text.stop_words import STOP_WORDS
from transforms.text.unspaced import UNSPACED_LANGUAGES
from transforms.text.words import Ints, Words

_BULLETS = frozenset("\u25cf\u2022*-")  # DCLM's; datatrove has • and -
_ELLIPSES = ("...", ". . .", "\u2026")
_TOP = (2, 3, 4)
_DUPLICATE = (5, 6, 7, 8, 9, 10)
_NGRAM_NAMES = (
    *(f"gopher_top_{n}gram_chars" for n in _TOP),
    *(f"gopher_{kind}_{n}gram_chars" for kind in ("dup", "later") for n in _DUPLICATE),
)


@cache
def _stop_forms(language: str) -> dict[str, str]:
    """The stop words of a language, by each of their spellings: in lower case, capitalised and in capitals."""
    listed = STOP_WORDS.get(language, "").split()
    return {form: word for word in listed for form in (word, word.capitalize(), word.upper())}


def stop_words(text: str, vocabulary: dict[str, int], language: str = "en") -> int:
    """How many of the stop words of a language occur among the words; 0 for a language that has no list.

    Where words have no spaces between them, they are looked for in the text.

    >>> stop_words("", {"The": 0, "the": 1, "cat": 2, "OF": 3}), stop_words("", {"der": 0, "the": 1}, "de")
    (2, 1)
    """
    if language in UNSPACED_LANGUAGES:
        return sum(word in text for word in STOP_WORDS[language].split())
    forms = _stop_forms(language)
    return len({forms[form] for form in vocabulary.keys() & forms.keys()})


def measure_quality(text: str, words: Words, lines: list[str], language: str = "en") -> dict[str, float]:
    """Gopher's quality measures; 0 for all of them where the text has no words. `lines` are those of `text_lines`."""
    count = len(words.ids)
    bullets = sum(line[0] in _BULLETS for line in lines)
    ellipses = sum(map(text.count, _ELLIPSES))
    endings = sum(line.endswith(_ELLIPSES) for line in lines) if ellipses else 0
    return {
        "gopher_words": float(count),
        "gopher_mean_word_length": int(words.lengths.sum()) / max(count, 1),
        "gopher_hash_ratio": text.count("#") / max(count, 1),
        "gopher_ellipsis_ratio": ellipses / max(count, 1),
        "gopher_bullet_lines": bullets / max(len(lines), 1),
        "gopher_ellipsis_lines": endings / max(len(lines), 1),
        "gopher_alpha_words": 1 - words.letterless / words.tokens if words.tokens else 0.0,
        "gopher_stop_words": float(stop_words(text, words.vocabulary, language)),
    }


def measure_duplicates(lines: list[str], paragraphs: list[str]) -> dict[str, float]:
    """The four repetition measures of lines and paragraphs, each a share from 0 to 1; 0 where nothing repeats."""
    dup_lines, dup_line_chars = duplicate_shares(lines)
    dup_paragraphs, dup_paragraph_chars = duplicate_shares(paragraphs)
    return {
        "gopher_dup_lines": dup_lines,
        "gopher_dup_paragraphs": dup_paragraphs,
        "gopher_dup_line_chars": dup_line_chars,
        "gopher_dup_paragraph_chars": dup_paragraph_chars,
    }


def measure_ngrams(ids: Sequence[Ints], lengths: Sequence[Ints]) -> list[dict[str, float]]:
    """For each text, of the numbers and lengths of its words, the repetition measures of n-grams: shares too."""
    shares = repetition_shares(ids, lengths, _TOP, _DUPLICATE)
    return [dict(zip(_NGRAM_NAMES, (*each.repeated.values(), *each.later.values()), strict=True)) for each in shares]
