"""Words that styling or a script changes for a reader: readings, quotation marks, types, addresses. Edits the tree."""

import re
from collections.abc import Iterable

from turbohtml import Element, Text

from transforms.html.rewrite.around import INLINES, text_before, text_behind, write_over

HIDDEN_ADDRESS = "/cdn-cgi/l/email-protection"  # where a network hides mail addresses
_HIDDEN = re.compile(r"\[[^\[\]]{5,40}\]")  # "[email protected]", in any language
_HEX = re.compile(r"(?:[0-9a-f]{2}){4,200}", re.IGNORECASE)
# The outer and inner marks by language, and where its regions differ.
_QUOTES = {
    "ar": "”“’‘", "be": "«»„“", "bg": "„“’‘", "bs": "„”’‘", "ca": "«»“”", "cs": "„“‚‘", "da": "»«›‹", "de": "„“‚‘", "de-ch": "«»‹›",
    "de-li": "«»‹›", "el": "«»“”", "es": "«»“”", "et": "„“«»", "eu": "«»“”", "fa": "«»‹›", "fi": "””’’", "fr": "«»“”", "he": "””’’",
    "hr": "„“‚‘", "hu": "„”»«", "hy": "«»“”", "is": "„“‚‘", "it": "«»“”", "ja": "「」『』", "ka": "„“«»", "lt": "„“‚‘", "mk": "„“‚‘",
    "nb": "«»‘’", "nn": "«»‘’", "no": "«»‘’", "pl": "„”«»", "ro": "„”«»", "ru": "«»„“", "sk": "„“‚‘", "sl": "„“‚‘", "sq": "«»“”",
    "sr": "„“‚‘", "sv": "””’’", "uk": "«»„“", "yue": "「」『』", "zh-hant": "「」『』", "zh-hk": "「」『』", "zh-mo": "「」『』",
    "zh-tw": "「」『』",
}  # fmt: skip
_ENGLISH = "“”‘’"
_OPENING = "\"'“„«‚‘「『”»‹›"
_CONTAINERS = ("p", "div", "section", "blockquote", "article")
_TYPES = ".classifier, span.type, em.type, code.type, .param-type, .paramtype, .datatype"


def drop_readings(elements: Iterable[Element]) -> None:
    """Take out readings, and the white space that markup puts between the characters of one word."""
    rubies: dict[int, Element] = {}
    for element in elements:
        ruby = element.closest("ruby")
        if ruby is not None:
            rubies[id(ruby)] = ruby
        if element.parent is not None:
            element.extract()
    for ruby in rubies.values():
        for child in ruby.children:
            for text in (child, *child.children) if isinstance(child, Element) else (child,):
                if isinstance(text, Text) and (text.data[:1].isspace() or text.data[-1:].isspace()):
                    bare = text.data.strip()
                    if not bare or max(bare) >= "\u2e80":
                        write_over(text, bare)


def quote(element: Element, language: str) -> None:
    """Put the quotation marks that a browser shows into a <q>, unless the text has some."""
    first_said = next(filter(None, map(str.strip, element.strings)), "")
    if not first_said or first_said[0] in _OPENING or text_before(element)[-1:] in tuple(_OPENING):
        return
    around = next(
        (e.attr("lang") for e in (element, *element.ancestors) if isinstance(e, Element) and e.attr("lang")), language
    )
    marks = marks_of((around or "").lower().replace("_", "-"))
    at = 2 if element.closest("q q") is not None else 0
    first = last = element
    while (inner := only_block(first, 0)) is not None:
        first = inner
    while (inner := only_block(last, -1)) is not None:
        last = inner
    first.insert(0, Text(marks[at]))
    last.append(Text(marks[at + 1]))


def marks_of(language: str) -> str:
    """The quotation marks of a language.

    >>> marks_of("de-AT".lower()), marks_of("zh-hant-hk"), marks_of("")
    ('„“‚‘', '「」『』', '“”‘’')
    """
    parts = language.split("-")
    for size in range(len(parts), 0, -1):
        if (marks := _QUOTES.get("-".join(parts[:size]))) is not None:
            return marks
    return _ENGLISH


def only_block(element: Element, place: int) -> Element | None:
    """The block that an element begins (place 0) or ends (place -1) with."""
    children = [child for child in element.children if not (isinstance(child, Text) and not child.data.strip())]
    child = children[place] if children else None
    return child if isinstance(child, Element) and child.tag in _CONTAINERS else None


def part_types(term: Element) -> None:
    """Put a colon between the name and the type of a parameter in a <dt>, which style sheets of API documents part."""
    for kind in term.select(_TYPES):
        before = text_before(kind)
        if not before.strip() or before.rstrip()[-1] in ":=([,<|.":
            continue
        if kind.has_class("classifier") or not before[-1].isspace():
            kind.insert_before(Text(": " if before[-1].isspace() else " : "))


def show_address(element: Element) -> bool:
    """Put the mail address that a link or a span hides in the place of "[email protected]"; whether there was one."""
    hidden = element.attr("data-cfemail")
    if hidden is None and HIDDEN_ADDRESS + "#" in (address := element.attr("href") or ""):
        if not _HIDDEN.fullmatch(" ".join(element.text.split())) or element.select_one("[data-cfemail]") is not None:
            return False
        hidden = address.rpartition("#")[2]
    said = decoded(hidden) if hidden is not None else ""
    if said:
        element.set_text(said)
    return bool(said)


def decoded(hidden: str) -> str:
    """A hidden address: its first byte is the key of the others; "" where that gives no text.

    >>> decoded("2a4b6a48044f52")
    'a@b.ex'
    """
    if not _HEX.fullmatch(hidden):
        return ""
    key, *letters = bytes.fromhex(hidden)
    said = bytes(letter ^ key for letter in letters).decode("utf-8", "replace")
    return said if said.isprintable() else ""


def part_neighbours(image: Element) -> bool:
    """Whether a picture stands between two words that would be glued without it; never in scripts without spaces."""
    node = image
    # Most pictures begin their block, or stand behind a space.
    while (beside := node.previous_sibling) is None:
        around = node.parent
        if not isinstance(around, Element) or around.tag not in INLINES:
            return False
        node = around
    if isinstance(beside, Text) and not beside.data[-1:].isalnum():
        return False
    before = text_before(image)[-1:]
    return before.isalnum() and is_spaced(before) and (behind := text_behind(image)[:1]).isalnum() and is_spaced(behind)


def is_spaced(letter: str) -> bool:
    """Whether a letter is of a script that has spaces between words."""
    return (
        letter < "\u0e00"
        or "\u0f00" <= letter < "\u1000"
        or "\u10a0" <= letter < "\u1780"
        or "\uac00" <= letter <= "\ud7af"
    )
