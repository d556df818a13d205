"""The laws of the sketches of names, and how far their answers may be off."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.stats.names import Distinct, Sample, TopCounts, hashes

SIZE = 5  # small, so that most of the drawn lists overflow
ROWS = st.lists(st.tuples(st.text("abc", max_size=2), st.text(max_size=4)), max_size=25)  # name, id
Rows = list[tuple[str, str]]
KINDS = pytest.mark.parametrize("kind", [Sample, TopCounts, Distinct])


def empty(kind: Any) -> Any:
    """The smallest empty sketch of a kind."""
    return kind.empty() if kind is Distinct else kind.empty(SIZE)


def more(sketch: Any, rows: Rows) -> Any:
    """The sketch and what it makes of `rows`."""
    names, ids = [name for name, _ in rows], [name + key for name, key in rows]
    return sketch.add(names, ids) if isinstance(sketch, TopCounts) else sketch.add(ids)


@KINDS
@given(ROWS, ROWS, ROWS)
def test_merge_is_a_commutative_monoid(kind: Any, left: Rows, middle: Rows, right: Rows) -> None:
    """Merging is associative and commutative, also over capacity, and the empty sketch changes nothing."""
    a, b, c = (more(empty(kind), rows) for rows in (left, middle, right))
    assert a.merge(b.merge(c)) == a.merge(b).merge(c)
    assert a.merge(b) == b.merge(a)
    assert a.merge(empty(kind)) == a == empty(kind).merge(a)


@KINDS
@given(st.data())
def test_no_order_and_no_split_shows(kind: Any, data: st.DataObject) -> None:
    """Rows added at once, or shuffled and in two parts, give the same bytes on disk."""
    rows = data.draw(ROWS)
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    parts = more(more(empty(kind), shuffled[:cut]), shuffled[cut:])
    assert json.dumps(parts.to_record()) == json.dumps(more(empty(kind), rows).to_record())


@KINDS
@given(ROWS)
def test_a_record_brings_the_sketch_back(kind: Any, rows: Rows) -> None:
    """The JSON form loses nothing."""
    sketch = more(empty(kind), rows)
    assert kind.from_record(json.loads(json.dumps(sketch.to_record()))) == sketch


@given(ROWS)
def test_a_sample_is_the_ids_of_least_hash(rows: Rows) -> None:
    """A sample holds each id once, and exactly the least hashes of all that were seen."""
    ids = {key for _, key in rows}
    by_hash = sorted(zip(hashes(ids).tolist(), ids, strict=True))
    assert Sample.empty(SIZE).add([key for _, key in rows]).ids == tuple(key for _, key in by_hash[:SIZE])


def test_a_sample_is_uniform() -> None:
    """The sampled numbers of 0 to 99,999 have about the mean of all (4 standard errors of a sample of 1,000)."""
    drawn = [int(text) for text in Sample.empty(1000).add([str(i) for i in range(100_000)]).ids]
    assert abs(sum(drawn) / 1000 - 50_000) < 4 * 100_000 / 12**0.5 / 1000**0.5


@given(st.lists(st.sampled_from("abcde"), max_size=60))
def test_counts_within_capacity_are_exact(names: list[str]) -> None:
    """As long as no more names occur than fit, every count is right, and ties are told in order of name."""
    counts = TopCounts.empty(SIZE).add(names, [str(i) for i in range(len(names))])
    assert counts.exact
    assert counts.top(9) == sorted(Counter(names).items(), key=lambda entry: (-entry[1], entry[0]))


def test_frequent_names_are_found_over_capacity() -> None:
    """Among far more names than fit, the frequent ones are told with their shares to 3 points; memory stays bounded."""
    names = [f"host{i % 10 if i % 2 else i}" for i in range(100_000)]
    counts = TopCounts.empty(1024).add(names, [str(i) for i in range(len(names))])
    assert not counts.exact and counts.n == 100_000 and len(counts.counts) == len(counts.occurrences) == 1024
    top = dict(counts.top(5))
    assert set(top) == {"host1", "host3", "host5", "host7", "host9"}
    assert all(abs(count / 100_000 - 0.1) < 0.03 for count in top.values())


@pytest.mark.parametrize("count", [0, 1, 100, 3_000, 20_000, 200_000])
def test_distinct_counts_are_close(count: int) -> None:
    """Over the whole range the estimate is within 4 standard errors (6.5 %), and repeats do not count."""
    texts = [f"https://example.org/{i}" for i in range(count)]
    once = Distinct.empty().add(texts)
    assert once.estimate() == pytest.approx(count, rel=0.065)
    assert once.add(texts) == once


@pytest.mark.parametrize("kind", [Sample, TopCounts])
def test_sketches_of_two_sizes_do_not_merge(kind: Any) -> None:
    """A merge that would depend on which side comes first is refused."""
    with pytest.raises(ValueError, match="one size, got 5 and 6"):
        kind.empty(5).merge(kind.empty(6))
