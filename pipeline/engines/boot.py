"""`triptych-worker`: starts a worker of a cluster in a Python environment, as the boot program of Beam's container does it in there.

The engine calls it with an id and the addresses of its services. It asks for the pipeline's options, fetches what was staged, installs it
into a folder of the job (once on a host), and becomes Beam's worker; where anything was installed, in a new process image that has that
folder first on its path. A worker whose engine has gone ends: an executor that is killed would leave its worker behind, writing beside
the one that takes its place.
"""

import argparse
import fcntl
import getpass
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

from apache_beam.portability.api import (
    beam_artifact_api_pb2,
    beam_artifact_api_pb2_grpc,
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    beam_runner_api_pb2,
    endpoints_pb2,
)
from apache_beam.runners.worker import sdk_worker_main

from pipeline.engines import lost_worker
from pipeline.engines.beam_libraries import grpc, json_format, text_format

ANSWER_SECONDS = 60  # for the engine to answer
LOOK_SECONDS = 1.0  # between two looks whether the engine is still there


def main(argv: Sequence[str] | None = None) -> None:
    """Become a worker. Ends with a message where no engine has called."""
    args = arguments(argv)
    if not args.provision_endpoint:
        sys.exit(
            "triptych-worker: an engine starts this program, with the addresses of its services (docs/clusters.md)"
        )
    metadata = [("worker_id", args.id)]
    stub = beam_provision_api_pb2_grpc.ProvisionServiceStub(grpc.insecure_channel(args.provision_endpoint))
    asked = beam_provision_api_pb2.GetProvisionInfoRequest()
    info = stub.GetProvisionInfo(asked, metadata=metadata, timeout=ANSWER_SECONDS).info
    artifacts = info.artifact_endpoint.url or args.artifact_endpoint
    folder, site = prepare(args.semi_persist_dir, artifacts, list(info.dependencies), metadata)
    environment = {
        **os.environ,
        "WORKER_ID": args.id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "SEMI_PERSISTENT_DIRECTORY": folder,
        "LOGGING_API_SERVICE_DESCRIPTOR": descriptor(info.logging_endpoint.url or args.logging_endpoint),
        "CONTROL_API_SERVICE_DESCRIPTOR": descriptor(info.control_endpoint.url or args.control_endpoint),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
        "PYTHONPATH": os.pathsep.join(filter(None, [site, os.environ.get("PYTHONPATH")])),
    }
    if info.HasField("status_endpoint"):
        environment["STATUS_API_SERVICE_DESCRIPTOR"] = descriptor(info.status_endpoint.url)
    # Some engines never read a worker's standard output: 64 KB of prints would stop it.
    os.dup2(2, 1)
    if site:  # the modules that were imported so far are not those that were installed
        os.execve(sys.executable, [sys.executable, "-c", f"from {serve.__module__} import serve; serve()"], environment)
    os.environ.update(environment)
    serve()


def serve() -> None:
    """Work as Beam's worker, as the environment says, until the engine has no more work or has gone."""
    engine = os.getppid()

    def watch() -> None:
        while os.getppid() == engine:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()
    with lost_worker.told(engine):
        sdk_worker_main.main([])


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What an engine calls with; what it says beyond that is passed over, as Beam's own program does."""
    parser = argparse.ArgumentParser(prog="triptych-worker", description="A worker; an engine starts it.")
    for name in ("id", "logging_endpoint", "artifact_endpoint", "provision_endpoint", "control_endpoint"):
        parser.add_argument(f"--{name}", default="")
    default = os.path.join(tempfile.gettempdir(), f"triptych-worker-{getpass.getuser()}")
    parser.add_argument("--semi_persist_dir", default=os.environ.get("TRIPTYCH_WORKER_DIR") or default)
    args = parser.parse_known_args(argv)[0]
    args.id = args.id.strip("'")  # Prism quotes it, for a shell that there is not
    return args


def descriptor(address: str) -> str:
    """An address as Beam's workers read it from their environment."""
    return str(text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=address)))


def prepare(root: str, endpoint: str, dependencies: list[Any], metadata: list[tuple[str, str]]) -> tuple[str, str]:
    """The folder of a job's staged files, and that of what was installed, "" where nothing was.

    The first worker of a host fills them, others wait for it.
    """
    key = hashlib.sha256(b"".join(sorted(one.SerializeToString() for one in dependencies))).hexdigest()[:16]
    folder = os.path.join(root, key)
    staged, site, done = (os.path.join(folder, name) for name in ("staged", "site", "done"))
    os.makedirs(staged, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if dependencies and not os.path.exists(done):
            install(fetch(endpoint, dependencies, staged, metadata), staged, site)
            with open(done, "w"):
                pass
    return folder, site if os.path.isdir(site) else ""


def fetch(endpoint: str, dependencies: Iterable[Any], folder: str, metadata: list[tuple[str, str]]) -> list[str]:
    """Write every staged file into the folder; their names."""
    channel = grpc.insecure_channel(endpoint, options=[("grpc.max_receive_message_length", -1)])
    stub = beam_artifact_api_pb2_grpc.ArtifactRetrievalServiceStub(channel)
    request = beam_artifact_api_pb2.ResolveArtifactsRequest(artifacts=dependencies)
    names = []
    for artifact in stub.ResolveArtifacts(request, metadata=metadata).replacements:
        role = beam_runner_api_pb2.ArtifactStagingToRolePayload.FromString(artifact.role_payload)
        name = os.path.basename(role.staged_name)
        with open(os.path.join(folder, name), "wb") as out:
            for chunk in stub.GetArtifact(
                beam_artifact_api_pb2.GetArtifactRequest(artifact=artifact), metadata=metadata
            ):
                out.write(chunk.data)
        names.append(name)
    return names


def install(names: Sequence[str], staged: str, site: str) -> None:
    """Install what was staged, in the order of Beam's container: requirements, packages, the pipeline's own source."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--target",
        site,
        "--find-links",
        staged,
    ]

    def run(*words: str) -> None:
        subprocess.run([*pip, *words], check=True, stdout=sys.stderr)

    if "requirements.txt" in names:
        run("-r", os.path.join(staged, "requirements.txt"))
    if "extra_packages.txt" in names:
        with open(os.path.join(staged, "extra_packages.txt")) as listed:
            for name in listed.read().split():
                run("--no-deps", os.path.join(staged, name))
    if "workflow.tar.gz" in names:
        run("--no-deps", os.path.join(staged, "workflow.tar.gz"))


if __name__ == "__main__":
    main()
