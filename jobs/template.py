"""Dataflow's Flex template: its parameters, out of the command line of `submit`, and the main program that turns them back.

`python -m jobs.template > deploy/dataflow/metadata.json` writes what Google's console and gcloud ask for. A parameter is a text; one
that may be given several times, or takes several words, is split as a shell splits words.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any

# Of the arguments of `submit`, those that say what is made. The launcher says where: project, region, folders, machines, job's name.
TAKEN = (
    "input",
    "inputs-from",
    "archives",
    "output",
    "stage",
    "recipe",
    "set",
    "corpora",
    "tasks",
    "staging",
    "against",
    "forget",
    "image",
    "storage",
)
REQUIRED = ("output", "image")
PATTERNS = {"input": r"^.+$", "output": r"^(gs|s3)://.+$", "staging": r"^(gs|s3)://.+$", "image": r"^\S+$"}


def parameters() -> dict[str, argparse.Action]:
    """The arguments that are parameters, by name."""
    from jobs import cli

    known = {action.option_strings[-1].removeprefix("--"): action for action in cli.parsers()[1]["submit"]._actions}
    return {name: known[name] for name in TAKEN}


def metadata() -> dict[str, Any]:
    """What a template says of itself."""
    return {
        "name": "Triptych",
        "description": "One step of a run that turns web archives into text, image-caption and interleaved corpora.",
        "parameters": [_parameter(name, action) for name, action in parameters().items()],
    }


def _parameter(name: str, action: argparse.Action) -> dict[str, Any]:
    several = " Several are parted by spaces, as in a shell." if _is_several(action) else ""
    text = (action.help or "") % {"default": action.default} if action.help else ""
    told = {
        "name": name,
        "label": name.capitalize(),
        "helpText": f"{text[:1].upper()}{text[1:]}.{several}",
        "paramType": "TEXT",
    }
    if name not in REQUIRED:
        told["isOptional"] = True  # type: ignore[assignment]
    pattern = f"^({'|'.join(action.choices)})$" if action.choices else PATTERNS.get(name)
    return {**told, **({"regexes": [pattern]} if pattern else {})}


def _is_several(action: argparse.Action) -> bool:
    return isinstance(action.default, list) or action.nargs == "+"


def command(words: Sequence[str]) -> list[str]:
    """The command line of `submit` that the launcher's words mean: `--NAME=VALUE`, ours and Beam's.

    >>> command(["--input=gs://a/* gs://b/*", "--output=gs://c", "--job_name=mine"])
    ['submit', '--runner', 'dataflow', '--input', 'gs://a/*', 'gs://b/*', '--output', 'gs://c', '--', '--job_name=mine']
    """
    known = parameters()
    own, beams = list[str](), list[str]()
    for name, word in _named(words):
        action = known.get(name)
        if action is None:
            beams.append(word)
            continue
        value = word.partition("=")[2]
        values = shlex.split(value) if _is_several(action) else [value]
        repeated = action.nargs is None and _is_several(action)
        own += [each for one in values for each in (f"--{name}", one)] if repeated else [f"--{name}", *values]
    return ["submit", "--runner", "dataflow", *own, "--", *beams]


def _named(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        yield word.removeprefix("--").partition("=")[0], word


def main(words: Sequence[str] | None = None) -> int:
    """Make the graph of the next step where the launcher wants it; the exit status. Waits for no job."""
    from jobs import cli

    return cli.main(command(sys.argv[1:] if words is None else words))


if __name__ == "__main__":
    print(json.dumps(metadata(), indent=2))
