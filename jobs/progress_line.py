"""The line that says how far a run is, how fast it goes and how long it will take."""

from typing import TYPE_CHECKING

from jobs.terminal import count, size

if TYPE_CHECKING:
    from pipeline.progress import Progress


def line(progress: "Progress") -> str:
    """One look as a line for a person; rate and time left only where they are known, and before what a narrow terminal may leave out.

    >>> from pipeline.progress import Progress
    >>> line(Progress("extract", 1, 4, "units", 1200, 50_000_000, 200_000_000, rate=3e6, left=50))
    'extract: 1 of 4 units, 25 % of the bytes, about 50 s left, 3.0 MB/s, 1,200 captures'
    >>> line(Progress("decide", 0, 3, "batches"))
    'decide: 0 of 3 batches'
    """
    if progress.note:
        return progress.note
    said = [f"{progress.step}: {progress.done} of {progress.total} {progress.word}"]
    if progress.position:
        said.append(f"{progress.position / progress.bytes:.0%}".replace("%", " %") + " of the bytes")
    if progress.rate is not None and progress.left is not None and progress.position < progress.bytes:
        said += [f"about {time_left(progress.left)} left", f"{size(progress.rate)}/s"]
    if progress.captures:
        said.append(count(progress.captures, "capture"))
    return ", ".join(said)


def time_left(seconds: float) -> str:
    """Seconds as precisely as an estimate deserves.

    >>> time_left(3), time_left(61), time_left(400), time_left(20_000), time_left(600_000)
    ('10 s', '70 s', '7 min', '5.6 h', '6.9 days')
    """
    if seconds <= 90:
        return f"{max(1, -(-seconds // 10)) * 10:.0f} s"
    if seconds <= 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds <= 72 * 3600 else f"{seconds / 86400:.1f} days"
