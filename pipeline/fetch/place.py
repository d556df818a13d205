"""Where addresses are fetched: registered domains are dealt out to bins, large ones over waves. Pure arithmetic over counts.

A bin is what one task fetches, many hosts at once, so it takes as long as its slowest host or as all its addresses together. A domain gives
a wave at most `budget` addresses, and is in one bin of it, so no two tasks ask it at once, and a site of a thousand subdomains has one
budget. Only the largest domains are placed one by one, the heaviest first into the lightest bin; all others fall by their hash, which evens
out.
"""

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_LARGE = 65_536  # domains that are placed one by one, and that every worker knows: about 5 MB
SEED = 0
_ALL = 1 << 48  # values of `number`


@dataclass(frozen=True, slots=True)
class Shares:
    """How much goes where: addresses of a domain in one wave, and of all domains in one bin of it."""

    # 20 minutes at a request a second where it is one host: then other domains of the bin have their turn.
    budget: int = 1200
    bin: int = 10_000

    def large(self, cap: int) -> int:
        """From how many addresses on a domain is placed by itself, where `cap` are taken of each (0: all)."""
        return max(1, min(self.budget // 8, cap or self.budget))


@dataclass(frozen=True, slots=True)
class Places:
    """How many bins there are, where each large domain goes (its bin, and its waves), and the waves of all others.

    `cuts` are of domains of which less than all is taken: the values of their addresses' hash below which they are.
    """

    bins: int
    large: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    others: int = 1
    cuts: Mapping[str, int] = field(default_factory=dict)

    def place(self, domain: str, address: bytes) -> tuple[int, int]:
        """The wave and the bin of an address (its key) of a domain."""
        bin_, waves = self.large.get(domain) or (number(domain.encode()) % self.bins, self.others)
        return number(address) % waves, bin_

    def takes(self, domain: str, address: bytes) -> bool:
        """Whether an address (its key) is among those that are taken of its domain."""
        cut = self.cuts.get(domain)
        return cut is None or number(b"cut" + address) < cut

    @property
    def waves(self) -> int:
        """How many waves there are."""
        return max([self.others, *(waves for _, waves in self.large.values())])

    def plain(self) -> dict[str, Any]:
        """The places as JSON knows them."""
        large = {domain: list(at) for domain, at in self.large.items()}
        return {"bins": self.bins, "others": self.others, "large": large, "cuts": dict(self.cuts)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Places":
        """The places from their JSON form."""
        large = {domain: (at[0], at[1]) for domain, at in plain["large"].items()}
        return cls(plain["bins"], large, plain["others"], plain.get("cuts", {}))


def number(data: bytes) -> int:
    """A number that depends on the bytes alone, evenly spread."""
    return int.from_bytes(hashlib.sha256(data).digest()[:6])


def drawn(seed: int, address: bytes) -> bytes:
    """The place of an address (its key) in the queue of its host: seeded, so that a host's first thousand are a fair sample of it."""
    return hashlib.sha256(b"%d\0%b" % (seed, address)).digest()[:8]


def summed(counts: Sequence[tuple[str, int]], shares: Shares, most: int, cap: int = 0) -> dict[str, Any]:
    """Counts of domains as a worker hands them up: at most `most` large ones by name, and what is to be known of all others.

    >>> summed([("a", 5000), ("b", 3), ("c", 200)], Shares(), most=1)
    {'domains': 3, 'urls': 5203, 'load': 1403, 'largest': 200, 'large': [['a', 5000]]}
    """
    heaviest = sorted(counts, key=lambda one: (-one[1], one[0]))
    large = [[domain, count] for domain, count in heaviest[:most] if count >= shares.large(cap)]
    others = heaviest[len(large) :]
    return {
        "domains": len(counts),
        "urls": sum(count for _, count in counts),
        "load": sum(min(count, cap or count, shares.budget) for _, count in counts),
        "largest": max((count for _, count in others), default=0),
        "large": large,
    }


def deal(parts: Iterable[Mapping[str, Any]], shares: Shares, cap: int = 0) -> Places:
    """The places of all domains, from what workers handed up; of a large domain about `cap` addresses are taken (0: all).

    >>> places = deal([summed([("a", 3000), ("b", 900), ("c", 700), ("d", 4)], Shares(1200, 2000), 9)], Shares(1200, 2000))
    >>> places.bins, places.large, places.waves
    (2, {'a': (0, 3), 'b': (1, 1), 'c': (1, 1)}, 3)
    """
    found = list(parts)
    load = sum(part["load"] for part in found)
    bins = max(1, -(-load // shares.bin))
    heaviest = sorted((-count, domain) for part in found for domain, count in part["large"])
    light = [(0, bin_) for bin_ in range(bins)]
    large, cuts = {}, {}
    for count, domain in heaviest:
        taken = min(-count, cap or -count)
        if domain and taken < -count:
            cuts[domain] = _ALL * taken // -count
        weight, bin_ = heapq.heappop(light)
        large[domain] = (bin_, waves_of(taken, shares.budget))
        heapq.heappush(light, (weight + min(taken, shares.budget), bin_))
    others = waves_of(max((part["largest"] for part in found), default=0), shares.budget)
    return Places(bins, large, others, cuts)


def waves_of(count: int, budget: int) -> int:
    """Over how many waves so many addresses of a domain are spread.

    >>> waves_of(0, 1200), waves_of(1200, 1200), waves_of(1201, 1200)
    (1, 1, 2)
    """
    return max(1, -(-count // budget))
