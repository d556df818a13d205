"""Storage: files appear whole or not at all, locally and behind a scheme."""

import gzip
import hashlib
import io
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import storage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["local", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder to write to: once on disk, once behind a scheme that Beam serves."""
    if request.param == "local":
        return str(tmp_path)
    from tests.support import memory_files

    memory_files.FILES.clear()
    return "memory://bucket/run"


def put(path: str, data: bytes) -> None:
    with storage.write_whole(path) as file:
        file.write(data)


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
        assert storage.list_files(storage.join(folder, "*.tar")) == []
    assert storage.list_files(storage.join(folder, "*.tar")) == [path]


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
    assert storage.list_files(storage.join(folder, "b", "*")) == [storage.join(folder, "b/2")]


def test_an_absent_file(folder: str) -> None:
    """An absent file cannot be read or sized, can be removed, and is listed nowhere."""
    path = storage.join(folder, "none")
    for act in (storage.read_bytes, storage.size, storage.digest):
        with pytest.raises(FileNotFoundError):
            act(path)
    storage.remove(path)
    assert not storage.exists(path)
    assert storage.list_files(path + "*") == storage.files_below(path) == []


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


def test_beam_stays_out_of_local_work() -> None:
    """Importing storage and using local paths does not import Beam, which costs a second."""
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
