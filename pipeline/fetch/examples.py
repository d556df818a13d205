"""An example of each reason for which addresses of a crawl failed, for whoever looks at its end: the count alone does not say what to do.

Cost: the rows of a few segments, read by the driver, however many there are.
"""

from collections.abc import Collection

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.credentials import masked
from pipeline.fetch.layout import CrawlFolder
from schemas.fetches import FAILED

MOST_FILES = 20  # of rows that are read
LONGEST = 160  # characters of a detail, or an address, that are shown


def examples(output: str, reasons: Collection[str]) -> dict[str, str]:
    """By reason one address that failed so with what was seen, as far as the last files of rows have one."""
    folder = CrawlFolder(storage.absolute(output))
    found: dict[str, str] = {}
    if not reasons:
        return found
    # The latest first: what was fetched once more counts by its last time.
    for name in sorted(storage.files_below(folder.all_rows), reverse=True)[:MOST_FILES]:
        with storage.open_for_reading(storage.join(folder.all_rows, name)) as file:
            table = pq.read_table(file, columns=["outcome", "reason", "url", "detail"])
        for row in table.filter(pc.equal(table["outcome"], FAILED)).to_pylist():
            if row["reason"] in reasons:
                detail = _cut(row["detail"])
                found.setdefault(row["reason"], f"{_cut(row['url'])} ({detail})" if detail else _cut(row["url"]))
        if len(found) == len(reasons):
            break
    return dict(sorted(found.items()))


def _cut(text: str) -> str:
    """A text as one line of bounded length, which ends on a screen and in logs: without logins, which the row has."""
    line = masked(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
