"""Which files are shards of image sets as img2dataset writes them, and what lies beside each. Nothing is read here but single images.

    webdataset   00000.tar, 00000.parquet beside it              the tar is the input, the table is read with it
    parquet      00000.parquet with the images in it              the table is the input
    files        00000.parquet, 00000/000000000.jpg and so on     the table is the input

and beside each 00000_stats.json, by which a folder's shards are known.
"""

import re
from collections.abc import Iterable, Set

from pipeline import storage
from transforms.samples.read import IMAGES
from transforms.warc.limits import Limits

TAR, TABLE, STATS = ".tar", ".parquet", "_stats.json"
SET_ENDINGS = (TAR, TABLE)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")  # of a sample: digits; no way out of the folder
_MOST = Limits().payload


def is_set(path: str) -> bool:
    """Whether a file's name says that it is a shard of an image set."""
    return path.lower().endswith(SET_ENDINGS)


def is_tar(path: str) -> bool:
    """Whether it is a tar."""
    return path.lower().endswith(TAR)


def table_of(path: str) -> str:
    """The name of the table beside a tar; "" for any other file.

    >>> table_of("/set/00000.tar"), table_of("/set/00000.parquet")
    ('/set/00000.parquet', '')
    """
    return path[: -len(TAR)] + TABLE if is_tar(path) else ""


def tar_of(path: str) -> str:
    """The name of the tar beside a table; "" for any other file."""
    return path[: -len(TABLE)] + TAR if path.lower().endswith(TABLE) else ""


def shards_among(paths: Set[str]) -> set[str]:
    """Those of a folder's files that are shards of an image set: tars with a table or statistics beside them, tables with statistics
    and without a tar.

    >>> sorted(shards_among({"a/0.tar", "a/0.parquet", "a/0_stats.json", "b/1.parquet", "b/1_stats.json", "c.tar", "d.parquet"}))
    ['a/0.tar', 'b/1.parquet']
    """
    return {path for path in paths if is_set(path) and _is_known(path, paths)}


def _is_known(path: str, paths: Set[str]) -> bool:
    counted = path[: path.rindex(".")] + STATS in paths
    if is_tar(path):
        return counted or table_of(path) in paths
    return counted and tar_of(path) not in paths


def beside(shards: Iterable[str]) -> tuple[set[str], tuple[str, ...]]:
    """The names of the files that are read with some shards, and the folders whose files are."""
    tables = {table_of(path) for path in shards} - {""}
    return tables, tuple(folder_of(path) + "/" for path in shards if not is_tar(path))


def folder_of(path: str) -> str:
    """The folder of the images of a table."""
    return path[: -len(TABLE)]


def find_image(folder: str, key: str) -> tuple[str, bytes] | None:
    """The suffix and the bytes of the image of a key in a folder of files, a byte more than is read of any; None where there is none."""
    if not _KEY.fullmatch(key):
        return None
    for suffix in IMAGES:
        try:
            return suffix, storage.read_range(storage.join(folder, f"{key}.{suffix}"), 0, _MOST + 1)
        except FileNotFoundError:
            continue
    return None
