"""Markup -> `Walked`: a page's tree is read and freed; what is left are flat lists and what the page says of itself. Pure."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from turbohtml import Document, Element

from schemas.records import Recording
from transforms.characters import lower
from transforms.html.base import base_address
from transforms.html.directives import page_directives
from transforms.html.elements import Looks, read_looks
from transforms.html.embedded import DATA, embedded_markup
from transforms.html.guard import admit
from transforms.html.image_elements import counted, lost
from transforms.html.licence import STATING, page_licences
from transforms.html.media import read_media
from transforms.html.metadata import MARKED, About, page_about
from transforms.html.nodes import Body, Nodes, parsed, read_nodes, selected
from transforms.html.placement import Picture, read_pictures
from transforms.html.rewrite import HOLDING, write_formulas
from transforms.html.run_texts import collapse
from transforms.html.segment import segments_of
from transforms.html.shadow import FEED, SHADOW, open_shadow_roots
from transforms.html.told import Told, read_told
from transforms.invisible import visible

# Ours. A page of fewer texts and letters than these is looked at again: whether one of its menus or its data hold so many characters of
# prose, and so many times as many as it has of its own. Of prose are runs of so many characters, not more than a third of them linked.
_FEW_TEXTS, _FEW_LETTERS, _LEAST_PROSE, _TIMES, _LONG = 60, 300, 200, 3, 40
# One of these begins every menu and footer (`nodes.furniture`): a tag, or the name of an attribute, which no character reference can spell.
_MENU_SIGNS = ("<nav", "<footer", "role")


class Walked(NamedTuple):
    """A page as read from its tree, which is freed: its nodes, what attributes of its block-level elements say, its images."""

    url: str
    markup: str
    about: About
    lang: str
    directives: tuple[str, ...]
    licences: tuple[str, ...]
    base: str
    nodes: Nodes
    looks: Looks
    told: Told
    pictures: list[Picture]
    lost: dict[str, int]  # its image elements that give no reference, by rule (`image_elements`)
    media: list[Recording | None]  # of its body, as `nodes.media`; None for those that give no reference
    lost_media: dict[str, int]  # how many of the page's give none, by rule (`media`)


def walk(text: str, url: str) -> Walked:
    """Parse a page and read its tree once. Raises RecordError where the markup is beyond the limits of `admit`."""
    text = admit(text)
    if FEED.match(text):  # a feed that is served as a page shows none
        text = ""
    tree = parsed(text)
    elements = counted(tree)
    root = tree.find("html")
    lang = lower(((root.attr("lang") if root is not None else None) or "").strip())
    # A title, a base or a formula may stand where `read_nodes` takes it out.
    titles, metas, bases = map(tree.select, ("title", "meta", "base"))
    base, stating = base_address(bases, url), selected(tree, STATING)
    directives = page_directives(metas, frozenset(tree.select("template meta")), stating)
    licences = page_licences(metas, stating)
    linked = [element.text for element in stating if element.tag == "script"]
    about = page_about(title_of(titles), metas, linked, partial(selected, tree, MARKED), url)
    data = selected(tree, DATA)
    body = read_body(tree, lang)
    if letters_of(body.nodes) < _FEW_LETTERS:
        scripts = [*linked, *(element.text for element in data)]
        body, told = fuller(body, text, scripts, about.headline or about.title, lang)
        elements.update(told)
    pictures = read_pictures(body, base, len(text))
    media, lost_media = read_media(body, base)
    return Walked(
        url,
        text,
        about,
        lang,
        directives,
        licences,
        base,
        body.nodes,
        read_looks(body),
        read_told(body),
        pictures,
        lost(elements, body.images, (picture.number for picture in pictures)),
        media,
        lost_media,
    )


def read_body(tree: Document, language: str, everything: bool = False) -> Body:
    """`read_nodes`, behind the edits for which it would be too late: shadow roots and formulas stand in elements that it takes out."""
    open_shadow_roots(tree.select(SHADOW))
    write_formulas(selected(tree, HOLDING))
    return read_nodes(tree, everything, language)


def fuller(body: Body, text: str, scripts: list[str], title: str, language: str) -> tuple[Body, Mapping[str, int]]:
    """What is read of a page that shows next to nothing outside its menus and footers: one of these that was left open or holds the
    page's text, or else the text in the page's data; and the image elements that were read besides those of the page's tree."""
    small = text.lower()
    if any(sign in small for sign in _MENU_SIGNS):
        whole = read_body(parsed(text), language, everything=True)
        if all(body.nodes.blank) or is_fuller(whole.nodes, body.nodes):
            body = whole
    if markup := embedded_markup(scripts, title):
        tree = parsed(markup)
        elements = counted(tree)
        told = read_nodes(tree, language=language)
        if is_fuller(told.nodes, body.nodes):
            return told, elements
    return body, {}


def is_fuller(one: Nodes, other: Nodes) -> bool:
    """Whether a reading of a page holds its prose and another one does not."""
    most = sum(map(len, one.texts)) + len(one.texts)  # with a space that is put before each text
    return most >= _LEAST_PROSE and prose_of(one) >= max(_LEAST_PROSE, _TIMES * prose_of(other))


def prose_of(nodes: Nodes) -> int:
    """How many characters of prose a page's nodes hold."""
    page = segments_of([nodes])[0]
    sizes = np.fromiter(map(len, page.texts), np.int64, len(page.texts))
    return int(sizes[(sizes >= _LONG) & (3 * page.linked <= sizes)].sum())


def letters_of(nodes: Nodes) -> int:
    """How many characters of text a page's nodes have; where it has many texts, so many that it is not short of them."""
    if nodes.blank.count(0) >= _FEW_TEXTS:
        return 1_000_000
    return sum(len(text.strip()) for text in nodes.texts)


def title_of(titles: Sequence[Element]) -> str:
    """The text of the first title on one line, "" where there is none."""
    return collapse(visible(titles[0].text)) if titles else ""
