"""The peer of `run_speed.py`: one WARC through datatrove's text pipeline on its local executor. Runs in datatrove's environment.

    datatrove_run.py --archive WARC --model LID176 --output DIR

Every step keeps datatrove's defaults (Trafilatura with `favour_precision` and one second a page). Writes Parquet below DIR and
prints one JSON line: pages read, rows written, and by which step and why the others left.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

Step = dict[str, Any]


def main() -> int:
    """Run the pipeline and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("archive", "model", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    _stay_offline(arguments.output)
    _run(arguments.archive.resolve(), arguments.model.resolve(), arguments.output)
    print(json.dumps(counts(json.loads((arguments.output / "logs" / "stats.json").read_text()))))
    return 0


def _stay_offline(output: Path) -> None:
    """Keep what datatrove caches inside the run's own folder, so that no run profits from an earlier one."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_ASSETS_CACHE"] = str((output / "assets").resolve())


def _run(archive: Path, model: Path, output: Path) -> None:
    # The environment must be set before datatrove's imports read it.
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter, LanguageFilter
    from datatrove.pipeline.readers import WarcReader
    from datatrove.pipeline.writers import ParquetWriter
    from datatrove.utils.lid import FT176LID

    # LanguageFilter has no parameter for its model and fetches lid.176.bin from this address; a path is copied instead.
    FT176LID.MODEL_URL = str(model)
    LocalPipelineExecutor(
        pipeline=[
            WarcReader(str(archive.parent), glob_pattern=archive.name),
            Trafilatura(),
            LanguageFilter("en"),
            GopherRepetitionFilter(),
            GopherQualityFilter(),
            ParquetWriter(str(output / "data")),
        ],
        tasks=1,
        workers=1,
        logging_dir=str(output / "logs"),
    ).run()


def counts(steps: list[Step]) -> dict[str, Any]:
    """`rows_in`, `rows_out` and `lost` (by step and reason) out of datatrove's stats.json.

    The reader times every record and counts the documents it hands on; what it leaves out it does not report.
    """
    reader, rows_in = steps[0], _total(steps[0]["stats"]["documents"])
    lost = {f"{_name(reader)}: unread": reader["time_stats"]["n"] - rows_in}
    for step in steps:
        for reason in ("timeout", "broken_process", "clean_error", "dropped"):
            if reason in step["stats"]:
                lost[f"{_name(step)}: {reason}"] = _total(step["stats"][reason])
    return {"rows_in": rows_in, "rows_out": _total(steps[-1]["stats"]["total"]), "lost": lost}


def _name(step: Step) -> str:
    """The step's name without its emoji."""
    return str(step["name"]).encode("ascii", "ignore").decode().partition(":")[2].strip()


def _total(count: Any) -> int:
    return int(count["total"]) if isinstance(count, dict) else int(count)


if __name__ == "__main__":
    sys.exit(main())
