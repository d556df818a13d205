"""What a run makes of the crawl in its staging: its units, its rounds, and what is said where it is damaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import storage
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.marker import FOUND, Marker, Round, write_marker
from pipeline.fetch.outcome import unit_behind
from pipeline.fetch.place import Places, Shares
from pipeline.fetched_images import check_fetched, ended_rounds, fetched_works, is_fetched
from pipeline.layout import StagingFolder
from pipeline.plan import Span, Unit, Work, read_work, span_path, work_line
from pipeline.sections import sealed
from pipeline.work_list import commit
from schemas.outcomes import UserError


def write(path: str, data: bytes = b"") -> None:
    """A file."""
    with storage.write_whole(path) as file:
        file.write(data)


def test_a_unit_of_the_crawl_is_one_of_staging(tmp_path: Path) -> None:
    """With all its segments in order, behind the inputs; a segment of failures has no archive; later rounds are not looked at."""
    staging = StagingFolder(str(tmp_path))
    crawl = CrawlFolder(staging.fetched)
    for unit, segments in ((2, 2), (0, 1), (1000, 1), (7, 1)):
        for segment in range(segments):
            write(crawl.rows(unit, segment), b"rows")
            if (unit, segment) != (2, 1):
                write(crawl.file(crawl.archive(unit, segment)), b"x" * 9)
    works = list(fetched_works(staging, 5, 8))
    assert [read_work(work_line(work)) for work in works] == works
    units = [unit for work in works for unit in work.units()]
    assert [unit.number for unit in units] == [5, 7, 12] and all(unit.fetched for unit in units)
    assert [(span.name, span.size) for span in units[1].spans] == [(crawl.archive(2, 0), 9), (crawl.archive(2, 1), 0)]
    assert units[1].spans[0].source == "fetched:archive/0000/000002-0000.warc.gz"
    assert storage.read_bytes(span_path("/elsewhere", staging, units[0].spans[0])) == b"x" * 9
    assert len(list(fetched_works(staging, 5, 1001))) == 4


def test_a_large_segment_is_not_cut() -> None:
    """Its rows are one file, so it is one unit; an archive of that size among the inputs is several."""
    span = Span("a.warc.gz", 0, 10**9, 10**9)
    for fetched, count in ((True, 1), (False, 15)):
        work = Work(3, (replace(span, fetched=fetched),))
        assert work.count == len(list(work.units())) == count


def test_rounds_count_up_to_the_first_that_has_not_ended(tmp_path: Path) -> None:
    """A source is fetched once its round has ended, whatever stands behind it."""
    crawl = CrawlFolder(str(tmp_path))
    assert not is_fetched(crawl, "one")
    rounds = tuple(Round(FOUND, name, first, 0, 1) for name, first in (("one", 0), ("two", 4), ("three", 6)))
    marker = Marker((), "", "", Shares(), rounds)
    write_marker(crawl, marker)
    for number, waves in ((1, 2), (2, 1)):
        files = crawl.round(number)
        write(files.places, sealed(Places(2, {}, waves).plain()))
        commit(files.placed)
        for wave in range(waves):
            commit(files.ended(wave))
    assert ended_rounds(crawl) == 2 and [is_fetched(crawl, name) for name in ("one", "two", "three", "four")] == [
        True,
        True,
        False,
        False,
    ]
    assert [unit_behind(crawl, rounds[:number]) for number in (1, 2)] == [4, 6]


def test_nobody_makes_a_damaged_archive_of_hosts_again(tmp_path: Path) -> None:
    """What a crawl brought is not taken away; what was measured of it may be."""
    staging = StagingFolder(str(tmp_path))
    with pytest.raises(UserError, match="put it back, or give another --staging"):
        check_fetched(staging, CrawlFolder(staging.fetched).rows(0, 0))
    check_fetched(staging, staging.unit(7))


def test_units_know_whether_they_were_fetched() -> None:
    """By their spans."""
    assert not Unit(0, (Span("a", 0, 1),)).fetched
