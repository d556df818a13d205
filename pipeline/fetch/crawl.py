"""A crawl from its lists to its account; goes on with one that was killed.

A crawl has rounds: of the lists that were given, of addresses that were found in something, of what failed before. Each step of a round
commits by a file that is written last: the lists of what was found, the places of all domains, the units of addresses, each wave. In a wave
that is not finished each unit goes on behind its segments.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from tempfile import TemporaryDirectory

from pipeline import engine, storage
from pipeline.accounts import check_accounts
from pipeline.engines.job_server import forget_handed
from pipeline.engines.ready import check_ready
from pipeline.engines.settings import EngineSettings
from pipeline.fetch.beam import Count, CrawlJob, Fetch, Place, list_line, retry_line
from pipeline.fetch.exchange import Settings
from pipeline.fetch.follow import Following, next_round
from pipeline.fetch.found import Find, Source, found_lines, list_count, source_lines
from pipeline.fetch.layout import CrawlFolder, RoundFolder
from pipeline.fetch.lists import ANY, Columns, parts_of
from pipeline.fetch.marker import (
    FOUND,
    GIVEN,
    RETRY,
    Marker,
    Round,
    alone,
    check_asked,
    claim,
    read_marker,
    with_round,
)
from pipeline.fetch.outcome import Outcome, ended, outcome_of, placed_units, read_places, unit_behind
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
    """What is to be fetched, where to, and how: the addresses of lists, or those that are found in a source and that the crawl at `output`
    does not have yet. Without either: what failed in the finished crawl at `output`, once more. What lists were given for is followed."""

    output: str
    conduct: Conduct
    settings: Settings
    urls: tuple[str, ...] = ()
    columns: Columns = ANY
    source: Source | None = None
    following: Following = field(default_factory=Following)
    waves: int | None = None  # how many waves of a round are fetched; None: all
    engine: EngineSettings = field(default_factory=EngineSettings)
    storage: Mapping[str, str] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)


def crawl(request: CrawlRequest, progress: Tell = lambda progress: None) -> Outcome:
    """Crawl, or go on with a crawl.

    Raises UserError (lists, folder), VerificationError (the account does not hold), and whatever a bug raises.
    """
    storage.configure(request.storage)
    check_ready(request.engine)
    folder = CrawlFolder(storage.absolute(request.output))
    lists = check_asked(folder, request.urls, request.source is not None)
    with alone(folder, lambda note: progress(Progress("wait", 0, 0, "", note=note))) as check:
        watch = Watch(progress)
        # Its workers write aside what `remove_partial` takes away, and what they were fetching would be asked for anew.
        engine.end_left(request.engine, watch.hear)
        again = not lists and request.source is None
        marker = read_marker(folder) if again else claim(folder, lists, request.columns, request.shares)
        remove_partial(folder)
        work = Work(request, folder, watch, check)
        marker = begin(work, marker, retry(folder, marker) if again else wanted(request, marker))
        outcome = go_through(work, marker)
        while lists and (follows := work.follows(marker)):
            marker = begin(work, marker, follows)
            outcome = go_through(work, marker)
        write_account(folder, outcome)
    return outcome


def write_account(folder: CrawlFolder, outcome: Outcome) -> None:
    """Write what became of all addresses. Raises VerificationError where that does not add up."""
    check_accounts([outcome.account, *outcome.found])
    with storage.write_whole(folder.account) as file:
        file.write(json.dumps(asdict(outcome), indent=1, sort_keys=True).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Work:
    """What the process that holds a crawl's folder works with; `check` raises UserError where it does not hold it any more."""

    request: CrawlRequest
    folder: CrawlFolder
    watch: Watch
    check: Callable[[], None]

    def job(self, marker: Marker) -> CrawlJob:
        """What workers are told of the last round."""
        request = self.request
        return CrawlJob(
            self.folder,
            marker.rounds,
            request.conduct,
            request.settings,
            marker.shares,
            marker.columns,
            dict(request.storage),
        )

    def follows(self, marker: Marker) -> Round | None:
        """The round that follows from what those before it fetched; None where all is done, or what comes before it is not."""
        if not ended(self.folder.round(len(marker.rounds))):  # it is to end after some waves
            return None
        found = next_round(self.request.following, self.folder, marker.rounds, self.request.conduct)
        return found[0] if found else None

    def source(self, job: CrawlJob) -> Source:
        """Where the addresses of the last round are found. Raises UserError where another command began it."""
        request, name = self.request, job.rounds[-1].name
        source = request.source
        if source is None:
            found = next_round(request.following, self.folder, job.rounds[:-1], request.conduct)
            source = found[1] if found else None
        if source is None or source.name != name:
            raise UserError(f"{self.folder.path} is not finished ({name}): the command that began it goes on with it")
        return source


def wanted(request: CrawlRequest, marker: Marker) -> Round:
    """The round that is asked for, without its place among the others."""
    if request.source is None:
        return Round(GIVEN, GIVEN, 0, 0, len(marker.lists))
    return Round(FOUND, request.source.name, 0, 0, list_count(len(request.source.lines)))


def retry(folder: CrawlFolder, marker: Marker) -> Round:
    """The next round of what failed, or the one that is not finished. Raises UserError where a round of something else is not finished."""
    last = marker.rounds[-1] if marker.rounds else None
    if last is None or not ended(folder.round(len(marker.rounds))):
        if last is None or last.kind != RETRY:
            raise UserError(f"{folder.path} is not finished: the command that began it goes on with it")
        return last
    return Round(RETRY, f"{RETRY} {sum(one.kind == RETRY for one in marker.rounds) + 1}", 0, 0, 0)


def begin(work: Work, marker: Marker, asked: Round) -> Marker:
    """The marker with the round that is asked for; nothing is changed where it was begun before.

    A round before it that is not finished is gone through to its end, or forgotten where it has no addresses yet: so each knows what
    all rounds before it asked for.
    """
    if marker.begun(asked.name):
        return marker
    if marker.rounds:
        before = work.folder.round(len(marker.rounds))
        if committed(before.placed):
            go_through(work, marker)
        else:
            for name in storage.files_below(before.path):
                storage.remove(before.file(name))
            marker = replace(marker, rounds=marker.rounds[:-1])
    first = unit_behind(work.folder, marker.rounds)
    list_ = marker.rounds[-1].list + marker.rounds[-1].lists if marker.rounds else 0
    return with_round(work.folder, marker, replace(asked, first=first, list=list_))


def go_through(work: Work, marker: Marker) -> Outcome:
    """All steps of the last round that are not finished, and what came of all rounds. Raises as `crawl`."""
    job = work.job(marker)
    # Nobody is asked anew: segments stay.
    return healed(
        partial(steps, work, job, marker), partial(make_again, job.files), work.watch.note, work.request.output
    )


def steps(work: Work, job: CrawlJob, marker: Marker) -> Outcome:
    """All steps of the last round that are not finished, and what came of all rounds. Raises as `crawl`, and DamagedFileError."""
    find(work, job)
    place(work, job, marker)
    fetch(work, job)
    return outcome_of(job.folder, job.rounds)


def make_again(files: RoundFolder, error: DamagedFileError) -> None:
    """Take a damaged file away, with the commits of all that may follow from it: places come out the same, and segments stay."""
    if not error.path.startswith(storage.join(files.path, "")):
        raise UserError(f"{error}: put it back, or crawl into another --output") from error
    storage.remove(error.path)
    for name in storage.files_below(files.path):
        if name.rpartition("/")[2] == DONE:
            storage.remove(files.file(name))


def lists_of(job: CrawlJob, marker: Marker) -> Iterator[str]:
    """The work list of the lists of the last round: their parts; of a retry the units of all rounds since the retry before it."""
    last = job.rounds[-1]
    if last.kind == FOUND:
        yield from found_lines(job)
    elif last.kind == GIVEN:
        for number, path in enumerate(marker.lists):
            for part in range(parts_of(path)):
                yield list_line(number, path, part)
    else:
        before = list(enumerate(job.rounds[:-1], 1))
        since = max((number for number, one in before if one.kind == RETRY), default=1)
        for number, one in before[since - 1 :]:
            for place_ in sorted(placed_units(job.folder.round(number))):
                yield retry_line(number, one.first + place_)


def remove_partial(folder: CrawlFolder) -> None:
    """Take away what killed workers were writing; remotely nothing stands under a name before it is whole."""
    forget_handed(folder.path)
    if not storage.is_remote(folder.path):
        for name in storage.files_below(folder.path):
            if name.endswith(storage.PARTIAL_SUFFIX):
                storage.remove(folder.file(name))


def find(work: Work, job: CrawlJob) -> None:
    """Look for the addresses of a round that are to be found, and write lists of those that no round before it has."""
    files = job.files
    if job.rounds[-1].kind != FOUND or committed(files.found):
        return
    source = work.source(job)
    count = write_lines(files.sources, source_lines(job, source))

    def look() -> Progress:
        return Progress("find", 0, count, "parts")

    with work.watch.working(look, storage.is_remote(job.folder.path)):
        engine.run(Find(job, source.find, part_count(count)), work.request.engine, "find", work.watch.hear)
    commit(files.told)
    commit(files.found)


def place(work: Work, job: CrawlJob, marker: Marker) -> None:
    """Count the domains, say where each goes, and write the addresses of every unit; what is finished is not done again."""
    files, request = job.files, work.request
    if committed(files.placed):
        return
    remote = storage.is_remote(job.folder.path)
    count = write_lines(files.lists, lists_of(job, marker))
    parts = part_count(count)

    def look(step: str) -> Callable[[], Progress]:
        return lambda: Progress(step, 0, count, "parts of lists")

    if not committed(files.counts):
        if count:
            with work.watch.working(look("count"), remote):
                engine.run(Count(job, parts), request.engine, "count", work.watch.hear)
        deal_out(files, job.shares, job.rounds[-1].most)
    if count:
        with work.watch.working(look("place"), remote):
            engine.run(Place(job, parts), request.engine, "place", work.watch.hear)
    commit(files.placed)


def deal_out(files: RoundFolder, shares: Shares, most: int = 0) -> None:
    """Say by what was counted where each domain or archive goes, and commit the counts."""
    places = deal(read_written(files.counts, written_parts(files.counts)), shares, most)
    with storage.write_whole(files.places) as file:
        file.write(sealed(places.plain()))
    commit(files.counts)


def fetch(work: Work, job: CrawlJob) -> None:
    """Fetch the waves that are not finished, one after the other, so that no two tasks ask one host at once; `check` comes before each."""
    files, most = job.files, work.request.waves
    places, units = read_places(files), placed_units(files)
    total = sum(units.values())
    for wave in range(places.waves if most is None else min(places.waves, most)):
        if not committed(files.ended(wave)):
            work.check()
            fetch_wave(work, job, wave, units, places.bins)
            commit(files.ended(wave))
    work.watch.tell(Progress("fetch", total, total, "addresses"))


def fetch_wave(work: Work, job: CrawlJob, wave: int, units: Mapping[int, int], bins: int) -> None:
    """Fetch the units of a wave, each behind its segments."""
    mine = sorted(place for place in units if place // bins == wave)
    if not mine:
        return
    count = write_lines(job.files.wave(wave), (str(job.first + place) for place in mine))
    before, total = sum(units[place] for place in units if place // bins < wave), sum(units.values())
    request = work.request
    with notes_in(request.engine) as notes:

        def look() -> Progress:
            return look_at_notes(notes, before, total)

        with work.watch.working(look, storage.is_remote(job.folder.path)):
            told = Fetch(replace(job, notes=notes), wave, part_count(count))
            engine.run(told, request.engine, "fetch", work.watch.hear)


@contextmanager
def notes_in(settings: EngineSettings) -> Iterator[str]:
    """A folder for the notes of local workers; "" where they are not on this machine."""
    if settings.is_local:
        with TemporaryDirectory(prefix="triptych-notes-", ignore_cleanup_errors=True) as folder:
            yield folder
    else:
        yield ""


def look_at_notes(folder: str, before: int, total: int, word: str = "addresses") -> Progress:
    """How far a crawl is, by the notes of its workers; `word` says what they count."""
    done = before
    for name in os.listdir(folder) if folder else ():
        with open(os.path.join(folder, name)) as file:
            done += int(file.read() or 0)  # just being written
    return Progress("fetch", done, total, word)
