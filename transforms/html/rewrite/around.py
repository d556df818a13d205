"""What stands right before and behind an element in its line of text. Pure."""

from turbohtml import Element, Node, Text

_INLINES_NAMES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr nolink output q ruby s samp"
    " small span strike strong sub sup time tt u var wbr"
)
INLINES = frozenset(_INLINES_NAMES.split())
_REACH = 48  # characters that are looked at (ours)
_ENOUGH = 16  # and no more siblings behind so many
_STEPS = 6  # siblings and elements around that are looked at (ours)


def text_before(element: Element) -> str:
    """The end of the text right before an element, also outside the inline elements that it begins; "" at the start of a block."""
    return _beside(element, backwards=True)


def text_behind(element: Element) -> str:
    """The beginning of the text right behind an element, also outside the inline elements that it ends; "" at the end of a block."""
    return _beside(element, backwards=False)


def write_over(node: Text, data: str) -> None:
    """Change a text, or take it out where nothing is left: a text is never empty in a parsed tree."""
    if data:
        node.data = data
    else:
        node.extract()


def _beside(element: Element, backwards: bool) -> str:
    node: Node = element
    found = ""
    for _ in range(_STEPS):
        beside = node.previous_sibling if backwards else node.next_sibling
        if beside is None:
            around = node.parent
            if not isinstance(around, Element) or around.tag not in INLINES:
                return found
            node = around
            continue
        node = beside
        if isinstance(node, Element) and node.tag not in INLINES:
            return found
        said = node.data if isinstance(node, Text) else node.text if isinstance(node, Element) else ""
        found = said[-_REACH:] + found if backwards else found + said[:_REACH]
        if len(found) >= _ENOUGH:
            return found[-_REACH:] if backwards else found[:_REACH]
    return found


def sibling_element(element: Element, backwards: bool) -> Element | None:
    """The element right beside another, but for white space and comments."""
    node: Node | None = element.previous_sibling if backwards else element.next_sibling
    for _ in range(_STEPS):
        if node is None or isinstance(node, Element):
            return node
        if isinstance(node, Text) and node.data.strip():
            return None
        node = node.previous_sibling if backwards else node.next_sibling
    return None
