"""Accounts added up, and the checks that nothing vanished."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.accounts import (
    add_up,
    check_accounts,
    check_budget,
    check_rows,
    held_together,
    in_order,
    to_accounts,
    total,
)
from schemas.manifest import Account, Manifest, ShardFile
from schemas.outcomes import BudgetError, VerificationError
from schemas.recipe import Recipe


def test_accounts_of_many_batches_are_added_up() -> None:
    """One for each corpus and stage, in the order in which they first came; reasons too."""
    one, other = (
        Account("text", "rules", 3, 2, {"a": 2}, added=1),
        Account("text", "rules", 4, 1, {"b": 1}, {}, {"url": 2}),
    )
    last = Account("pairs", "rules", 1, 1)
    found = add_up([one, last, other])
    assert found == [Account("text", "rules", 7, 3, {"a": 2, "b": 1}, {}, {"url": 2}, 1), last]
    assert found[0].holds()


ACCOUNTS = st.lists(
    st.builds(
        Account,
        st.sampled_from(["text", "pairs"]),
        st.sampled_from(["rules", "duplicates"]),
        st.integers(0, 9),
        st.integers(0, 9),
        *[st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), max_size=2)] * 3,
        st.integers(0, 9),
    ),
    max_size=6,
)


@given(ACCOUNTS, st.integers(0, 6))
def test_sums_may_be_summed(accounts: list[Account], cut: int) -> None:
    """In parts first and then the parts gives what all at once give, in any split (law 5)."""
    whole = add_up(accounts)
    assert add_up([*add_up(accounts[:cut]), *add_up(accounts[cut:])]) == whole
    assert to_accounts(asdict(account) for account in whole) == whole


def test_counts_stand_largest_first_and_then_by_name() -> None:
    """So that a manifest does not depend on who counted first."""
    assert list(total([{"b": 1, "a": 1}, {"c": 5}, {"a": 0}]).items()) == [("c", 5), ("a", 1), ("b", 1)]


def test_what_was_written_first_is_kept_in_front() -> None:
    """Accounts of captures and images stand before those of the corpora, which stand in the order that is asked."""
    names = ["interleaved", "captures", "text", "interleaved_images", "pages", "text"]
    accounts = [Account(name, str(n), 0, 0) for n, name in enumerate(names)]
    order = ["text", "interleaved_images", "interleaved"]
    assert [(a.corpus, a.stage) for a in in_order(accounts, order)] == [
        ("captures", "1"), ("pages", "4"), ("text", "2"), ("text", "5"), ("interleaved_images", "3"), ("interleaved", "0")
    ]  # fmt: skip


def test_what_an_archive_held_is_added_over_its_spans() -> None:
    """An archive that is cut has entries of several units."""
    entries = [
        {"source": "a", "records": {"response": 2}, "captures": 2, "skipped": 0},
        {"source": "b", "records": {}, "captures": 0, "skipped": 9},
        {"source": "a", "records": {"response": 1, "request": 3}, "captures": 4, "skipped": 5},
    ]
    assert held_together(entries) == {
        "a": {"records": {"response": 3, "request": 3}, "captures": 6, "skipped": 5},
        "b": {"records": {}, "captures": 0, "skipped": 9},
    }


def budget(failed: int, share: float, entered: int = 100) -> None:
    """Checks an account of so many failures."""
    part = replace(Recipe("x").limits, failed_share=share, budget_from=100)
    account = Account("pages", "extract", entered, entered - failed, {}, {"timeout": failed})
    check_budget([account], replace(Recipe("x"), limits=part))


def test_a_budget_is_met_and_passed() -> None:
    """The share itself is allowed, one more is not, and few items say nothing."""
    budget(50, 0.5)
    budget(99, 0.5, entered=99)
    with pytest.raises(BudgetError, match=r"51 of 100 pages failed \(timeout 51\).*0\.5.*--staging"):
        budget(51, 0.5)


def test_records_that_vanished_end_the_run() -> None:
    """An account that does not add up is named (law 3)."""
    check_accounts([Account("text", "rules", 3, 1, {"a": 1}, {}, {"b": 1})])
    with pytest.raises(VerificationError, match="text, rules: 3 ≠ 1 kept"):
        check_accounts([Account("text", "rules", 3, 1, {"a": 1})])


@pytest.mark.parametrize(("rows", "format_"), [(2, "parquet"), (4, "parquet"), (0, "")])
def test_rows_that_were_kept_and_not_written_end_the_run(rows: int, format_: str) -> None:
    """Each format of a corpus holds what its last account kept."""
    shards = (ShardFile("a", "text", format_, rows, 1, ""),) if format_ else ()
    manifest = Manifest("x", "", accounts=(Account("text", "rules", 3, 3),), shards=shards)
    with pytest.raises(VerificationError, match=f"text: 3 items were kept, {rows} rows"):
        check_rows(manifest, ["text"])


def test_every_format_is_counted_and_the_last_account_counts() -> None:
    """A format that lost rows is noticed beside one that did not; what duplicates took is not expected."""
    accounts = (Account("text", "rules", 5, 3, {"a": 2}), Account("text", "duplicates", 3, 2, {}, {}, {"url": 1}))
    shards = [ShardFile("a", "text", "parquet", 2, 1, ""), ShardFile("b", "text", "webdataset", 1, 1, "")]
    check_rows(Manifest("x", "", accounts=accounts, shards=(shards[0],)), ["text"])
    with pytest.raises(VerificationError, match=r"2 items were kept, 1 rows written \(webdataset\)"):
        check_rows(Manifest("x", "", accounts=accounts, shards=tuple(shards)), ["text"])
