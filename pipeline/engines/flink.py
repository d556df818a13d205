"""Flink, by Beam's job server for it: what a cluster needs set (docs/clusters.md says why)."""

from pipeline.engines import worker
from pipeline.engines.settings import EngineSettings


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options for one step."""
    chosen = [
        "--runner=FlinkRunner",
        f"--flink_master={settings.master}",
        f"--job_name=triptych-{step}",
        *worker.options(settings),
        "--sdk_worker_parallelism=1",
    ]
    if settings.workers > 1:
        chosen.append(f"--parallelism={settings.workers}")
    return chosen
