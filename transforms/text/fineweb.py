"""FineWeb's own measures of a text (arXiv 2406.17557 §3.6; the last one is in datatrove's code only). Pure."""

from transforms.text.lines import later_copy_chars
from transforms.text.unspaced import shown_width
from transforms.text.words import Words

# The marks of the code that made FineWeb, their typographic forms, and what ends a sentence or closes a quotation in other languages:
# German, French and Russian quotes, CJK ones, Armenian, Arabic, Urdu, Syriac, Indic, Tibetan, Burmese, Ethiopic and Khmer marks.
_TERMINAL = frozenset(
    ".'\"!?\u2019\u201d\u201c\u00ab\u00bb\u203a\u2039\u3002\uff01\uff1f\uff0e\u300d\u300f\u0589\u061f\u06d4\u0701\u0702\u0964\u0965\u0f0d\u0f0e\u104a\u104b"
    "\u1362\u1367\u1368\u17d4\u17d5"
)
_SHORT = 30  # characters, inclusive: datatrove's short_line_length


def measure_fineweb(text: str, words: Words, lines: list[str]) -> dict[str, float]:
    """FineWeb's four measures; 0 for all of them where the text has no lines.

    Lines are those with something on them. Of a line that repeats, the first copy is free, and the characters are
    divided by those of the text without its newlines, as datatrove does. Newlines are counted between such lines: on
    trafilatura's text, which has no blank lines, that is the published count, and a text that separates paragraphs by
    blank lines is not counted twice. Ideographs and kana count twice in the length of a line.
    """
    count = max(len(lines), 1)
    return {
        "fineweb_terminal_lines": sum(line[-1] in _TERMINAL for line in lines) / count,
        "fineweb_short_lines": sum(size <= _SHORT for size in map(shown_width, lines)) / count,
        "fineweb_dup_line_chars": later_copy_chars(lines) / max(len(text) - text.count("\n"), 1),
        "fineweb_newlines_per_word": (count - 1) / max(len(words.ids), 1),
    }
