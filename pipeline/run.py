"""The main job: inputs -> staging -> decisions -> shards -> manifest, resuming from whatever is finished.

Each step commits by a file that is written last, so a run that was killed goes on from finished units, steps and shards and ends with the
same bytes (laws 5 and 6). The driver reads what workers handed up in a bounded number of files; it asks no unit for anything.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from pipeline import corpora, engine, storage
from pipeline.accounts import add_up, check_accounts, check_budget, check_rows, in_order, to_accounts, total
from pipeline.alone import Hold, alone_in
from pipeline.decide.batch import batch_lines
from pipeline.decide.beam import Decide
from pipeline.decide.tallies import Worst, is_counted
from pipeline.emit import Emit, EmitJob, shard_files
from pipeline.engines.job import forget_left
from pipeline.engines.job_server import forget_handed
from pipeline.engines.ready import check_ready
from pipeline.extract_step import check_inputs, extract
from pipeline.extracted import Extracted
from pipeline.fetched_images import (
    Fetched,
    check_fetched,
    decide_job,
    fetch_images,
    fetched_steps,
    forget_exchange,
    wanted_digest,
)
from pipeline.groups import KEPT, cut_shards
from pipeline.guard import check_guard
from pipeline.healing import healed
from pipeline.inputs import said
from pipeline.layout import DROPPED, FAILED, RunFolder
from pipeline.plan import ARCHIVE, Plan, Request, plan
from pipeline.progress import Progress, Tell, Watch, look_at_files, look_at_shards
from pipeline.run_end import columns_of, finish, receipts
from pipeline.run_folder import claim_folder, identify, versions
from pipeline.run_log import RunLog
from pipeline.sections import DamagedFileError, damaged, read_sealed
from pipeline.work_list import (
    check_handed_up,
    commit,
    committed,
    done_path,
    part_count,
    read_parts,
    write_lines,
)
from schemas.manifest import Account, Input, Manifest, ShardFile, SideFile
from schemas.tables import blocks_account, pieces_account

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Decided:
    """What the step `decide` handed up: what was kept of every unit, by corpus; accounts; and the files of `dropped` and `failed`."""

    kept: dict[str, np.ndarray]  # rows of `groups.KEPT`
    accounts: list[Account]
    shards: list[ShardFile]
    found: dict[str, int]  # references by the step that found their medium: `unit_rows.STEPS`
    index: list[SideFile]  # what later runs need


def run(request: Request, progress: Tell = lambda progress: None, planned: Plan | None = None) -> Manifest:
    """Run, or go on with, what `request` asks for; `planned` is its plan, or a part of one, where that is known.

    Raises UserError (inputs, folder), BudgetError (too much failed), GuardError (too much left), VerificationError (an account does not
    hold), and whatever a bug raises.
    """
    request, planned, finished = begin(request, progress, planned)
    if finished:
        return finished
    with at_work(request, planned, progress) as (watch, hold):
        return healing(request, watch, partial(steps, request, planned, watch, hold))


def begin(request: Request, progress: Tell, planned: Plan | None = None) -> tuple[Request, Plan, Manifest | None]:
    """Plan, unless that is done, and claim the folder; the request that knows how many units there are, and the manifest of a finished run.

    Raises UserError (engine, inputs, folder).
    """
    storage.configure(request.storage)
    if not storage.exists(request.run_folder.manifest):
        check_ready(request.engine)
    planned = planned or plan(request)
    request = replace(request, engine=request.engine.with_pieces(planned.unit_count))
    tell_of_plan(planned, progress)
    return request, planned, claim_folder(request, identify(request, planned))


def tell_of_plan(planned: Plan, progress: Tell) -> None:
    """Tell what lay among the inputs and is not read, or not to its end."""
    if unread := said(planned.not_taken):
        progress(Progress("plan", 0, 0, "", note=unread))
    for folder in planned.unfinished:
        note = f"{folder} holds a crawl that has not ended: what it has committed so far is read; the crawl's command goes on with it"
        progress(Progress("plan", 0, 0, "", note=note))


@contextmanager
def at_work(request: Request, planned: Plan, progress: Tell) -> Iterator[tuple[Watch, Hold]]:
    """Hold the run folder and keep the run's log while the block runs. Raises UserError where another process is at work there."""
    with alone_in(request, lambda note: progress(Progress("wait", 0, 0, "", note=note))) as hold:
        forget_handed(request.output)
        log = RunLog(request.run_folder.log)
        with log.run(**facts_of(request, planned)):
            yield Watch(progress, log), hold


def healing(request: Request, watch: Watch, work: Callable[[], Result]) -> Result:
    """What `work` gives; damaged files of ours that it meets are made again."""
    return healed(work, partial(make_again, request), watch.note, request.output)


def facts_of(request: Request, planned: Plan) -> dict[str, Any]:
    """What a run is about, for its log."""
    recipe = request.recipe
    about = {
        "recipe": recipe.name,
        "recipe_digest": recipe.digest(),
        "runner": request.engine.kind,
        "workers": request.engine.workers,
    }
    inputs = {"inputs": len(planned.archives), "bytes": planned.bytes, "units": planned.unit_count}
    return about | inputs | {"versions": versions()}


def make_again(request: Request, error: DamagedFileError) -> None:
    """Take a damaged file of ours away, so that the steps, gone through again, make it and what follows from it."""
    staging = request.staging_folder
    check_fetched(staging, error.path)
    storage.remove(error.path)
    steps = [staging.extract, request.run_folder.decided]
    if request.images != ARCHIVE:
        steps += [RunFolder(staging.wanted(wanted_digest(request))).decided, *fetched_steps(staging)]
    for step in steps:
        storage.remove(done_path(step))


@dataclass(frozen=True, slots=True)
class Before:
    """All that comes before deciding: what was extracted, with what was fetched for the run, and that alone."""

    extracted: Extracted
    fetched: Fetched | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided, all accounts, and what near duplicates took of whom."""

    decided: Decided
    accounts: tuple[Account, ...]
    worst: Worst


def steps(request: Request, planned: Plan, watch: Watch, hold: Hold) -> Manifest:
    """All steps that are not finished, and the manifest. Raises as `run`, and DamagedFileError."""
    before = bring(request, planned, watch, hold)
    return write(request, planned, before, settle(request, before, watch, hold), watch, hold)


def bring(request: Request, planned: Plan, watch: Watch, hold: Hold) -> Before:
    """All that comes before deciding: extract, and fetch where images are fetched."""
    extracted = extract(request, planned, watch)
    hold.check()
    check_budget(extracted.accounts, request.recipe)
    if request.images == ARCHIVE:
        return Before(extracted, None)
    fetched = fetch_images(request, planned, extracted, watch, hold.check)
    extracted = extracted.with_fetched(fetched.extracted)
    hold.check()
    check_budget(extracted.accounts, request.recipe)
    return Before(extracted, fetched)


def settle(request: Request, before: Before, watch: Watch, hold: Hold) -> Settled:
    """Decide, and check what that came to."""
    decided = decide(request, before.extracted, watch)
    accounts = in_order(add_up([*before.extracted.accounts, *decided.accounts]), account_order(request))
    hold.check()
    check_accounts(accounts)
    worst = read_worst(request)
    check_guard(accounts, worst, request.recipe, request.output, request.staging_folder.path)
    return Settled(decided, tuple(accounts), worst)


def write(request: Request, planned: Plan, before: Before, settled: Settled, watch: Watch, hold: Hold) -> Manifest:
    """Write the shards, and the manifest last of all."""
    shards = emit(request, planned, settled.decided, watch)
    manifest = Manifest(
        recipe=request.recipe.name,
        recipe_digest=request.recipe.digest(),
        versions=versions(),
        inputs=tuple(inputs_of(planned, before.extracted, before.fetched)),
        accounts=settled.accounts,
        shards=tuple(shards),
        columns=columns_of(request),
        not_taken=planned.not_taken,
        against=tuple(sorted(earlier.manifest for earlier in request.against)),
        forgotten=receipts(request),
    )
    check_rows(manifest, request.recipe.corpora)
    check_inputs(request, planned)
    hold.check()
    hold.forget_partial()
    return finish(request, manifest, settled.worst, settled.decided.index)


def account_order(request: Request) -> list[str]:
    """The order of accounts in the funnel: media and pages, then each corpus with its images in front, blocks and pieces behind."""
    names = [corpus.name for corpus in corpora.of_recipe(request.recipe)]
    parts = ("{}_images".format, str, blocks_account, pieces_account)
    return [name(corpus) for corpus in names for name in parts]


def decide(request: Request, extracted: Extracted, watch: Watch) -> Decided:
    """Decide every batch."""
    folder = request.run_folder
    with watch.log.step("decide", units=len(extracted.units)) as told:
        if not committed(folder.decided):
            decide_batches(request, extracted, watch)
        forget_left(request.engine, "decide")
        forget_exchange(folder)
        decided = read_decided(request)
        told["found"] = decided.found
        told["kept"] = {corpus: int(kept["rows"].sum()) for corpus, kept in decided.kept.items()}
    return decided


def decide_batches(request: Request, extracted: Extracted, watch: Watch) -> None:
    """Decide every batch, and commit."""
    folder, units = request.run_folder, extracted.units
    old = [path for earlier in sorted(request.against, key=lambda one: one.manifest) for path in earlier.files]
    batches = write_lines(folder.batches, batch_lines(units, old)) - len(old)
    job = decide_job(request, folder, extracted, batches if old else None)

    def look() -> Progress:
        return look_at_files("decide", folder.selections, batches, "batches")

    with watch.working(look, storage.is_remote(folder.path)):
        engine.run(Decide(job), request.engine, "decide", watch.hear)
    check_handed_up("decide", folder.decided, batches)
    commit(folder.decided)  # where there are no batches the job does not
    watch.tell(Progress("decide", batches, batches, "batches"))


def read_decided(request: Request) -> Decided:
    """What a finished step `decide` handed up."""
    kept: dict[str, list[np.ndarray]] = {name: [np.empty(0, KEPT)] for name in request.recipe.corpora}
    accounts: list[Account] = []
    shards: list[ShardFile] = []
    steps: dict[str, int] = {}
    index: list[SideFile] = []
    for part in read_parts(request.run_folder.decided):
        steps = total([steps, part["found"]])
        accounts = add_up([*accounts, *to_accounts(part["accounts"])])
        shards += shard_files(part["shards"])
        index += [SideFile(*file) for file in part["index"]]
        for corpus, found in kept.items():
            rows = [(unit, batch, *selections[corpus]) for unit, batch, selections in part["selected"]]
            found.append(np.array(rows, KEPT))
    return Decided(
        {corpus: np.concatenate(found) for corpus, found in kept.items()},
        accounts,
        shards,
        steps,
        sorted(index, key=lambda file: file.name),
    )


def emit(request: Request, planned: Plan, decided: Decided, watch: Watch) -> list[ShardFile]:
    """Write every shard that is not whole yet; returns all shard files of the run.

    This step trusts no record of an earlier one: workers compare the bytes of each shard that is there with its record.
    """
    folder, sizes = request.run_folder, request.recipe.shards
    check_tables(request, decided.shards)
    lines = {
        corpus: cut_shards(corpus, kept, sizes.rows, sizes.bytes, sizes.mix, request.recipe.seed)
        for corpus, kept in decided.kept.items()
    }
    shards = write_lines(folder.shards, chain.from_iterable(lines.values()))
    weights = {corpus: (len(lines[corpus]), int(kept["weight"].sum())) for corpus, kept in decided.kept.items()}
    parts = part_count(shards)
    job = EmitJob(planned.root, request.staging_folder, folder, request.recipe, parts, dict(request.storage))

    def look() -> Progress:
        return look_at_shards(folder.shard_records, weights)

    with watch.log.step("emit", shards=shards) as told:
        with watch.working(look, storage.is_remote(folder.path)):
            engine.run(Emit(job), request.engine, "emit", watch.hear)
        check_handed_up("emit", folder.emit, shards)
        commit(folder.emit)
        files = decided.shards + shard_files(entry for part in read_parts(folder.emit) for entry in part)
        told |= {"files": len(files), "bytes": sum(file.bytes for file in files)}
    watch.tell(Progress("emit", shards, shards, "shards"))
    return files


def check_tables(request: Request, tables: Sequence[ShardFile]) -> None:
    """Raise DamagedFileError for a file of `dropped` or `failed` that is not as it was written: its batch is then decided again."""
    folder = request.run_folder
    for name in (DROPPED, FAILED):
        found = {f"{name}/{each}": size for each, size in storage.walk(folder.file(name))}
        for table in [table for table in tables if table.corpus == name]:
            path = folder.file(table.name)
            if found.get(table.name) != table.bytes:
                raise damaged(path, "it has another size, or is gone")
            if not storage.is_remote(path) and storage.digest(path) != table.sha256:
                raise damaged(path, "its bytes have changed")


def inputs_of(planned: Plan, extracted: Extracted, fetched: Fetched | None) -> Iterator[Input]:
    """What every archive held, those that were fetched too."""
    archives = [(archive.source, archive.size) for archive in planned.archives]
    archives += [(span.source, span.size) for span in (fetched.archives if fetched else ())]
    for source, size in archives:
        held = extracted.held[source]
        yield Input(source, size, dict(sorted(held["records"].items())), held["captures"], held["skipped"])


def read_worst(request: Request) -> Worst:
    """What near duplicates took of whom, where the recipe looks for any. Raises DamagedFileError."""
    path = request.run_folder.tallies
    # Where no item came to those rounds, no batch sent a row and nobody wrote the file.
    return dict(read_sealed(path)) if is_counted(request.recipe) and storage.exists(path) else {}
