"""What the media and captions of a batch share with tasks. Their texts were compared where they were measured. Pure but for reading.

An index is small and loaded once a process, so nothing is exchanged.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.decide.pictures import NODE, nodes_of, sha_halves
from pipeline.tasks.task_file import Tasks, no_tasks, read_pictures, read_tasks
from schemas.recipe import NearImages
from transforms.dedup.folding import word_hashes
from transforms.dedup.keep_first import key_bytes, locate
from transforms.dedup.task_pictures import Found
from transforms.dedup.task_texts import TaskHits, hits_of

DEFAULT_SET = "default"  # by which pictures are found where the recipe takes none for one


class BatchTasks:
    """The tasks of a run beside the media that a batch's references found. `asked` says whether there are any."""

    def __init__(self, asked: bool, tasks: Tasks, nodes: np.ndarray, found: Found) -> None:
        self.asked = asked
        self._tasks = tasks
        known = found.item >= 0
        self._keys = key_bytes(nodes["id_high"][known], nodes["id_low"][known])
        self._items, self._bits = found.item[known], found.bits[known]

    def of_media(self, media: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The item of a task that each medium is a picture of, "" for none, and in how many of 256 bits it differs."""
        names, bits = np.full(len(media), "", object), np.full(len(media), np.nan)
        if len(self._keys):
            halves = sha_halves(media)
            place = locate(key_bytes(halves[:, 0], halves[:, 1]), self._keys)
            for row in np.flatnonzero(place >= 0).tolist():
                names[row] = self.name(int(self._items[place[row]]))
            bits[place >= 0] = self._bits[place[place >= 0]]
        return names, bits

    def of_texts(self, texts: Sequence[str]) -> list[TaskHits]:
        """What each of some short texts shares with the texts of tasks."""
        return hits_of(self._tasks.texts, word_hashes(texts))

    def name(self, item: int) -> str:
        """The name of an item."""
        return str(self._tasks.names[item].as_py())


def _none() -> Found:
    return Found(np.empty(0, np.int64), np.empty(0))


NO_TASKS = BatchTasks(False, no_tasks(), np.empty(0, NODE), _none())


def batch_tasks(paths: tuple[str, ...], near: NearImages, matches: np.ndarray) -> BatchTasks:
    """The tasks of a run, at these paths, beside a batch's matches. Raises DamagedFileError."""
    if not paths:
        return NO_TASKS
    nodes = nodes_of(matches)
    found = read_pictures(paths, set_of(near)).find(nodes["phash"], nodes["fine"])
    return BatchTasks(True, read_tasks(paths), nodes, found)


def set_of(asked: NearImages) -> str:
    """The set by which pictures of tasks are found: that by which the recipe takes pictures for one, or the default one."""
    return asked.set or DEFAULT_SET
