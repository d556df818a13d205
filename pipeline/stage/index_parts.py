"""The index rows of a unit on their way to its staging file, in parts: each is bounded by what its rows take in memory when they are read.

A unit of a million tiny pages, or of pages whose short references become long behind a `<base>`, is a thousand times larger in memory than
on disk. So whoever reads an index reads it part by part.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pipeline.arrow_files import Rows, Spool
from pipeline.sections import SectionWriter
from schemas.index import PAGES, REFS
from schemas.tables import DROPPED, FAILED

TABLES = {"pages": PAGES, "refs": REFS, "dropped": DROPPED, "failed": FAILED}  # sections of each part
PART_BYTES = 16 * 2**20  # a part ends with the item that passes this


def section_name(table: str, part: int) -> str:
    """The section of a table in a part."""
    return f"{table}/{part}"


class IndexParts:
    """The rows of a unit's tables, cut into parts between items; a context manager that forgets them."""

    def __init__(self, part_bytes: int = PART_BYTES) -> None:
        self.count = 1
        self._part_bytes = part_bytes
        self._spool = Spool()
        self._ended: list[tuple[str, int, int]] = []
        self._before = dict.fromkeys(TABLES, 0)
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._spool.close()
        for rows in self._tables.values():
            rows.close()

    def append(self, table: str, row: Mapping[str, Any]) -> None:
        """Add one row to a table of the part at hand."""
        self._tables[table].append(row)

    def extend(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows by column to a table of the part at hand."""
        self._tables[table].extend(columns)

    def rows(self, table: str) -> int:
        """The rows of a table in the part at hand."""
        return self._tables[table].count

    def total(self, table: str) -> int:
        """The rows of a table in all parts."""
        return self._before[table] + self.rows(table)

    def end_item(self) -> None:
        """Say that all rows of an item are there: a part may end now."""
        if sum(rows.bytes for rows in self._tables.values()) >= self._part_bytes:
            self._end()
            for name, rows in self._tables.items():
                self._before[name] += rows.count
            self.count += 1
            self._begin()

    def write(self, writer: SectionWriter) -> int:
        """Write all parts, one behind the other; returns where the first begins. No row may be added after that."""
        self._end()
        index_at = writer.tell()
        for name, at, length in self._ended:
            writer.section(name, self._spool.pieces(at, length))
        return index_at

    def _begin(self) -> None:
        self._tables = {name: Rows(schema) for name, schema in TABLES.items()}

    def _end(self) -> None:
        for name, rows in self._tables.items():
            begin = end = self._spool.tell()
            for piece in rows.pieces():
                end = self._spool.write(piece) + len(piece)
            self._ended.append((section_name(name, self.count - 1), begin, end - begin))
            rows.close()
