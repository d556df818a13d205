"""Beam's options taken apart."""

import pytest

from pipeline.engine_options import is_local, pairs


@pytest.mark.parametrize(
    ("options", "local"),
    [
        ([], True),
        (["--runner=FnApiRunner"], True),
        (["--runner", "apache_beam.runners.portability.fn_api_runner.FnApiRunner"], True),
        (["--runner=fnapirunner", "--direct_num_workers=4"], True),
        (["--runner=FlinkRunner"], False),
        (["--runner", "DataflowRunner"], False),
        (["--runner=FnApiRunner", "--runner=SparkRunner"], False),
        (["--runner=PortableRunner"], False),
    ],
)
def test_a_run_is_local_unless_another_engine_is_named(options: list[str], local: bool) -> None:
    """By its short or its full name, as one word or two; the local engine holds exchanges in memory, so they go through files."""
    assert is_local(options) is local


def test_values_that_look_like_switches_are_none() -> None:
    """A negative number is a value; words that belong to no option are passed over."""
    assert list(pairs(["x", "--a", "-1", "--b=", "--c=--d", "--e", "--f"])) == [
        ("a", "-1"), ("b", ""), ("c", "--d"), ("e", ""), ("f", "")
    ]  # fmt: skip
