"""Characters of texts by class."""

from transforms.html.text_counts import count_texts


def test_counts_are_exact_for_long_texts() -> None:
    """A text with more of a class than a packed counter holds is counted all the same, and so is its neighbour."""
    size = 2_200_000
    counts = count_texts(["\u6f22" * size + ".", "One, two."])
    assert counts.words.tolist() == [size / 2, 2.0]
    assert counts.stops.tolist() == [1, 1] and counts.commas.tolist() == [0, 1]
    assert counts.ends_stop.tolist() == [True, True]
