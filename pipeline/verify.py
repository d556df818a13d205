"""A finished run against its manifest: every byte, row and account. In: a run folder. Out: what is wrong, file by file.

Files are streamed: memory holds a row group at a time, whatever the run's size. A consumer's reader notices none of
this by itself: a tar cut in half reads as a shorter set, a flipped bit in Parquet as other data (`hazards.md` §2).
"""

import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from schemas.arrow import SCHEMAS
from schemas.manifest import (
    MANIFEST_NAME,
    PARQUET,
    WEBDATASET,
    Account,
    Manifest,
    ManifestError,
    ShardFile,
    SideFile,
    from_json,
)
from schemas.recipe import CORPORA

SHARD_SUFFIXES = (".parquet", ".tar")
STAGING = "staging/"  # what resume uses; not part of the result
BATCH_ROWS = 256

# The regular expression by which webdataset, datasets and energon cut a member's name into key and part (shards.md §2).
_MEMBER = re.compile(r"((?:.*/|)[^.]+)[.]([^/]*)")

Left = Counter[tuple[str, str, str, str]]  # (corpus, stage, door, rule or fault or key) -> items


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the file (relative to the run folder) in which."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclass(slots=True)
class _Seen:
    """What a pass over the shards gathers: the last key of the corpus at hand, and who left by which door."""

    last_key: str = ""
    last_file: str = ""
    left: Left = field(default_factory=Counter)


def verify(run: str) -> list[Problem]:
    """Everything that is wrong with the run in a folder; an empty list means that it is as its manifest says."""
    path = storage.join(run, MANIFEST_NAME)
    if not storage.exists(path):
        begun = storage.exists(storage.join(run, "run.json"))
        return [Problem(MANIFEST_NAME, f"missing: {'the run is not finished' if begun else 'no run was begun here'}")]
    try:
        manifest = from_json(storage.read_bytes(path))
    except ManifestError as error:
        return [Problem(MANIFEST_NAME, str(error))]
    seen = _Seen()
    problems = [*_shards(run, manifest, seen), *_side_files(run, manifest), *_unnamed(run, manifest)]
    return [*problems, *_accounts(manifest), *_totals(manifest), *_doors(manifest, seen.left)]


def _side_files(run: str, manifest: Manifest) -> Iterator[Problem]:
    for file in manifest.side_files:
        yield from _whole(run, file)


def _whole(run: str, file: ShardFile | SideFile) -> Iterator[Problem]:
    """Whether a file is there with the bytes that the manifest states; at most one problem, the first that was met."""
    path = storage.join(run, file.name)
    if not storage.exists(path):
        yield Problem(file.name, "missing")
    elif (found := storage.size(path)) != file.bytes:
        yield Problem(file.name, f"{found} bytes instead of {file.bytes}")
    elif (digest := storage.digest(path)) != file.sha256:
        yield Problem(file.name, f"changed: SHA-256 {digest} instead of {file.sha256}")


def _unnamed(run: str, manifest: Manifest) -> Iterator[Problem]:
    """Shards that lie in the run folder, where a reader's glob finds them, but are not in the manifest."""
    named = {shard.name for shard in manifest.shards}
    for name in storage.files_below(run):
        if name.endswith(SHARD_SUFFIXES) and not name.startswith(STAGING) and name not in named:
            yield Problem(name, "not in the manifest")


def _shards(run: str, manifest: Manifest, seen: _Seen) -> Iterator[Problem]:
    for _, shards in groupby(sorted(manifest.shards, key=_series), key=_series):
        seen.last_key = seen.last_file = ""
        for shard in shards:
            broken = list(_whole(run, shard))
            yield from broken or _content(run, shard, seen)


def _series(shard: ShardFile) -> tuple[str, str]:
    """The shards through which keys run on: one corpus on one carrier."""
    return shard.corpus, shard.carrier


def _content(run: str, shard: ShardFile, seen: _Seen) -> Iterator[Problem]:
    """Whether a shard with the right bytes also holds what the manifest says: readable pages, rows, keys in order."""
    rows = 0
    read = {PARQUET: _read_parquet, WEBDATASET: _read_tar}.get(shard.carrier)
    if read is None:
        yield Problem(shard.name, f"unknown carrier {shard.carrier!r}")
        return
    try:
        for count, keys in read(run, shard, seen.left):
            rows += count
            yield from _order(shard.name, keys, seen)
    except (OSError, pa.ArrowException, tarfile.TarError, ValueError) as error:
        yield Problem(shard.name, f"unfit: {error}")
        return
    if rows != shard.rows:
        yield Problem(shard.name, f"{rows} rows instead of {shard.rows}")


def _order(name: str, keys: Iterable[str], seen: _Seen) -> Iterator[Problem]:
    """Each key that does not come strictly after the one before it in its corpus; a batch names its first offender."""
    told = False
    for key in keys:
        if not told and seen.last_file and key <= seen.last_key:
            told = True
            fault = "stands twice" if key == seen.last_key else f"comes after {seen.last_key!r}"
            yield Problem(name, f"key {key!r} {fault} (the one before it is in {seen.last_file})")
        seen.last_key, seen.last_file = key, name


def _read_parquet(run: str, shard: ShardFile, left: Left) -> Iterator[tuple[int, list[str]]]:
    """Rows and keys batch by batch, every page of every column read with its checksum verified."""
    with storage.open_for_reading(storage.join(run, shard.name)) as file:
        table = pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False)
        _same_schema(table.schema_arrow, shard.corpus)
        for batch in table.iter_batches(BATCH_ROWS, use_threads=False):
            left.update(_doors_of(batch, shard.corpus))
            if shard.corpus == "interleaved":
                _interlaced(batch)
            yield len(batch), batch.column("id").to_pylist() if shard.corpus in CORPORA else []


def _same_schema(found: pa.Schema, corpus: str) -> None:
    """Raises ValueError where a shard's columns are not those of its corpus, in their order and types."""
    expected = SCHEMAS.get(corpus)
    if expected is None:
        raise ValueError(f"unknown corpus {corpus!r}")
    if not found.equals(expected):
        names = sorted(set(found.names) ^ set(expected.names))
        wrong = names or [one.name for one in expected if not found.field(one.name).equals(one)]
        raise ValueError(f"columns differ from those of {corpus}: {', '.join(wrong[:4]) or 'another order'}")


def _interlaced(batch: pa.RecordBatch) -> None:
    """Raises ValueError where a document does not have exactly one of text and image in each place."""
    texts, images = batch.column("texts"), batch.column("images")
    if not pc.list_value_length(texts).equals(pc.list_value_length(images)):
        raise ValueError("texts and images of a document differ in length")
    if texts.flatten().is_valid().equals(images.flatten().is_null()):
        return
    raise ValueError("a place of a document holds both a text and an image, or neither")


def _doors_of(batch: pa.RecordBatch, corpus: str) -> Left:
    """Who left by which door, counted from the rows of a dropped or failed table."""
    if corpus not in ("dropped", "failed"):
        return Counter()
    reason = "rule" if corpus == "dropped" else "fault"
    rows = zip(*(batch.column(name).to_pylist() for name in ("corpus", "stage", reason)), strict=True)
    of = batch.column("of").to_pylist() if corpus == "dropped" else [None] * len(batch)
    return Counter(
        (row[0], row[1], corpus if keeper is None else "duplicate", row[2])
        for row, keeper in zip(rows, of, strict=True)
    )


def _read_tar(run: str, shard: ShardFile, left: Left) -> Iterator[tuple[int, list[str]]]:
    """One sample at a time with its key; members whose name gives no key are an error."""
    with storage.open_for_reading(storage.join(run, shard.name)) as file, tarfile.open(fileobj=file, mode="r:") as tar:
        for key, _ in groupby(_member_keys(tar)):
            yield 1, [key]


def _member_keys(tar: tarfile.TarFile) -> Iterator[str]:
    while member := tar.next():
        tar.members = []  # type: ignore[attr-defined]  # tarfile would keep every header it has met
        name = _MEMBER.fullmatch(member.name)
        if name is None or not member.isreg():
            raise ValueError(f"member {member.name!r} belongs to no sample")
        yield name[1]


def _accounts(manifest: Manifest) -> Iterator[Problem]:
    """Whether each account holds, and each stage took in what the one before it kept."""
    before: dict[str, Account] = {}
    for account in manifest.accounts:
        place = f"account of {account.corpus} at {account.stage}"
        if not account.holds():
            yield Problem(MANIFEST_NAME, f"{place} does not hold: {account.equation()}")
        earlier = before.get(account.corpus)
        if earlier is not None and earlier.kept != account.entered:
            yield Problem(MANIFEST_NAME, f"{place} takes in {account.entered}, but {earlier.stage} kept {earlier.kept}")
        before[account.corpus] = account


def _totals(manifest: Manifest) -> Iterator[Problem]:
    """Whether each corpus has as many rows as its last stage kept, on every carrier it was written to."""
    kept = {account.corpus: account.kept for account in manifest.accounts}
    written = {(shard.corpus, shard.carrier) for shard in manifest.shards}
    for corpus in CORPORA:
        carriers = sorted(carrier for owner, carrier in written if owner == corpus)
        counts = {carrier: manifest.rows(corpus, carrier) for carrier in carriers} or {"any carrier": 0}
        for carrier, rows in counts.items():
            if rows != kept.get(corpus, 0):
                yield Problem(MANIFEST_NAME, f"{corpus}: {rows} rows on {carrier}, but {kept.get(corpus, 0)} were kept")


def _doors(manifest: Manifest, found: Left) -> Iterator[Problem]:
    """Whether the dropped and failed tables hold a row for each item that an account says left that way."""
    stated: Left = Counter()
    for account in manifest.accounts:
        doors = {"dropped": account.dropped, "failed": account.failed, "duplicate": account.duplicates}
        for door, reasons in doors.items():
            for reason, count in reasons.items():
                stated[account.corpus, account.stage, door, reason] += count
    for place in sorted(stated.keys() | found.keys()):
        if stated[place] != found[place]:
            table = "failed" if place[2] == "failed" else "dropped"
            what = f"{found[place]} rows for {' '.join(place)}, but the accounts say {stated[place]}"
            yield Problem(f"{table}/", what)
