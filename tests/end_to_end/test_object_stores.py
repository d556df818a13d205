"""The commands with everything in a bucket: killed and given again, against an earlier run, clean of a task, taken down, looked at."""

import gzip
import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.cli import main
from pipeline import storage, web_turns
from tests.end_to_end.test_against import NEAR, crawls
from tests.support.buckets import Asked, Buckets, web_server
from tests.support.runs import SAMPLE
from tests.support.shared_data import ROOT
from tests.support.web import SITE, passage
from transforms.fetch.turns import RANGES

# The command, with a unit for each archive however small.
TRIPTYCH = (
    "import sys, pipeline.plan as plan; plan.SMALL_BYTES = 1; from jobs.cli import main; sys.exit(main(sys.argv[1:]))"
)
QUESTION = {"id": "q1", "text": " ".join(passage(4, 300).split()[20:60])}  # of a page of the second crawl
SETTINGS = [word for setting in NEAR for word in ("--set", setting)]


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Runs of this process have a unit for each archive too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.plan.SMALL_BYTES", 1)
        yield


def files_of(root: str) -> dict[str, str]:
    """The digests of the shards of a run by name, which are those of the manifest."""
    manifest = json.loads(storage.read_bytes(f"{root}/manifest.json"))
    held = {shard["name"]: storage.digest(f"{root}/{shard['name']}") for shard in manifest["shards"]}
    assert held == {shard["name"]: shard["sha256"] for shard in manifest["shards"]}
    return held


def chain(root: str, *settings: str, first: Any = main) -> list[Any]:
    """What a user does with two crawls, and what is there at the end."""

    def did(*words: str) -> None:
        assert main([*words, *settings]) == 0, words

    run = ["run", "--recipe", "raw", *SETTINGS, "--quiet", "--tasks", f"{root}/quiz.task"]
    did("index-task", "quiz", f"{root}/quiz.jsonl", "--ngram", "13", "--output", f"{root}/quiz.task")
    first([*run, "--input", f"{root}/in/one/*.warc.gz", "--output", f"{root}/first", *settings])
    did(*run, "--input", f"{root}/in/two/*.warc.gz", "--output", f"{root}/second", "--against", f"{root}/first")
    found = [files_of(f"{root}/first"), files_of(f"{root}/second")]
    for name in ("first", "second"):
        did("verify", f"{root}/{name}")
        did("inspect", "--json", f"{root}/{name}")
    did("forget", "--urls", f"{root}/urls", f"{root}/first")
    did("verify", f"{root}/first")
    return [*found, files_of(f"{root}/first")]


def children(pid: int) -> list[int]:
    """The worker processes of a driver."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    found = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    return [child for child in found if b"sdk_worker_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


class Killed:
    """The first run of a chain: a worker is killed in its mid, then, given again, the driver; given again, it ends."""

    def __init__(self, buckets: Buckets) -> None:
        self.buckets = buckets
        self.process: subprocess.Popen[str] | None = None
        self.ends: list[int] = []

    def __call__(self, words: list[str]) -> None:
        """Run it so."""
        for kill in (self.worker, self.driver, None):
            self.buckets.refuse = kill
            command = [sys.executable, "-c", TRIPTYCH, *words, "--workers", "2"]
            with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as self.process:
                _, said = self.process.communicate()
            self.ends.append(self.process.returncode)
            if kill == self.worker:
                assert "the same command goes on from what is finished" in said, said
        assert self.ends == [2, -signal.SIGKILL, 0], said

    def worker(self, asked: Asked) -> bool:
        """Kill a worker where the first unit is being staged."""
        if asked.method == "PUT" and "/units/" in asked.path:
            self._kill(children(self._pid()))
        return False

    def driver(self, asked: Asked) -> bool:
        """Kill the driver where a shard is being written."""
        if asked.method == "PUT" and asked.path.endswith(".parquet") and "/text/" in asked.path:
            self._kill([self._pid()])
        return False

    def _pid(self) -> int:
        assert self.process
        return self.process.pid

    def _kill(self, pids: list[int]) -> None:
        self.buckets.refuse = None
        for pid in pids:
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def local(_small: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A folder with two crawls, and what the commands make of them there."""
    local = tmp_path_factory.mktemp("local")
    crawls(local / "in")
    (local / "in" / "one" / "sample.warc.gz").write_bytes(SAMPLE.read_bytes())
    (local / "quiz.jsonl").write_text(json.dumps(QUESTION) + "\n")
    (local / "urls").write_text(f"{SITE}one/a\n")
    given = sorted(path for path in local.rglob("*") if path.is_file())
    (local / "given").write_text("".join(f"{path.relative_to(local)}\n" for path in given))
    return local, chain(str(local))


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_commands_in_a_bucket_do_what_they_do_on_a_disk(
    scheme: str,
    buckets: Buckets,
    local: tuple[Path, list[Any]],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """All files are equal, byte for byte, though a worker and then the driver of the first run were killed."""
    folder, expected = local
    settings = buckets.s3() if scheme == "s3" else buckets.gs(tmp_path)
    root = f"{scheme}://{buckets.new()}/work"
    storage.configure(settings)
    for name in (folder / "given").read_text().splitlines():
        with storage.write_whole(f"{root}/{name}") as file:
            file.write((folder / name).read_bytes())
    given = [word for key, value in settings.items() for word in ("--storage", f"{key}={value}")]
    killed = Killed(buckets)
    assert chain(root, *given, first=killed) == expected
    assert "5 of 7 shards changed" in capfd.readouterr().out


def test_archives_of_a_web_server_that_a_list_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run over them is the run over the files, though the server is busy now and then; it is asked for two things at once at most."""
    times = ("least", "most", "longest", "window", "stop")
    monkeypatch.setattr(web_turns, "TERMS", replace(RANGES, **{name: getattr(RANGES, name) / 10_000 for name in times}))
    monkeypatch.setattr(web_turns, "places_folder", lambda: str(tmp_path / "places"))
    crawls(tmp_path / "in")
    paths = sorted(path.relative_to(tmp_path / "in") for path in (tmp_path / "in").rglob("*.gz"))
    run = ["run", "--recipe", "raw", "--quiet", "--output"]
    assert main([*run, str(tmp_path / "local"), "--input", str(tmp_path / "in")]) == 0
    with web_server() as web:
        web.files |= {f"/{path}": (tmp_path / "in" / path).read_bytes() for path in paths}
        web.files["/warc.paths.gz"] = gzip.compress("\n".join(map(str, paths)).encode())
        web.failures = 2
        named = ["--inputs-from", f"{web.address}/warc.paths.gz", "--archives", f"{web.address}/"]
        assert main([*run, str(tmp_path / "web"), *named]) == 0, capfd.readouterr().err
        assert (web.failures, web.most_at_once <= 2) == (0, True)
    assert (tmp_path / "web" / "manifest.json").read_bytes() == (tmp_path / "local" / "manifest.json").read_bytes()


def test_a_login_in_an_address_is_told_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It goes to its server and into no file, log or message, whether a command or a list names it, and whether it is right or wrong."""
    monkeypatch.setattr(web_turns, "places_folder", lambda: str(tmp_path / "places"))
    output, listed = tmp_path / "out", tmp_path / "list"
    with web_server() as web:
        web.login = "me@here:hush hush"
        web.files |= {f"/{name}.warc.gz": SAMPLE.read_bytes() for name in "ab"}
        address = web.address.replace("://", "://me%40here:hush%20hush@")
        listed.write_text(f"{address}/b.warc.gz\n")
        words = ["--input", f"{address}/a.warc.gz", "--inputs-from", str(listed), "--corpora", "text"]
        assert main(["plan", *words, "--output", str(output)]) == 0
        assert main(["submit", *words, "--output", str(output), "--print-only"]) == 0
        printed = capfd.readouterr()
        assert f"--input {web.address}/a.warc.gz " in printed.out
        assert f"left out, to be given where the command runs: the login of {web.address}" in printed.err
        assert main(["run", *words, "--output", str(output)]) == 0
        for wrong in (
            ["--input", f"{address}/c.warc.gz"],
            ["--input", f"{web.address.replace('//', '//me:hush@')}/a.warc.gz"],
            ["--input", f"{web.address}/a.warc.gz"],
            ["--input", f"{address}/a.warc.gz", "--runner", "flink", "--master", "http://me:hush@localhost:1"],
        ):
            assert main(["run", *wrong, "--output", str(tmp_path / "none")]) == 2
        assert main(["run", "--input", "s3://key:hush@bucket/a.warc.gz", "--output", str(tmp_path / "none")]) == 2
        said = "".join([*printed, *capfd.readouterr()])
    assert "does not take the login" in said and "no keys" in said and "--master takes no login" in said
    assert f"wants a login: say {web.address.replace('//', '//USER:PASSWORD@')}/a.warc.gz" in said
    files = [path.read_bytes() for path in output.rglob("*") if path.is_file()]
    assert files
    for secret in (b"hush", b64encode(web.login.encode())):
        assert not any(secret in data for data in [*files, said.encode()])
