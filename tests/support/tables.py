"""The tables that a run can write, by name, for tests that go through all of them."""

from collections.abc import Mapping

import pyarrow as pa

from pipeline.corpora import CORPORA
from pipeline.formats.base import Kind
from schemas.tables import DROPPED_TABLE, FAILED_TABLE, Table

TABLES: tuple[Table, ...] = (*(corpus.table for corpus in CORPORA), DROPPED_TABLE, FAILED_TABLE)
SCHEMAS: Mapping[str, pa.Schema] = {table.name: table.schema() for table in TABLES}
KINDS: Mapping[str, Kind] = {corpus.name: corpus.kind for corpus in CORPORA}
TEXT_TABLE, PAIRS_TABLE, INTERLEAVED_TABLE = TABLES[:3]
TEXT, PAIRS, INTERLEAVED = (table.schema() for table in TABLES[:3])
