"""The count of requests to an object store runs, and shows what storage promises."""

from benchmarks.storage import Row, rows, table


def test_requests_are_counted() -> None:
    """Both stores take the same requests; a write that failed leaves nothing with us, and all of it with pyarrow."""
    found = rows()
    by_store: dict[str, dict[str, Row]] = {}
    for row in found:
        by_store.setdefault(row.store, {})[row.operation] = row
    counts = [{name: row.requests for name, row in by_store[store].items() if not row.found} for store in ("s3", "gs")]
    assert counts[0] == counts[1]
    for store in ("s3", "gs"):
        assert by_store[store]["4 kB in the middle"].requests == by_store[store]["write 1 kB"].requests == 1
        assert by_store[store]["fail after 20 MB"].found == "nothing"
    assert by_store["s3 by pyarrow"]["fail after 20 MB"].found == "20,000,000 bytes"
    assert table(found).count("\n") == len(found) + 1
