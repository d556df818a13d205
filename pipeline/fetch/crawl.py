"""A crawl from its lists to its account; goes on with one that was killed.

Each step commits by a file that is written last: the places of all hosts, the units of addresses, each wave. In a wave that is not finished
each unit goes on behind its segments.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from tempfile import TemporaryDirectory

from pipeline import engine, engine_options, storage
from pipeline.accounts import check_accounts
from pipeline.fetch.beam import Count, CrawlJob, Fetch, Place, list_line
from pipeline.fetch.exchange import Settings
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import parts_of
from pipeline.fetch.marker import Marker, alone, check_asked, claim
from pipeline.fetch.outcome import Outcome, outcome_of, placed_units, read_places
from pipeline.fetch.place import Shares, deal
from pipeline.fetch.visit import Conduct
from pipeline.healing import healed
from pipeline.layout import DONE
from pipeline.progress import Progress, Tell, Watch
from pipeline.sections import DamagedFileError, sealed
from pipeline.work_list import commit, committed, part_count, read_written, write_lines, written_parts
from schemas.outcomes import UserError


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """What is to be fetched, where to, and how; without `urls` what failed in the finished crawl at `output`, once more."""

    output: str
    conduct: Conduct
    settings: Settings
    urls: tuple[str, ...] = ()
    url_column: str = ""
    waves: int | None = None  # how many waves are fetched; None: all
    workers: int = 1
    beam_options: tuple[str, ...] = ()
    storage: Mapping[str, str] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)


def crawl(request: CrawlRequest, progress: Tell = lambda progress: None) -> Outcome:
    """Crawl, or go on with a crawl.

    Raises UserError (lists, folder), VerificationError (the account does not hold), and whatever a bug raises.
    """
    storage.configure(request.storage)
    folder = CrawlFolder(storage.absolute(request.output))
    lists = check_asked(folder, request.urls)
    with alone(folder, lambda note: progress(Progress("wait", 0, 0, "", note=note))) as check:
        marker = claim(folder, lists, request.url_column, request.shares)
        remove_partial(folder)
        watch, lines = Watch(progress), lists_of(marker)
        job = CrawlJob(
            folder,
            marker.attempt,
            request.conduct,
            request.settings,
            request.shares,
            part_count(len(lines)),
            marker.first,
            marker.url_column,
            dict(request.storage),
        )
        work = partial(steps, request, job, lines, watch, check)
        # Nobody is asked anew: segments stay.
        outcome = healed(work, partial(make_again, job), watch.note, request.output)
        check_accounts([outcome.account])
        with storage.write_whole(folder.account) as file:
            file.write(json.dumps(asdict(outcome), indent=1, sort_keys=True).encode() + b"\n")
    return outcome


def steps(request: CrawlRequest, job: CrawlJob, lines: list[str], watch: Watch, check: Callable[[], None]) -> Outcome:
    """All steps that are not finished, and what came of them. Raises as `crawl`, and DamagedFileError."""
    place(request, job, lines, watch)
    fetch(request, job, watch, check)
    return outcome_of(job.folder, job.attempt)


def make_again(job: CrawlJob, error: DamagedFileError) -> None:
    """Take a damaged file away, with the commits of all that may follow from it: places come out the same, and segments stay."""
    attempt = job.folder.attempt(job.attempt)
    if not error.path.startswith(storage.join(attempt.path, "")):
        raise UserError(f"{error}: put it back, or crawl into another --output") from error
    storage.remove(error.path)
    for name in storage.files_below(attempt.path):
        if name.rpartition("/")[2] == DONE:
            storage.remove(attempt.file(name))


def lists_of(marker: Marker) -> list[str]:
    """The work list of the lists: their parts, or of a later attempt the units of the one before."""
    if marker.attempt > 1:
        return [str(unit) for unit in range(marker.starts[-2], marker.first)]
    return [list_line(number, path, part) for number, path in enumerate(marker.lists) for part in range(parts_of(path))]


def remove_partial(folder: CrawlFolder) -> None:
    """Take away what killed workers were writing; remotely nothing stands under a name before it is whole."""
    if not storage.is_remote(folder.path):
        for name in storage.files_below(folder.path):
            if name.endswith(storage.PARTIAL_SUFFIX):
                storage.remove(folder.file(name))


def place(request: CrawlRequest, job: CrawlJob, lines: list[str], watch: Watch) -> None:
    """Count the hosts, say where each goes, and write the addresses of every unit; what is finished is not done again."""
    attempt = job.folder.attempt(job.attempt)
    if committed(attempt.placed):
        return
    remote = storage.is_remote(job.folder.path)
    write_lines(attempt.lists, lines)

    def look(step: str) -> Callable[[], Progress]:
        return lambda: Progress(step, 0, len(lines), "parts of lists")

    if not committed(attempt.counts):
        with watch.working(look("count"), remote):
            engine.run(Count(job), request.workers, request.beam_options)
        places = deal(read_written(attempt.counts, written_parts(attempt.counts)), job.shares)
        with storage.write_whole(attempt.places) as file:
            file.write(sealed(places.plain()))
        commit(attempt.counts)
    with watch.working(look("place"), remote):
        engine.run(Place(job), request.workers, request.beam_options)
    commit(attempt.placed)


def fetch(request: CrawlRequest, job: CrawlJob, watch: Watch, check: Callable[[], None]) -> None:
    """Fetch the waves that are not finished, one after the other, so that no two tasks ask one host at once; `check` comes before each."""
    attempt = job.folder.attempt(job.attempt)
    places, units = read_places(attempt), placed_units(attempt)
    total = sum(units.values())
    for wave in range(places.waves if request.waves is None else min(places.waves, request.waves)):
        if not committed(attempt.ended(wave)):
            check()
            fetch_wave(request, job, watch, wave, units, places.bins)
            commit(attempt.ended(wave))
    watch.tell(Progress("fetch", total, total, "addresses"))


def fetch_wave(
    request: CrawlRequest, job: CrawlJob, watch: Watch, wave: int, units: Mapping[int, int], bins: int
) -> None:
    """Fetch the units of a wave, each behind its segments."""
    mine = sorted(place for place in units if place // bins == wave)
    write_lines(job.folder.attempt(job.attempt).wave(wave), (str(job.first + place) for place in mine))
    before, total = sum(units[place] for place in units if place // bins < wave), sum(units.values())
    with notes_in(request) as notes:

        def look() -> Progress:
            return look_at_notes(notes, before, total)

        with watch.working(look, storage.is_remote(job.folder.path)):
            engine.run(Fetch(replace(job, notes=notes), wave), request.workers, request.beam_options)


@contextmanager
def notes_in(request: CrawlRequest) -> Iterator[str]:
    """A folder for the notes of local workers; "" where they are not on this machine."""
    if engine_options.is_local(request.beam_options):
        with TemporaryDirectory(prefix="triptych-notes-", ignore_cleanup_errors=True) as folder:
            yield folder
    else:
        yield ""


def look_at_notes(folder: str, before: int, total: int) -> Progress:
    """How far a crawl is, by the notes of its workers."""
    done = before
    for name in os.listdir(folder) if folder else ():
        with open(os.path.join(folder, name)) as file:
            done += int(file.read() or 0)  # just being written
    return Progress("fetch", done, total, "addresses")
