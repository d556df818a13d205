"""The texts of runs: white space."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.html.run_texts import collapse, collapsed


@given(st.text(st.sampled_from(" \t\n\u3000\xa0ab東"), max_size=30))
def test_collapse_is_idempotent_and_keeps_letters(text: str) -> None:
    """White space is collapsed once and for all, and nothing else changes."""
    once = collapse(text)
    assert collapse(once) == once
    assert [char for char in once if char not in " \xa0\t\n"] == [
        char for char in text.strip() if char not in " \xa0\t\n"
    ] or "\u3000" in text


@given(st.lists(st.text(st.sampled_from(" \t\n\u3000\u2003\x1cab東"), max_size=12), max_size=4))
def test_runs_are_collapsed_one_by_one(runs: list[str]) -> None:
    """What is quick for most runs changes none."""
    assert collapsed("".join(f"\0{run}" for run in runs)) == list(map(collapse, runs))
