"""The funnel: what a run did, as lines."""

from pathlib import Path
from typing import Any

import pytest

from jobs import funnel
from pipeline.inspect import inspect
from tests.support.small_run import write_run


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The facts of the small run."""
    folder: Path = tmp_path_factory.mktemp("run")
    write_run(folder)
    return inspect(str(folder)) | {"run": "OUT"}


def test_head_names_recipe_and_inputs(facts: dict[str, Any]) -> None:
    """The first lines say where, by which recipe and over what, damage included."""
    assert funnel.head(facts) == [
        "OUT",
        "recipe kosmos1 000000000000; 1 archive, 1.0 kB, 9 captures, 7 B damaged and passed over",
    ]


def test_head_names_test_sets(facts: dict[str, Any]) -> None:
    """Where the run was given some."""
    tasks = [{"name": "coco", "counts": {"items": 5000}}, {"name": "one", "counts": {"items": 1}}]
    assert funnel.head(facts | {"tasks": tasks})[2:] == ["test sets looked for: coco (5,000 items), one (1 item)"]


def test_accounts_are_aligned(facts: dict[str, Any]) -> None:
    """Each account is a line: in = kept + dropped + failed + duplicates, numbers below their headings."""
    assert funnel.accounts(facts) == [
        "                    in  kept  dropped  failed  duplicates",
        "text extract        27    26        0       1           0",
        "text decide         26    23        2       0           1",
        "pairs decide        31    31        0       0           0",
        "interleaved decide  17    17        0       0           0",
    ]


def test_parts_stand_beside_what_came_in(facts: dict[str, Any]) -> None:
    """Where documents were cut."""
    account = facts["accounts"][-1] | {"added": 5}
    assert (
        funnel.accounts({"accounts": [account]})[1] == "interleaved decide  17 + 5    17        0       0           0"
    )


def test_reasons_are_cut_unless_all_are_asked_for(facts: dict[str, Any]) -> None:
    """The most frequent three reasons are shown with how many more there are; `every` shows them all."""
    account = facts["accounts"][0] | {
        "reasons": {
            "dropped": dict(zip("abcde", range(9, 4, -1), strict=True)),
            "failed": {},
            "duplicates": {},
            "forgotten": {},
        }
    }
    many = facts | {"accounts": [account]}
    assert funnel.reasons(many, every=False) == ["text extract, dropped: a 9, b 8, c 7, and 2 more"]
    assert funnel.reasons(many, every=True) == ["text extract, dropped: a 9, b 8, c 7, d 6, e 5"]


def test_shards_are_summed(facts: dict[str, Any]) -> None:
    """Each corpus has a line per format with its rows and shards."""
    lines = funnel.shards(facts)
    assert any(line.startswith("pairs webdataset") and line.split()[2:4] == ["31", "2"] for line in lines)


def test_run_without_sketches(facts: dict[str, Any]) -> None:
    """A run that has no sketches is shown without them."""
    assert facts["profile"] == {}
    assert funnel.lines(facts, every=True)[-1].startswith("text webdataset")


def test_what_was_not_read_is_shown_where_all_is(facts: dict[str, Any]) -> None:
    """A reader of `inspect` sees that files lay among the inputs that are no archives."""
    left = [
        {"kind": ".wat.gz", "files": 1200, "names": ["a.wat.gz", "b.wat.gz"]},
        {"kind": "", "files": 1, "names": ["README"]},
    ]
    with_left = facts | {"inputs": facts["inputs"] | {"not_taken": left}}
    assert funnel.lines(with_left, every=True)[3:6] == [
        "not read, among the inputs  files  for example",
        ".wat.gz                     1,200  a.wat.gz",
        "no ending                       1  README",
    ]
    assert not any("not read" in line for line in funnel.lines(with_left) + funnel.lines(facts, every=True))
