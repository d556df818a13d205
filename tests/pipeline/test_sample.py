"""A sample of captures: what is drawn, what is measured, and what is forecast of it."""

from pathlib import Path

import pytest

from pipeline.estimate import known
from pipeline.plan import Plan, Request, plan
from pipeline.progress import Progress
from pipeline.sample import draw_sample, estimate, look_through, take
from schemas.outcomes import UserError
from tests.support.archives import response
from tests.support.runs import SAMPLE, recipe, run_on, two_archives
from tests.support.web import SITE, archive, page, passage, picture


def quiet(progress: Progress) -> None:
    """Hears nothing."""


def looked(request: Request) -> tuple[Plan, list[str]]:
    """The plan of a request and the addresses of the pages that a sample of ten draws, in order."""
    planned = plan(request)
    parts, _ = look_through(request, planned, quiet)
    drawn = draw_sample(request, planned, parts, 10)
    return planned, [f"{head.span.name}:{head.offset}" for group in drawn.page_groups for head in group]


def test_a_draw_depends_on_inputs_and_seed_alone(tmp_path: Path) -> None:
    """The same pages each time, others under another seed."""
    asked = [Request((str(SAMPLE),), str(tmp_path), recipe("kosmos1", f"seed={seed}")) for seed in (1, 1, 2)]
    first, again, other = (looked(each)[1] for each in asked)
    assert first == again != other and len(first) == len(set(first)) == 10


def test_copies_come_with_their_page(tmp_path: Path) -> None:
    """Where each corpus takes duplicates out, a page is drawn with its copy in the other archive; else pages are drawn one by one."""
    names = tuple(two_archives(tmp_path))
    _, together = looked(Request(names, str(tmp_path / "out"), recipe("kosmos1")))
    offsets = [place.split(":")[1] for place in together]
    assert all(offsets.count(offset) % 2 == 0 for offset in offsets)
    _, alone = looked(Request(names, str(tmp_path / "out"), recipe("raw")))
    assert len(alone) == 10


def test_nothing_to_look_at_is_said(tmp_path: Path) -> None:
    """An empty archive holds no byte to scale by."""
    (tmp_path / "empty.warc.gz").touch()
    request = Request((str(tmp_path / "empty.warc.gz"),), str(tmp_path / "out"), recipe("raw"))
    with pytest.raises(UserError, match="every input is empty"):
        estimate(request, plan(request), 1, quiet)


def test_a_sample_of_all_forecasts_what_a_run_makes(tmp_path: Path) -> None:
    """Rows and shards of each corpus and of what left are those of the run itself, bytes nearly; nothing is left behind."""
    archive(tmp_path / "in" / "a.warc.gz", [response(SITE + str(n), page(passage(n))) for n in range(5)])
    inputs = (str(SAMPLE), str(tmp_path / "in" / "a.warc.gz"))
    request = Request(inputs, str(tmp_path / "out"), recipe("kosmos1", "interleaved.one_image_share=1.0"))
    planned, told = plan(request), list[Progress]()
    outlook = estimate(request, planned, 1, told.append)
    manifest = run_on(inputs, tmp_path / "out", request.recipe)
    for corpus in ("text", "pairs", "interleaved"):
        assert outlook.amounts[f"{corpus}/rows"] == known(manifest.rows(corpus, "parquet"))
        assert outlook.shards[corpus] == known(len(manifest.shards_of(corpus, "parquet")))
        written = sum(shard.bytes for shard in manifest.shards_of(corpus, "parquet"))
        assert outlook.amounts[f"{corpus}/parquet/bytes"].value == pytest.approx(written, rel=0.03)
    for table in ("dropped", "failed"):
        assert outlook.amounts[f"{table}/rows"].value == sum(s.rows for s in manifest.shards_of(table, "parquet"))
    accounts = {account.corpus: account for account in manifest.accounts}
    assert outlook.amounts["captures"].value == accounts["captures"].entered
    assert outlook.seen.complete and outlook.seen.bytes == planned.bytes
    assert outlook.amounts["cpu/extract"].value > 0 and outlook.wall.value > 0
    assert {progress.step for progress in told} >= {"look", "sample", "decide", "emit"}


def test_an_image_in_another_archive_is_found(tmp_path: Path) -> None:
    """Pages lie in one archive and what they show in the other: a sample of a fifth of the pages foresees pairs."""
    pages = [
        response(f"{SITE}{n}", page(passage(n), f'<img src="{n}.png" alt="a quiet picture of number {n}">'))
        for n in range(50)
    ]
    images = [response(f"{SITE}{n}.png", picture(n), "image/png") for n in range(50)]
    inputs = (archive(tmp_path / "pages.warc.gz", pages), archive(tmp_path / "images.warc.gz", images))
    request = Request(inputs, str(tmp_path / "out"), recipe("raw"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sample.DRAWN", 10)
        outlook = estimate(request, plan(request), 1, quiet)
    pairs = outlook.amounts["pairs/rows"]
    assert (outlook.seen.pages, outlook.seen.images, pairs.value) == (10, 10, 50)
    assert pairs.low is not None and pairs.high is not None and pairs.low <= 50 <= pairs.high


def test_one_sample_tells_of_any_size(tmp_path: Path) -> None:
    """Pages and units grow with the archives; a size within the interval of another is no part of it."""
    pages = [response(f"{SITE}{n}", page(passage(n))) for n in range(120)]
    inputs = (archive(tmp_path / "pages.warc.gz", pages),)
    request = Request(inputs, str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))
    planned = plan(request)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sample_scan.RANGE_BYTES", planned.bytes // 40)
        sample = take(request, planned, 1, quiet, growth=10)
    for growth in (10, 1000):
        outlook = sample.outlook(growth)
        assert outlook.size.archives == outlook.size.units == growth and not outlook.seen.complete
        found = outlook.amounts["pages"]
        assert found.low is not None and found.high is not None
        assert found.value == pytest.approx(120 * growth) and found.low <= found.value <= found.high
        assert outlook.asked["shuffle/extract"].value == pytest.approx(
            growth * sample.outlook(1).asked["shuffle/extract"].value
        )


def test_ranges_of_large_inputs(tmp_path: Path) -> None:
    """Where not all is looked through, captures have an interval too, and it holds what there is."""
    pages = [response(f"{SITE}{n}", page(passage(n))) for n in range(120)]
    inputs = (archive(tmp_path / "pages.warc.gz", pages),)
    request = Request(inputs, str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'))
    planned = plan(request)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sample_scan.SCAN_BYTES", planned.bytes // 3)
        patch.setattr("pipeline.sample_scan.RANGE_BYTES", planned.bytes // 40)
        outlook = estimate(request, planned, 1, quiet)
    assert outlook.seen.bytes < planned.bytes and not outlook.seen.complete
    for name in ("captures", "pages", "text/rows"):
        figure = outlook.amounts[name]
        assert figure.low is not None and figure.high is not None and figure.low <= 120 <= figure.high
        assert figure.value == pytest.approx(120, rel=0.25)


def test_policy_files_bind_the_sample(tmp_path: Path) -> None:
    """A robots.txt that refuses its site is heeded by a sample of its pages, as by the run."""
    refused = [response(f"{SITE}{n}", page(passage(n))) for n in range(12)]
    robots = response(f"{SITE}robots.txt", b"User-agent: *\nContent-Signal: ai-train=no\n", "text/plain")
    inputs = (archive(tmp_path / "a.warc.gz", [*refused, robots]),)
    request = Request(inputs, str(tmp_path / "out"), recipe("kosmos1", 'corpora=["text"]'))
    manifest = run_on(inputs, tmp_path / "out", request.recipe)
    outlook = estimate(request, plan(request), 1, quiet)
    assert manifest.rows("text", "parquet") == outlook.amounts["text/rows"].value == 0
