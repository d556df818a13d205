"""What the end of a crawl says: numbers, an example of each failure, and what may be done next."""

import pytest

from jobs.crawl import check_something_came, lines
from pipeline.fetch.outcome import Outcome
from schemas.manifest import Account
from schemas.outcomes import BudgetError


def outcome(kept: int, failed: dict[str, int], transient: int = 0) -> Outcome:
    """A crawl in which so many came, and some failed."""
    return Outcome(Account("fetches", "fetch", kept + sum(failed.values()), kept, {}, failed), transient, 1000 * kept)


def test_a_crawl_that_brought_all() -> None:
    """The next step is a run."""
    assert lines("out", outcome(2, {}), "address") == [
        "out: 2 addresses",
        "",
        "kept  2  2.0 kB",
        "",
        "triptych run --input out --output corpus   makes corpora of it",
    ]


def test_failures_have_an_example_and_a_place_to_look() -> None:
    """So that who has no net, or wrote no schemes, sees it at once."""
    said = lines("out", outcome(1, {"timeout": 2}, 2), "address", {"timeout": "http://a/ (20 s)"})
    assert said[-6:] == [
        "for example",
        "  timeout: http://a/ (20 s)",
        "",
        "out/rows   a row for each address: kept and where, or why not",
        "triptych crawl --retry-failed out --agent ...   asks once more for 2 of those that failed",
        "triptych run --input out --output corpus   makes corpora of it",
    ]


def test_nothing_makes_no_corpora() -> None:
    """Where nothing came, no run is proposed; where nothing was asked for, why."""
    assert lines("out", outcome(0, {"timeout": 1}), "address")[-1].startswith("Nothing was kept")
    assert lines("out", outcome(0, {}), "address")[-1].endswith("The lists name no address.")
    assert "--select" in lines("out", outcome(0, {}), "record")[-1]


def test_images_of_a_run_go_with_its_pages() -> None:
    """Images alone make nothing."""
    assert lines("images", outcome(1, {}), "address", images=True)[-1].startswith(
        "triptych run --input INPUT... images --output corpus"
    )


def test_a_crawl_that_failed_is_no_success() -> None:
    """Where nothing came and something failed; not where rules left all out, or nothing was asked for."""
    with pytest.raises(
        BudgetError, match=r"nothing was kept of 3 addresses \(2 timeout, 1 http_4xx\); out/rows says why"
    ):
        check_something_came("out", outcome(0, {"timeout": 2, "http_4xx": 1}), "address")
    forbidden = Outcome(Account("fetches", "fetch", 2, 0, {"robots_disallow": 2}), 0, 0)
    for fine in (outcome(1, {"timeout": 2}), outcome(0, {}), forbidden):
        check_something_came("out", fine, "address")
