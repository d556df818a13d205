"""`triptych submit`: what it prints, what it leaves out, and where it refuses."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.cli import main, split
from pipeline import storage
from schemas.manifest import from_json
from tests.support.buckets import Buckets, emulator
from tests.support.dataflow_service import BUCKET, Service, run_here
from tests.support.dataflow_service import dataflow as serving
from tests.support.flink_rest import FlinkRest, flink_rest
from tests.support.runs import SAMPLE, recipe, run_on, shard_digests

FLINK = "127.0.0.1:8081"  # in place of which a test says where its stand-in is


@pytest.fixture
def flink() -> Iterator[str]:
    """The address of a stand-in for a Flink cluster, which is asked before anything else."""
    with flink_rest(FlinkRest()) as told:
        yield told.url.removeprefix("http://")


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    """What a test sets up for storage ends with it."""
    yield
    storage.configure({})


@pytest.mark.parametrize(
    ("given", "runner", "verb"),
    [
        ([], "FnApiRunner", "run"),
        (["--runner", "prism"], "PrismRunner", "run"),
        (["--runner", "spark", "--master", "spark://127.0.0.1:7077"], "SparkRunner", "run"),
        (
            ["--runner", "flink", "--master", FLINK, "--", "--job_endpoint=host:8099"],
            "FlinkRunner",
            "submit",
        ),
    ],
)
def test_the_whole_command_is_printed(
    given: list[str], runner: str, verb: str, flink: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a step, which a shell and our parser take apart again, with every option of Beam's; nothing is written."""
    own, beams = split([flink if word == FLINK else word for word in given])
    output = str(tmp_path / "a folder")
    words = ["submit", "--input", str(SAMPLE), "--output", output, "--workers", "2", "--print-only", *own]
    assert main([*words, "--", *beams]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [shlex.split(line)[1] for line in printed] == [verb] * 3
    for line, step in zip(printed, ("extract", "decide", "emit"), strict=True):
        told, options = split(shlex.split(line)[1:])
        assert (told[-2:], told[told.index("--output") + 1]) == (["--stage", step], output)
        assert f"--runner={runner}" in options
        assert set(beams) <= set(options)
    assert not (tmp_path / "a folder").exists()


def test_secrets_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of storage and of Beam's options, and the terminal says which."""
    secret = ["--storage", "s3.secret_access_key=hush", "--storage=s3.access_key_id=hush", "--storage", "retries=3"]
    words = ["submit", "--input", str(SAMPLE), "--output", str(tmp_path), *secret, "--print-only", "--stage", "emit"]
    beam = [
        "--s3_secret_access_key=hush",
        "--a_token",
        "hush",
        '--an_environment={"env": {"AWS_SECRET_ACCESS_KEY": "hush"}}',
    ]
    assert main([*words, "--", *beam, "--job_server_jvm_properties=-Dspark.hadoop.fs.s3a.secret.key=hush"]) == 0
    shown = capsys.readouterr()
    assert "hush" not in shown.out + shown.err
    assert "--storage retries=3" in shown.out
    left_out = [line.rpartition(": ")[2] for line in shown.err.splitlines()]
    assert left_out == [
        *("--a_token", "--an_environment", "--job_server_jvm_properties", "--s3_secret_access_key"),
        *("--storage s3.access_key_id", "--storage s3.secret_access_key"),
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "the local engine lives in this command"),
        (["--runner", "prism"], "Prism lives in this command"),
        (["--runner", "spark", "--master", "spark://127.0.0.1:7077"], "--job_endpoint=HOST:PORT"),
        (["--runner", "flink", "--master", FLINK], "--job_endpoint=HOST:PORT"),
        (["--images", "fetch", "--agent", "test (mail@example.org)"], "--images fetch takes turns"),
    ],
)
def test_where_no_job_can_be_left(
    given: list[str], why: str, flink: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, the reason, and nothing is written."""
    given = [flink if word == FLINK else word for word in given]
    assert main(["submit", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), *given]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A stand-in for Dataflow that runs what it is given."""
    with serving(monkeypatch) as found:
        found.work = run_here
        yield found


def test_step_by_step_to_the_end(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command hands over one job, and the last ends the run with the bytes of any other; a step out of turn is refused."""
    with emulator() as buckets:
        known = [word for pair in buckets.gs(tmp_path).items() for word in ("--storage", "=".join(pair))]
        words = by_dataflow(buckets, tmp_path)
        beams = ["--", *service.options()]
        assert main(["submit", *words, *known, "--stage", "decide", *beams]) == 2
        assert "what is to be done next is the step extract" in capsys.readouterr().err
        steps = []
        while True:
            assert main(["submit", *words, *known, "--json", *beams]) == 0
            told = json.loads(capsys.readouterr().out)
            if told["finished"]:
                break
            steps.append(told["step"])
            service.wait_for(told["job"])
        assert steps == ["extract", "decide", "emit"]
        assert len(service.jobs) == 3
        assert main(["submit", *words, *known, *beams]) == 0
        assert "is finished: no job was needed" in capsys.readouterr().out
        found = from_json(storage.read_bytes(f"{words[words.index('--output') + 1]}/manifest.json"))
    assert shard_digests(found) == shard_digests(run_on([str(SAMPLE)], tmp_path / "out", recipe("kosmos1")))


def by_dataflow(buckets: Buckets, folder: Path) -> list[str]:
    """The words of a run in a bucket, by Dataflow."""
    storage.configure(buckets.gs(folder))
    root = f"gs://{buckets.new()}"
    with storage.write_whole(f"{root}/crawl/sample.warc.gz") as file:
        file.write(SAMPLE.read_bytes())
    place = ["--project", "my-proj", "--region", "europe-west4", "--temp", f"gs://{BUCKET}/tmp", "--image", "host/w:1"]
    return ["--input", f"{root}/crawl/*.warc.gz", "--output", f"{root}/out", "--runner", "dataflow", *place]
