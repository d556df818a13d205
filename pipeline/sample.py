"""What a run will make and take, by a sample of its captures: what `plan --sample` prints.

The inputs are looked through first, which counts what there is. Then some pages are drawn, with their copies, and some images; the images
that those pages show are looked up among all that were seen, as a run does. All of it goes through the real job, and is scaled.
"""

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline import sample_scan
from pipeline.crawl_cost import Run
from pipeline.engines.settings import STAGES
from pipeline.estimate import (
    Figure,
    Reach,
    added,
    drawn_anew,
    expand,
    grown,
    growth_of_uniques,
    known,
    less,
)
from pipeline.outlook import Outlook, Seen, forecast, size_of
from pipeline.plan import Plan, Request
from pipeline.progress import Progress, Tell
from pipeline.sample_archives import GROUPS, deal, draw
from pipeline.sample_run import COPIES, Meter, Ran, Stage, Staged
from pipeline.sample_scan import Head, Part
from schemas.outcomes import UserError

DRAWN = 200  # pages that `--sample 1` draws, and images: some seconds of work
TABLES = ("dropped", "failed")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was looked through, and what was drawn of it: so many clusters of equal pages, and so many images, in groups."""

    parts: Sequence[Part]
    page_groups: Sequence[Sequence[Head]]
    image_groups: Sequence[Sequence[Head]]
    page_factor: float  # all clusters that were seen, by those that were drawn
    image_factor: float
    growth: float = 1.0  # the archives of the whole, by the inputs

    def heads(self, image: bool) -> list[Head]:
        """The pages or the images that were seen."""
        return [head for part in self.parts for head in part.heads if head.image == image]

    @property
    def bytes(self) -> int:
        """Bytes of archive that were looked through."""
        return sum(part.bytes for part in self.parts)

    def complete(self, planned: Plan) -> bool:
        """Whether all that there is was drawn."""
        return self.bytes == planned.bytes and self.page_factor == self.image_factor == self.growth == 1


def estimate(request: Request, planned: Plan, wanted: int, tell: Tell, archives: int | None = None) -> Outlook:
    """What `request` will make and take, from `wanted` times DRAWN pages and images, with one worker on this machine.

    With `archives` the inputs are a sample themselves, of so many archives of their mean size, and it is told what all of them will.
    Raises what a run raises, and UserError where there is nothing to look at, or more than `archives`.
    """
    growth = 1.0 if archives is None else archives / len(planned.archives)
    if growth < 1:
        raise UserError(f"the inputs are {len(planned.archives):,} archives, so they are no sample of {archives:,}")
    return take(request, planned, wanted, tell, growth).outlook(growth)


def take(request: Request, planned: Plan, wanted: int, tell: Tell, growth: float = 1.0) -> "Sample":
    """Draw the sample and run it. With a `growth` above 1 it is drawn for a whole that is larger than the inputs, by whatever factor."""
    parts, meter = look_through(request, planned, tell, apart=growth > 1)
    drawn = draw_sample(request, planned, parts, wanted * DRAWN, growth)
    if not any((*drawn.page_groups, *drawn.image_groups)):
        raise UserError("no page and no image was found in what was looked through: there is nothing to sample")
    with tempfile.TemporaryDirectory(prefix="triptych-plan-") as folder:
        measured = measure(Stage(request, planned, folder, tell), drawn)
    return Sample(request, planned, drawn, measured, meter.spent)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was run, and what it took to look through the inputs."""

    request: Request
    planned: Plan
    drawn: Drawn
    measured: "Measured"
    scan: Mapping[str, float]

    def outlook(self, growth: float) -> Outlook:
        """What it says of `growth` times the inputs."""
        drawn = replace(self.drawn, growth=growth)
        amounts = Scale(self.request, self.planned, drawn, self.measured).amounts(self.scan)
        pages, images = (sum(map(len, groups)) for groups in (drawn.page_groups, drawn.image_groups))
        seen = Seen(pages, images, drawn.bytes, drawn.complete(self.planned), growth)
        return forecast(amounts, self.request, self.planned, seen)


def look_through(request: Request, planned: Plan, tell: Tell, *, apart: bool = False) -> tuple[list[Part], Meter]:
    """What the inputs hold, range by range, and what it took to look. Raises UserError where no input holds a byte."""
    chosen = sample_scan.ranges(planned, sample_scan.SCAN_BYTES, request.recipe.seed, apart=apart)
    if not chosen:
        raise UserError("every input is empty: there is nothing to sample")
    meter, parts = Meter(), []
    for number, spans in enumerate(chosen):
        tell(Progress("look", number, len(chosen), "ranges"))
        with meter.step("extract"):
            parts.append(sample_scan.scan(planned.root, spans))
    return parts, meter


def draw_sample(request: Request, planned: Plan, parts: Sequence[Part], count: int, growth: float = 1.0) -> Drawn:
    """About `count` pages and `count` images. Copies of a page come with it where each corpus of the recipe takes duplicates out.

    `growth` is how many times larger than the inputs the whole is.
    """
    seed, recipe = request.recipe.seed, request.recipe
    seen = Drawn(parts, (), (), 1, 1)
    pages, images = seen.heads(image=False), seen.heads(image=True)
    clusters = sample_scan.clusters(pages, all(recipe.parts[corpus].duplicates for corpus in recipe.corpora))
    share = min(1.0, count / len(pages)) if pages else 1.0
    # Equal distances then give pages with many images and with few their share, within each archive.
    clusters.sort(key=lambda cluster: (cluster[0].span.name, cluster[0].shows, cluster[0].size))
    drawn = draw(clusters, math.ceil(share * len(clusters)), seed)
    copies = COPIES if share < 1 else len(pages)
    shown = draw(images, count, seed)
    # What stands in one range is alike. Where not all was looked through, the groups are of ranges, so that they differ as ranges do.
    partly = growth > 1 or sum(part.bytes for part in parts) < planned.bytes
    home = {id(head): number for number, part in enumerate(parts) for head in part.heads} if partly else {}
    page_groups = deal(drawn, GROUPS, seed, [home[id(cluster[0])] for cluster in drawn] if partly else None)
    return Drawn(
        parts,
        [[head for cluster in group for head in draw(cluster, copies, 0)] for group in page_groups],
        deal(shown, GROUPS, seed, [home[id(head)] for head in shown] if partly else None),
        len(clusters) / max(1, len(drawn)),
        len(images) / max(1, len(shown)),
        growth,
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """The sample, run: its groups staged, and the runs with one group of pages and with all."""

    pages: Sequence[Staged]
    images: Sequence[Staged]
    # Images, policy files, redirects and revisits that were run for their pages' sake, which no amount is scaled by.
    shown: Sequence[Staged]
    small: Ran
    all: Ran
    group_of: Mapping[str, int]  # of pages by their ids
    reach: Reach

    def index(self, pages: Sequence[Staged]) -> float:
        """Index rows of a run with some groups of pages."""
        return float(sum(each.record.rows for each in (*self.images, *self.shown, *pages)))


def measure(stage: Stage, drawn: Drawn) -> Measured:
    """Stage and run what was drawn. Units of the runs are images, images that are shown, and pages, in this order."""
    first = 2 * GROUPS  # behind the numbers of all that holds media, whose rows know their unit
    pages = stage.groups("pages", drawn.page_groups, first)
    had = {id(head) for group in drawn.image_groups for head in group}
    shown = [head for head in stage.shown_by(pages, drawn.heads(image=True)) if id(head) not in had]
    # Policy files bind pages and images, redirects and revisits lead to images, so they come too, all that were seen.
    extra = [*shown, *(head for part in drawn.parts for head in part.beside)]
    media = stage.groups("images", [*drawn.image_groups, *([extra] if extra else [])], 0)
    images = media[: len(drawn.image_groups)]
    return Measured(
        pages,
        images,
        media[len(images) :],
        stage.run("small", [*media, *pages[:1]]),
        stage.run("all", [*media, *pages]),
        stage.group_of(pages),
        stage.reach(pages, drawn.parts),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """From what was measured of the sample to the whole."""

    request: Request
    planned: Plan
    drawn: Drawn
    measured: Measured

    @property
    def ranges(self) -> float:
        """All bytes, by those that were looked through."""
        return self.drawn.growth * self.planned.bytes / self.drawn.bytes

    def amounts(self, scan: Mapping[str, float]) -> dict[str, Figure]:
        """All amounts by their names; `scan` is what it took to look through the inputs."""
        found = self.seen()
        pages, images = self.groups(self.measured.pages, image=False), self.groups(self.measured.images, image=True)
        index = added([pages["index"], images["index"]])
        found["pages"] = less(found.pop("seen/pages"), pages["lost"])
        found["images"] = less(found.pop("seen/images"), images["lost"])
        for kind, took in scan.items():
            found[kind] = added([known(took * self.ranges), pages[kind], images[kind]])
        found |= self.corpora(pages)
        found |= self.left(found, pages, images)
        payload = added([found[f"{corpus}/payload"] for corpus in self.request.recipe.corpora])
        runs = (self.measured.small, self.measured.all)
        indexed = [self.measured.index(self.measured.pages[:1]), self.measured.index(self.measured.pages)]
        paid = [sum(ran.payload(corpus) for corpus in self.request.recipe.corpora) for ran in runs]
        for kind in ("cpu", "wall"):
            found[f"{kind}/decide"] = grown(indexed, [ran.spent[f"{kind}/decide"] for ran in runs], index)
            found[f"{kind}/emit"] = grown(paid, [ran.spent[f"{kind}/emit"] for ran in runs], payload)
        copied = sum(head.size for head in self.drawn.heads(image=True) if not head.seekable)
        found["staging/units"] = added([pages["staging"], images["staging"], known(copied * self.ranges)])
        found["staging/decide"] = grown(indexed, [float(ran.decisions) for ran in runs], index)
        found["grouped/decide"] = grown(indexed, [float(ran.grouped["decide"]) for ran in runs], index)
        found["grouped/extract"] = known(runs[1].grouped["extract"] / runs[1].units * self.size.units)
        found["index"] = index
        found["cpu"] = added([found[f"cpu/{step}"] for step in STAGES])
        return found

    @property
    def size(self) -> Run:
        """How large the whole is."""
        return size_of(self.request, self.planned, self.drawn.growth)

    def seen(self) -> dict[str, Figure]:
        """What looking through the inputs counted; copies are images of an address that another one stands for."""
        counts, addresses = [], set[bytes]()
        for part in self.drawn.parts:
            images = [head.address for head in part.heads if head.image]
            copies = len(images) - len(set(images) - addresses)
            addresses.update(images)
            counts.append(
                {
                    "captures": float(part.captures),
                    "seen/refused": float(part.refused),
                    "seen/damaged": float(part.damaged),
                    "seen/pages": float(len(part.heads) - len(images)),
                    "seen/images": float(len(images)),
                    "seen/copies": float(copies),
                }
            )
        return expand(counts, self.ranges)

    def groups(self, staged: Sequence[Staged], image: bool) -> dict[str, Figure]:
        """The amounts of groups of pages, or of images, for all there are."""
        factor = (self.drawn.image_factor if image else self.drawn.page_factor) * self.ranges
        measured = self.measured
        before = 0 if image else len(measured.images) + len(measured.shown)
        rows = []
        for place, each in enumerate(staged):
            entered, kept = each.account("images" if image else "pages")
            own = {"lost": float(entered - kept), "index": float(each.record.rows), **each.spent}
            own["staging"] = float(each.record.bytes)
            for corpus in self.request.recipe.corpora:
                of_unit = measured.all.kept[corpus][measured.all.kept[corpus]["unit"] == before + place]
                own[f"{corpus}/rows"] = float(of_unit["rows"].sum())
                own[f"{corpus}/payload"] = float(of_unit["weight"].sum())
            for table in TABLES:
                own[f"{table}/rows"] = measured.all.rows_of(table, each.source)
            rows.append(own)
        if not rows:
            names = ["lost", "index", "staging", "cpu/extract", "wall/extract", *(f"{table}/rows" for table in TABLES)]
            names += [f"{corpus}/{what}" for corpus in self.request.recipe.corpora for what in ("rows", "payload")]
            return dict.fromkeys(names, known(0.0))
        return expand(rows, factor)

    def corpora(self, pages: Mapping[str, Figure]) -> dict[str, Figure]:
        """Rows, payload and bytes of each corpus, with the duplicates that more pages bring."""
        found = {}
        small, large = self.measured.small, self.measured.all
        for corpus in self.request.recipe.corpora:
            alone, together = (ran.uniques(corpus, self.measured.group_of) for ran in (small, large))
            growth = self.drawn.page_factor * self.ranges
            stays = growth_of_uniques(alone, together, len(self.measured.pages), growth)
            beyond = self.measured.reach.beyond(self.ranges) if large.asks_for_images(corpus) else known(1.0)
            by_lot = large.drawn_out(corpus) * growth
            for what in ("rows", "payload"):
                figure = pages[f"{corpus}/{what}"].by(stays).by(beyond)
                found[f"{corpus}/{what}"] = drawn_anew(figure, by_lot, pages[f"{corpus}/rows"].value)
            paid = [ran.payload(corpus) for ran in (small, large)]
            for name in self.request.recipe.parts[corpus].formats:
                written = [ran.table(corpus, name)[1] for ran in (small, large)]
                found[f"{corpus}/{name}/bytes"] = grown(paid, written, found[f"{corpus}/payload"])
        return found

    def left(
        self, found: Mapping[str, Figure], pages: Mapping[str, Figure], images: Mapping[str, Figure]
    ) -> dict[str, Figure]:
        """The tables of what did not make it: what looking through counted, what the sample lost, and the duplicates of the rest."""
        more = [less(pages[f"{corpus}/rows"], found[f"{corpus}/rows"]) for corpus in self.request.recipe.corpora]
        parts: dict[str, list[Figure]] = {
            "dropped": [found["seen/refused"], found["seen/copies"], *more],
            "failed": [found["seen/damaged"], images["failed/rows"]],
        }
        runs, tables = (self.measured.small, self.measured.all), {}
        by_lot = sum(runs[1].drawn_out(corpus) for corpus in self.request.recipe.corpora)
        for table in TABLES:
            rows = drawn_anew(added([pages[f"{table}/rows"], *parts[table]]), by_lot, pages[f"{table}/rows"].value)
            tables[f"{table}/rows"] = rows
            lost, written = zip(*(ran.table(table, "parquet") for ran in runs), strict=True)
            tables[f"{table}/parquet/bytes"] = grown(lost, written, rows)
        return tables
