"""Units -> staging, as a Beam step. In: units.txt. Out: the names of staged units. Cost: shuffle of keys (a unit's number)."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.extract import is_staged, stage_unit
from pipeline.plan import Unit
from pipeline.progress import report
from pipeline.spread import ReadLines
from schemas.recipe import ExtractPart
from schemas.records import ImageFacts
from schemas.tasks import ImageTask, PageTask, StagedPage
from transforms.isolate import Isolator, Limits

TICK_SECONDS = 1.0


@dataclass
class Stage(beam.PTransform):
    """The units of `units.jsonl` -> their files in staging. Cost: per record; what is shuffled is a unit's line."""

    staging: str
    settings: ExtractPart

    def __post_init__(self) -> None:
        super().__init__("Stage")

    def expand(self, begin: Any) -> PCollection[str]:
        """One element a unit."""
        units = begin | "Units" >> ReadLines(storage.join(self.staging, "units.jsonl"))
        return units | "Extract" >> beam.ParDo(StageUnit(self.staging, self.settings))


def isolator(settings: ExtractPart) -> Isolator[PageTask | ImageTask, StagedPage | ImageFacts]:
    """The child that parses and decodes, under the limits of the recipe."""
    limits = Limits(seconds=settings.item_seconds, memory=settings.child_bytes)
    return Isolator("transforms.dissect:make_handler", settings, limits)


@dataclass
class StageUnit(beam.DoFn):
    """A unit's line -> its files; a unit that is staged is not read again."""

    staging: str
    settings: ExtractPart

    def setup(self) -> None:
        """The child starts with the first item that it is given."""
        self._isolator = isolator(self.settings)

    def teardown(self) -> None:
        """End the child."""
        self._isolator.close()

    def process(self, line: str) -> Iterator[str]:
        """The unit's name once its summary is written."""
        unit = Unit(**json.loads(line))
        if not is_staged(self.staging, unit.name):
            summary = stage_unit(unit, self.staging, self._isolator, ticker(self.staging, unit))
            report(self.staging, unit.name, unit.end - unit.start, summary.doors["captures"].entered)
        yield unit.name


def ticker(staging: str, unit: Unit) -> Callable[[int, int], None]:
    """Tells the driver once a second how far a unit is; the clock reaches no output."""
    last = 0.0

    def tick(position: int, captures: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TICK_SECONDS:
            last = now
            report(staging, unit.name, max(0, position - unit.start), captures)

    return tick
