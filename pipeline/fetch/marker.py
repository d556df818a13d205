"""To which crawl a folder belongs, which rounds it has, and who is at work there."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TypeVar

from pipeline import storage
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import Columns, find_lists
from pipeline.fetch.place import Shares
from pipeline.lease import Note, leased, refusal
from pipeline.locks import is_free
from pipeline.work_list import committed
from schemas.outcomes import UserError

FORMAT = "triptych-crawl"
AnyMarker = TypeVar("AnyMarker")
GIVEN, FOUND, RETRY = "given", "found", "retry"


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a crawl: of lists that were given, of addresses that were found in something, or of those that failed before.

    `name` tells it from the other rounds; `first` is its first unit, `list` the number of its first list, of `lists`. `depth` is how many
    links lead to its pages from what was given, below 0 of sitemaps (`pipeline/fetch/follow.py`); about `most` addresses of a registered
    domain are asked for (0: all).
    """

    kind: str
    name: str
    first: int
    list: int
    lists: int
    depth: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Marker:
    """What a folder belongs to: the lists that were given, what deals addresses out, and the rounds that were begun."""

    lists: tuple[str, ...]
    digest: str  # of the names and sizes of the lists
    columns: Columns
    shares: Shares
    rounds: tuple[Round, ...] = field(default=(), compare=False)

    def begun(self, name: str) -> int | None:
        """The number of the round of a name, from 1; None where it was not begun."""
        return next((number for number, there in enumerate(self.rounds, 1) if there.name == name), None)


def check_asked(folder: CrawlFolder, urls: Sequence[str], found: bool) -> dict[str, int]:
    """The lists that are asked for, with their sizes; none where addresses are `found`, or a crawl's failures are asked for.

    Writes nothing. Raises UserError where lists are missing, or the crawl is.
    """
    if not urls and not found and not storage.exists(folder.identity):
        raise UserError(f"--retry-failed {folder.path} is no crawl of triptych: give the folder of one")
    return find_lists(urls)


def claim(folder: CrawlFolder, lists: Mapping[str, int], columns: Columns, shares: Shares) -> Marker:
    """The marker of a crawl of these lists, written where the folder has none, or one of other lists that asked for nothing yet.

    Raises UserError where the folder belongs to something else.
    """
    mine = Marker(tuple(lists), hashlib.sha256(json.dumps(lists).encode()).hexdigest(), columns, shares)
    other = "a crawl of other lists, or of other settings for them"
    return claimed(folder, mine, read_marker, write_marker, other)


def claimed(
    folder: CrawlFolder,
    mine: AnyMarker,
    read: Callable[[CrawlFolder], AnyMarker],
    write: Callable[[CrawlFolder, AnyMarker], None],
    other: str,
) -> AnyMarker:
    """The marker of a folder that is to belong to `mine`, written where it has none, or one of something else that asked for nothing yet.

    Raises UserError, which says what `other` thing the folder belongs to.
    """
    if not storage.exists(folder.identity):
        if any(name != folder.lock_name for name in storage.files_below(folder.path)):
            raise UserError(f"{folder.path} is not empty and no crawl of triptych: give another --output")
    elif (there := read(folder)) == mine:
        return there
    elif not asked_for_nothing(folder):
        raise UserError(f"{folder.path} holds {other}: give another --output")
    write(folder, mine)
    return mine


def asked_for_nothing(folder: CrawlFolder) -> bool:
    """Whether the crawl of a folder ended before any address was placed, as with a list that lacks the column asked for.

    What it counted is taken away, so that the folder is free for the command as it was meant.
    """
    first = folder.round(1)
    if committed(first.placed):
        return False
    for name in storage.files_below(first.path):
        storage.remove(first.file(name))
    return True


def with_round(folder: CrawlFolder, marker: Marker, begun: Round) -> Marker:
    """The marker with one more round, written."""
    marker = replace(marker, rounds=(*marker.rounds, begun))
    write_marker(folder, marker)
    return marker


def read_marker(folder: CrawlFolder) -> Marker:
    """What the marker says. Raises UserError where it is none."""
    with suppress(ValueError, KeyError, TypeError):
        found = json.loads(storage.read_bytes(folder.identity))
        if found.pop("format") == FORMAT:
            lists, rounds = tuple(found.pop("lists")), tuple(Round(**one) for one in found.pop("rounds"))
            columns, shares = Columns(*found.pop("columns")), Shares(**found.pop("shares"))
            return Marker(lists=lists, rounds=rounds, columns=columns, shares=shares, **found)
    raise UserError(f"{folder.identity} was changed or cut: put it back, or give another folder")


def write_marker(folder: CrawlFolder, marker: Marker) -> None:
    """Write the marker."""
    with storage.write_whole(folder.identity) as file:
        file.write(json.dumps({"format": FORMAT, **asdict(marker)}, indent=1, sort_keys=True).encode() + b"\n")


@contextmanager
def alone(folder: CrawlFolder, note: Note) -> Iterator[Callable[[], None]]:
    """Hold a crawl's folder for this process while the block runs. Raises UserError where another process is at work there.

    What it gives raises UserError where the folder was taken over meanwhile, as this process had shown no sign of life.
    """
    if storage.is_remote(folder.path):
        with leased(folder.file(folder.lock_name), folder.path, note) as lease:

            def check() -> None:
                if lease.lost_to:
                    raise UserError(
                        f"{folder.path} was taken over by {lease.lost_to}: this crawl was stopped, or cut off from the store"
                    )

            yield check
        return
    if storage.is_file(folder.path):
        raise UserError(f"{folder.path} is a file: give a folder as --output")
    try:
        storage.make_folder(folder.work)
    except OSError as error:
        raise UserError(f"{folder.path} cannot be made ({error.strerror}): give another --output") from error
    with open(folder.file(folder.lock_name), "ab") as marker:
        if not is_free(marker):
            raise refusal(folder.path, None)
        yield lambda: None
