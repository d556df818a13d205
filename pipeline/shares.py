"""Shares of a run's units for array jobs: which units are whose, and which shares have handed up theirs. Nothing here runs a job.

A share is a range of neighbouring units of about as many bytes as every other, so it depends on the plan alone, and archives are seldom
parted between two.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline import plan, storage
from pipeline.layout import DONE, StagingFolder
from pipeline.plan import Work
from pipeline.sections import DamagedFileError, read_sealed
from pipeline.work_list import MOST_PARTS, done_path, part_count, part_path
from schemas.outcomes import UserError

MOST_SHARES = 9999  # their names have four digits; Slurm's arrays end at 4,000,000, a folder of claims should not
_SHARE = re.compile(r"(\d+)/(\d+)")
_NAME = re.compile(r"(\d{4})-of-(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """The share `number` of `of`, counted from 1."""

    of: int
    number: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def name(self) -> str:
        """Its name in folders."""
        return f"{self.number:04d}-of-{self.of:04d}"


def read_share(text: str) -> Share:
    """The share of a text K/N. Raises UserError.

    >>> read_share("3/8").name
    '0003-of-0008'
    """
    found = _SHARE.fullmatch(text)
    share = Share(int(found[2]), int(found[1])) if found else None
    if share is None or not 1 <= share.number <= share.of <= MOST_SHARES:
        raise UserError(
            f"--units {text}: expected K/N, share K of N with 1 <= K <= N <= {MOST_SHARES}, for example 3/8"
        )
    return share


def named_share(name: str) -> Share | None:
    """The share of a name in folders; None where it is none of ours.

    >>> str(named_share("0003-of-0008")), named_share("rest")
    ('3/8', None)
    """
    found = _NAME.fullmatch(name)
    return Share(int(found[2]), int(found[1])) if found else None


@dataclass(frozen=True, slots=True)
class Portion:
    """Units that one job stages: lines of the work list; the folder of what they hand up, "" that of the step; and the parts of that."""

    work: tuple[Work, ...]
    folder: str
    parts: int

    @property
    def numbers(self) -> range:
        """The numbers from that of the first unit on until behind the last."""
        return range(self.work[0].first, self.work[-1].first + self.work[-1].count) if self.work else range(0)

    @property
    def count(self) -> int:
        """How many units."""
        return sum(work.count for work in self.work)

    @property
    def bytes(self) -> int:
        """Bytes of archive."""
        return sum(work.bytes for work in self.work)


def portion(works: Sequence[Work], share: Share, staging: StagingFolder) -> Portion:
    """The units of a share. All shares together hand up about as many parts as one run does."""
    mine = tuple(work for owner, work in deal(works, share.of) if owner == share.number)
    count = sum(work.count for work in mine)
    return Portion(mine, staging.share(share.name), max(1, min(part_count(count), MOST_PARTS // share.of)))


def deal(works: Sequence[Work], shares: int) -> Iterator[tuple[int, Work]]:
    """The work list in pieces, each with the number of its share: that in which the middle of its bytes lies, all units laid end to end."""
    total = sum(work.bytes for work in works)
    before = 0
    for work in works:
        sizes = unit_sizes(work)
        owners = []
        for size in sizes:
            owners.append(1 + min(shares - 1, shares * (2 * before + size) // max(1, 2 * total)))
            before += size
        for owner, places in groupby(range(len(sizes)), key=owners.__getitem__):
            numbers = list(places)
            yield owner, piece(work, numbers[0], numbers[-1] + 1)


def unit_sizes(work: Work) -> list[int]:
    """The bytes of the units of a line, in their order."""
    if work.count == 1:
        return [work.bytes]
    return [min(plan.UNIT_BYTES, work.bytes - number * plan.UNIT_BYTES) for number in range(work.count)]


def piece(work: Work, first: int, behind: int) -> Work:
    """The units of a line from its `first` until before `behind`, as a line of their own that gives equal units."""
    if (first, behind) == (0, work.count):
        return work
    (span,) = work.spans
    start, end = (span.start + number * plan.UNIT_BYTES for number in (first, behind))
    return Work(work.first + first, (replace(span, start=start, end=min(end, span.end)),))


@dataclass(frozen=True, slots=True)
class Dealt:
    """How far shares are: of how many there are, the parts of what each finished one handed up."""

    of: int
    finished: dict[Share, tuple[str, ...]]

    @property
    def parts(self) -> list[str]:
        """The parts of all that are finished."""
        return [path for share in sorted(self.finished) for path in self.finished[share]]

    @property
    def left(self) -> list[Share]:
        """Those that are not finished."""
        shares = (Share(self.of, number) for number in range(1, self.of + 1))
        return [share for share in shares if share not in self.finished]


def dealt(staging: StagingFolder) -> Dealt | None:
    """How far the shares in staging are; None where no share was ever finished. Where units were dealt out in several ways, the one of
    which most is finished."""
    names = (name.partition("/") for name, _ in storage.walk(staging.shares))
    done = [share for folder, _, name in names if name == DONE and (share := named_share(folder))]
    ways = []
    for of, same in groupby(sorted(done), key=lambda share: share.of):
        finished = {share: parts for share in same if (parts := finished_parts(staging.share(share.name))) is not None}
        ways.append(Dealt(of, finished))
    return max(ways, key=lambda way: (len(way.finished) / way.of, way.of), default=None)


def finished_parts(folder: str) -> tuple[str, ...] | None:
    """The parts of what a share handed up; None where it is not as it was written, so that the share counts as not finished."""
    try:
        numbers = read_sealed(done_path(folder))["parts"]
        paths = tuple(part_path(folder, number) for number in numbers)
        for path in paths:
            read_sealed(path)
    except DamagedFileError:
        return None
    return paths


def listed(shares: Iterable[Share], most: int = 5) -> str:
    """Shares in words.

    >>> listed([Share(3, 2)]), listed([Share(9, k) for k in (1, 2, 3)], most=2)
    ('share 2/3', 'shares 1/9, 2/9 and 1 more')
    """
    names = [str(share) for share in shares]
    shown, more = names[:most], len(names) - most
    if len(names) == 1:
        return f"share {names[0]}"
    return f"shares {', '.join(shown)}{f' and {more} more' if more > 0 else ''}"
