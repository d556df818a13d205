"""The reference page of the columns is what the schemas say."""

from pathlib import Path

from pipeline.schema_page import schema_markdown
from tests.support.tables import TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema.md"


def test_the_page_is_up_to_date() -> None:
    """docs/schema.md equals what `python -m pipeline.schema_page` prints."""
    assert PAGE.read_text(encoding="utf-8") == schema_markdown()


def test_every_column_has_its_line() -> None:
    """Each column of each table stands on the page with a meaning, in a line of four cells."""
    lines = schema_markdown().splitlines()
    for table in TABLES:
        start = lines.index(f"## {table.name}") + 6
        for column, line in zip(table.columns, lines[start:], strict=False):
            cells = line.replace("\\|", "").split("|")
            assert (cells[1].strip(), len(cells)) == (f"`{column.name}`", 6)
            assert column.meaning
