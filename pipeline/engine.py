"""Which engine runs a pipeline, and with which options.

The local engine is Beam's FnApiRunner by name, in process or with worker processes. `multi_threading` loses records and plain
`DirectRunner` is a switch between engines (reference/engines.md §1, §2.1): the command line refuses both.
"""

from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers

LOCAL = "FnApiRunner"


def options(workers: int, beam_options: Sequence[str]) -> PipelineOptions:
    """Beam's options: the user's untouched, and the local engine where they name no runner."""
    given = list(beam_options)
    if not any(option.split("=")[0] == "--runner" for option in given):
        given.append(f"--runner={LOCAL}")
        if workers > 1:
            given += [f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"]
    return PipelineOptions(given)


def run(transform: beam.PTransform, workers: int, beam_options: Sequence[str]) -> None:
    """Run one transform to its end. Whatever it raises ends the run."""
    # The timer that this switches off flushes a buffer while another thread writes it (engines.md §2.1).
    worker_handlers.DATA_BUFFER_TIME_LIMIT_MS = 0
    pipeline = beam.Pipeline(options=options(workers, beam_options))
    pipeline | transform
    pipeline.run().wait_until_finish()
