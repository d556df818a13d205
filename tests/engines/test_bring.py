"""The cache of engines: whole or not at all, made once by two processes at a time, and one line for what cannot be had."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines import bring, cache, jars, tools, whole_runs
from tests.support.shared_data import ROOT


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with nothing in it."""
    monkeypatch.setenv("TRIPTYCH_ENGINES", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_part_is_there_whole_or_not_at_all(empty_cache: Path) -> None:
    """What failed leaves no folder of the name, and what it left half made is gone from the next one."""

    def fail(part: Path) -> None:
        (part / "half").touch()
        raise tools.LackError("no network")

    with pytest.raises(tools.LackError):
        cache.Part("engine-1", fail).bring()
    assert not (empty_cache / "engine-1").exists()
    whole = cache.Part("engine-1", lambda part: (part / "whole").touch()).bring()
    assert whole == empty_cache / "engine-1" and [path.name for path in whole.iterdir()] == ["whole"]


def test_two_processes_make_a_part_once(tmp_path: Path) -> None:
    """The second waits for the first, and finds it made."""
    code = (
        "import sys; from tests.engines.cache import Part\n"
        "def make(part):\n"
        "    open(sys.argv[1], 'a').write('made\\n')\n"
        "    sys.stdin.read()\n"
        "Part('engine-1', make).bring()"
    )
    log = tmp_path / "log"
    both = [subprocess.Popen([sys.executable, "-c", code, str(log)], cwd=ROOT, stdin=subprocess.PIPE) for _ in range(2)]
    while not log.exists():
        time.sleep(0.05)
    for process in both:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait() for process in both] == [0, 0]
    assert log.read_text() == "made\n"


def test_what_is_missing_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A machine without Java, Maven, Go and a network: a line for each engine, and status 1; an engine that is none: status 2."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert bring.main([]) == 1
    told = capfd.readouterr().err.splitlines()
    assert told[:3] == [
        "bring: spark cannot be had: `java` is not on the PATH (a Java runtime, 17)",
        "bring: flink cannot be had: `java` is not on the PATH (a Java runtime, 17)",
        "bring: prism cannot be had: `go` is not on the PATH (the Go tools)",
    ]
    assert len(told) == 4 and re.match(r"bring: dataflow cannot be had: `.* -m pip install .* failed", told[3])
    assert bring.main(["storm"]) == 2


def test_a_tool_that_fails_is_told_in_one_line() -> None:
    """What it said of its error stands in the line."""
    with pytest.raises(tools.LackError, match=r"^`sh -c .* failed \(is there a network\?\): ERROR: no such host$"):
        tools.call(["sh", "-c", "echo working; echo ERROR: no such host; exit 1"])


def test_a_manifest_has_lines_that_java_reads() -> None:
    """No line is longer than 72 bytes, and put together they name each jar in its order."""
    names = [f"jars/a-jar-of-some-length-{number}.jar" for number in range(30)]
    lines = jars.manifest("org.example.Main", names).decode().split("\r\n")
    assert max(map(len, lines)) <= 72
    assert "".join(line.removeprefix(" ") for line in lines).endswith("Class-Path: " + " ".join(names))


def test_an_absent_engine_skips_a_test_or_fails_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails only where engines are required and cannot be had."""
    monkeypatch.delenv(whole_runs.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"prism is not in .*: `make engines` brings it"):
        whole_runs.engine("prism")
    monkeypatch.setenv(whole_runs.REQUIRED, "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="prism cannot be had: `go` is not on the PATH"):
        whole_runs.engine("prism")
