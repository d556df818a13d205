"""Gold texts to labels of blocks: alignment in order, then what moved, then short lines."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.extraction_labels import common_subsequence, labels, tokens

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


def longest(one: list[str], other: list[str]) -> int:
    """Length of a longest common subsequence, by the textbook."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for index, mate in enumerate(other, 1):
            before, row[index] = row[index], before + 1 if word == mate else max(row[index], row[index - 1])
    return row[-1]


@given(WORDS, WORDS)
def test_the_alignment_is_a_longest_common_subsequence(page: list[str], gold: list[str]) -> None:
    """The words hit are as many as can be, and stand in the gold in their order."""
    hit = common_subsequence(page, gold)
    chosen = [word for word, found in zip(page, hit, strict=True) if found]
    assert len(chosen) == longest(page, gold)
    left = iter(gold)
    assert all(word in left for word in chosen)


def test_unspaced_scripts_are_words_by_character() -> None:
    """Japanese is compared by character, Latin words and numbers as wholes."""
    assert tokens("東京 Tower 2024") == ["東", "京", "tower", "2024"]


def test_menu_and_repeats_are_not_main_content() -> None:
    """Blocks in the gold are good, others not, and a word of the gold is spent once."""
    blocks = ["Home News", "A heading here", "The river rose in the night.", "The river rose in the night.", "$20"]
    assert labels(blocks, "A heading here\nThe river rose in the night.\n$20").tolist() in (
        [False, True, True, False, True],
        [False, True, False, True, True],
    )


def test_moved_blocks_are_found() -> None:
    """A block that the gold has at another place is main content all the same."""
    assert labels(
        ["one two three four five", "six seven eight nine"], "six seven eight nine\none two three four five"
    ).all()
