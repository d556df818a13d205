"""The records of one capture: the capture itself or its damage, the page with its blocks and images, the facts of an image."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Capture:
    """One record of a web archive with its payload decoded (transfer and content codings undone, each under a cap).

    `offset` and `length` are bytes of the archive file: the record's own gzip member or its span in a plain file. Where the
    file cannot be entered there (one gzip over the whole, zstd), `seekable` is false and `offset` counts decompressed bytes.
    """

    kind: str  # WARC-Type: response, resource, conversion, revisit, request, metadata, warcinfo, …
    url: str  # WARC-Target-URI without angle brackets; "" where the record names none
    date: str  # WARC-Date as given (ISO 8601); "" where there is none
    offset: int
    length: int
    seekable: bool
    status: int  # HTTP status; 0 where the payload is no HTTP message
    media_type: str  # declared, lower case, without parameters; "" where none is declared
    charset: str  # declared in the Content-Type header; "" where none is
    headers: tuple[tuple[str, str], ...]  # HTTP headers as sent
    body: bytes
    truncated: str  # WARC-Truncated, or the codec's own word for a body that ends early; "" where whole
    within: int = (
        0  # bytes of `offset` that lie inside a member: two members of several records may share an `offset`, not both
    )
    refers_to: str = ""  # WARC-Refers-To-Target-URI of a revisit: the address whose capture it repeats
    said: tuple[
        str, ...
    ] = ()  # what files of its site said about its use when a crawl of ours fetched it, as the record's head has it


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in an archive that could not be read: where it begins, how many bytes were skipped, and why.

    `records` is 1 where a record is known to be lost, and 0 for bytes of unknown origin between records.
    """

    offset: int
    skipped: int
    fault: str  # a Fault value
    detail: str
    url: str = ""
    records: int = 0
    source: str = ""  # the name of the file that tells of it, where that is another one, as a column holds it


class Told(NamedTuple):
    """An item that an input names and does not hold, since whoever made the input had left it out: why, by its own word.

    `offset` is the item's place in the file `source`, which tells of it.
    """

    offset: int
    url: str
    source: str
    rule: str
    detail: str


class BlockKind(StrEnum):
    """What a block of a page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUOTE = "quote"
    CAPTION = "caption"
    IMAGE = "image"


class ContainerKind(StrEnum):
    """What can stand around blocks of text and shows in Markdown."""

    LIST = "list"
    ITEM = "item"
    TERM = "term"
    DEFINITION = "definition"
    QUOTE = "quote"
    TABLE = "table"
    ROW = "row"
    CELL = "cell"
    CODE = "code"


class Container(NamedTuple):
    """Something around kept blocks; `parent` indexes the containers of the page or document, those around come first (-1: none).

    `mark` is what an item begins with ("- ", "2. "), or the language of code. `cells` of a row whose cells do not follow from its block's
    text has a value for each column: the characters of the next cell of that text, or what stands there because another cell spans it.
    `cells` of a cell is its column alone; its row's block is all blocks of its cells.
    """

    kind: ContainerKind
    parent: int = -1
    mark: str = ""
    cells: tuple[int | str, ...] = ()


class Block(NamedTuple):
    """One piece of a page in document order: a run of text between block-level tags, or an image.

    `level` is a heading's rank (1 to 6) or a list item's depth (1 and up), else 0. `score` is the extractor's probability that the
    block is main content. `image` indexes `Page.images`, or is -1 for text. `container` indexes `Page.containers`; it is -1 where none is
    around, and for what is not kept.
    """

    kind: BlockKind
    text: str
    level: int = 0
    score: float = 1.0
    kept: bool = True
    image: int = -1
    container: int = -1


class MediaKind(StrEnum):
    """What a reference asks for; images alone are looked up."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


class MediaRef(NamedTuple):
    """A reference to a medium on a page: every address that could supply it, best first, and every text that could caption it.

    `urls` are absolute http(s) addresses resolved by the URL standard against the page's base. `width` and `height` are what the
    page declares in pixels, 0 where it does not. `kept` says whether the image stands in main content. `others` are further texts,
    each with its kind: one of `schemas.recipe.CAPTION_KINDS`, or `credit`, which says whose the image is.
    """

    urls: tuple[str, ...]
    alt: str = ""
    title: str = ""
    figcaption: str = ""
    width: int = 0
    height: int = 0
    kept: bool = True
    kind: MediaKind = MediaKind.IMAGE
    others: tuple[tuple[str, str], ...] = ()


class Source(NamedTuple):
    """An address of a medium, and its type as the page declares it ("" where it does not)."""

    url: str
    type: str


class Track(NamedTuple):
    """A file of timed text beside a medium: `kind` is subtitles, captions, descriptions, chapters or metadata."""

    url: str
    kind: str
    lang: str
    label: str


class Recording(NamedTuple):
    """Audio or video that a page refers to; its bytes are not looked up. What the page does not say is "".

    `sources` are its addresses, the page's own choice first; one of type text/html is that of a player. `caption` is its figure's,
    `transcript` the address of a link beside it. `place` is that of the block or item before which it stands.
    """

    kind: MediaKind
    sources: tuple[Source, ...]
    poster: str = ""
    title: str = ""
    caption: str = ""
    tracks: tuple[Track, ...] = ()
    transcript: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page after its one parse: blocks in document order with their decision, and its images."""

    url: str
    title: str  # its headline as it is shown, else what its metadata or its title element call it
    language: str  # <html lang>, lower case; "" where not declared
    directives: tuple[str, ...]  # "robots: noindex", "tdm-reservation: 1": what the page's meta tags say, uncut
    blocks: tuple[Block, ...]
    images: tuple[MediaRef, ...]
    licences: tuple[str, ...] = ()  # statements of its licence, verbatim
    containers: tuple[Container, ...] = ()  # what stands around kept blocks
    author: str = ""  # by the page's own metadata; so are the next two
    published: str = ""  # a day, YYYY-MM-DD
    site: str = ""
    lost_images: Mapping[str, int] = field(
        default_factory=dict
    )  # how many image elements give no reference, by the rule that says why
    media: tuple[Recording, ...] = ()  # audio and video of main content; `place` indexes the blocks
    lost_media: Mapping[str, int] = field(default_factory=dict)  # and how many others there are, by rule
