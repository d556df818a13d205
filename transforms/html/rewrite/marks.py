"""Links and signs that are no words: marks of notes and the ways back, permalinks of headings, ways to the top, icons. Edits the tree."""

import re
from collections.abc import Iterable

from turbohtml import Element, Text

from transforms.html.rewrite.around import text_before, text_behind, write_over
from transforms.html.rewrite.phrases import is_way_back, is_way_up, leads_to_heading

# Parts of classes for which elements are looked at.
NOTE_CLASSES = ("ootnote", "ref", "backlink", "editsection")
PERMALINK_CLASSES = ("anchor", "headerlink", "permalink", "hash-link")
ICON_CLASSES = ("icon", "fa", "glyph", "symbols")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "legend", "caption"))
_LEVELS = 4  # elements around a link that are looked at (ours)
_ICON = "\ue000-\uf8ff"  # private use, where icon fonts have their pictures
_SIGN = re.compile(
    rf"[\[(]?\s*(?:[#¶§^↩↑⤴⏎↵⇑⬆🔗⚓*†‡∞{_ICON}\ufe0e\ufe0f\u200b]+(?:\s?\d{{1,2}})?|\d{{1,3}}|[a-z])\s*[\])]?"
)
_BARE_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]+|[a-z]|[ivx]{1,4})[\])]?")
_NOTE_ADDRESS = re.compile(
    r"#(?:user-content-)?_?(?:ftn|fn|footnote|endnote|edn|note|cite_note|sdfootnote|en)[-_:.]?\w{0,12}$", re.IGNORECASE
)
_BACK = ("backref", "backlink", "footnote-back", "reversefootnote")
_LIGATURE = re.compile(r"[a-z0-9_]{2,40}")
_LIGATURES = ("material-icons", "material-symbols", "mat-icon")
_ONLY_ICONS = re.compile(rf"[{_ICON}\s\ufe0e\ufe0f\u200b]+")


def drop_links(links: Iterable[tuple[Element, str]]) -> int:
    """Take out links that are signs alone, of those with a fragment in their address, which is given with each; how many."""
    dropped = 0
    for link, address in links:
        if link.parent is None:
            continue
        text = " ".join(link.text.split())
        if (
            is_sign(link, text, address)
            or leads_back(link, text)
            or is_way_up(text, address)
            or is_way_back(text, address)
            or (in_longer_heading(link) and (leads_to_heading(text) or hides_its_words(link)))
        ):
            drop(link)
            dropped += 1
    return dropped


def is_sign(link: Element, text: str, address: str) -> bool:
    """Whether a link's text is a mark: any sign; a number or letter only in brackets, raised, or where link and address say so."""
    if not text or not _SIGN.fullmatch(text) or link.select_one("img") is not None:
        return False
    if text[0] in "[(" and text[-1] in "])":
        return True
    if not text[0].isalnum():
        return address.startswith("#") or not text.startswith(("*", "†", "‡"))
    if link.select_one("sup") is not None or (isinstance(link.parent, Element) and link.parent.tag == "sup"):
        return True
    return is_noted(link) or (_NOTE_ADDRESS.search(address) is not None and text_before(link)[-1:].strip() != "")


def is_noted(link: Element) -> bool:
    """Whether a link's role or class says that it refers to a note."""
    role = link.attr("role") or link.attr("epub:type") or ""
    classes = (link.attr("class") or "").lower()
    return "noteref" in role or any(word in classes for word in ("footnote", "noteref", "fnref", "fn-ref"))


def leads_back(link: Element, text: str) -> bool:
    """Whether a link's class or role says that it leads from a note back to the text."""
    if len(text) > 40:
        return False
    classes, role = link.attr("class"), link.attr("role")
    said = role == "doc-backlink" or (classes is not None and any(word in classes for word in _BACK))
    return said and not in_heading(link)  # a heading that leads to a table of contents is one


def hides_its_words(link: Element) -> bool:
    """Whether a link's words are for screen readers alone."""
    return (
        link.attr("aria-hidden") == "true"
        or link.select_one(".sr-only, .visually-hidden, .screen-reader-text") is not None
    )


def in_heading(element: Element) -> bool:
    """Whether an element stands in a heading or a term."""
    around = element.parent
    for _ in range(_LEVELS):
        if not isinstance(around, Element):
            return False
        if around.tag in _HEADINGS:
            return True
        around = around.parent
    return False


def in_longer_heading(element: Element) -> bool:
    """Whether an element is a part, not the whole, of a heading or a term."""
    return in_heading(element) and bool(text_before(element).strip() or text_behind(element).strip())


def drop(link: Element) -> None:
    """Take a link out, and what was around it alone: the raised element it stood in, brackets."""
    around = link.parent
    whole = (
        around
        if isinstance(around, Element) and around.tag == "sup" and around.text.strip() == link.text.strip()
        else link
    )
    before, behind = whole.previous_sibling, whole.next_sibling
    if isinstance(before, Text) and isinstance(behind, Text):
        opened, closed = before.data.rstrip(), behind.data.lstrip()
        if opened[-1:] + closed[:1] in ("[]", "()"):
            write_over(before, opened[:-1])
            write_over(behind, closed[1:])
    whole.extract()


def is_note(element: Element) -> bool:
    """Whether an element that a class of NOTE_CLASSES names is the mark of a note, a way back or a link for editors."""
    classes = (element.attr("class") or "").lower()
    if "editsection" in classes:
        return True
    if element.tag not in ("span", "button"):
        return False
    text = " ".join(element.text.split())
    if any(word in classes for word in _BACK):
        return len(text) <= 40 and not in_heading(element)
    if not _BARE_NOTE.fullmatch(text):
        return False
    bracketed = text[0] in "[(" or not text[0].isalnum()
    return (bracketed or is_noted(element)) and bool(text_before(element).strip())


def is_permalink(element: Element) -> bool:
    """Whether an element that a class of PERMALINK_CLASSES names is a sign or words for screen readers in a heading."""
    if element.tag not in ("a", "span", "button", "small", "i", "svg"):
        return False
    text = " ".join(element.text.split())
    sign = bool(text) and _SIGN.fullmatch(text) is not None and not text[0].isalnum()
    return (sign or leads_to_heading(text) or hides_its_words(element)) and in_longer_heading(element)


def drop_icons(elements: Iterable[Element]) -> None:
    """Take out the characters and names for which icon fonts show pictures."""
    for element in elements:
        if element.parent is None or not len(element):
            continue
        children = element.children
        if len(children) == 1 and isinstance(node := children[0], Text):
            text = node.data.strip()
            classes = element.attr("class") or ""
            named = any(word in classes for word in _LIGATURES) and _LIGATURE.fullmatch(text)
            if named or (text and _ONLY_ICONS.fullmatch(text)):
                node.extract()
