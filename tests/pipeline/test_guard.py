"""Whether more left than a recipe expects."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.corpora import load_recipe
from pipeline.guard import check_guard
from schemas.manifest import Account
from schemas.outcomes import GuardError, UserError

NEAR = 'name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["url", "near", "text"]\n'
ACCOUNTS = (
    Account("text", "rules", 5000, 4000, {"no_text": 600, "language": 400}),
    Account("text", "duplicates", 4000, 1000, {}, {}, {"url": 2000, "near": 900, "text": 100}),
)
QUIET: Mapping[str, Any] = {"seen": 0, "over": 0, "worst": []}


def stopped(*settings: str, worst: Mapping[str, Any] | None = None) -> str:
    """What the guard says, "" where it lets the run go on."""
    told = {"hosts": QUIET, "sources": QUIET, "clusters": []} | dict(worst or {})
    try:
        check_guard(ACCOUNTS, {"text": told}, load_recipe(NEAR, settings), "OUT", "OUT/staging")
    except GuardError as error:
        return str(error)
    return ""


def test_nothing_is_expected_of_a_stage_that_is_not_named() -> None:
    """By default three quarters may leave by duplicates, four fifths of them captures of one address."""
    assert stopped() == ""


@pytest.mark.parametrize(
    ("setting", "said", "would_do"),
    [
        ("rules.ceiling=0.1", "text rules took 1,000 of 5,000 (20.0 %); guard.removed.text.rules.ceiling = 0.1", "0.2"),
        (
            "duplicates.floor=0.8",
            "text duplicates took 3,000 of 4,000 (75.0 %); guard.removed.text.duplicates.floor = 0.8",
            "0.75",
        ),
    ],
)
def test_a_stage_outside_its_range(setting: str, said: str, would_do: str) -> None:
    """It is told with its reasons, and with the bound that would hold; a range that holds says nothing."""
    lines = stopped(f"guard.removed.text.{setting}").splitlines()
    assert (
        lines[0] == "what left is not what the recipe's [guard] expects, so no shard was written:"
        and lines[1].strip() == said
    )
    assert lines[-1].endswith(f"--set guard.removed.text.{setting.partition('=')[0]}={would_do}")
    assert re.search(r"no_text 600|url 2,000", lines[2])
    assert lines[-2] == "each item that left has a row in OUT/dropped"
    assert stopped(f"guard.removed.text.{setting}", "guard.removed_from=5001") == ""


def test_hosts_and_clusters() -> None:
    """Those beyond the bound are named; a cluster counts by the share of what near duplicates looked at."""
    clusters = [{"id": "ab", "url": "http://a.example/", "items": 1200, "left": 800}]
    worst = [{"name": "a.example", "came": 100, "left": 99}, {"name": "b.example", "came": 100, "left": 90}]
    said = stopped(worst={"hosts": {"seen": 7, "over": 1, "worst": worst}, "clusters": clusters})
    assert "text: near duplicates took more than guard.hosts = 0.9 of the items of 1 host, of 7 with at least" in said
    assert "a.example: 99 of 100 (99.0 %)" in said and "b.example" not in said
    # Of 4,000 items 2,000 were captures of one address; copies of a text come after near duplicates here.
    assert "one cluster of near duplicates holds 1,200 of 2,000 (60.0 %) of text; guard.cluster = 0.25" in said
    assert "cluster ab: 1,200 items, 800 left  http://a.example/" in said
    assert said.endswith(
        "--staging OUT/staging (nothing is measured anew), another --output, --set guard.cluster=0.6 --set guard.hosts=0.99"
    )
    assert stopped("guard.cluster_from=1201", worst={"clusters": clusters}) == ""
    # A take of stages is in the table, one of near duplicates in the clusters; clusters are named once for hosts and archives.
    assert "OUT/dropped" not in said and "triptych clusters OUT --rule near" in said
    both = {"hosts": {"seen": 7, "over": 1, "worst": worst}, "sources": {"seen": 1, "over": 1, "worst": worst}}
    assert stopped("guard.cluster=1", worst={**both, "clusters": clusters}).count("cluster ab") == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["guard.removed.txt.rules.ceiling=1"], "guard.removed.txt: unknown corpus; did you mean text?"),
        (
            ["guard.removed.text.rule.ceiling=1"],
            "guard.removed.text.rule: unknown stage; did you mean rules?",
        ),
        (["guard.removed.text.rules.ceiling=80"], "guard.removed.text.rules.ceiling: expected a share between 0 and 1"),
        (["guard.removed.text.rules.most=1"], "guard.removed.text.rules.most: unknown key"),
        (["guard.removed.text=1"], "guard.removed.text: expected a section of rules, got 1"),
        (["guard.removed=1"], "guard.removed: expected a section for each corpus, got 1"),
        (["guard.host=1"], "guard.host: unknown key; did you mean hosts?"),
    ],
)
def test_a_guard_that_nobody_could_mean(settings: list[str], said: str) -> None:
    """Before anything is read."""
    with pytest.raises(UserError, match=re.escape(said)):
        load_recipe(NEAR, settings)
