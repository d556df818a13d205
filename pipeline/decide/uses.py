"""How often a run shows a picture and says a caption, counted before anything is judged: keys and digests travel, no picture does. Pure.

A picture is known by its bytes, or by those that are alike where the recipe says so (`near_images`). The pages that show it are
told apart by their addresses, so captures of one page count once; all references count, in main content or not. A text's pictures are told
apart likewise, so one picture with its caption on a hundred pages counts once.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.captions import said_texts, text_keys
from pipeline.corpora.unit_rows import host_of, resolve
from pipeline.decide.batch import IndexPart
from pipeline.decide.exchange import Message, by_partition, rows_of
from pipeline.decide.lookup_join import Parcel
from pipeline.decide.pictures import NO_LABELS, PictureLabels
from schemas.index import USE, USE_KINDS, USED
from schemas.recipe import STAGED_CAPTIONS, Bounds, Recipe
from transforms.dedup.keep_first import halves_of, key_halves
from transforms.dedup.keys import key
from transforms.dedup.uses import Uses, counted, least, uses_of

USES, COUNTS = "uses", "counts"


def kinds_of(recipe: Recipe) -> tuple[str, ...]:
    """What a recipe wants counted: the measures of USE_KINDS that some rule of its corpora bounds."""
    bounded = set()
    for name in recipe.corpora:
        bounded |= set(bounded_in(recipe.parts[name]))
    return tuple(kind for kind in USE_KINDS if kind in bounded)


def bounded_in(part: Any) -> Iterator[str]:
    """The measures that the rules of a corpus's section bound, those for some languages too."""
    for field in dataclasses.fields(part):
        rules = getattr(part, field.name) if "measures" in field.metadata else {}
        for name, rule in rules.items():
            own = {name: rule} if isinstance(rule, Bounds) else rule
            yield from (measure for measure, bounds in own.items() if bounds != Bounds())


def uses_in(
    part: IndexPart, matches: np.ndarray, kinds: Sequence[str], labels: PictureLabels = NO_LABELS
) -> np.ndarray:
    """What the references of a part of a unit show and say, as rows of USE: each once, of each key the least."""
    match = resolve(part.refs, part.keys, matches).match
    found = np.flatnonzero(match >= 0)
    pictures, _ = labels.of(matches[match[found]])
    page = part.refs["page"].to_numpy()[found]
    rows = [np.empty(0, USE)]
    if USE_KINDS[0] in kinds:
        # An address is known by the half of its key in which all ways to write it are one.
        rows.append(use_rows(USE_KINDS[0], pictures, key_halves(part.pages["url_key"])[page, 0]))
    if USE_KINDS[1] in kinds:
        rows.append(use_rows(USE_KINDS[1], pictures, host_digests(part.pages["url"].to_pylist())[page]))
    if USE_KINDS[2] in kinds:
        # A filter leaves chunks as they are: `take` would lay all captions end to end, which may be more than Arrow's 2 GiB.
        staged = part.refs.select([*STAGED_CAPTIONS, "others"]).filter(pa.array(match >= 0)).to_pylist()
        texts = [[text for _, text in said_texts(said)] for said in staged]
        owner = np.repeat(np.arange(len(texts)), [len(said) for said in texts])
        keys = text_keys([text for said in texts for text in said])
        rows.append(use_rows(USE_KINDS[2], halves_of(keys), pictures[owner, 0]))
    return least(np.concatenate(rows))


def use_rows(kind: str, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows of USE of one kind."""
    rows = np.zeros(len(keys), USE)
    rows["kind"] = USE_KINDS.index(kind)
    rows["high"], rows["low"], rows["value"] = keys[:, 0], keys[:, 1], values
    return rows


def host_digests(urls: Iterable[str]) -> np.ndarray:
    """A number for the host of each address, the same with and without `www.`."""
    hosts = [host_of(url).removeprefix("www.") for url in urls]
    known = {host: int.from_bytes(key(host.encode("utf-8", "replace"))[:8]) for host in set(hosts)}
    return np.array([known[host] for host in hosts], np.uint64)


def ask(parts: Iterable[np.ndarray], partitions: int) -> Iterator[Parcel]:
    """What a batch sends: what its parts show and say, of each key the least."""
    held = np.empty(0, USE)
    for rows in parts:
        held = least(np.concatenate([held, rows]))
    yield from by_partition(held, partitions, USES)


def answer(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers: to each batch the counts of the keys that it sent."""
    sent = [(message[1], rows_of(message, USE)) for message in messages if message[0] == USES]
    found = counted(np.concatenate([np.empty(0, USE), *(rows for _, rows in sent)]))
    places = packed(found)
    for sender, rows in sent:
        yield sender, COUNTS, found[np.isin(places, packed(rows))]


def packed(rows: np.ndarray) -> np.ndarray:
    """Kind and key of each row as a byte string that numpy compares."""
    data = np.zeros((len(rows), 17), "u1")
    data[:, 0] = rows["kind"]
    data[:, 1:9], data[:, 9:] = (rows[n].astype(">u8").view("u1").reshape(-1, 8) for n in ("high", "low"))
    return data.reshape(-1).view("S17")


def told(messages: Iterable[Message], kinds: Sequence[str]) -> Uses:
    """The counts that a batch was told."""
    rows = (rows_of(message, USED) for message in messages if message[0] == COUNTS)
    return uses_of(np.concatenate([np.empty(0, USED), *rows]), USE_KINDS, kinds)
