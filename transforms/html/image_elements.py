"""Accounts for the image elements of a page: each gives a reference, or a rule says why not. Pure.

They are counted in the tree as it was parsed, before anything is taken out of it. Of those without a reference a page knows how many there
are by rule, not which: an empty `<img>` has nothing to tell, and a page can hold a hundred thousand.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from turbohtml import Document, Element

from transforms.html.references import TAGS, attributes

NO_ADDRESS = "no_address"  # it names nothing that could be its image: scripts fill it in
INLINE = "inline_image"  # its picture stands in the page itself, as `data:`
UNUSABLE = "unusable_address"  # what it names is no http(s) address
REPEATED = "repeated_image"  # the copy of the image before it, for readers without scripts
UNSEEN = "unseen_image"  # it stands in what shows nothing (a template, an `object`), or a formula stands for it
OF_PICTURE = "source_of_picture"  # its addresses are among those of its picture's image
OF_MEDIA = "source_of_media"  # of audio or video
SVG = "svg_image"  # a bitmap inside a drawing
_SOURCE, _SVG = "source", "image"


def counted(tree: Document) -> Counter[str]:
    """The image elements of a page by tag; sources by the rule for them."""
    found = Counter({tag: len(tree.select(tag)) for tag in (*TAGS, _SVG)})
    found.update(map(_source_rule, tree.select(_SOURCE)))
    return found


def _source_rule(source: Element) -> str:
    parent = source.parent
    return OF_PICTURE if isinstance(parent, Element) and parent.tag == "picture" else OF_MEDIA


def lost(counts: Mapping[str, int], images: Sequence[Element], referring: Iterable[int]) -> dict[str, int]:
    """By rule, how many image elements of a page give no reference.

    `images` are those that were read, `referring` the numbers of those that give one.
    """
    rules = Counter(map(rule_of, without(images, frozenset(referring))))
    parsed = sum(counts[tag] for tag in TAGS)
    rules[UNSEEN] = max(0, parsed - len(images))
    rules[SVG] = counts[_SVG]
    rules.update({rule: counts[rule] for rule in (OF_PICTURE, OF_MEDIA)})
    return {rule: count for rule, count in sorted(rules.items()) if count}


def with_repeated(lost_images: Mapping[str, int], count: int) -> dict[str, int]:
    """The same counts with that of the images that repeat the one before them."""
    return {**lost_images, REPEATED: count} if count else dict(lost_images)


def without(images: Sequence[Element], referring: frozenset[int]) -> Iterable[Element]:
    """The images that give no reference."""
    return (element for number, element in enumerate(images) if number not in referring)


def rule_of(element: Element) -> str:
    """Why an image gives no reference."""
    names, read = attributes(element)
    source = (read("src") or "").strip()
    if source[:5].lower() == "data:":
        return INLINE
    return UNUSABLE if source or ("srcset" in names and (read("srcset") or "").strip()) else NO_ADDRESS
