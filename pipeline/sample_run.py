"""A sample's archives through the real job: staged group by group, then run with a tenth of the pages and with all."""

import os
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.decide.batch import IndexPart, StagedUnit, UnitIndex, read_lookup
from pipeline.engines.settings import EngineSettings
from pipeline.estimate import Reach, Uniques, apportion
from pipeline.grouped import counted
from pipeline.inputs import find_inputs
from pipeline.layout import DROPPED, FAILED, RunFolder, StagingFolder
from pipeline.named_archives import name_archives
from pipeline.plan import ARCHIVE, Plan, Request, Span, Unit, Work
from pipeline.progress import Progress, Tell
from pipeline.run import read_decided, run
from pipeline.run_folder import claim_folder, identify
from pipeline.sample_archives import draw, write_archives
from pipeline.sample_scan import Head, Part
from pipeline.stage.beam import isolator
from pipeline.stage.unit import stage_unit
from pipeline.stage.unit_record import UnitRecord
from pipeline.tasks.for_run import with_texts
from pipeline.tasks.task_file import read_abouts
from schemas.manifest import Manifest
from schemas.recipe import GuardPart
from schemas.tasks import PageTask
from transforms.dedup.keep_first import key_bytes

# A sample shows by its sizes what a guard would stop.
NO_GUARD = GuardPart(hosts=1.0, sources=1.0, cluster=1.0)
ID = 32  # hex digits of a page's id, with which those of its images begin
DRAWS = ("one_image_share",)  # rules that draw
COPIES = 8  # of one page, or of one image, that are run at most; more of them hardly change which one stays
# Loads what a child loads once, so that the work itself can be told from it.
FIRST_PAGE = PageTask("https://example.org/", b"<p>The first page of a child loads its models.</p>", "", (), False)


@dataclass
class Meter:
    """CPU seconds (this process and its ended children) and wall seconds, by step."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what the block takes to a step."""
        before = now()
        yield
        self.add(name, before)

    def add(self, name: str, before: tuple[float, float], until: tuple[float, float] | None = None) -> None:
        """Add what was taken from `before` to `until`, or to now, to a step."""
        for kind, then, after in zip(("cpu", "wall"), before, until or now(), strict=True):
            self.spent[f"{kind}/{name}"] = self.spent.get(f"{kind}/{name}", 0.0) + after - then


def now() -> tuple[float, float]:
    """CPU seconds that this process and its ended children have used, and the wall clock."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used), time.monotonic()


@dataclass(frozen=True, slots=True)
class Staged:
    """A group of captures as an archive of its own, staged: its unit, what was handed up, and CPU and wall seconds."""

    unit: Unit
    record: UnitRecord
    path: str
    spent: Mapping[str, float]

    @property
    def source(self) -> str:
        """The archive."""
        return self.unit.spans[0].source

    @property
    def place(self) -> StagedUnit:
        """Where its index lies."""
        return StagedUnit(self.unit.number, self.record.bytes, self.record.index_at, self.record.lookup_at)

    def account(self, corpus: str) -> tuple[int, int]:
        """Items that entered, and those that were kept."""
        (mine,) = [account for account in self.record.accounts if account["corpus"] == corpus]
        return mine["entered"], mine["kept"]


@dataclass(frozen=True, slots=True)
class Ran:
    """A run over some units: how many, what was kept of each, and what the steps took."""

    units: int
    kept: Mapping[str, np.ndarray]
    manifest: Manifest
    spent: Mapping[str, float]
    decisions: int  # bytes that the step `decide` left
    grouped: Mapping[str, int]  # bytes that each step grouped
    dropped: pa.Table
    failed: pa.Table

    def uniques(self, corpus: str, group_of: Mapping[str, int]) -> Uniques:
        """How many items of a corpus passed its rules, how many of them are distinct, and how many groups of pages show each.

        `group_of` tells a page's group by its id. Who left as a duplicate names the item that stands for it.
        """
        groups: dict[str, set[int]] = {}
        lost = 0
        for kind, item, of in zip(*(self.dropped[name].to_pylist() for name in ("corpus", "id", "of")), strict=True):
            if kind == corpus and of is not None:
                lost += 1
                groups.setdefault(of, {group_of[of[:ID]]}).add(group_of[item[:ID]])
        distinct = int(self.kept[corpus]["rows"].sum())
        shared = [len(found) for found in groups.values() if len(found) > 1]
        return Uniques(distinct + lost, distinct, distinct - len(shared), shared.count(2))

    def rows_of(self, table: str, source: str) -> float:
        """Rows of `dropped` or `failed` that come of an archive."""
        found = self.dropped if table == "dropped" else self.failed
        return float(pc.sum(pc.equal(found["source"], source)).as_py() or 0)

    def drawn_out(self, corpus: str) -> float:
        """Items that left by a draw of their ids, which are others in the run itself."""
        mine = [account for account in self.manifest.accounts if account.corpus == corpus]
        return float(sum(account.dropped.get(rule, 0) for account in mine for rule in DRAWS))

    def asks_for_images(self, corpus: str) -> bool:
        """Whether items of a corpus, or images inside them, left because no input holds the image."""
        return any(
            "image_not_archived" in account.dropped
            for account in self.manifest.accounts
            if account.corpus in (corpus, f"{corpus}_images")
        )

    def payload(self, corpus: str) -> float:
        """Bytes of payload that were kept of a corpus."""
        return float(self.kept[corpus]["weight"].sum())

    def table(self, corpus: str, format_: str) -> tuple[int, int]:
        """Rows and bytes of all its files."""
        shards = self.manifest.shards_of(corpus, format_)
        return sum(shard.rows for shard in shards), sum(shard.bytes for shard in shards)


def trimmed(key: bytes) -> bytes:
    """A key as numpy gives it back: byte strings end there at their last byte that is not 0."""
    return key.rstrip(b"\0")


class Stage:
    """Writes groups of captures to archives in a folder and stages them, one child for each call."""

    def __init__(self, request: Request, planned: Plan, folder: str, tell: Tell) -> None:
        self._request, self._planned, self._tell = request, planned, tell
        self._folder = folder
        self._archives = storage.join(folder, "archives")
        self._staging = StagingFolder(storage.join(folder, "staged"))
        self._tasks = with_texts(read_abouts(request.tasks))
        storage.make_folder(self._archives)
        storage.make_folder(self._staging.units)
        self._begin = self._start_of_a_child()

    def _start_of_a_child(self) -> dict[str, float]:
        """What it takes to start a child and to load its models: once a worker, however much that reads."""
        meter = Meter()
        with meter.step("extract"), isolator(self._request.recipe.measuring, self._tasks) as child:
            list(child.run([FIRST_PAGE]))
        return meter.spent

    def groups(self, name: str, groups: Sequence[Sequence[Head]], first: int) -> list[Staged]:
        """Stage groups of captures that are not empty, under numbers from `first` on."""
        if not groups:
            return []
        # Their names end as those of archives that are not cut into units.
        names = [f"{name}-{number:02d}.warc" for number in range(len(groups))]
        paths = [storage.join(self._archives, each) for each in names]
        write_archives(self._planned, dict(zip(paths, groups, strict=True)))
        units = [
            Unit(first + number, (Span(each, 0, storage.size(path), storage.size(path)),))
            for number, (each, path) in enumerate(zip(names, paths, strict=True))
        ]
        whole, walls, records = Meter(), [], []
        with whole.step("extract"), isolator(self._request.recipe.measuring, self._tasks) as child:
            for number, unit in enumerate(units):
                self._tell(Progress("sample", number, len(units), "groups"))
                begin = time.monotonic()
                records.append(stage_unit(unit, self._archives, self._staging, child))
                walls.append(time.monotonic() - begin)
        shares = {kind: apportion(max(0.0, spent - self._begin[kind]), walls) for kind, spent in whole.spent.items()}
        return [
            Staged(unit, record, self._staging.unit(unit.number), {kind: each[n] for kind, each in shares.items()})
            for n, (unit, record) in enumerate(zip(units, records, strict=True))
        ]

    def shown_by(self, pages: Sequence[Staged], images: Sequence[Head]) -> list[Head]:
        """Those of `images` whose address a staged page names, COPIES of each address at most."""
        named: set[bytes] = set()
        for page in pages:
            keys = read_lookup(self._staging, page.place).keys
            named.update(key_bytes(keys["high"], keys["low"]).tolist())
        found: dict[bytes, list[Head]] = {}
        for image in images:
            if trimmed(image.address) in named:
                found.setdefault(image.address, []).append(image)
        return [image for copies in found.values() for image in draw(copies, COPIES, 0)]

    def reach(self, pages: Sequence[Staged], parts: Sequence[Part]) -> Reach:
        """How many references of staged pages found an image in the range of their page, or only in another one, or none."""
        lies: dict[bytes, set[int]] = {}
        for number, part in enumerate(parts):
            for head in part.heads:
                lies.setdefault(trimmed(head.address), set()).add(number)
        near = far = lost = 0
        for index in self._index(pages):
            homes = [lies.get(trimmed(key), set()) for key in index.pages["url_key"].to_pylist()]
            keys = iter(key_bytes(index.keys["high"], index.keys["low"]).tolist())
            for row, urls in zip(index.refs["page"].to_pylist(), index.refs["urls"].to_pylist(), strict=True):
                found = [lies[key] for _, key in zip(urls, keys, strict=False) if key in lies]
                near += any(homes[row] & each for each in found)
                far += bool(found) and not any(homes[row] & each for each in found)
                lost += not found
        return Reach(near, far, lost)

    def group_of(self, pages: Sequence[Staged]) -> dict[str, int]:
        """The group of each staged page by its id."""
        return {
            identity.hex(): group
            for group, each in enumerate(pages)
            for index in self._index([each])
            for identity in index.pages["id"].to_pylist()
        }

    def _index(self, staged: Sequence[Staged]) -> Iterator[IndexPart]:
        for each in staged:
            yield from UnitIndex(self._staging, each.place).parts()

    def run(self, name: str, staged: Sequence[Staged]) -> Ran:
        """Decide and write shards over some staged groups, whose numbers become their places."""
        request = replace(
            self._request,
            inputs=(self._archives,),
            output=storage.join(self._folder, name),
            staging=None,
            recipe=replace(self._request.recipe, guard=NO_GUARD),
            engine=EngineSettings(),
            images=ARCHIVE,  # a plan asks nobody for anything
            fetching=None,
        )
        root, archives, _ = name_archives(find_inputs(request.inputs).files)
        sources = {span.source for each in staged for span in each.unit.spans}
        work = tuple(Work(number, each.unit.spans) for number, each in enumerate(staged))
        part = Plan(root, tuple(a for a in archives if a.source in sources), work, self._planned.inputs_digest)
        claim_folder(request, identify(request, part))
        for number, each in enumerate(staged):
            path = request.staging_folder.unit(number)
            storage.make_folder(os.path.dirname(path))
            os.link(each.path, path)
        meter, ends = Meter(), {"extract": now()}
        sums: dict[str, int] = {}

        def heard(progress: Progress) -> None:
            if progress.done == progress.total:
                ends[progress.step] = now()
                sums[progress.step] = grouped.bytes
            self._tell(progress)

        with counted() as grouped:
            manifest = run(request, heard, part)
        meter.add("decide", ends["extract"], ends["decide"])
        meter.add("emit", ends["decide"])
        decisions = sum(size for _, size in storage.walk(request.run_folder.decide))
        tables = [rows_left(request.run_folder, manifest, name) for name in (DROPPED, FAILED)]
        sums = {"extract": sums["extract"], "decide": sums["decide"] - sums["extract"]}
        return Ran(len(staged), read_decided(request).kept, manifest, meter.spent, decisions, sums, *tables)


def rows_left(folder: RunFolder, manifest: Manifest, table: str) -> pa.Table:
    """Who left by `dropped` or `failed`: the columns that say of which archive, and for whom."""
    names = ["corpus", "id", "source", *(["of"] if table == DROPPED else [])]
    files = [pq.read_table(folder.file(shard.name), columns=names) for shard in manifest.shards_of(table, "parquet")]
    columns = {name: [piece for file in files for piece in file[name].chunks] for name in names}
    return pa.table({name: pa.chunked_array(pieces, pa.string()) for name, pieces in columns.items()})
