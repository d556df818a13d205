"""Runs on clusters of several hosts, which are name spaces of this machine (benchmarks/hosts.py): `python -m benchmarks.engines_hosts`.

    engines_hosts.py --work DIR --engine spark|flink|array [--on shared|s3] [--package] [--lose worker|master|driver] [-- BEAM OPTIONS]

Four hosts (driver, master, worker1, worker2), and a fifth for a store that speaks S3. With `shared` inputs and output lie in a folder that
all see, as on NFS; with `s3` in the store. Else hosts have in common the packages of this environment, an environment for workers with the
wheel of the checkout (with `--package` a spoilt one, and the wheel is sent), and the engines (`make engines`). The input is eight copies of
the sample. Told is how the run ended, and whether all files outside staging and the accounts are those of the local engine. `--lose` takes
a host away while pages are parsed, with all that runs there and without a word, and brings it back; where the run has ended by that, the
same command is given again. `array` runs two shares on the workers at once, and the command behind them. It needs root; DIR is outside of
/tmp.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hosts import Host, Hosts, hosts
from tests.engines import bring
from tests.engines.archives import archives
from tests.engines.cluster_env import SPOILT, make_environment
from tests.engines.flink_cluster import EXPORTS, configuration
from tests.engines.flink_cluster import OPENS as FLINK_OPENS
from tests.engines.spark_cluster import MEMORY, OPENS
from tests.engines.whole_runs import digests
from tests.support.runs import manifest_json
from tests.support.shared_data import ROOT
from tests.support.wheel import build_wheel

ADDRESSES = {name: f"10.213.7.{11 + at}" for at, name in enumerate(("driver", "master", "worker1", "worker2", "store"))}
WORKERS = ("worker1", "worker2")
AWAY_SECONDS = 10.0  # that a host which was lost is away
COPIES = 8  # of the sample
RUN = (sys.executable, "-m", "jobs.cli", "run")
STORE = f"http://{ADDRESSES['store']}:5000"
KEYS = {"s3.endpoint": STORE, "s3.access_key_id": "a", "s3.secret_access_key": "b", "s3.region": "us-east-1"}
BUCKET = f"import urllib.request as r; r.urlopen(r.Request('{STORE}/bucket', method='PUT'))"
COPY = f"""
import sys
from pipeline import storage
storage.configure({KEYS})
source, target = sys.argv[1:]
for name, _ in storage.walk(source):
    path = storage.join(target, name)
    if not storage.is_remote(path):
        storage.make_folder(path.rpartition("/")[0])
    with storage.write_whole(path, durable=False) as out:
        out.write(storage.read_bytes(storage.join(source, name)))
"""


@dataclass(frozen=True)
class Spark:
    """A standalone cluster."""

    home: Path
    job_server: Path
    master = f"spark://{ADDRESSES['master']}:7077"
    page = f"http://{ADDRESSES['master']}:8080/json/"
    ready = f'"aliveworkers":{len(WORKERS)}'

    def start(self, host: Host, name: str) -> None:
        """Start what belongs to a host."""
        java = [
            "java",
            "-Xmx256m",
            *(f"--add-opens={each}=ALL-UNNAMED" for each in OPENS),
            "-cp",
            f"{self.home}/jars/*",
        ]
        words = ["Master", "--port", "7077", "--webui-port", "8080"]
        if name in WORKERS:
            words = ["Worker", "--cores", "1", "--memory", MEMORY, "--work-dir", "/tmp/spark", self.master]
        command = [*java, f"org.apache.spark.deploy.{'.'.join([words[0].lower(), words[0]])}", "--host", host.address]
        host.start("spark", [*command, *words[1:]], SPARK_HOME=str(self.home), SPARK_SCALA_VERSION="2.12")

    @property
    def beam_options(self) -> list[str]:
        """What a user need not say who has Beam's job server in one jar."""
        return [
            f"--spark_job_server_jar={self.job_server}/job-server.jar",
            f"--files_to_stage={self.job_server}/empty.jar",
            f"--job_server_jvm_properties=-Dspark.executor.extraClassPath={self.job_server}/jars/*",
        ]


@dataclass(frozen=True)
class Flink:
    """A session cluster."""

    home: Path
    job_server: Path
    master = f"{ADDRESSES['master']}:8081"
    page = f"http://{ADDRESSES['master']}:8081/overview"
    ready = f'"taskmanagers":{len(WORKERS)}'

    def start(self, host: Host, name: str) -> None:
        """Start what belongs to a host."""
        settings = configuration(6123, 8081) | {"io.tmp.dirs": "/tmp", "taskmanager.resource-id": name}
        settings |= dict.fromkeys(("jobmanager.rpc.address", "rest.address"), ADDRESSES["master"])
        settings |= dict.fromkeys(("jobmanager.bind-host", "rest.bind-address", "taskmanager.bind-host"), "0.0.0.0")
        settings |= {"taskmanager.host": host.address}
        folder = host.log.with_suffix(".conf")
        folder.mkdir(exist_ok=True)
        (folder / "config.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))
        java = ["java", *(f"--add-exports={each}=ALL-UNNAMED" for each in EXPORTS)]
        java += [
            *(f"--add-opens={each}=ALL-UNNAMED" for each in FLINK_OPENS),
            "-Xmx640m",
            "-XX:MaxDirectMemorySize=400m",
        ]
        runtime = "org.apache.flink.runtime"
        entry = f"{runtime}.taskexecutor.TaskManagerRunner"
        if name not in WORKERS:
            entry = f"{runtime}.entrypoint.StandaloneSessionClusterEntrypoint"
        classes = f"{self.home}/lib/*:{self.job_server}/workers/*"
        host.start("flink", [*java, "-cp", classes, entry, "--configDir", str(folder)])

    @property
    def beam_options(self) -> list[str]:
        """What a user need not say who has Beam's job server in one jar."""
        return [
            f"--flink_job_server_jar={self.job_server}/job-server.jar",
            f"--files_to_stage={self.job_server}/empty.jar",
            "--flink_version=1.20",
        ]


def ours(host: Host, what: str, command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A process that runs code of the checkout on a host."""
    return host.start(what, command, PYTHONPATH=str(ROOT))


def copied(host: Host, source: str, target: str) -> None:
    """Copy a folder to or from the store, as a host sees both. Raises ChildProcessError."""
    if ours(host, "copy", [sys.executable, "-c", COPY, source, target]).wait():
        raise ChildProcessError(f"{source} was not copied to {target}: see {host.log}.copy.log")


@dataclass(frozen=True)
class Bench:
    """What one call does."""

    work: Path
    engine: str
    on: str
    package: bool
    lose: str
    beam: list[str]

    @property
    def cluster(self) -> Spark | Flink | None:
        """The cluster, none for an array job."""
        kinds = {"spark": Spark, "flink": Flink}
        return kinds[self.engine](*bring.bring(self.engine)) if self.engine in kinds else None

    def run(self) -> bool:
        """Make what hosts have, run, and tell whether all came to the bytes of the local engine."""
        work = self.work
        for name in ("shared", "logs", "wheel", "environment", "found"):
            shutil.rmtree(work / name, ignore_errors=True)
        (work / "logs").mkdir(parents=True)
        if not (work / "in").exists():
            archives(work / "in", COPIES)
        if not (work / "local" / "manifest.json").exists():
            command = [*RUN, "--input", str(work / "in"), "--output", str(work / "local")]
            subprocess.run(command, check=True, cwd=ROOT)
        shutil.copytree(work / "in", work / "shared" / "in")
        environment = make_environment(work / "environment", build_wheel(work / "wheel"))
        if not self.package:
            name = f"{SPOILT.replace('.', '/')}.py"
            (site,) = environment.glob("lib/python*/site-packages")
            (site / name).write_bytes((ROOT / name).read_bytes())
        hidden = [work / "in", work / "local", work / "wheel", *([work / "shared"] if self.on == "s3" else [])]
        with hosts(ADDRESSES, dict.fromkeys(ADDRESSES, hidden) | {"driver": hidden[:2]}, work / "logs") as made:
            status = self.on_hosts(made)
        print(f"the last command ended with {status}", flush=True)
        return not status and self.is_equal()

    def is_equal(self) -> bool:
        """Whether the run has the bytes of the local one, and its accounts."""
        found, expected = self.work / ("found" if self.on == "s3" else "shared/out"), self.work / "local"
        mine, theirs = digests(found), digests(expected)
        same = mine == theirs and manifest_json(found)["accounts"] == manifest_json(expected)["accounts"]
        print(
            f"{sum(mine.get(name) == theirs[name] for name in theirs)} of {len(theirs)} files equal; all equal: {same}"
        )
        return same

    def on_hosts(self, made: Hosts) -> int:
        """Run on hosts that are up; the status of the last command."""
        driver = made["driver"]
        if self.on == "s3":
            made["store"].start("moto", [sys.executable, "-m", "moto.server", "--host", "0.0.0.0", "--port", "5000"])
            driver.until_served(f"{STORE}/moto-api/data.json", "{")
            ours(driver, "bucket", [sys.executable, "-c", BUCKET]).wait()
            copied(driver, str(self.work / "shared" / "in"), "s3://bucket/in")
        if cluster := self.cluster:
            for name in ("master", *WORKERS):
                cluster.start(made[name], name)
            driver.until_served(cluster.page, cluster.ready)
        command = self.command(cluster)
        print(*command[3:], flush=True)
        status = self.tried(made, command)
        if status and self.lose:
            print(f"it ended with {status}; the same command again", flush=True)
            status = ours(made["driver"], "again", command).wait()
        if not status and self.on == "s3":
            copied(made["driver"], "s3://bucket/out", str(self.work / "found"))
        return status

    def command(self, cluster: Spark | Flink | None) -> list[str]:
        """The run as a user types it."""
        place = "s3://bucket" if self.on == "s3" else str(self.work / "shared")
        words = [*RUN, "--input", f"{place}/in", "--output", f"{place}/out"]
        words += [word for key in KEYS for word in ("--storage", f"{key}={KEYS[key]}") if self.on == "s3"]
        if not cluster:
            return [*words, "--", *self.beam]
        environment = self.work / "environment"
        words += ["--runner", self.engine, "--master", cluster.master, "--worker-env", str(environment)]
        words += ["--workers", str(len(WORKERS))]
        words += ["--package", str(next((self.work / "wheel").glob("*.whl")))] if self.package else []
        if self.on == "s3":  # no host sees another's files but in the environment
            return [*words, "--", *cluster.beam_options, f"--artifacts_dir={environment / 'artifacts'}", *self.beam]
        return [*words, "--shared", "--", *cluster.beam_options, *self.beam]

    def tried(self, made: Hosts, command: list[str]) -> int:
        """The status of the command, of which a host is lost meanwhile if one is to be; of an array job that of the worst."""
        if self.cluster:
            run = ours(made["driver"], "run", command)
            if self.lose:
                self.lost(made, run)
            return run.wait()
        share = command[: command.index("--")]
        shares = [[*share, "--units", f"{number}/{len(WORKERS)}"] for number in (1, 2)]
        parts = [ours(made[name], "share", words) for name, words in zip(WORKERS, shares, strict=True)]
        if self.lose and (name := self.lost(made, parts[0])):
            at = WORKERS.index(name)
            parts[at] = ours(made[name], "share", shares[at])
        statuses = [part.wait() for part in parts]
        return max(statuses) or ours(made["driver"], "run", command).wait()

    def lost(self, made: Hosts, run: "subprocess.Popen[bytes]") -> str:
        """Lose a host as soon as pages are parsed, of workers one that parses them, and boot it again; its name, "" where none was."""
        while not (working := [name for name in WORKERS if made[name].has("child")]):
            if run.poll() is not None:
                print("the run ended before a host was lost", flush=True)
                return ""
            time.sleep(0.1)
        name = self.lose if self.lose != "worker" else working[0]
        made.lose(name)
        print(f"{name} was lost", flush=True)
        time.sleep(AWAY_SECONDS)
        host = made.boot(name)
        if self.cluster and name != "driver":
            self.cluster.start(host, name)
        return name


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 1 where it does not come to what the local engine does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for archives, runs and logs, not below /tmp")
    parser.add_argument("--engine", choices=["spark", "flink", "array"], required=True)
    parser.add_argument("--on", choices=["shared", "s3"], default="shared", help="where inputs and output lie")
    parser.add_argument("--package", action="store_true", help="send the wheel to workers of a spoilt environment")
    parser.add_argument(
        "--lose",
        choices=["", "worker", "master", "driver"],
        default="",
        help="the host that is lost (of an array job worker)",
    )
    parser.add_argument("beam", nargs="*", help="behind --")
    args = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return 0 if Bench(args.work.absolute(), args.engine, args.on, args.package, args.lose, args.beam).run() else 1


if __name__ == "__main__":
    sys.exit(main())
