"""The nodes of a batch in a file of its own: what may be like others, with all that is compared. Written once, read by each step after."""

import numpy as np

from pipeline import storage
from pipeline.decide.job import DecideJob
from pipeline.decide.pictures import NODE
from pipeline.sections import SectionWriter, read_sections
from transforms.dedup.signature import SETS

PICTURES = "pictures"  # the name of the nodes that are pictures; those of pages are called by their round
_SECTION, _BANDS = "nodes", "bands"


def pages_name(number: int) -> str:
    """The name of the nodes that are the pages of a round."""
    return f"pages{number}"


def node_dtype(job: DecideJob, name: str) -> np.dtype:
    """What a node holds: of a page its number in the batch, its id, and what is compared."""
    if name == PICTURES:
        return NODE
    number = int(name.removeprefix(pages_name(0)[:-1]))
    evidence = [
        column
        for _, corpus, asked in job.asking(number)
        if corpus.rounds[asked].near
        for column in corpus.rounds[asked].evidence(job.recipe)
    ]
    return np.dtype([("page", "<i4"), ("id_high", "<u8"), ("id_low", "<u8"), *dict(evidence).items()])


def write_nodes(job: DecideJob, name: str, batch: int, nodes: np.ndarray, bands: np.ndarray | None = None) -> None:
    """Write a batch's nodes, and, beside them, the keys of their buckets where they have any: who reads one does not read the other."""
    with storage.write_whole(job.run.exchange(f"{_SECTION}-{name}", batch), durable=False) as file:
        writer = SectionWriter(file)
        writer.section(_SECTION, [nodes.tobytes()])
        if bands is not None:
            writer.section(_BANDS, [bands.tobytes()])
        writer.close({})


def read_nodes(job: DecideJob, name: str, batch: int) -> np.ndarray:
    """A batch's nodes. Raises DamagedFileError where they are not as they were written."""
    data = read_sections(job.run.exchange(f"{_SECTION}-{name}", batch)).get(_SECTION)
    return np.frombuffer(data, node_dtype(job, name))


def read_bands(job: DecideJob, name: str, batch: int) -> np.ndarray:
    """The keys of the buckets of a batch's pages, a row a node. Raises DamagedFileError where they are not as they were written."""
    data = read_sections(job.run.exchange(f"{_SECTION}-{name}", batch)).get(_BANDS)
    return np.frombuffer(data, "<u8").reshape(-1, bands_of(job))


def bands_of(job: DecideJob) -> int:
    """How many keys a page has."""
    return SETS[job.recipe.extract.signature].bands
