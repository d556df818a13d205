"""Where addresses are fetched: hosts are dealt out to bins, large ones over waves. Pure arithmetic over counts.

A bin is what one task fetches, many hosts at once, so it takes as long as its slowest host or as all its addresses together. A host gives a
wave at most `budget` addresses, and is in one bin of it, so no two tasks ask it at once. Only the largest hosts are placed one by one, the
heaviest first into the lightest bin; all others fall by their hash, which evens out.
"""

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_LARGE = 65_536  # hosts that are placed one by one, and that every worker knows: about 5 MB
SEED = 0


@dataclass(frozen=True, slots=True)
class Shares:
    """How much goes where: addresses of a host in one wave, and of all hosts in one bin of it."""

    # 20 minutes at a request a second: then other hosts of the bin have their turn.
    budget: int = 1200
    bin: int = 10_000

    @property
    def large(self) -> int:
        """From how many addresses on a host is placed by itself."""
        return max(1, self.budget // 8)


@dataclass(frozen=True, slots=True)
class Places:
    """How many bins there are, where each large host goes (its bin, and its waves), and the waves of all others."""

    bins: int
    large: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    others: int = 1

    def place(self, host: str, address: bytes) -> tuple[int, int]:
        """The wave and the bin of an address (its key) of a host."""
        bin_, waves = self.large.get(host) or (number(host.encode()) % self.bins, self.others)
        return number(address) % waves, bin_

    @property
    def waves(self) -> int:
        """How many waves there are."""
        return max([self.others, *(waves for _, waves in self.large.values())])

    def plain(self) -> dict[str, Any]:
        """The places as JSON knows them."""
        return {"bins": self.bins, "others": self.others, "large": {host: list(at) for host, at in self.large.items()}}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Places":
        """The places from their JSON form."""
        return cls(plain["bins"], {host: (at[0], at[1]) for host, at in plain["large"].items()}, plain["others"])


def number(data: bytes) -> int:
    """A number that depends on the bytes alone, evenly spread."""
    return int.from_bytes(hashlib.sha256(data).digest()[:6])


def drawn(seed: int, address: bytes) -> bytes:
    """The place of an address (its key) in the queue of its host: seeded, so that a host's first thousand are a fair sample of it."""
    return hashlib.sha256(b"%d\0%b" % (seed, address)).digest()[:8]


def summed(counts: Sequence[tuple[str, int]], shares: Shares, most: int) -> dict[str, Any]:
    """Counts of hosts as a worker hands them up: at most `most` large hosts by name, and what is to be known of all others.

    >>> summed([("a", 5000), ("b", 3), ("c", 200)], Shares(), most=1)
    {'hosts': 3, 'urls': 5203, 'load': 1403, 'largest': 200, 'large': [['a', 5000]]}
    """
    heaviest = sorted(counts, key=lambda one: (-one[1], one[0]))
    large = [[host, count] for host, count in heaviest[:most] if count >= shares.large]
    others = heaviest[len(large) :]
    return {
        "hosts": len(counts),
        "urls": sum(count for _, count in counts),
        "load": sum(min(count, shares.budget) for _, count in counts),
        "largest": max((count for _, count in others), default=0),
        "large": large,
    }


def deal(parts: Iterable[Mapping[str, Any]], shares: Shares) -> Places:
    """The places of all hosts, from what workers handed up.

    >>> places = deal([summed([("a", 3000), ("b", 900), ("c", 700), ("d", 4)], Shares(1200, 2000), 9)], Shares(1200, 2000))
    >>> places.bins, places.large, places.waves
    (2, {'a': (0, 3), 'b': (1, 1), 'c': (1, 1)}, 3)
    """
    found = list(parts)
    load = sum(part["load"] for part in found)
    bins = max(1, -(-load // shares.bin))
    heaviest = sorted((-count, host) for part in found for host, count in part["large"])
    light = [(0, bin_) for bin_ in range(bins)]
    large = {}
    for count, host in heaviest:
        weight, bin_ = heapq.heappop(light)
        large[host] = (bin_, waves_of(-count, shares.budget))
        heapq.heappush(light, (weight + min(-count, shares.budget), bin_))
    return Places(bins, large, waves_of(max((part["largest"] for part in found), default=0), shares.budget))


def waves_of(count: int, budget: int) -> int:
    """Over how many waves so many addresses of a host are spread.

    >>> waves_of(0, 1200), waves_of(1200, 1200), waves_of(1201, 1200)
    (1, 1, 2)
    """
    return max(1, -(-count // budget))
