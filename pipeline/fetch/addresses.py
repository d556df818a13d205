"""The addresses of a unit, in a file: what was placed together, in the order in which it is asked for."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from pipeline import storage
from pipeline.fetch.copies import Copies
from pipeline.fetch.lists import Row
from pipeline.fetch.place import drawn
from pipeline.sections import damaged
from transforms.dedup.keys import address_key


class Address(NamedTuple):
    """An address to fetch: the row of the list that names it, its registered domain ("" where it is no address that may be fetched), of a
    duplicate the id of the row that stands for it, and its captions. What stands for duplicates has theirs too. A duplicate may stand for
    `copies` rows, of which it is the first."""

    id: str
    url: str
    domain: str
    digest: str
    size: int
    of: str
    captions: tuple[str, ...] = ()
    copies: int = 1


_TYPES = {int: pa.int64(), str: pa.string(), tuple[str, ...]: pa.list_(pa.string())}
SCHEMA = pa.schema([(name, _TYPES[kind]) for name, kind in Address.__annotations__.items()])


def row_id(row: Row) -> str:
    """The id of a row of a list.

    >>> row_id(Row(2, 17, "http://ex.com/"))
    '2-17'
    """
    return f"{row.list}-{row.row}"


def listed(address: Address) -> Row:
    """The row of a list that an address came from."""
    list_, _, row = address.id.partition("-")
    return Row(int(list_), int(row), address.url, address.digest, address.size, address.captions, address.copies)


def in_order(rows: Iterable[tuple[str, Row]], seed: int) -> list[Address]:
    """Rows with their domains as addresses: by domain, in each in an order that is drawn; of an address the first row stands for all.

    >>> [(a.id, a.of) for a in in_order([("ex.com", Row(0, 2, "http://ex.com/%61")), ("ex.com", Row(0, 1, "http://ex.com/a"))], 0)]
    [('0-1', ''), ('0-2', '0-1')]
    """
    copies: defaultdict[tuple[str, bytes], Copies] = defaultdict(Copies)
    for domain, row in rows:
        copies[domain, address_key(row.url)].add(row)
    found: list[Address] = []
    for domain, _, key in sorted((domain, drawn(seed, key), key) for domain, key in copies):
        of = ""
        for row in copies[domain, key].rows():
            identity = row_id(row)
            found.append(Address(identity, row.url, domain, row.digest, row.size, of, row.captions, row.copies))
            of = of or identity
    return found


def write_addresses(path: str, addresses: Iterable[Address]) -> None:
    """Write the file of a unit."""
    columns = list(zip(*addresses, strict=True))
    table = pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )
    with storage.write_whole(path, durable=False) as file, pa.ipc.new_file(file, SCHEMA) as writer:
        writer.write_table(table)


def read_addresses(path: str) -> Iterator[Address]:
    """The addresses of a unit. Raises DamagedFileError where the file is not as it was written."""
    try:
        with pa.ipc.open_file(io.BytesIO(storage.read_bytes(path))) as reader:
            table = reader.read_all()
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        raise damaged(path, str(error)) from error
    for row in zip(*(table.column(name).to_pylist() for name in SCHEMA.names), strict=True):
        address = Address(*row)
        yield address._replace(captions=tuple(address.captions))
