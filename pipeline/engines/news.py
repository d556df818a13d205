"""What an engine has to tell while it runs a job: where to watch it, what it lost, what it waits for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hear = Callable[[str], None]

_HEARING: list[Hear] = []


def tell(text: str) -> None:
    """Tell a line to whoever hears, if anybody does."""
    for hear in _HEARING[-1:]:
        hear(text)


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """In the block, `hear` hears of it."""
    _HEARING.append(hear)
    try:
        yield
    finally:
        _HEARING.remove(hear)
