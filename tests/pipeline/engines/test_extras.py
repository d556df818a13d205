"""A missing package is told by the extra that brings it."""

import sys
import tomllib

import pytest

from pipeline.engines.extras import BRINGS, need
from schemas.outcomes import UserError
from tests.support.shared_data import ROOT


@pytest.mark.parametrize("module", ["triptych_none", "triptych_none.cloud.dataflow", "json.none"])
def test_what_is_missing_is_named_by_its_extra(module: str) -> None:
    """The message is what to type for this environment, whether the module or its parent is missing; one that is there is no matter."""
    need("json.decoder", "dataflow")
    with pytest.raises(UserError) as caught:
        need(module, "dataflow")
    todo = f"{sys.executable} -m pip install 'triptych[dataflow]'"
    assert str(caught.value) == f"--runner dataflow needs apache-beam[gcp]: {todo}"


def test_extras_are_those_of_the_project() -> None:
    """The table says what pyproject.toml says, and extras that bring nothing are there all the same."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {name: [package] for name, package in BRINGS.items()} == {name: extras[name] for name in BRINGS}
    assert [extras[name] for name in ("s3", "gcs", "spark", "flink")] == [[]] * 4
