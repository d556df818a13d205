"""What a run leaves of a batch for later runs: the keys by which its items were compared, and who stands for each. Read by `--against`.

A later crawl is decided against it: of what is equal or alike, what was kept earlier stays, and the new item leaves for it. Items that
left are in it too, under the item that stands for them, since a new copy may be like one of those alone. Columns of numbers, each
compressed: some 300 bytes a document with near duplicates, 80 an image.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import zstandard

from pipeline import storage
from pipeline.decide.duplicates import ID, Standing, nodes_among
from pipeline.decide.job import DecideJob
from pipeline.decide.nodes import PICTURES, node_dtype, read_nodes
from pipeline.sections import DamagedFileError, Sections, SectionWriter, read_sections
from schemas.outcomes import UserError

# Ranks of what was decided earlier, before any rank of a new item: what stayed and stood for others, what stayed beside it, what left.
# A rank may be any double's bits with the other sign (`largest_first`), and those of infinity are 2**52 from the end.
STOOD, STAYED, LEFT = (-(2**63) + 1 + step for step in range(3))


def write_index(
    job: DecideJob, batch: int, judged: Sections, found: Mapping[int, Standing], file: storage.HashingWriter
) -> None:
    """Write what later runs need of a batch whose items are all decided."""
    writer = SectionWriter(file)
    counts: dict[str, int] = {}
    for number, dtype in enumerate(job.round_dtypes()):
        judged.load([f"candidates/{number}", f"items/{number}", f"bands/{number}"])
        rows = np.frombuffer(judged.get(f"candidates/{number}"), dtype).copy()
        items = np.frombuffer(judged.get(f"items/{number}"), np.int32)
        for code, standing in found.items():
            mine = np.flatnonzero(rows["corpus"] == code)
            rows[mine] = decided(rows[mine], standing, items[mine])
        counts[str(number)] = len(rows)
        write_columns(writer, f"round/{number}", rows, {"row"})
        writer.section(f"bands/{number}", [packed_column(np.frombuffer(judged.get(f"bands/{number}"), np.uint8))])
    if job.recipe.near_images.set:
        # Texts alone look at none. A run by an earlier release, decided against this one, takes it that their rows stand here.
        nodes = read_nodes(job, PICTURES, batch) if job.pictures else np.empty(0, node_dtype(job, PICTURES))
        counts[PICTURES] = len(nodes)
        write_columns(writer, PICTURES, nodes, set())
    writer.close({"rows": counts, "pages": judged.about["pages"]})


def decided(rows: np.ndarray, standing: Standing, items: np.ndarray) -> np.ndarray:
    """Candidates of decided items: under the id of the one that stands for each, by the rank of what became of it."""
    lost = standing.lost_in[items] >= 0
    beside = ~lost & np.array([of is not None for of in standing.cluster[items]], bool) & ~standing.stands[items]
    rows["rank"] = np.where(lost, LEFT, np.where(beside, STAYED, STOOD))
    keepers = standing.losses[items[lost]]
    for name, keeper in zip(ID, ("of_high", "of_low", "of_ordinal"), strict=True):
        rows[name][lost] = keepers[keeper]
    return rows


def write_columns(writer: SectionWriter, name: str, rows: np.ndarray, without: Iterable[str]) -> None:
    """Rows of numbers, each column a section of its own."""
    for column in rows.dtype.names or ():
        if column not in without:
            values = np.ascontiguousarray(rows[column])
            writer.section(f"{name}/{column}", [packed_column(values.view(np.uint8).reshape(-1, values.itemsize))])


def packed_column(values: np.ndarray) -> bytes:
    """A column's bytes compressed: first all first bytes, and so on, so that ranks and corpora take nothing."""
    turned = values.T if values.ndim > 1 else values
    return zstandard.ZstdCompressor(level=1).compress(np.ascontiguousarray(turned).tobytes())


class OldBatch:
    """The index of a batch of an earlier run. Raises UserError where it is damaged: it is not ours to make again."""

    def __init__(self, path: str) -> None:
        try:
            self._sections = read_sections(path)
        except DamagedFileError as error:
            raise unusable(error) from error
        self._path = path
        self.pages: int = self._sections.about["pages"]

    def candidates(self, job: DecideJob, number: int) -> np.ndarray:
        """All that takes part in a round; what is nobody's own has no row."""
        rows = self._rows(f"round/{number}", job.round_dtypes()[number], str(number))
        rows["row"], rows["old"] = -1, 1
        return rows

    def nodes(self, job: DecideJob, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The pages that take part in a round of near duplicates, each once, in their order, and the keys of their buckets."""
        candidates = self.candidates(job, number)
        everyone = np.ones(len(candidates), dtype=bool)
        return nodes_among(job, number, candidates, self._bytes(f"bands/{number}"), everyone)

    def pictures(self, job: DecideJob) -> np.ndarray:
        """Its pictures."""
        return self._rows(PICTURES, node_dtype(job, PICTURES), PICTURES)

    def _rows(self, name: str, dtype: np.dtype, counted: str) -> np.ndarray:
        rows = np.zeros(self._sections.about["rows"][counted], dtype)
        for column in dtype.names or ():
            if self._sections.has(f"{name}/{column}"):
                data = np.frombuffer(self._bytes(f"{name}/{column}"), np.uint8)
                turned = np.ascontiguousarray(data.reshape(dtype[column].itemsize, -1).T)
                rows[column] = turned.reshape(-1).view(dtype[column])
        return rows

    def _bytes(self, name: str) -> bytes:
        try:
            return zstandard.decompress(self._sections.get(name))
        except DamagedFileError as error:
            raise unusable(error) from error


def unusable(error: DamagedFileError) -> UserError:
    """What is said of an earlier run whose index is damaged."""
    return UserError(f"--against: {error}; `triptych verify` says what else of that run is, and how to make it again")
