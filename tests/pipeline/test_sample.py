"""A sample of units: what is drawn, what is measured, and what is forecast of it."""

from pathlib import Path

import pytest

from pipeline.estimate import Figure
from pipeline.plan import Request, Span, Unit, plan
from pipeline.progress import Progress
from pipeline.sample import Meter, choose, estimate, shard_count
from schemas.outcomes import UserError
from tests.support.archives import response
from tests.support.runs import SAMPLE, recipe, run_on
from tests.support.web import SITE, archive, page, passage


def units(*sizes: int) -> list[Unit]:
    """Units of these sizes, an archive each."""
    return [Unit(number, (Span(f"{number}.warc.gz", 0, size),)) for number, size in enumerate(sizes)]


def test_a_draw_depends_on_names_and_seed_alone() -> None:
    """The same units whatever their order, others under another seed, and those of fewer are among those of more."""
    many = units(*[9] * 30)
    three = choose(many, 3, 0)
    assert choose(many[::-1], 3, 0) == three and set(choose(many, 2, 0)) < set(three)
    assert len({tuple(choose(many, 3, seed)) for seed in range(10)}) > 1
    assert choose(many, 99, 0) == many


def test_empty_units_are_not_drawn() -> None:
    """They hold no byte to scale by."""
    empty, filled = units(0, 9)
    assert choose([empty, filled], 2, 0) == [filled]
    with pytest.raises(UserError, match="every input is empty"):
        choose([empty], 1, 0)


def test_a_sample_of_all_units_forecasts_what_a_run_makes(tmp_path: Path) -> None:
    """Rows, bytes and shards of each corpus and of what left are those of the run itself; nothing is left behind."""
    archive(tmp_path / "in" / "a.warc.gz", [response(SITE + str(n), page(passage(n))) for n in range(5)])
    inputs = (str(SAMPLE), str(tmp_path / "in" / "a.warc.gz"))
    request = Request(inputs, str(tmp_path / "out"), recipe("kosmos1"))
    planned = plan(request)
    told: list[Progress] = []
    outlook = estimate(request, planned, list(planned.units()), told.append)
    manifest = run_on(inputs, tmp_path / "out", recipe("kosmos1"))
    for corpus in ("text", "pairs", "interleaved"):
        assert outlook.amounts[f"{corpus}/rows"].value == manifest.rows(corpus, "parquet")
        assert outlook.shards[corpus] == Figure(len(manifest.shards_of(corpus, "parquet")))
        written = sum(shard.bytes for shard in manifest.shards_of(corpus, "parquet"))
        assert outlook.amounts[f"{corpus}/parquet/bytes"].value == pytest.approx(written)
    assert outlook.amounts["dropped/rows"].value == sum(s.rows for s in manifest.shards_of("dropped", "parquet"))
    assert (outlook.units, outlook.bytes) == (planned.unit_count, planned.bytes)
    assert outlook.amounts["cpu/extract"].value > 0 and outlook.wall.value > 0
    assert {progress.step for progress in told} >= {"sample", "extract", "decide", "emit"}


def test_the_tighter_bound_counts_shards(tmp_path: Path) -> None:
    """Rows or bytes, rounded up, and one at least."""
    request = Request((), str(tmp_path), recipe("raw", "shards.rows=10", "shards.bytes=1000"))

    def shards(rows: float, payload: float) -> float:
        return shard_count({"text/rows": Figure(rows), "text/payload": Figure(payload)}, "text", request).value

    assert [shards(25, 10), shards(25, 9500), shards(0, 0)] == [3, 10, 1]
    ends = shard_count({"text/rows": Figure(25, 11, 99), "text/payload": Figure(1, 0, 2)}, "text", request)
    assert ends == Figure(3, 2, 10)


def test_a_meter_adds_up_by_step() -> None:
    """CPU and wall seconds of each block, however often it is gone through."""
    meter = Meter()
    for _ in range(2):
        with meter.step("a"):
            sum(range(100_000))
    assert set(meter.spent) == {"cpu/a", "wall/a"} and min(meter.spent.values()) > 0
