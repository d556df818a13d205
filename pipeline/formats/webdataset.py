"""WebDataset: USTAR files, written with their samples in the order of keys and equal bytes for equal samples, and read.

Member names, order and header fields are those that docs/sources.md, WebDataset tars, found all readers to take.
Headers are made here because tarfile takes 1.8 times as long per sample; the tests hold them to tarfile's bytes.
"""

import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import groupby, islice
from types import TracebackType
from typing import Any, BinaryIO, Self

import pyarrow as pa

from pipeline import storage
from pipeline.formats.base import EDITED, STAYS, Change, Kind, Members, Read, Row
from pipeline.formats.side_files import Configuration, card_head, write_side_file
from schemas.manifest import Manifest, ShardFile, SideFile
from schemas.tables import features, interlace_fault

NAME = "webdataset"
KEY = re.compile(r"[0-9a-z][0-9a-z_-]{0,79}")  # no dot: readers cut a key at its first one
SUFFIX = re.compile(r"[0-9a-z]+(\.[0-9a-z]+)*")  # lower case: webdataset lower-cases, datasets does not
IMAGE_SUFFIX: Mapping[str, str] = {
    "jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif", "bmp": "bmp", "tiff": "tif", "ico": "ico",
}  # fmt: skip

_MEMBER = re.compile(r"((?:.*/|)[^.]+)[.]([^/]*)")  # by which readers cut a member's name into key and part
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


def json_member(
    row: Row, schema: pa.Schema, without: Iterable[str] = (), beside: Mapping[str, Any] | None = None
) -> bytes:
    """The `json` member of a sample: a row's columns but those in `without`, and what is `beside` them, sorted.

    Its values have one JSON type in all samples, as `datasets` asks: no null, no integer where another row has a
    fraction.
    """
    record = {field.name: _cell(row.get(field.name), field.type) for field in schema if field.name not in without}
    return json.dumps(record | dict(beside or {}), ensure_ascii=False, sort_keys=True, allow_nan=False).encode()


def no_members(row: Row) -> dict[str, bytes]:
    """Of a shard that is given samples and no rows. Raises ValueError."""
    raise ValueError(f"{row['id']}: this shard is given samples")


class TarShard:
    """A shard that is being written: a context manager whose `file` is set once the block has ended without an error.

    Samples come in ascending order of their keys. A shard without samples leaves no file, and `file` stays None: an
    empty tar stops energon and `datasets`.
    """

    def __init__(self, run: str, name: str, corpus: str, members: Members = no_members) -> None:
        self.file: ShardFile | None = None
        self._members = members
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

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows, each as the sample that `members` makes of it; its id is the key. Raises as `write_sample`."""
        for row in rows:
            self.write_sample(row["id"], self._members(row))

    def write_sample(self, key: str, members: Mapping[str, bytes]) -> None:
        """Append one sample, its members sorted by suffix.

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
            self.file = ShardFile(self._name, self._corpus, NAME, *written, parts=tuple(sorted(self._parts)))


class _Samples:
    """The samples of a tar, one at a time: key, parts, and the record of the `json` member."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def __iter__(self) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
        for key, members in groupby(self.members(), key=lambda member: member[0]):
            parts, record = [], None
            for _, part, member in members:
                parts.append(part)
                if part == "json":
                    record = self._record(member)
            if record is None:
                raise ValueError(f"sample {key!r} has no json")
            yield key, parts, record

    def members(self) -> Iterator[tuple[str, str, tarfile.TarInfo]]:
        """Key, part and header of each member. Raises ValueError for one that belongs to no sample."""
        while member := self._tar.next():
            self._tar.members = []  # type: ignore[attr-defined]  # tarfile would keep every header it has met
            name = _MEMBER.fullmatch(member.name)
            if name is None or not member.isreg():
                raise ValueError(f"member {member.name!r} belongs to no sample")
            yield name[1], name[2], member

    def _record(self, member: tarfile.TarInfo) -> dict[str, Any]:
        file = self._tar.extractfile(member)
        record = json.loads(file.read()) if file else None
        if not isinstance(record, dict):
            raise ValueError(f"{member.name}: expected an object")
        return record


def batched(records: Iterable[dict[str, Any]], size: int = 256) -> Iterator[list[dict[str, Any]]]:
    """Records, so many at a time."""
    rest = iter(records)
    while some := list(islice(rest, size)):
        yield some


def whole_samples(tar: tarfile.TarFile) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The samples of a tar one at a time: key, and the bytes of each member by suffix. Raises as `_Samples`."""
    for key, members in groupby(_Samples(tar).members(), key=lambda member: member[0]):
        held = {part: file.read() if (file := tar.extractfile(member)) else b"" for _, part, member in members}
        if "json" not in held:
            raise ValueError(f"sample {key!r} has no json")
        yield key, held


def changed_sample(members: dict[str, bytes], change: Change) -> dict[str, bytes] | None:
    """What a change makes of a sample; None where it goes. Images that stay are numbered anew."""
    record = json.loads(members["json"])
    (fate,) = change.judge({name: [record[name]] for name in change.columns if name in record}).tolist()
    if fate == STAYS:
        return members
    edited = change.edit(record) if fate == EDITED else None
    if edited is None:
        return None
    names = [name for name in edited.get("images", ()) if name]
    numbered = {name: f"{number:02d}.{name.rpartition('.')[2]}" for number, name in enumerate(names)}
    images = [name and numbered[name] for name in edited.get("images", ())]
    told = dict(edited) | ({"images": images} if "images" in edited else {})
    others = {part: body for part, body in members.items() if part not in (record.get("images") or ())}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()
    return others | {new: members[old] for old, new in numbered.items()} | {"json": text}


def _check_sample(key: str, parts: Sequence[str], record: Mapping[str, Any], columns: Mapping[str, str]) -> None:
    """Raise ValueError where a sample's record is another's, has other columns, or does not fit its images."""
    if record.get("id") != key:
        raise ValueError(f"the json of sample {key!r} is that of {record.get('id')!r}")
    if columns and (unknown := sorted(record.keys() - columns.keys())):
        raise ValueError(f"columns differ from those that the run wrote: {', '.join(unknown[:4])}")
    if {"texts", "images"} <= record.keys():
        if fault := interlace_fault(record["texts"], record["images"]):
            raise ValueError(f"{key}: {fault}")
        if missing := {name for name in record["images"] if name} - set(parts):
            raise ValueError(f"{key}: no member {', '.join(sorted(missing))}")


def _json_form(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature in the `json` member: member names stand for a list's images, hex text for a 64-bit hash."""
    if feature["_type"] == "List":
        return {"list": "string"}
    return {"dtype": "string" if feature["dtype"] == "uint64" else feature["dtype"]}


def json_features(kind: Kind) -> list[dict[str, Any]]:
    """What the `json` member of a sample holds: the columns without those that have a file of their own, sorted."""
    stated = sorted(features(kind.table.schema()).items())
    held = ((name, feature) for name, feature in stated if name not in kind.apart and feature["_type"] != "Image")
    return [{"name": name, **_json_form(feature)} for name, feature in held]


def tar_card(kind: Kind, shards: Sequence[ShardFile]) -> str:
    """The card of one corpus's folder of tars: a card names one format only, and the run folder's names Parquet."""
    configuration = Configuration(kind.name, "train-*.tar", WEBDATASET.features(kind, shards), shards)
    head = f"# Triptych: {kind.name} as WebDataset\n\n{configuration.rows} samples: {kind.about}. "
    return card_head([configuration]) + head + "What the run was is told in `../../README.md`.\n"


def sizes(shards: Iterable[ShardFile]) -> bytes:
    """`sizes.json`, by which open_clip knows how many samples each tar holds."""
    rows = {shard.name.rpartition("/")[2]: shard.rows for shard in shards}
    return (json.dumps(rows, indent=1, sort_keys=True) + "\n").encode()


class WebDatasetFormat:
    """WebDataset tars as a format; see `pipeline.formats.base.Format`."""

    name = NAME
    suffix = ".tar"
    errors = (tarfile.TarError,)

    def fits(self, kind: Kind) -> bool:
        """Rows that have a form as files."""
        return kind.members is not None

    def shard_name(self, corpus: str, number: int, count: int) -> str:
        """As `shard_name`; the readers' ranges `{000000..000123}` need no count in the name."""
        return shard_name(corpus, number)

    def pattern(self, corpus: str) -> str:
        """All tars of a corpus."""
        return f"{corpus}/wds/train-*.tar"

    def open(self, run: str, name: str, kind: Kind, empty_ok: bool = False) -> TarShard:
        """Begin a shard. Raises ValueError where rows of the kind have no form as files."""
        if kind.members is None:
            raise ValueError(f"rows of {kind.name} are no samples")
        return TarShard(run, name, kind.name, kind.members)

    def read(
        self, file: BinaryIO, shard: ShardFile, columns: Mapping[str, str], wanted: Sequence[str]
    ) -> Iterator[Read]:
        """One sample at a time, by its `json` member; members whose name gives no key are an error."""
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for key, parts, record in _Samples(tar):
                _check_sample(key, parts, record, columns)
                yield Read(1, {name: [record.get(name)] for name in wanted})

    def look(self, file: BinaryIO, columns: Sequence[str]) -> Iterator[Read]:
        """Only the `json` members are read; what lies between them is passed over."""
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for some in batched(record for _, _, record in _Samples(tar)):
                yield Read(len(some), {name: [record[name] for record in some] for name in columns if name in some[0]})

    def rewrite(
        self, run: str, shard: ShardFile, name: str, change: Change, empty_ok: bool = False
    ) -> ShardFile | None:
        """Sample by sample."""
        with (
            storage.open_for_reading(storage.join(run, shard.name)) as file,
            tarfile.open(fileobj=file, mode="r:") as tar,
            TarShard(run, name, shard.corpus) as out,
        ):
            for key, members in whole_samples(tar):
                if (left := changed_sample(members, change)) is not None:
                    out.write_sample(key, left)
        return out.file and replace(out.file, name=shard.name)

    def side_files(self, run: str, kind: Kind, manifest: Manifest) -> list[SideFile]:
        """The tars' own card and `sizes.json`."""
        shards = manifest.shards_of(kind.name, NAME)
        if not shards:
            return []
        card = tar_card(kind, shards).encode()
        return [
            write_side_file(run, f"{kind.name}/wds/README.md", card),
            write_side_file(run, f"{kind.name}/wds/sizes.json", sizes(shards)),
        ]

    def features(self, kind: Kind, shards: Sequence[ShardFile]) -> list[dict[str, Any]]:
        """Every suffix that occurs, since the `datasets` library looks at five samples only."""
        parts = sorted({part for shard in shards for part in shard.parts})
        forms: Mapping[str, dict[str, Any]] = {"json": {"struct": json_features(kind)}, "txt": {"dtype": "string"}}
        return [{"name": part, **forms.get(part, {"dtype": "image"})} for part in parts]

    def loading(self, corpus: str) -> str:
        """By the tars' own card."""
        return f'f"{{folder}}/{corpus}/wds"'


WEBDATASET = WebDatasetFormat()
