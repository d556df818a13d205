"""What keeping tasks out of corpora costs: `python -m benchmarks.decontamination`.

Texts: microseconds a page of 10 kB, beyond its words, which the signature of near duplicates needs anyway: its n-grams of 13 words, and
their look-up in an index of so many keys. A page in a hundred holds an item. Images: microseconds a picture of a batch, among so many
hashes of tasks (8 a picture, as mirrored and turned ones count). All of one core, the best of some rounds; keys and hashes are drawn at
random.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from benchmarks.text_measures import make_text
from transforms.dedup.folding import word_hashes
from transforms.dedup.pictures import SETS
from transforms.dedup.shingles import shingles
from transforms.dedup.task_pictures import HASHES, TaskPictures, in_order
from transforms.dedup.task_texts import GramIndex, Grams, TaskTexts, grams_of, hits_of, together

PAGES, PAGE_BYTES, N = 200, 10_000, 13
PICTURES = 20_000  # of a batch
ALLOWED = 150  # us a page at a million keys


def seconds(function: Callable[[], object], rounds: int) -> float:
    """Processor time of one call: the best of `rounds`."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        function()
        best = min(best, time.process_time() - begin)
    return best


def index_of(keys: int, item: str) -> TaskTexts:
    """An index of so many keys, those of one item among them."""
    drawn = np.sort(np.random.default_rng(1).integers(0, 2**64, keys, dtype=np.uint64))
    drawn = drawn[np.diff(drawn, prepend=drawn[:1] - np.uint64(1)) > 0]
    filled = Grams(N, drawn, np.ones(len(drawn), np.uint32))
    grams = together([grams_of([item], [0], N), filled], N)
    return TaskTexts((GramIndex(grams),), pa.array(["made/0", "made/1"]))


def texts(sizes: list[int]) -> None:
    """Print a line for each number of keys."""
    item = make_text(300, seed=10**6)
    pages = [make_text(PAGE_BYTES, seed) + (item if seed % 100 == 0 else "") for seed in range(PAGES)]
    words = word_hashes(pages)
    folding = seconds(lambda: word_hashes(pages), 5) / PAGES * 1e6
    grams = seconds(lambda: shingles(words, N), 20) / PAGES * 1e6
    print(f"pages of {np.mean([len(page) for page in pages]):,.0f} characters, {len(words.hashes) // PAGES:,} words")
    print(f"words {folding:.0f} us a page; n-grams of {N} words {grams:.0f} us")
    print(f"{'keys':>12} {'MB':>6} {'built in s':>10} {'us a page':>10} {'look-up':>8} {'hits':>5}")
    for size in sizes:
        begin = time.process_time()
        tasks = index_of(size, item)
        built = time.process_time() - begin
        whole = seconds(lambda tasks=tasks: hits_of(tasks, words), 20) / PAGES * 1e6  # type: ignore[misc]
        found = sum(hits.grams > 0 for hits in hits_of(tasks, words))
        megabytes = tasks.indexes[0].bytes / 1e6
        print(f"{size:>12,} {megabytes:>6.1f} {built:>10.2f} {whole:>10.0f} {whole - grams:>8.0f} {found:>5}")
        assert found == PAGES // 100, "an item was not found, or one was that is not there"
        assert size != 10**6 or whole <= ALLOWED, f"more than {ALLOWED} us a page at a million keys"


def images(sizes: list[int]) -> None:
    """Print a line for each number of hashes."""
    draw = np.random.default_rng(2)
    print(f"\n{'hashes':>12} {'built in s':>10} {'us a picture':>13} {'found':>6}  ({PICTURES:,} pictures of a batch)")
    for size in sizes:
        rows = np.zeros(size, HASHES)
        rows["phash"] = draw.integers(0, 2**63, size, dtype=np.uint64) | np.uint64(2**63)
        rows["fine"] = np.frombuffer(draw.bytes(32 * size), "V32")
        rows["item"] = np.arange(size) // 8
        phash = draw.integers(0, 2**63, PICTURES, dtype=np.uint64) | np.uint64(2**63)
        fine = np.frombuffer(draw.bytes(32 * PICTURES), "V32").copy()
        some = draw.integers(0, size, PICTURES // 100)
        phash[: len(some)], fine[: len(some)] = rows["phash"][some] ^ np.uint64(0b1010), rows["fine"][some]
        begin = time.process_time()
        tasks = TaskPictures(in_order(rows), SETS["default"])
        built = time.process_time() - begin
        spent = seconds(lambda tasks=tasks, phash=phash, fine=fine: tasks.find(phash, fine), 3)  # type: ignore[misc]
        found = int((tasks.find(phash, fine).item >= 0).sum())
        print(f"{size:>12,} {built:>10.2f} {spent / PICTURES * 1e6:>13.1f} {found:>6}")
        assert found == len(some), "a picture was not found, or one was that is not there"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="What keeping tasks out of corpora costs.")
    parser.add_argument("--keys", type=int, nargs="*", default=[10**5, 10**6, 10**7])
    parser.add_argument("--hashes", type=int, nargs="*", default=[10**5, 10**6])
    args = parser.parse_args()
    texts(args.keys)
    images(args.hashes)


if __name__ == "__main__":
    main()
