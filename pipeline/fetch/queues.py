"""When a host is asked next: one queue a host, one request at a time, and a pause behind each. Pure, by a clock that is given."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

MOST_PAUSE = 600.0  # seconds: what a host asks for beyond that would hold its bin
LONGEST_WAIT = 60.0  # seconds that a host which refuses is left alone, doubled from its pause on
ILL = 5  # answers in a row that did not come before a host is given up for this wave


@dataclass(slots=True)
class _Queue(Generic[Item]):
    items: deque[Item] = field(default_factory=deque)
    pause: float = 0.0  # seconds behind each request
    due: float = 0.0
    asked: bool = False  # an item is out
    refused: int = 0  # answers in a row that asked for patience
    silent: int = 0  # in a row that did not come


class Queues(Generic[Item]):
    """The queues of one bin. An item that `take` gives keeps its host from giving another until `answered`.

    >>> queues = Queues(pause=1.0)
    >>> for host, item in [("a", 1), ("a", 2), ("b", 3)]:
    ...     queues.put(host, item)
    >>> queues.take(0.0), queues.take(0.0), queues.take(0.0)
    (1, 3, None)
    >>> queues.answered("a", 0.5)
    >>> queues.take(1.0), queues.take(1.5), queues.waiting
    (None, 2, 0)
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._queues: dict[str, _Queue[Item]] = {}
        self._heap: list[tuple[float, str]] = []
        self.waiting = 0  # items in all queues

    def put(self, host: str, item: Item, first: bool = False) -> None:
        """Add an item to the queue of a host, at its end, or before all others."""
        queue = self._queues.setdefault(host, _Queue(pause=self._pause))
        (queue.items.appendleft if first else queue.items.append)(item)
        self.waiting += 1
        if len(queue.items) == 1 and not queue.asked:
            heapq.heappush(self._heap, (queue.due, host))

    def take(self, now: float) -> Item | None:
        """The next item of the host that is due longest; None where none is due."""
        if not self._heap or self._heap[0][0] > now:
            return None
        _, host = heapq.heappop(self._heap)
        queue = self._queues[host]
        queue.asked = True
        self.waiting -= 1
        return queue.items.popleft()

    def answered(self, host: str, now: float, asked: bool = True) -> None:
        """The item that is out has come back: the host is due again behind its pause, or at once where nothing was asked of it."""
        queue = self._queues[host]
        queue.asked = False
        if asked:
            doubled = min(LONGEST_WAIT, max(queue.pause, 1.0) * 2**queue.refused) if queue.refused else 0.0
            queue.due = max(queue.due, now + max(queue.pause, doubled))
        if queue.items:
            heapq.heappush(self._heap, (queue.due, host))

    def slow_down(self, host: str, pause: float) -> None:
        """A host asks for a pause behind each request, of at most MOST_PAUSE."""
        queue = self._queues[host]
        queue.pause = min(MOST_PAUSE, max(queue.pause, pause))

    def hear(self, host: str, refused: bool, silent: bool, now: float, until: float = 0.0) -> bool:
        """The item that is out was answered by a plea for patience (of `until` seconds), or not at all; True where the host is given up."""
        queue = self._queues[host]
        queue.refused = queue.refused + 1 if refused else 0
        queue.silent = queue.silent + 1 if silent else 0
        if until:
            queue.due = now + min(MOST_PAUSE, until)
        return queue.silent >= ILL

    def drain(self, host: str) -> Iterable[Item]:
        """Take all items out of the queue of a host whose item is out."""
        queue = self._queues[host]
        found, queue.items = queue.items, deque()
        self.waiting -= len(found)
        return found
