"""The table of the interleaved corpus, and what its selections say of an image. Pure data."""

import pyarrow as pa

from pipeline.corpora.media import MEDIA
from pipeline.corpora.published import SHOWN_FACTS
from pipeline.corpora.unit_rows import PLACE
from schemas.measures import DOCUMENT_MEASURES, NOTICE_MEASURES, PEER_MEASURES, TEXT_MEASURES, URL_MEASURES
from schemas.tables import (
    ABOUT,
    CAPTURED,
    CLUSTERED,
    ID,
    IMAGE,
    LABEL,
    LANG,
    LANG_SCORE,
    PAYLOAD,
    TASKS,
    URL,
    Column,
    Table,
    measured,
)

TABLE = Table(
    "interleaved",
    "One page as a sequence of texts and images in their places (the OBELICS shape).",
    measured(
        (
            ID,
            Column("part", pa.int32(), "which of the parts that its page was cut into, from 1"),
            Column(
                "parts",
                pa.int32(),
                "how many parts its page was cut into, those included that are no documents; 1: it is the whole page. The id of a part is "
                "that of the page and, behind a dash, its number; measures of text are the page's",
                LABEL,
            ),
            URL,
            *ABOUT,
            LANG,
            LANG_SCORE,
            Column(
                "texts",
                pa.list_(pa.string()),
                "text at each place of the sequence, as Markdown or plain (`interleaved.form`), null where an image stands",
                PAYLOAD,
            ),
            Column("images", pa.list_(IMAGE), "image at each place of the sequence, null where a text stands", PAYLOAD),
            Column(
                "metadata",
                pa.string(),
                "JSON list aligned with `images`: null, or id (that of the same image's pair), url, alt, width, height and format of what "
                "is stored, original_width, original_height, original_format, size in bytes, taken and sha256 (hex) of what was archived, "
                "phash (hex), image_documents and image_hosts as in `pairs` (null where no rule bounds them)",
                PAYLOAD,
            ),
            MEDIA,
            Column("general_metadata", pa.string(), "JSON object about the page as a whole", PAYLOAD),
            *CLUSTERED,
            TASKS,
            *CAPTURED,
        ),
        TEXT_MEASURES,
        PEER_MEASURES,
        DOCUMENT_MEASURES,
        NOTICE_MEASURES,
        URL_MEASURES,
    ),
)
NAMES = TABLE.names
KEPT_IMAGE = pa.struct(
    [
        pa.field("ordinal", pa.int32()),
        pa.field("item", pa.int32()),  # its place among the items of the document; -1 where no document is cut
        pa.field("url", pa.string()),
        pa.field("alt", pa.string()),
        pa.field("image_documents", pa.int64()),
        pa.field("image_hosts", pa.int64()),
        *SHOWN_FACTS,
        *PLACE,
        pa.field("weight", pa.int64()),
    ]
)
