"""Looking through archives: what is counted, which ranges, and which pages are equal."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpora import load_recipe
from pipeline.named_archives import Archive
from pipeline.plan import Plan, Request, Span, cut, plan
from pipeline.sample_scan import RANGE_BYTES, Head, cells, clusters, ranges, scan
from tests.support.archives import response
from tests.support.wacz import wacz
from tests.support.web import SITE, archive, page, passage, picture


def planned(*sizes: int, ending: str = ".warc.gz") -> Plan:
    """A plan of archives of these sizes."""
    archives = tuple(Archive(f"{number:03d}{ending}", size, "") for number, size in enumerate(sizes))
    return Plan("/", archives, tuple(cut(archives)), "")


def head(address: int, body: int) -> Head:
    """A page of an address and a body."""
    return Head(Span("a", 0, 1), 0, 1, 0, True, False, bytes([address]), bytes([body]), 1, 0)


@given(st.lists(st.integers(0, 5 * RANGE_BYTES), max_size=30))
def test_cells_hold_each_byte_once(sizes: list[int]) -> None:
    """Every byte of every archive lies in one cell, and none is much larger than a range."""
    found = list(cells(planned(*sizes).archives))
    assert sum(span.end - span.start for spans in found for span in spans) == sum(sizes)
    assert all(sum(span.end - span.start for span in spans) <= RANGE_BYTES for spans in found)
    assert all(spans for spans in found)


def test_all_of_a_small_input_and_ranges_of_a_large_one() -> None:
    """A range of an archive that cannot be entered is its front."""
    small = ranges(planned(10, 0, 30))
    assert [(span.name, span.end) for (span,) in small] == [("000.warc.gz", 10), ("002.warc.gz", 30)]
    large = planned(*[16 * RANGE_BYTES] * 4)
    chosen = ranges(large, 8 * RANGE_BYTES)
    assert len(chosen) == 8 and len({spans[0].name for spans in chosen}) == 4
    assert ranges(large, 8 * RANGE_BYTES, seed=1) != chosen
    fronts = ranges(planned(*[16 * RANGE_BYTES] * 4, ending=".records"), 8 * RANGE_BYTES)
    assert {(span.start, span.end) for (span,) in fronts} == {(0, RANGE_BYTES)}


def test_ranges_of_a_small_input_that_is_a_sample_itself() -> None:
    """One archive is many ranges then, which hold all of it: what they differ by is asked for. Small archives stay apart."""
    small = planned(10, 0, 30)
    assert ranges(small, apart=True) == ranges(small)
    found = ranges(planned(10 * RANGE_BYTES), apart=True)
    assert len(found) == 10 and sum(span.end - span.start for (span,) in found) == 10 * RANGE_BYTES


def test_a_scan_counts_what_a_run_would(tmp_path: Path) -> None:
    """Pages and images are told apart, what is neither is counted, and so is damage; ranges together give what the whole gives."""
    records = [response(f"{SITE}{n}", page(passage(n), '<img src="a.png">')) for n in range(9)]
    records += [response(f"{SITE}a.png", picture(1), "image/png"), response(f"{SITE}x", b"", status=404)]
    path = Path(archive(tmp_path / "a.warc.gz", records))
    size = path.stat().st_size
    whole = scan(str(tmp_path), [Span(path.name, 0, size, size)])
    assert (whole.captures, whole.refused, whole.damaged, len(whole.heads)) == (11, 1, 0, 10)
    assert [found.image for found in whole.heads] == [False] * 9 + [True]
    assert whole.heads[0].shows == 1
    halves = [scan(str(tmp_path), [Span(path.name, *ends, size)]) for ends in ((0, size // 2), (size // 2, size))]
    assert [found.offset for part in halves for found in part.heads] == [found.offset for found in whole.heads]


def test_an_archive_inside_a_wacz_is_looked_through_where_it_lies(tmp_path: Path) -> None:
    """As one beside it: the same captures, at the same places."""
    records = [response(f"{SITE}{n}", page(passage(n))) for n in range(4)]
    data = Path(archive(tmp_path / "a.warc.gz", records)).read_bytes()
    (tmp_path / "a.wacz").write_bytes(wacz({"archive/a.warc.gz": data}))
    request = Request((str(tmp_path / "a.w*"),), str(tmp_path / "out"), load_recipe('name = "mine"'))
    alone, packed = (scan(str(tmp_path), spans) for spans in ranges(plan(request)))
    assert [found.offset for found in alone.heads] == [found.offset for found in packed.heads]
    assert len(packed.heads) == 4 and not packed.damaged


def test_the_front_of_a_plain_archive(tmp_path: Path) -> None:
    """It ends where the range does, though the archive cannot be left in its middle."""
    data = b"".join(response(f"{SITE}{n}", page(passage(n))) for n in range(9))
    (tmp_path / "a.warc").write_bytes(data)
    front = scan(str(tmp_path), [Span("a.warc", 0, len(data) // 3, len(data))])
    assert 2 <= len(front.heads) <= 4


def test_pages_of_equal_address_or_bytes_stand_together() -> None:
    """Also through a third one; without a wish to join each is alone."""
    pages = [head(1, 1), head(2, 2), head(3, 3), head(1, 4), head(5, 4)]
    assert [len(found) for found in clusters(pages, join=True)] == [3, 1, 1]
    assert [len(found) for found in clusters(pages, join=False)] == [1] * 5
