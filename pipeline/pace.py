"""How fast work goes on and how long it will take: from looks at it, and only once that is known. Pure, by a clock that is given."""

from collections import deque

WINDOW = 300.0  # seconds that a rate is taken over: units end in bursts, and a crawl's parts differ
KNOWN = 10.0  # seconds of work before a rate is told
# Before a time left is told (ours): a worker that has just begun, or the first of many units that end, says nothing of the rest.
MOVES = 5  # looks that found more done than the look before
SHARE = 0.01  # done of what was left when this run began
ENOUGH = 600.0  # seconds, after which less than that share will do


class Pace:
    """Bytes a second over the last minutes."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()
        self._first = (0.0, 0)
        self._moves = 0

    def look(self, now: float, position: int) -> None:
        """At `now` (seconds) work was at this position (bytes). What was there at the first look cost this run nothing."""
        looks = self._looks
        if looks and position < looks[-1][1]:  # begun anew
            looks.clear()
        if not looks:
            self._first, self._moves = (now, position), 0
        elif position > looks[-1][1]:
            self._moves += 1
        looks.append((now, position))
        while len(looks) > 2 and looks[1][0] <= now - WINDOW:
            looks.popleft()

    def rate(self) -> float | None:
        """Bytes a second; None until it is known."""
        if not self._looks:
            return None
        (begun, first), (now, last) = self._looks[0], self._looks[-1]
        return (last - first) / (now - begun) if now - begun >= KNOWN and last > first else None

    def left(self, total: int) -> float | None:
        """Seconds until `total` bytes are done, if they cost what those before did; None until that is known."""
        rate = self.rate()
        if rate is None or self._moves < MOVES:
            return None
        (begun, first), (now, last) = self._first, self._looks[-1]
        if last - first < SHARE * (total - first) and now - begun < ENOUGH:
            return None
        return max(0, total - last) / rate
