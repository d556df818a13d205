"""What storage asks of an object store, operation by operation, beside pyarrow's: `python -m benchmarks.storage`.

    storage.py [--json]

The store is moto on loopback; times would say nothing of a cloud, requests and bytes say what it will cost. Counted
are requests, bytes that ranged requests asked for, and what was found under the name afterwards where a write ended
with an error. The same operations by `pyarrow.fs` show why another library was taken.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.fs as arrow

from pipeline import storage
from tests.support.buckets import Asked, Buckets, emulator

LARGE = 20_000_000
NAMES = 2_001
MIDDLE = 7_000_000


@dataclass(frozen=True)
class Row:
    """What one operation took."""

    store: str
    operation: str
    requests: int
    methods: str
    asked_bytes: int
    found: str = ""


def asked_bytes(requests: Sequence[Asked]) -> int:
    """Bytes that ranged requests asked for.

    >>> asked_bytes([Asked("GET", "/x", range=f"bytes={part}") for part in ("10-19", "-5")])
    15
    """
    ends = [one.range.removeprefix("bytes=").split("-") for one in requests if one.range]
    return sum(int(end) - int(start) + 1 if start else int(end) for start, end in ends)


def methods(requests: Sequence[Asked]) -> str:
    """The methods with their numbers, in order of first use.

    >>> methods([Asked("GET", "/x"), Asked("HEAD", "/x"), Asked("GET", "/x")])
    '2 GET, 1 HEAD'
    """
    names = [one.method for one in requests]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def write(path: str, size: int, fail: bool = False) -> None:
    """Writes zeros; with `fail` an error ends the write when all of them are handed over."""
    with storage.write_whole(path) as file:
        file.write(bytes(size))
        if fail:
            raise KeyError(path)


def scan(path: str) -> None:
    """Reads front to back in pieces of 64 kB."""
    with storage.open_for_reading(path) as file:
        while file.read(1 << 16):
            pass


def open_and_read(path: str) -> None:
    """Opens a file, goes to the middle and reads 4 kB."""
    with storage.open_for_reading(path) as file:
        file.seek(MIDDLE)
        file.read(4096)


def ours(base: str) -> dict[str, Callable[[], object]]:
    """The operations by our storage, in an order in which each finds what it needs."""
    small, large, names = f"{base}/one/small", f"{base}/one/large", f"{base}/names"
    return {
        "write 1 kB": lambda: write(small, 1000),
        "write nothing": lambda: write(f"{base}/one/empty", 0),
        "write 20 MB": lambda: write(large, LARGE),
        "fail after 1 kB": lambda: write(f"{base}/one/bad", 1000, True),
        "fail after 20 MB": lambda: write(f"{base}/one/bad", LARGE, True),
        "read 1 kB file": lambda: storage.read_bytes(small),
        "4 kB in the middle": lambda: storage.read_range(large, MIDDLE, 4096),
        "last 4 kB": lambda: storage.read_range(large, -4096, 4096),
        "open, seek, read 4 kB": lambda: open_and_read(large),
        "read 20 MB in pieces": lambda: scan(large),
        "digest of 20 MB": lambda: storage.digest(large),
        "size": lambda: storage.size(small),
        "exists": lambda: storage.exists(small),
        "exists, absent": lambda: storage.exists(f"{base}/one/none"),
        "list 2,001 names": lambda: storage.files_below(names),
        "remove": lambda: storage.remove(small),
    }


def write_by_arrow(files: arrow.FileSystem, path: str, size: int, fail: bool = False) -> None:
    """The same write by pyarrow."""
    with files.open_output_stream(path) as out:
        out.write(bytes(size))
        if fail:
            raise KeyError(path)


def read_by_arrow(files: arrow.FileSystem, path: str, offset: int, count: int) -> None:
    """The same read by pyarrow; an offset below 0 counts from the end."""
    with files.open_input_file(path) as file:
        file.seek(offset, 2 if offset < 0 else 0)
        file.read(count)


def scan_by_arrow(files: arrow.FileSystem, path: str) -> None:
    """The same scan by pyarrow."""
    with files.open_input_stream(path, buffer_size=storage.CHUNK) as file:
        while file.read(1 << 16):
            pass


def arrows(files: arrow.FileSystem, base: str) -> dict[str, Callable[[], object]]:
    """The operations by pyarrow, as far as it has them."""
    small, large = f"{base}/one/small", f"{base}/one/large"
    return {
        "write 1 kB": lambda: write_by_arrow(files, small, 1000),
        "write nothing": lambda: write_by_arrow(files, f"{base}/one/empty", 0),
        "write 20 MB": lambda: write_by_arrow(files, large, LARGE),
        "fail after 1 kB": lambda: write_by_arrow(files, f"{base}/one/bad", 1000, True),
        "fail after 20 MB": lambda: write_by_arrow(files, f"{base}/one/bad", LARGE, True),
        "read 1 kB file": lambda: read_by_arrow(files, small, 0, 1000),
        "4 kB in the middle": lambda: read_by_arrow(files, large, MIDDLE, 4096),
        "last 4 kB": lambda: read_by_arrow(files, large, -4096, 4096),
        "read 20 MB in pieces": lambda: scan_by_arrow(files, large),
        "size": lambda: files.get_file_info(small),
        "exists, absent": lambda: files.get_file_info(f"{base}/one/none"),
        "list 2,001 names": lambda: files.get_file_info(arrow.FileSelector(f"{base}/names", recursive=True)),
        "remove": lambda: files.delete_file(small),
    }


def measured(buckets: Buckets, store: str, bucket: str, acts: dict[str, Callable[[], object]]) -> list[Row]:
    """Does each operation and counts."""
    buckets.fill(bucket, [f"run/names/{number:04}" for number in range(NAMES)], b"1")
    return [_measured(buckets, store, bucket, name, act) for name, act in acts.items()]


def _measured(buckets: Buckets, store: str, bucket: str, name: str, act: Callable[[], object]) -> Row:
    buckets.asked.clear()
    found = ""
    try:
        act()
    except KeyError:  # the error that the operation was to end with
        left = buckets.lies(bucket, "run/one/bad")
        found = "nothing" if left is None else f"{left:,} bytes"
    asked = list(buckets.asked)
    return Row(store, name, len(asked), methods(asked), asked_bytes(asked), found)


def rows() -> list[Row]:
    """All operations in all stores."""
    found = []
    with emulator() as buckets, tempfile.TemporaryDirectory() as folder:
        for scheme, settings in (("s3", buckets.s3()), ("gs", buckets.gs(Path(folder)))):
            storage.configure(settings)
            bucket = buckets.new()
            found += measured(buckets, scheme, bucket, ours(f"{scheme}://{bucket}/run"))
        storage.configure({})
        bucket = buckets.new()
        keys = {"access_key": "a", "secret_key": "b", "region": "us-east-1"}
        files = arrow.S3FileSystem(endpoint_override=buckets.endpoint, **keys)
        found += measured(buckets, "s3 by pyarrow", bucket, arrows(files, f"{bucket}/run"))
    return found


def table(found: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| store | operation | requests | which | bytes of ranges | found after the error |",
        "|---|---|--:|---|--:|---|",
    ]
    for row in found:
        lines.append(
            f"| {row.store} | {row.operation} | {row.requests} | {row.methods} | {row.asked_bytes:,} | {row.found} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    found = rows()
    print(json.dumps([asdict(row) for row in found]) if parser.parse_args().json else table(found))


if __name__ == "__main__":
    main()
