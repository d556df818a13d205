"""Items of a test set -> the index of a task. Texts are hashed here, pictures in a child process, under the limits of any other image."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from pipeline.tasks.sources import Item
from pipeline.tasks.task_file import Task
from schemas.outcomes import RecordError
from schemas.recipe import IMAGE_FORMATS
from schemas.tasks import ImageTask
from transforms.dedup.task_pictures import HASHES, HashSettings, PictureHashes, hash_rows, in_order
from transforms.dedup.task_texts import Grams, grams_of, together
from transforms.image.header import Limits
from transforms.isolate import Isolator

TEXTS_AT_ONCE = 256
IMAGES_AT_ONCE, IMAGE_BYTES = 32, 32 * 2**20


@dataclass
class _Building:
    """What is gathered of a task's items."""

    n: int
    grams: list[Grams] = field(default_factory=list)
    hashes: list[np.ndarray] = field(default_factory=lambda: [np.empty(0, HASHES)])
    ids: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _texts: list[str] = field(default_factory=list)
    _items: list[int] = field(default_factory=list)

    def add(self, item: Item) -> int:
        """Add an item's texts; returns its number."""
        number = len(self.ids)
        self.ids.append(item.id)
        self._texts += item.texts
        self._items += [number] * len(item.texts)
        if len(self._texts) >= TEXTS_AT_ONCE:
            self.end_texts()
        return number

    def end_texts(self) -> None:
        """Hash the texts at hand."""
        if self._texts:
            found = grams_of(self._texts, self._items, self.n)
            self.grams.append(found)
            self.counts["texts"] += len(self._texts)
        self._texts, self._items = [], []

    def add_pictures(self, items: list[int], found: Iterable[PictureHashes | RecordError]) -> None:
        """Add the hashes of pictures, given the number of the item that each is of."""
        outcomes = list(found)
        self.counts["images"] += len(outcomes)
        self.counts["images_unreadable"] += sum(isinstance(each, RecordError) for each in outcomes)
        self.counts["images_plain"] += sum(each == () for each in outcomes)
        kept = [() if isinstance(each, RecordError) else each for each in outcomes]
        self.hashes.append(hash_rows(items, kept))


def build_task(name: str, items: Iterable[Item], n: int, flips: bool) -> Task:
    """The index of items. Counts say how many texts and images there are, how many of these could not be read, and how many are of one
    colour, which no hash tells apart."""
    building = _Building(n)
    settings = HashSettings(Limits(formats=IMAGE_FORMATS), flips)
    with Isolator[ImageTask, PictureHashes]("transforms.dedup.task_pictures:make_handler", settings) as child:
        for batch in _batches(building, items):
            building.add_pictures([number for number, _ in batch], child.run([ImageTask(data) for _, data in batch]))
    building.end_texts()
    grams, counts = together(building.grams, n), building.counts
    pictures = in_order(np.concatenate(building.hashes))
    told = {"items": len(building.ids), "ngrams": len(grams.keys), "hashes": len(pictures)}
    names = ("texts", "images", "images_unreadable", "images_plain")
    return Task(name, grams, pictures, flips, building.ids, told | {each: counts[each] for each in names})


def _batches(building: _Building, items: Iterable[Item]) -> Iterator[list[tuple[int, bytes]]]:
    """The pictures of items with the numbers of these, some at a time; their texts are added on the way."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for item in items:
        number = building.add(item)
        for data in item.images:
            batch.append((number, data))
            size += len(data)
            if len(batch) >= IMAGES_AT_ONCE or size >= IMAGE_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch
