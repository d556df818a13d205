"""The tasks of a run: what they are, and where its workers find their indexes."""

import json
from collections.abc import Mapping

from pipeline import storage
from pipeline.plan import Request
from pipeline.tasks.task_file import TaskAbout, read_abouts, summary


def place_tasks(request: Request) -> dict[str, TaskAbout]:
    """Copy the indexes that a run was given into its folder, where they are not there yet; what each is of, by its path there, in the order
    of the tasks' names. Raises UserError where one is none."""
    placed = {}
    for path, about in read_abouts(request.tasks).items():
        copy = request.run_folder.task(about.digest)
        if not storage.exists(copy):
            with storage.write_whole(copy) as file:
                file.write(storage.read_bytes(path))
        placed[copy] = about
    return placed


def with_texts(found: Mapping[str, TaskAbout]) -> tuple[str, ...]:
    """The indexes, by their paths, that pages are compared with: those that hold texts."""
    return tuple(path for path, about in found.items() if about.texts_digest)


def task_digests(request: Request) -> tuple[dict[str, str], dict[str, str]]:
    """What the tasks of a run are known by, by name: the digests of all, and of the texts of those that hold some. Raises UserError."""
    abouts = list(read_abouts(request.tasks).values())
    return (
        {about.name: about.digest for about in abouts},
        {about.name: about.texts_digest for about in abouts if about.texts_digest},
    )


def tasks_json(request: Request) -> str:
    """The tasks of a run as a file that stands beside its shards."""
    return (
        json.dumps([summary(about) for about in read_abouts(request.tasks).values()], indent=1, sort_keys=True) + "\n"
    )
