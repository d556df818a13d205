"""A sample of captures as archives of its own, so that the real job can run over it: which captures, and how they are written."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeVar

import numpy as np

from pipeline import storage
from pipeline.image_sets import is_set
from pipeline.named_archives import archive_path
from pipeline.plan import Plan, Span
from pipeline.sample_scan import Head, captures_of
from pipeline.wacz import open_part
from schemas.records import Capture
from transforms.warc.read import read_at

T = TypeVar("T")

GROUPS = 10  # the sample is dealt out to so many (see `pipeline.estimate`)
# Headers that say how a body was coded, or how long it was then: bodies are written with their codings undone.
CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


def draw(items: Sequence[T], count: int, seed: int) -> list[T]:
    """`count` items at equal distances, so that each archive and each stretch of it has its share; the seed says where they begin.

    >>> draw("abcdefgh", 4, 0), draw("ab", 9, 0)
    (['a', 'c', 'e', 'g'], ['a', 'b'])
    """
    count = min(count, len(items))
    if not count:
        return []
    begin = np.random.default_rng(seed).random() if seed else 0.0
    return [items[int((number + begin) * len(items) / count)] for number in range(count)]


def deal(items: Sequence[T], groups: int, seed: int, homes: Sequence[int] | None = None) -> list[list[T]]:
    """The items dealt out to groups that are not empty, neighbours to different ones; with `homes` those of a home together.

    >>> deal("aabb", 2, 0, [0, 0, 1, 1])
    [['a', 'a'], ['b', 'b']]
    """
    homes = range(len(items)) if homes is None else homes
    apart = list(dict.fromkeys(homes))
    groups = min(groups, len(apart))
    rng = np.random.default_rng(seed)
    group_of: dict[int, int] = {}
    for begin in range(0, len(apart), max(1, groups)):
        group_of |= zip(apart[begin : begin + groups], rng.permutation(groups).tolist(), strict=False)
    found: list[list[T]] = [[] for _ in range(groups)]
    for item, home in zip(items, homes, strict=True):
        found[group_of[home]].append(item)
    return found


def write_archives(planned: Plan, chosen: Mapping[str, Sequence[Head]]) -> None:
    """Write the captures of some heads to archives by their paths, each input being read once."""
    wanted: dict[Span, list[tuple[Head, str]]] = {}
    for path, heads in chosen.items():
        for head in heads:
            wanted.setdefault(head.span, []).append((head, path))
    with ExitStack() as stack:
        files = {path: stack.enter_context(storage.write_whole(path, durable=False)) for path in chosen}
        for span, found in wanted.items():
            for path, capture in _captures(planned.root, span, found):
                packer = zlib.compressobj(1, wbits=31)
                files[path].write(packer.compress(record(capture)) + packer.flush())


def _captures(root: str, span: Span, wanted: Sequence[tuple[Head, str]]) -> Iterator[tuple[str, Capture]]:
    if all(head.seekable for head, _ in wanted) and not is_set(span.name):
        with open_part(archive_path(root, span.file), span.part) as stream:
            for head, path in sorted(wanted, key=lambda each: each[0].offset):
                yield path, read_at(stream, head.offset, head.length)
        return
    places = {(head.offset, head.within): path for head, path in wanted}
    for item in captures_of(root, span):
        if isinstance(item, Capture) and (item.offset, item.within) in places:
            yield places[item.offset, item.within], item


def record(capture: Capture) -> bytes:
    """A capture as a WARC record that reads back as the same capture, but for its place."""
    block = capture.body
    if capture.status:
        lines = [f"HTTP/1.1 {capture.status} -"]
        lines += [f"{name}: {value}" for name, value in capture.headers if name.lower() not in CODINGS]
        block = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + block
        media_type = "application/http"
    else:
        media_type = capture.media_type + (f"; charset={capture.charset}" if capture.charset else "")
    fields = {
        "WARC-Type": capture.kind,
        "WARC-Target-URI": capture.url,
        "WARC-Date": capture.date,
        "WARC-Refers-To-Target-URI": capture.refers_to,
        "WARC-Truncated": capture.truncated,
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    head = "\r\n".join(["WARC/1.0", *(f"{name}: {value}" for name, value in fields.items() if value), "", ""])
    return head.encode("utf-8", "surrogateescape") + block + b"\r\n\r\n"
