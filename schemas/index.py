"""The columns of staging: index rows about pages, image references and images, and the messages that decide exchanges.

An index row says where a payload lies and what was measured; it is never the payload.
"""

import pyarrow as pa

from schemas.measures import TEXT_MEASURES, URL_MEASURES

STAGING_VERSION = 1  # raised when a stored number or its meaning changes, so that old staging is not decided over

KEY = pa.binary(16)  # a 128-bit digest: at 10^10 items the chance of one false equal is 10^-19

_MEASURED = [pa.field(m.name, pa.float64()) for m in (*TEXT_MEASURES, *URL_MEASURES)]

PAGES = pa.schema(
    [
        pa.field("id", KEY),
        pa.field("url", pa.string()),
        pa.field("url_key", KEY),
        pa.field("date", pa.string()),
        pa.field("offset", pa.int64()),
        pa.field("title", pa.string()),
        pa.field("truncated", pa.string()),
        pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float64()),
        pa.field("text_key", KEY),
        pa.field("texts", pa.int32()),  # runs of text between the images of its main content
        pa.field("text_bytes", pa.int64()),
        pa.field("directives", pa.string()),  # one a line
        pa.field("doc_offset", pa.int64()),  # of the unit's documents file
        pa.field("doc_length", pa.int64()),
        *_MEASURED,
    ]
)

REFS = pa.schema(
    [
        pa.field("page", pa.int32()),  # row of the unit's pages
        pa.field("ordinal", pa.int32()),  # place among the page's images
        pa.field("texts_before", pa.int32()),  # runs of text before it in main content; -1 where it stands outside
        pa.field("urls", pa.list_(pa.string())),
        pa.field("keys", pa.list_(KEY)),
        pa.field("alt", pa.string()),
        pa.field("figcaption", pa.string()),
        pa.field("title", pa.string()),
    ]
)

FACTS = [
    pa.field("format", pa.string()),  # "" where the image could not be decoded
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("size", pa.int64()),
    pa.field("spread", pa.int32()),
    pa.field("sha256", pa.binary(32)),
    pa.field("phash", pa.uint64()),
]

IMAGES = pa.schema(
    [
        pa.field("id", KEY),
        pa.field("url", pa.string()),
        pa.field("url_key", KEY),
        pa.field("offset", pa.int64()),
        pa.field("directives", pa.string()),
        pa.field("place", pa.int8()),  # where the payload lies: PLACE_*
        pa.field("at", pa.int64()),  # offset of the payload in that place
        pa.field("length", pa.int64()),
        *FACTS,
    ]
)

PLACE_ARCHIVE = 0  # a record of the archive itself, entered at `at`
PLACE_STAGED = 1  # the unit's images file: copied once, since the archive cannot be entered in the middle

# What a lot asks and offers about images, and what it is told.
OFFER = pa.schema(
    [
        pa.field("key", KEY),
        pa.field("rank", pa.int64()),
        pa.field("id", KEY),
        pa.field("lot", pa.int32()),
        pa.field("unit", pa.int32()),
        pa.field("offset", pa.int64()),
        pa.field("directives", pa.string()),
        pa.field("place", pa.int8()),
        pa.field("at", pa.int64()),
        pa.field("length", pa.int64()),
        *FACTS,
    ]
)
ASK = pa.schema([pa.field("key", KEY), pa.field("lot", pa.int32())])
ANSWER = pa.schema([field for field in OFFER if field.name not in ("rank", "lot")])

# What a lot claims in a round of duplicates, and what it is told when another item keeps the key.
CLAIM = pa.schema(
    [
        pa.field("corpus", pa.int8()),  # index into CORPORA
        pa.field("key", KEY),
        pa.field("rank", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("lot", pa.int32()),
    ]
)
LOSS = pa.schema([pa.field("corpus", pa.int8()), pa.field("key", KEY), pa.field("of", pa.string())])
