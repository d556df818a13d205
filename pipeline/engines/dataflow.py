"""Dataflow: what a job needs set (docs/clusters.md says why)."""

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step."""
    temp = settings.temp.rstrip("/")
    chosen = [
        "--runner=DataflowRunner",
        f"--project={settings.project}",
        f"--region={settings.region}",
        f"--temp_location={temp}/temp",
        f"--staging_location={temp}/staging",
        f"--job_name=triptych-{step}",
        # A worker process has an isolated child that may take gigabytes: one piece of work at a time.
        "--number_of_worker_harness_threads=1",
        *worker.staged(settings),
    ]
    if settings.image:
        chosen += [f"--sdk_container_image={settings.image}", "--sdk_location=container"]
    if settings.workers > 1:
        chosen.append(f"--max_num_workers={settings.workers}")
    return chosen
