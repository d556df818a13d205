"""Ranges bring every place whole, in order, and bounded."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.spans import GAP, MOST, Span, is_dense, spans


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 300)), max_size=40),
    st.integers(0, 400),
    st.integers(1, 900),
)
def test_every_place_is_in_its_range(places: list[tuple[int, int]], gap: int, most: int) -> None:
    """The ranges hold as many places as there are, each whole; none is longer than it may be but for one record."""
    places.sort()
    found = list(spans(places, gap, most))
    rest = iter(places)
    for span in found:
        inside = [next(rest) for _ in range(span.records)]
        assert min(at for at, _ in inside) == span.start and max(map(sum, inside)) == span.stop
        assert (
            span.stop - span.start <= most
            or len({at for at, _ in inside}) == 1
            or span.stop - span.start <= max(length for _, length in inside)
        )
    assert next(rest, None) is None
    assert all(before.start <= after.start for before, after in pairwise(found))


def test_neighbours_come_together() -> None:
    """A gap of up to 64 KiB is read too, a longer one is not."""
    assert list(spans([(0, 10), (10 + GAP, 10)])) == [Span(0, 20 + GAP, 2)]
    assert len(list(spans([(0, 10), (11 + GAP, 10)]))) == 2


def test_a_tenth_is_read_whole() -> None:
    """Where a tenth of an archive is wanted, long ranges bring it all; a hundredth comes record by record, and so does little."""
    many = [(number * 1_000_000, 150_000) for number in range(1000)]
    assert is_dense(many)
    found = list(spans(many))
    assert len(found) < 70 and all(MOST // 2 < span.stop - span.start <= MOST for span in found[:-1])
    few = [(number * 1_000_000, 9_000) for number in range(1000)]
    assert not is_dense(few) and len(list(spans(few))) == 1000
    assert not is_dense(many[:10])
