"""Units -> the addresses that their references want images from, as a Beam transform. In: staging. Out: a file a batch.

A reference wants an image where it has none and some corpus could keep it, by all that is known without its image. Cost: shuffle of keys.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.pvalue import PCollection

from pipeline import corpora, storage
from pipeline.corpora.unit_rows import UnitRows, unit_rows
from pipeline.decide import policy_join
from pipeline.decide.batch import Batch, UnitIndex
from pipeline.decide.bind import PolicyFiles, bind
from pipeline.decide.exchange import Message
from pipeline.decide.forget import read_wanted, with_forgotten_pages
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import matched
from pipeline.decide.media_beam import found_media
from pipeline.decide.steps import Group, OfJob, opened, own_line, told_together
from pipeline.decide.tasks import batch_tasks
from pipeline.layout import RunFolder
from pipeline.work_list import Gather, ReadLines
from schemas.recipe import Recipe
from transforms.forget.wanted import Wanted


@dataclass
class Want(beam.PTransform):
    """The work list -> the wanted addresses of all batches. Cost: shuffle of keys."""

    job: DecideJob

    def __post_init__(self) -> None:
        super().__init__("Want")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered counts."""
        job = self.job
        lines = begin | "Batches" >> ReadLines(job.run.batches, job.storage) | "Lines" >> beam.Map(own_line)
        return (
            told_together([lines, found_media(job, lines)], "Matches")
            | "List" >> beam.ParDo(ListWanted(job))
            | "Records" >> Gather(job.run.decided, job.parts, merge_counts, job.storage)
        )


@dataclass
class ListWanted(OfJob):
    """Batch and its matches -> the file of its wanted addresses, and how many references and addresses these are."""

    def process(self, group: Group) -> Iterator[tuple[int, str]]:
        """A record for `Gather`."""
        batch, told = opened(group)
        references = 0
        found: set[str] = set()
        for urls in wanted_lists(self.job, batch, told):
            references += len(urls)
            found.update(url for some in urls for url in some)
        with storage.write_whole(wanted_path(self.job.run, batch.number), durable=False) as file:
            file.writelines(f"{url}\n".encode() for url in sorted(found))
        yield batch.number, json.dumps([batch.number, references, len(found)])


def wanted_lists(job: DecideJob, batch: Batch, told: Sequence[Message]) -> Iterator[list[list[str]]]:
    """The addresses of each reference of a batch that wants an image, part by part."""
    matches, forget = matched(told), read_wanted(job.forget)
    tasks = batch_tasks(job.tasks, job.recipe.near_images, matches)
    with PolicyFiles(job.staging, policy_join.told(told)) as policies:
        policies.read()
        for unit in batch.units:
            for part in UnitIndex(job.staging, unit).parts():
                rows = bind(unit_rows(part, matches, tasks=tasks, fetching=True), policies)
                rows = with_forgotten_pages(rows, forget)
                lists = rows.refs.table["urls"].filter(pa.array(wanting(rows, job.recipe), pa.bool_())).to_pylist()
                yield [[url for url in urls if not is_forgotten(url, forget)] for urls in lists]


def wanting(unit: UnitRows, recipe: Recipe) -> np.ndarray:
    """Mask of the references of a unit that want an image."""
    mask = np.zeros(len(unit.refs.page), dtype=bool)
    for corpus in corpora.of_recipe(recipe):
        mask |= corpus.wants(unit, recipe)
    return np.asarray(mask & ~unit.refs.found & ~unit.refs.forgotten)


def is_forgotten(url: str, forget: Wanted | None) -> bool:
    """Whether an address is one that the run was told to forget: nobody asks for it, whichever reference names it."""
    return forget is not None and bool(forget.of_urls([url])[0])


def merge_counts(records: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The batches of a part, and how many references and addresses of them are wanted."""
    return {
        "batches": [batch for batch, _, _ in records],
        "references": sum(references for _, references, _ in records),
        "addresses": sum(addresses for _, _, addresses in records),
    }


def wanted_path(run: RunFolder, batch: int) -> str:
    """The file of the wanted addresses of a batch, one a line."""
    return storage.join(run.decide, "addresses", f"{batch:06d}.txt")


def read_addresses(path: str) -> Iterable[str]:
    """The addresses in a file of them."""
    return storage.read_bytes(path).decode().splitlines()
