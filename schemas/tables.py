"""What a table of a run is made of: columns, those that several tables share, and the tables of what did not make it.

A table is a tuple of columns; its Arrow schema, the `huggingface` entry that makes the `datasets` library load it typed
(docs/sources.md, "Parquet shards") and `docs/schema.md` are all made from it. Changing a column changes SCHEMA_VERSION.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from schemas import measures

SCHEMA_VERSION = 5

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

    def types(self) -> dict[str, str]:
        """Each column's type as text, in order."""
        return {column.name: str(column.type) for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cache  # noqa: B019 - tables are few and live as long as the program
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


def measured(base: tuple[Column, ...], *groups: tuple[measures.Measure, ...]) -> tuple[Column, ...]:
    """The base columns, then one per measure. A measure named like a base column is that column (an image's width)."""
    taken = {column.name for column in base}
    scores = (measure for group in groups for measure in group if measure.name not in taken)
    return base + tuple(
        Column(score.name, pa.float64(), f"{score.meaning} ({score.source})", empty="not measured") for score in scores
    )


ID = Column("id", pa.string(), "key of the item: unique in its corpus, and the order of the rows")
URL = Column("url", pa.string(), "address of the page")
TITLE = Column(
    "title",
    pa.string(),
    "title of the page: its headline as it is shown, else what its metadata call it, else its title element; empty where it has none",
)
AUTHOR = Column(
    "author",
    pa.string(),
    "author as the page's own metadata name it (JSON-LD, meta tags, microdata, rel=author); empty where they name none",
    LABEL,
)
PUBLISHED = Column(
    "published",
    pa.string(),
    "day of publication as the page states it, YYYY-MM-DD (JSON-LD, meta tags, `time`, a date in its address or beside its headline); "
    "empty where it states none",
    LABEL,
)
SITE = Column(
    "site", pa.string(), "name of the site as the page's own metadata have it; empty where they name none", LABEL
)
ABOUT = (TITLE, AUTHOR, PUBLISHED, SITE)
LANG = Column("lang", pa.string(), "language of the page by its own text, ISO 639; `und` where undetermined", LABEL)
LANG_SCORE = Column("lang_score", pa.float64(), "probability of that language, 0 to 1", PLAIN, "undetermined")
DATE = Column("date", pa.string(), "WARC-Date of the capture, ISO 8601; empty where the archive names none")
SOURCE = Column("source", pa.string(), "archive file that holds the capture", LABEL)
TRUNCATED = Column(
    "truncated", pa.string(), "why the archived page is cut (WARC-Truncated); empty where it is whole", LABEL
)
DIRECTIVES = Column(
    "directives",
    pa.list_(pa.string()),
    "what page and server said about use, verbatim: `robots: noai`, `tdm-reservation: 1`; behind it what files of the site say about it: "
    "`robots.txt: gptbot: disallow: /`, `tdmrep.json: /: tdm-reservation: 1`, `ai.txt: *: disallow: *.jpg`",
    LABEL,
)
LICENSE = Column(
    "license",
    pa.string(),
    "what page and server state about its licence, verbatim, one a line: rel=license links, meta tags, JSON-LD, Creative Commons "
    "links; empty where nothing is stated",
    LABEL,
)
OFFSET = Column("offset", pa.int64(), "byte offset of the record in that archive")
CAPTURED = (
    DATE,
    SOURCE,
    OFFSET,
    TRUNCATED,
    DIRECTIVES,
    LICENSE,
)  # of the page's capture, and what was said about its use

# What near duplicates say of an item that stays.
CLUSTER, CLUSTER_SIZE, CLUSTER_SIMILARITY = "cluster", "cluster_size", "cluster_similarity"
CLUSTERED = (
    Column(
        CLUSTER,
        pa.string(),
        "id of the document that stands for those that hang together with this one by near duplicates: its own where it is that one",
        LABEL,
        "nothing is like it, or the recipe did not look",
    ),
    Column(
        CLUSTER_SIZE,
        pa.int32(),
        "how many documents hang together with it, itself included, those that left included; 1: nothing is like it",
        LABEL,
        "the recipe did not look",
    ),
    Column(
        CLUSTER_SIMILARITY,
        pa.float64(),
        "estimate of how alike it is to that document (Jaccard, of n-grams of words): 1 where it is that one; else below the recipe's "
        "bound, or it would have left",
        PLAIN,
        "as for `cluster`",
    ),
)

# What an item that stays shares with the tasks that a run was given.
TASKS = Column(
    "tasks",
    pa.list_(pa.string()),
    "items of tasks (`--tasks`) of which it has a text or a picture, as TASK/ITEM: those that its text shares most with first, 50 at most, "
    "then those of its images",
    LABEL,
    "the run was given no tasks",
)

# The account of the image elements of pages. Those of a page that leave by one rule share a row of `dropped`: a page can hold a hundred
# thousand empty ones, which have nothing to tell but their number.
IMAGE_ELEMENTS = "image_elements"
MEDIA_ELEMENTS = "media_elements"  # that of their audio and video, likewise

_PIECES = "_pieces"


def pieces_account(corpus: str) -> str:
    """The account of the lines or paragraphs of a corpus of texts."""
    return f"{corpus}{_PIECES}"


_BLOCKS = "_blocks"


def blocks_account(corpus: str) -> str:
    """The account of the blocks of texts of a corpus, some of which are cut out since they stand in a task."""
    return f"{corpus}{_BLOCKS}"


def counts_many(corpus: str) -> bool:
    """Whether a row of `dropped` stands for all of a page that left by its rule, and says in `value` how many."""
    return corpus in (IMAGE_ELEMENTS, MEDIA_ELEMENTS) or corpus.endswith((_PIECES, _BLOCKS))


DROPPED_TABLE = Table(
    "dropped",
    "One item that a rule dropped, or that another item stands for; of `image_elements`, `media_elements` and the pieces and blocks of "
    "texts (`text_pieces`, `text_blocks`) all of a page that a rule dropped.",
    (
        Column("corpus", pa.string(), "corpus that the item was a candidate for", LABEL),
        Column("id", pa.string(), "key of the item"),
        Column("url", pa.string(), "address of the page or image"),
        Column("source", pa.string(), "archive file that holds it", LABEL),
        Column("stage", pa.string(), "stage at which it left", LABEL),
        Column("rule", pa.string(), "rule that dropped it, or the key by which it is a duplicate", LABEL),
        Column(
            "value",
            pa.float64(),
            "value that the rule judged; of `image_elements`, `media_elements`, pieces and blocks how many of the page left; of near "
            "duplicates of texts the estimate of how alike they are (0 to 1), of pictures in how many of 256 bits they differ; of "
            "`image_not_fetched` the HTTP status of the last answer; of "
            "`task_text` and `task_caption` how many n-grams stand in a task, of `task_image` in how many of 256 bits the picture differs",
            LABEL,
            "the rule judges no number",
        ),
        Column(
            "of",
            pa.string(),
            "id of the item that stands for a duplicate, itself no duplicate: it is kept, or has a row of its own that says how it left "
            "by chance or by a rule on parts after the duplicates; where it was cut into parts, their ids begin with it; `forgotten` where "
            "that one was taken down later; with `--against` it may be an item of an earlier run, as that one decided",
            PLAIN,
            "no duplicate",
        ),
        Column(
            "detail",
            pa.string(),
            "what the rule found: of `task_text`, `task_caption` and `task_image` the item of a task that is most like it, as TASK/ITEM; "
            "of `image_not_fetched` why, a `reason` of a crawl or `not_an_image`; of `fetches` what was seen",
            PLAIN,
            "the rule says no more than its value",
        ),
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
        Column(
            "fault",
            pa.string(),
            "what happened, a word of `schemas.outcomes.Fault`; of `fetches` the `reason` of a crawl",
            LABEL,
        ),
        Column("detail", pa.string(), "what was seen, at most 500 characters"),
    ),
)

DROPPED, FAILED = DROPPED_TABLE.schema(), FAILED_TABLE.schema()


def lines(text: str) -> list[str]:
    """The directives of a text that holds one a line.

    >>> lines("robots: noai\\ntdm-reservation: 1"), lines("")
    (['robots: noai', 'tdm-reservation: 1'], [])
    """
    return [line for line in text.split("\n") if line]


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
