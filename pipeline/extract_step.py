"""The step `extract`: stages units, gathers what they hand up, and commits once all of it is there and the borders of units are proved."""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline import engine, storage
from pipeline.accounts import total
from pipeline.engines.job import forget_left, has_left
from pipeline.extracted import Extracted, read_extracted
from pipeline.named_archives import archive_path, is_unchanged
from pipeline.plan import Plan, Request, work_line
from pipeline.progress import Notes, Progress, UnitLook, Watch, notes_in
from pipeline.run_log import units_a_line
from pipeline.sections import DamagedFileError, read_sealed
from pipeline.shares import Portion, dealt, listed, portion
from pipeline.stage.beam import Extract, ExtractJob
from pipeline.tasks.for_run import place_tasks, with_texts
from pipeline.unit_starts import correct, false_starts
from pipeline.work_list import (
    check_handed_up,
    commit,
    committed,
    part_count,
    part_path,
    read_parts,
    write_lines,
    written_parts,
)
from schemas.outcomes import UserError


def extract(request: Request, planned: Plan, watch: Watch) -> Extracted:
    """Extract and measure every unit that is not staged yet."""
    staging = request.staging_folder
    with watch.log.step("extract", units=planned.unit_count) as told:
        if committed(staging.extract):
            found = read_extracted(read_parts(staging.extract))
        else:
            with notes_in(staging, request.engine.is_local) as notes:
                parts = handed_up(request, planned) or stage_left(request, planned, watch, notes)
                found = taken_over(request, parts) if parts else stage_units(request, planned, watch, notes)
            check_inputs(request, planned)
            commit(staging.extract)
        forget_left(request.engine, "extract")
        captures = sum(account.entered for account in found.accounts if account.corpus == "captures")
        told |= {"units": len(found.units), "captures": captures, "rows": int(found.units[:, 4].sum())}
        told["failed"] = total(account.failed for account in found.accounts)
    size = planned.bytes
    watch.tell(Progress("extract", len(found.units), planned.unit_count, "units", captures, size, size))
    return found


def is_extracted(request: Request, planned: Plan) -> bool:
    """Whether every unit is staged and has handed up its record, be the step committed or not."""
    return committed(request.staging_folder.extract) or bool(handed_up(request, planned))


def handed_up(request: Request, planned: Plan) -> list[str]:
    """The parts of what all units handed up before the step was committed: by a job for which nobody waited, or by shares.

    None where a unit is not as it was handed up, or the borders of units are not proved.
    """
    staging = request.staging_folder
    shares = dealt(staging)
    for parts in (own_parts(staging.extract), shares.parts if shares and not shares.left else []):
        if parts and is_whole(request, planned, parts):
            return parts
    return []


def own_parts(folder: str) -> list[str]:
    """The parts that lie in a folder."""
    return [part_path(folder, number) for number in written_parts(folder)]


def is_whole(request: Request, planned: Plan, parts: Sequence[str]) -> bool:
    """Whether these parts tell of every unit once, and each is staged as they say: one listing."""
    try:
        units = read_extracted(map(read_sealed, parts)).units
    except DamagedFileError:
        return False
    if not np.array_equal(units[:, 0], np.arange(planned.unit_count)):
        return False
    sizes = np.full(planned.unit_count, -1)
    for number, size in request.staging_folder.staged_sizes():
        if number < len(sizes):
            sizes[number] = size
    return np.array_equal(units[:, 1], sizes) and not wrong_starts(units, planned)


def taken_over(request: Request, parts: Sequence[str]) -> Extracted:
    """What these parts hold, which become those of the step."""
    folder = request.staging_folder.extract
    if list(parts) != own_parts(folder):
        forget_parts(folder)
        for number, path in enumerate(parts):
            with storage.write_whole(part_path(folder, number)) as file:
                file.write(storage.read_bytes(path))
    return read_extracted(map(read_sealed, own_parts(folder)))


def forget_parts(folder: str) -> None:
    """Take away what an earlier job handed up, or a part that this one does not write would be believed."""
    for path in own_parts(folder):
        storage.remove(path)


def stage_left(request: Request, planned: Plan, watch: Watch, notes: Notes) -> list[str]:
    """Stage what shares have left, where some have finished; the parts of all units, none where that is not all that there is to do."""
    staging = request.staging_folder
    shares = dealt(staging)
    if shares is None or not shares.finished or not shares.left:
        return []
    works = tuple(work for share in shares.left for work in portion(planned.work, share, staging).work)
    count = sum(work.count for work in works)
    rest = Portion(works, request.run_folder.rest, part_count(count))
    watch.note(f"not finished: {listed(shares.left)}; this run stages what they left of {count} units")
    forget_parts(rest.folder)
    stage(request, planned, rest, watch, notes, UnitLook(staging, planned, notes))
    parts = shares.parts + own_parts(rest.folder)
    return parts if is_whole(request, planned, parts) else []


def stage_units(request: Request, planned: Plan, watch: Watch, notes: Notes) -> Extracted:
    """Stage all units, and give what they handed up.

    Units that did not begin where their neighbour ended are staged again from there (see `plan.correct`).
    """
    staging, parts = request.staging_folder, part_count(planned.unit_count)
    starts: dict[int, int] = {}
    if not has_left(request.engine, "extract"):
        forget_parts(staging.extract)
    while True:
        works = tuple(line for each in planned.work for line in correct(each, starts))
        found = stage(request, planned, Portion(works, "", parts), watch, notes, UnitLook(staging, planned, notes))
        wrong = wrong_starts(found.units, planned)
        if not wrong:
            return found
        if wrong.items() <= starts.items():
            raise RuntimeError(f"units begin elsewhere than where they were told to: {wrong}")
        watch.note(f"units that began inside a record of the unit before, read again: {len(wrong)}")
        starts |= wrong


def stage(
    request: Request, planned: Plan, some: Portion, watch: Watch, notes: Notes, look: Callable[[], Progress]
) -> Extracted:
    """Stage those of some units that are not staged yet; what all of them handed up."""
    staging = request.staging_folder
    settings = (
        request.recipe.measuring,
        some.parts,
        dict(request.storage),
        notes.folder,
        units_a_line(planned.unit_count),
    )
    job = ExtractJob(planned.root, staging, *settings, with_texts(place_tasks(request)), some.folder)
    notes.forget()
    write_lines(job.work, map(work_line, some.work))
    with watch.working(look, storage.is_remote(staging.path), notes):
        engine.run(Extract(job), request.engine, "extract", watch.hear)
    check_handed_up("extract", job.records, some.count)
    return read_extracted(map(read_sealed, own_parts(job.records)))


def wrong_starts(units: np.ndarray, planned: Plan) -> dict[int, int]:
    """Where the units should begin that began elsewhere, by number."""
    if all(work.count == 1 for work in planned.work):
        return {}
    numbers = units[:, 0].tolist()
    began, ended = (dict(zip(numbers, units[:, n].tolist(), strict=True)) for n in (5, 6))
    return false_starts(planned.work, began, ended)


def check_inputs(request: Request, planned: Plan) -> None:
    """Raise UserError where an input is not what was planned: gone, of another size, or (of a local one) with other ends."""
    for archive in planned.archives:
        if storage.is_remote(archive_path(planned.root, archive.file)):
            continue  # objects change as a whole; their sizes were compared when they were read
        if not is_unchanged(planned.root, archive):
            raise UserError(
                f"{archive.source} has changed since the run began (or is gone): what was read of it cannot be trusted; "
                "start again with a new --output when nothing writes to it any more"
            )
