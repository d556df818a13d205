"""Beam's options taken apart."""

from pipeline.engines.words import pairs


def test_values_that_look_like_switches_are_none() -> None:
    """A negative number is a value; words that belong to no option are passed over."""
    assert list(pairs(["x", "--a", "-1", "--b=", "--c=--d", "--e", "--f"])) == [
        ("a", "-1"), ("b", ""), ("c", "--d"), ("e", ""), ("f", "")
    ]  # fmt: skip
