r"""Formulas, put into the text as `$...$`, or `$$...$$` where they stand by themselves. Edits the tree.

A formula's TeX is taken where the page carries it: an annotation, the `alttext`, a script of MathJax, an attribute, what a picture is
said to show. Else its MathML is written as TeX. What a renderer draws beside it (KaTeX's spans, MathJax's, Wikipedia's picture) is its
copy, and goes.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote_plus

import turbohtml
from turbohtml import Element, Text

from transforms.html.rewrite.mathml import tex_of_mathml
from transforms.html.rewrite.mathml_signs import FUNCTIONS

# Elements that show nothing to a parser, of which some hold formulas.
HOLDING = ("math", "script", "svg", "title")
CONTAINER_CLASSES = ("MathJax",)
_WHOLE = ".katex, .mwe-math-element, mjx-container, .MathJax_Display, .MathJax, .MathJax_SVG, .MathJax_CHTML"
# What MathJax 2 draws before its script.
_DRAWN = (
    ".MathJax_Preview, .MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_SVG_Display, .MathJax_CHTML, .MathJax_MathML, .mjx-chtml,"
    " .MJXc-display, .MathJax_Error"
)
_STYLE = re.compile(r"\\(?:displaystyle|textstyle|scriptstyle|scriptscriptstyle)(?![A-Za-z])\s*")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*(?:\n|$)")
_DELIMITED = re.compile(r"\s*(?:\$\$(.+)\$\$|\$(.+)\$|\\\[(.+)\\\]|\\\((.+)\\\))\s*", re.DOTALL)
_SIGNS = re.compile(r"[\\^_{}]")
_WORD = re.compile(r"[A-Za-z]{3,}")
_NAME = re.compile(r"\\[A-Za-z]+")
# An alt that is TeX: one command with an argument or of a name that formulas have, or between the marks of a formula.
_NAMED = (
    r"alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi"
    r"|Psi|Omega|infty|ell|hbar|partial|nabla|to|in|le|ge|leq|geq|ne|neq|pm|times|cdot|sum|int|prod|lim|sin|cos|tan|log|ln|exp|varepsilon"
    r"|varphi|mathbb|mathbf|mathcal|mathrm|approx|equiv|sim|forall|exists|cup|cap|subset|ldots|cdots"
)
_KNOWN = re.compile(rf"\\(?:{_NAMED})(?![A-Za-z])")
_COMMAND = re.compile(rf"\\[a-zA-Z]+\s*[{{_^(\[|\\=+\-*/<>.,\d]|{_KNOWN.pattern}")
_PATH = re.compile(r"[A-Za-z]:\\")
_CLASSES = re.compile(
    r"(?:^|\s)(?:tex|latex|math|mwe-math-fallback-image[\w-]*|ee_img|mathjax-img|formula|equation)(?:\s|$)",
    re.IGNORECASE,
)
# Services that draw a formula out of its address, which has one of the first words.
SERVICES = ("tex", "cht=")
_ADDRESS = re.compile(
    r"(?:latex\.php\?(?:[^#]*&)?latex=|latex\.codecogs\.com/[\w.]+\?|/equation\?tex=|(?:mathtex|mimetex)\.cgi\?|/chart\?(?:[^#]*&)?cht=tx&"
    r"(?:[^#]*&)?chl=|latex\.image\?|/(?:gif|png|svg)\.(?:latex|image)\?)([^#]+)"
)
_LONGEST_ADDRESS = 4000  # characters that are looked at (ours)
_PARAMETERS = re.compile(r"&(?:amp;)?(?:bg|fg|s|c|chf|chs|zoom|preload|consumer|dpi)=[^&]*")
_SIZES = re.compile(
    r"^(?:\\(?:dpi|bg|fn|inline|large|small|LARGE|huge|tiny|fg)(?:_?\{[^{}]*\}|_[A-Za-z]+|(?![A-Za-z]))\s*)+"
)
_BLOCKS = ("p", "div", "center", "dd", "li", "figure", "section", "article", "body")


def write_formulas(elements: Iterable[Element]) -> None:
    """Replace formulas among elements of tags in HOLDING, and what is drawn of them, by their TeX. Those without any stay as they are."""
    formulas = [element for element in elements if holds_formula(element)]
    for script in formulas:
        if script.tag == "script":
            drop_drawn(script)
    for element in formulas:
        if element.parent is None or (element.tag == "math" and element.closest("math math") is not None):
            continue
        if element.tag in ("svg", "title"):
            write_drawing(element)
        elif tex := tex_of(element):
            whole = whole_of(element)
            if whole.parent is not None:
                whole.replace_with(Text(marked(tex, is_display(element, whole))))


def write_containers(elements: Iterable[Element]) -> int:
    """Replace what MathJax drew where it left no MathML beside it; `elements` have a class of CONTAINER_CLASSES. How many."""
    written = 0
    for element in elements:
        if element.parent is not None and (tex := tex_of_container(element)):
            whole = whole_of(element)
            if whole.parent is not None:
                whole.replace_with(Text(marked(tex, is_display(element, whole))))
                written += 1
    return written


def holds_formula(element: Element) -> bool:
    """Whether an element of a tag in HOLDING may hold a formula."""
    match element.tag:
        case "math":
            return True
        case "script":
            return (element.attr("type") or "").lower().startswith("math/tex")
        case "svg":
            return "\\" in (element.attr("aria-label") or "")
        case "title":
            return isinstance(element.parent, Element) and element.parent.tag == "svg" and "\\" in element.text
    return False


def marked(tex: str, display: bool) -> str:
    """A formula between its marks."""
    mark = "$$" if display else "$"
    return f"{mark}{tex}{mark}"


def drop_drawn(script: Element) -> None:
    """Take out what MathJax 2 drew before its script."""
    while isinstance(before := script.previous_sibling, Element) and before.matches(_DRAWN):
        before.extract()


def whole_of(element: Element) -> Element:
    """The outermost element around a formula that a renderer made of it."""
    whole = element
    for around in element.ancestors:
        if isinstance(around, Element) and around.matches(_WHOLE):
            whole = around
        elif around.tag in _BLOCKS if isinstance(around, Element) else True:
            break
    return whole


def tex_of(element: Element) -> str:
    """The TeX of a formula on one line, "" where there is none."""
    if element.tag == "script":
        return cleaned(element.text)
    annotation = element.select_one("annotation[encoding*='tex' i]")
    if annotation is not None and (tex := cleaned(annotation.text)):
        return tex
    said = cleaned(element.attr("data-latex") or element.attr("alttext") or "")
    if said and is_tex(said):
        return said
    return tex_of_mathml(element) or said


def tex_of_container(element: Element) -> str:
    """The TeX of what MathJax drew, from an attribute that has it, or MathML."""
    if drawn := element.attr("data-mathml"):
        found = turbohtml.parse(drawn).find("math")
        return tex_of(found) if found is not None else ""
    told = element.select_one("[data-latex]")
    return cleaned(told.attr("data-latex") or "") if told is not None else ""


def cleaned(tex: str) -> str:
    r"""TeX on one line, without comments, the marks around it and a style for all of it.

    >>> cleaned("{\\displaystyle E=mc^{2}}"), cleaned("\\[ a\n b \\]"), cleaned("{\\displaystyle a}+{b}")
    ('E=mc^{2}', 'a b', '{\\displaystyle a}+{b}')
    """
    tex = " ".join(_COMMENT.sub("\n", tex).split())
    if inner := _DELIMITED.fullmatch(tex):
        tex = next(filter(None, inner.groups())).strip()
    if tex.startswith("{") and _STYLE.match(tex, 1) and closing_of(tex) == len(tex) - 1:
        tex = tex[1:-1].strip()
    style = _STYLE.match(tex)
    return tex[style.end() :] if style else tex


def closing_of(tex: str) -> int:
    """Where the brace that TeX begins with is closed, -1 where it is not."""
    depth = 0
    for sign in re.finditer(r"\\.|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth == 0:
            return sign.start()
    return -1


def is_tex(said: str) -> bool:
    """Whether an `alttext` is TeX, and not the formula in words.

    >>> is_tex("a=b"), is_tex("upper A equals pi r squared")
    (True, False)
    """
    return bool(_SIGNS.search(said)) or all(word in FUNCTIONS for word in _WORD.findall(said))


def is_display(element: Element, whole: Element) -> bool:
    """Whether a formula stands by itself."""
    if element.tag == "script":
        return "mode=display" in (element.attr("type") or "").replace(" ", "")
    around = whole.parent
    shown = around.attr("class") or "" if isinstance(around, Element) else ""
    return (
        "block" in (element.attr("display"), whole.attr("display"))
        or whole.attr("display") == "true"
        or "katex-display" in shown.split()
        or whole.has_class("MathJax_Display")
        or whole.has_class("mwe-math-element-block")
    )


def write_drawing(element: Element) -> None:
    """Replace a drawing whose name is TeX."""
    drawing = element if element.tag == "svg" else element.parent
    name = element.attr("aria-label") if element.tag == "svg" else element.text
    if not isinstance(drawing, Element) or drawing.parent is None or not name:
        return
    if tex := shown_by(name):
        drawing.replace_with(Text(marked(tex, name.lstrip().startswith(("\\[", "$$")))))


def shown_by(alt: str) -> str:
    r"""The TeX that the text of a picture is, "" where it is none.

    >>> shown_by("$x_{n}$"), shown_by("\\frac{a}{b}"), shown_by("L=2\\pi r"), shown_by("$5 note"), shown_by("C:\\harbour")
    ('x_{n}', '\\frac{a}{b}', 'L=2\\pi r', '', '')
    """
    alt = alt.strip()
    if (inner := _DELIMITED.fullmatch(alt)) and not (inner[2] and "$" in inner[2]):
        return cleaned(alt)
    if alt.startswith("{\\") or (alt.startswith("\\") and _COMMAND.match(alt)):
        return cleaned(alt)
    if "{" not in alt:
        named = _KNOWN.search(alt) and not _WORD.search(_NAME.sub("", alt)) and not _PATH.match(alt)
        return cleaned(alt) if named else ""
    if "\\" in alt and alt.count("{") == alt.count("}") and _COMMAND.search(alt):
        return cleaned(alt)
    return ""


def tex_of_picture(image: Element, alt: str, classes: str) -> str:
    """The TeX that a picture shows, by its text, its class or the address of a service, "" where it is no formula."""
    alt = alt or image.attr("title") or ""
    if ("\\" in alt or "$" in alt) and (tex := shown_by(alt)):
        return tex
    if alt and classes and is_formula(classes) and is_tex(alt):
        return cleaned(alt)
    address = image.attr("src") or image.attr("data-src") or ""
    if (
        "?" in address
        and any(word in address for word in SERVICES)
        and (found := _ADDRESS.search(address[:_LONGEST_ADDRESS]))
    ):
        tex = unquote_plus(_PARAMETERS.sub("", found[1])).replace("&space;", " ")
        return cleaned(_SIZES.sub("", tex))
    return ""


@lru_cache(4096)
def is_formula(classes: str) -> bool:
    """Whether a picture's class says that it is a formula.

    >>> is_formula("latex"), is_formula("texture")
    (True, False)
    """
    return _CLASSES.search(classes) is not None


def is_alone(image: Element) -> bool:
    """Whether a picture of a formula stands by itself: as all that its block holds, or where its text says so."""
    if (image.attr("alt") or "").lstrip().startswith(("\\[", "$$", "\\begin")):
        return True
    around = image.parent
    return (
        isinstance(around, Element)
        and around.tag in _BLOCKS[:-1]
        and len([child for child in around.children if not (isinstance(child, Text) and not child.data.strip())]) == 1
    )
