"""Law 5 on Prism: another engine, in Go, with one worker process."""

from pathlib import Path

import pytest

from tests.engines import whole_runs


@pytest.fixture(scope="module")
def prism() -> Path:
    """The program."""
    (folder,) = whole_runs.engine("prism")
    return folder / "prism"


def test_prism_gives_the_bytes_of_a_local_run(
    prism: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Near duplicates across units are among what is decided."""
    made = whole_runs.material(tmp_path_factory)
    whole_runs.run_whole(made, tmp_path / "out", ["--runner", "prism"], [f"--prism_location={prism}"])
    whole_runs.assert_same(tmp_path / "out", made.local)
