"""Near duplicates of pictures: what is found of copies, what of strangers is merged, and what finding costs.

`python -m benchmarks.near_images --data shared/data [--photos 87] [--items 1000000] [--only recall strangers sets cost]`. Prints, each as
a table: the share of changed photographs that are found by radius, with the finer check and with one of colours besides (`recall`); pairs
of different photographs that either set of limits takes for one (`strangers`); pairs within the collections of near duplicates (`sets`);
and for a million made hashes, with as many planted near ones, whether all are found and in what time (`cost`). Hashes are measured as a
run measures them, and held to imagehash's.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import imagehash
import numpy as np
from PIL import Image

from benchmarks.picture_changes import ENCODED, HARD, MILD, TURNS, Change, file_of
from schemas.index import IMAGE_FACTS
from schemas.outcomes import RecordError
from transforms.dedup.pictures import SETS, Bits, PictureSet, pairs_between, pairs_within
from transforms.image.facts import measure_image
from transforms.image.header import Limits
from transforms.image.likeness import SAME_COLOUR, colour_distance, fine_distance
from transforms.image.turns import SEARCHED, WAYS, coarse, turned, turned_distance

Rows = np.ndarray  # of ROW
ROW = np.dtype([(name, IMAGE_FACTS[name]) for name in ("phash", "fine", "colours")])
RADII = (0, 2, 4, 6, 8)
FIRST = np.uint64(1 << 63)
ODD_COLUMNS = np.uint64(0x5555555555555555)  # bits that change in a hash of a picture mirrored left to right
FORMATS = ("jpeg", "png", "webp", "gif", "bmp", "tiff")
PLANTED = 20_000
LOSSLESS = 17  # photographs of `cid22`
LOOSE = 24  # levels of chroma: a looser look at colours


class Found(NamedTuple):
    """Distances of changed pictures to what they were made of."""

    coarse: np.ndarray
    fine: np.ndarray
    colours: np.ndarray

    def share(self, radius: int, fine: int = 256, colours: int = 255) -> float:
        """Which are found so."""
        return float(np.mean((self.coarse <= radius) & (self.fine <= fine) & (self.colours <= colours)))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    parser.add_argument(
        "--photos", type=int, default=87, help="how many are changed; of the different ones all are compared"
    )
    parser.add_argument("--items", type=int, default=1_000_000, help="how many hashes are made")
    parts: dict[str, Callable[[argparse.Namespace], None]] = {
        "recall": recall, "strangers": strangers, "sets": near_sets, "cost": cost,
    }  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    args = parser.parse_args(argv)
    for name in args.only:
        parts[name](args)
    return 0


def photographs(data: Path) -> list[Path]:
    """Different ones: those without loss, then those of clothes."""
    folder = data / "images" / "photos"
    return [*sorted((folder / "cid22").rglob("*.png")), *sorted((folder / "clothing").rglob("*.jpg"))]


def measured(files: Iterable[bytes]) -> Rows:
    """What a run measures of pictures."""
    limits = Limits(formats=FORMATS)
    facts = (measure_image(data, limits) for data in files)
    return np.array([(fact["phash"], fact["fine"], fact["colours"]) for fact in facts], ROW)


def bits_apart(one: Bits, other: Bits) -> np.ndarray:
    """In how many bits hashes differ."""
    return np.asarray(np.bitwise_count(one ^ other))


def recall(args: argparse.Namespace) -> None:
    """What is found of changed photographs."""
    files = photographs(args.data)
    step = max(1, (len(files) - LOSSLESS) // max(1, args.photos - LOSSLESS))
    files = [*files[:LOSSLESS], *files[LOSSLESS::step]][: args.photos]
    photos = [Image.open(file).convert("RGB") for file in files]
    originals = measured(file_of(photo) for photo in photos)
    theirs = np.array([int(str(imagehash.phash(photo)), 16) for photo in photos], np.uint64)
    print(f"{len(photos)} photographs, of which imagehash hashes {np.sum(theirs != originals['phash'])} otherwise\n")
    heads = [
        *(f"r {radius}" for radius in RADII),
        "default",
        f"and colours within {SAME_COLOUR}",
        f"within {LOOSE}",
        "wide",
    ]
    print(f"| change | {' | '.join(heads)} | 256 median / 95 % / most |")
    print("|" + " --- |" * (len(heads) + 2))
    mild = {name: found_of(photos, originals, change) for name, change in MILD.items()}
    for name, found in {**mild, **{name: found_of(photos, originals, change) for name, change in HARD.items()}}.items():
        show(name, found)
    show("all 26 mild", together(list(mild.values())))
    show("resized or encoded anew", together([mild[name] for name in ENCODED]))
    print("\n| mirrored or turned | r 2 | default | most of 64 | most of 256 |\n| --- | --- | --- | --- | --- |")
    for name, change in TURNS.items():
        rows = measured(change(photo) for photo in photos)
        ways = [bits_apart(coarse(turned(originals["fine"], way)), coarse(rows["fine"])) for way in range(WAYS)]
        near, fine = np.min(ways, axis=0), turned_distance(originals["fine"], rows["fine"])
        default = (near <= SETS["default"].radius) & (fine <= SETS["default"].fine)
        print(f"| {name} | {np.mean(near <= 2):.3f} | {np.mean(default):.3f} | {near.max()} | {fine.max()} |")


def found_of(photos: Sequence[Image.Image], originals: Rows, change: Change) -> Found:
    """Distances of photographs that went through a change."""
    rows = measured(change(photo) for photo in photos)
    fine = fine_distance(originals["fine"], rows["fine"])
    return Found(
        bits_apart(originals["phash"], rows["phash"]), fine, colour_distance(originals["colours"], rows["colours"])
    )


def together(some: Sequence[Found]) -> Found:
    """Several changes as one."""
    return Found(*(np.concatenate(columns) for columns in zip(*some, strict=True)))


def show(name: str, found: Found) -> None:
    """A line of the table."""
    default, wide = SETS["default"], SETS["wide"]
    shares = [found.share(radius) for radius in RADII]
    shares += [found.share(default.radius, default.fine, colours) for colours in (255, SAME_COLOUR, LOOSE)]
    shares.append(found.share(wide.radius, wide.fine))
    fine = f"{np.median(found.fine):.0f} / {np.percentile(found.fine, 95):.0f} / {found.fine.max()}"
    print(f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} | {fine} |")


def strangers(args: argparse.Namespace) -> None:
    """Pairs of different photographs that are taken for one."""
    rows = measured(file.read_bytes() for file in photographs(args.data))
    first, second = np.triu_indices(len(rows), 1)
    near = bits_apart(rows["phash"][first], rows["phash"][second])
    fine = fine_distance(rows["fine"][first], rows["fine"][second])
    colours = colour_distance(rows["colours"][first], rows["colours"][second])
    print(
        f"\n{len(rows)} different photographs, {len(near):,} pairs, the nearest {near.min()} of 64 and {fine.min()} of 256"
    )
    print("| pairs within | 4 | 6 | 8 | 10 | 12 |\n| --- | --- | --- | --- | --- | --- |")
    for name, mask in {
        "the radius": near >= 0, "and 56 of 256": fine <= 56, "and 40": fine <= 40, "and colours alone": colours <= SAME_COLOUR,
    }.items():  # fmt: skip
        print(f"| {name} | {' | '.join(str(np.sum(mask & (near <= radius))) for radius in (4, 6, 8, 10, 12))} |")
    for name, asked in SETS.items():
        print(
            f"{name}: {len(merged(rows, asked))} merged; mirrored and turned besides: {len(merged(rows, asked, SEARCHED))}"
        )


def merged(rows: Rows, asked: PictureSet, ways: Sequence[int] = (0,)) -> set[tuple[int, int]]:
    """Pairs that a set of limits takes for one, as they are or mirrored and turned in some ways: by distinct hashes, then by the check."""
    found = set()
    for way in ways:
        fine = turned(rows["fine"], way)
        mine, theirs = (coarse(fine), coarse(rows["fine"])) if way else (rows["phash"], rows["phash"])
        (first, place), (second, other) = (np.unique(hashes, return_inverse=True) for hashes in (mine, theirs))
        for choice in range(asked.choices):
            for i, j in pairs_between(first, second, choice, asked):
                near = {(int(a), int(b)) for pair in zip(i, j, strict=True) for a, b in held(place, other, *pair)}
                found |= {
                    (a, b) for a, b in near if a != b and fine_distance(fine[[a]], rows["fine"][[b]])[0] <= asked.fine
                }
    return {(min(pair), max(pair)) for pair in found}


def held(place: np.ndarray, other: np.ndarray, i: int, j: int) -> Iterator[tuple[int, int]]:
    """The pictures that have two hashes."""
    return product(np.flatnonzero(place == i).tolist(), np.flatnonzero(other == j).tolist())


def near_sets(args: argparse.Namespace) -> None:
    """Pairs within collections of near duplicates."""
    print(
        "\n| collection | pictures | default | wide | mirrored or turned | found by wide alone |\n| --- | --- | --- | --- | --- | --- |"
    )
    for folder in sorted((args.data / "images" / "near-duplicates").iterdir()):
        names, bodies = [], []
        for file in sorted(folder.rglob("*")):
            if file.is_file() and readable(file):
                names.append(file.name)
                bodies.append(file.read_bytes())
        rows = measured(bodies)
        default, wide = (merged(rows, SETS[name]) for name in ("default", "wide"))
        turns = merged(rows, SETS["default"], SEARCHED) - default
        more = ", ".join(f"{names[a]} = {names[b]}" for a, b in sorted(wide - default))
        print(f"| {folder.name} | {len(names)} | {len(default)} | {len(wide)} | {len(turns)} | {more} |")


def readable(file: Path) -> bool:
    """Whether it is a picture that a run measures, and no flat one."""
    try:
        facts = measure_image(file.read_bytes(), Limits(formats=FORMATS))
    except RecordError:
        return False
    return int(facts["phash"]).bit_count() > 1 and facts["spread"] > 0


def cost(args: argparse.Namespace) -> None:
    """Time of finding pairs among many hashes, and whether all are found that were planted."""
    made = like_photographs(measured(file.read_bytes() for file in photographs(args.data))["phash"], args.items)
    sets = {"r 2": PictureSet(2, 3, 48), "default": SETS["default"], "r 6": PictureSet(6, 8, 48), "wide": SETS["wide"]}
    print(
        f"\n| of {args.items:,} hashes | radius | blocks | choices | planted | missed | pairs | too far | us an item |"
    )
    print("|" + " --- |" * 9)
    for name, asked in sets.items():
        hashes, wanted = planted(made, asked.radius)
        begin, found, far = time.process_time(), [np.empty((0, 2), np.int64)], 0
        for choice in range(asked.choices):
            for pair in pairs_within(hashes, choice, asked):
                found.append(np.stack(pair, axis=1))
        took = (time.process_time() - begin) / len(hashes) * 1e6
        pairs = np.concatenate(found)
        far = int(np.sum(bits_apart(hashes[pairs[:, 0]] | FIRST, hashes[pairs[:, 1]] | FIRST) > asked.radius))
        numbers = pairs[:, 0] * len(hashes) + pairs[:, 1]
        if len(np.unique(numbers)) != len(numbers):
            raise ValueError(f"{name}: a pair came twice")
        missed = int(np.sum(~np.isin(wanted, numbers)))
        sizes = (
            f"{asked.radius} | {asked.blocks} | {asked.choices} | {len(wanted):,} | {missed} | {len(pairs):,} | {far}"
        )
        print(f"| {name} | {sizes} | {took:.1f} |")
    mirrored, asked, begin = np.unique(made ^ ODD_COLUMNS), SETS["default"], time.process_time()
    for choice in range(asked.choices):
        for _ in pairs_between(mirrored, made, choice, asked):
            pass
    took = (time.process_time() - begin) / len(made) * 1e6
    print(f"\nmirrored in one of {len(SEARCHED)} ways, with the default: {took:.1f} us an item")


def like_photographs(hashes: Bits, count: int) -> Bits:
    """Hashes whose bits are set as often, and go together, as those of photographs; half of the bits of each are set."""
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)[:, 1:].astype(float)
    values, vectors = np.linalg.eigh(np.sin(np.pi / 2 * np.corrcoef(bits.T)))
    mixing = vectors * np.sqrt(np.maximum(values, 1e-3))
    mixing /= np.sqrt((mixing**2).sum(axis=1, keepdims=True))
    limits = np.array([NormalDist().inv_cdf(1 - share) for share in bits.mean(axis=0)])
    draw, found = np.random.default_rng(0), [np.empty(0, np.uint64)]
    for at in range(0, count, 100_000):
        levels = draw.standard_normal((min(100_000, count - at), 63)) @ mixing.T - limits
        above = levels >= np.partition(levels, 32, axis=1)[:, 32:33]
        whole = np.concatenate([np.ones((len(above), 1), bool), above], axis=1)
        found.append(np.packbits(whole, axis=1).view(">u8").reshape(-1).astype(np.uint64))
    return np.unique(np.concatenate(found))


def planted(hashes: Bits, radius: int) -> tuple[Bits, np.ndarray]:
    """Hashes with near ones among them at every even distance up to the radius, and those pairs, numbered (row times count and row)."""
    draw = np.random.default_rng(radius)
    seeds = draw.choice(hashes, PLANTED, replace=False)
    distance = 2 * (1 + np.arange(PLANTED) % (radius // 2))
    order = np.argsort(draw.random((PLANTED, 63)), axis=1).astype(np.uint64)
    flips = np.where(np.arange(63) < distance[:, None], np.uint64(1) << order, np.uint64(0))
    copies = seeds ^ np.bitwise_or.reduce(flips, axis=1)
    whole = np.unique(np.concatenate([hashes, copies]))
    rows = np.sort(np.searchsorted(whole, np.stack([seeds, copies], axis=1)), axis=1)
    return whole, rows[:, 0] * len(whole) + rows[:, 1]


if __name__ == "__main__":
    raise SystemExit(main())
