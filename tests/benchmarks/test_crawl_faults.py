"""A crawl of a web that is not well: rows, records and account agree over all attempts."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crawl_faults import all_rows, faults_of, request
from jobs.loopback import loopback
from pipeline.fetch.crawl import crawl
from pipeline.fetch.outcome import Outcome
from tests.support.many_hosts import ManyHosts

MANY = ManyHosts(hosts=6, heals=2, slow=0.001)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Outcome], dict[str, int]]:
    """A crawl and what each of its attempts came to, until nothing is left that may be well another time; and the most at once by host."""
    folder = tmp_path_factory.mktemp("crawl")
    (folder / "list.txt").write_text("\n".join(MANY.addresses()))
    outcomes: list[Outcome] = []
    with loopback(MANY) as web:
        while not outcomes or (outcomes[-1].transient and len(outcomes) < 9):
            urls = () if outcomes else (str(folder / "list.txt"),)
            outcomes.append(crawl(request(str(folder / "out"), web.port, urls, 60.0)))
        return folder / "out", outcomes, dict(web.most)


def last(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of each address its row of the highest attempt."""
    return {row["id"]: row for row in sorted(rows, key=lambda row: int(row["round"]))}


def test_all_is_well_in_the_end(crawled: tuple[Path, list[Outcome], dict[str, int]]) -> None:
    """Every address ends in one row that leads to its record or says why there is none, and the account is that of these rows."""
    folder, outcomes, _ = crawled
    assert len(outcomes) > 2 and outcomes[0].transient and not outcomes[-1].transient
    assert faults_of(folder, outcomes[-1], len(MANY.addresses())) == []


def test_the_account_holds_after_each_attempt(crawled: tuple[Path, list[Outcome], dict[str, int]]) -> None:
    """The rows up to an attempt, of each address the last, are what that attempt's account said; all entered once."""
    folder, outcomes, _ = crawled
    rows = list(all_rows(folder))
    for attempt, outcome in enumerate(outcomes, 1):
        there = last([row for row in rows if row["round"] <= attempt]).values()
        account = outcome.account
        assert account.entered == len(there) == len(MANY.addresses()) and account.holds()
        assert Counter(row["reason"] for row in there if row["outcome"] == "failed") == account.failed
        assert sum(row["outcome"] == "kept" for row in there) == account.kept
        assert sum(row["transient"] for row in there) == outcome.transient
        assert sum(row["bytes"] or 0 for row in there) == outcome.bytes


def test_a_host_is_asked_one_thing_at_a_time(crawled: tuple[Path, list[Outcome], dict[str, int]]) -> None:
    """Whatever it answers; a robots.txt that leads to another host is followed at once, so that host may have two."""
    assert set(crawled[2].values()) <= {1, 2} and 1 in crawled[2].values()
