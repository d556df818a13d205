"""What an engine cannot do, said before anything is written."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engines.check import check
from pipeline.engines.settings import EngineSettings
from schemas.outcomes import UserError

HERE = "spark://127.0.0.1:7077"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EngineSettings("spark"), "--runner spark needs --master spark://HOST:7077"),
        (
            EngineSettings("local", master=HERE),
            "--master says nothing to --runner local: leave it out, or name --runner spark or",
        ),
        (EngineSettings("spark", master=HERE, image="i", worker_env="/e"), "give one of them"),
        (EngineSettings("spark", master=HERE, worker_env="/nowhere"), "/nowhere/bin/triptych-worker is missing"),
        (EngineSettings("spark", master=HERE, packages=("/none.whl",)), "--package /none.whl: no such file"),
        (EngineSettings("spark", master=HERE, packages=(__file__,)), "test_check.py is no wheel: make one"),
        (EngineSettings("spark", master="127.0.0.1:7077"), "--master 127.0.0.1:7077: expected spark://HOST:7077"),
        (EngineSettings("spark", master="spark://", shared=True), "--master spark://: expected spark://HOST:7077"),
        (EngineSettings("spark", master="spark://far:7077"), "/data/in is a local path, which the workers"),
    ],
)
def test_what_cannot_be_run_is_refused(settings: EngineSettings, said: str) -> None:
    """With what to say instead."""
    with pytest.raises(UserError, match=said):
        check(settings, ["/data/in"])


def test_workers_elsewhere_are_not_looked_for_here(tmp_path: Path) -> None:
    """An environment of other hosts need not be on this one; one of this machine must have the program."""
    check(EngineSettings("spark", master="spark://far:7077", worker_env="/nowhere", shared=True), [str(tmp_path)])
    program = tmp_path / "bin" / "triptych-worker"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    check(EngineSettings("spark", master=HERE, worker_env=str(tmp_path)), [str(tmp_path)])


def test_workers_elsewhere_are_handed_files_where_all_hosts_see_them(tmp_path: Path) -> None:
    """Beam's job server keeps them in its own /tmp, and a worker of another host ended for want of them before it began."""
    far = EngineSettings(
        "spark", master="spark://far:7077", output="s3://b/out", beam_options=("--setup_file=setup.py",)
    )
    with pytest.raises(UserError, match=r"^--setup_file: workers take what they are handed .* by --artifacts_dir=DIR"):
        check(far, ["s3://b/in"])
    check(replace(far, beam_options=(*far.beam_options, "--artifacts_dir", "/all")), ["s3://b/in"])
    check(replace(far, beam_options=(*far.beam_options, "--job_endpoint=h:1")), ["s3://b/in"])  # its own business
    check(replace(far, beam_options=()), ["s3://b/in"])
    check(replace(far, output="/all/out", shared=True), [str(tmp_path)])
    check(replace(far, master=HERE), ["s3://b/in"])
