"""To which crawl a folder belongs, which attempt is under way there, and who is at work."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace

from pipeline import storage
from pipeline.alone import is_free
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import find_lists
from pipeline.fetch.outcome import ended, read_places
from pipeline.fetch.place import Shares
from pipeline.lease import Note, leased, refusal
from schemas.outcomes import UserError

FORMAT = "triptych-crawl"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a folder belongs to: its lists, what dealt them out, and the first unit of each attempt."""

    lists: tuple[str, ...]
    digest: str  # of the names and sizes of the lists
    url_column: str
    shares: Shares
    starts: tuple[int, ...] = (0,)

    @property
    def attempt(self) -> int:
        """The attempt that is under way, or ended last."""
        return len(self.starts)

    @property
    def first(self) -> int:
        """Its first unit."""
        return self.starts[-1]


def check_asked(folder: CrawlFolder, urls: Sequence[str]) -> dict[str, int]:
    """The lists that are asked for, with their sizes; none where a crawl's failures are. Writes nothing.

    Raises UserError where lists are missing, or the crawl is.
    """
    if not urls and not storage.exists(folder.identity):
        raise UserError(f"--retry-failed {folder.path} is no crawl of triptych: give the folder of one")
    return find_lists(urls)


def claim(folder: CrawlFolder, lists: Mapping[str, int], url_column: str, shares: Shares) -> Marker:
    """The marker of a crawl of these lists, or, where there are none, of the next attempt of the finished crawl that is there.

    Raises UserError where the folder belongs to something else, or no crawl is finished there.
    """
    if not lists:
        return claim_retry(folder)
    mine = Marker(tuple(lists), hashlib.sha256(json.dumps(lists).encode()).hexdigest(), url_column, shares)
    if not storage.exists(folder.identity):
        if any(name != folder.lock_name for name in storage.files_below(folder.path)):
            raise UserError(f"{folder.path} is not empty and no crawl of triptych: give another --output")
        write_marker(folder, mine)
        return mine
    there = read_marker(folder)
    if replace(there, starts=mine.starts) != mine:
        raise UserError(
            f"{folder.path} holds a crawl of other lists, or of other settings for them: give another --output"
        )
    return there


def claim_retry(folder: CrawlFolder) -> Marker:
    """The marker of the next attempt; an attempt that is not finished is gone on with."""
    marker = read_marker(folder)
    attempt = folder.attempt(marker.attempt)
    if not ended(attempt):
        if marker.attempt == 1:
            raise UserError(f"{folder.path} is not finished: the command that began it goes on with it")
        return marker
    places = read_places(attempt)
    marker = replace(marker, starts=(*marker.starts, marker.first + places.waves * places.bins))
    write_marker(folder, marker)
    return marker


def read_marker(folder: CrawlFolder) -> Marker:
    """What the marker says. Raises UserError where it is none."""
    with suppress(ValueError, KeyError, TypeError):
        found = json.loads(storage.read_bytes(folder.identity))
        if found.pop("format") == FORMAT:
            lists, starts = tuple(found.pop("lists")), tuple(found.pop("starts"))
            return Marker(lists=lists, starts=starts, shares=Shares(**found.pop("shares")), **found)
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
