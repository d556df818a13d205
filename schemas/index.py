"""The columns of staging: index rows about pages, references to media and media, and the rows that decide exchanges.

An index row says where a payload lies and what was measured; it is never the payload.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from schemas.measures import IMAGE_MEASURES, LANGUAGE_MEASURES, PEER_MEASURES, TEXT_MEASURES, URL_MEASURES, Measure
from schemas.records import BlockKind

KEY = pa.binary(16)  # a 128-bit digest: at 10^10 items the chance of one false equal is 10^-19

# What a unit holds beside its measures. Raised by whoever changes what main content, a key or a staged document is.
EXTRACTION_VERSION = 18
# How a unit's file is laid out: 2 has its tables in parts, 3 the addresses that lead to others, 4 the pieces of its texts, 5 what
# redirects say about use, 6 what a crawl says of addresses that it could not fetch.
LAYOUT_VERSION = 6

PAGE_MEASURES = (*TEXT_MEASURES, *PEER_MEASURES, *URL_MEASURES)  # of every page, by the name of their columns

# How many blocks of text of each kind main content has, so that a corpus of tables or code knows its pages without their documents.
KIND_COUNTS: Mapping[BlockKind, str] = {
    kind: f"{kind.value}_blocks" for kind in BlockKind if kind is not BlockKind.IMAGE
}

PAGES = pa.schema(
    [
        pa.field("id", KEY),
        pa.field("url", pa.string()),
        pa.field("url_key", KEY),
        pa.field("date", pa.string()),
        pa.field("span", pa.int32()),  # which of the unit's spans holds the capture
        pa.field("offset", pa.int64()),
        pa.field("title", pa.string()),  # this and the next three by the page's own word, "" where it has none
        pa.field("author", pa.string()),
        pa.field("published", pa.string()),
        pa.field("site", pa.string()),
        pa.field("truncated", pa.string()),
        pa.field(
            "listed", pa.bool_()
        ),  # no page, but what a list says of an image; its language is that of its captions
        pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float64()),
        pa.field("text_key", KEY),
        # By which near duplicates of its text are found (`transforms.dedup.signature`): the keys of its bands, 8 bytes each, the least
        # first; a byte of each place; and of how many n-grams. Of a text without words, and where a recipe asks for none: "", "" and 0.
        pa.field("bands", pa.binary()),
        pa.field("signature", pa.binary()),
        pa.field("shingles", pa.int32()),
        # What its text shares with the tasks of a run (`transforms.dedup.task_texts`): how many n-grams, of which items by name, those with
        # most of them first, and in which items of its document.
        pa.field("task_grams", pa.int32()),
        pa.field("task_items", pa.list_(pa.string())),
        pa.field("task_blocks", pa.list_(pa.int32())),
        pa.field("texts", pa.int32()),  # runs of text between the images of its main content
        pa.field("text_bytes", pa.int64()),
        pa.field("outline", pa.list_(pa.int32())),  # of its document, by which it is cut: `transforms.cut`
        *(pa.field(name, pa.int32()) for name in KIND_COUNTS.values()),
        pa.field("directives", pa.string()),  # one a line, cut to what a row may hold
        pa.field("signals", pa.int64()),  # what they say uncut: opt-outs, a bit each in the order of SIGNALS
        pa.field("license", pa.string()),  # statements of its licence, one a line
        pa.field("doc_offset", pa.int64()),  # of the staging file
        pa.field("doc_length", pa.int64()),
        *(pa.field(measure.name, pa.float64()) for measure in PAGE_MEASURES),
    ]
)

# References of pages to media. The keys of their addresses lie beside them, 16 bytes an address in the order of `urls`.
REFS = pa.schema(
    [
        pa.field("page", pa.int32()),  # row of the unit's pages
        pa.field("ordinal", pa.int32()),  # place among the page's references
        pa.field("kind", pa.string()),  # a MediaKind
        pa.field("texts_before", pa.int32()),  # runs of text before it in main content; -1 where it stands outside
        pa.field("urls", pa.list_(pa.string())),
        pa.field("alt", pa.string()),
        pa.field("figcaption", pa.string()),
        pa.field("title", pa.string()),
        pa.field(
            "others", pa.list_(pa.string())
        ),  # further texts that could caption it, `kind: text`, and its `credit: text`
    ]
)

# What is stored of a decoded image, as numbers of a fixed width. A measure that is `decoded` is a fact of its own name.
FORMATS = (
    "",
    "jpeg",
    "png",
    "webp",
    "gif",
    "avif",
    "bmp",
    "tiff",
    "ico",
)  # stored by place; "" is no image that could be decoded
IMAGE_FACTS: Mapping[str, str] = {
    "format": "u1",
    "width": "<i4",
    "height": "<i4",
    "size": "<i8",
    "spread": "<i4",
    "sha256": "V32",
    "phash": "<u8",
    "fine": "V32",  # 256 bits more of that hash: `transforms.image.phash.hashes`
    "colours": "V32",  # of the cells of a grid: `transforms.image.likeness`
    "orientation": "u1",  # of its EXIF, 1 where it has none; of avif and tiff always 1
    "taken": "<i8",  # YYYYMMDDhhmmss by its EXIF, 0 where it says nothing
    "sealed": "u1",  # 1 where it holds metadata that cannot be taken out of the file
    **{measure.name: "<f8" for measure in IMAGE_MEASURES if measure.decoded},
}
MOST_FORMS = 2  # in which an image is encoded anew, one a corpus

# How a medium came under an address: it was captured there, or is what a redirect or a revisit from there names.
VIA_ITSELF, VIA_REDIRECT, VIA_REVISIT = 0, 1, 2

# Of several media of one address the one of the least rank is found: one that is captured there before one that an alias leads to, those of
# the given archives before those that were fetched, decoded ones before others, and last of all why nothing could be fetched.
RANK_ALIAS, RANK_FETCHED, RANK_UNDECODED, RANK_REASON = 1, 2, 4, 8

# A medium: what a lookup join finds for a reference.
MEDIA = np.dtype(
    [
        ("high", "<u8"),  # the two halves of the key of its address
        ("low", "<u8"),
        ("rank", "<i8"),
        ("id_high", "<u8"),
        ("id_low", "<u8"),
        ("unit", "<i4"),
        ("row", "<i4"),  # among the media of its unit; of its batch once units are put together
        ("span", "<i4"),
        ("offset", "<i8"),  # of its capture
        ("place", "u1"),  # where its payload lies: PLACE_*
        ("via", "u1"),  # VIA_*; not of itself it is no medium of its batch, and `row` is -1
        ("at", "<i8"),
        ("length", "<i8"),
        # Where its forms lie in the staging file, and how long they are; 0 where it has none.
        ("form_at", "<i8", MOST_FORMS),
        ("form_length", "<i8", MOST_FORMS),
        ("signals", "<u8"),  # opt-outs of its own response, a bit each in the order of SIGNALS
        # Of an address that a crawl brought no image from: why, and the HTTP status of its last answer (0: none came). Else "" and 0.
        ("reason", "S24"),
        ("status", "<i4"),
        *IMAGE_FACTS.items(),
    ]
)
PROBE = np.dtype([("high", "<u8"), ("low", "<u8")])  # the key of an address that a reference names

# An address that leads to another: of a redirect, or of a revisit of what was captured elsewhere. Of one address the newest counts.
ALIAS = np.dtype(
    [
        ("high", "<u8"),  # the two halves of the key of its address
        ("low", "<u8"),
        ("rank", "<i8"),
        ("id_high", "<u8"),
        ("id_low", "<u8"),
        ("to_high", "<u8"),  # and of the address that it leads to
        ("to_low", "<u8"),
        ("via", "u1"),
        ("signals", "<u8"),  # opt-outs of its own response, a bit each in the order of SIGNALS
    ]
)

# A policy file of a site: what is found for the origin of a page or image. Of one kind the first counts: the newest, then the least id.
POLICY_KINDS = ("robots.txt", "tdmrep.json", "ai.txt")  # stored by place
POLICY = np.dtype(
    [
        ("high", "<u8"),  # the two halves of the key of its origin
        ("low", "<u8"),
        ("rank", "<i8"),
        ("id_high", "<u8"),
        ("id_low", "<u8"),
        ("kind", "u1"),
        ("unit", "<i4"),
        ("at", "<i8"),  # where its bytes lie in the staging file of that unit
        ("length", "<i8"),
    ]
)

PLACE_ARCHIVE = 0  # a record of the archive itself, entered at `at`
PLACE_STAGED = 1  # the staging file: copied once, since the archive cannot be entered in the middle
PLACE_FORM = 2  # the staging file: encoded anew

# An item that could be a duplicate: of equal keys the least (rank, id, ordinal) stays.
CANDIDATE = np.dtype(
    [
        ("high", "<u8"),
        ("low", "<u8"),
        ("corpus", "u1"),
        ("rank", "<i8"),
        ("id_high", "<u8"),
        ("id_low", "<u8"),
        ("ordinal", "<i4"),  # -1 where the item is the page itself
        ("row", "<i4"),  # among the batch's candidates
    ]
)
LOSER = np.dtype([("row", "<i4"), ("id_high", "<u8"), ("id_low", "<u8"), ("ordinal", "<i4")])  # and who stays for it
# A duplicate and its keeper: the item, known as a key is (`high` and `low` are the halves of its page's id), and who stays for it; `of_old`
# says that this is an item of an earlier run, whose id may be that of another item of this one.
ITEM = np.dtype([("high", "<u8"), ("low", "<u8"), ("corpus", "u1"), ("ordinal", "<i4")])
LOSS = np.dtype([*ITEM.descr, ("of_high", "<u8"), ("of_low", "<u8"), ("of_ordinal", "<i4"), ("of_old", "u1")])

# What stands with a key and is counted over a run (`transforms.dedup.uses`): of a picture its pages and hosts, of a text its pictures.
USE_KINDS = ("image_documents", "image_hosts", "caption_uses")  # measures that are `counted`, by their place
USE = np.dtype([("kind", "u1"), ("high", "<u8"), ("low", "<u8"), ("value", "<u8")])
USED = np.dtype([("kind", "u1"), ("high", "<u8"), ("low", "<u8"), ("count", "<i8")])


# A piece of a page's text: a line or a paragraph of a block of its document (`transforms.dedup.pieces`).
PIECE = np.dtype(
    [
        ("key", "<u8"),  # of its folded text
        ("block", "<u4"),  # its place among the items of the document
        (
            "line",
            "<u4",
        ),  # of a block of several, from 1; 0 where the block is one line; PARAGRAPH for all lines of such a block
        ("sentences", "<u2"),  # as C4 counts them, 0 where its line rules drop it; of both no more than MOST_SIZE
        ("characters", "<u2"),  # of the folded text
    ]
)
PARAGRAPH = 2**32 - 1
MOST_SIZE = 2**16 - 1
# And of a page how many lines and paragraphs its text has in all, and how many rows of PIECE.
PAGE_PIECES = np.dtype([("lines", "<u4"), ("paragraphs", "<u4"), ("pieces", "<u4")])

# A copy of a piece on its way to where its copies are counted (`transforms.dedup.repeats`), and what is told of those that are too many.
COPY = np.dtype([("high", "<u8"), ("value", "<u8"), ("place", "<u8")])
STAYING = np.dtype([("high", "<u8"), ("value", "<u8")])


def staged_versions() -> dict[str, int]:
    """What each measure of staging was measured by: its name and declared version, and the extraction under a name of its own."""
    decoded: tuple[Measure, ...] = tuple(measure for measure in IMAGE_MEASURES if measure.decoded)
    found = {measure.name: measure.version for measure in (*LANGUAGE_MEASURES, *PAGE_MEASURES, *decoded)}
    return {"extraction": EXTRACTION_VERSION, **found}


def schema_digest() -> str:
    """SHA-256 (hex) of the layout and columns of staging, so that no old column is read as a new one."""
    text = "\n".join(
        [
            *(str(LAYOUT_VERSION), str(PAGES), str(REFS), str(MEDIA.descr), str(POLICY.descr), str(ALIAS.descr)),
            *(str(PIECE.descr), str(PAGE_PIECES.descr)),
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()
