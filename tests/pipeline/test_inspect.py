"""What a manifest and its sketches say as plain numbers."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.formats.side_files import write_side_file
from pipeline.inspect import inspect
from schemas.outcomes import UserError
from tests.support.small_run import commit, write_run
from transforms.stats.profile import Profile


def test_facts_are_the_manifests(tmp_path: Path) -> None:
    """Every count comes from the manifest, the facts are JSON, and reasons stand most frequent first."""
    manifest = write_run(tmp_path)
    manifest = commit(
        tmp_path,
        replace(
            manifest, accounts=(replace(manifest.accounts[1], dropped={"b": 1, "a": 1, "c": 0}), *manifest.accounts[2:])
        ),
    )
    facts = inspect(str(tmp_path))
    assert json.loads(json.dumps(facts)) == facts
    assert facts["inputs"] == {
        "archives": 1,
        "bytes": 1000,
        "records": {"response": 9},
        "captures": 9,
        "skipped": 7,
        "not_taken": [],
    }
    account = facts["accounts"][0]
    assert (account["in"], account["kept"], account["dropped"], account["duplicates"], account["holds"]) == (
        26,
        23,
        2,
        1,
        True,
    )
    assert list(account["reasons"]["dropped"]) == ["a", "b", "c"]
    assert facts["corpora"]["pairs"]["webdataset"]["shards"] == 2
    assert [shard["sha256"] for shard in facts["shards"]] == [shard.sha256 for shard in manifest.shards]


def test_profile_is_read_where_the_manifest_names_it(tmp_path: Path) -> None:
    """Languages, hosts and quantiles of what entered and of what stayed come from the sketches."""
    manifest = write_run(tmp_path)
    profile = Profile.empty()
    for outcome, ids in (("entered", ["a", "b", "c"]), ("kept", ["a", "b"]), ("dropped:words", ["c"])):
        measures = {"words": np.arange(len(ids), dtype=float), "none": np.full(len(ids), np.nan)}
        profile = profile.observe("text", outcome, measures=measures, languages=["en"] * len(ids), hosts=ids, ids=ids)
    side = write_side_file(str(tmp_path), "stats/profile.json", profile.to_json().encode())
    assert inspect(str(tmp_path))["profile"] == {}
    commit(tmp_path, replace(manifest, side_files=(*manifest.side_files, side)))
    seen = inspect(str(tmp_path))["profile"]
    assert list(seen) == ["text"] and list(seen["text"]) == ["entered", "kept"]
    kept = seen["text"]["kept"]
    assert (kept["items"], kept["languages"], kept["distinct_hosts"]) == (2, {"en": 2}, 2)
    assert kept["measures"] == {
        "words": {"n": 2, "mean": 0.5, "p05": 0.0, "p50": 0.0, "p95": pytest.approx(1, rel=0.01)}
    }


def test_damaged_manifest_is_told(tmp_path: Path) -> None:
    """A manifest that was changed is refused with its path and the next command."""
    write_run(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"recipe": "kosmos1"', b'"recipe": "kosmos2"'))
    with pytest.raises(UserError, match=r"manifest\.json: changed after it was written.*triptych verify"):
        inspect(str(tmp_path))
