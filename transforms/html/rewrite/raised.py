"""Raised and lowered text: powers, charges and indices get the sign without which a number would change; marks of notes go. Edits the tree.

A raised number refers to a note behind a word, a year or the end of a sentence, and is a power behind a number, a unit, a variable or a
bracket of mathematics. Ordinals, abbreviations, trademarks and formulas of chemistry (19th, Mme, CO2) are words as they stand.
"""

import re

from turbohtml import Element, Text

from transforms.html.rewrite.around import text_before, text_behind

_MARK = r"(?:\d{1,3}|[*†‡§¶#‖]+|[a-z]|[ivx]{1,4}|[A-Za-zα-ω]{0,4}\.?\s?\d{1,3}|\w{1,2}\s\d{1,3})"
# What a raised link into a page says: a mark of a note, or several.
_MARKS = re.compile(rf"[\[(]?\s*{_MARK}(?:\s*[\])]?\s*[,;–\-\s/]\s*[\[(]?{_MARK})*\s*[\])]?[.:]?(?:\d+)?")
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]+)(?:\s?[,;–-]\s?\d{1,3})*[\])]?")
_BRACKETED = re.compile(r"\[[^\[\]]{1,60}\]")  # also "[citation needed]", in any language
_LETTERED = re.compile(r"[a-dg]|i{1,3}|iv")
_TERM = r"(?:\d+(?:[.,]\d+)?[A-Za-zα-ωπ]?|[A-Za-zα-ω])"
_POWER = re.compile(rf"([+\-−–]?)({_TERM}(?:\s?[+\-−–*/·×,]\s?{_TERM})*)")
# Letters in a row, as exponents of e and of other single letters have them: −kt, iπ.
_PRODUCT = re.compile(r"([\-−–]?)(\d{0,3}[A-Za-zα-ωπ]{2,3}(?:\s?[+\-−–*/·×,]\s?[A-Za-zα-ωπ\d]{1,3})*)")
_BASE_OF_PRODUCT = re.compile(r"(?:^|[^\w])e$")
_CHARGE = re.compile(r"(\d*)([+\-−–])")
_LETTER_POWERS = frozenset("nmkxijyzpqN∞")
_NUMBER_END = re.compile(r"\d[\d.,]*$")
_YEAR_END = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d$")
_TEN = re.compile(r"(?<![\d.,])10\s$")
_PRICE = re.compile(r"(?:[$€£¥₹₽]|USD|EUR|R\$)\s?\d[\d.,]*$")
_CURRENCY = re.compile(r"\s?(?:[$€£¥₹₽]|EUR|USD|zł|kr|руб)")
_UNIT_END = re.compile(
    r"(?:^|[\s\d/·⋅.(×*^\-−])(?:[kcmdµμnhMG]?m|ft|in|yd|mi|s|h|min|L|l|ml|kg|g|mg|mol|K|J|W|N|Pa|V|A|Hz|ha|cd|sr|rad|px|au|pc|"
    r"к?м|см|мм|дм|га|с|сек|κμ|μ|χλμ|م|كم|سم|מ|ק\"מ|ק״מ|मी|किमी|กม|ม|平方?米|公里|千米|厘米|平米|米|メートル)\.?$"
)
_VARIABLE_END = re.compile(r"(?:^|[^\w]|\d)[A-Za-zα-ωΑ-Ω]′?$")
# A few letters behind an operator: E = mc².
_PRODUCT_END = re.compile(r"[=+\-−×·*/<>≤≥(]\s*\d*[A-Za-zα-ω]{1,3}$")
_NAMED_END = re.compile(r"(?:^|[^A-Za-z])(?:sin|cos|tan|cot|sec|sinh|cosh|tanh|log|ln|exp|CO|SO|NO)$")
_LOG_END = re.compile(r"(?:^|[^A-Za-z])(?:log|lim|max|min|sup|inf)$")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_END = re.compile(r"[.,;:!?”\"»。，、；：！？।؟،]\s$")
_SIGNS_OF_WORDS = ".,;:!?”\"'’»%。，、；：！？।؟،」』"
_MATHEMATICS = frozenset(("i", "em", "var"))
_NOT_A_NOTE = frozenset(("ca", "es", "fr", "gl", "it", "pt"))  # where raised letters end words: 3ª, Mª, Cie
_LONGEST = 24  # characters of a mark or a power (ours)
_MINUS = str.maketrans("−–", "--")


def raise_or_lower(element: Element, language: str) -> bool:
    """Give a <sup> or <sub> the sign that it needs, or take it out where it refers to a note; whether elements may have gone."""
    text = " ".join(element.text.split())
    if element.parent is None or not text:
        return False
    holds = element.select_one("*") is not None
    before = text_before(element)
    if element.tag == "sub":
        lower(element, text, before)
    elif is_reference(element, text) or _BRACKETED.fullmatch(text):
        element.extract()
    elif len(text) <= _LONGEST and before and not before.isspace():
        lift(element, text, before, language)
    return holds or element.parent is None


def is_reference(element: Element, text: str) -> bool:
    """Whether a raised text is known for the mark of a note by its class, its role, or the link in it."""
    classes = (element.attr("class") or "").lower()
    if any(word in classes for word in ("inline-template", "noprint")):
        return True
    if len(text) > _LONGEST or not _MARKS.fullmatch(text):
        return False
    if any(word in classes for word in ("footnote", "reference", "noteref", "cite", "fnref", "versenum")):
        return True
    if element.attr("data-footnote-id") is not None or element.attr("role") == "doc-noteref":
        return True
    link = element.select_one("a[href]") or element.closest("a[href]")
    return link is not None and ("#" in (address := link.attr("href") or "") or address.startswith("javascript:"))


def lift(element: Element, text: str, before: str, language: str) -> None:
    """Write a raised text behind other text."""
    behind = text_behind(element)
    last = before.rstrip()[-1]
    if element.select_one("sup, sub") is not None:  # a power of a power
        if _POWER.fullmatch(text) and not before[-1].isspace() and is_base(element, text, before, last):
            element.insert_before(Text("^("))
            element.append(Text(")"))
        return
    if behind[:1] in ("/", "⁄") and text.isdecimal():  # a fraction: 1½
        if before[-1].isdecimal():
            element.insert_before(Text(" "))
    elif before[-1].isspace():
        lift_apart(element, text, before, behind)
    elif len(text) == 2 and text.isdecimal() and _NUMBER_END.search(before) and is_price(before, behind):
        element.insert_before(Text("."))
    elif _NOTE.fullmatch(text) and is_note(element, text, before):
        element.extract()
    elif charge := _CHARGE.fullmatch(text):
        if charge[1]:
            element.insert_before(Text("^"))
    elif _LETTERED.fullmatch(text) and is_lettered(before, language):
        element.extract()
    elif power := power_of(element, text, before, last):
        sign, inner = power[1].translate(_MINUS), power[2].translate(_MINUS)
        compound = any(not (char.isalnum() or char in ".,") for char in inner) or (
            len(inner) > 1 and inner[-1].isalpha()
        )
        element.set_text(f"^({sign}{inner})" if compound else f"^{sign}{inner}")


def power_of(element: Element, text: str, before: str, last: str) -> re.Match[str] | None:
    """The sign and the rest of a power, None where a raised text is none."""
    if is_base(element, text, before, last) and (power := _POWER.fullmatch(text)):
        return power
    product = _PRODUCT.fullmatch(text)
    if product and (_BASE_OF_PRODUCT.search(before) or (product[1] and _VARIABLE_END.search(before))):
        return product
    return None


def lift_apart(element: Element, text: str, before: str, behind: str) -> None:
    """Write a raised text behind a space: a power of ten, the mark of a note behind a sentence, or what stands before a word."""
    if not text.isdecimal() and not _NOTE.fullmatch(text):
        return
    if _TEN.search(before) and not behind[:1].isalpha():
        node = element.previous_sibling
        if isinstance(node, Text):
            node.data = node.data.rstrip()
            element.insert_before(Text("^"))
    elif _SENTENCE_END.search(before) and (not behind or behind[0].isspace()):
        element.extract()


def is_price(before: str, behind: str) -> bool:
    """Whether two raised digits are the small part of a price."""
    return bool(_PRICE.search(before) or _CURRENCY.match(behind))


def is_note(element: Element, text: str, before: str) -> bool:
    """Whether a raised number or sign without a link refers to a note."""
    if not text.isdecimal() and not text[0].isdecimal():
        return not (text[0] == "*" and _VARIABLE_END.search(before)) and not (
            text[0] == "(" and is_base(element, text, before, before[-1])
        )
    if _YEAR_END.search(before):
        return True
    last = before[-1]
    if last.isdecimal() or is_base(element, text, before, last):
        return False
    return last.isalpha() or last in _SIGNS_OF_WORDS or last in ")]" or last > "\u02ff"


def is_lettered(before: str, language: str) -> bool:
    """Whether a raised letter behind this refers to a note: behind a word that ends in small letters."""
    return (
        language.split("-")[0] not in _NOT_A_NOTE
        and before[-4:].isalpha()
        and before[-2:].islower()
        and len(before) > 3
    )


def is_base(element: Element, text: str, before: str, last: str) -> bool:
    """Whether what stands before a raised text can be raised to it."""
    negative = text[0] in "-−–+"
    letter = len(text) == 1 and text.isalpha()
    if last.isdecimal():
        return not letter or text in _LETTER_POWERS
    if _VARIABLE_END.search(before) or _PRODUCT_END.search(before):
        return not letter or text in _LETTER_POWERS or is_mathematics(element)
    if negative and last.isalpha():
        return True
    if _UNIT_END.search(before) or _NAMED_END.search(before):
        return not letter
    if last in ")]":
        inner = _IN_BRACKETS.search(before)
        return inner is not None and not _WORD.search(inner[1]) and not _YEAR_END.search(inner[1])
    return is_mathematics(element) and not letter


def is_mathematics(element: Element) -> bool:
    """Whether a raised or lowered text stands behind a slanted letter or two, as variables do."""
    before = element.previous_sibling
    if isinstance(before, Element) and before.tag in ("sub", "sup"):
        before = before.previous_sibling
    return isinstance(before, Element) and before.tag in _MATHEMATICS and 0 < len(before.text.strip()) <= 2


def lower(element: Element, text: str, before: str) -> None:
    """Give the index of a variable, a logarithm or a number its sign; those of chemistry are as they stand."""
    if not before or before[-1].isspace():
        return
    if len(text) > _LONGEST:
        return
    variable = _VARIABLE_END.search(before)
    if text.isdecimal():
        small = variable and before.rstrip("′")[-1].islower()
        if (
            small
            or is_mathematics(element)
            or _LOG_END.search(before)
            or (before[-1].isdecimal() and _BASED.search(before))
        ):
            element.insert_before(Text("_"))
    elif text.isalnum() and (variable or is_mathematics(element) or _LOG_END.search(before)):
        element.insert_before(Text("_"))
    elif (variable or is_mathematics(element)) and _INDICES.fullmatch(text):
        element.set_text(f"_({text.translate(_MINUS)})")


_BASED = re.compile(r"(?:^|[\s=+(])[01]{3,}$")
_INDICES = re.compile(rf"{_TERM}(?:\s?[+\-−–,]\s?{_TERM})+")
