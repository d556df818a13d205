"""Blocks and lines left out of documents."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from transforms.edits import Edit, edited

ITEMS = st.lists(st.text().map(lambda text: Block(BlockKind.PARAGRAPH, text)) | st.integers(0, 5), max_size=8)


@given(ITEMS)
def test_without_edits_nothing_changes(items: list[Block | int]) -> None:
    """Not even a line end."""
    assert edited(items, []) == items


@given(ITEMS, st.lists(st.builds(Edit, st.integers(0, 7), st.integers(-1, 3)), max_size=6))
def test_what_no_edit_names_stays_in_its_place(items: list[Block | int], edits: list[Edit]) -> None:
    """Parts of documents are cut by the numbers of items, so those stay."""
    found = edited(items, edits)
    assert len(found) == len(items)
    named = {edit.block for edit in edits}
    assert all(now == item for place, (item, now) in enumerate(zip(items, found, strict=True)) if place not in named)


def test_lines_are_those_of_the_block_and_a_block_without_any_goes() -> None:
    """Counted from 0, empty ones too; one edit may stand twice."""
    block = Block(BlockKind.QUOTE, "one\n\nthree\u2028four", container=4)
    assert edited([block], [Edit(0, 2), Edit(0, 2)]) == [block._replace(text="one\n\nfour")]
    assert edited([block], [Edit(0, 0), Edit(0, 2), Edit(0, 3)]) == [None]
    assert edited([block, block], [Edit(1, -1), Edit(1, 0)]) == [block, None]
