"""Laws 5, 6 and 9 on object stores: the same bytes and sources as on a disk, and few requests."""

import json
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run as running
from pipeline import storage
from pipeline.decide.aliases import HOPS
from pipeline.engines.settings import EngineSettings
from pipeline.lease import Lease, this_process
from pipeline.plan import Request
from pipeline.run import run
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from tests.support.buckets import Buckets
from tests.support.runs import SAMPLE, recipe, two_archives
from tests.support.sample_run import sample_inputs, sample_run

UNIT_REQUESTS = 20  # a unit at most, from its archive to its shards


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_run_in_a_bucket_is_the_run_on_a_disk(scheme: str, buckets: Buckets, tmp_path: Path) -> None:
    """Inputs, staging and output in a bucket: equal manifests, so equal shards, ids, sources and accounts."""
    inputs, (_, local) = sample_inputs(), sample_run()
    settings = buckets.s3() if scheme == "s3" else buckets.gs(tmp_path)
    root = f"{scheme}://{buckets.new()}"
    assert in_bucket(inputs, Path(inputs[0]).parents[1], root, settings) == local


def in_bucket(inputs: list[str], base: Path, root: str, settings: dict[str, str]) -> Manifest:
    """The same run with everything in a bucket."""
    storage.configure(settings)
    for path in inputs:
        with storage.write_whole(f"{root}/crawl/{Path(path).relative_to(base)}") as file:
            file.write(Path(path).read_bytes())
    return run(Request((f"{root}/crawl/**/*.warc.gz",), f"{root}/out", recipe("kosmos1"), storage=settings))


def test_two_runs_do_not_write_to_one_folder_of_a_bucket(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is refused by name; a run whose folder was taken over meanwhile ends before its next step, and writes no manifest."""
    settings, root = buckets.s3(), f"s3://{buckets.new()}"
    asked = Request((str(SAMPLE),), f"{root}/out", recipe("raw", 'corpora=["text"]'), storage=settings)
    extract, other = running.extract, replace(this_process(), token="another")

    def second(*arguments: Any) -> Any:
        with pytest.raises(UserError, match=rf"is being written by another run \(process {os.getpid()} on "):
            run(asked)
        return extract(*arguments)

    def taken_over(*arguments: Any) -> Any:
        with storage.write_whole(asked.run_folder.lease) as file:
            file.write(other.packed())
        assert lost.wait(60)
        return extract(*arguments)

    lost, renew = threading.Event(), Lease.renew

    def renewed(lease: Lease) -> None:
        renew(lease)
        if lease.lost_to:
            lost.set()

    monkeypatch.setattr("pipeline.lease.RENEW_SECONDS", 0.01)
    monkeypatch.setattr(Lease, "renew", renewed)
    with monkeypatch.context() as patch:
        patch.setattr(running, "extract", taken_over)
        with pytest.raises(UserError, match=rf"was taken over by process {os.getpid()} on "):
            run(asked)
    assert not storage.exists(asked.run_folder.manifest)
    storage.remove(asked.run_folder.lease)
    with monkeypatch.context() as patch:
        patch.setattr(running, "extract", second)
        assert run(asked).rows("text", "parquet") > 0
    assert not storage.exists(asked.run_folder.lease)
    log = [json.loads(line) for line in storage.read_bytes(asked.run_folder.log).splitlines()]
    events = [line["event"] for line in log]
    assert events.count("run_begun") == events.count("run_ended") == 2
    assert [line.get("rows", 0) > 0 for line in log if line["event"] == "unit"] == [True]  # of workers of this machine
    assert "was taken over" in next(line["error"] for line in log if line["event"] == "run_ended")


def test_requests_grow_slowly_with_the_units(buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit more costs fewer than UNIT_REQUESTS in all steps together, and no byte of its staging file is read more than twice, but for
    the index, which is read once more to count uses, and its addresses, which redirects and revisits are followed through."""
    monkeypatch.setattr("pipeline.plan.SMALL_BYTES", 1)  # an archive a unit
    counts = []
    for copies in (2, 6):
        inputs = [path for n in range(copies // 2) for path in two_archives(tmp_path / f"{copies}" / f"{n}")]
        buckets.asked.clear()
        root = f"s3://{buckets.new()}"
        in_bucket(inputs, tmp_path / f"{copies}", root, buckets.s3())
        counts.append(len(buckets.asked))
        assert not read_again(buckets)
    uploads = 1  # of the archive, by this test
    assert (counts[1] - counts[0]) / 4 - uploads < UNIT_REQUESTS, counts


SMALL = 1000  # bytes


def read_again(buckets: Buckets) -> list[str]:
    """The staging files of which some byte was read more than twice, once more to count uses, and once for each hop of redirects; footers
    and policy files, of some hundred bytes, are not counted."""
    reads: dict[str, list[tuple[int, int]]] = {}
    for one in buckets.asked:
        if one.method == "GET" and "/units/" in one.path and one.range.startswith("bytes="):
            first, _, last = one.range.removeprefix("bytes=").partition("-")
            if first and int(last) - int(first) > SMALL:
                reads.setdefault(one.path, []).append((int(first), int(last)))
    found = []
    for path, ranges in reads.items():
        borders = sorted({place for first, last in ranges for place in (first, last + 1)})
        worst = max(sum(first <= place <= last for first, last in ranges) for place in borders[:-1])
        if worst > 3 + HOPS:
            found.append(f"{path}: {ranges}")
    return found


def test_settings_are_part_of_a_request(tmp_path: Path) -> None:
    """The settings of storage travel with the request, so that workers of another machine are told too."""
    request = Request(("in",), str(tmp_path), recipe("raw"), storage={"s3.region": "eu-west-1"})
    assert replace(request, engine=EngineSettings(workers=2)).storage == {"s3.region": "eu-west-1"}
