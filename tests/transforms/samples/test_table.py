"""Tables of image sets: rows that failed are told, rows whose image is missing are faults, rows with an image are captures."""

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import Capture, Damage, Told
from tests.support.image_sets import SITE, Sample, failure
from transforms.listed import KIND, Listed, read_listed
from transforms.samples.table import read_failures, read_table
from transforms.warc.limits import Limits
from transforms.warc.read import Tally

ROWS = [
    Sample("00", SITE + "a.jpg", "A boat", b"image a", more={"page_url": SITE}),
    failure("01", SITE + "b.jpg"),
    Sample("02", SITE + "c.jpg", None, b"image c", more={"page_url": None}),
    failure("03", SITE + "d.jpg", "Image decoding error", "failed_to_resize"),
    failure("04", SITE + "e.jpg", "odd", "lost"),
]


def table(rows: Sequence[dict[str, Any]]) -> io.BytesIO:
    """A table."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), out, row_group_size=2)
    out.seek(0)
    return out


def test_beside_a_tar() -> None:
    """Failures by img2dataset's word; a row that claims a sample which is not there is a fault; numbers are those of rows."""
    found = list(read_failures(table([row.row() for row in ROWS]), "0.parquet", {"00"}))
    assert found == [
        Told(1, SITE + "b.jpg", "0.parquet", "failed_to_download", "HTTP Error 404: Not Found"),
        Damage(
            2, 0, "bad_record", "its status is success, and the tar has no sample 02", SITE + "c.jpg", 1, "0.parquet"
        ),
        Told(3, SITE + "d.jpg", "0.parquet", "failed_to_resize", "Image decoding error"),
        Damage(4, 0, "bad_record", "its status is 'lost': odd", SITE + "e.jpg", 1, "0.parquet"),
    ]


def test_with_images() -> None:
    """In a column, or found by their keys; too large, missing and without an address they are faults."""
    rows = [row.row() | {"jpg": row.body if row.key == "00" else None} for row in ROWS]
    rows.append(Sample("05", "", "x", b"image").row() | {"jpg": b"image"})
    tally = Tally()
    found = list(read_table(table(rows), "0.parquet", {"02": ("png", b"image c")}.get, tally))
    image, said, other, _ = (item for item in found if isinstance(item, Capture))
    assert (image.url, image.body, image.offset, image.seekable) == (SITE + "a.jpg", b"image a", 0, False)
    assert read_listed(said.body) == Listed(SITE + "a.jpg", ("A boat",), SITE) and said.within != image.within
    assert (other.body, other.media_type, other.offset) == (b"image c", "image/png", 2)
    assert tally.records == {"resource": 2, KIND: 2} and sum(isinstance(item, Told) for item in found) == 2
    assert [item.detail for item in found if isinstance(item, Damage)][
        -1
    ] == "its status is success, and it names no address"
    small = list(read_table(table(rows[:1]), "0.parquet", lambda key: None, Tally(), Limits(payload=3)))
    assert [item.fault for item in small if isinstance(item, Damage)] == ["oversize"]
    missing = list(read_table(table(rows[2:3]), "0.parquet", lambda key: None, Tally()))
    assert [item.detail for item in missing if isinstance(item, Damage)] == [
        "its status is success, and there is no image 02 beside the table or in it"
    ]


def test_what_is_no_table() -> None:
    """Other columns, or no Parquet at all: one fault for the file, named after it."""
    (found,) = read_failures(table([{"id": 1}]), "0.parquet", set())
    assert isinstance(found, Damage) and "no column key, url, status" in found.detail and found.source == "0.parquet"
    (found,) = read_failures(io.BytesIO(b"nothing"), "0.parquet", set())
    assert isinstance(found, Damage) and "the table ends here" in found.detail
    whole = bytearray(table([row.row() for row in ROWS] * 50).getvalue())
    whole[len(whole) // 4 : len(whole) // 2] = b"\xff" * (len(whole) // 2 - len(whole) // 4)
    assert any(
        isinstance(item, Damage) and "ends here" in item.detail
        for item in read_failures(io.BytesIO(whole), "0.parquet", set())
    )
