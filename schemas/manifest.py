"""What a run wrote, from what, and where every item went. Written last; what it does not name does not count.

The file form is JSON with sorted keys, no clock in it, and its own digest, so that two runs of one recipe over one
input have equal manifests and a changed one is noticed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

FORMAT = "triptych-run"
# 1 called a format `carrier` and had no `columns`; 2 had no `not_taken`; 3 had no `added`; 4 no `forgotten`, of a run and of an account.
MANIFEST_VERSION = 5
MANIFEST_NAME = "manifest.json"


class ManifestError(ValueError):
    """A manifest that cannot be read: no JSON, another version, a missing, unknown or ill-typed field, or changed."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One finished shard.

    `name` is relative to the run folder; `rows` counts rows (Parquet) or samples (tar); `parts` lists the member
    suffixes that a tar holds.
    """

    name: str
    corpus: str  # or one of the tables dropped and failed
    format: str  # parquet, webdataset
    rows: int
    bytes: int
    sha256: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideFile:
    """One finished file that is no shard: recipe, card, sizes.json, sketches."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Input:
    """One archive that was read: its size, its records by WARC-Type, its captures, the damaged bytes passed over."""

    source: str
    bytes: int
    records: Mapping[str, int] = field(default_factory=dict)
    captures: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Files that lay among the inputs and were not read: their ending or what else they are, how many, and the names of some."""

    kind: str
    files: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Where the items of one corpus went at one stage: kept, dropped by rule, failed by fault, duplicates by key.

    The accounts of one corpus stand in the order of its stages, and each takes in what the one before it kept. `added` is how many more
    they became by being cut: a document of three parts is one that entered and two that were added. `forgotten` is what was taken down
    once the run was finished, by the kind of list that asked for it, or by the rule that a document without its images does not pass; no
    row tells of those items.

    >>> account = Account("text", "decide", 10, 7, {"words": 2}, {}, {"exact": 1})
    >>> account.holds(), account.equation()
    (True, '10 = 7 kept + 2 dropped + 0 failed + 1 duplicate')
    """

    corpus: str
    stage: str
    entered: int
    kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    duplicates: Mapping[str, int] = field(default_factory=dict)
    added: int = 0
    forgotten: Mapping[str, int] = field(default_factory=dict)

    def left(self) -> int:
        """How many items stayed or left by any way."""
        gone = (self.dropped, self.failed, self.duplicates, self.forgotten)
        return self.kept + sum(sum(counts.values()) for counts in gone)

    def holds(self) -> bool:
        """Whether nothing vanished: in (and added) = kept + dropped + failed + duplicates + forgotten (law 3)."""
        return self.entered + self.added == self.left()

    def equation(self) -> str:
        """The account in one line, with `≠` where it does not hold."""
        sign = "=" if self.holds() else "≠"
        outcomes = (("dropped", self.dropped), ("failed", self.failed), ("duplicate", self.duplicates))
        added = f" + {self.added} added" if self.added else ""
        forgotten = f" + {sum(self.forgotten.values())} forgotten" if self.forgotten else ""
        return (
            f"{self.entered}{added} {sign} {self.kept} kept"
            + "".join(f" + {sum(n.values())} {outcome}" for outcome, n in outcomes)
            + forgotten
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was asked to be forgotten, and what a take-down took out of the finished run.

    `lists` are the SHA-256 of the lists, sorted, `entries` how many ids, urls and hosts they name. `rows` counts the rows that went, by
    table and kind of list (of a document that went for want of its images, the rule), images inside documents under `interleaved_images`.
    `left` counts rows of `dropped` and `failed` that went, by corpus, stage, outcome and reason, so that the accounts still bear them out.
    A receipt of lists that the run itself was given has neither: there the accounts and `dropped` tell.
    """

    lists: tuple[str, ...]
    entries: Mapping[str, int]
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of a run. Inputs, shards and side files are sorted by name, accounts stand in the order of stages.

    `columns` gives the columns of each table that the run writes, and their Arrow types as text, so that `verify`
    compares shards with what the run wrote, whatever columns a later release has. A corpus that is named there and has
    no shard must have kept nothing. It is empty for runs of version 1, which did not state it.
    """

    recipe: str
    recipe_digest: str
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    accounts: tuple[Account, ...] = ()
    shards: tuple[ShardFile, ...] = ()
    side_files: tuple[SideFile, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_taken: tuple[NotTaken, ...] = ()
    against: tuple[str, ...] = ()  # SHA-256 of the manifests of the earlier runs that it was decided against
    forgotten: tuple[Receipt, ...] = ()
    format: str = FORMAT
    version: int = MANIFEST_VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(sorted(self.inputs, key=lambda entry: entry.source)))
        for name in ("shards", "side_files"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=lambda entry: entry.name)))

    def shards_of(self, corpus: str, format: str) -> tuple[ShardFile, ...]:
        """The shards of one corpus in one format, in order."""
        return tuple(shard for shard in self.shards if (shard.corpus, shard.format) == (corpus, format))

    def rows(self, corpus: str, format: str) -> int:
        """How many rows or samples one corpus has in one format."""
        return sum(shard.rows for shard in self.shards_of(corpus, format))


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def to_json(manifest: Manifest) -> bytes:
    """The file form: UTF-8 JSON, keys sorted, with the SHA-256 of itself without that entry under `digest`."""
    body = asdict(manifest)
    return _text(body | {"digest": hashlib.sha256(_text(body)).hexdigest()})


def from_json(data: bytes) -> Manifest:
    """Reads the file form, of this version or an earlier one. Raises ManifestError with one sentence on what is wrong."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:  # also a UnicodeDecodeError
        raise ManifestError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ManifestError(f"expected an object, found {type(body).__name__}")
    if body.get("format") != FORMAT or body.get("version") not in range(1, MANIFEST_VERSION + 1):
        found = f"{body.get('format')!r} version {body.get('version')!r}"
        raise ManifestError(f"expected {FORMAT!r} of a version up to {MANIFEST_VERSION}, found {found}")
    stated = body.pop("digest", None)
    actual = hashlib.sha256(_text(body)).hexdigest()
    if stated != actual:
        raise ManifestError(f"changed after it was written: its digest says {stated}, its content gives {actual}")
    body = _from_version_1(body) if body["version"] == 1 else body
    body = body | {"version": 3, "not_taken": []} if body["version"] == 2 else body
    body = _from_version_3(body) if body["version"] == 3 else body
    return _manifest(_from_version_4(body) if body["version"] == 4 else body)


def _from_version_1(body: dict[str, Any]) -> dict[str, Any]:
    """A manifest of version 1 in the words of version 2; what is wrong with it is left for the reader to find."""
    shards = body.get("shards")
    if isinstance(shards, list):
        shards = [_renamed(entry, "carrier", "format") if isinstance(entry, dict) else entry for entry in shards]
    return body | {"version": 2, "shards": shards, "columns": {}}


def _from_version_3(body: dict[str, Any]) -> dict[str, Any]:
    """A manifest of version 3, whose runs cut nothing."""
    return body | {"version": 4, "accounts": _with(body.get("accounts"), "added", 0)}


def _from_version_4(body: dict[str, Any]) -> dict[str, Any]:
    """A manifest of version 4, whose runs forgot nothing and were decided by themselves."""
    accounts = _with(body.get("accounts"), "forgotten", {})
    return body | {"version": MANIFEST_VERSION, "accounts": accounts, "forgotten": [], "against": []}


def _with(entries: Any, name: str, value: Any) -> Any:
    """Entries of a list with one field more; what is no such list is left for the reader to find."""
    if not isinstance(entries, list):
        return entries
    return [entry | {name: value} if isinstance(entry, dict) else entry for entry in entries]


def _renamed(entry: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in entry.items()}


def _manifest(body: dict[str, Any]) -> Manifest:
    parts: dict[str, type[Any]] = {
        "inputs": Input,
        "accounts": Account,
        "shards": ShardFile,
        "side_files": SideFile,
        "not_taken": NotTaken,
        "forgotten": Receipt,
    }
    for name, kind in parts.items():
        entries = body.get(name)
        if not isinstance(entries, list):
            raise ManifestError(f"{name}: expected a list, found {type(entries).__name__}")
        body[name] = tuple(_record(kind, entry, f"{name}[{place}]") for place, entry in enumerate(entries))
    return _record(Manifest, body, "manifest")


Record = TypeVar("Record")


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())


def _are_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(type(entry) is int for entry in value.values())


# What each field annotation of this file admits in JSON.
_CHECKS: Mapping[Any, Any] = {
    str: lambda value: isinstance(value, str),
    int: lambda value: type(value) is int,
    tuple[str, ...]: lambda value: isinstance(value, list) and all(isinstance(entry, str) for entry in value),
    Mapping[str, int]: _are_counts,
    Mapping[str, Mapping[str, int]]: lambda value: isinstance(value, dict) and all(map(_are_counts, value.values())),
    Mapping[str, str]: _are_texts,
    Mapping[str, Mapping[str, str]]: lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
}


def _record(kind: type[Record], entry: Any, place: str) -> Record:
    """One dataclass of this file from its JSON object; every field must be there, known, and of its type."""
    if not isinstance(entry, dict):
        raise ManifestError(f"{place}: expected an object, found {type(entry).__name__}")
    known = {member.name: member.type for member in fields(kind)}  # type: ignore[arg-type]  # every kind here is a dataclass
    if wrong := sorted(known.keys() ^ entry.keys()):
        raise ManifestError(f"{place}: missing or unknown: {', '.join(wrong)}")
    for name, annotation in known.items():
        if annotation in _CHECKS and not _CHECKS[annotation](entry[name]):
            raise ManifestError(f"{place}.{name}: {entry[name]!r} is of a wrong type")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})
