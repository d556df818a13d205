"""How long a take-down takes, and what it leaves alone: `python -m benchmarks.forget`.

    forget.py [--pages N] [--ids N] [--shards N] [--spread] [--json]

A finished run is made by the project's own writers: of each page a text, of every second one a pair with an image of 20 kB, of every sixth
a document with the same image, so 60,000 pages are 100,000 rows; pairs and documents in both formats. Then the ids of so many pages are
taken down: neighbours, as those of one site are in a crawl, or with `--spread` pages of all shards. Told are seconds, rows, the shards that
changed, whether any other file changed its bytes or its time, and whether `verify` finds the run whole.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.corpora import CORPORA
from pipeline.forget.take_down import forget
from pipeline.formats import by_name
from pipeline.formats.base import Kind
from pipeline.verify import verify
from schemas.manifest import Account, Manifest, ShardFile, to_json
from tests.support.small_run import document_row, pair_row, text_row
from transforms.forget.lists import read_lists

IMAGE_BYTES = 20_000
WORDS = "the quiet river ran under an old bridge of stone and nobody remembered who had built it "
EVERY = {"text": 1, "pairs": 2, "interleaved": 6}  # which pages have a row


def page_id(number: int) -> str:
    """The id of a page; they ascend with its number."""
    return f"{number:08x}" + hashlib.sha256(str(number).encode()).hexdigest()[:24]


def image_bytes(number: int) -> bytes:
    """What stands for the bytes of an image: no take-down decodes one."""
    return (hashlib.sha256(str(number).encode()).digest() * (IMAGE_BYTES // 32 + 1))[:IMAGE_BYTES]


def row(corpus: str, number: int) -> dict[str, Any]:
    """A page's row of a corpus."""
    page = page_id(number)
    name = f"{page}-0000"
    if corpus == "text":
        return {**text_row(number % 50), "id": page, "url": f"https://example.org/{number}", "text": WORDS * 35}
    image = {"bytes": image_bytes(number), "path": f"{name}.jpg"}
    if corpus == "pairs":
        return {**pair_row(number % 50), "id": name, "format": "jpeg", "image": image}
    told = {"id": name, "url": f"https://example.org/{number}.jpg", "original_width": 800, "original_height": 600}
    columns = {"texts": [WORDS, None, WORDS], "images": [None, image, None], "metadata": json.dumps([None, told, None])}
    return {**document_row(0), "id": page, "url": f"https://example.org/{number}", **columns}


def numbers(corpus: str, pages: int, shard: int, shards: int) -> range:
    """The pages of a shard that have a row."""
    begin, end = pages * shard // shards, pages * (shard + 1) // shards
    every = EVERY[corpus]
    return range(-(-begin // every) * every, end, every)


def batched(pages: range, size: int = 500) -> Iterator[range]:
    """Pages, so many at a time."""
    return (pages[begin : begin + size] for begin in range(0, len(pages), size))


def written(run: str, kind: Kind, pages: int, shards: int) -> Iterator[ShardFile]:
    """The shards of a corpus in every format that holds it."""
    for name in ("parquet",) if kind.name == "text" else ("parquet", "webdataset"):
        for shard in range(shards):
            format_ = by_name(name)
            with format_.open(run, format_.shard_name(kind.name, shard, shards), kind) as writer:
                for some in batched(numbers(kind.name, pages, shard, shards)):
                    writer.write([row(kind.name, number) for number in some])
            assert writer.file is not None
            yield writer.file


def make_run(run: Path, pages: int, shards: int) -> Manifest:
    """A finished run of so many pages."""
    files, accounts = [], []
    for corpus in CORPORA:
        files += list(written(str(run), corpus.kind, pages, shards))
        rows = len(range(0, pages, EVERY[corpus.name]))
        accounts.append(Account(corpus.name, "rules", rows, rows))
    manifest = Manifest("made", "0" * 64, accounts=tuple(accounts), shards=tuple(files))
    manifest = replace(manifest, columns={corpus.name: corpus.table.types() for corpus in CORPORA})
    (run / "manifest.json").write_bytes(to_json(manifest))
    return manifest


def stamps(run: Path, manifest: Manifest) -> dict[str, tuple[str, int]]:
    """Digest and time of each shard."""
    paths = {shard.name: run / shard.name for shard in manifest.shards}
    return {
        name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for name, path in paths.items()
    }


def measure(run: Path, pages: int, ids: int, shards: int, spread: bool) -> dict[str, Any]:
    """The figures of one take-down."""
    manifest = make_run(run, pages, shards)
    first = pages // 3 // 6 * 6
    chosen = range(0, pages, pages // ids)[:ids] if spread else range(first, first + ids)
    asked = read_lists([("ids", "\n".join(map(page_id, chosen)).encode(), "ids")])
    before = stamps(run, manifest)
    begun, cpu = time.perf_counter(), time.process_time()
    outcome = forget(str(run), asked)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    after = stamps(run, manifest)
    changed = {name for name in before if before[name] != after[name]}
    sizes = {shard.name: shard.bytes for shard in manifest.shards}
    begun = time.perf_counter()
    problems = verify(str(run))
    return {
        "rows": sum(len(range(0, pages, every)) for every in EVERY.values()),
        "ids": ids,
        "rows_taken": sum(sum(counts.values()) for counts in outcome.receipt.rows.values()),
        "shards": len(manifest.shards),
        "shards_changed": len(outcome.touched),
        "others_changed": len(changed - set(outcome.touched)),
        "megabytes": round(sum(sizes.values()) / 1e6),
        "megabytes_changed": round(sum(sizes[name] for name in outcome.touched) / 1e6),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "problems": len(problems),
        "verify_seconds": round(time.perf_counter() - begun, 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60_000)
    parser.add_argument("--ids", type=int, default=1_000)
    parser.add_argument("--shards", type=int, default=20, help="of each corpus and format")
    parser.add_argument("--spread", action="store_true", help="take pages of all shards")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        facts = measure(Path(folder), args.pages, args.ids, args.shards, args.spread)
    print(
        json.dumps(facts, indent=1)
        if args.json
        else "\n".join(f"{name:18} {value:>10,}" for name, value in facts.items())
    )


if __name__ == "__main__":
    main()
