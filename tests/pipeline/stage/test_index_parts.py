"""The parts of a unit's index."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline import storage
from pipeline.sections import SectionWriter, read_sections, table_of
from pipeline.stage.index_parts import IndexParts, section_name
from schemas.tables import DROPPED

ROW = {
    "corpus": "captures",
    "url": "u",
    "source": "s",
    "stage": "read",
    "rule": "revisit",
    "value": None,
    "of": None,
    "detail": None,
}


def written(path: Path, ids: list[str], part_bytes: int) -> list[list[str]]:
    """The ids of the dropped rows in each part, where each row is an item."""
    with IndexParts(part_bytes) as parts, storage.write_whole(str(path)) as file:
        for identity in ids:
            parts.append("dropped", {**ROW, "id": identity})
            parts.end_item()
        writer = SectionWriter(file)
        assert parts.total("dropped") == len(ids)
        assert parts.write(writer) == 0
        count = parts.count
        writer.close({})
    sections = read_sections(str(path))
    return [table_of(sections.get(section_name("dropped", part)))["id"].to_pylist() for part in range(count)]


@given(ids=st.lists(st.text("ab", max_size=300), max_size=30), part_bytes=st.integers(1, 2000))
def test_parts_hold_every_row_once_and_in_order(tmp_path_factory, ids: list[str], part_bytes: int) -> None:  # type: ignore[no-untyped-def]
    """However small a part may be; only the item that passes the bound makes a part larger."""
    parts = written(tmp_path_factory.mktemp("parts") / "file", ids, part_bytes)
    assert [identity for part in parts for identity in part] == ids
    fixed = len("capturesusreadrevisit") + 8 * len(DROPPED)
    sizes = [[len(identity) + fixed for identity in part] for part in parts]
    assert all(sum(part[:-1]) < part_bytes for part in sizes)
    assert all(sum(part) >= part_bytes for part in sizes[:-1])


def test_an_index_without_rows_is_one_part(tmp_path: Path) -> None:
    """Its tables have their columns."""
    assert written(tmp_path / "file", [], 100) == [[]]
