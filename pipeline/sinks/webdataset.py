"""One WebDataset shard: a USTAR file whose samples stand in the order of their keys, equal bytes for equal samples.

Member names, order and header fields by `reference/shards.md` §2 and `formats.md` §6. Headers are made here because
tarfile takes 1.8 times as long per sample (`packages.md` §2.7); the tests hold them to tarfile's bytes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from pipeline import storage
from schemas.arrow import INTERLEAVED, PAIRS, interlace_fault
from schemas.manifest import WEBDATASET, ShardFile, SideFile

KEY = re.compile(r"[0-9a-z][0-9a-z_-]{0,79}")  # no dot: readers cut a key at its first one
SUFFIX = re.compile(r"[0-9a-z]+(\.[0-9a-z]+)*")  # lower case: webdataset lower-cases, datasets does not
IMAGE_SUFFIX: Mapping[str, str] = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif"}

_BLOCK, _RECORD = 512, 10240  # USTAR; tarfile pads the end to a record of 20 blocks
_SIZE_LIMIT = 8**11  # what eleven octal digits hold


class DuplicateKeyError(ValueError):
    """Two samples of one shard share a key; `first` and `second` are their JSON members."""

    def __init__(self, key: str, first: str, second: str) -> None:
        super().__init__(key, first, second)
        self.key, self.first, self.second = key, first, second

    def __str__(self) -> str:
        return f"key {self.key} stands twice: {self.first[:500]} and {self.second[:500]}"


def shard_name(corpus: str, number: int) -> str:
    """Where a tar shard of a corpus lies in the run folder.

    >>> shard_name("pairs", 7)
    'pairs/wds/train-000007.tar'
    """
    return f"{corpus}/wds/train-{number:06d}.tar"


def header(name: str, size: int) -> bytes:
    """The 512 bytes before a member: mode 0444, no owner, no clock. Raises ValueError where USTAR cannot say it."""
    encoded = name.encode("ascii")
    if len(encoded) > 100 or size >= _SIZE_LIMIT:
        raise ValueError(f"no USTAR member: {name} of {size} bytes")
    front = encoded.ljust(100, b"\0") + b"0000444\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"00000000000\0"
    back = b"0" + bytes(100) + b"ustar\x0000" + bytes(247)
    total = sum(front) + sum(back) + 8 * ord(" ")  # the sum counts its own field as blanks
    return front + b"%06o\0 " % total + back


def _cell(value: Any, type_: pa.DataType) -> Any:
    """A value as JSON without type drift: never null, a float always with its point, 64-bit hashes as hex text."""
    if pa.types.is_string(type_):
        return "" if value is None else value
    if pa.types.is_list(type_):
        return [_cell(entry, type_.value_type) for entry in value or ()]
    if pa.types.is_floating(type_):
        return -1.0 if value is None else float(value)
    if pa.types.is_uint64(type_):  # readers infer int64, which half of all hashes pass
        return "" if value is None else f"{value:016x}"
    return -1 if value is None else int(value)


def _record(row: Mapping[str, Any], schema: pa.Schema, without: Iterable[str]) -> dict[str, Any]:
    """A row's columns as JSON values, but for those that have a form of their own."""
    return {field.name: _cell(row.get(field.name), field.type) for field in schema if field.name not in without}


def _json(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()


def pair_members(row: Mapping[str, Any]) -> dict[str, bytes]:
    """The members of one row of `schemas.arrow.PAIRS`: image, caption and JSON, by suffix."""
    return {
        IMAGE_SUFFIX[row["format"]]: row["image"]["bytes"],
        "json": _json(_record(row, PAIRS, ("image",))),
        "txt": row["caption"].encode(),
    }


def interleaved_members(row: Mapping[str, Any]) -> dict[str, bytes]:
    """The members of one row of `schemas.arrow.INTERLEAVED`: JSON and images, numbered in order, by suffix.

    An image's suffix is that of its `path`. Raises ValueError where texts and images do not interlace.
    """
    if fault := interlace_fault(row["texts"], row["images"]):
        raise ValueError(f"{row['id']}: {fault}")
    names: list[str | None] = []
    members: dict[str, bytes] = {}
    for image in row["images"]:
        names.append(f"{len(members):02d}.{image['path'].rpartition('.')[2]}" if image else None)
        if image:
            members[str(names[-1])] = image["bytes"]
    record = _record(row, INTERLEAVED, ("texts", "images")) | {"texts": list(row["texts"]), "images": names}
    return members | {"json": _json(record)}


class TarShard:
    """A shard that is being written: a context manager whose `file` is set once the block has ended without an error.

    Samples come in ascending order of their keys. A shard without samples leaves no file, and `file` stays None.
    """

    def __init__(self, run: str, name: str, corpus: str) -> None:
        self.file: ShardFile | None = None
        self._path = storage.join(run, name)
        self._name = name
        self._corpus = corpus
        self._samples = 0
        self._parts: set[str] = set()
        self._last_key, self._last_record = "", ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def write_pair(self, row: Mapping[str, Any]) -> None:
        """Appends one row of `schemas.arrow.PAIRS`; its id is the key. Raises as `write_sample`."""
        self.write_sample(row["id"], pair_members(row))

    def write_interleaved(self, row: Mapping[str, Any]) -> None:
        """Appends one row of `schemas.arrow.INTERLEAVED`; its id is the key. Raises as `write_sample`."""
        self.write_sample(row["id"], interleaved_members(row))

    def write_sample(self, key: str, members: Mapping[str, bytes]) -> None:
        """Appends one sample, its members sorted by suffix.

        Raises DuplicateKeyError where the key is the last one's, ValueError where it is less or a name is unfit.
        """
        self._check(key, members)
        if not self._samples:
            self._sink = self._stack.enter_context(storage.write_whole(self._path))
        for suffix, data in sorted(members.items()):
            self._sink.write(header(f"{key}.{suffix}", len(data)))
            self._sink.write(data)
            self._sink.write(bytes(-len(data) % _BLOCK))
        self._samples += 1
        self._parts.update(members)

    def _check(self, key: str, members: Mapping[str, bytes]) -> None:
        if not KEY.fullmatch(key):
            raise ValueError(f"no WebDataset key: {key!r}; expected {KEY.pattern}")
        if unfit := [suffix for suffix in members if not SUFFIX.fullmatch(suffix)]:
            raise ValueError(f"{key}: no WebDataset suffix: {unfit[:2]}; expected {SUFFIX.pattern}")
        record = members.get("json", b"").decode()
        if key == self._last_key:
            raise DuplicateKeyError(key, self._last_record, record)
        if key < self._last_key:
            raise ValueError(f"key {key} comes after {self._last_key}; samples are written in the order of their keys")
        self._last_key, self._last_record = key, record

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._samples:
            self._sink.write(bytes(2 * _BLOCK))
            self._sink.write(bytes(-self._sink.tell() % _RECORD))
        self._stack.__exit__(kind, error, trace)
        if kind is None and self._samples:
            written = (self._samples, self._sink.tell(), self._sink.sha256())
            self.file = ShardFile(self._name, self._corpus, WEBDATASET, *written, parts=tuple(sorted(self._parts)))


def write_sizes(run: str, corpus: str, shards: Iterable[ShardFile]) -> SideFile:
    """Writes `sizes.json` beside a corpus's tars, by which open_clip knows how many samples each holds."""
    name = f"{corpus}/wds/sizes.json"
    mine = [shard for shard in shards if (shard.corpus, shard.carrier) == (corpus, WEBDATASET)]
    sizes = {shard.name.rpartition("/")[2]: shard.rows for shard in mine}
    with storage.write_whole(storage.join(run, name)) as file:
        file.write((json.dumps(sizes, indent=1, sort_keys=True) + "\n").encode())
    return SideFile(name, file.tell(), file.sha256())
