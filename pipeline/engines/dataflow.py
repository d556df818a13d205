"""Dataflow: what a job needs set (docs/clusters.md says why). Beam's own options win, here as everywhere."""

import hashlib
import re
from collections.abc import Sequence

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings
from pipeline.engines.words import pairs, value_of
from schemas.outcomes import UserError

# A worker process takes about 0.3 GB, and its child up to 2 GiB (the recipe's `extract.child_bytes`): 4 GB for each vCPU are enough,
# those of a machine with 1 GB are not, and those of a machine with 8 GB stay empty.
MACHINES = "n2-standard"
SIZES = (2, 4, 8)  # vCPUs of a machine, and so worker processes: more would lose more when one machine goes
PROCESS_BYTES = 2.5 * 2**30
# Image and system take about 10 GB; each process gathers the payloads of a shard on disk while it writes it.
DISK_GB = 50
LABEL = 63  # characters that Google allows in a label, and in a name that it makes machines' names of
_CORES = re.compile(r"-(\d+)(?:-\d+)?$")  # n2-standard-8, n2-custom-4-16384
# The steps that start a child for each process, or hold a batch of rows.
_HEAVY = ("extract", "extract-fetched", "decide", "wanted")


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step. Raises UserError where `--workers` is to bound machines of an unknown size."""
    given = settings.beam_options
    machine = value_of(given, "machine_type") or machine_of(settings.workers)
    temp = settings.temp.rstrip("/")
    chosen = ["--runner=DataflowRunner"]
    for name, value in (("project", settings.project), ("region", settings.region)):
        chosen += [f"--{name}={value}"] if value else []
    if temp:
        chosen += [f"--temp_location={temp}/temp", f"--staging_location={temp}/staging"]
    chosen += [
        f"--job_name={job_name(step, settings.output)}",
        *(f"--labels={key}={value}" for key, value in labels(step, settings.output).items()),
        f"--machine_type={machine}",
        f"--disk_size_gb={DISK_GB}",
        # One process for each vCPU, which does one piece of work at a time: each has a child of its own.
        "--number_of_worker_harness_threads=1",
        *worker.staged(settings),
    ]
    if settings.image:
        chosen += [f"--sdk_container_image={settings.image}", "--sdk_location=container"]
    if settings.workers > 1:
        chosen.append(f"--max_num_workers={-(-settings.workers // cores(machine))}")
    if not _has(given, "experiments", "shuffle_mode"):
        chosen.append("--experiments=shuffle_mode=service")
    if step in _HEAVY and not value_of(given, "flexrs_goal"):
        least = -(-int(PROCESS_BYTES * (_cores(machine) or 1)) // 2**30)
        chosen.append(f"--resource_hint=min_ram={least}GB")
    return chosen


def machine_of(workers: int) -> str:
    """The machine for so many worker processes: the smallest of ours that holds them, else the largest, of which there are then several.

    One means that nobody said how many.

    >>> machine_of(1), machine_of(3), machine_of(200)
    ('n2-standard-8', 'n2-standard-4', 'n2-standard-8')
    """
    fitting = [size for size in SIZES if size >= workers > 1]
    return f"{MACHINES}-{min(fitting, default=SIZES[-1])}"


def cores(machine: str) -> int:
    """The vCPUs of a machine, by its name. Raises UserError where that does not tell.

    >>> cores("n2-highmem-16"), cores("n2-custom-4-16384")
    (16, 4)
    """
    known = _cores(machine)
    if known is None:
        raise UserError(
            f"--machine_type={machine} does not tell how many worker processes it holds: "
            "in place of --workers give --max_num_workers=MACHINES behind --"
        )
    return known


def _cores(machine: str) -> int | None:
    found = _CORES.search(machine)
    return max(1, int(found[1])) if found else None


def job_name(step: str, output: str) -> str:
    """The name of a step's job: the same for each command that works on `output`, and another for any other.

    Dataflow runs one job of a name at a time. So a command that is given again finds the job that an earlier one has left running.

    >>> job_name("extract", "gs://corpora/Run_1")
    'triptych-extract-run-1-dc99a70b'
    """
    return "-".join(filter(None, ["triptych", _legal(step), run_label(output)]))


def labels(step: str, output: str) -> dict[str, str]:
    """By what jobs are found in Google's lists and bills: the step, and the folder that is written."""
    found = {"triptych-step": _legal(step), "triptych-run": run_label(output)}
    return {key: value for key, value in found.items() if value}


def run_label(output: str) -> str:
    """A folder as a part of a name: what it is called, and a digest of its whole path. Empty where there is none."""
    path = output.rstrip("/")
    if not path:
        return ""
    digest = hashlib.sha256(path.encode()).hexdigest()[:8]
    last = _legal(path.rpartition("/")[2])[:24].strip("-")
    return f"{last}-{digest}" if last else digest


def _legal(text: str) -> str:
    """Text of the characters that names and labels may have."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _has(options: Sequence[str], name: str, word: str) -> bool:
    return any(key in (name, name.rstrip("s")) and word in value for key, value in pairs(options))


def page(settings: EngineSettings, job: str) -> str:
    """The address of a job's page."""
    return f"https://console.cloud.google.com/dataflow/jobs/{region(settings)}/{job}?project={project(settings)}"


def cancel_command(settings: EngineSettings, job: str) -> str:
    """What to type to end a job."""
    return f"gcloud dataflow jobs cancel {job} --region={region(settings)} --project={project(settings)}"


def project(settings: EngineSettings) -> str:
    """The project, however it was given."""
    return value_of(settings.beam_options, "project") or settings.project


def region(settings: EngineSettings) -> str:
    """The region, however it was given."""
    return value_of(settings.beam_options, "region") or settings.region


def temp(settings: EngineSettings) -> str:
    """The folder for Dataflow's files, however it was given."""
    return value_of(settings.beam_options, "temp_location") or settings.temp


def brings_code(settings: EngineSettings) -> bool:
    """Whether workers get triptych: by an image or by packages, however they were given."""
    own = ("sdk_container_image", "worker_harness_container_image", "extra_package", "setup_file")
    return bool(settings.image or settings.packages or any(value_of(settings.beam_options, name) for name in own))
