"""The archives of a sample: records that read back as they were, and draws that are even."""

import io
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.plan import Request, plan
from pipeline.sample_archives import deal, draw, record, write_archives
from pipeline.sample_scan import captures_of, ranges, scan
from schemas.records import Capture
from tests.support.archives import arc_info, arc_record, http, member, response, warc_bytes
from tests.support.archives import record as made
from tests.support.runs import SAMPLE, recipe
from tests.support.web import SITE, page, passage
from transforms.warc.read import read_captures


def alike(capture: Capture) -> Capture:
    """A capture without its place and without headers that tell of codings."""
    headers = [
        (n, v)
        for n, v in capture.headers
        if n.lower() not in ("content-length", "content-encoding", "transfer-encoding")
    ]
    return replace(capture, offset=0, length=0, within=0, seekable=True, headers=tuple(headers))


def captures(data: bytes) -> list[Capture]:
    """The captures in an archive's bytes."""
    return [item for item in read_captures(io.BytesIO(data)) if isinstance(item, Capture)]


def test_a_record_reads_back_as_the_same_capture() -> None:
    """Every capture of the bundled sample, records of other types, and those of ARC."""
    odd = [
        made("resource", "http://ex.org/r", b"<p>x", "text/html; charset=latin-1"),
        made("conversion", "http://ex.org/c", b"words", "text/plain"),
        response("http://ex.org/\u00e9", b"<p>\xe9", "text/html; charset=latin-1", headers=[("X-Robots-Tag", "noai")]),
    ]
    arc = arc_info() + arc_record("http://ex.org/a", http(b"<p>arc"))
    found = [*captures(SAMPLE.read_bytes()), *captures(b"".join(odd)), *captures(arc)]
    assert len(found) > 80
    for capture in found:
        (again,) = captures(record(capture))
        assert alike(again) == alike(capture)


def test_chosen_captures_are_copied_out_of_each_kind_of_archive(tmp_path: Path) -> None:
    """Members are read where they lie; an archive that is one stream is read through."""
    (tmp_path / "a.warc.gz").write_bytes(SAMPLE.read_bytes())
    stream = warc_bytes([response(f"{SITE}{n}", page(passage(n))) for n in range(6)], gzip_per_record=False)
    (tmp_path / "b.warc.gz").write_bytes(member(stream))
    planned = plan(Request((str(tmp_path),), "out", recipe("raw")))
    parts = [scan(planned.root, spans) for spans in ranges(planned)]
    assert [head.seekable for part in parts for head in part.heads[:1]] == [True, False]
    chosen = {str(tmp_path / f"{name}.warc"): part.heads[::2] for name, part in zip("xy", parts, strict=True)}
    write_archives(planned, chosen)
    for path, heads in chosen.items():
        (span,) = {head.span for head in heads}
        places = {(head.offset, head.within) for head in heads}
        wanted = [c for c in captures_of(planned.root, span) if (c.offset, getattr(c, "within", 0)) in places]
        written = captures(Path(path).read_bytes())
        assert [alike(c) for c in written] == [alike(c) for c in wanted if isinstance(c, Capture)]


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 9))
def test_draws_are_even(count: int, wanted: int, seed: int) -> None:
    """As many as asked for, each once, in order, and no stretch is left out."""
    found = draw(range(count), wanted, seed)
    assert len(found) == min(count, wanted) and found == sorted(set(found))
    if 0 < wanted < count:
        gaps = [b - a for a, b in zip([-1, *found], [*found, count], strict=True)]
        assert max(gaps) <= 2 * (count / wanted + 1)


@given(st.lists(st.integers(0, 9)), st.integers(1, 12), st.integers(0, 3))
def test_groups_hold_each_item_once(homes: list[int], groups: int, seed: int) -> None:
    """With homes together, without them as even as can be; no group is empty."""
    items = list(enumerate(homes))
    dealt = deal(items, groups, seed)
    assert sorted(item for group in dealt for item in group) == items and all(dealt)
    assert max(map(len, dealt), default=0) - min(map(len, dealt), default=0) <= 1
    at_home = deal(items, groups, seed, homes)
    assert sorted(item for group in at_home for item in group) == items and all(at_home)
    assert all(
        len({number for number, group in enumerate(at_home) if any(i[1] == h for i in group)}) == 1 for h in homes
    )
