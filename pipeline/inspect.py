"""What a run's manifest and its sketches say, as plain numbers for a person or a program. Reads no shard."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline import storage
from pipeline.fetch.layout import CrawlFolder
from pipeline.layout import TASKS, RunFolder
from schemas.manifest import MANIFEST_NAME, Account, Manifest, ManifestError, from_json
from schemas.outcomes import UserError
from transforms.stats.profile import Distribution, OutcomeProfile, Profile

PROFILE = "stats/profile.json"
NAMED = 20  # languages and hosts named of a outcome
QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}


def inspect(folder: str) -> dict[str, Any]:
    """The facts of the finished run in `folder`, as a JSON value.

    `recipe` (name, digest), `versions`, `inputs` (archives, bytes, records, captures, skipped bytes, and what lay among
    them and was not read: `not_taken`), `tasks` (the test sets that were looked for: name, digest, counts),
    `forgotten` (the receipts of what was to be forgotten), `accounts` (one a corpus and stage: in, added by cutting, kept,
    dropped, failed, duplicates, forgotten, holds, and the reasons of each outcome, most frequent first),
    `corpora` (per corpus and format: shards, rows, bytes), `shards` (name, rows, bytes, sha256) and `profile` (per corpus
    and outcome, `entered` and `kept`: items, languages and hosts, most frequent first, and each measure's mean and quantiles).

    Raises UserError where there is no finished run.
    """
    manifest = load(folder)
    return {
        "run": folder,
        "recipe": {"name": manifest.recipe, "digest": manifest.recipe_digest},
        "versions": dict(manifest.versions),
        "inputs": _inputs(manifest),
        "tasks": _tasks(folder, manifest),
        "forgotten": [asdict(receipt) for receipt in manifest.forgotten],
        "accounts": [_account(account) for account in manifest.accounts],
        "corpora": _corpora(manifest),
        "shards": [
            {"name": shard.name, "rows": shard.rows, "bytes": shard.bytes, "sha256": shard.sha256}
            for shard in manifest.shards
        ],
        "profile": _profile(folder, manifest),
    }


def load(folder: str) -> Manifest:
    """The manifest of the run in `folder`. Raises UserError where there is none that can be read."""
    path = RunFolder(folder).manifest
    if not storage.exists(path):
        if storage.exists(CrawlFolder(folder).identity):
            raise UserError(
                f"{folder} is a crawl and no run: triptych run --input {folder} --output DIR makes a run of it; "
                "what became of its addresses say its account.json and rows/"
            )
        begun, decided = storage.exists(RunFolder(folder).identity), storage.exists(RunFolder(folder).decided_record)
        rest = "the same run command goes on with it" if begun else "no run was begun in it"
        rest += f", and triptych clusters {folder} shows what was decided" if decided else ""
        raise UserError(f"{folder}: no finished run is here ({MANIFEST_NAME} is missing); {rest}")
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
        "not_taken": [asdict(each) for each in manifest.not_taken],
    }


def _account(account: Account) -> dict[str, Any]:
    outcomes = {
        "dropped": account.dropped,
        "failed": account.failed,
        "duplicates": account.duplicates,
        "forgotten": account.forgotten,
    }
    return {
        "corpus": account.corpus,
        "stage": account.stage,
        "in": account.entered,
        "added": account.added,
        "kept": account.kept,
        **{outcome: sum(reasons.values()) for outcome, reasons in outcomes.items()},
        "holds": account.holds(),
        "reasons": {outcome: _most_first(reasons) for outcome, reasons in outcomes.items()},
    }


def _most_first(reasons: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0])))


def _corpora(manifest: Manifest) -> dict[str, dict[str, dict[str, int]]]:
    corpora: dict[str, dict[str, dict[str, int]]] = {}
    for shard in manifest.shards:
        sums = corpora.setdefault(shard.corpus, {}).setdefault(shard.format, {"shards": 0, "rows": 0, "bytes": 0})
        sums["shards"] += 1
        sums["rows"] += shard.rows
        sums["bytes"] += shard.bytes
    return corpora


def _tasks(folder: str, manifest: Manifest) -> list[dict[str, Any]]:
    """The tasks that the run was given, by name."""
    found: list[dict[str, Any]] = json.loads(_side_file(folder, manifest, TASKS) or b"[]")
    return found


def _side_file(folder: str, manifest: Manifest, name: str) -> bytes:
    """A side file of the run, b"" where it has none of this name. Raises UserError where it is not as the manifest says."""
    stated = [file.sha256 for file in manifest.side_files if file.name == name]
    if not stated:
        return b""
    path = storage.join(folder, name)
    data = storage.read_bytes(path) if storage.exists(path) else b""
    if hashlib.sha256(data).hexdigest() != stated[0]:
        raise UserError(f"{path} is missing or was changed; triptych verify {folder} tells more")
    return data


def _profile(folder: str, manifest: Manifest) -> dict[str, dict[str, Any]]:
    """What came and what stayed, from the run's merged sketches; empty for a run that has none."""
    if not (data := _side_file(folder, manifest, PROFILE)):
        return {}
    profile = Profile.from_json(data.decode())
    corpora: dict[str, dict[str, Any]] = {}
    for (corpus, outcome), seen in sorted(profile.outcomes.items()):
        if outcome in ("entered", "kept"):
            corpora.setdefault(corpus, {})[outcome] = _outcome(seen)
    return corpora


def _outcome(seen: OutcomeProfile) -> dict[str, Any]:
    return {
        "items": seen.items,
        "languages": dict(seen.languages.top(NAMED)),
        "hosts": dict(seen.hosts.top(NAMED)),
        "distinct_hosts": round(seen.distinct_hosts.estimate()),
        "measures": {name: _numbers(values) for name, values in sorted(seen.measures.items()) if values.moments.n},
    }


def _numbers(values: Distribution) -> dict[str, float]:
    quantiles = {name: values.histogram.quantile(share) for name, share in QUANTILES.items()}
    return {"n": values.moments.n, "mean": values.moments.mean, **quantiles}
