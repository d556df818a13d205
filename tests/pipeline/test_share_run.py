"""Shares of a run's units, staged by processes of their own, and the run that comes behind them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import named_archives, storage
from pipeline import run as running
from pipeline.alone import alone_in, beside_others
from pipeline.lease import Holder
from pipeline.one_step import run_step
from pipeline.plan import Request
from pipeline.share_run import run_share
from pipeline.shares import Share, dealt
from pipeline.work_list import committed, part_path
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from tests.support.buckets import Buckets
from tests.support.runs import cut_small, names_run, recipe, run_on, two_archives

ASKED = recipe("raw", 'corpora=["text"]')


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two archives, of eight units where units are small."""
    return two_archives(tmp_path_factory.mktemp("in"))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of a part of an archive."""
    cut_small(monkeypatch, 200_000, 10_000)


@pytest.fixture(scope="module")
def whole(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What one run gives."""
    with pytest.MonkeyPatch.context() as patch:
        cut_small(patch, 200_000, 10_000)
        return run_on(inputs, tmp_path_factory.mktemp("whole") / "out", ASKED)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The transforms that the engine ran, by name."""
    return names_run(monkeypatch)


def test_shares_in_any_order_and_a_run_behind_them_give_what_one_run_gives(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]
) -> None:
    """Nothing is staged again by the run, nor by a share that is given twice; who comes last has nothing to do."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    ends = [run_share(request, Share(3, number)) for number in (2, 3, 1, 2)]
    assert [(end.units, end.of, bool(end.before)) for end in ends] == [
        (3, 8, False),
        (3, 8, False),
        (2, 8, False),
        (3, 8, True),
    ]
    assert sum(end.captures for end in ends[:3]) == whole.accounts[0].entered
    assert running.run(request) == whole
    assert ran == ["Extract"] * 3 + ["Decide", "Emit"]
    assert "is finished" in run_share(request, Share(3, 1)).before
    assert not list((tmp_path / "out").rglob("*.part"))


def test_what_shares_left_is_staged_by_the_run(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]
) -> None:
    """It says which shares are not finished; `--stage decide` says it too, and does not begin."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    run_share(request, Share(3, 2))
    staged = set(request.staging_folder.staged())
    with pytest.raises(UserError, match=r"3 of 8 units are staged, shares 1/3, 3/3 not finished"):
        run_step(request, "decide")
    times = {number: Path(request.staging_folder.unit(number)).stat().st_mtime_ns for number in staged}
    told: list[str] = []
    assert running.run(request, lambda progress: told.append(progress.note)) == whole
    assert any("not finished: shares 1/3, 3/3; this run stages what they left of 5 units" in note for note in told)
    assert ran == ["Extract", "Extract", "Decide", "Emit"]
    assert times == {number: Path(request.staging_folder.unit(number)).stat().st_mtime_ns for number in staged}


@pytest.mark.parametrize("lost", ["a unit", "what a share handed up"])
def test_what_was_damaged_behind_shares_is_made_again(
    inputs: list[str], whole: Manifest, tmp_path: Path, lost: str
) -> None:
    """A unit that is gone, or a part that was cut: shares are believed as far as what they left is there."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    for number in (1, 2):
        run_share(request, Share(2, number))
    staging = request.staging_folder
    if lost == "a unit":
        Path(staging.unit(5)).unlink()
    else:
        Path(part_path(staging.share("0002-of-0002"), 0)).write_bytes(b"half")
    assert running.run(request) == whole


def test_more_shares_than_units(inputs: list[str], whole: Manifest, tmp_path: Path) -> None:
    """A share without units is finished at once; the others are staged by the run."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    ends = [run_share(request, Share(60, number)) for number in (1, 5, 60)]
    assert [end.units for end in ends] == [0, 1, 0]
    found = dealt(request.staging_folder)
    assert found is not None and len(found.finished) == 3
    assert running.run(request) == whole


def test_shares_do_not_exclude_each_other_but_themselves_and_a_run(inputs: list[str], tmp_path: Path) -> None:
    """The error names the process, and which share; a run that is at work excludes all shares."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    run_share(request, Share(3, 1))
    with beside_others(request, Share(3, 2), print):
        with pytest.raises(UserError, match=r"share 2/3 of .* is being written by another run \(process \d+ on "):
            run_share(request, Share(3, 2))
        with pytest.raises(
            UserError, match=r"shares are at work: 2/3 \(process \d+ on .*\): wait for them, or end them"
        ):
            running.run(request)
        assert not run_share(request, Share(3, 3)).before
    with (
        alone_in(request, print),
        pytest.raises(UserError, match=r"out is being written by another run \(process \d+ on "),
    ):
        run_share(request, Share(3, 2))
    assert not run_share(request, Share(3, 2)).before


def test_a_share_that_died_on_another_host_is_not_taken_for_the_run_that_is_at_work(
    inputs: list[str], tmp_path: Path
) -> None:
    """Its file names it until the same share comes again, and nobody here can tell whether it lives."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    run_share(request, Share(3, 1))
    died = Holder("node7", 4711, "9", "another boot", "2026-11-27T03:00:00Z", "a token")
    Path(request.run_folder.share_lock(Share(3, 1).name)).write_bytes(died.packed())
    with (
        alone_in(request, print),
        pytest.raises(UserError, match=r"out is being written by another run \(process \d+ on "),
    ):
        running.run(request)


def test_a_share_reads_the_ends_of_no_archive_that_another_has_read(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ninety thousand archives, a thousand shares: the first writes its plan down, and a listing shows the others that it is theirs."""
    shutil.copytree(Path(inputs[0]).parent.parent, tmp_path / "in")
    request = Request((str(tmp_path / "in"),), str(tmp_path / "out"), ASKED)
    read: list[str] = []
    original = named_archives.file_edges

    def edges(path: str, size: int | None = None) -> str:
        read.append(path)
        return original(path, size)

    with monkeypatch.context() as patch:
        patch.setattr(named_archives, "file_edges", edges)
        run_share(request, Share(8, 1))
        first = len(read)
        run_share(request, Share(8, 2))
        # Of its own archive it compares the ends when it has read it, as every run does.
        assert (first, len(read)) == (3, 4)
    (tmp_path / "in" / "more.warc.gz").write_bytes(Path(inputs[0]).read_bytes())
    with pytest.raises(UserError, match="belongs to a run over other inputs"):
        run_share(request, Share(8, 3))


def test_an_archive_that_changed_since_the_plan_was_written(inputs: list[str], tmp_path: Path) -> None:
    """With the same size, so that a listing does not show it: the share that reads it says so, and so does the run behind."""
    shutil.copytree(Path(inputs[0]).parent.parent, tmp_path / "in")
    request = Request((str(tmp_path / "in"),), str(tmp_path / "out"), ASKED)
    run_share(request, Share(2, 1))
    path = tmp_path / "in" / "two" / "sample.warc.gz"
    path.write_bytes(path.read_bytes()[:-4] + b"\1\2\3\4")
    with pytest.raises(UserError, match=r"two/sample\.warc\.gz has changed since the run began"):
        run_share(request, Share(2, 2))
    assert not committed(request.staging_folder.share("0002-of-0002"))
    with pytest.raises(UserError, match="belongs to a run over other inputs"):
        running.run(request)


def test_shares_of_another_recipe_are_refused(inputs: list[str], tmp_path: Path) -> None:
    """As every run in a folder of another."""
    request = Request(tuple(inputs), str(tmp_path / "out"), ASKED)
    run_share(request, Share(3, 1))
    with pytest.raises(UserError, match="belongs to a run with another recipe"):
        run_share(replace(request, recipe=recipe("raw")), Share(3, 2))


def test_two_outputs_share_what_shares_staged(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]
) -> None:
    """Shares with `--staging`: the run of another output, and of another recipe, goes on from them."""
    staging = str(tmp_path / "staging")
    first = Request(tuple(inputs), str(tmp_path / "first"), ASKED, staging=staging)
    for number in (1, 2):
        run_share(first, Share(2, number))
    assert running.run(replace(first, output=str(tmp_path / "second"))) == whole
    assert ran == ["Extract", "Extract", "Decide", "Emit"]


def test_shares_in_a_bucket(
    inputs: list[str], whole: Manifest, tmp_path: Path, buckets: Buckets, ran: list[str]
) -> None:
    """Inputs, staging and output; one share is held by another process while the others work, and a run that comes early is refused."""
    root, base = buckets.set_up("s3", tmp_path), Path(inputs[0]).parent.parent
    for path in inputs:
        with storage.write_whole(f"{root}/in/{Path(path).relative_to(base)}") as file:
            file.write(Path(path).read_bytes())
    request = Request((f"{root}/in/**/*.warc.gz",), f"{root}/out", ASKED, storage=buckets.s3())
    run_share(request, Share(3, 3))
    with beside_others(request, Share(3, 2), print):
        with pytest.raises(UserError, match=r"share 2/3 of .* is being written by another run"):
            run_share(request, Share(3, 2))
        run_share(request, Share(3, 1))
        with pytest.raises(UserError, match="shares are at work: 2/3"):
            running.run(request)
    run_share(request, Share(3, 2))
    assert running.run(request) == whole
    assert ran == ["Extract"] * 3 + ["Decide", "Emit"]
    assert not [name for name, _ in storage.walk(request.run_folder.shares) if "lease" in name]
