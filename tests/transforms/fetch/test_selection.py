"""Which captures a selection takes: the same of Parquet as of lines, and the same as DuckDB says."""

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from schemas.outcomes import UserError
from tests.support.index_tables import captures, cdxj_of, table_of
from transforms.fetch.selection import Selection, selection_of

CASES = {
    "": "fetch_status = 200",
    "status=*": "true",
    "status=404,301": "fetch_status in (404, 301)",
    "host=www.ex.com,b.ex.com": "fetch_status = 200 and url_host_name in ('www.ex.com', 'b.ex.com')",
    "host=192.0.2.1": "fetch_status = 200 and url_host_name = '192.0.2.1'",
    "domain=ex.co.uk": "fetch_status = 200 and url_host_registered_domain = 'ex.co.uk'",
    "domain=ex.com host=www.ex.com": "fetch_status = 200 and url_host_name = 'www.ex.com'",
    "language=deu": "fetch_status = 200 and split_part(content_languages, ',', 1) = 'deu'",
    "mime=image/*,text/html": "fetch_status = 200 and (content_mime_detected like 'image/%' or content_mime_detected = 'text/html')",
    "url=https://www.ex.com/b": "fetch_status = 200 and starts_with(url, 'https://www.ex.com/b')",
    "url=https://www.ex url=http://b.ex.com/": "fetch_status = 200 and (starts_with(url, 'https://www.ex') or starts_with(url, 'http://b.ex.com/'))",
    "subset=robotstxt": "fetch_status = 200 and warc_filename like '%/robotstxt/%'",
    "subset=*": "fetch_status = 200",
}


def chosen(words: str) -> Selection:
    """The selection of words."""
    return selection_of(words.split(), lambda path: [])


@pytest.mark.parametrize("words", CASES)
def test_what_is_taken(words: str) -> None:
    """Parquet, CDXJ and DuckDB agree on every capture of a thousand; something is taken, and not all."""
    rows = captures(1000)
    selection, table = chosen(words), table_of(rows)
    taken = ds.dataset(table).to_table(filter=selection.expression(table.column_names)).column("url").to_pylist()
    where = CASES[words] if "subset" in words else f"({CASES[words]}) and warc_filename like '%/warc/%'"
    with duckdb.connect() as connection:
        connection.register("captures", table)
        asked = [row[0] for row in connection.execute(f"select url from captures where {where}").fetchall()]
    assert taken == asked and taken
    assert len(taken) < 1000
    assert [row["url"] for row in rows if selection.takes(cdxj_of(row))] == asked


def test_row_groups_are_passed_over() -> None:
    """For a host and for addresses of a host only those row groups are read that may hold it."""
    import pyarrow.parquet as pq

    rows = [row for number in range(3000) for row in [_host(number)]]
    sink = pa.BufferOutputStream()
    pq.write_table(table_of(rows), sink, row_group_size=100)
    fragment = ds.ParquetFileFormat().make_fragment(pa.BufferReader(sink.getvalue()))
    for words in ("host=www.h0001.com", "url=https://www.h0001.com/", "domain=h0001.com"):
        wanted = chosen(words).expression(fragment.physical_schema.names)
        assert len(fragment.split_by_row_group(wanted)) == 1
        assert fragment.to_table(filter=wanted).num_rows == 1


def _host(number: int) -> dict[str, Any]:
    name = f"h{number:04d}"
    return captures(1)[0] | {
        "url": f"https://www.{name}.com/",
        "url_host_name": f"www.{name}.com",
        "url_host_tld": "com",
        "url_host_2nd_last_part": name,
        "url_host_registered_domain": f"{name}.com",
        "fetch_status": 200,
    }


def test_values_of_a_file() -> None:
    """`@FILE` gives values, blank lines aside; in an address a comma is a comma."""
    read = {"hosts.txt": ["a.com", "", " B.org "]}
    assert selection_of(["host=@hosts.txt"], lambda path: read[path]).host == ("a.com", "b.org")
    assert selection_of(["url=http://a.com/1,2"], lambda path: []).url == ("http://a.com/1,2",)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("hots=a", "there is no field hots; did you mean host"),
        ("host", "expected host=VALUE"),
        ("host=", "expected host=VALUE"),
        ("status=2xx", "'2xx' is not a number of three digits"),
        ("language=de", "'de' is not a code of three letters"),
        ("subset=all", "'all' is not one of warc"),
        ("host=http://a/", "is not the name of a host"),
        ("url=ex.com", "is not how an address begins"),
        ("mime=html", "is not a media type"),
        ("mime=*/html", "is not a media type"),
    ],
)
def test_wrong_words(word: str, said: str) -> None:
    """What is no selection says why."""
    with pytest.raises(UserError, match="--select") as error:
        selection_of([word], lambda path: [])
    assert said in str(error.value)


def test_a_column_that_is_not_there() -> None:
    """A selection by a column that an index lacks is refused."""
    with pytest.raises(UserError, match="no column content_languages"):
        chosen("language=deu").expression(["url", "fetch_status", "warc_filename"])
