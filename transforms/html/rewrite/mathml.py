r"""Presentation MathML as TeX. Pure.

Every element of MathML Core, and `mfenced`, `mmultiscripts` and `menclose`, which older pages have. What has no place in TeX (colours,
sizes, widths of spaces) goes. Letters and signs stand as they are: TeX reads Unicode today, and so do readers.
"""

import re
import unicodedata
from collections.abc import Sequence

from turbohtml import Element

from transforms.html.rewrite.mathml_signs import (
    FUNCTIONS,
    LARGE,
    MATRICES,
    OVER,
    SILENT,
    SPECIAL,
    STYLED,
    UNDER,
    VARIANTS,
    WIDE,
)

_DEEPEST = 60  # elements in each other (ours)
_IGNORED = frozenset(("annotation", "annotation-xml", "mphantom", "mspace", "maligngroup", "malignmark", "mprescripts"))
_OPENING = ("(", "[", "\\{", "⟨", "⌊", "⌈")
_CLOSING = (")", "]", ",", ";", "\\}", "⟩", "⌋", "⌉", "'", "''", "!", ".")
_PRIMES = ("'", "''", "'''")
_SPECIAL = re.compile(r"([{}%#&$_])")
_SINGLE = re.compile(r"\\?\w|\d+(?:\.\d+)?|\\[A-Za-z]+(?:\{\w*\})?")


def tex_of_mathml(element: Element, depth: int = 0) -> str:
    """An element of MathML as TeX on one line."""
    if depth > _DEEPEST:
        return escaped(" ".join(element.text.split()))
    inner = [child for child in element.children if isinstance(child, Element) and child.tag not in _IGNORED]
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            return leaf(element)
        case "none" | "mphantom" | "mspace":
            return ""
        case "semantics" | "maction":
            return tex_of_mathml(inner[0], depth + 1) if inner else ""
        case "mtable":
            return matrix(element, "matrix", depth)
        case "mmultiscripts":
            return with_scripts(element, depth)
    parts = [tex_of_mathml(child, depth + 1) for child in inner]
    match element.tag, parts:
        case "mfrac", [above, below]:
            if element.attr("linethickness") in ("0", "0px", "0pt"):
                return rf"\binom{{{above}}}{{{below}}}"
            return rf"\frac{{{above}}}{{{below}}}"
        case "msqrt", _:
            return rf"\sqrt{{{joined(parts)}}}"
        case "mroot", [base, root]:
            return rf"\sqrt[{root}]{{{base}}}"
        case "msup", [base, raised]:
            return f"{grouped(base)}{above_it(raised)}"
        case "msub", [base, lowered]:
            return f"{grouped(base)}_{{{lowered}}}"
        case "msubsup", [base, lowered, raised]:
            return f"{grouped(base)}_{{{lowered}}}{above_it(raised)}"
        case "mover", [base, _]:
            return over(inner[0], base, sign_of(inner[1]), parts[1])
        case "munder", [base, _]:
            return under(inner[0], base, sign_of(inner[1]), parts[1])
        case "munderover", [base, lowered, raised]:
            return f"{grouped(base)}_{{{lowered}}}^{{{raised}}}"
        case "mfenced", _:
            return fenced(element, parts)
        case "menclose", _ if "radical" in (element.attr("notation") or ""):
            return rf"\sqrt{{{joined(parts)}}}"
    if not inner:
        return escaped(" ".join(element.text.split()))
    if (found := in_brackets(inner)) is not None:
        return matrix(inner[1], found, depth + 1)
    return joined(parts)


def leaf(element: Element) -> str:
    """A name, number, operator or text as TeX."""
    text = " ".join(element.text.translate(_SILENCE).split())
    match element.tag:
        case "mtext" | "ms":
            return text_in(element.text.replace("\xa0", " "))
        case "mn":
            return escaped(text)
        case "mo" if text.isalpha() and text.isascii() and len(text) > 1:
            return name_of(text)
        case "mo":
            return joined([operator(char) for char in text]) if len(text) > 1 else operator(text)
    if len(text) > 1 and not unicodedata.combining(text[1]):
        variant = element.attr("mathvariant")
        return name_of(text) if variant not in VARIANTS or variant == "normal" else rf"\{VARIANTS[variant]}{{{text}}}"
    letter = styled(text)
    variant = VARIANTS.get(element.attr("mathvariant") or "")
    return rf"\{variant}{{{letter}}}" if variant and text.isalpha() else letter


def text_in(text: str) -> str:
    """Words among a formula; the spaces at their ends part them from it."""
    if not text.strip(" \t\n\r\f"):
        return ""
    words = re.sub(r"[ \t\n\r\f]+", " ", text)
    if len(words.strip()) == 1 and not words.isalpha():
        return operator(words.strip())
    return rf"\text{{{escaped(words)}}}"


def escaped(text: str) -> str:
    """A text whose signs mean themselves in TeX."""
    return _SPECIAL.sub(r"\\\1", text)


def name_of(name: str) -> str:
    """A name of several letters: a function that TeX knows, or upright letters."""
    if name in FUNCTIONS:
        return rf"\{name}"
    if not name.isalpha():
        return joined([styled(char) if char.isalpha() else operator(char) for char in name if not char.isspace()])
    return rf"\mathrm{{{name}}}"


def operator(sign: str) -> str:
    """A sign as TeX."""
    return SPECIAL.get(sign, sign)


def styled(letter: str) -> str:
    """A letter as TeX, which has styles instead of the letters that Unicode has for mathematics."""
    if letter < "\U0001d400" or len(letter) != 1:
        return operator(letter)
    plain = unicodedata.normalize("NFKC", letter)
    name = unicodedata.name(letter, "")
    style = next((style for start, style in STYLED if name.startswith(start)), "")
    return rf"\{style}{{{plain}}}" if style and len(plain) == 1 else plain


def joined(parts: Sequence[str]) -> str:
    """Parts side by side: with spaces, but inside brackets and before signs that close.

    >>> joined(["f", "(", "x", ",", "y", ")"])
    'f (x, y)'
    """
    line = ""
    for part in filter(None, parts):
        bare = not line or line.endswith(_OPENING) or part in _CLOSING or line.endswith(" ") or part.startswith(" ")
        line += part if bare else f" {part}"
    return line


def grouped(base: str) -> str:
    """What is raised upon, in braces where it is more than a letter, a number or something in brackets."""
    if _SINGLE.fullmatch(base) or (base[:1] in "([" and base[-1:] in ")]" and base[1:].count(base[0]) == 0):
        return base
    return f"{{{base}}}" if " " in base or not base or "^" in base or "_" in base else base


def above_it(raised: str) -> str:
    """What is raised; primes are signs of their own in TeX."""
    return raised if raised in _PRIMES else f"^{{{raised}}}"


def sign_of(element: Element) -> str:
    """The sign that an element holds, without white space."""
    return "".join(element.text.split())


def over(element: Element, base: str, sign: str, raised: str) -> str:
    """A base with an accent, a limit or anything else over it."""
    if sign in LARGE or sign_of(element) in LARGE or base in ("\\lim", "\\max", "\\min"):
        return f"{base}^{{{raised}}}"
    accent = OVER.get(sign)
    if accent is None:
        return rf"\overset{{{raised}}}{{{base}}}"
    if not _SINGLE.fullmatch(base):
        accent = WIDE.get(accent, accent)
    return rf"\{accent}{{{base}}}"


def under(element: Element, base: str, sign: str, lowered: str) -> str:
    """A base with a limit, a line or anything else under it."""
    if sign_of(element) in LARGE or base.lstrip("\\") in FUNCTIONS or base.startswith(r"\underbrace"):
        return f"{base}_{{{lowered}}}"
    line = UNDER.get(sign)
    return rf"\{line}{{{base}}}" if line else rf"\underset{{{lowered}}}{{{base}}}"


def fenced(element: Element, parts: Sequence[str]) -> str:
    """Parts between brackets, with the separators that the element names."""
    opens, closes, between = (
        element.attr(name, default) or "" for name, default in (("open", "("), ("close", ")"), ("separators", ","))
    )
    signs = [char for char in between if not char.isspace()]
    line: list[str] = [operator(opens)] if opens else []
    for number, part in enumerate(parts):
        if number and signs:
            line.append(signs[min(number, len(signs)) - 1])
        line.append(part)
    return joined([*line, operator(closes)] if closes else line)


def in_brackets(inner: Sequence[Element]) -> str | None:
    """The environment of a row that is a table between two brackets, or behind one."""
    if len(inner) not in (2, 3) or inner[1].tag != "mtable" or inner[0].tag != "mo":
        return None
    if len(inner) == 3 and inner[2].tag != "mo":
        return None
    return MATRICES.get((sign_of(inner[0]), sign_of(inner[2]) if len(inner) == 3 else ""))


def matrix(table: Element, name: str, depth: int) -> str:
    """The rows and cells of a table."""
    rows = [row for row in table.children if isinstance(row, Element) and row.tag in ("mtr", "mlabeledtr")]
    lines = (
        " & ".join(
            joined([tex_of_mathml(child, depth + 3) for child in cell.children if isinstance(child, Element)])
            or " ".join(cell.text.split())
            for cell in row.children
            if isinstance(cell, Element) and cell.tag == "mtd"
        )
        for row in rows
    )
    inner = " \\\\ ".join(lines)
    return rf"\begin{{{name}}} {inner} \end{{{name}}}"


def with_scripts(element: Element, depth: int) -> str:
    """A base with signs behind it and, behind `mprescripts`, before it; each pair is lowered, then raised."""
    children = [child for child in element.children if isinstance(child, Element)]
    if not children:
        return ""
    split = next((place for place, child in enumerate(children) if child.tag == "mprescripts"), len(children))
    base = tex_of_mathml(children[0], depth + 1)
    behind, before = (
        scripts([tex_of_mathml(child, depth + 1) for child in part])
        for part in (children[1:split], children[split + 1 :])
    )
    return f"{'{}' + before if before else ''}{base}{behind}"


def scripts(parts: Sequence[str]) -> str:
    """Pairs of what is lowered and what is raised."""
    pairs = zip(parts[::2], [*parts[1::2], ""][: len(parts[::2])], strict=True)
    return "".join(
        f"{f'_{{{lowered}}}' if lowered else ''}{f'^{{{raised}}}' if raised else ''}" for lowered, raised in pairs
    )


_SILENCE = {ord(sign): None for sign in SILENT}
