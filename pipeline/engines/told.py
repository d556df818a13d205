"""What an engine has to say while a job runs, such as where to watch it, told to whoever looks on. Imports no Beam."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LISTENERS: list[Callable[[str], None]] = []


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Let `listener` hear what is told while the block runs."""
    _LISTENERS.append(listener)
    try:
        yield
    finally:
        _LISTENERS.remove(listener)


def tell(text: str) -> None:
    """Tell the innermost listener, if there is one."""
    for listener in _LISTENERS[-1:]:
        listener(text)
