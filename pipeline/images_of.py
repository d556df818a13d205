"""The images that a finished run lacks, as addresses for a crawl: those of references that its recipe could keep, had they one."""

from collections.abc import Mapping

from pipeline import storage
from pipeline.corpora import load_recipe
from pipeline.decide.wanted_beam import read_addresses
from pipeline.engines.settings import EngineSettings
from pipeline.extracted import Extracted, read_extracted
from pipeline.fetch.found import Source
from pipeline.fetched_images import wanted, wanted_digest
from pipeline.inspect import load
from pipeline.layout import RECIPE, RunFolder
from pipeline.plan import BOTH, Request
from pipeline.progress import Tell, Watch
from pipeline.run_folder import read_marker
from pipeline.sections import read_sealed
from pipeline.work_list import committed, read_parts
from schemas.index import schema_digest, staged_versions
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from transforms.forget.lists import TakeDown

LOCALLY = EngineSettings()


def images_of(
    run: str,
    staging: str | None = None,
    engine: EngineSettings = LOCALLY,
    settings: Mapping[str, str] | None = None,
    progress: Tell = lambda progress: None,
) -> Source:
    """The addresses that the references of a finished run want images from; its staging lies in it, or in `staging`.

    Raises UserError where there is no such run, or it has no staging by this release.
    """
    storage.configure(settings or {})
    output = storage.absolute(run)
    folder, manifest = RunFolder(output), load(output)
    if storage.exists(folder.taken_down):
        raise UserError(
            f"--images-of {run}: something was taken down from this run, and its staging still names it; "
            "make the run anew with --forget and the same lists, with run --images both"
        )
    request = Request(
        (),
        output,
        load_recipe(storage.read_bytes(folder.file(RECIPE)).decode(), where=folder.file(RECIPE)),
        engine,
        staging,
        dict(settings or {}),
        forget=forgotten(folder, manifest),
        tasks=tuple(storage.find_files(folder.task("*"))),
        images=BOTH,
    )
    extracted = read_staged(request, run)
    lines = wanted(request, extracted, Watch(progress))
    return Source(f"images of {manifest.recipe_digest[:16]} {wanted_digest(request)}", lines, read_addresses)


def forgotten(folder: RunFolder, manifest: Manifest) -> TakeDown:
    """What the run was told to forget."""
    if not manifest.forgotten:
        return TakeDown()
    receipt = manifest.forgotten[0]
    return TakeDown(storage.read_bytes(folder.forget_keys), receipt.entries, receipt.lists)


def read_staged(request: Request, run: str) -> Extracted:
    """What is staged of a run, what was fetched for it too. Raises UserError."""
    staging = request.staging_folder
    if not storage.exists(staging.identity) or not committed(staging.extract):
        raise UserError(f"--images-of {run}: its staging is not in {staging.path}: say where it is by --staging")
    marker = read_marker(staging.identity)
    if marker.get("schema") != schema_digest() or marker.get("measures") != staged_versions():
        raise UserError(f"--images-of {run}: {staging.path} was measured by another release: make the run anew")
    extracted = read_extracted(read_parts(staging.extract))
    if not storage.exists(request.run_folder.fetched):
        return extracted
    rounds = read_sealed(request.run_folder.fetched)["rounds"]
    return extracted.with_fetched(read_extracted(read_parts(staging.fetched_extract(rounds))))
