"""The steps of a run as transforms, and what their graphs say, for tests that run none of them."""

import re
from pathlib import Path
from typing import Any

import apache_beam as beam

from pipeline.decide.beam import Decide
from pipeline.decide.job import DecideJob
from pipeline.emit import Emit, EmitJob
from pipeline.layout import RunFolder, StagingFolder
from pipeline.stage.beam import Extract, ExtractJob
from tests.support.runs import recipe


def steps_of(folder: Path, parts: int = 1, through_files: bool = True) -> tuple[Extract, Decide, Emit]:
    """The three steps of a run of kosmos1 in a folder, with so many parts of records and partitions of keys."""
    asked, staging, run = recipe("kosmos1"), StagingFolder(f"{folder}/staging"), RunFolder(str(folder))
    return (
        Extract(ExtractJob("/in", staging, asked.extract, parts, {})),
        Decide(DecideJob(staging, run, asked, parts, parts, through_files, {})),
        Emit(EmitJob("/in", staging, run, asked, parts, {})),
    )


def graph(transform: beam.PTransform) -> Any:
    """The pipeline proto of one transform."""
    pipeline = beam.Pipeline(runner="FnApiRunner")
    pipeline | transform
    return pipeline.to_runner_api()


def grouped(proto: Any) -> dict[str, tuple[str, set[str]]]:
    """Of all that a graph groups, by the name of the step: the coder of its keys, and all coders that its values are made of."""
    known, found = proto.components, {}

    def parts(coder: str) -> set[str]:
        made_of = known.coders[coder].component_coder_ids
        return {_called(known.coders[coder])}.union(*map(parts, made_of))

    for step in known.transforms.values():
        if step.spec.urn == "beam:transform:group_by_key:v1":
            (collection,) = step.inputs.values()
            pair = known.coders[known.pcollections[collection].coder_id]
            assert pair.spec.urn == "beam:coder:kv:v1"
            keys, values = pair.component_coder_ids
            found[step.unique_name] = (_called(known.coders[keys]), parts(values))
    return found


def _called(coder: Any) -> str:
    """What a coder is called: by its URN, or by its class where it is one of Python's."""
    named = re.search(rb"(\w+)\$", coder.spec.payload) if "pickled" in coder.spec.urn else None
    return named[1].decode() if named else str(coder.spec.urn).removeprefix("beam:coder:").removesuffix(":v1")
