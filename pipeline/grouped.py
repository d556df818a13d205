"""What the local engine groups, in bytes: what an engine on a cluster shuffles for the same work, before it is compressed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apache_beam.runners.portability.fn_api_runner import execution

from pipeline.decide import exchange


@dataclass
class Grouped:
    """Bytes that were grouped so far."""

    bytes: int = 0


@contextmanager
def counted() -> Iterator[Grouped]:
    """Count what the engine of this process groups while the block runs.

    Rows go inside messages meanwhile, as they do on a cluster: places of rows would say nothing of their size. So it is for small runs with
    one worker alone, as those over a sample are.
    """
    grouped, inline = Grouped(), exchange.INLINE
    buffer: Any = execution.GroupingBuffer
    append = buffer.append

    def counting(self: Any, data: bytes) -> None:
        grouped.bytes += len(data)
        append(self, data)

    buffer.append, exchange.INLINE = counting, exchange.UNBOUNDED
    try:
        yield grouped
    finally:
        buffer.append, exchange.INLINE = append, inline
