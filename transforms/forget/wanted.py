"""What is to be taken down, as keys: ids, addresses and hosts, and which items they are about. Pure; cost: two hashes a row.

An id names a page, or a part of its document, or one of its images. A page takes all that was made of it along. An address is equal to
another where `transforms.html.urls.canonical` says so; a host stands for its subdomains too.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from urllib.parse import urlsplit

import numpy as np

from transforms.dedup.keys import KEY_BYTES, joined_key, key
from transforms.html.urls import canonical

# The kinds of lists. An item is counted under the first kind that asks for it; in arrays they stand by their place, from 1.
KINDS = IDS, URLS, HOSTS = ("ids", "urls", "hosts")
NOT_ASKED = 0
_DTYPE = f"S{KEY_BYTES}"


def key_array(keys: Iterable[bytes]) -> np.ndarray:
    """Keys as a sorted array, each once."""
    return np.unique(np.frombuffer(b"".join(keys), _DTYPE))


def is_in(keys: Sequence[bytes], known: np.ndarray) -> np.ndarray:
    """Mask of the keys that are among the known ones, which are sorted.

    >>> is_in([b"b" * 16, b"x" * 16], key_array([b"c" * 16, b"b" * 16])).tolist()
    [True, False]
    """
    return are_in(np.frombuffer(b"".join(keys), _DTYPE), known)


def are_in(asked: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The same for keys that are an array, such as those of `keep_first.key_bytes`."""
    if not len(known):
        return np.zeros(len(asked), dtype=bool)
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.asarray(known[places] == asked, dtype=bool)


def page_of(identity: str) -> str:
    """The id of the page that an item belongs to.

    >>> page_of("00ff-0007"), page_of("00ff-p0002"), page_of("00ff")
    ('00ff', '00ff', '00ff')
    """
    return identity.partition("-")[0]


def is_image(identity: str) -> bool:
    """Whether an id names one image of a page.

    >>> is_image("00ff-0007"), is_image("00ff-p0002"), is_image("00ff")
    (True, False, False)
    """
    return identity.partition("-")[2][:1].isdigit()


def id_key(identity: str) -> bytes:
    """The key of an id."""
    return key(identity.encode("utf-8", "replace"))


def host_key(host: str) -> bytes:
    """The key of a host."""
    return key(host.encode("utf-8", "replace"))


def host_of(url: str) -> str:
    """The host of an address as `canonical` writes it, without a dot at its end; "" where it has none.

    >>> host_of("HTTPS://WWW.Example.org.:8080/a"), host_of("urn:x"), host_of("http://[x")
    ('www.example.org', '', '')
    """
    try:
        return (urlsplit(canonical(url)).hostname or "").rstrip(".")
    except ValueError:
        return ""


def host_and_parents(host: str) -> list[str]:
    """A host and all domains that it lies in.

    >>> host_and_parents("a.b.org")
    ['a.b.org', 'b.org', 'org']
    """
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels))] if host else []


def _none() -> np.ndarray:
    return np.empty(0, _DTYPE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken down. `pages` and `images` hold the keys of ids, an array for each of KINDS, since rows that an address or a
    host asks for are known by their ids once they are found (`with_found`)."""

    pages: tuple[np.ndarray, ...] = field(default_factory=lambda: tuple(_none() for _ in KINDS))
    images: tuple[np.ndarray, ...] = field(default_factory=lambda: tuple(_none() for _ in KINDS))
    of_images: np.ndarray = field(default_factory=_none)  # the keys of the pages that those images stand on
    urls: np.ndarray = field(default_factory=_none)
    hosts: np.ndarray = field(default_factory=_none)

    @property
    def asks_addresses(self) -> bool:
        """Whether addresses must be looked at."""
        return bool(len(self.urls) or len(self.hosts))

    @property
    def asks_ids(self) -> bool:
        """Whether any id is asked for."""
        return any(len(keys) for keys in (*self.pages, *self.images))

    def of_ids(self, ids: Sequence[str]) -> np.ndarray:
        """By which kind each item is asked for, a place of KINDS from 1; 0 where by none."""
        found = np.zeros(len(ids), np.uint8)
        heads = [id_key(page_of(identity)) for identity in ids]
        inside = [row for row, identity in enumerate(ids) if is_image(identity)] if len(self.of_images) else []
        own = [id_key(ids[row]) for row in inside]
        for code in reversed(range(len(KINDS))):
            found[inside] = np.where(is_in(own, self.images[code]), code + 1, found[inside])
            found = np.where(is_in(heads, self.pages[code]), code + 1, found).astype(np.uint8)
        return found

    def shows_wanted(self, ids: Sequence[str]) -> np.ndarray:
        """Mask of the pages, by their ids, some image of which is asked for by its own id."""
        if not len(self.of_images):
            return np.zeros(len(ids), dtype=bool)
        return is_in([id_key(page_of(identity)) for identity in ids], self.of_images)

    def of_urls(self, urls: Sequence[str]) -> np.ndarray:
        """By which kind each address is asked for, likewise."""
        if not self.asks_addresses:
            return np.zeros(len(urls), np.uint8)
        known = dict(zip(found := list(set(urls)), self._of_distinct(found).tolist(), strict=True))
        return np.array([known[url] for url in urls], np.uint8)

    def _of_distinct(self, urls: Sequence[str]) -> np.ndarray:
        codes = np.zeros(len(urls), np.uint8)
        if len(self.hosts):
            hosts = [host_of(url) for url in urls]
            wanted = {host: self.holds_host(host) for host in set(hosts)}
            codes[[wanted[host] for host in hosts]] = KINDS.index(HOSTS) + 1
        codes[is_in([joined_key(canonical(url)) for url in urls], self.urls)] = KINDS.index(URLS) + 1
        return codes

    def holds_host(self, host: str) -> bool:
        """Whether a host, or a domain that it lies in, is asked for."""
        return bool(is_in([host_key(name) for name in host_and_parents(host)], self.hosts).any())

    def with_found(self, found: "Wanted") -> "Wanted":
        """These and what was found."""
        return Wanted(
            tuple(map(_merged, self.pages, found.pages)),
            tuple(map(_merged, self.images, found.images)),
            *(_merged(getattr(self, name), getattr(found, name)) for name in ("of_images", "urls", "hosts")),
        )

    def packed(self) -> bytes:
        """The file form: a line of JSON with the number of keys of each array, then the keys."""
        arrays = (*self.pages, *self.images, self.of_images, self.urls, self.hosts)
        return json.dumps([len(keys) for keys in arrays]).encode() + b"\n" + b"".join(a.tobytes() for a in arrays)


def unpacked(data: bytes) -> Wanted:
    """What `Wanted.packed` wrote; of no bytes nothing."""
    if not data:
        return Wanted()
    head, _, body = data.partition(b"\n")
    counts: list[int] = json.loads(head)
    ends = [KEY_BYTES * end for end in accumulate(counts, initial=0)]
    arrays = [np.frombuffer(body[begin:end], _DTYPE) for begin, end in pairwise(ends)]
    kinds = len(KINDS)
    return Wanted(tuple(arrays[:kinds]), tuple(arrays[kinds : 2 * kinds]), *arrays[2 * kinds :])


def _merged(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.unique(np.concatenate([first, second]))


class Finder:
    """Collects the ids of rows that are asked for by their addresses."""

    def __init__(self) -> None:
        self._pages: list[set[bytes]] = [set() for _ in KINDS]
        self._images: list[set[bytes]] = [set() for _ in KINDS]
        self._of_images: set[bytes] = set()

    def add_page(self, identity: str, code: int) -> None:
        """The page of an item is asked for."""
        self._pages[code - 1].add(id_key(page_of(identity)))

    def add(self, identity: str, code: int) -> None:
        """An item is asked for: an image alone where the id is one's, else the page."""
        if not is_image(identity):
            self.add_page(identity, code)
            return
        self._images[code - 1].add(id_key(identity))
        self._of_images.add(id_key(page_of(identity)))

    def add_image_of(self, identity: str) -> None:
        """An image that a page shows is asked for; its document is to be looked at."""
        self._of_images.add(id_key(page_of(identity)))

    def found(self) -> Wanted:
        """All that was added."""
        return Wanted(
            tuple(map(key_array, self._pages)), tuple(map(key_array, self._images)), key_array(self._of_images)
        )
