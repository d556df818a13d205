"""Gopher's quality and repetition measures of a text (arXiv 2112.11446, Table A1). Pure.

The paper gives limits, not code, and its readers count differently (rules.md §5 T1, T2). Counted here:

* words as in `transforms.text.words`; the mean of their lengths; `#` and ellipses each per word (datatrove);
* words with a letter as a share of white-space tokens, so that tokens of punctuation alone count against it (Dolma,
  DCLM);
* distinct stop words, in lower case, capitalised or in capitals;
* repetition as DCLM and RedStone count it: every copy of a repeated line or paragraph counts, the first too; blank
  lines never; the most frequent n-gram counts when it occurs at least twice, of equals the longest one; all as shares
  of word characters.

DCLM cuts words by Unicode word boundaries; `so...yeah` is two words there and one here.
"""

from transforms.text.lines import duplicate_shares
from transforms.text.ngrams import repetition_shares
from transforms.text.words import Words

_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")  # the paper's list
_STOP_FORMS = tuple((word, word.capitalize(), word.upper()) for word in _STOP_WORDS)
_BULLETS = ("\u25cf", "\u2022", "*", "-")  # DCLM's; datatrove has • and -
_ELLIPSES = ("...", ". . .", "\u2026")
_TOP = (2, 3, 4)
_DUPLICATE = (5, 6, 7, 8, 9, 10)


def stop_words(vocabulary: dict[str, int]) -> int:
    """How many of the eight stop words occur among the words.

    >>> stop_words({"The": 0, "the": 1, "cat": 2, "OF": 3})
    2
    """
    return sum(any(form in vocabulary for form in forms) for forms in _STOP_FORMS)


def line_shares(lines: list[str]) -> tuple[float, float]:
    """The share of lines that begin with a bullet, and of those that end in an ellipsis; (0, 0) without lines.

    >>> line_shares(["- one", "* two...", "three", "four"])
    (0.5, 0.25)
    """
    bullets = sum(line.startswith(_BULLETS) for line in lines)
    ellipses = sum(line.endswith(_ELLIPSES) for line in lines)
    return bullets / max(len(lines), 1), ellipses / max(len(lines), 1)


def measure_quality(text: str, words: Words, lines: list[str]) -> dict[str, float]:
    """Gopher's quality measures; 0 for all of them where the text has no words."""
    count = len(words.ids)
    bullets, ellipses = line_shares(lines)
    return {
        "gopher_words": float(count),
        "gopher_mean_word_length": int(words.lengths.sum()) / max(count, 1),
        "gopher_hash_ratio": text.count("#") / max(count, 1),
        "gopher_ellipsis_ratio": sum(map(text.count, _ELLIPSES)) / max(count, 1),
        "gopher_bullet_lines": bullets,
        "gopher_ellipsis_lines": ellipses,
        "gopher_alpha_words": 1 - words.letterless / words.tokens if words.tokens else 0.0,
        "gopher_stop_words": float(stop_words(words.vocabulary)),
    }


def measure_repetition(words: Words, lines: list[str], paragraphs: list[str]) -> dict[str, float]:
    """The thirteen repetition measures of Table A1, each a share from 0 to 1; 0 where nothing repeats."""
    dup_lines, dup_line_chars = duplicate_shares(lines)
    dup_paragraphs, dup_paragraph_chars = duplicate_shares(paragraphs)
    shares = repetition_shares(words.ids, words.lengths, _TOP, _DUPLICATE)
    return {
        "gopher_dup_lines": dup_lines,
        "gopher_dup_paragraphs": dup_paragraphs,
        "gopher_dup_line_chars": dup_line_chars,
        "gopher_dup_paragraph_chars": dup_paragraph_chars,
        **{f"gopher_top_{n}gram_chars": shares[n] for n in _TOP},
        **{f"gopher_dup_{n}gram_chars": shares[n] for n in _DUPLICATE},
    }
