"""The tasks that are handed to the isolator's child, and the results that staging keeps."""

from pickle import PickleBuffer
from typing import NamedTuple


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


class StagedRefs(NamedTuple):
    """The images that a page shows, by column: their addresses, their caption candidates, and how many runs of text stand before each
    in main content (-1 where it stands outside)."""

    texts_before: tuple[int, ...]
    urls: tuple[tuple[str, ...], ...]
    alt: tuple[str, ...]
    figcaption: tuple[str, ...]
    title: tuple[str, ...]


class StagedPage(NamedTuple):
    """What staging keeps of a page. `document` is the compressed JSON of its parts: strings, and indexes into `refs` for images."""

    title: str
    lang: str
    lang_score: float
    text_key: bytes
    texts: int
    text_bytes: int
    measures: tuple[float, ...]
    url_measures: tuple[float, ...]
    directives: tuple[str, ...]
    document: bytes
    refs: StagedRefs
