"""What a take-down has done so far, so that one that was killed is finished by the same command, with the same bytes.

`forget/journal.json` says by which lists, over which manifest; `forget/keys` holds the keys of all that goes, as shards that are written
anew already no longer tell it. A shard is written aside, then its record says what came of it, then it takes the old one's name: so a
shard that is not as the manifest says has a record that knows it, and a reader finds the old shard or the new one, whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline import storage
from pipeline.forget.changes import Gone, gone_of
from pipeline.layout import STAGING, RunFolder
from pipeline.sections import DamagedFileError, read_sealed, sealed
from schemas.manifest import ShardFile
from schemas.outcomes import UserError, VerificationError
from transforms.forget.lists import TakeDown
from transforms.forget.wanted import Wanted, unpacked

TAKEN = b"Something was taken down from this run; manifest.json has the receipt. While this file is here no run makes it again.\n"
ASIDE = ".forget"  # how a shard ends that is written aside; it is hidden, so no reader's glob takes it in


@dataclass(frozen=True, slots=True)
class Begun:
    """A take-down that was begun: over which manifest (its SHA-256), and how many entries of each kind of list something answered to."""

    manifest: str
    matched: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of a shard: its new entry of the manifest, None where no row was left; and what went."""

    name: str
    file: ShardFile | None
    gone: Gone = field(default_factory=Gone)

    def packed(self) -> bytes:
        """The file form."""
        return sealed({"name": self.name, "file": self.file and asdict(self.file), "gone": self.gone.plain()})


def aside(name: str) -> str:
    """The name under which a shard is written before it takes its own.

    >>> aside("text/data/train-00000-of-00001.parquet")
    'text/data/.train-00000-of-00001.parquet.forget'
    """
    folder, slash, base = name.rpartition("/")
    return f"{folder}{slash}.{base}{ASIDE}"


def begin(folder: RunFolder, take_down: TakeDown, begun: Begun, wanted: Wanted) -> None:
    """Write down what is about to be done, the journal last."""
    about = {"digest": take_down.digest, "manifest": begun.manifest, "matched": dict(begun.matched)}
    files = {folder.taken_down: TAKEN, folder.take_down_keys: wanted.packed(), folder.take_down: sealed(about)}
    for path, data in files.items():
        with storage.write_whole(path) as file:
            file.write(data)


def find_begun(folder: RunFolder, take_down: TakeDown) -> Begun | None:
    """The take-down that was begun in a folder and did not end; None where there is none.

    Raises UserError where it was by other lists, VerificationError where its journal is damaged.
    """
    if not storage.exists(folder.take_down):
        return None
    about = read(folder.take_down)
    if about["digest"] != take_down.digest:
        raise UserError(
            f"{folder.path}: a take-down by other lists was begun here and is not finished: give its lists first, then these"
        )
    return Begun(about["manifest"], about["matched"])


def wanted_of(folder: RunFolder) -> Wanted:
    """What goes by the take-down that was begun."""
    return unpacked(storage.read_bytes(folder.take_down_keys))


def record(folder: RunFolder, number: int) -> Rewritten | None:
    """What came of a shard, by its number in the manifest; None where nothing is written down."""
    path = folder.take_down_record(number)
    if not storage.exists(path):
        return None
    found = read(path)
    entry = found["file"]
    file = entry and ShardFile(**entry | {"parts": tuple(entry["parts"])})
    return Rewritten(found["name"], file, gone_of(found["gone"]))


def read(path: str) -> Any:
    """A file of ours. Raises VerificationError where it is not as it was written."""
    try:
        return read_sealed(path)
    except DamagedFileError as error:
        raise VerificationError(f"{error}; a take-down needs it to be finished: put it back from a copy") from error


def put_in_place(folder: RunFolder, number: int, done: Rewritten) -> None:
    """Write down what came of a shard, and let it take its name."""
    with storage.write_whole(folder.take_down_record(number)) as file:
        file.write(done.packed())
    settle(folder, done)


def settle(folder: RunFolder, done: Rewritten) -> None:
    """Let a shard that has a record take its name, if it has not yet."""
    written = folder.file(aside(done.name))
    if done.file is None:
        storage.remove(folder.file(done.name))
    elif storage.exists(written):
        storage.move(written, folder.file(done.name))


def end(folder: RunFolder) -> None:
    """Forget the take-down, and what a killed one was writing: records before the journal, which says that they are to be believed."""
    for path in leftovers(folder):
        storage.remove(path)
    storage.remove(folder.take_down)
    storage.remove(folder.take_down_keys)


def leftovers(folder: RunFolder) -> Iterator[str]:
    """The records of a take-down, and what a killed one was writing; staging is not looked at."""
    for name in storage.files_below(folder.path):
        if name.startswith(STAGING) or folder.file(name) in (
            folder.taken_down,
            folder.take_down,
            folder.take_down_keys,
        ):
            continue
        if name.startswith("forget/") or name.endswith((ASIDE, storage.PARTIAL_SUFFIX)):
            yield folder.file(name)
