"""Near duplicates in a batch and in a partition: nodes claim keys, the least of a bucket becomes the centre of a star, edges are verified.

A node is a page or a picture that may be like others; its place is (batch, row), and the least place is the first one of the inputs,
however the work is cut (law 5). Every member of a bucket is compared with the least node of that bucket, never all with all: a bucket that
a tenth of the crawl falls into costs a row a batch, and what only shares it with strangers fails the comparison (docs/decisions.md). Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from pipeline.decide.exchange import Message, rows_of
from pipeline.decide.lookup_join import Parcel
from transforms.dedup.sorting import by_number, in_order

CLAIMS, LEASTS, EDGES, ASKS, REPLIES, VERIFIED, FAILED = (
    "claims", "leasts", "edges", "asks", "replies", "verified", "failed",
)  # fmt: skip
CLAIM = np.dtype([("high", "<u8"), ("row", "<u4")])  # a key, and the least node of the batch that has it
LEAST = np.dtype([("high", "<u8"), ("batch", "<u4"), ("row", "<u4")])  # a key, and the least node of all that has it
EDGE = np.dtype(
    [("row", "<u4"), ("batch", "<u4"), ("to", "<u4")]
)  # a node of the batch, and the node that it may be like
ASK = np.dtype([("row", "<u4")])
PAIR = np.dtype([("one", "<u8"), ("other", "<u8")])  # two nodes that are alike, by `packed` places
LABEL = np.dtype([("row", "<u4"), ("label", "<u8"), ("size", "<u4")])  # a node, its component's least node, its nodes
HOT = np.dtype([("id_high", "<u8"), ("id_low", "<u8"), ("failed", "<u4"), ("members", "<u4")])
MOST_HOT = 20  # centres whose members failed the comparison that a batch tells of

# Whether each of some rows is like the one beside it, and how alike they are.
Compare = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

_HALF, _ROW = np.uint64(32), np.uint64(0xFFFFFFFF)


def packed(batch: np.ndarray | int, row: np.ndarray) -> np.ndarray:
    """Places as one number each, in their order."""
    return np.asarray(np.asarray(batch).astype(np.uint64) << _HALF | row.astype(np.uint64))


def unpacked(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The batch and the row of packed places."""
    return places >> _HALF, places & _ROW


class Buckets:
    """The keys of a batch's nodes, sorted: which nodes have which key."""

    def __init__(self, keys: np.ndarray) -> None:
        """`keys` has a row a node and a column a band."""
        flat = keys.reshape(-1)
        self._shape = keys.shape
        self._order = in_order(flat)
        ordered = flat[self._order]
        self._begins = begins_of(ordered)
        self.keys = ordered[self._begins]
        # Of equal keys the least node comes first.
        self._least = (self._order[self._begins] // np.uint64(max(1, keys.shape[1]))).astype(np.uint32)

    def claims(self) -> np.ndarray:
        """The least node of each key, as rows of CLAIM in the order of their keys."""
        found = np.empty(len(self.keys), CLAIM)
        found["high"], found["row"] = self.keys, self._least
        return found

    def edges(self, batch: int, told: np.ndarray) -> np.ndarray:
        """An edge from each node to the least one of each of its buckets, each once; `told` are rows of LEAST of other batches' nodes."""
        centres = packed(batch, self._least)
        centres[np.searchsorted(self.keys, told["high"])] = packed(told["batch"], told["row"])
        table = np.empty(self._shape, np.uint64)
        table.reshape(-1)[self._order] = np.repeat(centres, np.diff(self._begins, append=table.size))
        table.sort(axis=1)
        new = table != packed(batch, np.arange(len(table)))[:, None]
        new[:, 1:] &= table[:, 1:] != table[:, :-1]
        found = np.empty(int(new.sum()), EDGE)
        found["row"] = np.nonzero(new)[0]
        found["batch"], found["to"] = unpacked(table[new])
        return found


def claims_by_partition(claims: np.ndarray, partitions: int) -> Iterator[Parcel]:
    """Claims, which are in the order of their keys, dealt out to partitions by the leading bits of these: they are hashes."""
    limits = np.array([-(-(2**64) * part // partitions) for part in range(1, partitions)], np.uint64)
    for part, some in enumerate(np.split(claims, np.searchsorted(claims["high"], limits))):
        yield part, CLAIMS, some


def begins_of(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])


def unique_edges(edges: np.ndarray) -> np.ndarray:
    """Edges, each once, in their order."""
    places = packed(edges["batch"], edges["to"])
    order = np.lexsort([places, edges["row"]])
    rows, places = edges["row"][order], places[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (places[1:] != places[:-1])
    return np.asarray(edges[order[new]])


def meet(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition of keys answers: to each batch the least node of the keys that it claimed, where that is another batch's.

    `messages` are in the order of their senders, each with its claims in the order of their keys.
    """
    claims = [(message[1], rows_of(message, CLAIM)) for message in messages]
    keys = np.concatenate([np.empty(0, np.uint64), *(rows["high"] for _, rows in claims)])
    # A stable sort puts the first batch of each key first, and is quick where what it sorts is in order piece by piece.
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    again = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1  # those behind the first of their key: another batch's
    first = np.ones(len(ordered), dtype=bool)
    first[again] = False
    firsts = order[np.flatnonzero(first)[np.cumsum(first)[again] - 1]]
    ends = np.cumsum([len(rows) for _, rows in claims])
    senders = np.array([batch for batch, _ in claims], np.uint32)
    told = np.empty(len(again), LEAST)
    told["high"] = ordered[again]
    told["batch"] = senders[np.searchsorted(ends, firsts, side="right")]
    told["row"] = np.concatenate([np.empty(0, np.uint32), *(rows["row"] for _, rows in claims)])[firsts]
    yield from by_receiver(senders[np.searchsorted(ends, order[again], side="right")], LEASTS, told)


def by_receiver(receivers: np.ndarray, kind: str, rows: np.ndarray) -> Iterator[Parcel]:
    """Rows dealt out to their receivers, in order."""
    order = by_number(receivers)
    numbers, starts = np.unique(receivers[order], return_index=True)
    for number, some in zip(numbers.tolist(), np.split(rows[order], starts[1:]) if len(rows) else [], strict=True):
        yield int(number), kind, some


def ask(edges: np.ndarray, batch: int) -> Iterator[Parcel]:
    """What a batch asks others for: the nodes of theirs that its edges lead to, each once. Its edges it sends itself, to have them then."""
    yield batch, EDGES, edges
    remote = edges[edges["batch"] != batch]
    batches, nodes = unpacked(np.unique(packed(remote["batch"], remote["to"])))
    rows = np.empty(len(nodes), ASK)
    rows["row"] = nodes
    yield from by_receiver(batches, ASKS, rows)


def reply_dtype(nodes: np.dtype) -> np.dtype:
    """A node as it is told to another batch: its row, and all that it holds."""
    return np.dtype([("row", "<u4"), *((name, nodes[name]) for name in nodes.names or ())])


def reply(messages: Iterable[Message], nodes: np.ndarray) -> Iterator[Parcel]:
    """What a batch answers to those who ask for its nodes."""
    dtype = reply_dtype(nodes.dtype)
    for message in messages:
        if message[0] == ASKS:
            rows = rows_of(message, ASK)["row"]
            told = np.empty(len(rows), dtype)
            told["row"] = rows
            for name in (dtype.names or ())[1:]:
                told[name] = nodes[name][rows]
            yield message[1], REPLIES, told


def verified(
    messages: Sequence[Message], batch: int, nodes: np.ndarray, compare: Compare
) -> tuple[np.ndarray, np.ndarray]:
    """The edges of a batch that hold, as rows of PAIR, and the centres whose members do not, as rows of HOT."""
    edges = np.concatenate([np.empty(0, EDGE), *(rows_of(m, EDGE) for m in messages if m[0] == EDGES)])
    dtype = reply_dtype(nodes.dtype)
    told = [(message[1], rows_of(message, dtype)) for message in messages if message[0] == REPLIES]
    places = np.concatenate([np.empty(0, np.uint64), *(packed(sender, rows["row"]) for sender, rows in told)])
    remote = np.concatenate([np.empty(0, dtype), *(rows for _, rows in told)])
    order = np.argsort(places)
    wanted = packed(edges["batch"], edges["to"])
    away = edges["batch"] != batch
    centres = np.empty(len(edges), dtype)
    for name in (dtype.names or ())[1:]:
        centres[name][~away] = nodes[name][edges["to"][~away]]
    centres[away] = remote[order[np.searchsorted(places[order], wanted[away])]]
    alike, _ = compare(nodes[edges["row"]], centres)
    pairs = np.empty(int(alike.sum()), PAIR)
    pairs["one"], pairs["other"] = packed(batch, edges["row"][alike]), wanted[alike]
    return pairs, hottest(wanted, centres, alike)


def hottest(places: np.ndarray, centres: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """The centres of which most members are not like them, with the numbers of those and of all."""
    distinct, first, which = np.unique(places, return_index=True, return_inverse=True)
    found = np.zeros(len(distinct), HOT)
    found["id_high"], found["id_low"] = centres["id_high"][first], centres["id_low"][first]
    found["members"] = np.bincount(which, minlength=len(distinct))
    found["failed"] = np.bincount(which[~alike], minlength=len(distinct))
    return most_failed(found)


def most_failed(rows: np.ndarray) -> np.ndarray:
    """The first MOST_HOT of some rows of HOT by their failures, the least id first of equal ones."""
    rows = rows[rows["failed"] > 0]
    return np.asarray(rows[np.lexsort([rows["id_low"], rows["id_high"], -rows["failed"].astype(np.int64)])][:MOST_HOT])


def labels_kind(name: str) -> str:
    """What the messages are called that tell labels of the nodes of this name."""
    return f"labels of {name}"


def told_labels(messages: Iterable[Message], name: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """For each of a batch's `count` nodes of this name its label and its component's size; (0, 1) for one that is like no other.

    A label is the packed place of the component's least node, plus one.
    """
    labels, sizes = np.zeros(count, np.uint64), np.ones(count, np.int64)
    for message in messages:
        if message[0] == labels_kind(name):
            rows = rows_of(message, LABEL)
            labels[rows["row"]], sizes[rows["row"]] = rows["label"], rows["size"]
    return labels, sizes
