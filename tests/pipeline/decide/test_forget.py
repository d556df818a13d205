"""What a run is told to forget is found in a unit by id, address and host, also where an image was captured under another spelling."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.decide.forget import read_wanted, without_addresses
from pipeline.forget.take_down import forget
from pipeline.plan import Request
from pipeline.run import run
from schemas.tables import DROPPED_TABLE, record_batch_of_rows
from tests.support.archives import response
from tests.support.runs import recipe, rows
from tests.support.web import SITE, archive, page, passage, picture
from tests.transforms.forget.test_lists import take_down

RAW = recipe("raw")
NEW = "https://cdn.example/new.png"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str]:
    """A page that names one picture without `www.` and one by an address that leads elsewhere."""
    shows = page(
        passage(1), '<img src="http://cdn.example/a.png" alt="one">', passage(2), '<img src="/old.png" alt="two">'
    )
    records = [
        response(SITE + "a", shows),
        response("https://www.cdn.example/a.png", picture(1), "image/png"),
        response(SITE + "old.png", b"moved", "text/html", 301, [("Location", NEW)]),
        response(NEW, picture(2), "image/png"),
    ]
    return (archive(tmp_path_factory.mktemp("in") / "a.warc.gz", records),)


def shown(folder: Path) -> list[str]:
    """The captions of the pairs, and how many images the documents have."""
    documents = [json.loads(row["metadata"]) for row in rows(folder, "interleaved")]
    images = sum(image is not None for document in documents for image in document)
    return [*sorted(row["caption"] for row in rows(folder, "pairs")), str(images)]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("https://www.cdn.example/a.png", ["two", "1"]),  # as it was captured
        ("http://cdn.example/a.png", ["two", "1"]),  # as the page names it
        ("https://cdn.example/a.png", ["one", "two", "2"]),  # as nobody does
        ("www.cdn.example", ["two", "1"]),
        (f"{SITE}old.png", ["one", "1"]),
        (NEW, ["one", "1"]),  # where a redirect leads
        (f"{SITE}a", ["0"]),
    ],
)
def test_an_image_is_known_by_both_its_addresses(
    inputs: tuple[str], tmp_path: Path, line: str, left: list[str]
) -> None:
    """The one that its page names and the one that it was captured under; told to the run or taken down afterwards."""
    asked = take_down("any", line)
    run(Request(inputs, str(tmp_path / "told"), RAW, forget=asked))
    run(Request(inputs, str(tmp_path / "after"), RAW))
    forget(str(tmp_path / "after"), asked)
    assert shown(tmp_path / "told") == shown(tmp_path / "after") == left


def test_rows_of_what_left_lose_their_addresses() -> None:
    """Those that are asked for by id or address, and those that left because they are to be forgotten; all else stays."""
    rest = {"corpus": "text", "source": "a", "stage": "rules", "value": None, "of": None}
    told = [
        ("0" * 32, "http://a.example/", "words"),
        ("1" * 32, "http://b.example/", "words"),
        ("2" * 32, "http://c.example/", "words"),
    ]
    told.append(("3" * 32, "http://d.example/", "forgotten"))
    items = [{**rest, "id": identity, "url": url, "rule": rule} for identity, url, rule in told]
    table = pa.Table.from_batches([record_batch_of_rows(DROPPED_TABLE.schema(), items)])
    left = without_addresses(table, take_down("any", "0" * 32, "http://b.example/").wanted)
    assert left["url"].to_pylist() == ["", "", "http://c.example/", ""]
    assert left.schema == table.schema and left.drop_columns(["url"]) == table.drop_columns(["url"])
    assert without_addresses(table, None) is table
    assert read_wanted("") is None
