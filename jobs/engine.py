"""The arguments that say where a command runs, read into one `EngineSettings`; engines that lose records are refused."""

import argparse
import os
from collections.abc import Sequence

from pipeline.engines.settings import RUNNERS, EngineSettings
from pipeline.engines.words import pairs
from schemas.outcomes import UserError
from schemas.recipe import nearest

BEAM_RUNNERS = ("FnApiRunner", "PortableRunner", "SparkRunner", "FlinkRunner", "DataflowRunner", "PrismRunner")

# Each sentence is a measurement: docs/sources.md, "Beam engines".
REFUSED = {
    "direct": "DirectRunner is a switch between engines and may download one; name FnApiRunner, the engine itself",
    "dask": "DaskRunner loses records without an error (10 of 19 features work); use FnApiRunner",
    "multi_threading": "multi_threading loses records without an error (8 of 20 runs did); --workers N takes processes",
    "data_buffer_time_limit_ms": "data_buffer_time_limit_ms switches on a timer that loses records; leave it out",
}


def workers_argument(group: argparse._ActionsContainer) -> None:
    """Declare how many work."""
    group.add_argument(
        "--workers",
        type=positive,
        default=1,
        metavar="N",
        help="worker processes in all (default: 1; on a cluster as many as it has room for)",
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where a command runs; how many work, says `workers_argument`."""
    group = parser.add_argument_group("where it runs (docs/clusters.md); Beam's own options come behind --")
    group.add_argument(
        "--runner",
        choices=RUNNERS,
        default="local",
        metavar="ENGINE",
        help="local (this machine; default), spark or flink (a cluster), prism (a small engine here) or dataflow",
    )
    group.add_argument(
        "--master", default="", metavar="URL", help="the cluster: spark://HOST:7077, or HOST:8081 of Flink"
    )
    group.add_argument("--shared", action="store_true", help="all hosts see the local paths that are named")
    group.add_argument(
        "--worker-env",
        default="",
        metavar="DIR",
        help="the Python environment with triptych, at this path on every host (default: that of this command)",
    )
    group.add_argument("--image", default="", metavar="IMAGE", help="a container image with triptych, for the workers")
    group.add_argument(
        "--package",
        action="append",
        default=[],
        metavar="WHEEL",
        help="a wheel that workers install first; may be repeated",
    )
    group.add_argument("--project", default="", metavar="ID", help="Dataflow: the project")
    group.add_argument("--region", default="", metavar="NAME", help="Dataflow: the region")
    group.add_argument("--temp", default="", metavar="gs://…", help="Dataflow: a folder for its files")


def positive(text: str) -> int:
    """A whole number of at least 1, or an error that says so."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def settings(args: argparse.Namespace) -> EngineSettings:
    """Where the arguments say that a command runs. Raises UserError for an engine or a mode that loses records."""
    check(args.beam_options)
    return EngineSettings(
        args.runner,
        args.workers,
        args.master,
        args.worker_env and os.path.abspath(args.worker_env),
        args.image,
        tuple(args.package),
        args.project,
        args.region,
        args.temp,
        args.shared,
        tuple(args.beam_options),
        output=written(args),
    )


def written(args: argparse.Namespace) -> str:
    """What a command writes, or else works on: a path from the root on, by which its jobs are known; "" where it is nothing."""
    named: str = args.output or getattr(args, "retry_failed", None) or ""
    return named.rstrip("/") if "://" in named or not named else os.path.abspath(named)


def check(options: Sequence[str]) -> None:
    """Raise UserError where the Beam `options` name an engine or a mode that loses records, or an unknown engine.

    >>> check(["--runner=SparkRunner", "--spark_master_url=spark://host:7077"])
    """
    for key, value in pairs(options):
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

    known = {key for key, _ in pairs([f"--{name}" for name in PipelineOptions([]).get_all_options()])}
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
    if "." not in value and short not in {runner.lower().removesuffix("runner") for runner in BEAM_RUNNERS}:
        raise UserError(f"--runner={value}: no such runner{nearest(value, BEAM_RUNNERS)}")
