"""The index of a task as a file, and all indexes of a run together. A file of sections (`pipeline.sections`), written whole.

    keys       8 bytes an n-gram, in ascending order, none twice (`transforms.dedup.task_texts`)
    items      4 bytes an n-gram: the number of the item that it is of, counted from 0
    pictures   rows of HASHES, in order (`transforms.dedup.task_pictures`)
    ids        the ids of the items by their numbers, an Arrow column
    footer     the task's name, n, the versions that hashes depend on, counts, and a digest of all of that and the sections

The same items give the same bytes.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import storage
from pipeline.sections import DamagedFileError, Sections, SectionWriter, read_sections, table_bytes, table_of
from schemas.outcomes import UserError
from transforms.dedup.folding import FOLDING_VERSION
from transforms.dedup.pictures import SETS
from transforms.dedup.shingles import SHINGLES_VERSION
from transforms.dedup.task_pictures import HASHES, HASHING_VERSION, TaskPictures, in_order
from transforms.dedup.task_texts import GramIndex, Grams, TaskTexts, together

FILE_VERSION = 1  # of the layout above
VERSIONS = {"file": FILE_VERSION, "folding": FOLDING_VERSION, "shingles": SHINGLES_VERSION, "hashing": HASHING_VERSION}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # of a task: it stands before a slash in every `TASK/ITEM`
_ABOUT = "task"


@dataclass(frozen=True, slots=True)
class TaskAbout:
    """What an index is of. `digest` is that of everything in it, `texts_digest` that of what pages are compared with, "" for nothing."""

    name: str
    ngram: int
    flips: bool
    counts: Mapping[str, int]
    digest: str
    texts_digest: str


@dataclass(frozen=True, slots=True)
class Task:
    """An index: the n-grams of its texts, its pictures as rows of HASHES, and the ids of its items."""

    name: str
    grams: Grams
    pictures: np.ndarray
    flips: bool
    ids: Sequence[str]
    counts: Mapping[str, int]


def write_task(path: str, task: Task) -> TaskAbout:
    """Write an index whole; returns what it is of."""
    ids = pa.table({"id": pa.array(task.ids, pa.string())})
    named = "\n".join(
        [
            task.name,
            str(task.grams.n),
            *(task.ids[item] for item in np.flatnonzero(np.bincount(task.grams.items)).tolist()),
        ]
    )
    texts = hashlib.sha256(b"\0".join([named.encode(), *_texts(task)])).hexdigest()
    about = {"name": task.name, "ngram": task.grams.n, "flips": task.flips, "counts": dict(task.counts)}
    whole = json.dumps([VERSIONS, about, list(task.ids), texts], sort_keys=True).encode() + task.pictures.tobytes()
    digests = {"digest": hashlib.sha256(whole).hexdigest(), "texts_digest": texts if len(task.grams.keys) else ""}
    with storage.write_whole(path) as file:
        writer = SectionWriter(file)
        for name, data in zip(("keys", "items"), _texts(task), strict=True):
            writer.section(name, [data])
        writer.section("pictures", [task.pictures.tobytes()])
        writer.section("ids", [table_bytes(ids)])
        writer.close({_ABOUT: about | digests, "versions": VERSIONS})
    return TaskAbout(**about, **digests)  # type: ignore[arg-type]  # by their names


def _texts(task: Task) -> tuple[bytes, bytes]:
    return task.grams.keys.astype("<u8").tobytes(), task.grams.items.astype("<u4").tobytes()


def read_about(path: str) -> TaskAbout:
    """What an index is of, from its end. Raises UserError where it is none, or one of another version."""
    return _about(path, _opened(path))


def _opened(path: str) -> Sections:
    if not storage.exists(path):
        raise UserError(f"{path}: no such file")
    try:
        return read_sections(path)
    except DamagedFileError as error:
        raise UserError(f"{error}; if it ever was an index of a task, make it anew with triptych index-task") from error


def _about(path: str, sections: Sections) -> TaskAbout:
    if _ABOUT not in sections.about:
        raise UserError(f"{path} is no index of a task; one is made by triptych index-task")
    stated = sections.about["versions"]
    if stated != VERSIONS:
        other = [
            f"{name} {stated.get(name)}, here {ours}" for name, ours in VERSIONS.items() if stated.get(name) != ours
        ]
        raise UserError(
            f"{path} was made by another version of how texts and pictures are hashed ({'; '.join(other)}): "
            "make it anew with triptych index-task"
        )
    return TaskAbout(**sections.about[_ABOUT])


def read_abouts(paths: Iterable[str]) -> dict[str, TaskAbout]:
    """What the indexes of a run are of, by their paths, in the order of their names. Raises UserError as `read_about`, and for one name
    twice."""
    found = sorted(((read_about(path), path) for path in paths), key=lambda each: each[0].name)
    for name, same in groupby(found, key=lambda each: each[0].name):
        if len(twice := [path for _, path in same]) > 1:
            raise UserError(
                f"{' and '.join(twice)} are both of a task called {name}: make one of them under another name"
            )
    return {path: about for about, path in found}


@dataclass(frozen=True, slots=True)
class Tasks:
    """All tasks of a run: their texts, and their pictures with the names of the items that these are of."""

    texts: TaskTexts
    pictures: np.ndarray
    names: pa.Array


def no_tasks() -> Tasks:
    """A run without tasks."""
    return Tasks(TaskTexts(), np.empty(0, HASHES), pa.array([], pa.string()))


@lru_cache(maxsize=2)
def read_tasks(paths: tuple[str, ...]) -> Tasks:
    """The indexes at some paths together, read once a process. Raises DamagedFileError, UserError."""
    grams: dict[int, list[Grams]] = {}
    pictures, names, before = [np.empty(0, HASHES)], [], 0
    for path in paths:
        sections = read_sections(path)
        about = _about(path, sections)
        keys, items = np.frombuffer(sections.get("keys"), "<u8"), np.frombuffer(sections.get("items"), "<u4")
        grams.setdefault(about.ngram, []).append(Grams(about.ngram, keys, items + np.uint32(before)))
        rows = np.frombuffer(sections.get("pictures"), HASHES).copy()
        rows["item"] += np.uint32(before)
        pictures.append(rows)
        ids = table_of(sections.get("ids"))["id"].to_pylist()
        names += [f"{about.name}/{each}" for each in ids]
        before += len(ids)
    indexes = (GramIndex(together(parts, n)) for n, parts in sorted(grams.items()))
    named = pa.array(names, pa.string())
    texts = TaskTexts(tuple(index for index in indexes if len(index.items)), named)
    return Tasks(texts, in_order(np.concatenate(pictures)), named)


@lru_cache(maxsize=2)
def read_pictures(paths: tuple[str, ...], name: str) -> TaskPictures:
    """The pictures of some indexes, to be looked up by the set of `transforms.dedup.pictures.SETS` of that name."""
    return TaskPictures(read_tasks(paths).pictures, SETS[name])


def summary(about: TaskAbout) -> dict[str, Any]:
    """What an index is of, as a JSON value."""
    return asdict(about)
