"""What the policy files of sites say about the pages of a unit and the images that they show, before corpora judge them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pyarrow as pa
import zstandard

from pipeline.corpora.unit_rows import UnitRows, objects
from pipeline.layout import StagingFolder
from pipeline.payloads import Place, SpooledPayloads
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


class PolicyFiles:
    """The policy files that bind the items of a batch; a context manager that forgets them."""

    def __init__(self, staging: StagingFolder, rows: np.ndarray) -> None:
        self.rows = rows
        self._staging = staging
        # They lie in staging files alone, so no root of archives is asked for.
        self._payloads = SpooledPayloads(staging, root="")
        columns = (rows[name].tolist() for name in ("unit", "at", "length"))
        self._places = [Place(unit, -1, at, length) for unit, at, length in zip(*columns, strict=True)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._payloads.close()

    def read(self) -> None:
        """Read each once, those of a unit front to back. Raises DamagedFileError where a staging file is missing."""
        self._payloads.fetch(self._places)

    def body(self, row: int) -> bytes:
        """The bytes of the file of a row. Raises DamagedFileError where they have changed."""
        place = self._places[row]
        try:
            return unpack_policy(self._payloads.staged(place))
        except zstandard.ZstdError as error:
            raise damaged(self._staging.unit(place.unit), "a policy file in it has changed") from error


def bind(unit: UnitRows, policies: PolicyFiles) -> UnitRows:
    """A unit whose pages and references also say what the policy files of their origins say. Raises DamagedFileError.

    The signals of an image's site go to its reference; what its page's site says stands with the page.
    """
    if not len(policies.rows):
        return unit
    refs = unit.refs
    said = dict(said_about({*unit.urls.tolist(), *refs.urls[refs.found].tolist()}, policies))
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
        "\n".join(dict.fromkeys([*filter(None, old.split("\n")), *one.lines])) if one.lines else old
        for old, one in zip(pages["directives"].to_pylist(), said, strict=True)
    ]
    for name, values in (("signals", pa.array(bits, pa.int64())), ("directives", pa.array(lines, pa.string()))):
        pages = pages.set_column(pages.column_names.index(name), name, values)
    return pages


def said_about(urls: Iterable[str], policies: PolicyFiles) -> Iterator[tuple[str, Said]]:
    """What policy files say about addresses. Each file is parsed once and let go before the next; the kinds come in their order."""
    at_origin = defaultdict(list)
    for url in urls:
        at_origin[origin_of(canonical(url))].append(url)
    origins = [origin for origin in at_origin if origin]
    asked = np.array([joined_key(origin) for origin in origins], "S16")
    found = locate(key_bytes(policies.rows["high"], policies.rows["low"]), asked)
    kinds = policies.rows["kind"].tolist()
    lines: dict[str, dict[int, list[tuple[str, str]]]] = defaultdict(dict)
    for row in np.flatnonzero(found >= 0).tolist():
        kind, home = kinds[row], at_origin[origins[found[row]]]
        for url, signal, line in said_by(POLICY_KINDS[kind], policies.body(row), home):
            lines[url].setdefault(kind, []).append((signal, line))
    for url, by_kind in lines.items():
        one = Said()
        for _, heard in sorted(by_kind.items()):
            for signal, line in heard:
                one.bits |= 1 << SIGNALS.index(signal)
                one.lines.append(line)
        yield url, one
