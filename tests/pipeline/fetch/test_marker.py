"""A folder belongs to the crawl that asked for anything into it, and to nothing else."""

from pathlib import Path

import pytest

from pipeline.fetch import marker, range_marker
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.lists import ANY, Columns
from pipeline.fetch.place import Shares
from pipeline.work_list import commit
from schemas.outcomes import UserError
from transforms.fetch.selection import Selection


def test_a_crawl_that_asked_for_nothing_frees_its_folder(tmp_path: Path) -> None:
    """Where a list lacks the column that was named, the command with the right one takes the same folder; once placed, it is refused."""
    folder, lists = CrawlFolder(str(tmp_path)), {"/list.csv": 10}
    wrong = marker.claim(folder, lists, Columns("adress"), Shares())
    marker.with_round(folder, wrong, marker.Round(marker.GIVEN, marker.GIVEN, 0, 0, 1))
    commit(folder.round(1).counts)
    right = marker.claim(folder, lists, ANY, Shares())
    assert (right.columns, right.rounds) == (ANY, ()) and marker.read_marker(folder) == right
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["crawl.json"]
    commit(folder.round(1).placed)
    with pytest.raises(UserError, match="holds a crawl of other lists"):
        marker.claim(folder, lists, Columns("adress"), Shares())


def test_so_does_a_selection(tmp_path: Path) -> None:
    """Likewise where an index could not be read."""
    folder, of = CrawlFolder(str(tmp_path)), Selection(status=("200",))
    range_marker.claim(folder, {"/bad.parquet": 10}, of, "/archives", 10)
    right = range_marker.claim(folder, {"/good.parquet": 10}, of, "/archives", 10)
    assert range_marker.read_marker(folder) == right and right.indexes == ("/good.parquet",)
    commit(folder.round(1).placed)
    with pytest.raises(UserError, match="holds records of other indexes"):
        range_marker.claim(folder, {"/bad.parquet": 10}, of, "/archives", 10)
