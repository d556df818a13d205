"""The plan of a run as a file in staging: one process reads the ends of all archives, and those that stage other shares read the file."""

from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from pipeline import storage
from pipeline.inputs import Found
from pipeline.named_archives import Archive, below, common_root, name_archives
from pipeline.plan import Plan, Request, found_for, plan_of
from pipeline.sections import DamagedFileError, read_sealed, sealed
from schemas.recipe import digest


def shared_plan(request: Request) -> tuple[Plan, dict[str, Any] | None]:
    """The plan of a run: by what another process has written of it, where a listing shows the same files with the same sizes; else as
    `plan` makes it, with what is to be written of it. Raises UserError."""
    found = found_for(request)
    root, listing = common_root(list(found.files)), files_digest(found)
    written = read_written(request.staging_folder.plan, listing)
    if written is not None:
        return plan_of(found, root, [Archive(*each) for each in written["archives"]], written["packed"]), None
    root, archives, packed = name_archives(found.files)
    return plan_of(found, root, archives, packed), {
        "listing": listing,
        "archives": [astuple(archive) for archive in archives],
        "packed": packed,
    }


def files_digest(found: Found) -> str:
    """What a listing of the inputs is known by, wherever they lie: names and sizes."""
    root = common_root(list(found.files))
    return digest([[below(root, path), size] for path, size in found.files.items()])


def read_written(path: str, listing: str) -> Mapping[str, Any] | None:
    """What another process wrote about inputs of this listing; None where it is not there, is not whole, or is about others."""
    try:
        written: Mapping[str, Any] = read_sealed(path)
    except DamagedFileError:
        return None
    return written if written["listing"] == listing else None


def write_plan(path: str, written: Mapping[str, Any] | None) -> None:
    """Write down what was found by reading archives, for others."""
    if written is not None:
        with storage.write_whole(path) as file:
            file.write(sealed(written))
