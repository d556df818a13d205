"""A judged batch and what it lost to its selection, its rows, its accounts and its profile."""

import json
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import storage
from pipeline.corpora import load_recipe
from pipeline.decide.beam import merge_records, merged_profile
from pipeline.decide.profile_items import read_profile
from pipeline.sections import checksum, read_sections, table_of
from schemas.manifest import Account
from schemas.tables import DROPPED
from tests.support.index_rows import Decided, decide, key, page, unit_index
from transforms.stats.profile import Profile

RECIPE = load_recipe(
    'name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["url"]\n[text.rules]\ngopher_words = {floor = 5}'
)
PAGES = [
    page(4, gopher_words=9, lang="en", url="http://a.org/4", text_bytes=1000),
    page(1, gopher_words=1, lang="de", url="http://b.org/1"),
    page(3, gopher_words=7, lang="fr", url="http://c.org/3", url_key=key(4)),
    page(2, gopher_words=5, lang="it", url="http://d.org/2", text_bytes=30),
]


def closed(folder: Path) -> Decided:
    """A batch of two units: one page left by a rule, one is the duplicate of a page of the other unit, two stay."""
    return decide(folder, RECIPE, [[unit_index(PAGES[:2], number=0), unit_index(PAGES[2:], number=1)]])


def profile_of(found: Decided) -> Profile:
    """The profile that the first batch handed up."""
    return read_profile(*found.closed[0].profile)


def test_the_profile_of_what_was_kept_is_that_of_what_was_kept(tmp_path: Path) -> None:
    """Numbers, languages and hosts are those of the pages in the selection; the other pages stand under their own outcomes."""
    found = closed(tmp_path)
    kept = {row["id"]: row for row in found.kept("text")}
    assert set(kept) == {key(3).hex(), key(2).hex()}
    outcomes = profile_of(found).outcomes
    assert {outcome: seen.items for outcome, seen in outcomes.items()} == {
        ("text", "entered"): 4, ("text", "kept"): 2, ("text", "dropped:gopher_words"): 1, ("text", "dropped:url"): 1
    }  # fmt: skip
    seen = outcomes["text", "kept"]
    words = seen.measures["gopher_words"].moments
    assert (words.n, words.mean) == (2, sum(row["gopher_words"] for row in kept.values()) / 2)
    assert dict(seen.languages.top(9)) == {"fr": 1, "it": 1}
    assert dict(seen.hosts.top(9)) == {"c.org": 1, "d.org": 1}
    assert dict(outcomes["text", "dropped:url"].languages.top(9)) == {"en": 1}
    assert dict(outcomes["text", "dropped:gopher_words"].hosts.top(9)) == {"b.org": 1}
    assert outcomes["text", "entered"].measures["gopher_words"].moments.mean == (9 + 1 + 7 + 5) / 4


def test_the_profile_of_all_batches_is_merged(tmp_path: Path) -> None:
    """As bytes, in any order."""
    batches = [[unit_index(PAGES[:2], number=0)], [unit_index(PAGES[2:], number=1)]]
    found = decide(tmp_path / "two", RECIPE, batches)
    parts = [read_profile(*one.profile) for one in found.closed]
    assert merged_profile(parts).to_json() == merged_profile(parts[::-1]).to_json()
    assert merged_profile(parts).to_json() == profile_of(closed(tmp_path / "one")).to_json()


def test_each_unit_hands_up_what_was_kept_of_it(tmp_path: Path) -> None:
    """Rows, bytes of payload, and the place of its selection, which holds no column that only a profile wants."""
    found = closed(tmp_path)
    (zero, first), (one, second) = found.closed[0].units
    assert (zero, one, first["batch"], second["batch"]) == (0, 1, 0, 0)
    (first_part,), (second_part,) = first["kept"], second["kept"]
    assert first_part["text"][:2] == [0, 0] and second_part["text"][:2] == [2, 130]
    *place, check = second_part["text"][2:]
    data = storage.read_range(found.job.run.selection(0), *place)
    table = table_of(data)
    assert check == checksum(data)
    assert table["id"].to_pylist() == [key(3).hex(), key(2).hex()]
    assert not [name for name in table.column_names if name.startswith("item_")]
    assert read_sections(found.job.run.selection(0)).place("text/1") == tuple(place)


def test_rows_of_what_left_stand_by_unit_corpus_and_id(tmp_path: Path) -> None:
    """In one file a batch, with the fixed columns, whoever decided it and whenever it left."""
    found = closed(tmp_path)
    (path,) = Path(found.job.run.path, "dropped").glob("*")
    table = pq.read_table(path)
    assert table.schema.names == DROPPED.names and path.name == "dropped-00000.parquet"
    assert [(r["id"], r["stage"], r["rule"], r["of"]) for r in table.to_pylist()] == [
        (key(1).hex(), "rules", "gopher_words", None),
        (key(4).hex(), "duplicates", "url", key(3).hex()),
    ]
    assert not Path(found.job.run.path, "failed").exists(), "a table without rows is no file"


def test_accounts_of_a_batch_hold(tmp_path: Path) -> None:
    """Rules and duplicates of each unit; the two add up to every page (law 3)."""
    accounts = [Account(**entry) for entry in closed(tmp_path).closed[0].batch["accounts"]]
    assert all(account.holds() for account in accounts)
    entered = {
        stage: sum(a.entered for a in accounts if (a.corpus, a.stage) == ("text", stage))
        for stage in ("rules", "duplicates")
    }
    assert entered == {"rules": 4, "duplicates": 3}


def test_a_batch_that_is_closed_again_writes_the_same_bytes(tmp_path: Path) -> None:
    """An engine may run a bundle twice (law 6)."""
    one, other = (closed(tmp_path / name) for name in ("one", "other"))
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "other" / path.relative_to(tmp_path / "one")).read_bytes(), path
    assert one.closed[0].units == other.closed[0].units


def test_records_of_units_merge_to_those_of_a_part(tmp_path: Path) -> None:
    """A batch's own record goes with its first unit; the others say what was kept alone."""
    found = closed(tmp_path).closed[0]
    records = [
        json.loads(json.dumps({"unit": number, **record, **(found.batch if place == 0 else {})}))
        for place, (number, record) in enumerate(found.units)
    ]
    merged = merge_records(records)
    assert [unit[:2] for unit in merged["selected"]] == [[0, 0], [1, 0]]
    assert [shard["name"] for shard in merged["shards"]] == ["dropped/dropped-00000.parquet"]
    rules = [account for account in merged["accounts"] if account["stage"] == "rules"]
    assert [(a["entered"], a["kept"], a["dropped"]) for a in rules] == [(4, 3, {"gopher_words": 1})]
