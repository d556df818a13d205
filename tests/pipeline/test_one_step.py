"""Steps by themselves: what each needs, that they end as one run does, and work that ended while nobody waited for it."""

from pathlib import Path

import pytest

from pipeline import extract_step
from pipeline import run as running
from pipeline.engines.settings import STAGES
from pipeline.layout import RunFolder, StagingFolder
from pipeline.one_step import run_step
from pipeline.plan import Request
from pipeline.sections import read_sections
from pipeline.work_list import committed, done_path, part_path
from schemas.manifest import Manifest
from schemas.outcomes import BudgetError, UserError
from tests.support.runs import SAMPLE, cut_small, names_run, recipe, run_on, two_archives


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two archives with equal items."""
    return two_archives(tmp_path_factory.mktemp("in"))


@pytest.fixture(scope="module")
def whole(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What one run gives."""
    return run_on(inputs, tmp_path_factory.mktemp("whole") / "out", recipe("kosmos1"))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The transforms that the engine ran, by name."""
    return names_run(monkeypatch)


def test_three_steps_end_as_one_run_does(inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]) -> None:
    """Each given twice: the second time nothing is run again, and what is told is the same."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    for stage, names in zip(STAGES, (["Extract"], ["Decide"], ["Emit"]), strict=True):
        first, second = run_step(request, stage), run_step(request, stage)
        assert ran == names
        assert (first.accounts, first.units, first.manifest) == (second.accounts, second.units, second.manifest)
        ran.clear()
    assert first.manifest == whole
    assert [end.was_there for end in (first, second)] == [False, True]
    assert {account.corpus for account in first.accounts} == {account.corpus for account in whole.accounts}


def test_a_step_says_what_is_missing_before_it(inputs: list[str], tmp_path: Path, ran: list[str]) -> None:
    """Which step, how far it is, and what to type; nothing is run, and where nothing was begun no folder is made."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    for stage in ("decide", "emit"):
        with pytest.raises(
            UserError, match=r"extract is not finished in .*0 of 1 units are staged.*--stage extract first"
        ):
            run_step(request, stage)
        assert not [*tmp_path.iterdir()]
    run_step(request, "extract")
    with pytest.raises(UserError, match=r"decide is not finished in .*0 batches are decided.*--stage decide first"):
        run_step(request, "emit")
    assert ran == ["Extract"]


def test_a_whole_run_goes_on_behind_a_step(inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]) -> None:
    """And another step behind a run that was stopped."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    run_step(request, "extract")
    assert running.run(request) == whole
    assert ran == ["Extract", "Decide", "Emit"]


def test_a_step_checks_what_a_run_checks_there(tmp_path: Path) -> None:
    """The budget of failures, as far as the accounts are known."""
    asked = recipe("raw", "limits.failed_share=0", "limits.budget_from=1", 'corpora=["text"]')
    request = Request((str(SAMPLE),), str(tmp_path / "out"), asked)
    for stage in ("extract", "decide"):
        with pytest.raises(BudgetError, match=r"more than limits\.failed_share"):
            run_step(request, stage)


def test_a_damaged_file_of_an_earlier_step_is_made_again_within_the_step(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str]
) -> None:
    """Of a unit while it is decided, of a selection while it is emitted: the step says so, and nobody has to type another one first."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    run_step(request, "extract")
    unit = Path(StagingFolder(str(tmp_path / "out" / "staging")).unit(0))
    before = unit.read_bytes()
    at, length = read_sections(str(unit)).place("media")
    unit.write_bytes(before[: at + length // 2] + b"\0\1\2\3" + before[at + length // 2 + 4 :])
    told: list[str] = []
    run_step(request, "decide", lambda progress: told.append(progress.note))
    assert unit.read_bytes() == before
    assert any("0000000.unit is damaged" in note and "made again" in note for note in told)
    Path(RunFolder(request.output).selection(0)).unlink()
    assert run_step(request, "emit").manifest == whole


def forget_commit(request: Request) -> None:
    """Make it as if the job of `extract` had ended while no driver waited for it."""
    Path(done_path(request.staging_folder.extract)).unlink()


@pytest.mark.parametrize("then", ["decide", "run"])
def test_a_job_that_ended_while_nobody_waited_is_not_run_again(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str], then: str
) -> None:
    """All units have handed up their records: whoever comes next commits the step."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    run_step(request, "extract")
    forget_commit(request)
    ran.clear()
    if then == "run":
        assert running.run(request) == whole
    else:
        run_step(request, "decide")
    assert "Extract" not in ran
    assert committed(request.staging_folder.extract)


def test_a_job_that_decided_while_nobody_waited_is_not_run_again(
    inputs: list[str], whole: Manifest, tmp_path: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job commits its step itself, when all of it has ended: the driver was killed before it could."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    run_step(request, "extract")

    def killed(folder: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(running, "commit", killed)
        run_step(request, "decide")
    assert committed(request.run_folder.decided)
    ran.clear()
    assert run_step(request, "emit").manifest == whole
    assert ran == ["Emit"]
    assert not Path(request.run_folder.exchanges).exists()


@pytest.mark.parametrize("lacks", ["a unit", "bytes of a unit", "a part", "bytes of a part"])
def test_a_job_that_left_less_is_run_again(
    tmp_path: Path, inputs: list[str], monkeypatch: pytest.MonkeyPatch, ran: list[str], lacks: str
) -> None:
    """What is handed up is believed where every unit is there as it says; `--stage decide` says what is missing, a run goes on."""
    cut_small(monkeypatch, 200_000, 10_000)
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))
    run_step(request, "extract")
    forget_commit(request)
    ran.clear()
    folder = request.staging_folder
    path = Path(folder.unit(2) if "unit" in lacks else part_path(folder.extract, 1))
    if lacks.startswith("bytes"):
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    with pytest.raises(UserError, match="extract is not finished"):
        run_step(request, "decide")
    assert running.run(request).rows("text", "parquet") > 0
    assert ran == ["Extract", "Decide", "Emit"]


def test_records_of_false_beginnings_are_not_believed(
    tmp_path: Path, inputs: list[str], monkeypatch: pytest.MonkeyPatch, ran: list[str]
) -> None:
    """A job for which nobody waited may have read units that begin inside a record of the one before: only a driver compares them."""
    cut_small(monkeypatch, 200_000, 10_000)
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))
    run_step(request, "extract")
    forget_commit(request)
    with monkeypatch.context() as patch:
        patch.setattr(extract_step, "wrong_starts", lambda units, planned: {1: 7})
        with pytest.raises(UserError, match="extract is not finished"):
            run_step(request, "decide")


def test_a_part_that_the_step_did_not_write_is_not_committed(tmp_path: Path, inputs: list[str]) -> None:
    """One that an earlier job left, with more parts, was taken for one of this job."""
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))
    stale = Path(part_path(request.staging_folder.extract, 7))
    stale.parent.mkdir(parents=True)
    with pytest.raises(UserError, match="no run of triptych"):
        stale.write_bytes(b"of another job")
        run_step(request, "extract")
    stale.unlink()
    run_step(request, "extract")
    forget_commit(request)
    stale.write_bytes(b"of another job")
    assert running.run(request).rows("text", "parquet") > 0
    assert not stale.exists()
