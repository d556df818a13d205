"""The reference page of the columns, made from the tables: `python -m pipeline.schema_page > docs/schema.md`."""

import sys

from pipeline import corpora
from schemas.fetches import FETCHES_TABLE
from schemas.tables import DROPPED_TABLE, FAILED_TABLE, SCHEMA_VERSION, Column, Table

_HEAD = f"""# The columns of a run

Made by `python -m pipeline.schema_page` from `pipeline/corpora/`, `schemas/tables.py`,
`schemas/fetches.py` and `schemas/measures.py`; change those, not this page.
Schema version {SCHEMA_VERSION}. Every table is Parquet; the rows of corpora stand in the WebDataset tars as `KEY.json`
without the image bytes, with `-1` or an empty text where Parquet has null, and `phash` as 16 hex digits.
"""


def schema_markdown() -> str:
    """The page as Markdown: one section per table, one line per column."""
    tables = [*(corpus.table for corpus in corpora.CORPORA), DROPPED_TABLE, FAILED_TABLE, FETCHES_TABLE]
    return _HEAD + "".join(map(_section, tables))


def _section(table: Table) -> str:
    head = f"\n## {table.name}\n\n{table.row}\n\n| column | type | null | meaning |\n| --- | --- | --- | --- |\n"
    return head + "".join(_line(column) for column in table.columns)


def _line(column: Column) -> str:
    type_ = str(column.type).replace("item: ", "")
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {type_} | {column.empty or 'never'} | {meaning} |\n"


if __name__ == "__main__":
    sys.stdout.write(schema_markdown())
