"""Index rows as `extract` leaves them, and the step `decide` over them without an engine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import corpora, storage
from pipeline.corpora.base import Judgement
from pipeline.corpora.unit_rows import UnitRows, unit_rows
from pipeline.decide import duplicates, lookup_join, near, pictures, repeats, resolve, uses
from pipeline.decide.batch import Batch, IndexPart, StagedUnit, batch_media, read_lookup
from pipeline.decide.close import Closed, close_batch
from pipeline.decide.exchange import Message, Outbox, by_partition
from pipeline.decide.job import DecideJob
from pipeline.decide.judge import batch_uses, judge_batch, matched
from pipeline.decide.near_beam import comparison
from pipeline.decide.near_union import unite
from pipeline.decide.nodes import PICTURES, pages_name, read_bands, read_nodes, write_nodes
from pipeline.layout import RunFolder, StagingFolder
from pipeline.plan import Span
from pipeline.sections import SectionWriter, read_sections, table_bytes, table_of
from pipeline.stage.index_parts import section_name
from pipeline.stage.media import URLS, halves
from pipeline.stage.pieces import FRAMES, PieceFrames
from pipeline.stage.unit_record import ALIASES, KEYS, MEDIA_ROWS, MEDIA_URLS, ORIGINS, POLICIES
from schemas.index import FORMATS, KIND_COUNTS, MEDIA, PAGE_MEASURES, PAGES, PROBE, RANK_UNDECODED, REFS
from schemas.recipe import SIGNALS, STAGED_CAPTIONS, Recipe
from schemas.tables import DROPPED, FAILED
from schemas.tasks import StagedPieces
from transforms.html.directives import signal_bits

IMAGE = {"format": "png", "width": 300, "height": 200, "size": 9000, "spread": 99}


def key(number: int) -> bytes:
    """A 16-byte key whose both halves vary."""
    return (number << 64 | number).to_bytes(16)


def page(number: int, **changes: Any) -> dict[str, Any]:
    """A page's index row."""
    row: dict[str, Any] = {
        "id": key(number), "url": f"http://ex.org/{number}", "url_key": key(number), "date": "", "span": 0, "offset": 0,
        "title": "", "truncated": "", "listed": False, "lang": "en", "lang_score": 1.0, "text_key": key(100 + number),
        "bands": b"", "signature": b"", "shingles": 0, "texts": 1,
        "task_grams": 0, "task_items": [], "task_blocks": [], **dict.fromkeys(KIND_COUNTS.values(), 1),
        "text_bytes": 100, "outline": [], "directives": "", "license": "", "doc_offset": 0, "doc_length": 1,
        **dict.fromkeys((m.name for m in PAGE_MEASURES), 1.0),
    }  # fmt: skip
    row |= changes
    return {"signals": signal_bits(row["directives"].split("\n")), **row}


def ref(page: int, ordinal: int, wants: int | Sequence[int] = 0, before: int = 1, **captions: str) -> dict[str, Any]:
    """A reference's index row; `wants` are the numbers of its addresses, best first."""
    texts = {name: captions.get(name, "") for name in STAGED_CAPTIONS}
    others = [f"{kind}: {text}" for kind, text in captions.items() if kind not in texts]
    wanted = [wants] if isinstance(wants, int) else list(wants)
    place = {"page": page, "ordinal": ordinal, "kind": "image", "texts_before": before}
    return {**place, **texts, "others": others, "urls": [address(n) for n in wanted]}


def address(number: int) -> str:
    """The address of a picture."""
    return f"http://ex.org/{number}.png"


def medium(number: int, **changes: Any) -> dict[str, Any]:
    """A medium's index row under the address of that number; its format is a word, its signals are words."""
    row: dict[str, Any] = {
        "address": number, "id": number, "unit": 0, "span": 0, "offset": 0, "place": 0, "at": 0, "length": 9,
        "signals": (), "sha256": key(number) * 2, "phash": 0xFF00 + number, **IMAGE,
    }  # fmt: skip
    return row | changes


def media_rows(rows: Iterable[Mapping[str, Any]]) -> np.ndarray:
    """Rows of MEDIA."""
    given = list(rows)
    table = np.zeros(len(given), MEDIA)
    for place, row in enumerate(given):
        one = table[place]
        one["high"], one["low"] = halves(key(row["address"]))
        one["id_high"], one["id_low"] = halves(key(row["id"]))
        one["rank"], one["row"] = row.get("rank", RANK_UNDECODED * (row["format"] == "")), place
        one["format"] = FORMATS.index(row["format"])
        one["signals"] = sum(1 << SIGNALS.index(signal) for signal in row["signals"])
        one["sha256"] = np.void(row["sha256"])
        for name in set(MEDIA.names or ()) & row.keys() - {"format", "signals", "sha256", "row", "rank"}:
            one[name] = row[name]
    return table


@dataclass(frozen=True)
class MadeUnit:
    """What lies in the staging file of a unit whose index is one part."""

    part: IndexPart
    media: np.ndarray
    media_urls: pa.Table
    pieces: Sequence[StagedPieces] = ()  # of each page; () where none has any


def unit_index(
    pages: Sequence[Mapping[str, Any]],
    refs: Sequence[Mapping[str, Any]] = (),
    media: Sequence[Mapping[str, Any]] = (),
    number: int = 0,
    pieces: Sequence[StagedPieces] = (),
) -> MadeUnit:
    """The index of a unit of these rows."""
    found = media_rows(media)
    found["unit"] = number
    wanted = [number for row in refs for number in map(address_number, row["urls"])]
    keys = np.zeros(len(wanted), PROBE)
    keys["high"] = keys["low"] = np.array(wanted, np.uint64)
    part = IndexPart(
        number,
        (Span(f"{number}.warc.gz", 0, 1),),
        pa.Table.from_pylist(list(pages), PAGES),
        pa.Table.from_pylist(list(refs), REFS),
        DROPPED.empty_table(),
        FAILED.empty_table(),
        keys,
    )
    return MadeUnit(part, found, pa.table({"url": [address(row["address"]) for row in media]}, URLS), pieces)


def address_number(url: str) -> int:
    """The number of a picture's address."""
    return int(url.rpartition("/")[2].removesuffix(".png"))


def rows_of_unit(
    pages: Sequence[Mapping[str, Any]],
    refs: Sequence[Mapping[str, Any]] = (),
    media: Sequence[Mapping[str, Any]] = (),
) -> UnitRows:
    """A unit as corpora see it, with these media found wherever they lie."""
    return unit_rows(unit_index(pages, refs).part, media_rows(media))


def judged(corpus: str, recipe: Recipe, unit: UnitRows) -> Judgement:
    """What a corpus says about a unit."""
    return corpora.by_name(corpus).judge(unit, recipe)


def write_unit(staging: StagingFolder, unit: MadeUnit) -> StagedUnit:
    """The staging file of a unit, as `extract` writes it but for its documents."""
    part = unit.part
    with storage.write_whole(staging.unit(part.number)) as file:
        writer = SectionWriter(file)
        with PieceFrames() as frames:
            for row, page_pieces in enumerate(unit.pieces):
                frames.append(0, row, row, page_pieces)
            frame_counts = frames.write(writer, 1)
        tables = {"pages": part.pages, "refs": part.refs, "dropped": part.dropped, "failed": part.failed}
        places = [writer.section(section_name(kind, 0), [table_bytes(table)]) for kind, table in tables.items()]
        writer.section(MEDIA_URLS, [table_bytes(unit.media_urls)])
        lookup_at, _ = writer.section(MEDIA_ROWS, [unit.media.tobytes()])
        both = np.stack([part.keys["high"], part.keys["low"]], axis=1)
        writer.section(KEYS, [both.astype(">u8").tobytes()])
        writer.section(ALIASES, [])
        writer.section(POLICIES, [])
        writer.section(ORIGINS, [])
        spans = [{"name": span.name, "start": span.start, "end": span.end} for span in part.spans]
        writer.close({"spans": spans, "parts": 1, FRAMES: frame_counts})
        return StagedUnit(part.number, writer.tell(), places[0][0], lookup_at)


@dataclass
class Decided:
    """What a step `decide` wrote: what each closed batch handed up, and where."""

    job: DecideJob
    batches: list[Batch]
    closed: list[Closed]

    def kept(self, corpus: str) -> list[dict[str, Any]]:
        """The selected rows of a corpus, in the order of batches and units."""
        found = []
        for batch in self.batches:
            sections = read_sections(self.job.run.selection(batch.number))
            for place in range(len(batch.units)):
                found += table_of(sections.get(f"{corpus}/{place}")).to_pylist()
        return found

    def dropped(self, corpus: str) -> dict[str, tuple[str, str | None]]:
        """Rule and keeper of each item of a corpus that left, by id."""
        return {row["id"]: (row["rule"], row["of"]) for row in self.dropped_rows(corpus)}

    def dropped_rows(self, corpus: str) -> list[dict[str, Any]]:
        """The rows of the items of a corpus that left."""
        import pyarrow.parquet as pq

        paths = sorted(Path(self.job.run.path, "dropped").glob("*.parquet"))
        return [row for path in paths for row in pq.read_table(path).to_pylist() if row["corpus"] == corpus]


def decide(
    folder: Path,
    recipe: Recipe,
    batches: Sequence[Sequence[MadeUnit]],
    partitions: int = 1,
    through_files: bool = False,
    tasks: tuple[str, ...] = (),
) -> Decided:
    """The step `decide` as its graph goes, messages carried by hand in no particular order."""
    staging, run = StagingFolder(str(folder / "staging")), RunFolder(str(folder / "out"))
    job = DecideJob(staging, run, recipe, partitions, 1, through_files, {}, tasks=tasks)
    cut = [Batch(n, tuple(write_unit(staging, index) for index in units)) for n, units in enumerate(batches)]
    sent = carry(job, "probe", ((batch.number, probe(job, batch)) for batch in cut))
    matches = carry(job, "join", ((part, lookup_join.join(told)) for part, told in sent.items()))
    if job.pictures:
        for receiver, messages in near_pictures(job, cut, matches).items():
            matches.setdefault(receiver, []).extend(messages)
    if job.uses:
        asked = carry(job, "uses", ((b.number, batch_uses(job, b, matches.get(b.number, []))) for b in cut))
        for receiver, messages in carry(
            job, "counts", ((part, uses.answer(told)) for part, told in asked.items())
        ).items():
            matches.setdefault(receiver, []).extend(messages)
    for batch in cut:
        judge_batch(job, batch, matches.get(batch.number, []))
    told: dict[int, list[Message]] = {batch.number: [] for batch in cut}
    for number in range(job.rounds):
        if job.begins_near(number):
            for receiver, messages in near_pages(job, cut, told, number).items():
                told[receiver] += messages
        step = f"candidates{number}"
        sent = carry(job, step, ((batch.number, candidates(job, batch, told[batch.number], number)) for batch in cut))
        answers = ((part, duplicates.keep_first(job, number, messages)) for part, messages in sent.items())
        for receiver, messages in carry(job, f"losers{number}", answers).items():
            told[receiver] += messages
    for hop in range(job.hops):
        asked = (
            (b.number, resolve.ask(job, b.number, read_sections(run.judged(b.number)), told[b.number], hop))
            for b in cut
        )
        sent = carry(job, f"keepers{hop}", asked)
        answers = ((part, resolve.answer(messages, hop)) for part, messages in sent.items())
        for receiver, messages in carry(job, f"followed{hop}", answers).items():
            told[receiver] += messages
    if job.repeats:
        sent = carry(job, "copies", ((b.number, chain(*repeats.ask(job, b, told[b.number]))) for b in cut))
        answers = ((part, repeats.answer(job, messages)) for part, messages in sent.items())
        for receiver, messages in carry(job, "stays", answers).items():
            told[receiver] += messages
    return Decided(job, cut, [close_batch(job, batch, told[batch.number]) for batch in cut])


def probe(job: DecideJob, batch: Batch) -> Iterator[lookup_join.Parcel]:
    """What a batch asks and offers."""
    found = [read_lookup(job.staging, unit) for unit in batch.units]
    media = batch_media([lookup.media for lookup in found])
    return lookup_join.probe(media, np.concatenate([lookup.keys for lookup in found]), job.partitions)


def candidates(job: DecideJob, batch: Batch, told: list[Message], number: int) -> Iterator[lookup_join.Parcel]:
    """A batch's candidates of a round."""
    judged = read_sections(job.run.judged(batch.number))
    so_far = duplicates.told_of(job, batch.number, judged.about["pages"], told)
    rows = duplicates.batch_candidates(job, judged, so_far, number)
    return by_partition(rows, job.partitions, duplicates.CANDIDATES)


def near_pages(
    job: DecideJob, cut: Sequence[Batch], told: Mapping[int, list[Message]], number: int
) -> dict[int, list[Message]]:
    """The labels of pages in a round of near duplicates."""
    name = pages_name(number)
    for batch in cut:
        judged = read_sections(job.run.judged(batch.number))
        so_far = duplicates.told_of(job, batch.number, judged.about["pages"], told[batch.number])
        write_nodes(job, name, batch.number, *duplicates.batch_nodes(job, judged, so_far, number))
    buckets = {batch.number: near.Buckets(read_bands(job, name, batch.number)) for batch in cut}
    claims = ((n, near.claims_by_partition(b.claims(), job.partitions)) for n, b in buckets.items())
    met = ((part, near.meet(messages)) for part, messages in carry(job, "claims", claims).items())
    leasts = carry(job, "leasts", met)
    asked = []
    for n, b in buckets.items():
        rows = [near.rows_of(message, near.LEAST) for message in leasts.get(n, [])]
        asked.append((n, near.ask(b.edges(n, np.concatenate([np.empty(0, near.LEAST), *rows])), n)))
    return components(job, name, carry(job, "edges", asked))


def near_pictures(
    job: DecideJob, cut: Sequence[Batch], matches: Mapping[int, list[Message]]
) -> dict[int, list[Message]]:
    """The labels of pictures."""
    hashes: dict[int, list[Message]] = {}
    for batch in cut:
        nodes = pictures.nodes_of(matched(matches.get(batch.number, [])))
        write_nodes(job, PICTURES, batch.number, nodes)
        choices = pictures.choices(job.recipe.near_images)
        rows = pictures.hashes_of(nodes, job.recipe.near_images)
        outbox = Outbox(job.run, "hashes", batch.number, job.through_files)
        for choice, message in outbox.share(choices, pictures.HASHES, rows):
            hashes.setdefault(choice, []).insert(0, message)
    met = ((choice, pictures.meet(choice, told, job.recipe.near_images)) for choice, told in hashes.items())
    found = carry(job, "pairs", met)
    rows_of = near.rows_of
    edges = {n: near.unique_edges(np.concatenate([rows_of(m, near.EDGE) for m in told])) for n, told in found.items()}
    return components(job, PICTURES, carry(job, "edges", ((n, near.ask(rows, n)) for n, rows in edges.items())))


def components(job: DecideJob, name: str, asked: Mapping[int, list[Message]]) -> dict[int, list[Message]]:
    """What follows for any nodes."""
    nodes = {n: read_nodes(job, name, n) for n in asked}
    replies = carry(job, "replies", ((n, near.reply(told, nodes[n])) for n, told in asked.items()))
    for n, told in asked.items():
        replies.setdefault(n, []).extend(m for m in told if m[0] == near.EDGES)
    verified: list[Message] = []
    for n, told in replies.items():
        pairs, hot = near.verified(told, n, nodes[n], comparison(job, name))
        sent = carry(job, "verified", [(n, [(0, near.VERIFIED, pairs), (0, near.FAILED, hot)])])
        verified += sent.get(0, [])
    parcels, _ = unite(name, verified)
    return carry(job, "labels", ((parcel[0], [parcel]) for parcel in parcels))


def carry(
    job: DecideJob, step: str, sent: Iterable[tuple[int, Iterable[lookup_join.Parcel]]]
) -> dict[int, list[Message]]:
    """The messages of one step by who receives them, the last sender's first."""
    found: dict[int, list[Message]] = {}
    for sender, parcels in sent:
        for receiver, message in Outbox(job.run, step, sender, job.through_files).send(parcels):
            found.setdefault(receiver, []).insert(0, message)
    return found
