"""Whether a crawl on a real engine comes to what it does on this machine alone: `python -m benchmarks.engines_crawl`.

    engines_crawl.py --archive FILE... --work DIR [--engine spark flink prism] [--pages 0]

The answers of the archives, and so many pages that are made, are served on loopback, and all their addresses are crawled: on the local
engine, then on each of the others, started as by `engines_equal`. A line tells of each crawl how many rows differ from the local crawl's,
by column, and how many records of its archives. Clocks tell when an answer came, and order says where in an archive it lies: the columns
that depend on them may differ.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.engines_equal import ENGINES, LOCAL, engine, run
from benchmarks.fetched_corpora import AGENT, OF_THE_BODY, Web, captures, plain, served
from tests.support.wheel import build_wheel
from transforms.dedup.keys import address_key

MAY_DIFFER = ("date", "seconds", "offset", "length")
PAGES_OF_HOST = 40
OF_CLOCKS = ("date", "warc-date")  # headers


def web_of(archives: Sequence[Path], pages: int) -> tuple[Web, list[str]]:
    """A web that answers as the archives' first capture of an address did, with so many pages that are made; and its addresses."""
    answers: dict[bytes, Any] = {}
    addresses = []
    for capture in (capture for path in archives for capture in captures(path) if capture.status == 200):
        headers = tuple((name, plain(value)) for name, value in capture.headers if name.lower() not in OF_THE_BODY)
        answers.setdefault(address_key(plain(capture.url)), (headers, capture.body))
        addresses.append(plain(capture.url))
    for page in range(pages):
        addresses.append(f"http://host{page // PAGES_OF_HOST}.test/{page}")
        answers[address_key(addresses[-1])] = (
            (("Content-Type", "text/html"),),
            b"<p>Page %d of what was made.</p>" % page,
        )
    return Web(answers), addresses


def outcome(row: dict[str, Any]) -> dict[str, Any]:
    """A row, but for the dates of what was said about use."""
    said = [{name: value for name, value in each.items() if name != "date"} for each in row["consent"] or ()]
    return row | {"consent": said}


def outcomes(crawl: Path) -> dict[str, dict[str, Any]]:
    """What became of each address, by the id of its row."""
    files = sorted((crawl / "rows").rglob("*.parquet"))
    return {row["id"]: outcome(row) for path in files for row in pq.read_table(path).to_pylist()}


def records(crawl: Path) -> Counter[str]:
    """What the archives hold, but for clocks and order."""
    found: Counter[str] = Counter()
    for path in sorted((crawl / "archive").rglob("*.warc.gz")):
        for each in captures(path):
            headers = [header for header in each.headers if header[0].lower() not in OF_CLOCKS]
            found[repr((path.name, each.url, each.kind, each.status, headers, each.body))] += 1
    return found


def compared(found: Path, expected: Path) -> tuple[bool, str]:
    """Whether a crawl came to what another one did, and how near it came."""
    mine, theirs = outcomes(found), outcomes(expected)
    columns: Counter[str] = Counter()
    for row in mine.keys() & theirs.keys():
        columns.update(name for name, value in mine[row].items() if value != theirs[row][name])
    lacking = len(mine.keys() ^ theirs.keys())
    archived, others = records(found), records(expected)
    differ = (archived - others).total() + (others - archived).total()
    account = (found / "account.json").read_bytes() == (expected / "account.json").read_bytes()
    told = ", ".join(f"{name} {count}" for name, count in sorted(columns.items())) or "none"
    return (
        not lacking and not differ and account and columns.keys() <= set(MAY_DIFFER),
        f"{len(mine)} rows, {lacking} only in one, columns that differ: {told}; {archived.total()} records, {differ} differ; "
        f"account {'equal' if account else 'differs'}; {dict(Counter(row['outcome'] for row in mine.values()))}",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Crawl on all; 1 where one differs or does not end well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for crawls and logs")
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--pages", type=int, default=0)
    args = parser.parse_args(argv)
    work = args.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    web, addresses = web_of(args.archive, args.pages)
    (work / "addresses.txt").write_text("".join(f"{address}\n" for address in addresses))
    wheel = build_wheel(work / "wheel")
    well = True
    with served(web):
        where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
        asked = ["--urls", str(work / "addresses.txt"), "--agent", AGENT, "--delay", "0", *where]
        for name in (LOCAL, *args.engine):
            with engine(name, work / f"{name}-logs", wheel) as (options, beam_options):
                status, seconds = run("crawl", [*asked, *options, "--", *beam_options], work / name)
            same, told = (
                compared(work / name, work / LOCAL) if status == 0 else (False, f"status {status}, see its log")
            )
            well &= same
            print(f"crawled {name:<6} {seconds:7.1f} s  {told}", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
