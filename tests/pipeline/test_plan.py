"""Inputs found, named and cut into units."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import plan as planning
from pipeline.plan import Archive, Request, cut_units, find_inputs, name_sources, plan, read_units, write_units
from schemas.outcomes import UserError
from schemas.recipe import load


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """Three small files in two folders."""
    for name in ("one/a.warc.gz", "two/a.warc.gz", "two/note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_a_pattern_without_a_match_is_named(archives: Path) -> None:
    """Wrong use says which pattern, not which one was fine."""
    with pytest.raises(UserError, match=r"none\.warc"):
        find_inputs([f"{archives}/one/*.gz", f"{archives}/none.warc"])


def test_a_folder_stands_for_the_archives_in_it(archives: Path) -> None:
    """Other files of a folder are no inputs; named by a pattern they are."""
    assert [path[-13:] for path in find_inputs([str(archives)])] == ["one/a.warc.gz", "two/a.warc.gz"]
    assert len(find_inputs([f"{archives}/**/*"])) == 3


def test_sources_do_not_depend_on_where_inputs_lie_or_on_their_order(archives: Path, tmp_path: Path) -> None:
    """A moved or reordered corpus keeps its names, so it keeps its ids (law 5)."""
    paths = find_inputs([f"{archives}/two/*.gz", f"{archives}/one/*.gz"])
    named = [archive.source for archive in name_sources(paths)]
    assert named == ["one/a.warc.gz", "two/a.warc.gz"]
    assert [archive.source for archive in name_sources(paths[::-1])] == named
    assert [archive.source for archive in name_sources(paths[:1])] == ["a.warc.gz"]


def test_an_input_that_changed_is_another_input(archives: Path) -> None:
    """Size alike, bytes not: the digest of the inputs differs."""
    request = Request((str(archives),), "out", load('name = "x"'))
    before = plan(request).inputs_digest
    (archives / "one/a.warc.gz").write_bytes(b"ONE/a.warc.gz")
    assert plan(request).inputs_digest != before


@given(st.integers(0, 1000), st.integers(1, 100))
def test_units_cover_every_byte_once(size: int, step: int) -> None:
    """The ranges of an archive follow each other from its first byte to its last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "UNIT_BYTES", step)
        units = list(cut_units([Archive("x.warc.gz", "x.warc.gz", size, "")]))
    assert units[0].start == 0
    assert units[-1].end == size
    assert all(a.end == b.start for a, b in itertools.pairwise(units))


def test_only_gzip_is_cut() -> None:
    """A plain archive cannot be entered at magic bytes, so it is one unit whatever its size."""
    assert len(list(cut_units([Archive("x.warc", "x.warc", 10 * planning.UNIT_BYTES, "")]))) == 1


def test_units_survive_their_file(tmp_path: Path) -> None:
    """What workers read is what was planned."""
    units = list(cut_units([Archive("/in/ä\n.warc.gz", "ä\n.warc.gz", 5, "")]))
    write_units(units, str(tmp_path / "units.jsonl"))
    assert list(read_units(str(tmp_path / "units.jsonl"))) == units


def test_a_file_is_taken_by_its_name_though_it_reads_as_a_pattern(tmp_path: Path) -> None:
    """Brackets in the name of a file or of a folder are no pattern where that file is there."""
    folder = tmp_path / "in[1]"
    folder.mkdir()
    (folder / "a[2].warc.gz").write_bytes(b"a")
    assert find_inputs([f"{folder}/a[2].warc.gz"]) == find_inputs([str(folder)]) == [f"{folder}/a[2].warc.gz"]


def test_a_name_that_is_no_utf8_can_stand_in_a_column(tmp_path: Path) -> None:
    """Its bytes are written out, so that a source is text; the path still opens the file."""
    name = os.fsdecode(b"bad\xff.warc.gz")
    (tmp_path / name).write_bytes(b"a")
    (archive,) = name_sources(find_inputs([str(tmp_path)]))
    assert archive.source == r"bad\xff.warc.gz"
    assert archive.path.endswith(name)
