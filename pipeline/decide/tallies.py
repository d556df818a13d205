"""What near duplicates took, counted over the run by host, by archive and by cluster, so that a run can stop where a source bleeds. Pure.

A batch sends a row for each host and archive of the items that rounds of near duplicates looked at, and for its largest clusters; a
partition of keys adds them up and answers with the worst, so nobody holds the hosts of a crawl.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import corpora
from pipeline.corpora.base import Corpus
from pipeline.decide.duplicates import Standing
from pipeline.decide.exchange import Message, by_partition, rows_of
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import ITEM_HOST, ITEM_SOURCE
from pipeline.decide.lookup_join import Parcel
from schemas.recipe import Recipe
from transforms.dedup.keys import key

HOST, SOURCE = 0, 1
KINDS = ("hosts", "sources")
NAME, ADDRESS = 96, 160  # bytes of a name and of an address that travel; of longer ones the end does
WORST = 20  # that are told of each kind and corpus
PLACES, CLUSTERS, SEEN = "places", "clusters", "seen"

# `came` are the items that rounds of near duplicates looked at, `left` those of them that these took.
_COUNTED = [("high", "<u8"), ("corpus", "u1"), ("kind", "u1"), ("came", "<u4"), ("left", "<u4"), ("name", f"S{NAME}")]
PLACE = np.dtype(_COUNTED)
CLUSTER = np.dtype([*_COUNTED, ("url", f"S{ADDRESS}")])  # by the id of the item that stands for it; `kind` is 0
SUM = np.dtype([("high", "<u8"), ("corpus", "u1"), ("kind", "u1"), ("seen", "<u8"), ("over", "<u8")])
Worst = dict[str, dict[str, Any]]  # by corpus: hosts, sources and clusters, as `report` tells them


def near_rounds(corpus: Corpus, names: Sequence[str]) -> list[int]:
    """The places of the rounds that compare a candidate before it counts, among the rounds of a corpus: those of near duplicates.

    >>> near_rounds(corpora.by_name("text"), ["url", "text", "near", "near"])
    [2, 3]
    """
    return [number for number, name in enumerate(names) if corpus.rounds[name].verify is not None]


def is_counted(recipe: Recipe) -> bool:
    """Whether some corpus of a recipe has a round of near duplicates."""
    return any(near_rounds(c, recipe.parts[c.name].duplicates) for c in corpora.of_recipe(recipe))


@dataclass
class Tally:
    """The counts of a batch while it is closed: tables (name, came, left), by corpus and kind."""

    job: DecideJob
    places: dict[tuple[int, int], list[pa.Table]] = field(default_factory=dict)
    clusters: dict[int, list[pa.Table]] = field(default_factory=dict)

    def add(self, corpus: Corpus, table: pa.Table, standing: Standing) -> None:
        """Add the items of a part of a corpus."""
        rounds = near_rounds(corpus, self.job.names(corpus))
        if not rounds or not len(table):
            return
        came = (standing.lost_in < 0) | (standing.lost_in >= rounds[0])
        left = np.isin(standing.lost_in, rounds)
        code = self.job.code(corpus)
        for kind, column in ((HOST, ITEM_HOST), (SOURCE, ITEM_SOURCE)):
            names = table[column].filter(pa.array(came)).combine_chunks()
            names = pc.replace_substring_regex(names, "^www\\.", "") if kind == HOST else names
            self.places.setdefault((code, kind), []).append(grouped(names, left[came]))
        self.clusters.setdefault(code, []).append(
            clusters_in(table, standing, came, left, corpora.has_near_pages(corpus, self.job.recipe))
        )

    def parcels(self) -> Iterator[Parcel]:
        """What the batch sends to the partitions."""
        places = [place_rows(code, kind, summed(tables)) for (code, kind), tables in self.places.items()]
        clusters = [cluster_rows(code, summed(tables)) for code, tables in self.clusters.items()]
        for name, dtype, rows in ((PLACES, PLACE, places), (CLUSTERS, CLUSTER, clusters)):
            yield from by_partition(np.concatenate([np.empty(0, dtype), *rows]), self.job.partitions, name)


def grouped(names: pa.Array, left: np.ndarray) -> pa.Table:
    """Items as one row a name."""
    table = pa.table({"name": names, "came": np.ones(len(names), np.int64), "left": left.astype(np.int64)})
    return summed([table])


def summed(tables: Sequence[pa.Table]) -> pa.Table:
    """Counts added up by name; of clusters also the size and the address, where a part knows it."""
    together = pa.concat_tables(tables)
    others = [(name, "max") for name in ("size", "url") if name in together.column_names]
    found = together.group_by("name").aggregate([("came", "sum"), ("left", "sum"), *others])
    return found.rename_columns(
        [name.removesuffix("_sum").removesuffix("_max") for name in found.column_names]
    ).sort_by("name")


def clusters_in(table: pa.Table, standing: Standing, came: np.ndarray, left: np.ndarray, components: bool) -> pa.Table:
    """The clusters of a part's items. Of pages: what hangs together, with its size over the run; else what left for one item."""
    names = standing.cluster if components else standing.of
    mine = np.flatnonzero(came & (standing.size > 1) if components else left)
    urls = table["url"].take(pa.array(mine))
    stands = pc.equal(table["id"].take(pa.array(mine)), pa.array(names[mine], pa.string()))
    shown = pc.if_else(stands, urls, "") if components else urls
    counts = {"came": np.ones(len(mine), np.int64), "left": left[mine].astype(np.int64), "size": standing.size[mine]}
    return summed([pa.table({"name": pa.array(names[mine], pa.string()), **counts, "url": shown})])


def place_rows(code: int, kind: int, counts: pa.Table) -> np.ndarray:
    """Counts as rows of PLACE."""
    names = [cut(name, NAME) for name in counts["name"].to_pylist()]
    return filled(PLACE, code, kind, counts, names)


def cluster_rows(code: int, counts: pa.Table) -> np.ndarray:
    """The largest clusters of a batch as rows of CLUSTER.

    Those that hang together have one size everywhere, so that the largest of the run are among the largest of every batch that has some
    of their items. What left for one item is counted by each batch alone, so all of it goes.
    """
    if len(counts) and pc.max(counts["size"]).as_py() > 1:
        counts = counts.sort_by([("size", "descending"), ("name", "ascending")])[:WORST]
    names = [cut(name, NAME) for name in counts["name"].to_pylist()]
    rows = filled(CLUSTER, code, 0, counts, names)
    rows["url"] = [cut(url, ADDRESS) for url in counts["url"].to_pylist()]
    return rows


def filled(dtype: np.dtype, code: int, kind: int, counts: pa.Table, names: Sequence[bytes]) -> np.ndarray:
    """Rows of a dtype from counts; the key is that of the whole name."""
    rows = np.zeros(len(counts), dtype)
    whole = (f"{code} {kind} {name}".encode("utf-8", "replace") for name in counts["name"].to_pylist())
    rows["high"] = [int.from_bytes(key(name)[:8]) for name in whole]
    rows["corpus"], rows["kind"], rows["name"] = code, kind, names
    rows["came"], rows["left"] = counts["came"].to_numpy(), counts["left"].to_numpy()
    return rows


def cut(text: str, most: int) -> bytes:
    """The end of a text in so many bytes: that of a host says whose it is, that of an archive's path which.

    >>> cut("www.example.org", 11), cut("example.org", 11)
    (b'example.org', b'example.org')
    """
    return text.encode("utf-8", "replace")[-most:]


def answer(messages: Sequence[Message], recipe: Recipe) -> Iterator[Parcel]:
    """What a partition answers to the one worker: the worst of its hosts and archives, its largest clusters, and how many there are."""
    places = together([rows_of(message, PLACE) for message in messages if message[0] == PLACES], PLACE)
    clusters = together([rows_of(message, CLUSTER) for message in messages if message[0] == CLUSTERS], CLUSTER)
    yield 0, PLACES, worst(places, recipe)
    yield 0, CLUSTERS, largest(clusters)
    yield 0, SEEN, seen(places, recipe)


def together(rows: Sequence[np.ndarray], dtype: np.dtype) -> np.ndarray:
    """Rows of the same key added up; the address is the last one by its bytes, so an empty one gives way."""
    found = np.concatenate([np.empty(0, dtype), *rows])
    texts = [found[name] for name in ("url", "name") if name in (dtype.names or ())]
    found = found[np.lexsort([*texts, found["kind"], found["corpus"], found["high"]])]
    new = np.ones(len(found), dtype=bool)
    new[1:] = np.logical_or.reduce([found[name][1:] != found[name][:-1] for name in ("high", "corpus", "kind")])
    begins = np.flatnonzero(new)
    sums = found[np.append(begins[1:], len(found)) - 1] if len(found) else found
    for name in ("came", "left"):
        sums[name] = np.add.reduceat(found[name], begins) if len(found) else 0
    return sums


def looked_at(rows: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Mask of the hosts and archives that have enough items for the guard to look."""
    least = np.array([recipe.guard.hosts_from, recipe.guard.sources_from])
    return np.asarray(rows["came"] >= least[rows["kind"]])


def shares(rows: np.ndarray) -> np.ndarray:
    """What left of what came."""
    return np.asarray(rows["left"] / np.maximum(1, rows["came"]))


def worst(rows: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Of each corpus and kind the WORST that lost the largest share, of those that the guard looks at and that lost any."""
    rows = rows[looked_at(rows, recipe) & (rows["left"] > 0)]
    return first_of_each(rows[np.lexsort([rows["name"], -rows["left"].astype(np.int64), -shares(rows)])])


def largest(rows: np.ndarray) -> np.ndarray:
    """The WORST largest clusters of each corpus."""
    return first_of_each(rows[np.lexsort([rows["name"], -rows["came"].astype(np.int64)])])


def first_of_each(rows: np.ndarray) -> np.ndarray:
    """The first WORST rows of each corpus and kind, in their order."""
    groups = rows["corpus"].astype(int) * len(KINDS) + rows["kind"]
    found = [np.flatnonzero(groups == group)[:WORST] for group in np.unique(groups)]
    return np.asarray(rows[np.concatenate([np.empty(0, int), *found])])


def seen(rows: np.ndarray, recipe: Recipe) -> np.ndarray:
    """How many hosts and archives the guard looks at, and how many lost more than it allows."""
    bounds = np.array([recipe.guard.hosts, recipe.guard.sources])
    rows = rows[looked_at(rows, recipe)]
    groups = rows["corpus"].astype(int) * len(KINDS) + rows["kind"]
    found = np.zeros(len(np.unique(groups)), SUM)
    for one, group in zip(found, np.unique(groups), strict=True):
        mine = rows[groups == group]
        one["corpus"], one["kind"] = divmod(group, len(KINDS))
        one["seen"], one["over"] = len(mine), int((shares(mine) > bounds[one["kind"]]).sum())
    return found


def report(messages: Iterable[Message], recipe: Recipe) -> Worst:
    """What the one worker writes of each corpus: hosts and archives with what came and what left, and clusters with their items."""
    told = list(messages)
    found: Worst = {}
    places = np.concatenate([np.empty(0, PLACE), *(rows_of(m, PLACE) for m in told if m[0] == PLACES)])
    clusters = np.concatenate([np.empty(0, CLUSTER), *(rows_of(m, CLUSTER) for m in told if m[0] == CLUSTERS)])
    sums = np.concatenate([np.empty(0, SUM), *(rows_of(m, SUM) for m in told if m[0] == SEEN)])
    for name in recipe.corpora:
        corpus = corpora.by_name(name)
        code = corpora.names().index(name)
        if not near_rounds(corpus, recipe.parts[name].duplicates):
            continue
        mine: dict[str, Any] = {}
        for kind, label in enumerate(KINDS):
            of_kind = sums[(sums["corpus"] == code) & (sums["kind"] == kind)]
            rows = worst(places[(places["corpus"] == code) & (places["kind"] == kind)], recipe)
            told_of = [{"name": shown(row["name"]), "came": int(row["came"]), "left": int(row["left"])} for row in rows]
            mine[label] = {"seen": int(of_kind["seen"].sum()), "over": int(of_kind["over"].sum()), "worst": told_of}
        mine["clusters"] = cluster_report(largest(clusters[clusters["corpus"] == code]), corpus, recipe)
        found[name] = mine
    return found


def cluster_report(rows: np.ndarray, corpus: Corpus, recipe: Recipe) -> list[Mapping[str, Any]]:
    """Clusters with their items: of what left for one item that is one more, which stays."""
    alone = not any(corpus.rounds[name].near for name in recipe.parts[corpus.name].duplicates)
    return [
        {
            "id": shown(row["name"]),
            "url": shown(row["url"]),
            "items": int(row["came"]) + alone,
            "left": int(row["left"]),
        }
        for row in rows
    ]


def shown(text: bytes) -> str:
    """A name as it travelled; a character that was cut goes."""
    return text.decode("utf-8", "ignore")
