"""All measures of a text in one call: it is cut into words, lines and paragraphs once. Cost: about 1 ms for 10 kB."""

from transforms.text.c4 import measure_c4
from transforms.text.fineweb import measure_fineweb
from transforms.text.gibberish import measure_gibberish
from transforms.text.gopher import measure_quality, measure_repetition
from transforms.text.lines import text_lines, text_paragraphs
from transforms.text.words import split_words


def measure_text(text: str) -> dict[str, float]:
    """Every measure of `schemas.measures.TEXT_MEASURES`, by name, in that order. Any string will do; nothing is raised.

    >>> measure_text("The cat sat on the mat.")["gopher_words"]
    6.0
    """
    words = split_words(text)
    lines = text_lines(text)
    return {
        "text_chars": float(len(text)),
        **measure_quality(text, words, lines),
        **measure_repetition(words, lines, text_paragraphs(text)),
        **measure_c4(text),
        **measure_fineweb(text, words, lines),
        **measure_gibberish(text, words.tokens),
    }
