"""Payloads by their place: documents from staging, images from the archives that hold them."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, BinaryIO, Self

from pipeline import storage
from pipeline.plan import Unit, unit_file
from schemas.index import PLACE_STAGED
from schemas.outcomes import RecordError, VerificationError
from transforms.document import unpack_document
from transforms.warc.read import read_at

OPEN_FILES = 64  # handles kept open: a shard's rows come from all units in the order of ids


class Payloads:
    """Reads what index rows point at; a context manager that closes its files."""

    def __init__(self, staging: str, units: Iterable[Unit]) -> None:
        self._staging = staging
        self._units = {unit.number: unit for unit in units}
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def document(self, row: Mapping[str, Any]) -> tuple[str, tuple[str | int, ...]]:
        """Title and parts of a staged document."""
        file = self._file(unit_file(self._staging, self._units[row["unit"]].name, "docs"))
        file.seek(row["doc_offset"])
        return unpack_document(file.read(row["doc_length"]))

    def source(self, row: Mapping[str, Any]) -> str:
        """The name of the archive that a row points into."""
        return self._units[row["unit"]].source

    def image(self, row: Mapping[str, Any]) -> bytes:
        """The bytes of an image. Raises VerificationError where they are not those that were measured."""
        unit = self._units[row["unit"]]
        if row["place"] == PLACE_STAGED:
            file = self._file(unit_file(self._staging, unit.name, "payloads"))
            file.seek(row["at"])
            body = file.read(row["length"])
        else:
            body = self._archived(unit.path, row["at"], row["length"])
        if hashlib.sha256(body).digest() != row["sha256"]:
            raise VerificationError(
                f"{unit.path} has changed since it was measured: the image at offset {row['at']} is another one; "
                "start again with a new --output"
            )
        return body

    def _archived(self, path: str, offset: int, length: int) -> bytes:
        """The body of a record; none where no record can be read there any more, which no digest fits."""
        try:
            return read_at(self._file(path), offset, length).body
        except RecordError:  # it was read there once
            return b""

    def _file(self, path: str) -> BinaryIO:
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        if len(self._open) >= OPEN_FILES:
            self._open.popitem(last=False)[1].close()
        self._open[path] = storage.open_for_reading(path)
        return self._open[path]
