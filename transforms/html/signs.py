"""Signs that are no words, and words that styling tells: note marks, permalinks, raised numbers, readings, quotation marks. Edits the tree.

Each is looked for only on a page that has its tag, or a link into itself, so that other pages pay nothing.
"""

import re
from collections.abc import Iterable, Sequence

from turbohtml import Element, Node, Text

RARE = frozenset(("sup", "sub", "rt", "rp", "rtc", "q", "dt"))
HIDDEN_ADDRESS = "/cdn-cgi/l/email-protection"  # where a network hides mail addresses
_EMOJI = re.compile("[\U0001f1e6-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f]{1,12}")
_SIGN = re.compile(r"^[\[(]?\s*(?:[#¶§^↩↑⤴🔗*†‡\ufe0e\ufe0f]+|\d{1,3}|[a-z])\s*[\])]?$")
_TOP = re.compile(r"^[\[(↑⇧^]?\s*(?:back to (?:the )?top|return to (?:the )?top|top)\s*[\])↑⇧^]?$", re.IGNORECASE)
_POWER = re.compile(r"^[+\-−–]?\d{1,4}$|^[+\-−–]?[nmkxi]$")
_NOTE = re.compile(r"^[\[(]?(?:\d{1,3}|[*†‡])[\])]?$")
_NUMBER_END = re.compile(r"\d[\d.,]*$")
_YEAR_END = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d$")
_UNIT_END = re.compile(r"(?:^|[\s\d/·(])(?:[kcmdµμn]?m|ft|in|yd|mi|s|h|L|l|kg|g)$")
_VARIABLE_END = re.compile(r"(?:^|[^\w])[A-Za-zα-ωΑ-Ω]$|[)\]]$")
_QUOTES = {
    "de": "„“‚‘", "fr": "«»“”", "ru": "«»„“", "uk": "«»„“", "es": "«»“”", "it": "«»“”", "pl": "„”«»", "cs": "„“‚‘", "ja": "「」『』",
    "zh": "“”‘’", "sv": "””’’", "fi": "””’’", "hu": "„”»«", "el": "«»“”", "tr": "“”‘’", "nl": "“”‘’", "da": "»«›‹",
}  # fmt: skip
_ENGLISH = "“”‘’"


def write_signs(elements: Sequence[Element], language: str) -> bool:
    """Edit what stands in elements of RARE tags; `language` is the page's. Returns whether elements went."""
    gone = 0
    for element in elements:
        if element.parent is None:
            continue
        if element.tag in ("rt", "rp", "rtc") or is_note_mark(element):
            element.decompose()
            gone += 1
        elif element.tag == "dt":
            part_types(element)
        elif element.tag == "q":
            quote(element, language)
        else:
            raise_or_lower(element)
    return gone > 0


def drop_signs(links: Iterable[Element]) -> bool:
    """Take out links into the page itself that are signs alone: permalinks of headings, note marks and the ways back, ways to the top.

    Returns whether one went.
    """
    gone = 0
    for link in links:
        text = " ".join(link.text.split())
        if link.parent is not None and (_TOP.match(text) or is_sign(link, text)):
            whole = link.parent if is_alone(link) else link
            whole.decompose()
            gone += 1
    return gone > 0


def is_sign(link: Element, text: str) -> bool:
    """Whether a link's text is a mark: any sign; a number or letter only in brackets or raised."""
    if not _SIGN.match(text) or link.select_one("img") is not None:
        return False
    raised = (isinstance(link.parent, Element) and link.parent.tag == "sup") or link.select_one("sup") is not None
    return raised or (text[0] in "[(" and text[-1] in "])") or not text[0].isalnum()


def is_alone(link: Element) -> bool:
    """Whether a link is all that a raised element holds."""
    around = link.parent
    return isinstance(around, Element) and around.tag == "sup" and around.text.strip() == link.text.strip()


def raise_or_lower(element: Element) -> None:
    """Give a raised or lowered text the sign without which it would change a number."""
    text, before = element.text.strip(), text_before(element)
    if element.tag == "sub":
        if text.isalnum() and _VARIABLE_END.search(before) and not text.isdecimal():
            element.insert_before(Text("_"))
    elif _POWER.match(text) and any(end.search(before) for end in (_NUMBER_END, _VARIABLE_END, _UNIT_END)):
        element.insert_before(Text("^"))


def is_note_mark(element: Element) -> bool:
    """Whether a raised number or sign refers to a note: behind a word, a year or the end of a sentence; not behind a unit or a variable."""
    if element.tag != "sup":
        return False
    text, before = element.text.strip(), text_before(element)
    if not before or not _NOTE.match(text):
        return False
    if not text.isdecimal() or _YEAR_END.search(before):
        return True
    last = before[-1]
    if last.isdecimal() or _UNIT_END.search(before) or _VARIABLE_END.search(before):
        return False
    return last.isalpha() or last in ".,;:!?”\"'’»"


def part_types(term: Element) -> None:
    """Put a colon between the name and the type of a parameter, which style sheets of API documents part."""
    for kind in term.select(".classifier"):
        if not text_before(kind).rstrip().endswith(":"):
            kind.insert_before(Text(" : "))


def show_address(link: Element) -> None:
    """Put the mail address that a link hides (its first byte is the key of the others) in the place of "[email protected]"."""
    for element in (link, *link.select("[data-cfemail]")):
        try:
            hidden = bytes.fromhex(element.attr("data-cfemail") or "")
        except ValueError:  # no such bytes: what stands there stays
            continue
        if len(hidden) > 1:
            element.text = bytes(byte ^ hidden[0] for byte in hidden[1:]).decode("utf-8", "replace")


def stands_for_text(image: Element) -> bool:
    """Whether a picture is an emoji, or stands between two words that would be glued without it."""
    if is_emoji(image.attr("alt") or ""):
        return True
    before, after = image.previous_sibling, image.next_sibling
    return (
        isinstance(before, Text) and isinstance(after, Text) and before.data[-1:].isalnum() and after.data[:1].isalnum()
    )


def write_picture(image: Element) -> None:
    """Put what a picture stands for beside it: its emoji, or a space."""
    alt = image.attr("alt") or ""
    image.insert_after(Text(alt if is_emoji(alt) else " "))


def is_emoji(alt: str) -> bool:
    """Whether a picture's text is an emoji, which the picture stands for.

    >>> is_emoji("🙂"), is_emoji("harbour")
    (True, False)
    """
    return bool(alt) and _EMOJI.fullmatch(alt) is not None


def text_before(element: Element) -> str:
    """The end of the text right before an element."""
    node: Node | None = element.previous_sibling
    if isinstance(node, Element):
        return node.text[-24:]
    return node.data[-24:] if isinstance(node, Text) else ""


def quote(element: Element, language: str) -> None:
    """Put the quotation marks that a browser shows into a <q>, unless the text has some."""
    text = element.text.strip()
    if not text or text[0] in "\"'“„«‚‘「『”»":
        return
    around = next(
        (e.attr("lang") for e in (element, *element.ancestors) if isinstance(e, Element) and e.attr("lang")), language
    )
    marks = _QUOTES.get((around or "").lower().split("-")[0], _ENGLISH)
    at = 2 if element.closest("q q") is not None else 0
    element.insert(0, Text(marks[at]))
    element.append(Text(marks[at + 1]))
