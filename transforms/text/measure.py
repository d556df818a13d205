"""All measures of several texts in one call; each is cut into words, lines and paragraphs once. Cost: about 0.8 ms for 10 kB in groups."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from transforms.text import datatrove
from transforms.text.c4 import measure_c4
from transforms.text.fineweb import measure_fineweb
from transforms.text.gibberish import measure_gibberish
from transforms.text.gopher import measure_duplicates, measure_ngrams, measure_quality
from transforms.text.lines import text_lines, text_paragraphs
from transforms.text.tokens import Pieces, split_pieces
from transforms.text.words import Ints, split_words

Identify = Callable[[str], tuple[str, float]]  # a text -> its language and the score
_Told = tuple[str, str]  # a text and its language

_TOGETHER = 2**20  # characters whose words are held at once: some 20 MB; more gains nothing


def measure_text(text: str, language: str = "en", peers: tuple[str, ...] = ()) -> dict[str, float]:
    """Every measure of `schemas.measures.TEXT_MEASURES`, by name, in that order. Any string will do; nothing is raised.

    `language` is a label of `schemas.languages`; stop words are those of it. Behind them come the PEER_MEASURES of `peers`.

    >>> measure_text("The cat sat on the mat.")["gopher_words"]
    6.0
    """
    return measure_texts([text], [language], peers)[0]


def measure_texts(
    texts: Sequence[str], languages: Sequence[str], peers: tuple[str, ...] = ()
) -> list[dict[str, float]]:
    """`measure_text` of each text; together they are cheaper, with the same numbers.

    >>> measure_texts(["one", "one two"], ["en", "en"]) == [measure_text("one"), measure_text("one two")]
    True
    """
    groups = _groups(list(zip(texts, languages, strict=True)))
    return [measures for group in groups for measures in _measure_group(group, "datatrove" in peers)]


def measure_proses(
    proses: Sequence[tuple[str, str]], identify: Identify, peers: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, float], dict[str, float]]]:
    """For each text, given as its prose and its code, what `identify` says of the prose, language and score, and its measures."""
    told = [identify(prose) for prose, _ in proses]
    measures = measure_texts([prose for prose, _ in proses], [language for language, _ in told], peers)
    for (_, code), language, values in zip(proses, told, measures, strict=True):
        yield language, with_code(values, code) if code else values


def with_code(measures: dict[str, float], code: str) -> dict[str, float]:
    """The measures of a text's prose, with the code that stands in it counted where the length of the whole is asked.

    >>> with_code(measure_text("Two words."), "x = 1")["gopher_words"]
    4.0
    """
    return measures | {
        "text_chars": measures["text_chars"] + len(code),
        "text_replaced_chars": measures["text_replaced_chars"] + code.count("\ufffd"),
        "gopher_words": measures["gopher_words"] + len(split_words(code).ids),
    }


def _groups(texts: Sequence[_Told]) -> Iterator[Sequence[_Told]]:
    """The texts in order, as many together as `_TOGETHER` allows; a longer one is alone."""
    start = size = 0
    for place, (text, _) in enumerate(texts):
        if place > start and size + len(text) > _TOGETHER:
            yield texts[start:place]
            start, size = place, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]


def _measure_group(texts: Sequence[_Told], as_datatrove: bool) -> list[dict[str, float]]:
    """The measures of texts whose words are held together."""
    parts = [_measure_alone(text, language, as_datatrove) for text, language in texts]
    repeats = measure_ngrams([part.ids for part in parts], [part.lengths for part in parts])
    found = [{**part.before, **ngrams, **part.after} for part, ngrams in zip(parts, repeats, strict=True)]
    counted = [part.pieces for part in parts if part.pieces]
    if not counted:
        return found
    return [each | more for each, more in zip(found, datatrove.measure_ngrams(counted), strict=True)]


class _Part(NamedTuple):
    """A text's measures but those of n-grams, as they stand before and after them, and what those are made of."""

    before: dict[str, float]
    after: dict[str, float]
    ids: Ints
    lengths: Ints
    pieces: tuple[int, Pieces] | None  # with the text's characters, where datatrove's counts are asked for


def _measure_alone(text: str, language: str, as_datatrove: bool) -> _Part:
    """All that is measured of one text at a time. Its words themselves are forgotten: many texts' would fill the cache."""
    words = split_words(text)
    lines = text_lines(text)
    before = {
        "text_chars": float(len(text)),
        "text_replaced_chars": float(text.count("\ufffd")),
        **measure_quality(text, words, lines, language),
        **measure_duplicates(lines, text_paragraphs(text)),
    }
    after = {
        **measure_c4(lines),
        **measure_fineweb(text, words, lines),
        **measure_gibberish(text, words.tokens),
    }
    if not as_datatrove:
        return _Part(before, after, words.ids, words.lengths, None)
    pieces = split_pieces(words)
    after |= datatrove.measure_datatrove(text, words.vocabulary, pieces)
    return _Part(before, after, words.ids, words.lengths, (len(text), pieces))
