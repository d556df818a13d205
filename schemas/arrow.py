"""The columns of every table that a run writes.

A table is a tuple of columns; its Arrow schema, the `huggingface` entry that makes the `datasets` library load it typed
(docs/sources.md, "Parquet shards") and `docs/schema.md` are all made from it. Changing a column changes SCHEMA_VERSION.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas import measures

SCHEMA_VERSION = 1

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])  # what `datasets` reads as Image()

PLAIN, LABEL, PAYLOAD = "plain", "label", "payload"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `nature` guides the writer: a label repeats from row to row (a dictionary helps), a payload is long and unique (no
    dictionary, no least and greatest value in the footer), the rest is plain; so are measures, most of which are ratios
    that a dictionary makes 7 to 28 % larger. `empty` says what null means where null is allowed.
    """

    name: str
    type: pa.DataType
    meaning: str
    nature: str = PLAIN
    empty: str = ""

    def field(self) -> pa.Field:
        """The Arrow field, with meaning and nature as its metadata."""
        about = {"meaning": self.meaning, "nature": self.nature}
        return pa.field(self.name, self.type, nullable=bool(self.empty), metadata=about)


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table: its name, what a row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema; its metadata hold the features for the `datasets` library and the version."""
        features = {column.name: _feature(column.type) for column in self.columns}
        about = {
            "huggingface": json.dumps({"info": {"features": features}}),
            "triptych": json.dumps({"schema_version": SCHEMA_VERSION, "table": self.name}, sort_keys=True),
        }
        return pa.schema([column.field() for column in self.columns], metadata=about)


def _feature(type_: pa.DataType) -> dict[str, Any]:
    """A column's type in the words of the `datasets` library."""
    if type_.equals(IMAGE):
        return {"_type": "Image"}
    if pa.types.is_list(type_):
        return {"feature": _feature(type_.value_type), "_type": "List"}
    return {"dtype": {"double": "float64"}.get(str(type_), str(type_)), "_type": "Value"}


def features(schema: pa.Schema) -> dict[str, Any]:
    """The features that a schema of this file states for the `datasets` library, by column."""
    stated: dict[str, Any] = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    return stated


def _measured(base: tuple[Column, ...], *groups: tuple[measures.Measure, ...]) -> tuple[Column, ...]:
    """The base columns, then one per measure. A measure named like a base column is that column (an image's width)."""
    taken = {column.name for column in base}
    scores = (measure for group in groups for measure in group if measure.name not in taken)
    return base + tuple(
        Column(score.name, pa.float64(), f"{score.meaning} ({score.source})", empty="not measured") for score in scores
    )


_ID = Column("id", pa.string(), "key of the item: unique in its corpus, and the order of the rows")
_URL = Column("url", pa.string(), "address of the page")
_LANG = Column("lang", pa.string(), "language of the page by its own text, ISO 639; `und` where undetermined", LABEL)
_LANG_SCORE = Column("lang_score", pa.float64(), "probability of that language, 0 to 1", PLAIN, "undetermined")
_DATE = Column("date", pa.string(), "WARC-Date of the capture, ISO 8601; empty where the archive names none")
_SOURCE = Column("source", pa.string(), "archive file that holds the capture", LABEL)
_TRUNCATED = Column(
    "truncated", pa.string(), "why the archived page is cut (WARC-Truncated); empty where it is whole", LABEL
)
_DIRECTIVES = Column(
    "directives",
    pa.list_(pa.string()),
    "what page and server said about use, verbatim: `robots: noai`, `tdm-reservation: 1`",
    LABEL,
)
_OFFSET = Column("offset", pa.int64(), "byte offset of the record in that archive")

TEXT_TABLE = Table(
    "text",
    "One page's main text.",
    _measured(
        (
            _ID,
            _URL,
            Column("text", pa.string(), "main text of the page, blocks separated by a blank line", PAYLOAD),
            _LANG,
            _LANG_SCORE,
            _DATE,
            _SOURCE,
            _OFFSET,
            _TRUNCATED,
            _DIRECTIVES,
        ),
        measures.TEXT_MEASURES,
        measures.URL_MEASURES,
    ),
)

PAIRS_TABLE = Table(
    "pairs",
    "One image and its caption.",
    _measured(
        (
            _ID,
            Column("url", pa.string(), "address of the image"),
            Column("page_url", pa.string(), "address of the page that shows it", LABEL),
            Column("caption", pa.string(), "caption of the image", PAYLOAD),
            Column("caption_kind", pa.string(), "where the caption stood: alt, figcaption, title, …", LABEL),
            Column("image", IMAGE, "the image as stored: its bytes, and a name with its suffix", PAYLOAD),
            Column("width", pa.int32(), "width of the stored image in pixels", LABEL),
            Column("height", pa.int32(), "height of the stored image in pixels", LABEL),
            Column("original_width", pa.int32(), "width of the archived image in pixels", LABEL),
            Column("original_height", pa.int32(), "height of the archived image in pixels", LABEL),
            Column("format", pa.string(), "jpeg, png, webp or gif", LABEL),
            Column("sha256", pa.string(), "SHA-256 of the image's bytes as archived, 64 hex digits"),
            Column(
                "phash",
                pa.uint64(),
                "64-bit perceptual hash of the decoded image by imagehash.phash, most significant bit first",
            ),
            Column("source", pa.string(), "archive file that holds the image", LABEL),
            Column("offset", pa.int64(), "byte offset of the image's record in that archive"),
            _LANG,
            _LANG_SCORE,
            _DIRECTIVES,
        ),
        measures.CAPTION_MEASURES,
        measures.IMAGE_MEASURES,
        measures.URL_MEASURES,
    ),
)

INTERLEAVED_TABLE = Table(
    "interleaved",
    "One page as a sequence of texts and images in their places (the OBELICS shape).",
    _measured(
        (
            _ID,
            _URL,
            _LANG,
            _LANG_SCORE,
            Column(
                "texts",
                pa.list_(pa.string()),
                "text at each place of the sequence, null where an image stands",
                PAYLOAD,
            ),
            Column("images", pa.list_(IMAGE), "image at each place of the sequence, null where a text stands", PAYLOAD),
            Column(
                "metadata",
                pa.string(),
                "JSON list aligned with `images`: null, or url, alt, width, height, format, sha256 (hex), phash (hex)",
                PAYLOAD,
            ),
            Column("general_metadata", pa.string(), "JSON object about the page as a whole", PAYLOAD),
            _DATE,
            _SOURCE,
            _OFFSET,
            _TRUNCATED,
            _DIRECTIVES,
        ),
        measures.TEXT_MEASURES,
        measures.DOCUMENT_MEASURES,
        measures.URL_MEASURES,
    ),
)

DROPPED_TABLE = Table(
    "dropped",
    "One item that a rule dropped, or that another item stands for.",
    (
        Column("corpus", pa.string(), "corpus that the item was a candidate for", LABEL),
        Column("id", pa.string(), "key of the item"),
        Column("url", pa.string(), "address of the page or image"),
        Column("source", pa.string(), "archive file that holds it", LABEL),
        Column("stage", pa.string(), "stage at which it left", LABEL),
        Column("rule", pa.string(), "rule that dropped it, or the key by which it is a duplicate", LABEL),
        Column("value", pa.float64(), "value that the rule judged", LABEL, "the rule judges no number"),
        Column("of", pa.string(), "id of the item that stands for a duplicate", PLAIN, "no duplicate"),
    ),
)

FAILED_TABLE = Table(
    "failed",
    "One item to which a fault happened.",
    (
        Column("corpus", pa.string(), "corpus that the item was a candidate for", LABEL),
        Column("id", pa.string(), "key of the item; empty where it has none yet"),
        Column("url", pa.string(), "address of the page or image; empty where unknown"),
        Column("source", pa.string(), "archive file that holds it", LABEL),
        Column("offset", pa.int64(), "byte offset of the record in that archive; -1 where unknown"),
        Column("stage", pa.string(), "stage at which it happened", LABEL),
        Column("fault", pa.string(), "what happened, a word of `schemas.outcomes.Fault`", LABEL),
        Column("detail", pa.string(), "what was seen, at most 500 characters"),
    ),
)

TABLES = (TEXT_TABLE, PAIRS_TABLE, INTERLEAVED_TABLE, DROPPED_TABLE, FAILED_TABLE)
TEXT, PAIRS, INTERLEAVED, DROPPED, FAILED = (table.schema() for table in TABLES)
SCHEMAS: Mapping[str, pa.Schema] = {table.name: table.schema() for table in TABLES}


def record_batch(schema: pa.Schema, columns: Mapping[str, Sequence[Any]]) -> pa.RecordBatch:
    """A batch from columns by name; a nullable column that is not given is null throughout.

    Raises ValueError where a name is unknown, a required column is missing or holds a null, lengths differ, or texts and
    images do not interlace; a value of a wrong type raises what pyarrow raises. All are errors of the caller.
    """
    if unknown := columns.keys() - set(schema.names):
        raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
    if len({len(values) for values in columns.values()}) != 1:
        raise ValueError(f"columns of unequal length: { {name: len(values) for name, values in columns.items()} }")
    length = len(next(iter(columns.values())))
    arrays = [_array(field, columns.get(field.name), length) for field in schema]
    for texts, images in zip(columns.get("texts", ()), columns.get("images", ()), strict=True):
        if fault := interlace_fault(texts, images):
            raise ValueError(fault)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def record_batch_of_rows(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.RecordBatch:
    """A batch from rows by name; a nullable column that a row lacks is null. Raises as `record_batch`."""
    rows = list(rows)
    names = set(schema.names).union(*rows)
    return record_batch(schema, {name: [row.get(name) for row in rows] for name in sorted(names)})


def _array(field: pa.Field, values: Sequence[Any] | None, length: int) -> pa.Array:
    array = pa.nulls(length, field.type) if values is None else pa.array(values, type=field.type)
    if array.null_count and not field.nullable:
        raise ValueError(f"column {field.name} must not be null")
    return array


def interlace_fault(texts: Sequence[str | None], images: Sequence[Any]) -> str:
    """What is wrong with a document's two lists, or "": equal lengths, and exactly one side set in each place.

    >>> interlace_fault(["a", None], [None, "00.jpg"]), interlace_fault(["a"], ["00.jpg"])
    ('', 'place 0 holds both a text and an image')
    """
    if len(texts) != len(images):
        return f"{len(texts)} texts beside {len(images)} images"
    for place, (text, image) in enumerate(zip(texts, images, strict=True)):
        if (text is None) == (image is None):
            what = "neither a text nor an image" if text is None else "both a text and an image"
            return f"place {place} holds {what}"
    return ""
