"""What a picture's attributes, the link around it and the run of text beside it say of it. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from turbohtml import Element

from transforms.characters import EARLIER_DIGIT as DIGIT
from transforms.characters import settled
from transforms.html.captions import Said, text_of
from transforms.html.references import Attributes

_LONGEST = 4_000  # characters of an attribute that are kept until it is cleaned (ours)
_MOST_IDS = 4  # elements that one attribute of a picture names (ours)
# The kind of caption, and the names of the attributes of which the first one that is set says it: those of lightboxes and of Jetpack.
_OF_PICTURES: Mapping[str, tuple[str, ...]] = {
    "data_caption": (
        "data-caption", "data-image-caption", "data-image-description", "data-description", "data-title", "data-image-title",
    ),
    "aria_label": ("aria-label",),
}  # fmt: skip
_OF_LINKS: Mapping[str, tuple[str, ...]] = {
    "data_caption": ("data-caption", "data-sub-html", "data-title", "data-description", "data-lightbox-title"),
    "link_title": ("title", "aria-label"),
}
_BY_ID = (("aria_description", "aria-describedby"), ("aria_label", "aria-labelledby"))
_TELLING = frozenset(name for names in _OF_PICTURES.values() for name in names) | {name for _, name in _BY_ID}
_ON_LINKS = frozenset(name for names in _OF_LINKS.values() for name in names)
_HEAD = 60  # characters of it that are looked at
_BESIDE = 600  # characters of a text that names the picture beside it (ours)
_LABELS = (
    "fig(?:ure|ura|uur|\\.)?|abb(?:ildung|\\.)?|bild|foto|photo|plate|pl\\.|ill(?:ustration|\\.)?|obr(?:ázek|ázok|\\.)?|"
    "r(?:ys(?:unek)?|yc(?:ina)?)\\.?|kuva|kép|slika|şekil|resim|hình|ảnh|gambar|imag(?:e|en|em)|рис(?:унок|\\.)?|мал(?:юнок|\\.)?|фото|"
    "фиг(?:ура|\\.)?|сл(?:ика|\\.)?|εικ(?:όνα|\\.)?|σχήμα|[図图圖]|写真|그림|사진|(?:ال)?(?:شكل|صورة)|شکل|تصویر|איור|תמונה|चित्र|ছবি|চিত্র|"
    "படம்|ภาพ(?:ที่)?|รูป(?:ที่|ภาพที่)?"
)
# `Fig. 3: …`, `図3 …`: a caption, and no sentence about a picture.
_NUMBERED = re.compile(
    rf"\(?(?:{_LABELS})\s?(?:{DIGIT}{{1,3}}|[IVXLC]{{1,6}})(?:[.-]{DIGIT}{{1,3}})?[a-z]?\s?"
    r"(?:[.:：。)|–—-]\s*\S|\s(?!แสดง)(?=[\u0e00-\u0eff\u3040-\ud7ff]))",
    re.IGNORECASE,
)
_ABOVE, _BELOW = (
    re.compile(rf"\(?(?:pictured |photo |image )?(?:{words})\s?[:：)]\s*\S", re.IGNORECASE)
    for words in (
        "above|left|right|pictured|oben|links|rechts|im bild|ci-dessus|à gauche|à droite|arriba|izquierda|derecha|acima|sopra|boven|"
        "ovan|powyżej|nahoře|выше|вверху|слева|справа|на фото",
        "below|unten|ci-dessous|abajo|abaixo|sotto|onder|hieronder|nedan|poniżej|dole|ниже|внизу",
    )
)


class Named:
    """The texts of a page's elements by their id, read when they are asked for."""

    def __init__(self, elements: Sequence[Element]) -> None:
        self._elements = elements
        self._by_id: dict[str, Element] = {}
        self._texts: dict[str, str] = {}

    def text(self, name: str) -> str:
        """The text of the first element with an id, "" where there is none."""
        if not self._by_id:
            self._by_id = {element.attr("id") or "": element for element in reversed(self._elements)}
        if name not in self._texts:
            self._texts[name] = text_of(self._by_id[name]) if name in self._by_id else ""
        return self._texts[name]


def said_by_attributes(image: Attributes, link: Attributes, named: Named) -> list[Said]:
    """What a picture's attributes and those of the link around it (NONE: there is none) say of it."""
    said: list[Said] = []
    names, read = image
    if not _TELLING.isdisjoint(names):
        said += first_of(read, _OF_PICTURES)
        for kind, name in _BY_ID:
            if text := " ".join(filter(None, map(named.text, (read(name) or "").split()[:_MOST_IDS]))):
                said.append((kind, text))
    names, read = link
    if not _ON_LINKS.isdisjoint(names):
        said += first_of(read, _OF_LINKS)
    return said


def first_of(read: Callable[[str], str | None], names: Mapping[str, tuple[str, ...]]) -> Iterator[Said]:
    """For each kind the first attribute that is set."""
    for kind, attributes in names.items():
        if text := next((text for name in attributes if (text := (read(name) or "").strip())), ""):
            yield kind, text[:_LONGEST]


def said_once(said: Sequence[Said]) -> tuple[Said, ...]:
    """The first text of each kind."""
    kinds: dict[str, str] = {}
    for kind, text in said:
        kinds.setdefault(kind, text)
    return tuple(kinds.items())


def numbered_caption(texts: Sequence[str], before: int) -> str:
    """The run of text beside a picture that says it is its caption: "Fig. 3: …", "Above: …" below it, "Below: …" above it; else "".

    >>> numbered_caption(["Prose.", "Fig. 3. A boat at sea.", "More."], 1)
    'Fig. 3. A boat at sea.'
    """
    if before < len(texts) and len(text := texts[before]) <= _BESIDE:
        head = settled(text[:_HEAD])
        if _NUMBERED.match(head) or (has_mark(head) and _ABOVE.match(head)):
            return text
    below = texts[before - 1] if 0 < before <= len(texts) else ""
    return below if len(below) <= _BESIDE and has_mark(below[:_HEAD]) and _BELOW.match(below) else ""


def has_mark(head: str) -> bool:
    """Whether there is a mark of those behind "Above" and "Below", which few texts have: quicker than to look for all their words."""
    return ":" in head or ")" in head or "：" in head
