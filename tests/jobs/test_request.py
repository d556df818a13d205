"""What `run` is told becomes one request."""

import argparse
import os
from pathlib import Path

import pytest

from jobs import engine
from jobs import request as asked
from schemas.outcomes import UserError


def parsed(line: str, *beam_options: str) -> argparse.Namespace:
    """The arguments of a command line."""
    parser = argparse.ArgumentParser()
    asked.arguments(parser)
    args = parser.parse_args(line.split())
    args.beam_options = beam_options
    return args


def test_request_holds_what_was_said() -> None:
    """Inputs, output, workers, staging, Beam options and the changed recipe all arrive."""
    line = "--input a b --input c --output o --workers 3 --staging s --corpora interleaved,text --set seed=7"
    request = asked.request(parsed(line, "--temp_location=/t"))
    folders = (os.path.abspath("o"), os.path.abspath("s"))  # a worker may stand elsewhere
    assert (request.inputs, request.engine.workers) == (("a", "b", "c"), 3)
    assert (request.output, request.staging) == folders
    assert request.engine.beam_options == ("--temp_location=/t",)
    assert (request.recipe.corpora, request.recipe.seed, request.recipe.name) == (("text", "interleaved"), 7, "kosmos1")


def test_corpora_win_over_settings() -> None:
    """`--corpora` is applied after `--set`, so the more specific option holds."""
    recipe = asked.recipe(parsed('--input a --output o --corpora text --set corpora=["pairs"]'))
    assert recipe.corpora == ("text",)


@pytest.mark.parametrize("listed", ["", "text,,pairs", "text pairs"])
def test_corpora_must_be_named(listed: str) -> None:
    """An empty or unknown name in the list is an error."""
    with pytest.raises(UserError, match="--corpora"):
        asked.corpora(listed)


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", ""])
def test_workers_are_a_whole_number(text: str) -> None:
    """Anything but a whole number from 1 up is refused."""
    with pytest.raises(argparse.ArgumentTypeError):
        engine.positive(text)


def test_lists_of_inputs_are_inputs(tmp_path: Path) -> None:
    """What lists name stands behind what is named itself; without either, or with a base and no list, it is said what to give."""
    (tmp_path / "warc.paths").write_text("b.warc.gz\nc.warc.gz\n")
    line = f"--input a --inputs-from {tmp_path}/warc.paths --archives s3://commoncrawl/ --output o"
    expected = ("a", "s3://commoncrawl/b.warc.gz", "s3://commoncrawl/c.warc.gz")
    assert asked.request(parsed(line)).inputs == expected
    with pytest.raises(UserError, match="there is no input"):
        asked.request(parsed("--output o"))
    with pytest.raises(UserError, match="give the list by --inputs-from"):
        asked.request(parsed("--input a --archives b --output o"))
