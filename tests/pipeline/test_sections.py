"""Files of named sections with a footer."""

import itertools
import json
import pickle
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import sections, storage
from pipeline.sections import DamagedFileError, SectionWriter, damaged, read_sections, table_bytes, table_of

NAMES = st.dictionaries(st.text(min_size=1, max_size=8), st.lists(st.binary(max_size=30), max_size=3), max_size=5)


def written(path: Path, payload: bytes, named: dict[str, list[bytes]], about: dict[str, object]) -> int:
    """Writes such a file; returns its size."""
    with storage.write_whole(str(path)) as file:
        writer = SectionWriter(file)
        assert writer.payload(payload) == (0, len(payload))
        for name, pieces in named.items():
            at = writer.tell()
            assert writer.section(name, pieces) == (at, sum(map(len, pieces)))
        writer.close(about)
        return writer.tell()


@settings(max_examples=60)
@given(st.binary(max_size=40), NAMES)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes, named: dict[str, list[bytes]]
) -> None:
    """Sections by name, in one read or by place, payloads by place, and what the footer says about the file."""
    path = tmp_path_factory.mktemp("sections") / "file"
    size = written(path, payload, named, {"rows": 3})
    for found in (read_sections(str(path)), read_sections(str(path), len(payload), size)):
        assert found.about == {"rows": 3}
        assert {name: found.get(name) for name in named} == {name: b"".join(p) for name, p in named.items()}
        assert all(found.has(name) for name in named) and not found.has("no such section")
        assert all(found.place(name)[1] == len(found.get(name)) for name in named)
    assert storage.read_range(str(path), 0, len(payload)) == payload
    assert json.loads(path.read_bytes()[-found.footer_bytes : -24])["about"] == {"rows": 3}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Hears of every read: its offset and length."""
    reads: list[tuple[int, int]] = []
    read = storage.read_range

    def counted(path: str, offset: int, length: int) -> bytes:
        reads.append((offset, length))
        return read(path, offset, length)

    monkeypatch.setattr(storage, "read_range", counted)
    return reads


def test_a_file_whose_places_are_known_takes_one_request(tmp_path: Path, asked: list[tuple[int, int]]) -> None:
    """Whatever sections are then wanted; without its size its end takes one, and each section one more, or one for neighbours."""
    path = tmp_path / "file"
    size = written(path, b"payload", {"a": [b"one"], "b": [b"two"], "c": [b"three"]}, {})
    found = read_sections(str(path), 7, size)
    assert [found.get(name) for name in "abc"] == [b"one", b"two", b"three"]
    assert asked == [(7, size - 7)]
    asked.clear()
    found = read_sections(str(path))
    assert found.get("b") == b"two" and asked[1:] == [(10, 3)]
    asked.clear()
    found.load(["b", "c"])
    assert (found.get("c"), found.get("b"), asked) == (b"three", b"two", [(10, 8)])
    assert found.get("a") == b"one" and asked[1:] == [(7, 3)]


def test_a_footer_beyond_one_read_takes_two(
    tmp_path: Path, asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of many sections is read all the same."""
    monkeypatch.setattr(sections, "TAIL", 100)
    path = tmp_path / "file"
    written(path, b"", {f"section {n}": [b"x%d" % n] for n in range(50)}, {})
    found = read_sections(str(path))
    assert len(asked) == 2 and found.get("section 49") == b"x49"


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    """Of a section, of the footer or of the trailer: the reader names the file and gives no byte of what changed.

    Also where that tells how long the footer is: a terabyte was once asked for.
    """
    path = tmp_path / "file"
    size = written(path, b"payload", {"a": [b"some words"], "b": [b"and others"]}, {"rows": [1, 2]})
    whole = path.read_bytes()
    for place, bit, known in itertools.product(range(7, size), (1, 128), ((7, size), ())):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        with pytest.raises(DamagedFileError) as told:
            found = read_sections(str(path), *known)
            assert [found.get("a"), found.get("b")] != [b"some words", b"and others"]
        assert told.value.path == str(path)


@pytest.mark.parametrize("known", [True, False])
def test_a_file_that_is_cut_is_noticed(tmp_path: Path, known: bool) -> None:
    """Wherever it ends, also where nothing is left; and where the file is not there."""
    path = tmp_path / "file"
    size = written(path, b"payload", {"a": [b"some words"]}, {})
    whole = path.read_bytes()
    for end in range(size):
        path.write_bytes(whole[:end])
        with pytest.raises(DamagedFileError):
            read_sections(str(path), *((7, size) if known else ()))
    path.unlink()
    with pytest.raises(DamagedFileError, match="it is missing"):
        read_sections(str(path))


def test_a_section_that_was_read_later_is_checked_too(tmp_path: Path) -> None:
    """The footer came first, the change after it."""
    path = tmp_path / "file"
    written(path, b"", {"a": [b"some words"]}, {})
    found = read_sections(str(path))
    path.write_bytes(b"other" + path.read_bytes()[5:])
    with pytest.raises(DamagedFileError, match="its section a has changed"):
        found.get("a")


def test_the_error_survives_a_border_between_processes() -> None:
    """Engines hand on a worker's error as text or pickled; the file is known by it all the same."""
    error = damaged("/a b/units/7.unit", "its end is missing")
    for other in (pickle.loads(pickle.dumps(error)), DamagedFileError(str(error))):
        assert (other.path, str(other)) == ("/a b/units/7.unit", "/a b/units/7.unit is damaged: its end is missing")


def test_the_same_sections_have_the_same_bytes(tmp_path: Path) -> None:
    """However a section is cut into pieces (law 5)."""
    for name, pieces in (("one", [b"abc"]), ("other", [b"a", b"", b"bc"])):
        written(tmp_path / name, b"p", {"a": pieces}, {"y": 1, "x": 2} if name == "one" else {"x": 2, "y": 1})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_table_keeps_its_rows_and_schema() -> None:
    """Chunked or empty."""
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    for given_ in (table, table.slice(0, 0), pa.concat_tables([table, table.slice(1)])):
        assert table_of(table_bytes(given_)).equals(given_)
