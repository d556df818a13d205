"""What a run was told to forget, among the rows of a unit: it leaves by the first rule of every corpus, and no row tells its address."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline import storage
from pipeline.corpora.unit_rows import FORGOTTEN, References, UnitRows, strings
from pipeline.layout import StagingFolder
from pipeline.sections import read_sections
from pipeline.stage.unit_record import MEDIA_ROWS, MEDIA_URLS
from schemas.index import MEDIA, VIA_REDIRECT
from transforms.dedup.keep_first import key_bytes
from transforms.dedup.keys import WWW
from transforms.forget.wanted import Wanted, are_in, host_of, unpacked


def read_wanted(path: str) -> Wanted | None:
    """What the file at a path holds; None where there is no path."""
    return unpacked(storage.read_bytes(path)) if path else None


def with_forgotten(unit: UnitRows, wanted: Wanted | None, staging: StagingFolder) -> UnitRows:
    """A unit in which the pages and references are marked that are to be forgotten. Raises DamagedFileError."""
    if wanted is None:
        return unit
    unit = with_forgotten_pages(unit, wanted)
    refs = unit.refs
    mask = refs.forgotten | (wanted.of_urls(refs.urls.tolist()) > 0)
    if wanted.asks_addresses:
        mask |= captured(refs, wanted)
        mask[[row for row, url in redirected(refs, staging) if wanted.of_urls([url])[0]]] = True
    return replace(unit, refs=replace(refs, forgotten=mask))


def with_forgotten_pages(unit: UnitRows, wanted: Wanted | None) -> UnitRows:
    """A unit in which the pages are marked that are to be forgotten, with their references, and references by their ids alone."""
    if wanted is None:
        return unit
    pages = (wanted.of_ids(unit.ids.text.tolist()) > 0) | (wanted.of_urls(unit.urls.tolist()) > 0)
    mask = (wanted.of_ids(unit.refs.ids.text.tolist()) > 0) | pages[unit.refs.page]
    return replace(unit, forgotten=pages, refs=replace(unit.refs, forgotten=mask))


def captured(refs: References, wanted: Wanted) -> np.ndarray:
    """Mask of the references whose medium was captured under an address that is asked for, where the page writes it otherwise."""
    media = refs.media
    known = refs.found & (media["via"] != VIA_REDIRECT)
    mask = known & are_in(key_bytes(media["high"], media["low"]), wanted.urls)
    if len(wanted.hosts):
        for row in np.flatnonzero(known & (media["low"] & np.uint64(WWW) > 0)).tolist():
            mask[row] |= wanted.holds_host("www." + host_of(refs.urls[row]).removeprefix("www."))
    return np.asarray(mask)


def redirected(refs: References, staging: StagingFolder) -> Iterator[tuple[int, str]]:
    """The references whose medium was found through a redirect, with the address that it was captured under, which its own unit knows.

    Raises DamagedFileError.
    """
    rows = np.flatnonzero(refs.found & (refs.media["via"] == VIA_REDIRECT))
    media = refs.media[rows]
    for number in np.unique(media["unit"]).tolist():
        asked = {(int(m["id_high"]), int(m["id_low"])): "" for m in media[media["unit"] == number]}
        sections = read_sections(staging.unit(number))
        sections.load([MEDIA_ROWS, MEDIA_URLS])
        there = np.frombuffer(sections.get(MEDIA_ROWS), MEDIA)
        urls = (url for batch in pa.ipc.open_stream(sections.get(MEDIA_URLS)) for url in batch["url"].to_pylist())
        for identity, url in zip(
            zip(there["id_high"].tolist(), there["id_low"].tolist(), strict=True), urls, strict=True
        ):
            if identity in asked:
                asked[identity] = url
        for row in rows[media["unit"] == number].tolist():
            yield row, asked[int(refs.media["id_high"][row]), int(refs.media["id_low"][row])]


def without_addresses(table: pa.Table, wanted: Wanted | None) -> pa.Table:
    """Rows of `dropped` or `failed` in which the addresses are empty of what is to be forgotten, and of images on such pages."""
    if wanted is None or not len(table):
        return table
    urls = table["url"].to_pylist()
    gone = (wanted.of_ids(table["id"].to_pylist()) > 0) | (wanted.of_urls(urls) > 0)
    if "rule" in table.column_names:
        gone |= np.array([rule == FORGOTTEN for rule in table["rule"].to_pylist()], dtype=bool)
    told = strings("" if forgotten else url for url, forgotten in zip(urls, gone.tolist(), strict=True))
    place = table.column_names.index("url")
    return table.set_column(place, table.schema.field(place), told)
