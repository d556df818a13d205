"""What a run holds of that which is to be taken down: rows that addresses and hosts ask for, by their ids. Writes nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline import formats, storage
from pipeline.formats.base import Read
from schemas.manifest import Manifest, ShardFile
from schemas.outcomes import VerificationError
from transforms.dedup.keys import joined_key
from transforms.forget.lists import TakeDown
from transforms.forget.wanted import (
    HOSTS,
    IDS,
    KINDS,
    URLS,
    Finder,
    Wanted,
    host_and_parents,
    host_key,
    host_of,
    id_key,
    is_in,
    page_of,
)
from transforms.html.urls import canonical

# The columns by which items are looked for: those of the address of an item itself, and of its page.
OWN, PAGE = ("url", "ref_url"), "page_url"
COLUMNS = ("id", *OWN, PAGE, "metadata")


@dataclass
class Found:
    """What was found: ids of rows that addresses ask for, and the keys of the entries of lists that something answers to."""

    asked: Wanted
    finder: Finder = field(default_factory=Finder)
    matched: dict[str, set[bytes]] = field(default_factory=lambda: {kind: set() for kind in KINDS})

    @property
    def wanted(self) -> Wanted:
        """All that is to go, by ids too."""
        return self.asked.with_found(self.finder.found())

    def counts(self) -> dict[str, int]:
        """How many entries of each kind of list something answers to."""
        return {kind: len(keys) for kind, keys in self.matched.items()}

    def take(self, values: Mapping[str, Sequence[Any]]) -> None:
        """Look at a piece of a shard."""
        ids = values["id"]
        self._by_ids(ids)
        if self.asked.asks_addresses:
            for name in OWN:
                for identity, code in self._by_urls(ids, values.get(name, ())):
                    if identity:  # a fault may have happened to something that had no id yet
                        self.finder.add(identity, code)
            for identity, code in self._by_urls(ids, values.get(PAGE, ())):
                self.finder.add_page(identity, code)
        if "metadata" in values:
            self._inside(ids, values["metadata"])

    def _inside(self, ids: Sequence[str], metadata: Sequence[str]) -> None:
        """The images inside documents."""
        rows = range(len(ids)) if self.asked.asks_addresses else np.flatnonzero(self.asked.shows_wanted(ids)).tolist()
        for row in rows:
            images = [image for image in json.loads(metadata[row]) if image]
            names = [image.get("id", "") for image in images]
            self._by_ids(names)
            for name, code in self._by_urls(names, [image["url"] for image in images]):
                self.finder.add_image_of(ids[row])
                if name:
                    self.finder.add(name, code)

    def _by_ids(self, ids: Sequence[str]) -> None:
        asked = Wanted(pages=self.asked.pages, images=self.asked.images, of_images=self.asked.of_images)
        for row in np.flatnonzero(asked.of_ids(ids)).tolist():
            keys = [id_key(page_of(ids[row])), id_key(ids[row])]
            known = (self.asked.pages[KINDS.index(IDS)], self.asked.images[KINDS.index(IDS)])
            self.matched[IDS] |= {key for key, among in zip(keys, known, strict=True) if is_in([key], among)[0]}

    def _by_urls(self, ids: Sequence[str], urls: Sequence[str]) -> Iterator[tuple[str, int]]:
        """The ids whose addresses are asked for, with the kind of list."""
        codes = self.asked.of_urls(urls)
        for row in np.flatnonzero(codes).tolist():
            key = joined_key(canonical(urls[row]))
            if is_in([key], self.asked.urls)[0]:
                self.matched[URLS].add(key)
            parents = [host_key(name) for name in host_and_parents(host_of(urls[row]))]
            self.matched[HOSTS] |= {key for key in parents if is_in([key], self.asked.hosts)[0]}
            yield ids[row], int(codes[row])


def look(folder: str, manifest: Manifest, take_down: TakeDown) -> Iterator[Found]:
    """Look through a run, each table in one format; gives what was found so far after each shard. Raises VerificationError."""
    found = Found(take_down.wanted)
    for shard in one_format(manifest.shards):
        for piece in pieces(folder, shard, COLUMNS):
            found.take(piece.values)
        yield found


def one_format(shards: Iterable[ShardFile]) -> list[ShardFile]:
    """The shards of each table in the first of the formats that it was written in, as the registry orders them."""
    order = [format_.name for format_ in formats.FORMATS]
    by_table: dict[str, dict[str, list[ShardFile]]] = {}
    for shard in shards:
        by_table.setdefault(shard.corpus, {}).setdefault(shard.format, []).append(shard)
    return [shard for held in by_table.values() for shard in held[min(held, key=order.index)]]


def pieces(folder: str, shard: ShardFile, columns: Sequence[str]) -> Iterator[Read]:
    """The values of some columns of a shard. Raises VerificationError where it is missing or damaged."""
    format_ = formats.by_name(shard.format)
    damage: tuple[type[Exception], ...] = (OSError, ValueError, *format_.errors)
    try:
        with storage.open_for_reading(storage.join(folder, shard.name)) as file:
            yield from format_.look(file, columns)
    except damage as error:
        raise unreadable(folder, shard.name, error) from error


def unreadable(folder: str, name: str, why: object) -> VerificationError:
    """The error of a shard that is not as it was written."""
    return VerificationError(f"{folder}: {name} cannot be read ({why}); triptych verify {folder} tells more")
