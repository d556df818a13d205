"""A finished run: its manifest, its accounts, and the rows of its corpora and of what was dropped and failed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.manifest import Account, Manifest, ShardFile
from schemas.outcomes import UserError, VerificationError
from schemas.recipe import nearest

if TYPE_CHECKING:
    import pyarrow.dataset

_FORMAT = "parquet"  # the one that rows are read from; a table has its columns and types there


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, by its folder and what its manifest says."""

    folder: str
    manifest: Manifest

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Where every item went, a corpus and stage each: in = kept + dropped + failed + duplicates + forgotten."""
        return self.manifest.accounts

    @property
    def tables(self) -> tuple[str, ...]:
        """What can be read of the run: its corpora, and `dropped` and `failed` where something was."""
        return tuple(dict.fromkeys(shard.corpus for shard in self.manifest.shards))

    def rows(self, table: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a corpus, or of `dropped` or `failed`, as dictionaries, in the order of its shards; of all columns or of some.

        Some hundred rows are in memory at a time. Every page that is read has its checksum compared. Raises UserError where the run has no
        such table, or not in Parquet, or no such column, and VerificationError where a shard is missing or damaged.
        """
        shards, known = self._shards(table), self.manifest.columns.get(table)
        for name in columns or ():
            if known and name not in known:
                raise UserError(f"{self.folder}: {table} has no column {name!r}{nearest(name, known)}")
        return (row for shard in shards for row in _rows(self.folder, shard, columns))

    def dataset(self, table: str) -> "pyarrow.dataset.Dataset":
        """The same rows as an Arrow dataset, which filters, scans in threads and reads the columns that are asked for.

        Shards are not compared with the manifest (`triptych verify` does). Raises UserError as `rows`, and for a run in a bucket.
        """
        from pyarrow.dataset import dataset

        from pipeline import storage

        shards = self._shards(table)
        if storage.is_remote(self.folder):
            raise UserError(f"{self.folder}: a dataset is made of local files; rows() reads from buckets too")
        return dataset([storage.join(self.folder, shard.name) for shard in shards], format=_FORMAT)

    def _shards(self, table: str) -> tuple[ShardFile, ...]:
        """The Parquet shards of a table. Raises UserError where there is none."""
        if table not in self.tables:
            raise UserError(f"{self.folder}: this run has no {table!r}{nearest(table, self.tables)}")
        shards = self.manifest.shards_of(table, _FORMAT)
        if not shards:
            raise UserError(f"{self.folder}: {table!r} was not written as Parquet, which rows are read from")
        return shards


def _rows(folder: str, shard: ShardFile, columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    from pipeline import storage
    from pipeline.formats.parquet import PARQUET, batches

    path = storage.join(folder, shard.name)
    try:
        with storage.open_for_reading(path) as file:
            for batch in batches(file, columns):
                yield from batch.to_pylist()
    except (OSError, ValueError, *PARQUET.errors) as error:
        raise VerificationError(f"{path} cannot be read ({error}); triptych verify {folder} tells more") from error


def open_run(folder: str, storage: Mapping[str, str] | None = None) -> Run:
    """The finished run in a folder, which may lie in a bucket; `storage` is what `--storage KEY=VALUE` says, and holds for this process.

    No shard is read. Raises UserError where no finished run is there.

    >>> import tempfile
    >>> open_run(tempfile.mkdtemp())
    Traceback (most recent call last):
    ...
    schemas.outcomes.UserError: ...: no finished run is here (manifest.json is missing); no run was begun in it
    """
    from pipeline import storage as places
    from pipeline.inspect import load

    if storage is not None:
        places.configure(storage)
    return Run(folder, load(folder))
