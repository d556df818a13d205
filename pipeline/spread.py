"""Work from a file, spread over workers. Cost: shuffle of keys (one line of text an item)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from pipeline import storage


@dataclass
class _ReadNumbered(beam.DoFn):
    """One impulse -> (place, line) of the file at `path`."""

    path: str

    def process(self, impulse: bytes) -> Iterator[tuple[int, str]]:
        """Every line with its number as its key, so that a GroupByKey deals them out."""
        yield from enumerate(storage.read_bytes(self.path).decode().splitlines())


class _Lines(beam.DoFn):
    """(place, lines) -> lines."""

    def process(self, group: tuple[int, Iterable[str]]) -> Iterator[str]:
        """The one line of a place."""
        yield from group[1]


@dataclass
class ReadLines(beam.PTransform):
    """The lines of a small file, spread: a key and a GroupByKey break fusion at a seventh of Reshuffle's cost (packages.md §3.1).

    The graph holds the file's name alone, so it does not grow with the work (law 9).
    """

    path: str

    def __post_init__(self) -> None:
        super().__init__("ReadLines")

    def expand(self, begin: Any) -> PCollection[str]:
        """One line an element."""
        return (
            begin
            | "Begin" >> beam.Impulse()
            | "Number" >> beam.ParDo(_ReadNumbered(self.path))
            | "Spread" >> beam.GroupByKey()
            | "Lines" >> beam.ParDo(_Lines())
        )
