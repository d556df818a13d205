"""One share of a run's units: several processes, on machines that share staging, stage them beside each other; then one run goes on.

What a share hands up lies in a folder of its own. The run that comes behind reads that, stages what shares have left, and proves the
borders of all units; until then the step `extract` is not committed.
"""

from dataclasses import dataclass, replace
from functools import partial

from pipeline import storage
from pipeline.accounts import total
from pipeline.alone import beside_others
from pipeline.extract_step import check_inputs, forget_parts, stage
from pipeline.extracted import read_extracted
from pipeline.healing import healed
from pipeline.layout import StagingFolder
from pipeline.plan import Plan, Request
from pipeline.progress import Notes, Progress, Tell, Watch, notes_in
from pipeline.run import facts_of, tell_of_plan
from pipeline.run_folder import claim_folder, identify
from pipeline.run_log import RunLog
from pipeline.sections import DamagedFileError
from pipeline.shares import Portion, Share, portion
from pipeline.work_list import commit, committed, done_path, read_parts
from pipeline.written_plan import shared_plan, write_plan


@dataclass(frozen=True, slots=True)
class ShareEnd:
    """What a share came to: its units, of how many, their bytes of archive, and captures and faults.

    `before` says why nothing was done, and `whole` that the run is finished.
    """

    share: Share
    units: int
    of: int
    bytes: int
    captures: int
    failed: int
    before: str = ""
    whole: bool = False


def run_share(request: Request, share: Share, progress: Tell = lambda progress: None) -> ShareEnd:
    """Stage the units of a share that are not staged yet. Raises as `pipeline.run.run`."""
    storage.configure(request.storage)
    planned, unwritten = shared_plan(request)
    tell_of_plan(planned, progress)
    finished = claim_folder(request, identify(request, planned))
    staging = request.staging_folder
    mine = portion(planned.work, share, staging)
    end = ShareEnd(share, mine.count, planned.unit_count, mine.bytes, 0, 0)
    if finished:
        return replace(end, before=f"{request.output} is finished", whole=True)
    if committed(staging.extract):
        return replace(end, before=f"all {planned.unit_count:,} units are staged")
    write_plan(staging.plan, unwritten)
    with beside_others(request, share, lambda note: progress(Progress("wait", 0, 0, "", note=note))) as hold:
        was_there = committed(mine.folder)
        log = RunLog(request.run_folder.share_log(share.name))
        with log.run(share=str(share), **facts_of(request, planned)):
            watch = Watch(progress, log)

            def work() -> ShareEnd:
                if not committed(mine.folder):
                    stage_share(request, planned, share, mine, watch)
                    hold.check()
                    commit(mine.folder)
                return told(end, mine)

            end = healed(work, partial(make_again, mine), watch.note, request.output)
    return replace(end, before="it was finished before") if was_there else end


def make_again(mine: Portion, error: DamagedFileError) -> None:
    """Take a damaged file of ours away, so that the share, gone through again, makes it."""
    storage.remove(error.path)
    storage.remove(done_path(mine.folder))


def stage_share(request: Request, planned: Plan, share: Share, mine: Portion, watch: Watch) -> None:
    """Stage the units of a share that are not staged yet, and look whether their archives are what was planned."""
    staging = request.staging_folder
    forget_parts(mine.folder)
    if not mine.work:
        return
    local = request.engine.is_local
    with watch.log.step("extract", units=mine.count), notes_in(staging, local, share.name) as notes:
        stage(request, planned, mine, watch, notes, ShareLook(staging, mine, notes))
    names = {span.name for work in mine.work for span in work.spans}
    check_inputs(request, replace(planned, archives=tuple(each for each in planned.archives if each.name in names)))


def told(end: ShareEnd, mine: Portion) -> ShareEnd:
    """What the units of a share handed up, in numbers. Raises DamagedFileError."""
    found = read_extracted(read_parts(mine.folder))
    captures = sum(account.entered for account in found.accounts if account.corpus == "captures")
    return replace(end, captures=captures, failed=sum(total(account.failed for account in found.accounts).values()))


@dataclass
class ShareLook:
    """Looks at the units of a share: a listing of the folders that they lie in, and the notes of local workers."""

    staging: StagingFolder
    mine: Portion
    notes: Notes
    before: int | None = None  # bytes of the units that an earlier process staged; the first look finds them

    def __call__(self) -> Progress:
        """How far it is now."""
        position, captures = self.notes.so_far()
        there = {number for number, _ in self.staging.staged_sizes(self.mine.numbers)}
        if self.before is None:
            units = (unit for work in self.mine.work for unit in work.units())
            self.before = max(0, sum(unit.bytes for unit in units if unit.number in there) - position)
        count, size = self.mine.count, self.mine.bytes
        return Progress("extract", len(there), count, "units", captures, min(size, self.before + position), size)
