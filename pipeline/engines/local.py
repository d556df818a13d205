"""Beam's own engine on this machine: in this process, or with worker processes."""

from pipeline.engines.settings import EngineSettings

FN_API = "FnApiRunner"  # its name; plain `DirectRunner` is a switch between engines (docs/sources.md, "Beam engines")


def options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options. More than one worker means processes: threads lose records (docs/sources.md, "Beam engines")."""
    chosen = [f"--runner={FN_API}"]
    if settings.workers > 1:
        chosen += [f"--direct_num_workers={settings.workers}", "--direct_running_mode=multi_processing"]
    return chosen
