"""Inputs found, named and cut into units."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import plan as planning
from pipeline.named_archives import Archive
from pipeline.plan import Request, Span, Unit, Work, cut, plan, read_work, work_line
from pipeline.written_plan import shared_plan
from schemas.outcomes import UserError
from schemas.recipe import Recipe


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """Three small files in two folders."""
    for name in ("one/a.warc.gz", "two/a.warc.gz", "two/note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_an_input_that_changed_is_another_input(archives: Path) -> None:
    """Size alike, bytes not: the digest of the inputs differs."""
    request = Request((str(archives),), "out", Recipe("x"))
    before = plan(request).inputs_digest
    (archives / "one/a.warc.gz").write_bytes(b"ONE/a.warc.gz")
    assert plan(request).inputs_digest != before


@given(st.integers(0, 1000), st.integers(1, 100))
def test_units_cover_every_byte_once(size: int, step: int) -> None:
    """The ranges of an archive follow each other from its first byte to its last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "UNIT_BYTES", step)
        units = units_of([Archive("x.warc.gz", size, "")])
        assert all(unit.bytes <= max(step, 1) for unit in units)
    spans = [span for unit in units for span in unit.spans]
    assert spans[0].start == 0 and spans[-1].end == size
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))


def units_of(archives: list[Archive]) -> list[Unit]:
    """The units of some archives, by way of their lines."""
    return [unit for work in cut(archives) for unit in read_work(work_line(work)).units()]


ARCHIVES = st.lists(st.tuples(st.integers(0, 50), st.sampled_from([".warc.gz", ".warc"])), max_size=12)


@given(ARCHIVES, st.integers(1, 20), st.integers(0, 20), st.integers(1, 4))
def test_every_archive_is_in_units_once(sizes: list[tuple[int, str]], unit: int, small: int, shared: int) -> None:
    """Large ones alone and cut, small neighbours together; units are numbered through, and a line says how many it stands for."""
    archives = [Archive(f"{n:02d}{ending}", size, "") for n, (size, ending) in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("UNIT_BYTES", unit), ("SMALL_BYTES", small), ("SHARED", shared)):
            patch.setattr(planning, name, value)
        units = units_of(archives)
        assert [u.number for u in units] == list(range(len(units)))
        assert sum(work.count for work in cut(archives)) == len(units)
        for archive in archives:
            spans = [span for u in units for span in u.spans if span.name == archive.name]
            assert spans[0].start == 0 and spans[-1].end == archive.size
            assert all(a.end == b.start for a, b in itertools.pairwise(spans))
        for u in units:
            assert len(u.spans) <= shared and (len(u.spans) == 1 or u.bytes <= small)
            assert u.bytes <= unit or len(u.spans) > 1 or unit == 0


def test_a_thousand_small_archives_are_a_few_units() -> None:
    """So that a folder of single pages does not become a folder of single units."""
    units = units_of([Archive(f"{n:04d}.warc.gz", 20_000, "") for n in range(2500)])
    assert [len(unit.spans) for unit in units] == [419] * 5 + [405]
    assert len(units_of([Archive(f"{n:04d}.warc.gz", 10, "") for n in range(2500)])) == 3


def test_a_plan_counts_its_units() -> None:
    """Without making them."""
    archives = (Archive("a.warc.gz", 3 * planning.UNIT_BYTES, ""), Archive("b.warc", 5, ""))
    found = planning.Plan("/", archives, tuple(cut(archives)), "")
    assert (found.unit_count, found.bytes) == (len(list(found.units())), 3 * planning.UNIT_BYTES + 5)
    assert found.unit_count == 4
    assert planning.Plan("/", (), (), "").unit_count == 0


def test_archives_of_every_kind_are_cut() -> None:
    """Compressed or not, by the endings of archives in any case; what has another name may be no archive and is one unit."""
    for name in ("x.warc", "X.WARC.GZ", "x.warc.zst", "x.arc", "x.wat.gz", "x.wet.zst"):
        assert len(units_of([Archive(name, 10 * planning.UNIT_BYTES, "")])) == 10
    assert len(units_of([Archive("x.zip", 10 * planning.UNIT_BYTES, "")])) == 1


PATHS = st.binary(min_size=1, max_size=20).map(os.fsdecode)


@given(st.lists(st.tuples(PATHS, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5), st.integers(0, 9))
def test_a_line_of_work_is_read_as_it_was_written(spans: list[tuple[str, int, int]], first: int) -> None:
    """One line whatever the names, also such as are no UTF-8."""
    work = Work(first, tuple(Span(*span) for span in spans))
    line = work_line(work)
    assert "\n" not in line and line.encode().decode() == line
    assert read_work(line) == work


def test_what_a_run_writes_is_no_input_of_it(archives: Path) -> None:
    """Output and staging may lie among the inputs: the plan stays the same. What others put into staging is read."""
    staging = archives / "staging"
    request = Request((str(archives),), str(archives / "out"), Recipe("x"), staging=str(staging))
    before = plan(request)
    for path in (
        "out/staging/progress/12",
        "out/text/a.parquet",
        "staging/fetched/archive/b.warc.gz",
        "staging/plan.json",
    ):
        (archives / path).parent.mkdir(parents=True, exist_ok=True)
        (archives / path).write_bytes(b"ours")
    assert plan(request) == shared_plan(request)[0] == before
    (staging / "c.warc.gz").write_bytes(b"theirs")
    assert len(plan(request).archives) == len(before.archives) + 1


def test_inputs_that_the_run_itself_wrote_are_refused(archives: Path) -> None:
    """By where they lie."""
    with pytest.raises(UserError, match=r"one/a\.warc\.gz is an input and lies where the run writes"):
        plan(Request((str(archives / "one"),), str(archives), Recipe("x")))
