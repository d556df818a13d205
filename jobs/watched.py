"""Work with a progress line on stderr."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from jobs import engine, engine_log, progress_line, terminal

if TYPE_CHECKING:
    from pipeline.plan import Request
    from pipeline.progress import Progress, Tell

Result = TypeVar("Result")


def watched(request: "Request", quiet: bool, load: Callable[[], Callable[..., Result]]) -> Result:
    """What the work on `request` gives that `load` imports; with `quiet` it is not told how far it is."""
    from pipeline.engines.settings import OTHER

    local = request.engine.is_local
    # Of an engine that we know nothing of, its own messages say where to watch the job.
    with nullcontext() if request.engine.kind == OTHER else engine_log.kept_aside():
        with importing():
            if local:
                engine.check_known(request.engine.beam_options)
            work = load()
        with telling(quiet) as tell:
            return work(request, progress=tell)


@contextmanager
def telling(quiet: bool) -> "Iterator[Tell]":
    """What shows how far work is, on one line, and leaves notes to be read; nothing with `quiet`."""
    ticker = terminal.ticker(sys.stderr)

    def tell(progress: "Progress") -> None:
        if not quiet:
            (ticker.say if progress.note else ticker.show)(progress_line.line(progress))

    try:
        yield tell
    finally:
        ticker.close()


@contextmanager
def importing() -> Iterator[None]:
    """Import in the block without garbage collection, and exempt what was imported from later ones: modules stay alive anyway.

    Also without a thread per core for linear algebra, which is not used here: each thread would spin for a while.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
