"""What peers make of pages, for benchmarks that read texts closely: trafilatura, resiliparse, rs-trafilatura, where installed."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

TOGETHER = 100  # pages of a process
RUN = Path(__file__).parent / "peers" / "rs_trafilatura_run.py"


def argument(parser: argparse.ArgumentParser) -> None:
    """Declare where rs-trafilatura lives, which has no wheel for every Python that we run on."""
    parser.add_argument(
        "--rs-trafilatura",
        metavar="PYTHON",
        help="the Python of an environment with benchmarks/peers/rs_trafilatura.txt",
    )


def peer_texts(pages: list[str], python: str | None, *, marked: bool) -> dict[str, list[str]]:
    """The texts of `pages` by peer, as Markdown where `marked`; a peer that is not installed is left out with a line on stderr.

    Raises CalledProcessError where rs-trafilatura fails.
    """
    found = {"trafilatura": [by_trafilatura(page, marked=marked) for page in pages]}
    if find_spec("resiliparse") is None:
        print("resiliparse is not installed: left out", file=sys.stderr)
    else:
        found["resiliparse"] = [resiliparse_engine()(page) for page in pages]
    if python is None:
        print("no --rs-trafilatura: left out", file=sys.stderr)
    else:
        found["rs-trafilatura"] = by_rs_trafilatura(pages, python, marked=marked)
    return found


def by_rs_trafilatura(pages: list[str], python: str, *, marked: bool = False) -> list[str]:
    """The texts of `pages` by rs-trafilatura, in processes of the environment of `python`. Raises CalledProcessError where it fails."""
    texts: list[str] = []
    for first in range(0, len(pages), TOGETHER):
        asked = json.dumps(pages[first : first + TOGETHER])
        command = [python, str(RUN), *(["--markdown"] if marked else [])]
        texts += json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
    return texts


def by_trafilatura(markup: str, *, marked: bool) -> str:
    """Trafilatura's text; "" where it finds none."""
    import trafilatura

    form = "markdown" if marked else "txt"
    return trafilatura.extract(markup, output_format=form, include_formatting=marked, deduplicate=False) or ""


def resiliparse_engine() -> Callable[[str], str]:
    """Resiliparse's main content; it knows no other form than text."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda markup: str(extract_plain_text(markup, main_content=True))
