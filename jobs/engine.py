"""Checks the Beam options of a run: engines that lose records are refused before anything starts."""

from collections.abc import Sequence

from pipeline.engine_options import pairs
from schemas.outcomes import UserError
from schemas.recipe import nearest

RUNNERS = ("FnApiRunner", "PortableRunner", "SparkRunner", "FlinkRunner", "DataflowRunner", "PrismRunner")

# Each sentence is a measurement: docs/sources.md, "Beam engines".
REFUSED = {
    "direct": "DirectRunner is a switch between engines and may download one; name FnApiRunner, the engine itself",
    "dask": "DaskRunner loses records without an error (10 of 19 features work); use FnApiRunner",
    "multi_threading": "multi_threading loses records without an error (8 of 20 runs did); --workers N takes processes",
    "data_buffer_time_limit_ms": "data_buffer_time_limit_ms switches on a timer that loses records; leave it out",
}


def check(options: Sequence[str], workers: int = 1) -> None:
    """Raise UserError where the Beam `options` name an engine or a mode that loses records, or an unknown engine.

    >>> check(["--runner=SparkRunner", "--spark_master_url=spark://host:7077"])
    """
    for key, value in pairs(options):
        if key == "runner" and workers > 1:
            raise UserError(f"--workers {workers} is for the local engine: leave out --runner={value} or --workers")
        if key == "runner":
            _check_runner(value)
        elif value == "multi_threading" and key == "direct_running_mode":
            raise UserError(f"--{key}={value}: {REFUSED[value]}")
        elif key in ("experiments", "experiment") and "data_buffer_time_limit_ms" in value:
            raise UserError(f"--{key}={value}: {REFUSED['data_buffer_time_limit_ms']}")


def check_known(options: Sequence[str]) -> None:
    """Raise UserError for an option that Beam would ignore silently. Imports Beam; for the local engine only.

    A job server has options of its own, so other engines check theirs themselves.
    """
    if not options:
        return
    from apache_beam.options.pipeline_options import PipelineOptions

    known = {key for key, _ in pairs([f"--{name}" for name in PipelineOptions().get_all_options()])}
    for key, _ in pairs(options):
        if key not in known and key.removeprefix("no_") not in known:
            raise UserError(f"--{key}: no option of Beam's{nearest(key, known)}")


def _check_runner(value: str) -> None:
    """Beam takes a runner's name in any case, with or without `Runner`, and as a dotted path."""
    short = value.rsplit(".", 1)[-1].lower().removesuffix("runner")
    if short.endswith("direct"):
        short = "direct"
    if short in REFUSED:
        raise UserError(f"--runner={value}: {REFUSED[short]}")
    if "." not in value and short not in {runner.lower().removesuffix("runner") for runner in RUNNERS}:
        raise UserError(f"--runner={value}: no such runner{nearest(value, RUNNERS)}")
