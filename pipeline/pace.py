"""How fast work goes on and how long it will take: from looks at it, and only once that is known. Pure, by a clock that is given."""

from collections import deque

WINDOW = 300.0  # seconds that a rate is taken over: units end in bursts, and a crawl's parts differ
KNOWN = 10.0  # seconds of work before a rate is told


class Pace:
    """Bytes a second over the last minutes."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, now: float, position: int) -> None:
        """At `now` (seconds) work was at this position (bytes). What was there at the first look cost this run nothing."""
        looks = self._looks
        if looks and position < looks[-1][1]:  # begun anew
            looks.clear()
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
        return None if rate is None else max(0, total - self._looks[-1][1]) / rate
