"""The remote half of storage: what each operation asks of a store, and that a failed write leaves nothing."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import object_store, storage, web_turns
from pipeline.clients import StorageError
from schemas.outcomes import UserError
from tests.support.buckets import Asked, Buckets, Web, web_server
from transforms.fetch.turns import RANGES

ROOT = Path(__file__).resolve().parents[2]
BIG = random.Random(1).randbytes(object_store.PART * 2 + 1000)


@pytest.fixture(params=["s3", "gs"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> str:
    """A folder in a new bucket of each store."""
    return f"{buckets.set_up(request.param, tmp_path)}/run"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Web]:
    """A web server with one file of 1,000 bytes, whose address has signs that a client might change; who is refused hardly waits."""
    times = ("least", "most", "window", "stop")
    monkeypatch.setattr(web_turns, "TERMS", replace(RANGES, **{name: getattr(RANGES, name) / 10_000 for name in times}))
    monkeypatch.setattr(web_turns, "places_folder", lambda: str(tmp_path / "places"))
    storage.configure({"retries": "1"})
    with web_server() as server:
        server.files["/a//b%2Fc.warc?x=1&y=%20"] = bytes(range(250)) * 4
        yield server
    storage.configure({})


def put(path: str, data: bytes) -> None:
    with storage.write_whole(path) as file:
        file.write(data)


def test_of_two_writers_of_one_name_the_store_lets_one(folder: str, buckets: Buckets) -> None:
    """Where there is nothing, and over one version, by one request; nothing is written over what somebody else wrote."""
    path = storage.join(folder, "lease")
    object_store.put_if(path, b"one", None)
    assert [(one.method, one.condition != "") for one in buckets.asked] == [("PUT", True)]
    with pytest.raises(FileExistsError):
        object_store.put_if(path, b"two", None)
    data, version = object_store.read_versioned(path)
    assert data == b"one"
    object_store.put_if(path, b"two", version)
    with pytest.raises(FileExistsError):
        object_store.put_if(path, b"three", version)
    assert storage.read_bytes(path) == b"two"
    _, version = object_store.read_versioned(path)
    storage.remove(path)
    with pytest.raises(FileExistsError):
        object_store.put_if(path, b"four", version)


def test_a_service_that_knows_no_conditions_is_asked_first(folder: str, buckets: Buckets) -> None:
    """Then two at the same moment may both write, but nobody writes over what was there before."""
    buckets.refuse = lambda asked: "501 Not Implemented" if asked.condition else False
    path = storage.join(folder, "lease")
    object_store.put_if(path, b"one", None)
    with pytest.raises(FileExistsError):
        object_store.put_if(path, b"two", None)
    object_store.put_if(path, b"three", object_store.read_versioned(path)[1])
    assert storage.read_bytes(path) == b"three"
    buckets.refuse = lambda asked: bool(asked.condition)
    with pytest.raises(StorageError, match="denied"):
        object_store.put_if(path, b"four", None)


def test_requests_of_each_operation(folder: str, buckets: Buckets) -> None:
    """One request an operation; two where a name may be a folder."""
    path = storage.join(folder, "x")
    costs: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: put(path, b"0123456789" * 100), ["PUT"]),
        (lambda: put(path, b""), ["PUT"]),
        (lambda: put(path, b"0123456789" * 100), ["PUT"]),
        (lambda: storage.read_bytes(path), ["GET"]),
        (lambda: storage.read_range(path, 10, 20), ["GET"]),
        (lambda: storage.read_range(path, -10, 10), ["GET"]),
        (lambda: storage.read_range(path, -5000, 5000), ["GET"]),
        (lambda: storage.read_range(path, 5000, 10), ["GET"]),
        (lambda: storage.size(path), ["HEAD"]),
        (lambda: storage.exists(path), ["HEAD"]),
        (lambda: storage.exists(folder), ["HEAD", "GET"]),
        (lambda: storage.exists(path + "none"), ["HEAD", "GET"]),
        (lambda: storage.digest(path), ["GET"]),
        (lambda: storage.files_below(folder), ["GET"]),
        (lambda: list(storage.find_files(folder + "/*")), ["GET"]),
        (lambda: storage.make_folder(folder + "/sub"), []),
        (lambda: storage.remove(path), ["DELETE"]),
        (lambda: storage.remove(path), ["DELETE"]),
    ]
    for number, (act, expected) in enumerate(costs):
        act()
        assert buckets.methods() == expected, number


def test_a_range_asks_for_itself(folder: str, buckets: Buckets) -> None:
    """The store is asked for the bytes that are wanted and for no others."""
    path = storage.join(folder, "x")
    put(path, bytes(5000))
    buckets.asked.clear()
    assert len(storage.read_range(path, 100, 4000)) == 4000
    assert len(storage.read_range(path, -64, 64)) == 64
    assert [one.range for one in buckets.asked] == ["bytes=100-4099", "bytes=-64"]


def asked_lengths(buckets: Buckets) -> list[int]:
    """Bytes that each ranged request asked for."""
    ends = [one.range.removeprefix("bytes=").split("-") for one in buckets.asked if one.range]
    return [int(end) - int(start) + 1 for start, end in ends]


def test_reads_here_and_there_are_small(folder: str, buckets: Buckets) -> None:
    """A read somewhere in a large file asks for about what was wanted, once; what is held is not asked for again."""
    path = storage.join(folder, "x")
    put(path, BIG)
    with storage.open_for_reading(path) as file:
        buckets.asked.clear()
        for place in (9_000_000, 100_000, 5_000_000):
            file.seek(place)
            assert file.read(3000) == BIG[place : place + 3000]
            assert file.read(2000) == BIG[place + 3000 : place + 5000]
        file.seek(1000)
        assert file.read(3_000_000) == BIG[1000:3_001_000]
    assert asked_lengths(buckets) == [object_store.FIRST] * 3 + [3_000_000]


def test_reading_on_asks_for_more_each_time(folder: str, buckets: Buckets) -> None:
    """Reading from front to back in small pieces soon costs one request for 8 MiB, and never more bytes at once."""
    path = storage.join(folder, "x")
    put(path, BIG)
    buckets.asked.clear()
    with storage.open_for_reading(path) as file:
        assert b"".join(iter(lambda: file.read(1000), b"")) == BIG
    lengths = asked_lengths(buckets)
    assert (max(lengths), sum(lengths), len(lengths)) == (object_store.AHEAD, len(BIG), 6)


def test_a_file_that_is_read_through_costs_few_requests(folder: str, buckets: Buckets) -> None:
    """Of a known size, a file is opened by no request, and what will be read front to back comes in pieces of 16 MiB, nothing twice, also
    where the reader goes back a little; behind it small pieces follow."""
    path = storage.join(folder, "x")
    start, end = 500_000, len(BIG) - 500_000
    put(path, BIG)
    buckets.asked.clear()
    with storage.open_for_reading(path, len(BIG), (start, end)) as file:
        assert file.seek(0, 2) == len(BIG)
        assert buckets.asked == []
        file.seek(start)
        assert file.read(300_000) == BIG[start : start + 300_000]
        file.seek(start + 1)
        while file.tell() < end:
            at = file.tell()
            assert file.read(250_000) == BIG[at : at + 250_000]
    assert [one.method for one in buckets.asked] == ["GET"] * len(buckets.asked)
    first, *behind = asked_lengths(buckets)
    assert first == end - start <= object_store.SCAN + object_store.SCAN // 8
    assert sum(behind) <= 250_000


def test_a_long_scan_is_cut_into_pieces(folder: str, buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are of SCAN bytes, and the last one of up to an eighth more; a read elsewhere asks for little."""
    monkeypatch.setattr(object_store, "SCAN", 80_000)
    monkeypatch.setattr(object_store, "_MOST", 90_000)
    path = storage.join(folder, "x")
    put(path, BIG[:400_000])
    buckets.asked.clear()
    with storage.open_for_reading(path, 400_000, (100_000, 345_000)) as file:
        assert file.read(10) == BIG[:10]
        file.seek(100_000)
        assert b"".join(iter(lambda: file.read(min(1000, 345_000 - file.tell())), b"")) == BIG[100_000:345_000]
    assert asked_lengths(buckets) == [object_store.FIRST, 80_000, 80_000, 85_000]


def test_an_object_that_changed_while_it_was_read(folder: str, buckets: Buckets) -> None:
    """Each answer tells the size of the object: another one than was planned is an error, and so is an object that has gone."""
    path = storage.join(folder, "x")
    put(path, bytes(1000))
    with (
        storage.open_for_reading(path, 999) as file,
        pytest.raises(StorageError, match="it had 999 bytes and has 1000"),
    ):
        file.read(10)
    storage.remove(path)
    with storage.open_for_reading(path, 1000) as file, pytest.raises(FileNotFoundError):
        file.read(10)


def test_a_large_file_is_sent_in_parts(folder: str, buckets: Buckets) -> None:
    """A large file is begun, sent in parts and ended; nothing is copied or deleted, and no other name appears."""
    path = storage.join(folder, "x")
    with storage.write_whole(path) as file:
        for start in range(0, len(BIG), 100_000):
            file.write(BIG[start : start + 100_000])
        assert not storage.exists(path)
    assert sorted(buckets.methods()) == sorted(["HEAD", "GET", "POST", "PUT", "PUT", "PUT", "POST"])
    assert storage.files_below(folder) == ["x"]
    assert (storage.read_bytes(path) == BIG, storage.digest(path)) == (True, file.sha256())


@pytest.mark.parametrize("size", [10, len(BIG)])
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, FileNotFoundError])
def test_an_error_leaves_the_older_object(folder: str, buckets: Buckets, size: int, error: type[BaseException]) -> None:
    """Whatever ends the block, the name keeps its older bytes, the upload is aborted, the error is the block's own."""
    path = storage.join(folder, "x")
    put(path, b"old")
    buckets.asked.clear()
    with pytest.raises(error) as caught, storage.write_whole(path) as file:
        file.write(bytes(size))
        raise error("of the block")
    assert caught.type is error
    assert buckets.methods()[-1:] == (["DELETE"] if size > object_store.PART else [])
    assert (storage.read_bytes(path), storage.files_below(folder)) == (b"old", ["x"])


FAULTS: dict[str, Callable[[Asked], bool]] = {
    "begin": lambda asked: asked.method == "POST" and "uploads" in asked.query,
    "part": lambda asked: "partNumber=2" in asked.query,
    "end": lambda asked: asked.method == "POST" and "uploadId" in asked.query,
    "whole": lambda asked: asked.method == "PUT" and not asked.query,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_fails_leaves_the_older_object(folder: str, buckets: Buckets, fault: str) -> None:
    """Where the store refuses a step of a write, the error names the path, and the older object stands."""
    path = storage.join(folder, "x")
    put(path, b"old")
    buckets.refuse = FAULTS[fault]
    with pytest.raises(StorageError, match=f"{path}: access is denied"), storage.write_whole(path) as file:
        file.write(BIG if fault != "whole" else b"new")
    buckets.refuse = None
    assert (storage.read_bytes(path), storage.files_below(folder)) == (b"old", ["x"])


def test_a_killed_writer_leaves_the_older_object(buckets: Buckets) -> None:
    """After kill -9 in the middle of a large write the older object stands. Settings come by AWS's variables here."""
    bucket = buckets.new()
    storage.configure(buckets.s3())
    put(f"s3://{bucket}/x", b"old")
    code = f"""
import os, signal
from pipeline import storage
with storage.write_whole("s3://{bucket}/x") as file:
    file.write(bytes({len(BIG)}))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | keys | {"AWS_ENDPOINT_URL_S3": buckets.endpoint},
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert any(one.method == "POST" for one in buckets.asked)
    assert list(storage.walk(f"s3://{bucket}")) == [("x", 3)]
    storage.configure({})


def test_a_long_listing(folder: str, buckets: Buckets) -> None:
    """A thousand names cost one request, and none is lost at the border of two pages."""
    names = [f"{number:04}" for number in range(2001)]
    buckets.fill(folder.split("/")[2], [f"run/{name}" for name in names], b"12")
    assert list(storage.walk(folder)) == [(name, 2) for name in names]
    assert buckets.methods() == ["GET"] * 3
    assert len(storage.find_files(folder + "/*1")) == 200
    assert buckets.methods() == ["GET"] * 3
    assert next(storage.walk(folder)) == ("0000", 2)
    assert buckets.methods() == ["GET"]


def test_marks_of_folders_are_no_files(folder: str, buckets: Buckets) -> None:
    """The empty object that some tools leave under a folder's own name is not listed below it."""
    bucket = folder.split("/")[2]
    buckets.put(f"{bucket}/run/", b"")
    assert (storage.files_below(folder), list(storage.find_files(folder + "/*"))) == ([], [])


def test_a_bucket_is_a_folder(folder: str) -> None:
    """A whole bucket can be listed and asked for, but is no file."""
    bucket = folder.removesuffix("/run")
    put(storage.join(folder, "x"), b"1")
    assert list(storage.walk(bucket)) == [("run/x", 1)]
    assert list(storage.find_files(bucket + "/*/x")) == [folder + "/x"]
    assert storage.exists(bucket) and not storage.is_file(bucket)
    with pytest.raises(FileNotFoundError):
        storage.read_bytes(bucket)


def test_a_moved_object_has_its_bytes(folder: str) -> None:
    """The store copies it under its new name, over what has that, and the old name is gone."""
    put(storage.join(folder, "x y"), b"new")
    put(storage.join(folder, "z"), b"older")
    storage.move(storage.join(folder, "x y"), storage.join(folder, "z"))
    assert (storage.read_bytes(storage.join(folder, "z")), storage.files_below(folder)) == (b"new", ["z"])


def test_a_missing_bucket_is_told(folder: str) -> None:
    """Listing, asking, writing and reading say that the bucket is missing, which is more than a missing file."""
    path = folder.replace("bucket", "nobucket") + "/x"
    for act in (storage.files_below, storage.exists, storage.read_bytes, storage.remove, lambda path: put(path, b"1")):
        with pytest.raises(StorageError, match=f"{path}: there is no such bucket"):
            act(path)


def test_a_dead_endpoint_is_told() -> None:
    """An endpoint where nothing answers is an error that names path and endpoint, after the tries asked for."""
    keys = {"s3.access_key_id": "a", "s3.secret_access_key": "b"}
    storage.configure({"s3.endpoint": "http://127.0.0.1:9", "retries": "0", **keys})
    with pytest.raises(StorageError, match=r"s3://b/x: .*127\.0\.0\.1:9.*see to the network"):
        storage.size("s3://b/x")
    storage.configure({})


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("hdfs://host/x", "there is no storage for hdfs://; paths are local, s3://"),
        ("memory://x", "there is no storage for memory://"),
        ("s3:///x", "the name of a bucket is missing"),
        ("gs://b/a//b", "an empty part"),
        ("s3://b/a/../b", "'..'"),
    ],
)
def test_paths_that_cannot_be_served(path: str, words: str) -> None:
    """A path of a strange kind is refused in words that say what is served."""
    for act in (storage.read_bytes, storage.exists, lambda path: put(path, b"")):
        with pytest.raises(UserError) as caught:
            act(path)
        assert words in str(caught.value)
    with pytest.raises(UserError, match="cannot be a pattern"):
        list(storage.find_files("s3://b*/x"))


def test_a_web_file_is_read_in_parts(web: Web) -> None:
    """A web file is read like any other; its address goes out as it stands, and each range is one request."""
    (name, data), *_ = web.files.items()
    path = web.address + name
    assert (storage.read_bytes(path), storage.size(path)) == (data, 1000)
    assert storage.read_range(path, 10, 20) == data[10:30]
    assert storage.read_range(path, -20, 10) == data[-20:-10]
    assert storage.read_range(path, 5000, 10) == b""
    assert (storage.exists(path), list(storage.find_files(path))) == (True, [path])
    with storage.open_for_reading(path) as file:
        file.seek(-5, 2)
        assert file.read() == data[-5:]
    assert [one.method for one in web.asked] == ["GET", "HEAD", "GET", "GET", "GET", "HEAD", "HEAD", "HEAD", "GET"]
    assert {one.path for one in web.asked} == {name}


def test_a_missing_web_file(web: Web) -> None:
    """A web file that is not there is missing like any other."""
    path = web.address + "/none"
    assert (storage.exists(path), list(storage.find_files(path))) == (False, [])
    for act in (storage.read_bytes, storage.open_for_reading, storage.digest):
        with pytest.raises(FileNotFoundError):
            act(path)


def test_a_busy_web_server_is_asked_again(web: Web) -> None:
    """A server that is busy once is asked again; one that stays busy is an error."""
    (name, data), *_ = web.files.items()
    web.failures = 1
    assert storage.read_bytes(web.address + name) == data
    web.failures = 1
    storage.configure({"retries": "0"})
    with pytest.raises(StorageError, match="503"):
        storage.read_bytes(web.address + name)


def test_a_web_server_without_ranges(web: Web) -> None:
    """A server that sends whole files only is told from one that serves parts, and its files can be read whole."""
    (name, data), *_ = web.files.items()
    web.ranges = False
    assert storage.read_bytes(web.address + name) == data
    with pytest.raises(StorageError, match="does not serve parts"):
        storage.read_range(web.address + name, 0, 10)


def test_the_web_is_not_written(web: Web) -> None:
    """Nothing is written to a web server, nothing taken away there, and none is listed."""
    path = web.address + "/x"
    for act in (lambda: put(path, b""), lambda: storage.remove(path)):
        with pytest.raises(UserError, match="only read"):
            act()
    with pytest.raises(UserError, match="cannot be listed"):
        storage.files_below(path)
    assert web.asked == []


def test_a_fork_is_told_not_hung(buckets: Buckets) -> None:
    """A process forked after storage was used gets an error at once; one that is spawned, or forked before, works."""
    bucket = buckets.new()
    code = f"""
import os
from pipeline import storage
def child():
    if pid := os.fork():
        return os.waitpid(pid, 0)[1]
    try:
        print(storage.exists("s3://{bucket}/x"), flush=True)
    except OSError as error:
        print(error, flush=True)
    os._exit(0)
child(), storage.exists("s3://{bucket}/x"), child()
"""
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    env = os.environ | keys | {"AWS_ENDPOINT_URL_S3": buckets.endpoint}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    first, second = done.stdout.splitlines()
    assert (first, done.stderr) == ("False", "")
    assert "before this process was forked" in second
