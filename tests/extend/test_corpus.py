"""A fourth corpus is one file and one entry of the registry: what a run, its checks and the command line make of it."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import request
from jobs.cli import main
from pipeline import corpora
from pipeline.stage import beam
from pipeline.verify import verify
from schemas.outcomes import UserError
from tests.extend.toy_corpus import TABLES
from tests.support.archives import response
from tests.support.runs import rows
from tests.support.web import SITE, archive, by_corpus, page, passage

FRUIT = "<table><tr><th>fruit<th>price<tr><td>apple<td>3<tr><td>pear<td>4</table>"
COLOURS = "<table><tr><td>red<td>warm<tr><td>blue<td>cold</table>"
A, B, C, D = map(passage, range(4))


@pytest.fixture(autouse=True)
def fourth(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry with one more entry."""
    monkeypatch.setattr(corpora, "CORPORA", (*corpora.CORPORA, TABLES))
    yield


@pytest.fixture
def web(tmp_path: Path) -> str:
    """A page with two tables, the same page again, one with a single table, and one without any."""
    pages = {
        "one": page(A, FRUIT, B, COLOURS),
        "two": page(C, COLOURS),
        "copy": page(A, FRUIT, B, COLOURS),
        "no": page(D),
    }
    return archive(tmp_path / "in.warc.gz", [response(SITE + name, body) for name, body in pages.items()])


def ran(web: str, output: Path, *more: str) -> dict[str, Any]:
    """The facts that `run --json` prints."""
    asked = ["--recipe", "raw", "--corpora", ALL, "--json", *more]
    assert main(["run", "--input", web, "--output", str(output), *asked]) == 0
    found: dict[str, Any] = json.loads((output / "manifest.json").read_text())
    return found


def test_a_run_writes_its_rows_beside_the_others(web: str, tmp_path: Path) -> None:
    """Each page with tables is a row with its tables in order; the text corpus is what it was."""
    manifest = ran(web, tmp_path / "out")
    found = {row["url"]: row["tables"] for row in rows(tmp_path / "out", "tables")}
    fruit, colours = "fruit | price\napple | 3\npear | 4", "red | warm\nblue | cold"
    assert found == {SITE + "one": [fruit, colours], SITE + "copy": [fruit, colours], SITE + "two": [colours]}
    assert [row["table_rows"] for row in rows(tmp_path / "out", "tables") if row["url"] == SITE + "two"] == [2.0]
    assert len(rows(tmp_path / "out", "text")) == 4
    assert manifest["columns"]["tables"] == TABLES.table.types()


def test_its_items_are_accounted_for(web: str, tmp_path: Path) -> None:
    """What entered is kept, dropped by a rule, or the duplicate of a row that is there (laws 3 and 11)."""
    more = ["--set", "tables.duplicates=['text']", "--set", "tables.rules.table_rows.floor=3"]
    manifest = ran(web, tmp_path / "out", *more)
    accounts = [account for account in manifest["accounts"] if account["corpus"] == "tables"]
    assert [(a["stage"], a["entered"], a["kept"]) for a in accounts] == [("rules", 4, 2), ("duplicates", 2, 1)]
    assert accounts[0]["dropped"] == {"no_tables": 1, "table_rows": 1}
    (kept,) = rows(tmp_path / "out", "tables")
    gone = {row["rule"]: row for row in by_corpus(rows(tmp_path / "out", "dropped"), "tables")}
    assert gone["text"]["of"] == kept["id"]
    assert (gone["table_rows"]["value"], gone["table_rows"]["url"]) == (2.0, SITE + "two")


def test_no_page_is_parsed_for_it(web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run over staging of a release that knew no tables finds them there; no archive is read (laws 1 and 4)."""
    monkeypatch.setattr(corpora, "CORPORA", corpora.CORPORA[:-1])
    ran(web, tmp_path / "old", "--corpora", "text,pairs,interleaved")
    monkeypatch.setattr(corpora, "CORPORA", (*corpora.CORPORA, TABLES))

    def stage(*_: object) -> None:
        raise AssertionError("an archive is read")

    monkeypatch.setattr(beam, "stage_unit", stage)
    staged = {path: path.stat().st_mtime_ns for path in (tmp_path / "old" / "staging").rglob("*") if path.is_file()}
    ran(web, tmp_path / "new", "--staging", str(tmp_path / "old" / "staging"), "--corpora", "tables")
    assert len(rows(tmp_path / "new", "tables")) == 3
    assert staged == {path: path.stat().st_mtime_ns for path in staged}


def test_inspect_and_the_funnel_show_it(web: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The numbers of the corpus stand in both, and so do those of its own measure."""
    ran(web, tmp_path / "out")
    capsys.readouterr()
    assert main(["inspect", str(tmp_path / "out")]) == 0
    funnel = capsys.readouterr().out
    assert "tables rules, dropped: no_tables 1" in funnel
    assert "tables parquet" in funnel and "tables table_rows" in funnel
    assert main(["inspect", str(tmp_path / "out"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["corpora"]["tables"]["parquet"]["rows"] == 3
    assert facts["profile"]["tables"]["kept"]["measures"]["table_rows"]["n"] == 3


def test_verify_checks_it(web: str, tmp_path: Path) -> None:
    """A whole run is clean; a byte of its shard that changed is noticed."""
    ran(web, tmp_path / "out")
    assert verify(str(tmp_path / "out")) == []
    (shard,) = (tmp_path / "out" / "tables").rglob("*.parquet")
    body = bytearray(shard.read_bytes())
    body[100] ^= 1
    shard.write_bytes(body)
    assert {problem.file for problem in verify(str(tmp_path / "out"))} == {f"tables/data/{shard.name}"}


def test_the_card_names_it(web: str, tmp_path: Path) -> None:
    """A reader of the run folder learns what its rows are and how to load them."""
    ran(web, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| tables | parquet | 1 | 3 |" in card and 'datasets.load_dataset(folder, "tables")' in card


ALL = "text,pairs,interleaved,tables"


def asked(*more: str) -> Any:
    """The recipe that the command line's arguments make."""
    parser = argparse.ArgumentParser()
    request.arguments(parser)
    return request.recipe(parser.parse_args(["--input", "in", "--output", "out", *more]))


def test_recipes_and_settings_know_it() -> None:
    """`--corpora` and `--set` take it, a wrong word of its section is named with the nearest, and no recipe must mention it."""
    assert asked("--corpora", "tables,text").corpora == ("text", "tables")
    assert asked("--set", "tables.rules.table_rows.floor=2").parts["tables"].rules["table_rows"].floor == 2
    with pytest.raises(UserError, match=r"tables\.rulse: unknown key; did you mean rules"):
        asked("--set", "tables.rulse.table_rows.floor=2")
    with pytest.raises(UserError, match="'webdataset'; known are parquet"):  # its rows have no form as files
        asked("--set", "tables.formats=['webdataset']")
    with pytest.raises(UserError, match="no corpus 'table'; did you mean tables"):
        asked("--corpora", "table")


def test_plan_shows_it(web: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan names the corpus with its formats and rounds, and a sample says how many rows to expect."""
    more = ["--output", str(tmp_path / "out"), "--recipe", "raw", "--corpora", ALL, "--json"]
    more += ["--set", "tables.duplicates=['text']"]
    assert main(["plan", "--input", web, *more, "--sample", "1"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["corpora"]["tables"] == ["parquet"] and facts["duplicates"]["tables"] == ["text"]
    assert facts["sample"]["figures"]["tables/rows"]["value"] == 2
