"""The columns: one spelling, types that survive a round trip, and features that the `datasets` library takes."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import measures, tables
from tests.support import small_run
from tests.support.tables import SCHEMAS

# The columns that outside tools rely on, in their order: to drop or rename one breaks a promise.
PROMISED = {
    "text": "id url text lang lang_score date source offset",
    "pairs": "id url page_url caption image width height original_width original_height sha256 phash source offset",
    "interleaved": "texts images metadata id url lang source offset",
    "dropped": "corpus id url source stage rule value of",
    "failed": "corpus id url source offset stage fault detail",
}
SCORES = {
    "text": (measures.TEXT_MEASURES, measures.PEER_MEASURES, measures.URL_MEASURES),
    "pairs": (measures.CAPTION_MEASURES, measures.IMAGE_MEASURES, measures.IMAGE_USE_MEASURES, measures.URL_MEASURES),
    "interleaved": (measures.TEXT_MEASURES, measures.PEER_MEASURES, measures.DOCUMENT_MEASURES, measures.URL_MEASURES),
}


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_are_there(table: str) -> None:
    """Every column that the design promises to tools stands in its table."""
    assert set(PROMISED[table].split()) <= set(SCHEMAS[table].names)


@pytest.mark.parametrize("table", SCHEMAS)
def test_no_column_stands_twice(table: str) -> None:
    """No two columns of a table share a name, whatever the measures are called."""
    names = SCHEMAS[table].names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("table", SCORES)
def test_every_measure_has_a_column(table: str) -> None:
    """Each measure of a corpus is a column: a nullable float of its own, or the column that has its name already."""
    schema = SCHEMAS[table]
    for measure in (measure for group in SCORES[table] for measure in group):
        field = schema.field(measure.name)
        assert pa.types.is_floating(field.type) or pa.types.is_integer(field.type)


def test_types_that_tools_rely_on() -> None:
    """The perceptual hash is unsigned, images are what `datasets` reads as images, and lists hold them."""
    assert SCHEMAS["pairs"].field("phash").type == pa.uint64()
    assert SCHEMAS["pairs"].field("image").type == pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    assert SCHEMAS["interleaved"].field("images").type == pa.list_(tables.IMAGE)
    assert tables.features(SCHEMAS["pairs"])["image"] == {"_type": "Image"}
    assert tables.features(SCHEMAS["interleaved"])["images"] == {"feature": {"_type": "Image"}, "_type": "List"}


@pytest.mark.parametrize("table", SCHEMAS)
def test_features_mean_the_columns(table: str) -> None:
    """The `datasets` library, given the stated features, expects the very Arrow types of the columns."""
    datasets = pytest.importorskip("datasets")
    schema = SCHEMAS[table]
    expected = datasets.Features.from_dict(tables.features(schema)).arrow_schema
    assert {field.name: field.type for field in expected} == {field.name: field.type for field in schema}


def test_a_missing_nullable_column_is_null() -> None:
    """Columns that may be null need not be given, in columns and in rows."""
    row = {"corpus": "text", "id": "1", "url": "", "source": "", "stage": "s", "rule": "r"}
    for batch in (
        tables.record_batch(tables.DROPPED, {name: [value] for name, value in row.items()}),
        tables.record_batch_of_rows(tables.DROPPED, [row]),
    ):
        assert batch.to_pylist() == [row | {"value": None, "of": None, "detail": None}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rul": ["x"]}, "no such column: rul"),
        ({"stage": None}, "stage must not be null"),
        ({"stage": [None]}, "stage must not be null"),
        ({"stage": ["a", "b"]}, "unequal length"),
    ],
)
def test_misshapen_columns_are_refused(change: dict[str, list[str] | None], message: str) -> None:
    """An unknown name, a missing or null required column and unequal lengths are errors that say so."""
    columns = {"corpus": ["text"], "id": ["1"], "url": [""], "source": [""], "stage": ["s"], "rule": ["r"]} | change
    with pytest.raises(ValueError, match=message):
        tables.record_batch(tables.DROPPED, {name: values for name, values in columns.items() if values is not None})


def test_an_unknown_column_of_a_row_is_refused() -> None:
    """A misspelt name in one row of many is an error, not a lost value."""
    with pytest.raises(ValueError, match="no such column: cations"):
        tables.record_batch_of_rows(SCHEMAS["pairs"], [{"id": "1"}, {"cations": "x"}])


def test_a_document_that_does_not_interlace_is_refused() -> None:
    """A batch with one document whose lists do not fit each other is an error, before it reaches a shard."""
    good, bad = small_run.document_row(0), small_run.document_row(1) | {"texts": ["a"] * 4}
    assert tables.record_batch_of_rows(SCHEMAS["interleaved"], [good]).num_rows == 1
    with pytest.raises(ValueError, match="place 1 holds both a text and an image"):
        tables.record_batch_of_rows(SCHEMAS["interleaved"], [good, bad])


def _values(type_: pa.DataType) -> st.SearchStrategy[object]:
    if pa.types.is_struct(type_):
        return st.fixed_dictionaries({field.name: _values(field.type) for field in type_})
    if pa.types.is_list(type_):
        return st.lists(st.none() | _values(type_.value_type), max_size=4)
    if pa.types.is_floating(type_):
        return st.floats(allow_nan=False)
    if pa.types.is_integer(type_):
        low, high = (
            (0, 2**type_.bit_width) if pa.types.is_unsigned_integer(type_) else (-(2 ** (type_.bit_width - 1)), 0)
        )
        return st.integers(low, high - 1)
    return st.binary(max_size=20) if pa.types.is_binary(type_) else st.text(max_size=20)


def _row(schema: pa.Schema) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {field.name: st.none() | _values(field.type) if field.nullable else _values(field.type) for field in schema}
    )


def _interlaced(row: dict[str, object]) -> dict[str, object]:
    """The row with an image wherever there is no text."""
    texts, image = row.get("texts"), {"bytes": b"i", "path": "p"}
    return row | {"images": [image if text is None else None for text in texts]} if isinstance(texts, list) else row


@pytest.mark.parametrize("table", SCHEMAS)
def test_rows_survive(table: str) -> None:
    """Whatever a row holds within its types comes back out of Arrow as it went in."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(_row(SCHEMAS[table]).map(_interlaced), min_size=1, max_size=3))
    def survive(rows: list[dict[str, object]]) -> None:
        assert tables.record_batch_of_rows(SCHEMAS[table], rows).to_pylist() == rows

    survive()


@given(st.lists(st.booleans(), max_size=9), st.data())
def test_interlaced_lists(sides: list[bool], data: st.DataObject) -> None:
    """Lists with exactly one side set in each place are in order; set or unset the other side anywhere and they are not."""
    texts = ["t" if side else None for side in sides]
    images = [None if side else "i" for side in sides]
    assert tables.interlace_fault(texts, images) == ""
    assert tables.interlace_fault([*texts, "t"], images) == f"{len(sides) + 1} texts beside {len(sides)} images"
    if sides:
        place = data.draw(st.integers(0, len(sides) - 1))
        texts[place] = None if sides[place] else "t"
        word = "neither a text nor an image" if sides[place] else "both a text and an image"
        assert tables.interlace_fault(texts, images) == f"place {place} holds {word}"
