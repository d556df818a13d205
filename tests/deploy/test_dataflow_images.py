"""The images for Dataflow, read as a builder reads them: no container engine is needed, and none is asked."""

import re
import shlex
from dataclasses import dataclass

import pytest

from pipeline.engines.worker import VARIABLES
from tests.support.shared_data import ROOT

FOLDER = ROOT / "deploy" / "dataflow"
LOCKED = dict(
    line.partition(";")[0].strip().split("==")
    for line in (ROOT / "requirements.lock").read_text().splitlines()
    if "==" in line
)


@dataclass(frozen=True)
class Step:
    """One instruction, with its continued lines."""

    word: str
    rest: str

    def sources(self) -> list[str]:
        """What a COPY takes out of the repository."""
        words = shlex.split(self.rest)
        return [] if any(word.startswith("--from=") for word in words) else words[:-1]


def steps(name: str) -> list[Step]:
    """The instructions of a Dockerfile, with its own ARGs put in."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (FOLDER / name).read_text(), flags=re.MULTILINE))
    found, known = [], {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        for key, value in known.items():
            rest = rest.replace(f"${{{key}}}", value)
        if word == "ARG" and "=" in rest:
            key, _, known[key] = rest.partition("=")
        found.append(Step(word, rest))
    return found


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.template"])
def test_instructions_are_known_and_what_is_copied_is_there(name: str) -> None:
    """Each source of a COPY is a file of the repository, or the wheel that is built before; a shell can read what is run."""
    for step in steps(name):
        assert step.word in ("ARG", "FROM", "COPY", "RUN", "ENV", "ENTRYPOINT")
        if step.word == "COPY":
            for source in step.sources():
                assert source == "dist/triptych-*.whl" or (ROOT / source).is_file()
        if step.word == "RUN":
            assert shlex.split(step.rest)


def test_the_worker_has_the_locked_beam_and_its_entry_point() -> None:
    """Submitter and workers are of one version; the boot program of Beam's image stays; libraries are told what every worker's are."""
    found = steps("Dockerfile")
    assert [step.rest for step in found if step.word == "FROM"] == [
        f"docker.io/apache/beam_python3.11_sdk:{LOCKED['apache-beam']}"
    ]
    assert not [step for step in found if step.word == "ENTRYPOINT"]
    (told,) = [step.rest for step in found if step.word == "ENV"]
    assert dict(each.split("=") for each in shlex.split(told)) == VARIABLES
    (run,) = [step.rest for step in found if step.word == "RUN"]
    assert "--requirement /triptych/requirements.lock" in run
    assert run.index("requirements.lock") < run.index("--no-deps /triptych/triptych-*.whl")


def test_the_template_is_the_worker_with_the_launcher() -> None:
    """It names the program that it runs, where it was copied to."""
    found = steps("Dockerfile.template")
    named = [step.rest.partition("=")[2] for step in found if step.word == "ENV"]
    copied = [shlex.split(step.rest)[-1] for step in found if step.word == "COPY"]
    assert named == ["/template/main.py"]
    assert set(named) <= set(copied)
    (entry,) = [step.rest for step in found if step.word == "ENTRYPOINT"]
    assert entry.strip('[]"') in copied
