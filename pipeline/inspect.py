"""What a run's manifest says, as plain numbers for a person or a program. Reads no shard."""

from collections.abc import Mapping
from typing import Any

from pipeline import storage
from schemas.manifest import MANIFEST_NAME, Account, Manifest, ManifestError, from_json
from schemas.outcomes import UserError


def inspect(folder: str) -> dict[str, Any]:
    """The facts of the finished run in `folder`, as a JSON value.

    `recipe` (name, digest), `versions`, `inputs` (archives, bytes, records, captures, skipped bytes), `accounts` (one a
    corpus and stage: in, kept, dropped, failed, duplicates, holds, and the reasons of each door, most frequent first),
    `corpora` (per corpus and carrier: shards, rows, bytes) and `shards` (name, rows, bytes, sha256).

    Raises UserError where there is no finished run.
    """
    manifest = load(folder)
    return {
        "run": folder,
        "recipe": {"name": manifest.recipe, "digest": manifest.recipe_digest},
        "versions": dict(manifest.versions),
        "inputs": _inputs(manifest),
        "accounts": [_account(account) for account in manifest.accounts],
        "corpora": _corpora(manifest),
        "shards": [
            {"name": shard.name, "rows": shard.rows, "bytes": shard.bytes, "sha256": shard.sha256}
            for shard in manifest.shards
        ],
    }


def load(folder: str) -> Manifest:
    """The manifest of the run in `folder`. Raises UserError where there is none that can be read."""
    path = storage.join(folder, MANIFEST_NAME)
    if not storage.exists(path):
        raise UserError(
            f"{folder}: no finished run is here ({MANIFEST_NAME} is missing); the same run command goes on with it"
        )
    try:
        return from_json(storage.read_bytes(path))
    except ManifestError as error:
        raise UserError(f"{path}: {error}; triptych verify {folder} tells more") from error


def _inputs(manifest: Manifest) -> dict[str, Any]:
    records: dict[str, int] = {}
    for entry in manifest.inputs:
        for kind, count in entry.records.items():
            records[kind] = records.get(kind, 0) + count
    return {
        "archives": len(manifest.inputs),
        "bytes": sum(entry.bytes for entry in manifest.inputs),
        "records": dict(sorted(records.items())),
        "captures": sum(entry.captures for entry in manifest.inputs),
        "skipped": sum(entry.skipped for entry in manifest.inputs),
    }


def _account(account: Account) -> dict[str, Any]:
    doors = {"dropped": account.dropped, "failed": account.failed, "duplicates": account.duplicates}
    return {
        "corpus": account.corpus,
        "stage": account.stage,
        "in": account.entered,
        "kept": account.kept,
        **{door: sum(reasons.values()) for door, reasons in doors.items()},
        "holds": account.holds(),
        "reasons": {door: _most_first(reasons) for door, reasons in doors.items()},
    }


def _most_first(reasons: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0])))


def _corpora(manifest: Manifest) -> dict[str, dict[str, dict[str, int]]]:
    corpora: dict[str, dict[str, dict[str, int]]] = {}
    for shard in manifest.shards:
        sums = corpora.setdefault(shard.corpus, {}).setdefault(shard.carrier, {"shards": 0, "rows": 0, "bytes": 0})
        sums["shards"] += 1
        sums["rows"] += shard.rows
        sums["bytes"] += shard.bytes
    return corpora
