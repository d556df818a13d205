"""The manifest of a run: its shards, its inputs, and the accounts of its items. Written last; a file that it does not name does not count.

The file is JSON with sorted keys, without times, with its own digest. So two runs of one recipe over one input have
equal manifests, and a changed manifest is noticed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

FORMAT = "triptych-run"
MANIFEST_VERSION = 1
MANIFEST_NAME = "manifest.json"
PARQUET, WEBDATASET = "parquet", "webdataset"


class ManifestError(ValueError):
    """A manifest that cannot be read: no JSON, another version, a missing, unknown or ill-typed field, or changed."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One finished shard.

    `name` is relative to the run folder; `rows` counts rows (Parquet) or samples (tar); `parts` lists the member
    suffixes that a tar holds.
    """

    name: str
    corpus: str  # text, pairs, interleaved, dropped, failed
    carrier: str  # parquet, webdataset
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
class Account:
    """The outcomes of the items of one corpus at one stage: kept, dropped by rule, failed by fault, duplicates by key.

    The accounts of a corpus follow the order of its stages; what one stage kept enters the next.

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

    def left(self) -> int:
        """The number of items with any of the four outcomes."""
        return self.kept + sum((*self.dropped.values(), *self.failed.values(), *self.duplicates.values()))

    def holds(self) -> bool:
        """Whether the account adds up: in = kept + dropped + failed + duplicates (law 3)."""
        return self.entered == self.left()

    def equation(self) -> str:
        """The account in one line, with `≠` where it does not hold."""
        sign = "=" if self.holds() else "≠"
        doors = (("dropped", self.dropped), ("failed", self.failed), ("duplicate", self.duplicates))
        return f"{self.entered} {sign} {self.kept} kept" + "".join(f" + {sum(n.values())} {door}" for door, n in doors)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of a run. Inputs, shards and side files are sorted by name, accounts stand in the order of stages."""

    recipe: str
    recipe_digest: str
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    accounts: tuple[Account, ...] = ()
    shards: tuple[ShardFile, ...] = ()
    side_files: tuple[SideFile, ...] = ()
    format: str = FORMAT
    version: int = MANIFEST_VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(sorted(self.inputs, key=lambda entry: entry.source)))
        for name in ("shards", "side_files"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=lambda entry: entry.name)))

    def shards_of(self, corpus: str, carrier: str) -> tuple[ShardFile, ...]:
        """The shards of one corpus on one carrier, in order."""
        return tuple(shard for shard in self.shards if (shard.corpus, shard.carrier) == (corpus, carrier))

    def rows(self, corpus: str, carrier: str) -> int:
        """How many rows or samples one corpus has on one carrier."""
        return sum(shard.rows for shard in self.shards_of(corpus, carrier))


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def to_json(manifest: Manifest) -> bytes:
    """The file form: UTF-8 JSON, keys sorted, with the SHA-256 of itself without that entry under `digest`."""
    body = asdict(manifest)
    return _text(body | {"digest": hashlib.sha256(_text(body)).hexdigest()})


def from_json(data: bytes) -> Manifest:
    """Reads the file form. Raises ManifestError with one sentence that says what is wrong."""
    try:
        body = json.loads(data)
    except ValueError as error:  # also a UnicodeDecodeError
        raise ManifestError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ManifestError(f"expected an object, found {type(body).__name__}")
    if (body.get("format"), body.get("version")) != (FORMAT, MANIFEST_VERSION):
        found = f"{body.get('format')!r} version {body.get('version')!r}"
        raise ManifestError(f"expected {FORMAT!r} version {MANIFEST_VERSION}, found {found}")
    stated = body.pop("digest", None)
    actual = hashlib.sha256(_text(body)).hexdigest()
    if stated != actual:
        raise ManifestError(f"changed after it was written: its digest says {stated}, its content gives {actual}")
    return _manifest(body)


def _manifest(body: dict[str, Any]) -> Manifest:
    parts: dict[str, type[Any]] = {"inputs": Input, "accounts": Account, "shards": ShardFile, "side_files": SideFile}
    for name, kind in parts.items():
        entries = body.get(name)
        if not isinstance(entries, list):
            raise ManifestError(f"{name}: expected a list, found {type(entries).__name__}")
        body[name] = tuple(_record(kind, entry, f"{name}[{place}]") for place, entry in enumerate(entries))
    return _record(Manifest, body, "manifest")


Record = TypeVar("Record")

# What each field annotation of this file admits in JSON.
_CHECKS: Mapping[Any, Any] = {
    str: lambda value: isinstance(value, str),
    int: lambda value: type(value) is int,
    tuple[str, ...]: lambda value: isinstance(value, list) and all(isinstance(entry, str) for entry in value),
    Mapping[str, int]: lambda value: isinstance(value, dict) and all(type(entry) is int for entry in value.values()),
    Mapping[str, str]: lambda value: (
        isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())
    ),
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
