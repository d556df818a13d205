"""The page of benchmarks names each that can be run."""

import re

from tests.support.shared_data import ROOT


def test_every_benchmark_is_on_the_page() -> None:
    """And nothing that is not there."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith(("| `", "`"))]
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else line)}
    files = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.py")}
    assert {name for name, text in files.items() if "__main__" in text} <= named <= set(files)
