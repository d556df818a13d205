"""Files that list what is to be forgotten, read for `forget` and for `run --forget`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from schemas.outcomes import UserError

if TYPE_CHECKING:
    from transforms.forget.lists import TakeDown


def read(files: Iterable[tuple[str, str, str]]) -> "TakeDown":
    """What files list, given as (option, kind of list, path, which may lie in a bucket). Raises UserError."""
    from pipeline import storage
    from transforms.forget.lists import read_lists

    found = []
    for option, kind, path in files:
        try:
            found.append((kind, storage.read_bytes(path), f"{option} {path}"))
        except OSError as error:
            raise UserError(f"{option} {path}: {error.strerror or error}") from error
    return read_lists(found)
