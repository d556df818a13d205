"""Records that indexes name, from the indexes to the account; goes on with what was killed.

Each step commits by a file that is written last, as in a crawl of addresses: what is wanted of an index, the places of all archives, the
units of records, their accounts. A unit goes on behind its segments.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from pipeline import engine, storage
from pipeline.engines.ready import check_ready
from pipeline.engines.settings import EngineSettings
from pipeline.fetch.crawl import deal_out, look_at_notes, make_again, notes_in, remove_partial, write_account
from pipeline.fetch.exchange import Settings
from pipeline.fetch.index_rows import find_indexes
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import Round, alone
from pipeline.fetch.outcome import Outcome, outcome_of, placed_units
from pipeline.fetch.range_job import FetchRecords, PlaceRecords, RangeJob, Select, index_lines, unit_lines
from pipeline.fetch.range_marker import RangeMarker, claim, claim_retry, is_selection
from pipeline.fetch.range_unit import Copying
from pipeline.healing import healed
from pipeline.progress import Progress, Tell, Watch
from pipeline.work_list import commit, committed, part_count, write_lines
from schemas.outcomes import UserError
from transforms.fetch.selection import Selection
from transforms.fetch.turns import INDEXES, RANGES, Terms

BIN = 10_000  # records of a unit, about: some hundred MB of pages


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """What is to be copied, where to, and how; without `indexes` what failed in the finished selection at `output`, once more."""

    output: str
    settings: Settings
    indexes: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    archives: str = ""
    engine: EngineSettings = field(default_factory=EngineSettings)
    storage: dict[str, str] = field(default_factory=dict)
    bin: int = BIN
    range_terms: Terms = RANGES
    index_terms: Terms = INDEXES


def copy_records(request: RangeRequest, progress: Tell = lambda progress: None) -> Outcome:
    """Copy records, or go on with that.

    Raises UserError (indexes, folder), VerificationError (the account does not hold), and whatever a bug raises.
    """
    storage.configure(request.storage)
    check_ready(request.engine)
    folder = CrawlFolder(storage.absolute(request.output))
    archives = storage.absolute(request.archives)
    indexes = find_indexes(request.indexes, archives, request.selection) if request.indexes else {}
    if not indexes and not is_selection(folder):
        raise UserError(f"--retry-failed {folder.path} is no crawl of triptych: give the folder of one")
    with alone(folder, lambda note: progress(Progress("wait", 0, 0, "", note=note))) as check:
        watch = Watch(progress)
        engine.end_left(request.engine, watch.hear)
        marker = claim(folder, indexes, request.selection, archives, request.bin) if indexes else claim_retry(folder)
        remove_partial(folder)
        lines = lines_of(marker)
        job = RangeJob(
            folder,
            marker.attempt,
            marker.first,
            part_count(len(lines)),
            marker.selection,
            copying(marker, request.settings),
            marker.bin,
            request.settings,
            request.storage,
            request.range_terms,
            request.index_terms,
        )
        work = partial(steps, request, job, marker.rounds, lines, watch, check)
        # Nobody is asked anew: segments stay.
        outcome = healed(work, partial(make_again, job.files), watch.note, request.output)
        write_account(folder, outcome)
    return outcome


def copying(marker: RangeMarker, settings: Settings) -> Copying:
    """How records are copied, and what archives say of their origin."""
    chosen = " ".join(f"{name}={','.join(values)}" for name, values in asdict(marker.selection).items() if values)
    return Copying(
        marker.archives, settings.agent, f"records as they lie below {marker.archives}, selected by {chosen[:1000]}"
    )


def lines_of(marker: RangeMarker) -> list[str]:
    """The work list of the indexes, or of a later attempt the units of the one before."""
    if marker.attempt > 1:
        return [json.dumps([[unit, ""]]) for unit in range(marker.starts[-2], marker.first)]
    return index_lines(marker.indexes)


def steps(
    request: RangeRequest,
    job: RangeJob,
    rounds: Sequence[Round],
    lines: Sequence[str],
    watch: Watch,
    check: Callable[[], None],
) -> Outcome:
    """All steps that are not finished, and what came of them. Raises as `copy_records`, and DamagedFileError."""
    place(request, job, lines, watch)
    fetch(request, job, watch, check)
    return outcome_of(job.folder, rounds)


def place(request: RangeRequest, job: RangeJob, lines: Sequence[str], watch: Watch) -> None:
    """Read the indexes, say where each archive goes, and write the records of every unit; what is finished is not done again."""
    files = job.files
    if committed(files.placed):
        return
    remote = storage.is_remote(job.folder.path)
    total = sum(len(json.loads(line)) for line in lines)
    write_lines(files.lists, lines)

    def look(step: str) -> Callable[[], Progress]:
        return lambda: Progress(step, 0, total, "indexes")

    if not committed(files.counts):
        with watch.working(look("select"), remote):
            engine.run(Select(job), request.engine, "select", watch.hear)
        deal_out(files, job.shares)
    with watch.working(look("place"), remote):
        engine.run(PlaceRecords(job), request.engine, "place", watch.hear)
    commit(files.placed)


def fetch(request: RangeRequest, job: RangeJob, watch: Watch, check: Callable[[], None]) -> None:
    """Fetch the records of all units."""
    files = job.files
    units = placed_units(files)
    total = sum(units.values())
    if not committed(files.ended(0)):
        check()
        write_lines(files.wave(0), unit_lines((job.first + place for place in sorted(units)), job.copying.archives))
        with notes_in(request.engine) as notes:

            def look() -> Progress:
                return look_at_notes(notes, 0, total, "records")

            with watch.working(look, storage.is_remote(job.folder.path)):
                engine.run(FetchRecords(replace(job, notes=notes)), request.engine, "fetch", watch.hear)
        commit(files.ended(0))
    watch.tell(Progress("fetch", total, total, "records"))
