"""Flink, by Beam's job server for it: what a cluster needs set (docs/clusters.md says why)."""

from dataclasses import replace

from pipeline.engines import flink_rest, java, worker
from pipeline.engines.flink_rest import Cluster
from pipeline.engines.settings import EngineSettings
from pipeline.engines.words import value_of
from schemas.outcomes import UserError


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step; `settings` know of the cluster what `known` found."""
    chosen = [
        "--runner=FlinkRunner",
        f"--flink_master={settings.master}",
        f"--job_name={job_name(settings, step)}",
        *worker.options(settings),
        "--sdk_worker_parallelism=1",
        # A step of the graph runs when the one before it has ended, and what lies between is on disk: so the memory that a job needs
        # does not grow with its graph, and what is finished outlives a task manager that is lost.
        "--execution_mode_for_batch=BATCH_FORCED",
        *java.job_server(),
    ]
    if settings.flink_version:
        chosen.append(f"--flink_version={settings.flink_version}")
    if settings.slots:
        chosen.append(f"--parallelism={settings.slots}")
    return chosen


def job_name(settings: EngineSettings, step: str) -> str:
    """The name of a step's job; by its end the jobs of a run are known to a later command."""
    return f"triptych-{step}-{settings.mark}" if settings.mark else f"triptych-{step}"


def url_of(settings: EngineSettings) -> str:
    """The address of the cluster's REST interface; "" where there is none to ask."""
    return flink_rest.url_of(value_of(settings.beam_options, "flink_master") or settings.master)


def known(settings: EngineSettings) -> EngineSettings:
    """The settings, with what the cluster says of itself. Raises UserError where it cannot run a job."""
    url = url_of(settings)
    if not url:
        return replace(settings, slots=settings.workers)
    cluster = flink_rest.ask(url)
    return replace(settings, slots=slots_of(cluster, settings.workers), flink_version=version_of(cluster, settings))


def slots_of(cluster: Cluster, workers: int) -> int:
    """How many slots a job uses: those of `workers`, else all that there are. Raises UserError where no slot has the memory it needs."""
    carried = cluster.parallelism
    if not carried:
        poor = min(cluster.managers, key=lambda manager: manager.network)
        needed, there = (round(size / 2**20) for size in (cluster.slot_bytes, poor.network))
        raise UserError(
            f"the task manager {poor.name} has {there} MB of network memory, and a slot needs {needed}: set "
            f"taskmanager.memory.network.min: {needed * poor.slots}mb in its configuration (docs/clusters.md, Flink), and start it again"
        )
    return min(workers, carried) if workers > 1 else carried


def version_of(cluster: Cluster, settings: EngineSettings) -> str:
    """The cluster's version as Beam names its job servers; "" where the user names a version. Raises UserError where Beam has none."""
    if value_of(settings.beam_options, "flink_version"):
        return ""
    from apache_beam.options.pipeline_options import FlinkRunnerOptions

    version = ".".join(cluster.version.split(".")[:2])
    known_versions = FlinkRunnerOptions.PUBLISHED_FLINK_VERSIONS
    if version in known_versions:
        return version
    if value_of(settings.beam_options, "flink_job_server_jar"):
        return ""
    raise UserError(
        f"the cluster runs Flink {cluster.version}, for which this Beam has no job server: there are some for {', '.join(known_versions)}; "
        "another is named by --flink_job_server_jar=FILE behind --"
    )
