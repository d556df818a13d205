"""What repeats of lines and paragraphs cost: in staging the time and bytes of a page, in `decide` the time of a page and of a copy.

    python -m benchmarks.repeats [--pages 20000] [--sites 200] [--batches 4]

The pages are made up: words drawn by Zipf's law in sentences of 6 to 22, in paragraphs of one or a few, and on each page a dozen lines
that its site says everywhere. What batches send and are told is made and read as in a run, without an engine and without storage.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from benchmarks.text_measures import make_text
from pipeline.decide.pieces import Copies, Owners, copies_in
from pipeline.stage.pieces import Frame, packed, unpacked
from schemas.index import COPY, PAGE_PIECES, PIECE
from schemas.recipe import KEEP_FIRST, KEEP_NONE, LINES, PARAGRAPHS, RUN, SITE, RepeatsPart
from schemas.records import Block, BlockKind
from transforms.dedup.pieces import pieces_of
from transforms.dedup.repeats import TooMany, among, first_copies, mixed, staying

DOCUMENTS = 200  # that are cut into pieces; those of further pages are as many, under other keys
BLOCKS, BOILERPLATE = 75, 12  # of a page, and of those what its site says everywhere
FRAME_PAGES = 1500
RECIPES = {
    "obelics": RepeatsPart(PARAGRAPHS, SITE, 2, KEEP_NONE, 8),
    "c4": RepeatsPart(LINES, RUN, 1, KEEP_FIRST, 8),
}


class Clock:
    """Process time since it was asked last."""

    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        """Seconds."""
        before, self._last = self._last, time.process_time()
        return self._last - before


def documents() -> list[list[Block | int]]:
    """Documents of BLOCKS blocks, no two of one text."""
    lines = [line for seed in range(8) for line in make_text(60_000, seed).replace(". ", ".\n").splitlines() if line]
    return [
        [Block(BlockKind.PARAGRAPH, f"{lines[(n * BLOCKS + m) % len(lines)]} Page {n}.") for m in range(BLOCKS)]
        for n in range(DOCUMENTS)
    ]


def staged(pages: int, sites: int, rows: Sequence[np.ndarray]) -> Iterator[Frame]:
    """The frames of so many pages: the first pieces of a page are its site's, the others its own."""
    for first in range(0, pages, FRAME_PAGES):
        own = []
        for page in range(first, min(first + FRAME_PAGES, pages)):
            piece = rows[page % len(rows)].copy()
            piece["key"] = mixed(piece["key"] ^ np.uint64(page))
            piece["key"][:BOILERPLATE] = mixed(np.arange(BOILERPLATE) + np.uint64(1000 * (page % sites)))
            own.append(piece)
        sizes = [(len(piece), BLOCKS, len(piece)) for piece in own]
        yield Frame(first, first, np.array(sizes, PAGE_PIECES), np.concatenate(own))


def owners_of(pages: int, sites: int) -> Owners:
    """Each page with an address of its own, on one of the sites."""
    numbers = np.arange(pages)
    return Owners(numbers, mixed(numbers + 1), mixed(numbers % sites + 1))


def ask(frames: Sequence[bytes], owners: Owners, asked: RepeatsPart) -> Iterator[Copies]:
    """The copies of frames."""
    return (copies_in(unpacked(frame), 0, owners, asked, False) for frame in frames)


def decide(frames: Sequence[bytes], owners: Owners, asked: RepeatsPart, batches: int) -> tuple[list[float], int, int]:
    """Seconds of batches that send, of the partition, and of batches that edit; copies sent, and copies that go."""
    clock, sent, gone = Clock(), [], 0
    shares = [frames[number::batches] for number in range(batches)]
    for share in shares:
        rows = np.concatenate([np.empty(0, COPY), *(copies.rows for copies in ask(share, owners, asked))])
        sent.append(first_copies(rows, asked.most + 1))
    times = [clock.lap()]
    found = staying(np.concatenate(sent), asked.most, asked.keep == KEEP_FIRST)
    many = np.unique(found["high"])
    told = [found[among(found["high"], np.unique(rows["high"][among(rows["high"], many)]))] for rows in sent]
    times.append(clock.lap())
    for share, mine in zip(shares, map(TooMany.of, told), strict=True):
        gone += sum(int(mine.going(c.rows["high"], c.rows["value"]).sum()) for c in ask(share, owners, asked))
    return [*times, clock.lap()], sum(map(len, sent)), gone


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pages", 20_000), ("sites", 200), ("batches", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    made = documents()
    clock = Clock()
    pieces = [pieces_of(document, ()) for document in made]
    took = clock.lap() / len(made)
    rows = [np.frombuffer(found.rows, PIECE) for found in pieces]
    frames = list(map(packed, staged(args.pages, args.sites, rows)))
    count = sum(map(len, rows)) / len(rows)
    characters = sum(len(block.text) for block in chain(*made) if isinstance(block, Block)) / len(made)
    print(f"staging: {took * 1e6:.0f} µs a page of {characters:,.0f} characters and {count:.0f} pieces, ", end="")
    print(f"{sum(map(len, frames)) / args.pages:.0f} bytes a page")
    for name, asked in RECIPES.items():
        times, sent, gone = decide(frames, owners_of(args.pages, args.sites), asked, args.batches)
        each = " + ".join(f"{part / args.pages * 1e6:.1f}" for part in times)
        print(f"{name}: {each} µs a page (send + count + edit), {sum(times) / sent * 1e6:.2f} µs a copy; ", end="")
        print(f"{sent * COPY.itemsize / args.pages:.0f} bytes a page sent, {gone / args.pages:.1f} pieces a page gone")


if __name__ == "__main__":
    main()
