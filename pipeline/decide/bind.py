"""What the policy files of sites say about the pages of a unit and the images that they show, before corpora judge them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import zstandard

from pipeline.corpora.unit_rows import UnitRows, objects
from pipeline.layout import StagingFolder
from pipeline.payloads import read_together
from pipeline.sections import damaged
from pipeline.stage.policies import unpack_policy
from schemas.index import POLICY_KINDS
from schemas.recipe import SIGNALS
from transforms.consent.policies import origin_of, said_by
from transforms.dedup.keep_first import key_bytes, locate
from transforms.dedup.keys import joined_key
from transforms.html.urls import canonical


@dataclass
class Said:
    """What is said about an address: the signals as bits, and the lines that give them."""

    bits: int = 0
    lines: list[str] = field(default_factory=list)


class PolicyPlace(NamedTuple):
    """A policy file in a unit's staging file, and of which origin it is (a row among those asked for)."""

    at: int
    length: int
    kind: int
    origin: int


def bind(staging: StagingFolder, unit: UnitRows, policies: np.ndarray) -> UnitRows:
    """A unit whose pages and references also say what the policy files of their origins say. Raises DamagedFileError.

    The signals of an image's site go to its reference; what its page's site says stands with the page.
    """
    if not len(policies):
        return unit
    refs = unit.refs
    said = dict(said_about(staging, {*unit.urls.tolist(), *refs.urls[refs.found].tolist()}, policies))
    if not said:
        return unit
    nothing = Said()
    pages = [said.get(url, nothing) for url in unit.urls]
    shown = [said.get(url, nothing) if found else nothing for url, found in zip(refs.urls, refs.found, strict=True)]
    media = refs.media.copy()
    media["signals"] |= np.array([one.bits for one in shown], np.uint64)
    return replace(
        unit,
        index=replace(unit.index, pages=with_said(unit.pages, pages)),
        refs=replace(refs, media=media, policies=objects(["\n".join(one.lines) for one in shown])),
    )


def with_said(pages: pa.Table, said: list[Said]) -> pa.Table:
    """Index rows of pages with what policy files say about them."""
    bits = pages["signals"].to_numpy() | np.array([one.bits for one in said], np.int64)
    lines = [
        "\n".join([*filter(None, [old]), *one.lines])
        for old, one in zip(pages["directives"].to_pylist(), said, strict=True)
    ]
    for name, values in (("signals", pa.array(bits, pa.int64())), ("directives", pa.array(lines, pa.string()))):
        pages = pages.set_column(pages.column_names.index(name), name, values)
    return pages


def said_about(staging: StagingFolder, urls: Iterable[str], policies: np.ndarray) -> Iterator[tuple[str, Said]]:
    """What policy files say about addresses. Each file is read once and let go before the next; the kinds come in their order."""
    at_origin = defaultdict(list)
    for url in urls:
        at_origin[origin_of(canonical(url))].append(url)
    origins = [origin for origin in at_origin if origin]
    asked = np.array([joined_key(origin) for origin in origins], "S16")
    rows = locate(key_bytes(policies["high"], policies["low"]), asked)
    lines: dict[str, dict[int, list[tuple[str, str]]]] = defaultdict(dict)
    for place, body in bodies(staging, policies, rows):
        for url, signal, line in said_by(POLICY_KINDS[place.kind], body, at_origin[origins[place.origin]]):
            lines[url].setdefault(place.kind, []).append((signal, line))
    for url, by_kind in lines.items():
        one = Said()
        for _, found in sorted(by_kind.items()):
            for signal, line in found:
                one.bits |= 1 << SIGNALS.index(signal)
                one.lines.append(line)
        yield url, one


def bodies(staging: StagingFolder, policies: np.ndarray, origins: np.ndarray) -> Iterator[tuple[PolicyPlace, bytes]]:
    """The policy files that some origin asks for (-1: none does), those of a unit front to back. Raises DamagedFileError."""
    wanted = [
        (int(row["unit"]), PolicyPlace(int(row["at"]), int(row["length"]), int(row["kind"]), origin))
        for row, origin in zip(policies, origins.tolist(), strict=True)
        if origin >= 0
    ]
    for unit, places in groupby(sorted(wanted), key=lambda pair: pair[0]):
        path = staging.unit(unit)
        try:
            for place, data in read_together(path, (place for _, place in places)):
                yield place, unpack_policy(data)
        except FileNotFoundError as error:
            raise damaged(path, "it is missing") from error
        except zstandard.ZstdError as error:
            raise damaged(path, "a policy file in it has changed") from error
