"""The tasks that are handed to the isolator's child, and the results that staging keeps."""

from collections.abc import Mapping
from pickle import PickleBuffer
from typing import Any, NamedTuple


class PageTask(NamedTuple):
    """A page to take apart. `plain` says that the body is text already (a WET record)."""

    url: str
    body: bytes
    charset: str
    headers: tuple[tuple[str, str], ...]
    plain: bool

    def __reduce__(self) -> tuple[type["PageTask"], tuple[object, ...]]:
        """Pickle with the body outside, so that it is not copied on its way to the child."""
        return PageTask, (self.url, PickleBuffer(self.body), self.charset, self.headers, self.plain)


class ImageTask(NamedTuple):
    """An image to measure."""

    body: bytes

    def __reduce__(self) -> tuple[type["ImageTask"], tuple[object, ...]]:
        """Pickle with the body outside, as `PageTask` does."""
        return ImageTask, (PickleBuffer(self.body),)


class ListedTask(NamedTuple):
    """What a list says of an image, as `transforms.listed` writes it."""

    url: str
    body: bytes


class StagedRefs(NamedTuple):
    """The media that a page shows, by column: their addresses, their caption candidates (`others` as `kind: text`), and how many
    runs of text stand before each in main content (-1 where it stands outside)."""

    kind: tuple[str, ...]
    texts_before: tuple[int, ...]
    urls: tuple[tuple[str, ...], ...]
    alt: tuple[str, ...]
    figcaption: tuple[str, ...]
    title: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


class StagedPieces(NamedTuple):
    """How many lines and paragraphs the text of a page has, and those that can repeat elsewhere, as rows of `schemas.index.PIECE`."""

    lines: int
    paragraphs: int
    rows: bytes


class StagedPage(NamedTuple):
    """What staging keeps of a page. `facts` are columns of `schemas.index.PAGES` by name, all measures among them.

    `document` is the compressed form of its kept blocks (see `transforms.document`).
    """

    facts: Mapping[str, Any]
    document: bytes
    refs: StagedRefs
    lost_images: Mapping[str, int]  # how many image elements give no reference, by the rule that says why
    media: int  # how much audio and video the document refers to
    lost_media: Mapping[str, int]  # and how many more the page has, by the rule that says why
    pieces: StagedPieces


class StagedImage(NamedTuple):
    """What staging keeps of an image: the facts of `schemas.index.IMAGE_FACTS` by name, its format as a word; and its file in each form
    that the recipe asks for, empty where it has none."""

    facts: Mapping[str, Any]
    forms: tuple[bytes, ...] = ()
