"""A page's tree edited so that its text is what a reader sees, before it is read: formulas, marks of notes, raised numbers, code, emoji.

Such things are rare. `rewrite` looks for each kind by what is at hand, tags, addresses of links and classes, and a page without any pays
for those looks alone. Formulas stand in elements that are taken out first, so they have their own function.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import compress, count
from typing import NamedTuple

from turbohtml import Element

from transforms.html.classes import holding
from transforms.html.rewrite import code_lines, marks, words
from transforms.html.rewrite.formulas import CONTAINER_CLASSES, HOLDING, write_containers, write_formulas
from transforms.html.rewrite.pictures import texts_of_pictures, write_picture
from transforms.html.rewrite.raised import raise_or_lower

__all__ = ["HOLDING", "RARE", "TELLING", "Rare", "rewrite", "write_formulas"]

RARE = ("sup", "sub", "rt", "rp", "rtc", "q", "dt", "pre", "code", "tt", "samp", "kbd")
# Tags whose elements' classes are looked at.
TELLING = ("span", "div", "i", "td", "pre", "code", "ol", "p", "button")
_BROKEN = ("code", "tt", "samp", "kbd")
_READINGS = ("rt", "rp", "rtc")
_MAIL = "__cf_email__"
# Parts of classes; the last are looked for on pages with code alone.
_ANYWHERE = (
    CONTAINER_CLASSES,
    (_MAIL,),
    marks.NOTE_CLASSES,
    marks.PERMALINK_CLASSES,
    marks.ICON_CLASSES,
    code_lines.CODE_CLASSES,
)
_IN_CODE = (code_lines.GUTTER_CLASSES, code_lines.COPY_CLASSES, code_lines.LINE_CLASSES)


class Rare(NamedTuple):
    """What a page has that may be edited, in document order.

    `addresses` are those of `links`; `tagged` are elements of tags in RARE. `classes` are those of all `elements`, `together` the distinct
    ones in one text (`transforms.html.classes`); `telling` says which elements have a tag in TELLING or an unknown one.
    """

    links: Sequence[Element]
    addresses: list[str | None]
    pictures: Sequence[Element]
    tagged: Sequence[Element]
    elements: Sequence[Element]
    classes: Sequence[str | None]
    together: str
    telling: bytes


def by_classes(rare: Rare, with_code: bool) -> list[list[Element]]:
    """For each of _ANYWHERE and _IN_CODE the telling elements with one of its parts in their class."""
    everything = rare.together
    kinds = (*_ANYWHERE, *_IN_CODE) if with_code or code_lines.CRAYON in everything else _ANYWHERE
    wanted: dict[str | None, list[int]] = {}
    for kind, parts in enumerate(kinds):
        for said in {everything[place] for part in parts if part in everything for place in holding(everything, part)}:
            wanted.setdefault(said, []).append(kind)
    found: list[list[Element]] = [[] for _ in (*_ANYWHERE, *_IN_CODE)]
    for number in compress(count(), map(wanted.__contains__, rare.classes)):
        if rare.telling[number]:
            for kind in wanted[rare.classes[number]]:
                found[kind].append(rare.elements[number])
    return found


def rewrite(rare: Rare, language: str) -> bool:
    """Edit the tree of a page; whether elements may have gone or come. `language` is the page's."""
    tagged: dict[str, list[Element]] = {}
    for element in rare.tagged:
        tagged.setdefault(element.tag, []).append(element)
    listings = tagged.get("pre", ())
    containers, mail, notes, permalinks, icons, blocks, gutters, copies, lines = by_classes(
        rare, "pre" in tagged or "code" in tagged
    )
    changed = write_containers(containers)
    for image, said in texts_of_pictures(rare.pictures):
        write_picture(image, said)
    inside = [(link, to) for link, to in zip(rare.links, rare.addresses, strict=True) if to and "#" in to]
    mail.extend(link for link, to in zip(rare.links, rare.addresses, strict=True) if to and words.HIDDEN_ADDRESS in to)
    changed += sum(map(words.show_address, mail))
    changed += code_lines.write_numbered_rows(gutters)
    changed += take_out(gutters, code_lines.is_gutter)
    if listings:  # lines whose numbers are links to them
        changed += take_out([link for link, _ in inside], code_lines.is_gutter)
    changed += take_out(listings, code_lines.is_number_cell)
    changed += take_out(code_lines.uncopied(listings), code_lines.is_numbers)
    changed += take_out(copies, code_lines.is_copy_button)
    changed += code_lines.write_papers(blocks)
    changed += code_lines.write_rows(blocks)
    changed += code_lines.write_lines(lines)
    for tag in _BROKEN:
        changed += code_lines.write_breaks(tagged.get(tag, ()))
    changed += code_lines.write_blocks(blocks)
    for element in (*tagged.get("sup", ()), *tagged.get("sub", ())):
        changed += raise_or_lower(element, language)
    marks.drop_icons(icons)
    changed += take_out(notes, marks.is_note)
    changed += marks.drop_links(inside)
    changed += take_out(permalinks, marks.is_permalink)
    readings = [element for tag in _READINGS for element in tagged.get(tag, ())]
    words.drop_readings(readings)
    for element in tagged.get("q", ()):
        words.quote(element, language)
    for element in tagged.get("dt", ()):
        words.part_types(element)
    return changed > 0 or bool(readings)


def take_out(elements: Iterable[Element], goes: Callable[[Element], bool]) -> int:
    """Take the elements out of the tree that go, one after the other; how many."""
    gone = 0
    for element in elements:
        if element.parent is not None and goes(element):
            element.extract()
            gone += 1
    return gone
