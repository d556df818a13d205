"""What components of many items cost: `python -m benchmarks.components [--rows 1000000 5000000 20000000] [--no-scipy]`

Verified edges as near duplicates of texts have them: half of all items in clusters whose sizes follow a power law (exponent 2.5, up to
100,000), one of these clusters a twentieth of all items, numbers mixed; an edge leads from an item to an early one of its cluster, as stars
of buckets do. Then shapes that would take a round a link where that were possible. Edges lie in a file and are read in chunks.
Shown are seconds of processor time with reading, the most memory that the union's process ever held (0.04 GB are Python and numpy), and
rounds of alternating stars up to a million rows, where both ways are compared. Labels are compared with scipy's, a development dependency.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from transforms.dedup.components import Union, by_stars

CHUNK = 2**20
STARS_UP_TO = 1_000_000
EDGES = 0.7  # an item


def cluster_sizes(rows: int, random: np.random.Generator) -> np.ndarray:
    """Sizes of clusters that fill half of all rows."""
    sizes = [rows // 20]
    while sum(sizes) < rows // 2:
        drawn = np.minimum(2 * (1 - random.random(100_000)) ** (-1 / 1.5), 100_000).astype(int)
        sizes += drawn[np.cumsum(drawn) <= rows // 2 - sum(sizes)].tolist() or [rows // 2 - sum(sizes)]
    return np.array(sizes)


def near_edges(rows: int) -> np.ndarray:
    """Edges as verified near duplicates have them."""
    random = np.random.default_rng(rows)
    sizes = cluster_sizes(rows, random)
    begins = np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.arange(len(begins)) - begins
    names = random.permutation(rows).astype(np.uint32)
    found: list[np.ndarray] = []
    while sum(len(edges) for edges in found) < EDGES * rows:
        # The head of a bucket: an early member of the cluster, more often an earlier one.
        heads = (places * random.random(len(places)) ** 4).astype(int)
        edges = np.column_stack([names[np.arange(len(places))], names[begins + heads]])[places > 0]
        found.append(edges)
    edges = np.concatenate(found)
    return np.asarray(edges[random.permutation(len(edges))])


def chain(rows: int) -> np.ndarray:
    """Each like the next."""
    return np.column_stack([np.arange(rows - 1), np.arange(1, rows)]).astype(np.uint32)


def mixed_chain(rows: int) -> np.ndarray:
    """Each like the next, numbers mixed."""
    return np.asarray(np.random.default_rng(1).permutation(rows).astype(np.uint32)[chain(rows)])


def tree(rows: int) -> np.ndarray:
    """Each like one of those before it, numbers mixed."""
    random = np.random.default_rng(2)
    above = (random.random(rows - 1) * np.arange(1, rows)).astype(int)
    return np.asarray(random.permutation(rows).astype(np.uint32)[np.column_stack([np.arange(1, rows), above])])


def grid(rows: int) -> np.ndarray:
    """Each like its four neighbours."""
    side = int(rows**0.5)
    items = np.arange(side * side, dtype=np.uint32).reshape(side, side)
    sides = [(items[1:], items[:-1]), (items[:, 1:], items[:, :-1])]
    return np.concatenate([np.column_stack([one.ravel(), two.ravel()]) for one, two in sides])


def star(rows: int) -> np.ndarray:
    """All like the last."""
    return np.column_stack([np.full(rows - 1, rows - 1), np.arange(rows - 1)]).astype(np.uint32)


SHAPES: dict[str, Callable[[int], np.ndarray]] = {
    each.__name__: each for each in (near_edges, chain, mixed_chain, tree, grid, star)
}


def scipy_labels(edges: np.ndarray, rows: int) -> np.ndarray:
    """The least number of each row's component."""
    # Beside scipy alone, which other processes of this benchmark need not load.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), (rows, rows))
    count, component = connected_components(links, directed=False)
    least = np.full(count, rows)
    np.minimum.at(least, component, np.arange(rows))
    return np.asarray(least[component])


def write_edges(name: str, rows: int, path: Path) -> int:
    """Write the edges of a shape as pairs of u4; returns how many."""
    edges = SHAPES[name](rows)
    edges.astype(np.uint32).tofile(path)
    return len(edges)


def read_edges(path: Path) -> np.ndarray:
    """All edges of a file."""
    return np.fromfile(path, np.uint32).reshape(-1, 2)


def join(rows: int, path: Path) -> tuple[float, float]:
    """Join the edges of a file and write labels beside it; seconds, and gigabytes at the most."""
    began = time.process_time()
    union = Union(rows)
    with path.open("rb") as file:
        while data := file.read(8 * CHUNK):
            union.add(np.frombuffer(data, np.uint32).reshape(-1, 2))
    labels = union.labels()
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    labels.tofile(path.with_suffix(".labels"))
    return seconds, peak


def compare_stars(rows: int, path: Path) -> str:
    """Join the same edges by stars. Raises AssertionError where labels differ."""
    began = time.process_time()
    passed = list(by_stars(read_edges(path)))
    seconds = time.process_time() - began
    labels = np.arange(rows)
    labels[passed[-1][:, 0].astype(int)] = passed[-1][:, 1]
    assert np.array_equal(labels, np.fromfile(path.with_suffix(".labels"), np.uint32)), "stars give other labels"
    return f"stars {len(passed) - 1:2} rounds {seconds:5.2f} s"


def compare_scipy(rows: int, path: Path) -> str:
    """Join the same edges by scipy. Raises AssertionError where labels differ."""
    edges = read_edges(path)
    began = time.process_time()
    expected = scipy_labels(edges, rows)
    seconds = time.process_time() - began
    assert np.array_equal(expected, np.fromfile(path.with_suffix(".labels"), np.uint32)), "scipy gives other labels"
    return f"scipy {seconds:5.2f} s, same labels"


def main() -> None:
    """Print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--shape-rows", type=int, default=1_000_000)
    parser.add_argument("--no-scipy", action="store_true")
    given = parser.parse_args()
    asked = [("near_edges", rows) for rows in given.rows]
    asked += [(name, given.shape_rows) for name in SHAPES if name != "near_edges"]
    # A process for each call, so that memory is its own.
    with tempfile.TemporaryDirectory() as folder, get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        path = Path(folder, "edges")
        for name, rows in asked:
            edges = pool.apply(write_edges, (name, rows, path))
            seconds, peak = pool.apply(join, (rows, path))
            print(f"{name:12} {rows:11,} rows {edges:11,} edges {seconds:6.2f} s {peak:5.2f} GB", end="", flush=True)
            if not given.no_scipy:
                print(f"   {pool.apply(compare_scipy, (rows, path))}", end="", flush=True)
            print(f"   {pool.apply(compare_stars, (rows, path))}" if rows <= STARS_UP_TO else "", flush=True)


if __name__ == "__main__":
    main()
