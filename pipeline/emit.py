"""Keep lists -> shards. In: shard ranges of ids. Out: Parquet and WebDataset files with a sidecar each. Cost: no shuffle.

A shard is a range of ids, so it is a slice of every lot's sorted keep list; its payloads are read once, by their place, as its rows
are written.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.pvalue import PCollection

from pipeline import storage
from pipeline.columns import read_table
from pipeline.decide import Desk
from pipeline.keep import metadata_text
from pipeline.payloads import Payloads
from pipeline.plan import read_units
from pipeline.sinks import parquet, webdataset
from pipeline.spread import ReadLines
from schemas.arrow import INTERLEAVED, PAIRS, SCHEMAS, TEXT, record_batch_of_rows
from schemas.manifest import PARQUET, WEBDATASET, ShardFile
from schemas.recipe import Recipe
from transforms.document import join_text
from transforms.interleave import interleave, trim
from transforms.text.c4 import clean

ROWS_BYTES = 8 * 2**20  # payload that is gathered before rows are handed to the writer


@dataclass(frozen=True, slots=True)
class Range:
    """One shard: the ids from `low` up to `high` (exclusive), by their first hex digits; "g" is behind every id."""

    corpus: str
    number: int
    count: int
    low: str
    high: str

    @property
    def name(self) -> str:
        """The stem of the shard's sidecar."""
        return f"{self.corpus}-{self.number:05d}"


def cut_shards(corpus: str, weights: Mapping[str, tuple[int, int]], rows: int, size: int) -> list[Range]:
    """Ranges of at most `rows` rows and about `size` bytes, none empty, from rows and bytes by the first digits of the ids.

    >>> [(r.low, r.high) for r in cut_shards("text", {"000": (5, 50), "fff": (5, 50)}, rows=6, size=999)]
    [('', 'fff'), ('fff', 'g')]
    """
    borders: list[str] = []
    together_rows = together_bytes = 0
    for bucket, (count, weight) in sorted(weights.items()):
        if together_rows and (together_rows + count > rows or together_bytes + weight > size):
            borders.append(bucket)
            together_rows = together_bytes = 0
        together_rows += count
        together_bytes += weight
    if not weights:
        return []
    lows, highs = ["", *borders], [*borders, "g"]
    return [Range(corpus, n, len(lows), low, high) for n, (low, high) in enumerate(zip(lows, highs, strict=True))]


@dataclass
class Emit(beam.PTransform):
    """The ranges of `shards.jsonl` -> shards. Out: the name of each shard's sidecar. Cost: no shuffle of rows."""

    desk: Desk
    lots: int

    def __post_init__(self) -> None:
        super().__init__("Emit")

    def expand(self, begin: Any) -> PCollection[str]:
        """One element a shard."""
        ranges = begin | "Ranges" >> ReadLines(storage.join(self.desk.folder, "shards.jsonl"))
        return ranges | "Write" >> beam.ParDo(WriteShard(self.desk, self.lots))


@dataclass
class WriteShard(beam.DoFn):
    """A range of ids -> its shard on every carrier, then its sidecar, which commits it."""

    desk: Desk
    lots: int

    def process(self, line: str) -> Iterator[str]:
        """Skips a shard whose sidecar and bytes are there."""
        shard = Range(**json.loads(line))
        sidecar = sidecar_path(self.desk, shard)
        if not is_whole(self.desk.run, sidecar):
            files = write_shard(self.desk, self.lots, shard)
            with storage.write_whole(sidecar) as file:
                file.write(json.dumps([asdict(each) for each in files], sort_keys=True).encode())
        yield shard.name


def sidecar_path(desk: Desk, shard: Range) -> str:
    """Where a shard's sidecar lies."""
    return storage.join(desk.folder, f"shard-{shard.name}.json")


def read_sidecar(path: str) -> list[ShardFile]:
    """The files that a sidecar names."""
    return [ShardFile(**(entry | {"parts": tuple(entry["parts"])})) for entry in json.loads(storage.read_bytes(path))]


def is_whole(run: str, sidecar: str) -> bool:
    """Whether a sidecar is there and every file that it names has the bytes that it says (never because a name exists)."""
    if not storage.exists(sidecar):
        return False
    paths = [(storage.join(run, file.name), file.sha256) for file in read_sidecar(sidecar)]
    return all(storage.exists(path) and storage.digest(path) == sha256 for path, sha256 in paths)


def write_shard(desk: Desk, lots: int, shard: Range) -> list[ShardFile]:
    """Write one shard on every carrier of its corpus."""
    part = getattr(desk.recipe, shard.corpus)
    carriers = getattr(part, "carriers", (PARQUET,))
    rows = rows_of(desk, lots, shard)
    name = parquet.shard_name(shard.corpus, shard.number, shard.count)
    with ExitStack() as stack:
        columns = tar = None
        if PARQUET in carriers:
            columns = stack.enter_context(parquet.ParquetShard(desk.run, name, shard.corpus, SCHEMAS[shard.corpus]))
        if WEBDATASET in carriers:
            tar_name = webdataset.shard_name(shard.corpus, shard.number)
            tar = stack.enter_context(webdataset.TarShard(desk.run, tar_name, shard.corpus))
        for batch in batches(rows):
            if columns:
                columns.write_rows(record_batch_of_rows(SCHEMAS[shard.corpus], batch))
            for row in batch if tar else ():
                (tar.write_pair if shard.corpus == "pairs" else tar.write_interleaved)(row)  # type: ignore[union-attr]
    return [writer.file for writer in (columns, tar) if writer and writer.file]


def batches(rows: Iterable[tuple[dict[str, Any], int]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in batches of about ROWS_BYTES of payload."""
    batch: list[dict[str, Any]] = []
    together = 0
    for row, weight in rows:
        batch.append(row)
        together += weight
        if together >= ROWS_BYTES:
            yield batch
            batch, together = [], 0
    if batch:
        yield batch


def rows_of(desk: Desk, lots: int, shard: Range) -> Iterator[tuple[dict[str, Any], int]]:
    """The rows of a shard in the order of their ids, each with its payload's size in bytes."""
    makers = {"text": text_row, "pairs": pair_row, "interleaved": interleaved_row}
    kept = slice_lots(desk, lots, shard)
    with Payloads(desk.staging, read_units(storage.join(desk.staging, "units.jsonl"))) as payloads:
        for batch in kept.to_batches(max_chunksize=1024):
            for row in batch.to_pylist():
                yield makers[shard.corpus](row, payloads, desk.recipe), row["weight"]


def slice_lots(desk: Desk, lots: int, shard: Range) -> pa.Table:
    """The keep lists of all lots between two ids, in the order of ids."""
    slices = []
    for lot in range(lots):
        table = read_table(desk.file(f"keep-{shard.corpus}", lot) + ".arrow")
        within = pc.and_(pc.greater_equal(table["id"], shard.low), pc.less(table["id"], shard.high))
        slices.append(table.filter(within))
    return pa.concat_tables(slices).sort_by("id")


def select(row: Mapping[str, Any], schema: pa.Schema) -> dict[str, Any]:
    """The columns of `schema` that a keep list holds as they are."""
    chosen = {name: row[name] for name in schema.names if name in row}
    return chosen | {"directives": [line for line in row["directives"].split("\n") if line]}


def text_row(row: Mapping[str, Any], payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the text corpus."""
    text = join_text(payloads.document(row)[1])
    return select(row, TEXT) | {"text": clean(text) if recipe.text.clean_c4 else text}


def image_cell(identity: str, format_: str, body: bytes) -> dict[str, Any]:
    """An image as the `datasets` library reads it; the path only tells the format."""
    return {"bytes": body, "path": f"{identity}.{webdataset.IMAGE_SUFFIX[format_]}"}


def pair_row(row: Mapping[str, Any], payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the pairs corpus: the image is stored as archived."""
    return select(row, PAIRS) | {
        "image": image_cell(row["id"], row["format"], payloads.image(row)),
        "original_width": row["width"],
        "original_height": row["height"],
        "sha256": row["sha256"].hex(),
        "source": payloads.source(row),
    }


def interleaved_row(row: Mapping[str, Any], payloads: Payloads, recipe: Recipe) -> dict[str, Any]:
    """A row of the interleaved corpus: texts and images in their places."""
    title, parts = payloads.document(row)
    images = {image["ordinal"]: image for image in row["images"]}
    part = recipe.interleaved
    places = trim(interleave(parts, images), part.sentences_before, part.sentences_after)
    shown = [None if isinstance(place, str) else images[place] for place in places]
    return select(row, INTERLEAVED) | {
        "texts": [place if isinstance(place, str) else None for place in places],
        "images": [
            image and image_cell(f"{row['id']}-{image['ordinal']:04d}", image["format"], payloads.image(image))
            for image in shown
        ],
        "metadata": metadata_text(shown),
        "general_metadata": json.dumps({"title": title, "url": row["url"]}, ensure_ascii=False),
    }
