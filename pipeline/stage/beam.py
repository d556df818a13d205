"""Units -> staging files, as a Beam transform. In: the work list. Out: a record of each unit, gathered. Cost: shuffle of keys."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.accounts import add_up, held_together, to_accounts, total
from pipeline.layout import StagingFolder
from pipeline.plan import Unit, read_work
from pipeline.progress import Reporter
from pipeline.stage.unit import Tasks, stage_unit
from pipeline.stage.unit_record import staged_record
from pipeline.tasks.task_file import read_tasks
from pipeline.work_list import Gather, ReadLines
from schemas.recipe import ExtractPart
from transforms.dissect import WithTasks
from transforms.isolate import Isolator, Limits


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """What every worker of this step is told: where inputs and staging lie, how to extract, how to reach storage, where to keep notes."""

    root: str
    staging: StagingFolder
    settings: ExtractPart
    parts: int
    storage: dict[str, str]
    notes: str = ""  # the folder of the workers' notes; "" where they keep none
    units_a_line: int = 1  # units that a line of the log tells of
    tasks: tuple[str, ...] = ()  # indexes of tasks whose texts pages are compared with
    folder: str = (
        ""  # of what the step hands up, with the work list beside it; "" where all units of the inputs are staged
    )

    @property
    def work(self) -> str:
        """The work list."""
        return f"{self.folder}.jsonl" if self.folder else self.staging.archives

    @property
    def records(self) -> str:
        """The folder of what the step hands up."""
        return self.folder or self.staging.extract


@dataclass
class Extract(beam.PTransform):
    """The work list -> the staging files of its units. Cost: per record; what is shuffled is a unit's numbers."""

    job: ExtractJob

    def __post_init__(self) -> None:
        super().__init__("Extract")

    def expand(self, begin: Any) -> PCollection[int]:
        """One element a part of the gathered records."""
        job = self.job
        return (
            begin
            | "Archives" >> ReadLines(job.work, job.storage)
            | "Units" >> beam.FlatMap(_units)
            | "Spread" >> beam.GroupByKey()
            | "Stage" >> beam.ParDo(StageUnit(job))
            | "Records" >> Gather(job.records, job.parts, merge_records, job.storage)
        )


def _units(line: str) -> Iterator[tuple[int, Unit]]:
    """The units of a line, each under its number, so that a GroupByKey deals them out."""
    for unit in read_work(line).units():
        yield unit.number, unit


def isolator(settings: ExtractPart, tasks: tuple[str, ...] = ()) -> Tasks:
    """The child that parses and decodes, under the limits of the recipe, and compares texts with those of indexes of tasks."""
    seconds = settings.item_seconds
    limits = Limits(seconds=seconds, wall=max(Limits().wall, 30 * seconds), memory=settings.child_bytes)
    given = WithTasks(settings, read_tasks(tasks).texts) if tasks else settings
    return Isolator("transforms.dissect:make_handler", given, limits)


@dataclass
class StageUnit(beam.DoFn):
    """A unit -> its staging file and record; a unit that is staged is not read again."""

    job: ExtractJob

    def setup(self) -> None:
        """The child starts with the first item that it is given."""
        storage.configure(self.job.storage)
        self._isolator = isolator(self.job.settings, self.job.tasks)
        self._reporter = Reporter(self.job.notes, time.monotonic, self.job.units_a_line)

    def teardown(self) -> None:
        """End the child, and note what is not noted yet."""
        self._isolator.close()
        self._reporter.close()

    def process(self, group: tuple[int, Iterable[Unit]]) -> Iterator[tuple[int, str]]:
        """The unit's record once its file is whole."""
        for unit in group[1]:
            job = self.job
            record = staged_record(job.staging, unit)
            if record is None:
                tick, deaths = self._reporter.begin(unit.number), self._isolator.deaths
                record = stage_unit(unit, job.root, job.staging, self._isolator, tick)
                faults = total(account["failed"] for account in record.accounts)
                self._reporter.end(unit.bytes, record.rows, faults, self._isolator.deaths - deaths)
            yield unit.number, json.dumps(asdict(record))


def merge_records(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Records of units as one: a row of numbers a unit, the accounts added up, and what every archive held."""
    return {
        "units": [
            [r["unit"], r["bytes"], r["index_at"], r["lookup_at"], r["rows"], r["began"], r["ended"]] for r in records
        ],
        "accounts": [asdict(a) for a in add_up(to_accounts(a for r in records for a in r["accounts"]))],
        "held": held_together(held for r in records for held in r["held"]),
    }
