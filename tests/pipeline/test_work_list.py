"""Work lists, and what workers hand up."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import engine, storage
from pipeline.engines.settings import EngineSettings
from pipeline.sections import DamagedFileError, read_sealed, sealed
from pipeline.work_list import (
    Commit,
    Gather,
    ReadLines,
    _WritePart,
    commit,
    committed,
    done_path,
    part_count,
    part_path,
    read_parts,
    write_lines,
)


def listed(records: Sequence[Any]) -> list[Any]:
    """A merge that shows the order in which records came."""
    return list(records)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=8), st.randoms(use_true_random=False))
def test_a_part_does_not_depend_on_the_order_of_its_records(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[int, int]], draw: random.Random
) -> None:
    """They are merged in the order of their numbers (law 5)."""
    given = [(number, json.dumps({"n": value})) for number, value in records]
    files = []
    for order in (given, draw.sample(given, len(given))):
        folder = str(tmp_path_factory.mktemp("parts"))
        assert list(_WritePart(folder, listed, {}).process((3, iter(order)))) == [3]
        files.append(storage.read_bytes(part_path(folder, 3)))
    assert files[0] == files[1]
    assert json.loads(files[0].splitlines()[1]) == [json.loads(text) for _, text in sorted(given)]


def test_records_are_gathered_into_few_files(tmp_path: Path) -> None:
    """Each record is in the part of its number, whatever engine's bundles it came in; a part without a record has no file."""
    path, folder = str(tmp_path / "lines"), str(tmp_path / "parts")
    assert write_lines(path, (str(number) for number in (1, 4, 7, 9, 12))) == 5

    class Whole(beam.PTransform):  # type: ignore[type-arg,misc]
        def expand(self, begin: Any) -> Any:
            numbered = begin | ReadLines(path, {}) | beam.Map(lambda line: (int(line), json.dumps(int(line))))
            return numbered | Gather(folder, 3, listed, {})

    engine.run(Whole(), EngineSettings(), "test")
    assert not committed(folder)
    commit(folder)
    assert committed(folder)
    assert list(read_parts(folder)) == [[9, 12], [1, 4, 7]]
    assert read_sealed(done_path(folder)) == {"parts": [0, 1]}


def test_a_job_commits_its_step_behind_all_its_branches(tmp_path: Path) -> None:
    """Also behind one that gives nothing at its end, which has written what it had to by then."""
    folder, other = str(tmp_path / "parts"), tmp_path / "other"

    def write(number: int) -> list[int]:
        assert not committed(folder)
        other.write_text(str(number))
        return []

    class Whole(beam.PTransform):  # type: ignore[type-arg,misc]
        def expand(self, begin: Any) -> Any:
            numbers = begin | beam.Create([1, 2])
            records = numbers | "Records" >> beam.Map(lambda number: (number, json.dumps(number)))
            silent = (
                numbers
                | "Own" >> beam.Map(lambda n: (0, n))
                | beam.GroupByKey()
                | beam.FlatMap(lambda group: write(group[0]))
            )
            return (records | Gather(folder, 3, listed, {}), silent) | Commit(folder, {})

    engine.run(Whole(), EngineSettings(), "test")
    assert other.exists()
    assert read_sealed(done_path(folder)) == {"parts": [1, 2]}


def test_a_commit_counts_parts_alone(tmp_path: Path) -> None:
    """What a killed worker left half written, and an older commit, are no parts."""
    for name in ("part-00002.json", ".part-00001.json.x.part", "done.json", "part-1.json"):
        (tmp_path / name).write_bytes(sealed(7))
    commit(str(tmp_path))
    assert list(read_parts(str(tmp_path))) == [7]


def test_what_was_changed_on_disk_is_not_believed(tmp_path: Path) -> None:
    """Every bit of a part and of a commit counts; also where a file is gone. A number that was changed was believed before."""
    folder = str(tmp_path)
    (tmp_path / "part-00000.json").write_bytes(sealed({"rows": 12}))
    commit(folder)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
        for data in (*changed, *(whole[:end] for end in range(len(whole))), None):
            path.unlink()
            if data is not None:
                path.write_bytes(data)
            with pytest.raises(DamagedFileError) as told:
                list(read_parts(folder))
            assert told.value.path == str(path)
            path.write_bytes(whole)


def test_a_line_keeps_its_signs(tmp_path: Path) -> None:
    """Lines are JSON, so that none holds a line break; other signs stay as they are."""
    from pipeline.work_list import _ReadNumbered

    lines = [json.dumps("a\nb"), json.dumps("ä\u2028\udcff"), ""]
    write_lines(str(tmp_path / "lines"), lines)
    assert list(_ReadNumbered(str(tmp_path / "lines"), {}).process(b"")) == list(enumerate(lines))


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_parts_grow_slower_than_items(one: int, other: int) -> None:
    """As their root, and not beyond some hundreds: a driver reads them all (law 9)."""
    few, many = sorted((one, other))
    assert 1 <= part_count(few) <= part_count(many) <= 256
    assert part_count(many) <= max(1, many**0.5 + 1)
