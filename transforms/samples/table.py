"""Reads the table of an image set as img2dataset writes it beside a tar, a folder of files, or with the images in it. Pure.

The table has a row for each address that was asked for, also for those that failed: they are in no tar, and their rows are what is left.
"""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture, Damage, Told
from transforms.listed import Listed
from transforms.samples.read import CAPTION, IMAGES, PAGE, URL, address_in, image_capture, list_capture, said_text
from transforms.warc.limits import Limits
from transforms.warc.read import Tally

KEY, STATUS, MESSAGE = "key", "status", "error_message"
SUCCESS = "success"
# The words of img2dataset for what failed; they become the rules by which such rows leave.
FAILURES = ("failed_to_download", "failed_to_resize")
LIMITS = Limits()
_BATCH = 4096  # rows at a time ...
_IMAGES_BATCH = 32  # ... and where they hold images
_WITHIN = (1, 2)  # tells the two captures of a row apart: they have one offset, the row's number
Item = Capture | Damage | Told
Find = Callable[[str], tuple[str, bytes] | None]


def read_failures(table: BinaryIO, source: str, keys: set[str]) -> Iterator[Damage | Told]:
    """Of the table beside a tar that holds the samples `keys`: the rows that failed, and those whose sample is missing there."""
    for row, said in _rows(table, source, (KEY, URL, STATUS, MESSAGE)):
        if isinstance(said, Damage):
            yield said
        elif said[STATUS] != SUCCESS:
            yield _failure(row, source, said)
        elif said[KEY] not in keys:
            yield _missing(row, source, said, f"the tar has no sample {said[KEY]}")


def read_table(table: BinaryIO, source: str, find: Find, tally: Tally, limits: Limits = LIMITS) -> Iterator[Item]:
    """Of a table without a tar: the captures of each row, and the rows that failed.

    An image is in a column that is called as its kind (`jpg`, ...), or what `find` gives for the row's key: its suffix and its bytes.
    Captures have the row's number as their offset, and cannot be entered.
    """
    for row, said in _rows(table, source, (KEY, URL, STATUS, MESSAGE, CAPTION, PAGE, *IMAGES)):
        if isinstance(said, Damage):
            yield said
        elif said[STATUS] != SUCCESS:
            yield _failure(row, source, said)
        else:
            inside = ((suffix, said[suffix]) for suffix in IMAGES if isinstance(said.get(suffix), bytes))
            found = next(inside, None) or find(str(said[KEY]))
            if not address_in(said):
                yield _missing(row, source, said, "it names no address")
                continue
            if found is None:
                yield _missing(row, source, said, f"there is no image {said[KEY]} beside the table or in it")
                continue
            suffix, body = found
            if len(body) > limits.payload:
                detail = f"the image holds {len(body)} bytes, the limit is {limits.payload}"
                yield Damage(row, 0, Fault.OVERSIZE.value, detail, address_in(said), 1, source)
                continue
            caption = said_text(said, CAPTION)
            listed = Listed(address_in(said), (caption,) if caption else (), said_text(said, PAGE))
            place = (row, len(body), False)
            for item in (
                image_capture(listed, place, _WITHIN[0], suffix, body),
                list_capture(listed, place, _WITHIN[1]),
            ):
                tally.records[item.kind] += 1
                yield item


def _rows(table: BinaryIO, source: str, wanted: tuple[str, ...]) -> Iterator[tuple[int, Any]]:
    """The rows with their numbers; in place of those that cannot be read a Damage."""
    row = 0
    try:
        with pq.ParquetFile(table) as file:
            there = file.schema_arrow.names
            lacks = [name for name in (KEY, URL, STATUS) if name not in there]
            if lacks:
                raise RecordError(Fault.NO_RECORDS, f"no table of img2dataset: it has no column {', '.join(lacks)}")
            columns = [name for name in wanted if name in there]
            size = _IMAGES_BATCH if set(columns) & set(IMAGES) else _BATCH
            for batch in file.iter_batches(size, columns=columns):
                for said in batch.to_pylist():
                    yield row, said
                    row += 1
    except RecordError as error:
        yield row, Damage(row, 0, error.fault.value, error.detail, "", 0, source)
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk or the store, not of what is written there
        yield row, Damage(row, 0, Fault.BAD_RECORD.value, f"the table ends here: {str(error)[:200]}", "", 0, source)


def _failure(row: int, source: str, said: dict[str, Any]) -> Damage | Told:
    status, message = str(said[STATUS])[:100], str(said.get(MESSAGE) or "")[:500]
    if status in FAILURES:
        return Told(row, address_in(said), source, status, message)
    return Damage(
        row, 0, Fault.BAD_RECORD.value, f"its status is {status!r}: {message}"[:500], address_in(said), 1, source
    )


def _missing(row: int, source: str, said: dict[str, Any], detail: str) -> Damage:
    return Damage(row, 0, Fault.BAD_RECORD.value, f"its status is {SUCCESS}, and {detail}", address_in(said), 1, source)
