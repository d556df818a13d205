"""A batch judged once: rows of what left, candidates, media that another capture stands for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora import load_recipe
from pipeline.decide.judge import dropped_rows, id_texts
from pipeline.decide.profile_items import unpack_profile
from pipeline.sections import read_sections, table_of
from schemas.tables import DROPPED, FAILED
from tests.support.index_rows import decide, key, medium, page, ref, unit_index
from transforms.verdicts import Verdicts

RECIPE = load_recipe('name = "x"')


def test_every_item_that_left_has_its_row() -> None:
    """Stage, rule, value and keeper as they were judged; a value that was no number is null."""
    verdicts = Verdicts("text", 4)
    verdicts.begin("rules")
    verdicts.drop(np.array([True, False, False, False]), "words", np.array([3.0, 0, 0, 0]))
    verdicts.drop(np.array([False, True, False, False]), "no_text")
    verdicts.begin("duplicates")
    verdicts.drop(np.array([False, False, True, False]), "url", of=np.array([None, None, "d", None], dtype=object))
    columns = (list("abcd"), ["ua", "ub", "uc", "ud"], list("stuv"))
    table = dropped_rows(verdicts, *(np.array(column, dtype=object) for column in columns))
    assert table.schema == DROPPED
    found = [(r["id"], r["url"], r["source"], r["stage"], r["rule"], r["value"], r["of"]) for r in table.to_pylist()]
    assert found == [
        ("a", "ua", "s", "rules", "words", 3.0, None),
        ("b", "ub", "t", "rules", "no_text", None, None),
        ("c", "uc", "u", "duplicates", "url", None, "d"),
    ]


def test_ids_are_shown_as_their_pages_with_a_place() -> None:
    """A page has 32 hex digits, its media four more behind a dash, and more where four are too few."""
    ids = id_texts(np.array([2**64 - 1, 0], np.uint64), np.array([0, 1], np.uint64), np.array([-1, 12_345]))
    assert ids.tolist() == ["f" * 16 + "0" * 16, "0" * 31 + "1-12345"]


def test_references_of_a_later_unit_belong_to_its_own_pages(tmp_path: Path) -> None:
    """Rows of units that are judged together are not mixed up: a page of each unit shows its own picture."""
    units = [
        unit_index([page(n), page(n + 10)], [ref(1, 0, n, alt=f"picture {n}")], [medium(n)], place)
        for place, n in enumerate((1, 2))
    ]
    found = decide(tmp_path, RECIPE, [units])
    pairs = {row["id"]: (row["page_url"], row["caption"]) for row in found.kept("pairs")}
    assert pairs == {
        f"{key(n + 10).hex()}-0000": (f"http://ex.org/{n + 10}", f"picture {n}") for n in (1, 2)
    }  # fmt: skip
    assert [row["id"] for row in found.kept("interleaved")] == [key(11).hex(), key(12).hex()]
    assert [len(found.kept("text")), found.closed[0].units[1][1]["kept"][0]["text"][0]] == [4, 2]


def test_media_of_one_address_in_one_batch_have_one_keeper(tmp_path: Path) -> None:
    """The least id stays; the others are duplicates of it, with their own address and source. What did not decode has no account."""
    units = [
        unit_index([], [], [medium(1, id=8), medium(2, id=3), medium(1, id=2, format="")], 0),
        unit_index([], [], [medium(1, id=5)], 1),
    ]
    found = decide(tmp_path, RECIPE, [units])
    assert found.dropped("images") == {key(8).hex(): ("url", key(5).hex())}
    judged = read_sections(found.job.run.judged(0))
    (row,) = table_of(judged.get("dropped/media")).to_pylist()
    assert (row["source"], row["url"], row["stage"]) == ("0.warc.gz", "http://ex.org/1.png", "duplicates")
    (account,) = [a for a in found.closed[0].batch["accounts"] if a["corpus"] == "images"]
    assert (account["entered"], account["kept"], account["duplicates"]) == (3, 2, {"url": 1})


def test_a_medium_that_lost_to_another_batch_names_that_batchs_medium(tmp_path: Path) -> None:
    """Also where it was the first of its own batch, and those that had lost to it with it."""
    units = [
        [unit_index([], [], [medium(1, id=8), medium(1, id=9)], 0)],
        [unit_index([], [], [medium(4, id=1), medium(1, id=7)], 1)],
    ]
    found = decide(tmp_path, RECIPE, units)
    assert found.dropped("images") == {key(n).hex(): ("url", key(7).hex()) for n in (8, 9)}


def test_what_extract_dropped_and_failed_goes_on(tmp_path: Path) -> None:
    """A unit's own rows stand among those of the batch (law 3)."""
    row: dict[str, Any] = {"corpus": "captures", "id": "a", "url": "u", "source": "s", "stage": "read"}
    dropped = pa.Table.from_pylist([row | {"rule": "revisit", "value": None, "of": None}], DROPPED)
    failed = pa.Table.from_pylist([row | {"offset": 3, "fault": "bomb", "detail": "large"}], FAILED)
    unit = unit_index([page(1)])
    found = decide(tmp_path, RECIPE, [[replace(unit, part=replace(unit.part, dropped=dropped, failed=failed))]])
    assert found.dropped("captures") == {"a": ("revisit", None)}
    assert [(s["corpus"], s["rows"]) for s in found.closed[0].batch["shards"]] == [("dropped", 2), ("failed", 1)]


def test_a_judged_batch_profiles_what_entered_and_what_its_rules_dropped(tmp_path: Path) -> None:
    """Of every corpus; what is kept is not known yet."""
    asked = load_recipe('name = "x"\ncorpora = ["text"]\n[text.rules]\ngopher_words = {floor = 2}')
    found = decide(tmp_path, asked, [[unit_index([page(1, gopher_words=1), page(2, gopher_words=2)])]])
    profile = unpack_profile(read_sections(found.job.run.judged(0)).get("profile"))
    assert {outcome: seen.items for outcome, seen in profile.outcomes.items()} == {
        ("text", "entered"): 2, ("text", "dropped:gopher_words"): 1
    }  # fmt: skip
