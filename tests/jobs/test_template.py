"""The Flex template: its parameters are those of the command line, and mean the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import template
from jobs.cli import parsers, split
from pipeline import storage
from tests.support.buckets import emulator
from tests.support.dataflow_service import BUCKET, Service
from tests.support.dataflow_service import dataflow as serving
from tests.support.runs import SAMPLE
from tests.support.shared_data import ROOT

METADATA = ROOT / "deploy" / "dataflow" / "metadata.json"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A stand-in for Dataflow; what a test sets up for storage ends with it."""
    with serving(monkeypatch) as found:
        yield found
    storage.configure({})


def test_metadata_is_that_of_the_command_line() -> None:
    """Made by: python -m jobs.template > deploy/dataflow/metadata.json"""
    assert json.loads(METADATA.read_text()) == template.metadata()


def test_every_argument_is_a_parameter_or_the_launchers() -> None:
    """An argument that comes to `submit` must be put on one side or the other."""
    launchers = {"project", "region", "temp", "workers", "runner"}
    others = {"master", "worker-env", "package", "shared"}  # of other engines, or files of whoever submits
    fetching = {"images", "agent", "delay", "resolve", "allow-address"}  # takes turns of jobs, which submit refuses
    printing = {"help", "json", "quiet", "print-only"}
    known = {option.removeprefix("--") for option in parsers()[1]["submit"]._option_string_actions if len(option) > 2}
    assert known == set(template.TAKEN) | launchers | others | fetching | printing


def test_parameters_mean_what_the_command_line_says() -> None:
    """Words of a text part as in a shell; what is no parameter goes to Beam."""
    given = ["--input=gs://a/*.gz 'gs://b/two words.gz'", "--output=gs://c/out", "--image=host/w:1", "--stage=decide"]
    given += [
        '--set=text.rules.x=1 \'text.formats=["parquet", "webdataset"]\'',
        "--runner=DataflowRunner",
        "--project=p",
    ]
    own, beams = split(template.command(given))
    args = parsers()[0].parse_args(own)
    assert args.input == ["gs://a/*.gz", "gs://b/two words.gz"]
    assert args.settings == ["text.rules.x=1", 'text.formats=["parquet", "webdataset"]']
    assert (args.stage, args.output, args.runner, args.image) == ("decide", "gs://c/out", "dataflow", "host/w:1")
    assert beams == ["--runner=DataflowRunner", "--project=p"]


def test_the_launcher_gets_one_graph(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As Google's launcher calls it: the job is written where that wants it, nothing is handed over and nothing waited for."""
    with emulator() as buckets:
        known = buckets.gs(tmp_path)
        storage.configure(known)
        root = f"gs://{buckets.new()}"
        with storage.write_whole(f"{root}/crawl/sample.warc.gz") as file:
            file.write(SAMPLE.read_bytes())
        words = [f"--input={root}/crawl/*.warc.gz", f"--output={root}/out", "--image=host/w:1"]
        words.append("--storage=" + " ".join("=".join(pair) for pair in known.items()))
        words += ["--runner=DataflowRunner", "--project=my-proj", "--region=europe-west4", "--job_name=by-hand"]
        words += [f"--temp_location=gs://{BUCKET}/tmp", f"--staging_location=gs://{BUCKET}/staging"]
        words += [f"--template_location=gs://{BUCKET}/launches/job_object", *service.options()]
        assert template.main(words) == 0
    assert not service.jobs
    assert "extract: a job, which its launcher begins, was accepted" in capsys.readouterr().out
    job = json.loads(service.staged(f"gs://{BUCKET}/launches/job_object"))
    assert job["name"] == "by-hand"
    assert job["labels"]["triptych-step"] == "extract"
    assert job["environment"]["workerPools"][0]["sdkHarnessContainerImages"][0]["containerImage"] == "host/w:1"
