"""The end of a crawl shows one address of each reason for which some failed."""

from pathlib import Path

import pytest

from pipeline import storage
from pipeline.fetch import rows
from pipeline.fetch.addresses import Address
from pipeline.fetch.examples import LONGEST, MOST_FILES, examples
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.segment import packed_rows


def write(folder: CrawlFolder, unit: int, *failures: tuple[str, str, str]) -> None:
    """The rows of a segment: address, reason, detail."""
    found = [
        rows.failed(Address(f"0-{number}", url, "", "", -1, ""), 1, [], reason, detail)
        for number, (url, reason, detail) in enumerate(failures)
    ]
    with storage.write_whole(folder.rows(unit, 0)) as file:
        file.write(packed_rows(found))


def test_the_latest_of_each_reason_that_counts(tmp_path: Path) -> None:
    """What was fetched once more and came is no reason any more; of the others the first row of the last file stands."""
    folder = CrawlFolder(str(tmp_path))
    write(
        folder, 0, ("a", "bad_url", "no scheme"), ("http://b/", "timeout", "old"), ("http://c/", "reset", "gone by now")
    )
    write(folder, 1, ("http://b/", "timeout", "new\nline"), ("http://d/", "timeout", ""))
    assert examples(str(tmp_path), ["timeout", "bad_url"]) == {
        "bad_url": "a (no scheme)",
        "timeout": "http://b/ (new line)",
    }
    assert examples(str(tmp_path), []) == {}


def test_little_is_read_and_shown(tmp_path: Path) -> None:
    """However many files there are, a few are read; what is long is cut."""
    folder = CrawlFolder(str(tmp_path))
    write(folder, 0, ("a", "bad_url", ""))
    for unit in range(1, MOST_FILES + 1):
        write(folder, unit, ("http://b/", "timeout", "x" * 500))
    shown = examples(str(tmp_path), ["timeout", "bad_url"])
    assert list(shown) == ["timeout"]
    assert shown["timeout"] == f"http://b/ ({'x' * (LONGEST - 3)}...)"


def test_a_login_is_not_shown(tmp_path: Path) -> None:
    """What is shown ends on screens and in logs; the row names the address as it was given."""
    write(CrawlFolder(str(tmp_path)), 0, ("http://me:hush@b/", "bad_url", "a user name or password"))
    assert examples(str(tmp_path), ["bad_url"]) == {"bad_url": "http://…@b/ (a user name or password)"}


@pytest.mark.parametrize("reasons", [[], ["timeout"]])
def test_a_crawl_without_rows_has_none(tmp_path: Path, reasons: list[str]) -> None:
    """As one of an empty list."""
    assert examples(str(tmp_path), reasons) == {}
