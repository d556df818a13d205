"""Items of a corpus -> the sketches of what came, what stayed and what left by which rule. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import zstandard

from pipeline.sections import damaged, read_ours
from transforms.stats.profile import Profile

ENTERED, KEPT, LEFT = "entered", "kept", "dropped:"  # how a profile calls the outcomes; behind LEFT stands the rule
# Items that wait for their sketches: merging sketches costs as much for ten items as for all of these.
WAITING_ITEMS = 50_000


def pack_profile(profile: Profile) -> bytes:
    """A profile as files of decisions hold it: it is a megabyte of numbers, most of them 0."""
    return zstandard.ZstdCompressor(write_checksum=True).compress(profile.to_json().encode())


def unpack_profile(data: bytes) -> Profile:
    """The profile of `pack_profile`. Raises zstandard.ZstdError where it has changed."""
    return Profile.from_json(zstandard.decompress(data).decode())


def read_profile(path: str, at: int, length: int) -> Profile:
    """The profile at a place of a file of ours. Raises DamagedFileError where it is not as it was written."""
    try:
        return unpack_profile(read_ours(path, at, length))
    except zstandard.ZstdError as error:
        raise damaged(path, "the profile in it has changed") from error


@dataclass
class Waiting:
    """Items of one corpus and outcome, column by column."""

    numbers: list[Mapping[str, np.ndarray]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


class Profiler:
    """Collects items and adds them to a profile, many at a time."""

    def __init__(self) -> None:
        self._profile = Profile.empty()
        self._waiting: dict[tuple[str, str], Waiting] = {}
        self._items = 0

    def add(
        self,
        corpus: str,
        outcome: str,
        numbers: Mapping[str, np.ndarray],
        languages: np.ndarray,
        hosts: np.ndarray,
        ids: np.ndarray,
    ) -> None:
        """Add items of one outcome."""
        one = self._waiting.setdefault((corpus, outcome), Waiting())
        one.numbers.append(numbers)
        one.languages += languages.tolist()
        one.hosts += hosts.tolist()
        one.ids += ids.tolist()
        self._items += len(ids)
        if self._items >= WAITING_ITEMS:
            self._flush()

    def add_dropped(
        self, corpus: str, rules: np.ndarray, languages: np.ndarray, hosts: np.ndarray, ids: np.ndarray
    ) -> None:
        """Add the items that left, by rule; the rule of an item that is still in is "". Their measures are not repeated."""
        for rule in sorted(set(rules.tolist()) - {""}):
            mask = np.asarray(rules == rule, dtype=bool)
            self.add(corpus, f"{LEFT}{rule}", {}, languages[mask], hosts[mask], ids[mask])

    def profile(self) -> Profile:
        """The profile of all items so far."""
        self._flush()
        return self._profile

    def _flush(self) -> None:
        for (corpus, outcome), one in self._waiting.items():
            numbers = {name: np.concatenate([part[name] for part in one.numbers]) for name in one.numbers[0]}
            self._profile = self._profile.observe(
                corpus, outcome, measures=numbers, languages=one.languages, hosts=one.hosts, ids=one.ids
            )
        self._waiting, self._items = {}, 0
