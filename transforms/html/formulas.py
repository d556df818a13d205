r"""Formulas, put into the text as `$...$`, or `$$...$$` where they stand by themselves: MathML, KaTeX, MathJax, Wikipedia. Edits the tree.

A formula's TeX is taken where the page carries it: an annotation, the `alttext`, a script of MathJax. Else its MathML is written as TeX.
What a renderer draws beside it (KaTeX's spans, Wikipedia's picture) is its copy, and goes.
"""

import re
from collections.abc import Iterable

from turbohtml import Element, Text

FORMULAS = "math, script[type^='math/tex']"
_DISPLAY = re.compile(r"^\{\\(?:displaystyle|textstyle|scriptstyle)\s*(.*)\}$", re.DOTALL)
_WHOLE = ".katex, .mwe-math-element, mjx-container, .MathJax_Display, .MathJax"  # what a renderer puts around a formula and its copy
_DEEPEST = 50  # elements of MathML in each other (ours)


def write_formulas(found: Iterable[Element]) -> None:
    """Replace the elements that FORMULAS selects, and what is drawn of them, by their TeX. Those without any stay as they are."""
    for element in found:
        if element.closest("math math") is not None:
            continue
        tex = tex_of(element)
        if not tex:
            continue
        whole = element
        for around in element.ancestors:
            if isinstance(around, Element) and around.matches(_WHOLE):
                whole = around
        mark = "$$" if is_display(element, whole) else "$"
        if whole.parent is not None:
            whole.replace_with(Text(f"{mark}{tex}{mark}"))


def tex_of(element: Element) -> str:
    """The TeX of a formula on one line, "" where there is none."""
    if element.tag == "script":
        tex = element.text
    else:
        annotation = element.select_one("annotation[encoding*='tex' i]")
        tex = annotation.text if annotation is not None else element.attr("alttext") or written(element)
    tex = " ".join(tex.split()).strip("$ ")
    if inner := _DISPLAY.match(tex):
        tex = inner[1].strip()
    return tex


def is_display(element: Element, whole: Element) -> bool:
    """Whether a formula stands by itself."""
    if element.tag == "script":
        return "mode=display" in (element.attr("type") or "").replace(" ", "")
    around = whole.parent
    shown = around.attr("class") or "" if isinstance(around, Element) else ""
    return element.attr("display") == "block" or "katex-display" in shown.split()


def written(element: Element, depth: int = 0) -> str:
    """MathML as TeX: fractions, roots, what is raised or lowered; all else by its letters and signs."""
    if depth > _DEEPEST:
        return element.text
    inner = [child for child in element.children if isinstance(child, Element)]
    if not inner:
        return element.text.strip()
    parts = [written(child, depth + 1) for child in inner if child.tag not in ("annotation", "annotation-xml", "none")]
    match element.tag, parts:
        case "mfrac", [above, below]:
            return rf"\frac{{{above}}}{{{below}}}"
        case "msqrt", _:
            return rf"\sqrt{{{' '.join(parts)}}}"
        case "mroot", [base, root]:
            return rf"\sqrt[{root}]{{{base}}}"
        case (("msup" | "mover"), [base, raised]):
            return f"{base}^{{{raised}}}"
        case (("msub" | "munder"), [base, lowered]):
            return f"{base}_{{{lowered}}}"
        case (("msubsup" | "munderover"), [base, lowered, raised]):
            return f"{base}_{{{lowered}}}^{{{raised}}}"
        case _:
            return " ".join(filter(None, parts))
