"""Brings real engines into a cache, for the tests in this folder: `python -m tests.engines.bring [spark] [flink] [prism] [dataflow]`.

Spark and Flink are the jars of their Python packages; Beam's job servers for them come by Maven, Prism by Go, and what hands jobs over to
Dataflow by pip. What is there already is left as it is. Where something is missing a line says of each engine why it cannot be had, and the
command ends with 1.
"""

import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.engines import cache, google_packages, jars, tools

# Not from tests/support: this runs before anything is installed.
ROOT = Path(__file__).resolve().parents[2]
PRISM = "github.com/apache/beam/sdks/v2/go/cmd/prism"


def beam_version() -> str:
    """The version of apache-beam that the project runs with."""
    (version,) = re.findall(r"^apache-beam==(\S+)", (ROOT / "requirements.lock").read_text(), re.M)
    return str(version)


def make_prism(part: Path) -> None:
    """The program `prism`. Raises LackError."""
    tools.need("go")
    # Without the symbols of a debugger it is two thirds as large.
    go = ["go", "install", "-ldflags=-s -w", f"{PRISM}@v{beam_version()}"]
    tools.call(go, {**os.environ, "GOBIN": str(part)})


# By the name of each engine its parts; the first is there before the second is made.
ENGINES = {
    "spark": (jars.SPARK, jars.SPARK_JOB_SERVER),
    "flink": (jars.FLINK, jars.FLINK_JOB_SERVER),
    "prism": (cache.Part(f"prism-{beam_version()}", make_prism),),
    "dataflow": (google_packages.PACKAGES,),
}


def bring(engine: str) -> tuple[Path, ...]:
    """The folders of an engine's parts, made where they are not there. Raises LackError."""
    return tuple(part.bring() for part in ENGINES[engine])


def is_there(engine: str) -> bool:
    """Whether all parts of an engine are in the cache."""
    return all(part.place.exists() for part in ENGINES[engine])


def _said(engine: str) -> tuple[bool, str]:
    """Whether an engine is there, and the line that says so."""
    start = time.monotonic()
    try:
        folders = bring(engine)
    except tools.LackError as error:
        return False, f"{engine} cannot be had: {error}"
    return True, f"{engine} is in {', '.join(map(str, folders))} ({time.monotonic() - start:.0f} s)"


def main(names: list[str]) -> int:
    """Bring the engines named, or all, at the same time."""
    unknown = sorted(set(names) - set(ENGINES))
    if unknown:
        sys.stderr.write(f"bring: no engine {', '.join(unknown)}: there are {', '.join(ENGINES)}\n")
        return 2
    wanted = names or list(ENGINES)
    complete = True
    with ThreadPoolExecutor(len(wanted)) as threads:
        for there, line in threads.map(_said, wanted):
            complete &= there
            (sys.stdout if there else sys.stderr).write(f"bring: {line}\n")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
