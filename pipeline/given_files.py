"""Files that a user hands in as lists or tables, perhaps with gzip: what they end with, how they are opened, what is said of bad ones."""

import csv
import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from pipeline import storage
from schemas.outcomes import UserError


def kind_of(path: str) -> str:
    """The ending of a name in small letters, without that of gzip.

    >>> kind_of("/a/LIST.TXT.gz"), kind_of("/a.b/list")
    ('txt', '')
    """
    name = path.lower().removesuffix(".gz").rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name else ""


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file open for reading, inflated where its name says that it is packed."""
    with storage.open_for_reading(path) as file:
        if not path.lower().endswith(".gz"):
            yield file
            return
        with gzip.open(file) as unpacked:
            yield cast(BinaryIO, unpacked)


@contextmanager
def read_as_its_kind(path: str) -> Iterator[None]:
    """Say of a file that is missing, or is not what its name says, what is wrong with it. Raises UserError."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file") from error
    # Of JSON, UTF-8 and Parquet, then of CSV, tar and gzip.
    except (ValueError, csv.Error, tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        kind = kind_of(path) or ("gz" if path.lower().endswith(".gz") else "")
        raise UserError(f"{path} cannot be read{f' as .{kind}' if kind else ''}: {error}") from error
