"""All of Beam's options for one step of a command: ours, then the user's, which win."""

from collections.abc import Callable, Mapping

from pipeline.engines import dataflow, flink, local, prism, spark
from pipeline.engines.settings import DATAFLOW, FLINK, LOCAL, OTHER, PRISM, SPARK, EngineSettings

MAKERS: Mapping[str, Callable[[EngineSettings, str], list[str]]] = {
    LOCAL: local.options,
    SPARK: spark.options,
    FLINK: flink.options,
    PRISM: prism.options,
    DATAFLOW: dataflow.options,
    OTHER: lambda settings, step: [],
}


def beam_options(settings: EngineSettings, step: str) -> list[str]:
    """Beam's options as words; of an option that is given twice Beam takes the last.

    >>> beam_options(EngineSettings(workers=2), "extract")
    ['--runner=FnApiRunner', '--direct_num_workers=2', '--direct_running_mode=multi_processing']
    """
    return [*MAKERS[settings.kind](settings, step), *settings.beam_options]
