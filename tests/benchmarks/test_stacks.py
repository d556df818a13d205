"""Sampled stacks are given to their owners."""

import pytest

from benchmarks.stacks import BEAM, IMPORTS, OTHER, WAITS, owner, shares

CLI = "main (/p/jobs/cli.py:9)"
BUILD = "run (/p/pipeline/engine.py:30)"
WORKER = "process_bundle (/p/.venv/lib/site-packages/apache_beam/runners/worker/bundle_processor.py:1)"
CHANNEL = "poll (/p/.venv/lib/site-packages/grpc/_channel.py:1)"
STAGE = "process (/p/pipeline/stage/beam.py:12)"
PARSE = "parse (/p/transforms/html/extract.py:5)"
LXML = "fromstring (/p/.venv/lib/site-packages/lxml/html/__init__.py:1)"
OPEN = "open (/p/.venv/lib/site-packages/apache_beam/io/filesystems.py:1)"
WAIT = "wait (/usr/lib/python3.11/threading.py:327)"
IMPORT = "_find_and_load (<frozen importlib._bootstrap>:1176)"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([CLI, BUILD, WORKER], BEAM),
        ([CLI, BUILD, WORKER, STAGE], "pipeline/stage"),
        ([CLI, BUILD, WORKER, STAGE, PARSE, LXML], "transforms/html"),
        ([CLI, BUILD, WORKER, STAGE, OPEN], "pipeline/stage"),
        ([CHANNEL], BEAM),
        ([CLI, BUILD], "pipeline/engine.py"),
        ([CLI, IMPORT, WORKER], IMPORTS),
        ([LXML], OTHER),
        ([WORKER, WAIT], WAITS),
    ],
)
def test_a_stack_belongs_to_whoever_asked_for_the_work(stack: list[str], expected: str) -> None:
    """Ours is what our process functions call, Beam's what it does around them, whoever started it."""
    assert owner(stack, "/p") == expected


def test_folded_lines_are_added_up() -> None:
    """Counts of equal owners add up over lines, spaces in frames notwithstanding."""
    assert shares(f'process 7:"python -m x";{CHANNEL} 3\n{STAGE};{PARSE} 2\n{WORKER} 4\n', "/p") == {
        BEAM: 7,
        "transforms/html": 2,
    }
