"""Storage: files appear whole or not at all, locally and behind a scheme."""

import errno
import glob
import gzip
import hashlib
import io
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import storage
from tests.support.buckets import Buckets

ROOT = Path(__file__).resolve().parents[2]
DATA = random.Random(0).randbytes(5 << 19)


@pytest.fixture(params=["local", "s3", "gs"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> Iterator[str]:
    """A folder to write to: on disk, and in an emulator of each store."""
    if request.param == "local":
        yield str(tmp_path)
        return
    yield f"{buckets.set_up(request.param, tmp_path)}/run"


def put(path: str, data: bytes) -> None:
    with storage.write_whole(path) as file:
        file.write(data)


def test_a_file_whose_digest_nobody_wants(folder: str) -> None:
    """It is the same file, and is not hashed."""
    path = storage.join(folder, "a")
    with storage.write_whole(path, hashed=False) as file:
        file.write(b"bytes")
        assert file.tell() == 5
    assert storage.read_bytes(path) == b"bytes"
    with pytest.raises(AssertionError):
        file.sha256()


def test_written_bytes_come_back(folder: str) -> None:
    """What was written is there, with its size and digest, and can be read from any place."""
    path = storage.join(folder, "a", "b.bin")
    data = bytes(range(256)) * 9000
    with storage.write_whole(path) as file:
        for start in range(0, len(data), 7777):
            file.write(data[start : start + 7777])
    assert storage.read_bytes(path) == data
    assert (file.tell(), file.sha256()) == (len(data), hashlib.sha256(data).hexdigest())
    assert (storage.size(path), storage.digest(path), storage.exists(path)) == (len(data), file.sha256(), True)
    with storage.open_for_reading(path) as source:
        source.seek(1000)
        assert source.read(300) == data[1000:1300]


def test_a_file_is_created_where_there_is_none(folder: str) -> None:
    """Whole, and once: other bytes are refused, the same ones again are well, and nothing else is left beside it."""
    path = storage.join(folder, "a", "b.bin")
    storage.create(path, b"one")
    storage.create(path, b"one")
    with pytest.raises(FileExistsError):
        storage.create(path, b"two")
    assert storage.read_bytes(path) == b"one" and storage.files_below(folder) == ["a/b.bin"]


def test_a_file_is_created_where_links_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links is looked at first."""

    def refuse(*names: str) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    storage.create(f"{tmp_path}/x", b"one")
    with pytest.raises(FileExistsError):
        storage.create(f"{tmp_path}/x", b"two")
    assert storage.read_bytes(f"{tmp_path}/x") == b"one" and storage.files_below(str(tmp_path)) == ["x"]


def test_an_error_leaves_nothing(folder: str) -> None:
    """An error in the block leaves neither the target nor a part of it."""
    with pytest.raises(KeyError), storage.write_whole(storage.join(folder, "x")) as file:
        file.write(b"half")
        raise KeyError
    assert storage.files_below(folder) == []


def test_an_error_leaves_the_older_file(folder: str) -> None:
    """An error while a file is replaced leaves the older one as it was."""
    path = storage.join(folder, "x")
    put(path, b"old")
    with pytest.raises(KeyError), storage.write_whole(path) as file:
        file.write(b"new")
        raise KeyError
    assert (storage.read_bytes(path), storage.files_below(folder)) == (b"old", ["x"])


def test_the_target_is_absent_until_the_end(folder: str) -> None:
    """While the block runs, nothing stands under the target's name and no glob for shards finds the part."""
    path = storage.join(folder, "train.tar")
    with storage.write_whole(path) as file:
        file.write(b"x")
        assert not storage.exists(path)
        assert list(storage.find_files(storage.join(folder, "*.tar"))) == []
    assert list(storage.find_files(storage.join(folder, "*.tar"))) == [path]


def test_a_file_is_replaced(folder: str) -> None:
    """A second write replaces the first, also where the store refuses to rename onto a file."""
    path = storage.join(folder, "x")
    put(path, b"old and longer")
    put(path, b"new")
    assert (storage.read_bytes(path), storage.files_below(folder)) == (b"new", ["x"])


def test_no_codec_is_chosen_by_a_name(folder: str) -> None:
    """A `.gz` is read as the bytes that lie there, since offsets into archives mean those."""
    path = storage.join(folder, "a.warc.gz")
    data = gzip.compress(b"payload")
    put(path, data)
    assert storage.read_bytes(path) == data


def test_files_are_listed_in_order(folder: str) -> None:
    """Listings are sorted, hold files only, and go below folders."""
    for name in ("b/2", "a", "b/c/1", ".hidden"):
        put(storage.join(folder, name), b"")
    assert storage.files_below(folder) == [".hidden", "a", "b/2", "b/c/1"]
    assert list(storage.find_files(storage.join(folder, "b", "*"))) == [storage.join(folder, "b/2")]


PATTERNS = (
    "*", "*.gz", "b/*", "b/**", "**", "**/*.gz", "*/*.gz", "b/**/*.gz", "**/c/*", ".*", "b/?.gz",
    "b/[12].gz", "b/[!1].gz", "**.gz", "b/c/.h", "none/*", "a", "none", "b", "*/**/3.gz",
)  # fmt: skip


def test_patterns_mean_the_same_everywhere(folder: str, tmp_path: Path) -> None:
    """A pattern finds the same names in a store as the standard library's glob finds on disk."""
    names = ["a", "x.gz", ".hid.gz", "b/1.gz", "b/2.gz", "b/c/3.gz", "b/c/.h", "b/.d/4.gz", "c/c/c", "b/c2/c/5.gz"]
    local = tmp_path / "same"
    for name in names:
        put(storage.join(folder, "g", name), b"")
        put(str(local / name), b"")
    for pattern in PATTERNS:
        found = [path.removeprefix(storage.join(folder, "g/")) for path in storage.find_files(f"{folder}/g/{pattern}")]
        with_folders = glob.glob(pattern, root_dir=local, recursive=True)
        assert found == sorted(name for name in with_folders if (local / name).is_file()), pattern


NAMES = ("a b", "ü", "a#b", "a%20b", "a%b", "a?b", "a+b", "a&b=c", "日本", "'q'", "a*b", "~", "a[1]", "a:b")


def test_names_are_taken_as_they_stand(folder: str) -> None:
    """Signs that mean something in an address are part of a name, in reading, listing and removal."""
    for number, name in enumerate(NAMES):
        put(storage.join(folder, "odd", name), name.encode() * number)
    assert storage.files_below(storage.join(folder, "odd")) == sorted(NAMES)
    for number, name in enumerate(NAMES):
        path = storage.join(folder, "odd", name)
        assert storage.read_bytes(path) == name.encode() * number
        storage.remove(path)
    assert storage.files_below(folder) == []


def test_ranges(folder: str) -> None:
    """A range is what slices of the whole give: within, over the end, behind it, from the end, and of an empty file."""
    path = storage.join(folder, "x")
    put(path, bytes(range(100)))
    data = storage.read_bytes(path)
    for offset, length in ((0, 100), (10, 5), (95, 50), (100, 5), (500, 5), (0, 0)):
        assert storage.read_range(path, offset, length) == data[offset : offset + length]
    assert storage.read_range(path, -10, 10) == data[-10:]
    assert storage.read_range(path, -10, 4) == data[-10:-6]
    assert storage.read_range(path, -1000, 1000) == data
    put(path, b"")
    assert storage.read_range(path, 0, 10) == storage.read_range(path, -10, 10) == b""
    with pytest.raises(FileNotFoundError):
        storage.read_range(path + "none", -1, 1)


def test_an_empty_file(folder: str) -> None:
    """A file without a byte is there, in every way of asking."""
    path = storage.join(folder, "empty")
    put(path, b"")
    assert (storage.read_bytes(path), storage.size(path), storage.exists(path)) == (b"", 0, True)
    assert storage.digest(path) == hashlib.sha256(b"").hexdigest()
    assert list(storage.walk(folder)) == [("empty", 0)]
    with storage.open_for_reading(path) as file:
        assert (file.read(), file.read(5), file.seek(0, 2)) == (b"", b"", 0)


def test_a_walk_tells_sizes(folder: str) -> None:
    """A walk gives each name below a folder with its size; names that only begin like the folder are not below it."""
    for name in ("b/c/1", "a", "b/.2"):
        put(storage.join(folder, name), name.encode())
    put(folder + "x/none", b"")
    assert sorted(storage.walk(folder)) == sorted(storage.walk(folder + "/")) == [("a", 1), ("b/.2", 4), ("b/c/1", 5)]
    assert storage.is_file(storage.join(folder, "a")) and not storage.is_file(storage.join(folder, "b"))
    assert storage.exists(storage.join(folder, "b")) and storage.exists(storage.join(folder, "b/c"))
    assert not storage.exists(storage.join(folder, "b/d"))


def test_a_file_reads_like_a_file(folder: str) -> None:
    """Lines, pieces, seeks from all three places and other libraries' wrappers work as on a local file."""
    path = storage.join(folder, "lines")
    lines = [f"line {number}\n".encode() * 50 for number in range(1000)]
    put(path, b"".join(lines))
    with storage.open_for_reading(path) as file:
        assert file.seekable() and file.readable()
        assert list(file) == b"".join(lines).splitlines(keepends=True)
        assert (file.seek(-7, io.SEEK_END), file.read(), file.tell()) == (444_493, b"ne 999\n", 444_500)
        file.seek(10)
        assert file.seek(5, io.SEEK_CUR) == 15
        into = bytearray(9)
        assert file.readinto(into) == 9  # type: ignore[attr-defined]
        assert into == b"".join(lines)[15:24]
        assert (file.seek(1 << 30), file.read(5)) == (1 << 30, b"")
        file.seek(0)
        with io.TextIOWrapper(file, encoding="utf-8") as text:
            assert len(text.readlines()) == 50_000


@given(places=st.lists(st.tuples(st.integers(0, 3 << 20), st.integers(0, 2 << 20)), max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_reads_in_any_order(buckets: Buckets, places: list[tuple[int, int]]) -> None:
    """Whatever was read before, a read gives the bytes of its place."""
    storage.configure(buckets.s3())
    data = DATA
    path = f"s3://{buckets.new()}/x"
    put(path, data)
    with storage.open_for_reading(path) as file:
        for place, count in places:
            file.seek(place)
            assert file.read(count) == data[place : place + count]


def test_an_absent_file(folder: str) -> None:
    """An absent file cannot be read or sized, can be removed, and is listed nowhere."""
    path = storage.join(folder, "none")
    for act in (storage.read_bytes, storage.size, storage.digest):
        with pytest.raises(FileNotFoundError):
            act(path)
    storage.remove(path)
    assert not storage.exists(path)
    assert list(storage.find_files(path + "*")) == storage.files_below(path) == []


def test_removal_and_folders(folder: str) -> None:
    """A removed file is gone; making a folder twice is no error."""
    path = storage.join(folder, "sub", "x")
    storage.make_folder(storage.join(folder, "sub"))
    storage.make_folder(storage.join(folder, "sub"))
    put(path, b"x")
    storage.remove(path)
    assert storage.files_below(folder) == []


def test_a_bare_name_is_written_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a folder means the working directory."""
    monkeypatch.chdir(tmp_path)
    put("x", b"data")
    assert (tmp_path / "x").read_bytes() == b"data"


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_killed_writer_leaves_no_target(tmp_path: Path) -> None:
    """After kill -9 in the middle of a write the older file stands, and the part has a hidden name."""
    put(str(tmp_path / "x"), b"old")
    code = """
import os, signal, sys
from pipeline import storage
with storage.write_whole(sys.argv[1] + "/x") as file:
    file.write(bytes(3 << 20))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run_python(code, tmp_path).returncode == -signal.SIGKILL
    assert (tmp_path / "x").read_bytes() == b"old"
    part, target = storage.files_below(str(tmp_path))
    assert target == "x"
    assert part.startswith(".x.") and part.endswith(storage.PARTIAL_SUFFIX)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """Where storage refuses the bytes, the error comes through and no file stays, on a write and on the last flush."""
    code = """
import resource, signal, sys
from pipeline import storage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for size in (200_000, 4 << 20):
    try:
        with storage.write_whole(sys.argv[1] + "/x") as file:
            file.write(bytes(size))
    except OSError as error:
        print(error.errno, storage.files_below(sys.argv[1]))
"""
    done = run_python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("27 []\n27 []\n", "")


def test_a_disk_that_fails_names_the_file() -> None:
    """The system does not say which file it was reading; Linux gives an input/output error for page 0 of a process's memory."""
    for act in (storage.read_bytes, storage.digest):
        with pytest.raises(OSError, match=r"Input/output error: '/proc/self/mem'"):
            act("/proc/self/mem")
    with storage.open_for_reading("/proc/self/mem") as file, pytest.raises(OSError, match=r"'/proc/self/mem'"):
        file.read(5)


def test_a_write_that_fails_names_the_file(tmp_path: Path) -> None:
    """By the name that it was to have."""
    code = """
import resource, sys
from pipeline import storage
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with storage.write_whole(sys.argv[1] + "/x") as file:
        file.write(bytes(4 << 20))
except OSError as error:
    print(error.filename == sys.argv[1] + "/x")
"""
    assert run_python(code, tmp_path).stdout == "True\n"


def test_no_memory_is_taken_for_more_than_there_is(tmp_path: Path) -> None:
    """A reader may ask for far more than a file has."""
    put(str(tmp_path / "x"), b"data")
    code = """
import resource, sys
from pipeline import storage
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
print(storage.read_range(sys.argv[1] + "/x", 1, 1 << 31), storage.read_range(sys.argv[1] + "/x", -1, 1 << 31))
"""
    assert run_python(code, tmp_path).stdout == "b'ata' b'a'\n"


def test_beam_stays_out() -> None:
    """Storage does not import Beam, which costs a second."""
    code = "import sys; from pipeline import storage; storage.exists('/'); print('apache_beam' in sys.modules)"
    assert run_python(code, ROOT).stdout == "False\n"


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_the_digest_is_of_all_that_was_written(pieces: list[bytes]) -> None:
    """The running size and digest are those of the pieces put together, for bytes and for Arrow buffers."""
    out = io.BytesIO()
    writer = storage.HashingWriter(out)
    for number, piece in enumerate(pieces):
        assert writer.write(pa.py_buffer(piece) if number % 2 else piece) == len(piece)
    whole = b"".join(pieces)
    assert (out.getvalue(), writer.tell(), writer.sha256()) == (whole, len(whole), hashlib.sha256(whole).hexdigest())
