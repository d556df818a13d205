"""The images that a run fetches: which references want one, the crawl that brings them, and what is measured of it.

    wanted       the rules of the recipe that need no image leave references out; the others name the addresses
    fetch        a round of the crawl in staging asks for those that no earlier round asked for, whichever recipe wanted them
    extract      the units of that crawl are staged behind those of the inputs

Each commits by files that are written last. A run writes down how many rounds there were when its own had ended: it looks at these alone,
whatever other recipes fetch meanwhile.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pipeline import engine, storage
from pipeline.decide.batch import batch_lines, partition_count
from pipeline.decide.job import DecideJob
from pipeline.decide.wanted_beam import Want, read_addresses, wanted_path
from pipeline.extracted import Extracted, holds, read_extracted
from pipeline.fetch.crawl import CrawlRequest, crawl
from pipeline.fetch.found import Source
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import read_marker
from pipeline.fetch.outcome import Outcome, ended, unit_behind
from pipeline.layout import DONE, RunFolder, StagingFolder
from pipeline.plan import Plan, Request, Span, Work, work_line
from pipeline.progress import Notes, Progress, Watch, look_at_files, notes_in
from pipeline.run_log import units_a_line
from pipeline.sections import DamagedFileError, read_sealed, sealed
from pipeline.stage.beam import Extract, ExtractJob
from pipeline.stage.classify import POLICY_FILE, REDIRECT, REVISIT
from pipeline.tasks.for_run import place_tasks, task_digests, with_texts
from pipeline.work_list import commit, committed, part_count, read_parts, read_written, write_lines, written_parts
from schemas.outcomes import UserError
from schemas.recipe import digest


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched for a run: the archives, and what the step `extract` handed up about them."""

    archives: tuple[Span, ...]
    extracted: Extracted


def fetch_images(
    request: Request, planned: Plan, extracted: Extracted, watch: Watch, check: Callable[[], None]
) -> Fetched:
    """Fetch what references want and measure it, or go on with that. Raises UserError, DamagedFileError, and what a bug raises."""
    staging = request.staging_folder
    rounds = fetched_rounds(request, extracted, watch, check)
    crawled = CrawlFolder(staging.fetched)
    behind = unit_behind(crawled, read_marker(crawled).rounds[:rounds])
    works = list(fetched_works(staging, planned.unit_count, behind))
    archives = tuple(span for work in works for span in work.spans if span.size)
    found = stage_fetched(request, planned, works, rounds, watch)
    return Fetched(archives, found)


def fetched_rounds(request: Request, extracted: Extracted, watch: Watch, check: Callable[[], None]) -> int:
    """How many rounds of the crawl in staging the run looks at; the last of them, if none before it, is its own."""
    record = request.run_folder.fetched
    if not storage.exists(record):
        source = Source(f"images {wanted_digest(request)}", wanted(request, extracted, watch), read_addresses)
        crawled = CrawlFolder(request.staging_folder.fetched)
        if not is_fetched(crawled, source.name):
            check()
            with watch.log.step("fetch") as told:
                told |= vars_of(crawl(crawl_request(request, source), watch.tell))
        with storage.write_whole(record) as file:
            file.write(sealed({"rounds": ended_rounds(crawled)}))
    return int(read_sealed(record)["rounds"])


def vars_of(outcome: Outcome) -> dict[str, int]:
    """What the log of a run says of a crawl."""
    account = outcome.account
    return {"addresses": account.entered, "kept": account.kept, "transient": outcome.transient, "bytes": outcome.bytes}


def crawl_request(request: Request, source: Source) -> CrawlRequest:
    """The crawl of a source into staging. Raises UserError where nobody said how to fetch."""
    how = request.fetching
    if how is None:
        raise UserError(f"--images {request.images} fetches, and needs --agent: who fetches, and how to reach you")
    return CrawlRequest(
        request.staging_folder.fetched,
        how.conduct,
        how.settings,
        source=source,
        engine=request.engine,
        storage=request.storage,
    )


def wanted_digest(request: Request) -> str:
    """By what the wanted addresses of one staging are known: the recipe, where images come from, and what is left out."""
    tasks, _ = task_digests(request)
    return digest([request.recipe.digest(), request.images, request.forget.digest, sorted(tasks.items())])


def wanted(request: Request, extracted: Extracted, watch: Watch) -> list[str]:
    """The files of the addresses that references want images from, listed where they are not yet."""
    run = RunFolder(request.staging_folder.wanted(wanted_digest(request)))
    if not committed(run.decided):
        count = write_lines(run.batches, batch_lines(extracted.units))
        job = decide_job(request, run, extracted)

        def look() -> Progress:
            return look_at_files("wanted", storage.join(run.decide, "addresses"), count, "batches")

        with watch.log.step("wanted", batches=count), watch.working(look, storage.is_remote(run.path)):
            engine.run(Want(job), request.engine, "wanted", watch.hear)
            commit(run.decided)
        forget_exchange(run)
    batches = sorted(batch for part in read_parts(run.decided) for batch in part["batches"])
    return [wanted_path(run, batch) for batch in batches]


def wanted_count(request: Request) -> int | None:
    """How many addresses the batches of a run want, those that several want counted by each; None where nobody has looked yet."""
    run = RunFolder(request.staging_folder.wanted(wanted_digest(request)))
    return sum(part["addresses"] for part in read_parts(run.decided)) if committed(run.decided) else None


def decide_job(request: Request, run: RunFolder, extracted: Extracted, earlier: int | None = None) -> DecideJob:
    """What the workers of a step that decides over what was extracted are told."""
    return DecideJob(
        request.staging_folder,
        run,
        request.recipe,
        partition_count(int(extracted.units[:, 4].sum())),
        part_count(len(extracted.units)),
        request.engine.holds_groups,
        dict(request.storage),
        holds(extracted.accounts, POLICY_FILE),
        holds(extracted.accounts, REDIRECT, REVISIT),
        earlier,
        write_forget(request, run),
        tuple(place_tasks(request)),
        request.images,
        extracted.first_fetched,
    )


def write_forget(request: Request, run: RunFolder) -> str:
    """Write the keys of what is to be forgotten, for workers to read; "" where nothing is."""
    if not request.forget.digest:
        return ""
    with storage.write_whole(run.forget_keys) as file:
        file.write(request.forget.keys)
    return run.forget_keys


def forget_exchange(folder: RunFolder) -> None:
    """Take away what batches and partitions sent each other, once all is decided; remotely it stays, a request a file would cost hours."""
    if not storage.is_remote(folder.path):
        for place in (folder.exchanges, folder.judged_batches):
            shutil.rmtree(place, ignore_errors=True)


def ended_rounds(folder: CrawlFolder) -> int:
    """How many rounds of a crawl have ended, up to the first that has not."""
    count = len(read_marker(folder).rounds)
    return next((before for before in range(count) if not ended(folder.round(before + 1))), count)


def is_fetched(folder: CrawlFolder, name: str) -> bool:
    """Whether the round of a source has ended. It may be followed by rounds of others, which are not ours to go on with."""
    number = read_marker(folder).begun(name) if storage.exists(folder.identity) else None
    return number is not None and number <= ended_rounds(folder)


def fetched_works(staging: StagingFolder, first: int, behind: int) -> Iterator[Work]:
    """The units of a crawl below `behind` as units of work: of each its segments. Their numbers go on from `first`.

    A segment in which nothing was kept has no archive.
    """
    crawled = CrawlFolder(staging.fetched)
    sizes = dict(storage.walk(crawled.file("archive")))
    segments: dict[int, list[Span]] = defaultdict(list)
    for name in sorted(name for name, _ in storage.walk(crawled.file("rows")) if name.endswith(".parquet")):
        archive = name.removesuffix(".parquet") + ".warc.gz"
        size = sizes.get(archive, 0)
        segments[crawled.unit_of(name)].append(Span(f"archive/{archive}", 0, size, size, fetched=True))
    for unit, spans in sorted(segments.items()):
        if unit < behind:
            yield Work(first + unit, tuple(spans))


def stage_fetched(request: Request, planned: Plan, works: list[Work], rounds: int, watch: Watch) -> Extracted:
    """Measure the units that were fetched and are not staged yet; what they hand up."""
    staging = request.staging_folder
    folder, size = staging.fetched_extract(rounds), sum(span.size for work in works for span in work.spans)
    if committed(folder):
        return read_extracted(read_parts(folder))
    write_lines(staging.fetched_work(rounds), map(work_line, works))
    with notes_in(staging, request.engine.is_local) as notes, watch.log.step("extract fetched"):
        notes.forget()
        count = len(works)
        settings = (request.recipe.measuring, part_count(count), dict(request.storage), notes.folder)
        job = ExtractJob(
            planned.root, staging, *settings, units_a_line(count), with_texts(place_tasks(request)), folder
        )
        look = partial(look_at_fetched, staging, planned.unit_count, notes, count, size)
        with watch.working(look, storage.is_remote(staging.path), notes):
            engine.run(Extract(job), request.engine, "extract-fetched", watch.hear)
        commit(folder)
    watch.tell(Progress("extract", count, count, "fetched units", position=size, bytes=size))
    return read_extracted(read_written(folder, written_parts(folder)))


def look_at_fetched(staging: StagingFolder, first: int, notes: Notes, count: int, size: int) -> Progress:
    """How far it is with measuring what was fetched."""
    position, captures = notes.so_far()
    done = sum(number >= first for number in staging.staged())
    return Progress("extract", min(done, count), count, "fetched units", captures, min(position, size), size)


def fetched_steps(staging: StagingFolder) -> Iterator[str]:
    """The folders of what the step `extract` handed up about what was fetched."""
    for name, _ in storage.walk(staging.fetched_units):
        if name.rpartition("/")[2] == DONE:
            yield storage.join(staging.fetched_units, name.rpartition("/")[0])


def check_fetched(staging: StagingFolder, path: str) -> None:
    """Raise UserError where a damaged file is one of the crawl: nobody but its hosts could make it again."""
    if path.startswith(storage.join(staging.fetched, "")):
        raise UserError(f"{path} is damaged: put it back, or give another --staging, so that images are fetched anew")


def ended_fetching(request: Request) -> bool:
    """Whether what a run fetches is fetched and measured."""
    try:
        rounds = int(read_sealed(request.run_folder.fetched)["rounds"])
    except DamagedFileError:  # or it is not there
        return False
    return committed(request.staging_folder.fetched_extract(rounds))
