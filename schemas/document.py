"""The reference page of the columns, made from the schemas: `python -m schemas.document > docs/schema.md`."""

import sys

from schemas.arrow import SCHEMA_VERSION, TABLES, Column, Table

_HEAD = f"""# The columns of a run

Made by `python -m schemas.document` from `schemas/arrow.py` and `schemas/measures.py`; change those, not this page.
Schema version {SCHEMA_VERSION}. Every table is Parquet; the same rows stand in the WebDataset tars as `KEY.json`
without the image bytes, with `-1` or an empty text where Parquet has null, and `phash` as 16 hex digits.
"""


def schema_markdown() -> str:
    """The page as Markdown: one section per table, one line per column."""
    return _HEAD + "".join(_section(table) for table in TABLES)


def _section(table: Table) -> str:
    head = f"\n## {table.name}\n\n{table.row}\n\n| column | type | null | meaning |\n| --- | --- | --- | --- |\n"
    return head + "".join(_line(column) for column in table.columns)


def _line(column: Column) -> str:
    type_ = str(column.type).replace("item: ", "")
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {type_} | {column.empty or 'never'} | {meaning} |\n"


if __name__ == "__main__":
    sys.stdout.write(schema_markdown())
