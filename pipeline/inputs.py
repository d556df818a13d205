"""Which files are inputs, and which lay among them and are none. Nothing is read here but names and sizes.

A file that is given by its own name is taken whatever it is called. A folder stands for the files in it that are called as archives are,
and for the shards of image sets in it. A pattern stands for the files that it matches, but for those whose ending says that they are
something else.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pipeline import image_sets, patterns, storage
from schemas.manifest import NotTaken
from schemas.outcomes import UserError

WACZ_ENDING = ".wacz"
ARCHIVE_ENDINGS = tuple(kind + packed for kind in (".warc", ".arc", ".wet") for packed in ("", ".gz", ".zst"))
TAKEN = (*ARCHIVE_ENDINGS, WACZ_ENDING)
# What crawlers and archives keep beside their files: indexes, digests, notes. Nobody expects pages from it.
BESIDE = (
    *(".cdx", ".cdxj", ".idx", ".md5", ".sha1", ".sha256", ".sha512", ".txt", ".md", ".json", ".jsonl", ".csv", ".tsv"),
    *(".log", ".xml", ".toml", ".yaml", ".yml", ".cdx.gz", ".cdxj.gz", ".paths.gz", ".json.gz", ".txt.gz", ".log.gz"),
    ".parquet",
)
BESIDE_NAMES = ("readme", "license", "manifest", "sha256sums", "md5sums")
# What a pattern may match beside archives, and what is no archive that can be read.
OTHERS = (".wat", ".wat.gz", ".html", ".htm", ".lz4", ".open", ".zip", ".tar", ".tar.gz", ".tgz", ".bz2", ".xz", ".7z")
FOLDER = "folder"
PACKED_IN_WACZ = "compressed in .wacz"
EMPTY_WACZ = ".wacz without archives"
WHAT_TO_DO = {
    ".lz4": "unpack .lz4 with lz4 -d",
    ".open": ".open is still being written: give it when the crawler has closed it",
    PACKED_IN_WACZ: "unzip a .wacz whose archives are compressed or packed twice, and give the archives",
    FOLDER: "a pattern takes no folder: give the folder itself, or a pattern with **",
}
_PACKERS = (".gz", ".zst", ".bz2", ".xz", ".lz4", ".open")
_ENDING = re.compile(r"\.[a-z][a-z0-9]{0,9}|\.7z")
ASKERS = 64  # patterns that are looked up at a time: remote storage takes 30 ms to answer, and a list may name 90,000 archives
KINDS = 20  # endings that are counted each for itself; a folder of any files may hold as many as files
NAMES = 5  # files named of each
OTHER_KINDS = "other"


@dataclass(slots=True)
class Found:
    """Paths of the inputs with their sizes, sorted, and of what lay among them and is none, by kind."""

    files: dict[str, int] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def but(self, written: Callable[[str], bool]) -> "Found":
        """The same without what a run has written among them. Raises UserError where that is all."""
        files = {path: size for path, size in self.files.items() if not written(path)}
        if self.files and not files:
            raise UserError(
                f"{next(iter(self.files))} is an input and lies where the run writes: give another --output, or another --staging"
            )
        return Found(files, {path: kind for path, kind in self.left.items() if not written(path)})


def find_inputs(given: Sequence[str]) -> Found:
    """What patterns, folders and files stand for, each file once.

    Raises UserError that names a pattern without a match, or a file that is given by its name and known to be unreadable.
    """
    found = Found()
    for pattern, matches in zip(given, _all_matches(given), strict=True):
        if not matches.files:
            raise UserError(nothing(pattern, matches.left))
        found.files |= matches.files
        found.left |= matches.left
    return Found(
        dict(sorted(found.files.items())),
        {path: kind for path, kind in sorted(found.left.items()) if path not in found.files},
    )


def _all_matches(given: Sequence[str]) -> Iterator[Found]:
    """What each pattern stands for; of many, remote storage is asked for some at a time."""
    with ThreadPoolExecutor(ASKERS) as pool:
        yield from pool.map(_matches, given) if len(given) > 1 else map(_matches, given)


def nothing(pattern: str, left: Mapping[str, str]) -> str:
    """What is said of a pattern that stands for no input."""
    text = f"no input matches {pattern!r}: give a web archive, a folder of them, or a pattern in quotes"
    if not left:
        return text
    return f"no input matches {pattern!r}: {said(not_taken(left), everything=True)}"


def _matches(pattern: str) -> Found:
    if storage.is_remote(pattern):
        return _remote(pattern)
    if os.path.isdir(pattern):
        inside = (os.path.abspath(path) for path in patterns.files_below(pattern) if os.path.isfile(path))
        return _by_ending(((path, os.path.getsize(path)) for path in inside), TAKEN)
    if os.path.isfile(pattern):  # its name may hold what means something in a pattern: a[1].warc.gz
        return _named(os.path.abspath(pattern), storage.size(pattern))
    found = Found()
    files = []
    for path in map(os.path.abspath, patterns.glob(pattern)):
        if os.path.isdir(path):
            found.left[path] = FOLDER
        elif os.path.isfile(path):
            files.append((path, os.path.getsize(path)))
    matched = _by_ending(files, named=image_sets.is_set(pattern))
    return Found(matched.files, found.left | matched.left)


def _remote(pattern: str) -> Found:
    found = storage.find_files(pattern)
    if list(found) == [pattern]:
        return _named(pattern, found[pattern])
    if not found and storage.is_folder(pattern):
        inside = ((storage.join(pattern, name), size) for name, size in storage.walk(pattern) if not _is_hidden(name))
        return _by_ending(inside, TAKEN)
    return _by_ending(found.items(), named=image_sets.is_set(pattern))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _named(path: str, size: int) -> Found:
    """A file that is given by its name: refused only where its ending says how to make it readable."""
    kind = ending(path)
    hints = [hint for end, hint in WHAT_TO_DO.items() if kind.endswith(end)]
    if hints:
        raise UserError(f"{path} cannot be read as it is: {hints[0]}")
    if _has_tar(path):
        raise UserError(f"{path} is read together with {image_sets.tar_of(path)}: give that")
    return Found({path: size})


def _has_tar(path: str) -> bool:
    """Whether a file is the table of a tar beside it."""
    tar = image_sets.tar_of(path)
    return bool(tar) and storage.exists(tar)


def _by_ending(files: Iterable[tuple[str, int]], wanted: tuple[str, ...] = (), named: bool = False) -> Found:
    """Files that are called as `wanted`, or where nothing is wanted, that are not called as something else; and shards of image sets.

    `named` are files whose pattern says that they are such shards.
    """
    given = dict(files)
    shards = image_sets.shards_among(given.keys())
    if named:
        shards = {path for path in given if image_sets.is_set(path) and not _has_tar(path)}
    tables, folders = image_sets.beside(shards)
    found = Found()
    for path, size in given.items():
        low = path.lower()
        if path in shards or (low.endswith(wanted) if wanted else not low.endswith((*BESIDE, *OTHERS))):
            found.files[path] = size
        elif path not in tables and not (folders and path.startswith(folders)):
            found.left[path] = ending(path)
    return found


def ending(path: str) -> str:
    """What a file's name ends with, in small letters and with the packing behind it; "" where that tells nothing.

    >>> ending("in/A.warc.LZ4"), ending("data.cdx.gz"), ending("README"), ending("www.example.org.html")
    ('.warc.lz4', '.cdx.gz', '', '.html')
    """
    rest, found = path.rpartition("/")[2].lower(), ""
    while not found or found in _PACKERS:
        rest, dot, last = rest.rpartition(".")
        if not rest or not _ENDING.fullmatch(dot + last):
            break
        found = dot + last + found
    return found


def not_taken(left: Mapping[str, str]) -> tuple[NotTaken, ...]:
    """What was left out, given by name and kind: counted by kind, the most frequent first, with some names of each."""
    counts = Counter(left.values())
    most = sorted(counts, key=lambda kind: (-counts[kind], kind))[:KINDS]
    named: dict[str, list[str]] = {kind: [] for kind in (*most, OTHER_KINDS)}
    sums: Counter[str] = Counter()
    for name, kind in sorted(left.items()):
        group = kind if kind in named else OTHER_KINDS
        sums[group] += 1
        if len(named[group]) < NAMES:
            named[group].append(source_of(name))
    return tuple(NotTaken(kind, sums[kind], tuple(names)) for kind, names in named.items() if names)


def source_of(name: str) -> str:
    r"""A file's name as a column can hold it: bytes that are no UTF-8 are written as `\xff`, and a backslash as two, so no two are alike.

    >>> source_of("a\udcff"), source_of("a\\xff")
    ('a\\xff', 'a\\\\xff')
    """
    return name.replace("\\", r"\\").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_beside(kind: str, names: Iterable[str]) -> bool:
    """Whether files of a kind belong beside archives, so that nobody expects pages from them."""
    return kind in BESIDE or (
        not kind and all(name.rpartition("/")[2].lower().startswith(BESIDE_NAMES) for name in names)
    )


NAMES_SAID = 2  # files of an ending that a message names; the manifest names more


def said(left: Sequence[NotTaken], everything: bool = False) -> str:
    """One line about what was left out and why it matters; "" where all of it belongs beside archives, unless `everything` is wanted.

    >>> said([NotTaken(".wat.gz", 2, ("a.wat.gz", "b.wat.gz")), NotTaken(".cdxj", 9, ("a.cdxj",))])
    'not read, since these are no archives that can be read: 2 of .wat.gz (a.wat.gz, b.wat.gz)'
    """
    shown = [each for each in left if everything or not is_beside(each.kind, each.names)]
    if not shown:
        return ""
    counts = "; ".join(_counted(each) for each in shown)
    hints = [hint for end, hint in WHAT_TO_DO.items() if any(each.kind.endswith(end) for each in shown)]
    return "; ".join([f"not read, since these are no archives that can be read: {counts}", *hints])


def _counted(left: NotTaken) -> str:
    shown = left.names[:NAMES_SAID]
    more = ", ..." if left.files > len(shown) else ""
    return f"{left.files:,} of {left.kind or 'no ending'} ({', '.join(shown)}{more})"
