"""Lists of what is to be taken down, as people write them: one id, address or host a line. Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.outcomes import UserError
from transforms.dedup.keys import address_key
from transforms.forget.wanted import HOSTS, IDS, KINDS, URLS, Finder, Wanted, host_key, host_of, key_array, unpacked

ANY = "any"  # a list whose lines tell by their form what they are
_ID = re.compile(r"[0-9a-f]{32}(-p?[0-9]{4,})?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_HOST = re.compile(r"[^\s/:@?#*]+")
_EXPECTED: Mapping[str, str] = {
    IDS: "an id: expected 32 hex digits, as the column `id` has them, and perhaps the number of an image behind them (-0007)",
    URLS: "an address: expected it with its scheme, for example https://example.org/a",
    HOSTS: "a host: expected a name alone, for example example.org, which stands for its subdomains too",
}


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Some lists together: what they ask for, how many entries of each kind they have, and the SHA-256 of each list."""

    keys: bytes = b""  # `Wanted.packed`
    entries: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[str, ...] = ()

    @property
    def wanted(self) -> Wanted:
        """What they ask for."""
        return unpacked(self.keys)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what is asked for, however it is written and ordered; "" where nothing is."""
        return hashlib.sha256(self.keys).hexdigest() if self.entries else ""


def read_lists(lists: Iterable[tuple[str, bytes, str]]) -> TakeDown:
    """Lists given as (kind or ANY, bytes, how errors call them). Raises UserError, which names the line."""
    entries: dict[str, set[str]] = {kind: set() for kind in KINDS}
    digests = set()
    for kind, data, where in lists:
        digests.add(hashlib.sha256(data).hexdigest())
        for number, line in lines_of(data, where):
            own = kind_of(line) if kind == ANY else kind
            entries[own].add(checked(own, line, f"{where}, line {number}"))
    counts = {kind: len(found) for kind, found in entries.items() if found}
    return TakeDown(wanted_of(entries).packed(), counts, tuple(sorted(digests)))


def lines_of(data: bytes, where: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a list, without blank ones and those that begin with `#`. Raises UserError where it is not UTF-8.

    >>> list(lines_of(b"# ours\\n\\n a \\nb", "ids.txt"))
    [(3, 'a'), (4, 'b')]
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: not UTF-8 at byte {error.start}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if (bare := line.strip()) and not bare.startswith("#"):
            yield number, bare


def kind_of(line: str) -> str:
    """What a line is by its form.

    >>> kind_of("0" * 32), kind_of("http://a.org/"), kind_of("a.org")
    ('ids', 'urls', 'hosts')
    """
    if _ID.fullmatch(line.lower()):
        return IDS
    return URLS if "://" in line else HOSTS


def checked(kind: str, line: str, where: str) -> str:
    """A line as it is looked up; an address stays as it is written. Raises UserError where it is not of its kind.

    >>> checked("hosts", "Bücher.Example", "x"), checked("ids", "0" * 31 + "F-P0002", "x")[-8:]
    ('xn--bcher-kva.example', '0f-p0002')
    """
    found = ""
    if kind == IDS and _ID.fullmatch(line.lower()):
        found = line.lower()
    elif kind == URLS and _ADDRESS.fullmatch(line):
        found = line
    elif kind == HOSTS and _HOST.fullmatch(line):
        found = host_of(f"http://{line}/")
    if not found:
        raise UserError(f"{where}: {line[:200]!r} is not {_EXPECTED[kind]}")
    return found


def wanted_of(entries: Mapping[str, Iterable[str]]) -> Wanted:
    """Entries by kind as keys. The id of a part of a document stands for its page, since the other corpora hold the part's words too."""
    finder = Finder()
    for identity in entries[IDS]:
        finder.add(identity, KINDS.index(IDS) + 1)
    ids = finder.found()
    urls, hosts = key_array(map(address_key, entries[URLS])), key_array(map(host_key, entries[HOSTS]))
    return Wanted(ids.pages, ids.images, ids.of_images, urls, hosts)


def said(entries: Mapping[str, int]) -> str:
    """How many entries there are of each kind, in words.

    >>> said({"ids": 1, "hosts": 2})
    '1 id, 2 hosts'
    """
    words: Sequence[str] = [f"{n:,} {kind if n != 1 else kind[:-1]}" for kind, n in entries.items()]
    return ", ".join(words) or "nothing"
