"""A finished run against its manifest: every byte, row and account. In: a run folder. Out: what is wrong, file by file.

Files are streamed: memory holds a row group at a time, whatever the run's size, and eight bytes an id for at most
`shared_ids.LIMIT` ids: of a corpus with more rows in one format, only a seeded slice of the ids is compared between
shards. A consumer's reader notices none of this by itself: a tar cut in half reads as a shorter set, a flipped bit in
Parquet as other data (docs/sources.md, Damaged shards).
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from pipeline import formats, storage
from pipeline.fetch.layout import CrawlFolder
from pipeline.formats.base import Format, Read
from pipeline.layout import STAGING, TAKE_DOWN, RunFolder
from pipeline.shared_ids import IdHashes, common_id, slice_end
from schemas.manifest import MANIFEST_NAME, Account, Manifest, ManifestError, ShardFile, SideFile, from_json
from schemas.outcomes import UserError
from schemas.tables import DROPPED_TABLE, FAILED_TABLE, counts_many

# The tables that are no corpus, and their columns that say who left.
TABLES: Mapping[str, tuple[str, ...]] = {
    DROPPED_TABLE.name: ("corpus", "stage", "rule", "of", "value"),
    FAILED_TABLE.name: ("corpus", "stage", "fault"),
}

Left = Counter[tuple[str, str, str, str]]  # (corpus, stage, outcome, rule or fault or key) -> items


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the file (relative to the run folder) in which."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def verify(run: str) -> list[Problem]:
    """Everything that is wrong with the run in a folder; an empty list means that it is as its manifest says.

    Columns are compared with those that the manifest states, so runs of an earlier or a later release are verified too. Raises UserError
    where the folder is that of a crawl.
    """
    path = RunFolder(run).manifest
    if not storage.exists(path):
        if storage.exists(CrawlFolder(run).identity):
            raise UserError(f"{run} is a crawl and no run: triptych run --input {run} --output DIR makes a run of it")
        begun = storage.exists(RunFolder(run).identity)
        return [Problem(MANIFEST_NAME, f"missing: {'the run is not finished' if begun else 'no run was begun here'}")]
    try:
        manifest = from_json(storage.read_bytes(path))
    except ManifestError as error:
        return [Problem(MANIFEST_NAME, str(error))]
    if storage.exists(RunFolder(run).take_down):
        return [Problem(TAKE_DOWN, "a take-down was begun and is not finished: the same forget command finishes it")]
    left: Left = Counter()
    problems = [*_shards(run, manifest, left), *_side_files(run, manifest), *_unnamed(run, manifest)]
    return [*problems, *_accounts(manifest), *_totals(manifest), *_outcomes(manifest, left)]


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
    suffixes = tuple(format_.suffix for format_ in formats.FORMATS)
    for name in storage.files_below(run):
        if name.endswith(suffixes) and not name.startswith(STAGING) and name not in named:
            yield Problem(name, "not in the manifest")


def _shards(run: str, manifest: Manifest, left: Left) -> Iterator[Problem]:
    """What is wrong with shards; `left` takes in who left by which outcome."""
    for corpus in sorted({shard.corpus for shard in manifest.shards} - manifest.columns.keys()):
        if manifest.columns:
            yield Problem(MANIFEST_NAME, f"the columns of {corpus} are not stated")
    for (corpus, format_), shards in groupby(sorted(manifest.shards, key=_series), key=_series):
        found = _Series(run, manifest, left, IdHashes(slice_end(manifest.rows(corpus, format_))))
        for shard in shards:
            broken = list(_whole(run, shard))
            yield from broken or found.problems(shard)
        yield from found.shared_ids()


def _series(shard: ShardFile) -> tuple[str, str]:
    """The shards over which ids are unique: one corpus in one format."""
    return shard.corpus, shard.format


@dataclass(slots=True)
class _Series:
    """A pass over the shards of one corpus in one format."""

    run: str
    manifest: Manifest
    left: Left
    ids: IdHashes
    readable: dict[str, ShardFile] = field(default_factory=dict)

    def problems(self, shard: ShardFile) -> Iterator[Problem]:
        """Whether a shard with the right bytes also holds what the manifest says: sound pages, rows, ids in order."""
        format_ = _format_of(shard)
        if format_ is None:
            yield Problem(shard.name, f"unknown format {shard.format!r}")
            return
        content = _Content(shard.corpus, self.ids)
        damage: tuple[type[Exception], ...] = (OSError, ValueError, *format_.errors)
        try:
            for piece in self._pieces(format_, shard):
                content.take(piece)
        except damage as error:
            yield Problem(shard.name, f"unfit: {error}")
            return
        self.left.update(content.left)
        self.ids.shards[shard.name] = content.hashes
        self.readable[shard.name] = shard
        if content.disorder:
            yield Problem(shard.name, content.disorder)
        if content.rows != shard.rows:
            yield Problem(shard.name, f"{content.rows} rows instead of {shard.rows}")

    def shared_ids(self) -> Iterator[Problem]:
        """Ids that two shards have. Both are read once more, since what was compared are hashes."""
        for first, second, hashes in self.ids.shared():
            identity = common_id(self._ids_of(first), self._ids_of(second), hashes)
            if identity is not None:
                yield Problem(second, f"id {identity!r} is also in {first}")

    def _ids_of(self, name: str) -> Iterator[str]:
        shard = self.readable[name]
        for piece in self._pieces(formats.by_name(shard.format), shard):
            yield from piece.values["id"]

    def _pieces(self, format_: Format, shard: ShardFile) -> Iterator[Read]:
        columns = self.manifest.columns.get(shard.corpus, {})
        with storage.open_for_reading(storage.join(self.run, shard.name)) as file:
            yield from format_.read(file, shard, columns, TABLES.get(shard.corpus, ("id",)))


def _format_of(shard: ShardFile) -> Format | None:
    return next((format_ for format_ in formats.FORMATS if format_.name == shard.format), None)


@dataclass(slots=True)
class _Content:
    """What a shard was found to hold."""

    table: str
    ids: IdHashes
    rows: int = 0
    last: str = ""
    disorder: str = ""  # the first id that does not come after the one before it
    hashes: "array[int]" = field(default_factory=lambda: array("Q"))
    left: Left = field(default_factory=Counter)

    def take(self, piece: Read) -> None:
        """Add one piece. Raises ValueError where a row has no id."""
        self.rows += piece.rows
        if self.table in TABLES:
            self.left.update(outcomes_of(self.table, piece.values))
            return
        ids = piece.values["id"]
        if not all(isinstance(identity, str) for identity in ids):
            raise ValueError("a row without an id")
        self.disorder = self.disorder or disorder([self.last, *ids] if self.last else ids)
        self.last = ids[-1] if ids else self.last
        self.hashes.extend(self.ids.hashes(ids))


def disorder(ids: Sequence[str]) -> str:
    """The first id that does not come strictly after the one before it, in words; "" where all do.

    >>> disorder(["a", "b", "b"]), disorder(["a", "b"])
    ("id 'b' stands twice", '')
    """
    for before, after in pairwise(ids):
        if after <= before:
            return f"id {after!r} stands twice" if after == before else f"id {after!r} comes after {before!r}"
    return ""


def outcomes_of(table: str, values: Mapping[str, Sequence[Any]]) -> Left:
    """Who left by which outcome, counted from rows of `dropped` or `failed`."""
    corpora, stages, reasons, *more = (values[name] for name in TABLES[table])
    of, judged = more or ([None] * len(corpora), [None] * len(corpora))
    found: Left = Counter()
    for corpus, stage, reason, keeper, value in zip(corpora, stages, reasons, of, judged, strict=True):
        # A row of elements or pieces stands for all of a page that left by its rule.
        items = int(value) if counts_many(corpus) and value is not None else 1
        found[corpus, stage, table if keeper is None else "duplicate", reason] += items
    return found


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
    """Whether each corpus has as many rows as its last stage kept, in every format that it was written in."""
    kept = {account.corpus: account.kept for account in manifest.accounts}
    written = {(shard.corpus, shard.format) for shard in manifest.shards}
    for corpus in sorted(({corpus for corpus, _ in written} | manifest.columns.keys()) - TABLES.keys()):
        names = sorted(format_ for owner, format_ in written if owner == corpus)
        counts = {name: manifest.rows(corpus, name) for name in names} or {"any format": 0}
        for name, rows in counts.items():
            if rows != kept.get(corpus, 0):
                yield Problem(MANIFEST_NAME, f"{corpus}: {rows} rows in {name}, but {kept.get(corpus, 0)} were kept")


def taken_down(manifest: Manifest) -> Left:
    """The rows of dropped and failed that take-downs took out."""
    gone: Left = Counter()
    for receipt in manifest.forgotten:
        for place, count in receipt.left.items():
            corpus, stage, outcome, reason = place.split(" ")
            gone[corpus, stage, outcome, reason] += count
    return gone


def _outcomes(manifest: Manifest, found: Left) -> Iterator[Problem]:
    """Whether the dropped and failed tables hold a row for each item that an account says left that way, but for those taken down."""
    stated: Left = Counter()
    found = found + taken_down(manifest)
    for account in manifest.accounts:
        outcomes = {"dropped": account.dropped, "failed": account.failed, "duplicate": account.duplicates}
        for outcome, reasons in outcomes.items():
            for reason, count in reasons.items():
                stated[account.corpus, account.stage, outcome, reason] += count
    for place in sorted(stated.keys() | found.keys()):
        if stated[place] != found[place]:
            table = FAILED_TABLE.name if place[2] == "failed" else DROPPED_TABLE.name
            what = f"{found[place]} rows for {' '.join(place)}, but the accounts say {stated[place]}"
            yield Problem(f"{table}/", what)
