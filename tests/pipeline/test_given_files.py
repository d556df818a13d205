"""Files that a user hands in: packed or not, and what is said where they are not what their names say."""

import gzip
from pathlib import Path

import pytest

from pipeline.given_files import opened, read_as_its_kind
from schemas.outcomes import UserError


@pytest.mark.parametrize("name", ["list.txt", "list.txt.gz", "LIST.TXT.GZ"])
def test_a_packed_file_reads_as_a_plain_one(tmp_path: Path, name: str) -> None:
    """By its name, whatever its case."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"a\nb\n") if name.lower().endswith(".gz") else b"a\nb\n")
    with opened(str(path)) as file:
        assert file.read() == b"a\nb\n"


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    """That it is missing, cut, or not of the kind of its name; errors of others pass."""
    path = tmp_path / "list.txt.gz"
    for data, said in (
        (None, "no such file"),
        (b"plain", "cannot be read as .txt"),
        (gzip.compress(b"a" * 99)[:20], "read as .txt"),
    ):
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(UserError, match=said), read_as_its_kind(str(path)), opened(str(path)) as file:
            file.read()
    with pytest.raises(ZeroDivisionError), read_as_its_kind(str(path)):
        raise ZeroDivisionError
