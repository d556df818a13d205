"""Prism's worker."""

from pathlib import Path
from threading import Event

import pytest

from pipeline.engines.boot import arguments
from pipeline.engines.prism import loss, lost, options, watch
from pipeline.engines.settings import EngineSettings
from pipeline.local_workers import Workers

ENDED = '{"level":"ERROR","msg":"process failed while running","error":"signal: killed"}\n'


def test_the_worker_is_a_process() -> None:
    """A thread of the command would stop it and its progress."""
    assert "--environment_type=PROCESS" in options(EngineSettings("prism"), "emit")


def test_a_lost_worker_ends_the_wait(tmp_path: Path) -> None:
    """Prism itself waits for ever; what it wrote of earlier steps does not count."""
    log, workers, over = tmp_path / "log", Workers(), Event()
    log.write_text(ENDED.replace("killed", "of an earlier step"))
    workers.watch(over.set)
    watch(str(log), workers)
    with log.open("a") as file:
        file.write('{"msg":"pipeline is running"}\n' + ENDED)
    assert over.wait(60)
    assert workers.lost.startswith('of Prism ended with "signal: killed"')
    assert str(log) in workers.lost
    assert "--workers" not in workers.lost  # Prism has one worker, whatever that says
    workers.end()


@pytest.mark.parametrize("end", ['{"level":"INFO","msg":"pipeline done!"}\n', '{"level":"ERROR","msg":"job failed"}\n'])
def test_the_end_of_a_worker_whose_job_has_ended_is_no_loss(end: str) -> None:
    """Prism kills it, writes that in the same words, and then says that the job has ended: a run was told of a loss in between."""
    assert loss([end, ENDED]) == ""
    assert loss(['{"msg":"Serving JobManagement"}\n', ENDED, end]) == 'ended with "signal: killed"'


def test_other_lines_are_no_loss() -> None:
    """What Prism says meanwhile, and a line that is not all there yet."""
    assert not lost('{"msg":"pipeline is running"}')
    assert lost(ENDED[:-9]) == "ended early"


def test_the_id_of_a_worker_is_taken_without_the_quotes_that_prism_puts() -> None:
    """It is asked for by its bare name."""
    assert arguments(["--id='job-001_env'"]).id == "job-001_env"
