"""Jars: Spark's and Flink's own, out of their Python packages, and Beam's job servers, by Maven."""

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.engines import cache, tools

SPARK_VERSION, FLINK_VERSION = "3.5.0", "1.19.3"  # what Beam's runners of one Java version were built for
# The newest version of Beam of which the runners come with all their dependencies where no shaded job server can be had; workers and
# submitters in Python run on it at their own version (docs/sources.md, "Beam engines").
BEAM_VERSION = "2.62.0"
EMPTY_JAR = b"PK\5\6" + bytes(18)  # a zip file of nothing
_LINE = 70  # bytes of a line of a manifest; more go on in the next one, behind a space
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>triptych</groupId><artifactId>job-server-classes</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
{dependencies}
</dependencies></project>
"""
_DEPENDENCY = (
    "<dependency><groupId>org.apache.beam</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
)


def make_spark(part: Path) -> None:
    """Spark's own jars, as `pyspark` brings them: a folder that is a `SPARK_HOME`. Raises LackError."""
    _unpack(f"pyspark=={SPARK_VERSION}", "deps/jars/", part / "jars")


def make_flink(part: Path) -> None:
    """Flink's own jars, in the folder `lib`. Raises LackError."""
    _unpack(f"apache-flink-libraries=={FLINK_VERSION}", "deps/lib/", part / "lib")


def make_spark_job_server(part: Path) -> None:
    """Beam's job server for Spark: `job-server.jar`, `empty.jar`, and in `jars` what executors need too. Raises LackError."""
    _copy_dependencies(part, "beam-runners-spark-3")
    _delete(part / "jars", "slf4j-*")  # Spark brings its own
    # Beam's before Spark's, which has older versions of some; executors have them in this order too.
    paths = [*_names(part / "jars", "jars"), *_names(SPARK.place / "jars", f"../{SPARK.name}/jars")]
    _write_launcher(part, "org.apache.beam.runners.spark.SparkJobServerDriver", paths)


def make_flink_job_server(part: Path) -> None:
    """Beam's job server for Flink: `job-server.jar`, `empty.jar`, and in `workers` what TaskManagers need beside Flink's own."""
    _copy_dependencies(part, "beam-runners-flink-1.19")
    _delete(part / "jars", "slf4j-simple*")
    _write_launcher(part, "org.apache.beam.runners.flink.FlinkJobServerDriver", _names(part / "jars", "jars"))
    (part / "workers").mkdir()
    for path in (part / "jars").glob("*.jar"):
        if not path.name.startswith(("flink-", "slf4j-")):
            (part / "workers" / path.name).symlink_to(f"../jars/{path.name}")


def manifest(main_class: str, class_path: Iterable[str]) -> bytes:
    """The manifest of a jar that holds nothing but a class path, relative to where it lies.

    >>> print(manifest("org.example.Main", ["jars/a.jar", "jars/b.jar"]).decode().replace(chr(13), ""))
    Manifest-Version: 1.0
    Main-Class: org.example.Main
    Class-Path: jars/a.jar jars/b.jar
    <BLANKLINE>
    <BLANKLINE>
    """
    lines = []
    for line in ("Manifest-Version: 1.0", f"Main-Class: {main_class}", f"Class-Path: {' '.join(class_path)}"):
        first, rest = line[:_LINE], line[_LINE:]
        lines += [first, *(f" {rest[at : at + _LINE - 1]}" for at in range(0, len(rest), _LINE - 1))]
    return "\r\n".join([*lines, "", ""]).encode()


def pom(artifacts: Sequence[str]) -> str:
    """A Maven project that has these artifacts of Beam's as its dependencies."""
    return _POM.format(dependencies="\n".join(_DEPENDENCY.format(escape(name), BEAM_VERSION) for name in artifacts))


def _unpack(requirement: str, below: str, target: Path) -> None:
    """Write the jars that lie under `below` in the source distribution of a package into a new folder."""
    tools.need("java")
    target.mkdir()
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
        tarfile.open(tools.pip_download(requirement, Path(scratch))) as packed,
    ):
        for item in packed:
            inside = item.name.partition("/")[2]
            if item.isfile() and inside.startswith(below) and inside.endswith(".jar"):
                jar = packed.extractfile(item)
                assert jar is not None
                with (target / Path(inside).name).open("wb") as out:
                    shutil.copyfileobj(jar, out)


def _copy_dependencies(part: Path, runner: str) -> None:
    """A runner of Beam's, its job service and all that they need, into the folder `jars`."""
    tools.need("java", "mvn")
    (part / "pom.xml").write_text(pom([runner, "beam-runners-java-job-service"]))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={part / 'jars'}"]
    with cache.locked(cache.folder() / "maven.lock"):  # its own cache is not made for two at once
        tools.call(["mvn", "-q", "-B", "-f", str(part / "pom.xml"), *goal])


def _names(folder: Path, called: str) -> list[str]:
    """The jars of a folder as a class path names them, in one order on each machine."""
    return sorted(f"{called}/{path.name}" for path in folder.glob("*.jar"))


def _delete(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink()


def _write_launcher(part: Path, main_class: str, class_path: Iterable[str]) -> None:
    """The jar that starts a job server in the place of a shaded one, and the one that is staged in the place of 384."""
    with zipfile.ZipFile(part / "job-server.jar", "w") as jar:
        jar.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF"), manifest(main_class, class_path))
    (part / "empty.jar").write_bytes(EMPTY_JAR)


SPARK = cache.Part(f"spark-{SPARK_VERSION}", make_spark)
FLINK = cache.Part(f"flink-{FLINK_VERSION}", make_flink)
SPARK_JOB_SERVER = cache.Part(f"beam-spark-{BEAM_VERSION}-{SPARK_VERSION}", make_spark_job_server)
FLINK_JOB_SERVER = cache.Part(f"beam-flink-{BEAM_VERSION}-{FLINK_VERSION}", make_flink_job_server)
