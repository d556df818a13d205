"""One step of a run by itself, so that a driver may go away between steps: what must be finished before it, and what it came to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipeline import storage
from pipeline.alone import Hold
from pipeline.engines.settings import DECIDE, EMIT, EXTRACT
from pipeline.extract_step import is_extracted
from pipeline.fetched_images import ended_fetching
from pipeline.plan import ARCHIVE, Plan, Request, plan
from pipeline.progress import Tell, Watch
from pipeline.run import at_work, begin, bring, healing, settle, write
from pipeline.shares import dealt, listed
from pipeline.work_list import committed
from schemas.manifest import Account, Manifest
from schemas.outcomes import UserError


@dataclass(frozen=True, slots=True)
class StepEnd:
    """What a step came to: units, accounts as far as they are known, and the manifest where there is one."""

    stage: str
    units: int
    accounts: tuple[Account, ...]
    manifest: Manifest | None = None
    was_there: bool = False  # whether the whole run was finished before


def run_step(request: Request, stage: str, progress: Tell = lambda progress: None) -> StepEnd:
    """Run, or go on with, one step of a run. A damaged file of an earlier step that it meets is made again within it.

    Raises as `pipeline.run.run`, and UserError where a step before it is not finished.
    """
    storage.configure(request.storage)
    planned = None
    if stage != EXTRACT and not is_begun(request):
        planned = plan(request)
        check_extracted(request, planned)
    request, planned, finished = begin(request, progress, planned)
    if finished:
        return StepEnd(stage, planned.unit_count, finished.accounts, finished, was_there=True)
    with at_work(request, planned, progress) as (watch, hold):
        CHECKS[stage](request, planned)
        return healing(request, watch, partial(until, stage, request, planned, watch, hold))


def is_begun(request: Request) -> bool:
    """Whether anything was staged for a run, or it is finished: else no step but the first has anything to go on from."""
    return storage.exists(request.staging_folder.identity) or storage.exists(request.run_folder.manifest)


def until(stage: str, request: Request, planned: Plan, watch: Watch, hold: Hold) -> StepEnd:
    """All steps up to one, of which those before it are finished unless a damaged file was taken away."""
    before = bring(request, planned, watch, hold)
    units = len(before.extracted.units)
    if stage == EXTRACT:
        return StepEnd(stage, units, tuple(before.extracted.accounts))
    settled = settle(request, before, watch, hold)
    if stage == DECIDE:
        return StepEnd(stage, units, settled.accounts)
    manifest = write(request, planned, before, settled, watch, hold)
    return StepEnd(stage, units, manifest.accounts, manifest)


def check_extracted(request: Request, planned: Plan) -> None:
    """Raise UserError where not all that comes before deciding is finished."""
    staging, count = request.staging_folder, planned.unit_count
    if not is_extracted(request, planned):
        staged = sum(number < count for number in staging.staged())
        shares = dealt(staging)
        left = f", {listed(shares.left)} not finished" if shares and shares.left else ""
        raise UserError(
            f"extract is not finished in {staging.path} ({staged:,} of {count:,} units are staged{left}): "
            "give the same command with --stage extract first"
        )
    if request.images != ARCHIVE and not ended_fetching(request):
        raise UserError(
            f"the images of this run are not all fetched and measured in {staging.path}: give the same command with --stage extract first"
        )


def check_decided(request: Request, planned: Plan) -> None:
    """Raise UserError where the step `decide` is not finished."""
    folder = request.run_folder
    if committed(folder.decided):
        return
    check_extracted(request, planned)
    decided = sum(1 for _ in storage.walk(folder.selections))
    raise UserError(
        f"decide is not finished in {folder.path} ({decided:,} batches are decided): give the same command with --stage decide first"
    )


CHECKS: dict[str, Callable[[Request, Plan], None]] = {
    EXTRACT: lambda request, planned: None,
    DECIDE: check_extracted,
    EMIT: check_decided,
}
