"""What a page shows that is not where its tree has it: the content of declarative shadow roots. And what shows no page: feeds."""

import re
from collections.abc import Iterable

from turbohtml import Element, Node

SHADOW = "template[shadowrootmode]"
# The root of an RSS, RDF or Atom feed behind what may stand before it: a declaration, style sheets, comments.
FEED = re.compile(
    r"[\s\ufeff]{0,100}(?:<\?[^>]{0,500}>\s{0,20}|<!--[^>]{0,500}-->\s{0,20}){0,8}"
    r"<(?:rss[\s>]|rdf:RDF[\s>]|feed\s[^>]{0,500}http://www\.w3\.org/2005/Atom)"
)


def open_shadow_roots(elements: Iterable[Element]) -> None:
    """Put the content of each shadow root among `elements` where its template stands, as a browser shows it; what its host holds goes
    into its slots, or stays behind it where there is none."""
    for template in elements:
        host = template.parent
        if template.tag != "template" or template.attr("shadowrootmode") is None or not isinstance(host, Element):
            continue
        light = [child for child in host.children if child is not template]
        for fragment in list(template.children):
            for child in list(getattr(fragment, "children", ())):
                template.insert_before(child)
        template.extract()
        fill_slots(host, light)


def fill_slots(host: Element, light: Iterable[Node]) -> None:
    """Put the children of a host into the slots of its shadow root that they name, or into the one without a name."""
    slots = {slot.attr("name") or "": slot for slot in reversed(host.select("slot"))}
    filled: set[str] = set()
    for child in light if slots else ():
        name = (child.attr("slot") or "") if isinstance(child, Element) else ""
        if name in slots:
            if name not in filled:
                slots[name].clear()
                filled.add(name)
            slots[name].append(child)
