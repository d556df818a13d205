"""Jobs on Dataflow, as far as a stand-in for its service shows: what is handed over, found again, and told when it fails."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

from pipeline import clients, engine, storage
from pipeline.engines.dataflow_job import Accepted
from pipeline.engines.failure import EngineError
from pipeline.engines.job import Submitted
from pipeline.engines.left_running import LeftRunning
from pipeline.engines.settings import EngineSettings
from pipeline.layout import StagingFolder
from pipeline.plan import Request
from pipeline.run import run
from pipeline.stage.beam import Extract, ExtractJob
from schemas.outcomes import VerificationError
from tests.support.buckets import Buckets
from tests.support.dataflow_service import BUCKET, Service, end, run_here
from tests.support.dataflow_service import dataflow as serving
from tests.support.runs import recipe, run_on, shard_digests, two_archives
from tests.support.shuffles import assert_no_payload, watched
from tests.support.steps import graph, grouped, steps_of

IMAGE = "europe-docker.pkg.dev/my-proj/triptych/worker:1"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The stand-in, which says of each job that it is done."""
    with serving(monkeypatch) as found:
        yield found


Ask = Callable[..., EngineSettings]


@pytest.fixture
def asked(service: Service, buckets: Buckets, tmp_path: Path) -> Ask:
    """What the user gives, and the stand-in's address; what is written goes to a bucket of its own."""
    known = buckets.gs(tmp_path)
    storage.configure(known)
    root = f"gs://{buckets.new()}"

    def ask(*options: str, **changes: Any) -> EngineSettings:
        given = {"project": "my-proj", "region": "europe-west4", "temp": f"gs://{BUCKET}/tmp", "image": IMAGE}
        given |= {"output": f"{root}/one", "beam_options": (*service.options(), *options)}
        return EngineSettings("dataflow", **(given | changes))

    return ask


def extract_step() -> Extract:
    """A step of the graph that a run hands over; its inputs are never read here."""
    folder = StagingFolder("gs://corpora/one/staging")
    return Extract(ExtractJob("gs://crawl", folder, recipe("kosmos1").measuring, 7, {}))


def submitted(
    service: Service, settings: EngineSettings, transform: beam.PTransform | None = None, step: str = "extract"
) -> dict[str, Any]:
    """The job that arrives."""
    engine.run(transform or extract_step(), settings, step)
    return list(service.jobs.values())[-1]


def test_what_a_job_has_set(service: Service, asked: Ask) -> None:
    """Machine, ceiling, disk, image, one thread and one vCPU a process, name, labels and options arrive."""
    job = submitted(service, asked(workers=20))
    assert job["name"].startswith("triptych-extract-one-")
    assert job["labels"] == {"triptych-step": "extract", "triptych-run": job["name"].removeprefix("triptych-extract-")}
    (pool,) = job["environment"]["workerPools"]
    assert pool["machineType"] == "n2-standard-8"
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 3
    assert (pool["diskSizeGb"], pool["numThreadsPerWorker"]) == (50, 1)
    (image,) = pool["sdkHarnessContainerImages"]
    assert (image["containerImage"], image["useSingleCorePerContainer"]) == (IMAGE, True)
    assert "ipConfiguration" not in pool
    assert {"shuffle_mode=service", "use_multiple_sdk_containers"} <= set(job["environment"]["experiments"])
    assert job["environment"]["tempStoragePrefix"].startswith("storage.googleapis.com/scratch/tmp/temp/")


def test_the_users_words_win(service: Service, asked: Ask) -> None:
    """Machine, addresses and shuffle are as Beam's own options say."""
    given = ("--machine_type=n2-highmem-4", "--no_use_public_ips", "--experiments=shuffle_mode=appliance")
    job = submitted(service, asked(*given, "--disk_size_gb=100", workers=20))
    (pool,) = job["environment"]["workerPools"]
    assert (pool["machineType"], pool["autoscalingSettings"]["maxNumWorkers"]) == ("n2-highmem-4", 5)
    assert (pool["ipConfiguration"], pool["diskSizeGb"]) in (("WORKER_IP_PRIVATE", 100), (2, 100))
    assert "shuffle_mode=service" not in job["environment"]["experiments"]


def test_what_a_graph_says(service: Service, asked: Ask, tmp_path: Path) -> None:
    """Of each step: one environment, a hint of memory where it is heavy, the groups that laws 2 and 9 are tested on, and few bytes."""
    from apache_beam.portability.api import beam_runner_api_pb2

    hint = {"beam:resources:min_ram_bytes:v1": b"20000000000"}
    known = {"extract": (20_000, hint), "decide": (200_000, hint), "emit": (20_000, {})}
    for (step, (size, hints)), transform in zip(known.items(), steps_of(tmp_path), strict=True):
        raw = service.graph(submitted(service, asked(), transform, step))
        assert len(raw) < size
        proto = beam_runner_api_pb2.Pipeline.FromString(raw)
        (environment,) = proto.components.environments.values()
        assert environment.resource_hints == hints
        assert grouped(proto) == grouped(graph(transform))


def test_packages_are_staged(service: Service, asked: Ask, tmp_path: Path) -> None:
    """A wheel goes to the staging folder, byte by byte, and is named in the job."""
    wheel = tmp_path / "triptych-9.9-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    job = submitted(service, asked(image="", packages=(str(wheel),)))
    packages = job["environment"]["workerPools"][0]["packages"]
    places = {each["name"]: each["location"] for each in packages}
    assert service.staged("gs://" + places[wheel.name].partition("/")[2]) == b"a wheel"


def test_a_job_that_runs_is_found(service: Service, asked: Ask) -> None:
    """By the note in the folder that it writes, else by its name: the same step of the same run is handed over once."""
    service.work = lambda service, job: None
    first = without_waiting(asked(detached=("extract",)))
    assert not first.found
    for noted, service.conflicts in ((True, True), (False, False), (False, True)):
        if not noted:
            LeftRunning(asked().output, "extract").forget()
        again = without_waiting(asked(detached=("extract",)))
        assert (again.job, again.found) == (first.job, True)
    assert list(service.jobs) == [first.job]
    other = without_waiting(asked(detached=("extract",), output=asked().output + "2"))
    assert (other.found, len(service.jobs)) == (False, 2)


def test_a_job_that_ended_while_nobody_waited(service: Service, asked: Ask) -> None:
    """Its end is taken for that of the step, once; a failure is told, once; what Dataflow has forgotten is handed over anew."""
    service.work = lambda service, job: None
    job = without_waiting(asked(detached=("extract",)))
    end(service.jobs[job.job])
    assert heard(asked()) == [f"Dataflow: job {job.job}, which an earlier command began, at {job.page}"]
    second = without_waiting(asked(detached=("extract",)))
    assert (second.found, len(service.jobs)) == (False, 2)
    end(service.jobs[second.job], "JOB_STATE_FAILED", "no quota for N2_CPUS")
    with pytest.raises(EngineError, match=rf"no quota for N2_CPUS[^\n]*\nDataflow says more: .*{second.job}"):
        engine.run(extract_step(), asked(detached=("extract",)), "extract")
    third = without_waiting(asked(detached=("extract",)))
    del service.jobs[third.job]
    assert not without_waiting(asked(detached=("extract",))).found


def test_a_template_leaves_a_job_by_its_name(service: Service, asked: Ask, tmp_path: Path) -> None:
    """There the launcher begins the job, so its id is not known to whoever made its graph."""
    given = ("--job_name=mine", f"--template_location={tmp_path / 'job.json'}")
    left = without_waiting(asked(*given, detached=("extract",)))
    assert (left.job, service.jobs) == ("", {})
    service.take(json.loads((tmp_path / "job.json").read_text()))
    end(next(iter(service.jobs.values())))
    assert len(heard(asked(detached=("extract",)))) == 1
    assert len(service.jobs) == 1


def heard(settings: EngineSettings) -> list[str]:
    """What is told while a step runs to its end."""
    found: list[str] = []
    engine.run(extract_step(), settings, "extract", found.append)
    return found


def without_waiting(settings: EngineSettings) -> Submitted:
    """What is known of a job that was handed over."""
    with pytest.raises(Submitted) as found:
        engine.run(extract_step(), settings, "extract")
    return found.value


def test_a_job_that_fails_names_its_page(service: Service, asked: Ask) -> None:
    """What Dataflow says, and where to look; what is no bug is raised as what it was in the worker."""
    service.work = lambda service, job: end(job, "JOB_STATE_FAILED", "Workflow failed. Causes: no quota for N2_CPUS")
    page = r"europe-west4/2026-11-27_00_00_00-1\?project=my-proj"
    with pytest.raises(EngineError, match=rf"no quota for N2_CPUS[^\n]*\nDataflow says more: .*{page}"):
        engine.run(extract_step(), asked(), "extract")
    raised = (
        "Error message from worker: generic::unknown: Traceback (most recent call last):\n"
        '  File "x.py", line 1, in process\n'
        "schemas.outcomes.VerificationError: a shard is torn [while running 'Write-ptransform-17']\n\npassed through:\n==>\n  fnapi.cc"
    )
    service.work = lambda service, job: end(job, "JOB_STATE_FAILED", raised)
    with pytest.raises(VerificationError, match=r"^a shard is torn$"):
        engine.run(extract_step(), asked(), "extract")


def test_a_job_that_is_cancelled_or_refused(service: Service, asked: Ask) -> None:
    """Both are the cluster's, and no bug."""
    service.work = lambda service, job: end(job, "JOB_STATE_CANCELLED")
    with pytest.raises(EngineError, match=r"Dataflow failed in the step extract: .*CANCELLED"):
        engine.run(extract_step(), asked(), "extract")
    service.refusal = (403, "The caller does not have permission dataflow.jobs.create")
    with pytest.raises(EngineError, match=r"not accepted: 403 .*does not have permission"):
        engine.run(extract_step(), asked(), "extract")
    service.refusal = None
    with pytest.raises(EngineError, match=r"not accepted: the bucket of --temp gs://elsewhere"):
        engine.run(extract_step(), asked(temp="gs://elsewhere/tmp"), "extract")


def test_whoever_ends_the_wait_is_told_of_the_job(
    service: Service, asked: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job runs on, and the command that ends it is named."""
    service.work = lambda service, job: None

    class Signal(KeyboardInterrupt):
        """A signal that comes once the job runs."""

    def wait(work: Callable[[], object], watched: Any) -> None:
        monkeypatch.setattr(Accepted, "wait", lambda accepted: None)
        work()
        raise Signal

    monkeypatch.setattr(engine, "wait_for", wait)
    monkeypatch.setattr(engine.Engine, "abandoned", False)
    with pytest.raises(Signal) as raised:
        engine.run(extract_step(), asked(), "extract")
    (note,) = raised.value.__notes__
    assert note.endswith("gcloud dataflow jobs cancel 2026-11-27_00_00_00-1 --region=europe-west4 --project=my-proj")


def in_bucket(asked: Ask, inputs: list[str]) -> Request:
    """A run by Dataflow with everything in a bucket."""
    engine = asked()
    root = engine.output.removesuffix("/one")
    for path in inputs:
        with storage.write_whole(f"{root}/crawl/{Path(path).parent.name}/sample.warc.gz") as file:
            file.write(Path(path).read_bytes())
    known = dict(clients._PROCESS.settings)
    return Request((f"{root}/crawl/**/*.warc.gz",), engine.output, recipe("raw"), engine, storage=known)


def test_a_whole_run_whose_graphs_are_run_elsewhere(
    service: Service, asked: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All jobs of a run, each out of the graph that was staged, end with the shards of a local run, and group no payload.

    A job that is done and left nothing is no end of its step, which the error names; nothing was committed, so the run goes on there.
    """
    inputs = two_archives(tmp_path / "in")
    request = in_bucket(asked, inputs)
    shuffled = watched(monkeypatch)
    with pytest.raises(VerificationError, match=r"step extract has ended well, but it left no record in gs://"):
        run(request)
    service.work = lambda service, job: run_here(service, job) if "extract" in job["name"] else end(job)
    with pytest.raises(VerificationError, match=r"step decide has ended well, but it left no record in gs://"):
        run(request)
    service.work = run_here
    found = run(request)
    assert [job["labels"]["triptych-step"] for job in service.jobs.values()] == ["extract"] * 2 + ["decide"] * 2 + [
        "emit"
    ]
    passed = list(shuffled)
    assert shard_digests(found) == shard_digests(run_on(inputs, tmp_path / "out", recipe("raw")))
    assert_no_payload(passed, tmp_path / "out", found)
    assert max(len(service.graph(job)) for job in service.jobs.values()) < 200_000
