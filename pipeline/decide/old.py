"""What batches of earlier runs send in the rounds of a new one (`--against`): all that was decided then, before anything new. Pure but for
reading their index.

They are batches without units: they join in where items are compared, are told nothing that they would write, and leave nothing behind.
"""

from collections.abc import Iterable

import numpy as np

from pipeline.decide.batch import Batch
from pipeline.decide.exchange import Message
from pipeline.decide.index_file import STAYED, OldBatch
from pipeline.decide.job import DecideJob
from pipeline.decide.near import told_labels
from pipeline.decide.nodes import PICTURES, pages_name, read_nodes
from pipeline.decide.pictures import PictureLabels
from transforms.dedup.keep_first import first_per_key


def old_candidates(job: DecideJob, batch: Batch, messages: Iterable[Message], number: int) -> np.ndarray:
    """What a batch of an earlier run sends in a round: its first candidate of each key."""
    old, told = OldBatch(batch.old), list(messages)
    rows = old.candidates(job, number)
    keyed = np.ones(len(rows), dtype=bool)
    for code, first in job.first_passes(number).items():
        near = np.flatnonzero(rows["corpus"] == code)
        nodes = read_nodes(job, pages_name(first), batch.number)
        labels = np.zeros(old.pages, np.uint64)
        labels[nodes["page"]], _ = told_labels(told, pages_name(first), len(nodes))
        rows["high"][near] = labels[rows["page"][near]]
        keyed[near] = rows["high"][near] > 0
        if (
            number > first
        ):  # what stood for others in the first pass has no part in a later one, nor has what it stood for
            keyed[near] &= rows["rank"][near] == STAYED
    rows = rows[keyed]
    relabel(job, batch, told, number, rows)
    return np.asarray(rows[np.unique(first_per_key(rows))])


def relabel(job: DecideJob, batch: Batch, told: list[Message], number: int, rows: np.ndarray) -> None:
    """Give candidates whose keys are those of pictures the keys that these pictures have in this run."""
    for code, corpus, name in job.asking(number):
        again = corpus.rounds[name].again
        if again is not None and job.pictures:
            nodes = read_nodes(job, PICTURES, batch.number)
            labels = PictureLabels(nodes, *told_labels(told, PICTURES, len(nodes)))
            mine = np.flatnonzero(rows["corpus"] == code)
            halves = again(rows[mine], labels)
            rows["high"][mine], rows["low"][mine] = halves[:, 0], halves[:, 1]
