"""A crawl of a web that is not well, whose processes are killed: `python -m benchmarks.crawl_faults`.

    crawl_faults.py --work DIR [--hosts 500] [--kills 20] [--seed 0] [--recipe raw]

A web of 500 hosts on loopback, with 20 addresses each, of which every third request meets a fault (`tests/support/many_hosts.py`). It is
crawled by two workers, and what failed is fetched again until nothing is left that may be well another time: once undisturbed, and once
with so many processes killed (SIGKILL), the driver or a worker, at drawn moments, each time followed by the same command. Both crawls
then go through `triptych run`. They are crawled with consent `strict`, where a policy file that cannot be had is a fault like others: else
what it said at that time would be noted, and each start asks anew. For the second one must hold:

* every address ends in one row of the last attempt at it, and its earlier rows are faults that may be well another time;
* every row that is kept leads to its record, every response that is an answer has one row, and the account is that of the rows;
* no address whose row was there when a process was killed is asked for again in that attempt, by the server's counts;
* the corpora are those of the first crawl, but for columns that name a record or a time, and for pages in the place of a robots.txt.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.faults_kills import command_of, roles, same_process, wait_for
from jobs.loopback import Loopback, loopback
from pipeline.engines.settings import EngineSettings
from pipeline.fetch.crawl import CrawlRequest, crawl
from pipeline.fetch.exchange import Limits, Settings
from pipeline.fetch.outcome import Outcome
from pipeline.fetch.place import Shares
from pipeline.fetch.policies import Consent
from pipeline.fetch.visit import Conduct
from schemas.manifest import Account
from tests.support.many_hosts import ManyHosts
from transforms.consent.policies import kind_of
from transforms.fetch.address import Rules, networks
from transforms.warc.read import read_at

AGENT = "triptych-crawl-faults/1.0 (+https://example.org/bot)"
MOST_ATTEMPTS = 20
# Columns that name a record of an archive, or when it was fetched.
NAMING = frozenset(("id", "source", "offset", "date", "path"))
LIMITS = Limits(total=4.0, connect=2.0, first_byte=1.0, idle=1.0, body=256 << 10)


def request(folder: str, port: int, urls: tuple[str, ...], open_seconds: float, workers: int = 1) -> CrawlRequest:
    """A crawl, or what failed in it once more; many small units, so that two workers have work."""
    rules = Rules(networks(["127.0.0.1"]))
    return CrawlRequest(
        folder,
        Conduct(AGENT, 0.01, LIMITS, rules, Consent.STRICT, open_seconds),
        Settings(AGENT, rules, {"*": f"127.0.0.1:{port}"}),
        urls,
        engine=EngineSettings(workers=workers),
        shares=Shares(bin=1000),
    )


def child(args: argparse.Namespace) -> None:
    """One attempt at a crawl, as a command."""
    outcome = crawl(request(args.child, args.port, tuple(args.urls), args.open, args.workers))
    print(outcome.transient, flush=True)


@dataclass
class Crawled:
    """A crawl that is to be disturbed: what its rows were when processes had been killed."""

    folder: Path
    web: Loopback
    list: Path
    draw: random.Random
    kills: int = 0
    between: int = 1500  # requests between two kills, at most
    committed: dict[tuple[str, str], int] = field(default_factory=dict)  # of this attempt, with the server's count
    twice: set[tuple[str, str]] = field(default_factory=set)
    killed: Counter[str] = field(default_factory=Counter)
    saved: int = 0  # addresses that were committed at a kill and not asked for again

    def start(self, again: bool) -> "subprocess.Popen[str]":
        """The command."""
        command = [
            sys.executable,
            "-m",
            "benchmarks.crawl_faults",
            "--child",
            str(self.folder),
            "--port",
            str(self.web.port),
        ]
        command += ["--workers", "1" if again and not self.kills else "2"]
        command += [] if again else ["--urls", str(self.list)]
        with self.folder.with_suffix(".err").open("ab") as err:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, start_new_session=True)

    def attempt(self, again: bool) -> int:
        """One attempt to its end, whatever is killed on the way: how many addresses are left that may be well another time."""
        self.committed.clear()
        before = {path.name for path in self.folder.glob("rows/*/*")}
        while True:
            process = self.start(again)
            if self.kills and self.disturb(process):
                self.look(before)
                continue
            out, _ = process.communicate()
            if process.returncode:
                raise SystemExit(f"the crawl ended with {process.returncode}: see {self.folder.with_suffix('.err')}")
            self.check()
            return int(out)

    def disturb(self, process: "subprocess.Popen[str]") -> bool:
        """Kill a process of a crawl at a drawn moment; False where it had ended by then."""
        role = self.draw.choice(("driver", "worker", "worker"))
        asked = self.web.asked.total()
        if self.draw.random() < 0.25:  # at a moment of its first seconds, when it counts and places
            until = time.monotonic() + self.draw.uniform(0.0, 8.0)
            wait_for(lambda: process.poll() is not None or time.monotonic() >= until, 60.0)
        else:
            more = self.draw.randrange(1, self.between)
            wait_for(lambda: process.poll() is not None or self.web.asked.total() >= asked + more, 60.0)
        there = processes(process.pid)
        targets = there[role] or there["driver"]
        if process.poll() is not None or not targets:
            return False
        lines = {one: command_of(one) for many in there.values() for one in many}
        with suppress(ProcessLookupError):
            os.kill(self.draw.choice(targets), signal.SIGKILL)
        process.communicate()
        gone = wait_for(lambda: not any(same_process(one, line) for one, line in lines.items()), 10.0)
        if gone >= 10.0:
            raise SystemExit("processes of a killed crawl are left")
        self.kills -= 1
        self.killed[role if there[role] else "driver"] += 1
        return True

    def look(self, before: set[str]) -> None:
        """Note what is committed of this attempt, and whether what was before was asked for again."""
        self.check()
        for path in self.folder.glob("rows/*/*.parquet"):
            if path.name not in before:
                for row in pq.read_table(path, columns=["url"]).to_pylist():
                    key = host_and_path(row["url"])
                    self.committed.setdefault(key, self.web.asked[key])
        self.saved = max(self.saved, len(self.committed))

    def check(self) -> None:
        """Whether an address was asked for though its row was there."""
        self.twice |= {key for key, count in self.committed.items() if self.web.asked[key] != count}


def processes(driver: int) -> dict[str, list[int]]:
    """The driver and the workers of a crawl."""
    return {"driver": [driver], "worker": roles(driver)["worker"]}


def host_and_path(url: str) -> tuple[str, str]:
    """What the server counts by."""
    host, slash, path = url.partition("//")[2].partition("/")
    return host, slash + path.partition("#")[0]


def all_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of a crawl."""
    for path in sorted(folder.glob("rows/*/*.parquet")):
        yield from pq.read_table(path).to_pylist()


def faults_of(folder: Path, outcome: Outcome, listed: int) -> list[str]:
    """What does not hold of the rows and archives of a crawl."""
    attempts: dict[str, list[dict[str, Any]]] = {}
    for row in all_rows(folder):
        attempts.setdefault(row["id"], []).append(row)
    found = []
    last = {one: max(rows, key=lambda row: row["round"]) for one, rows in attempts.items()}
    if len(last) != listed:
        found.append(f"{len(last)} of {listed} addresses have a row")
    twice = sum(len({row["round"] for row in rows}) != len(rows) for rows in attempts.values())
    early = sum(not row["transient"] for one, rows in attempts.items() for row in rows if row is not last[one])
    found += [f"{twice} addresses have two rows of a round"] if twice else []
    found += [f"{early} addresses that had ended were asked for again"] if early else []
    account = outcome.account
    told = {"kept": account.kept, **account.failed, **account.dropped, **account.duplicates}
    rows = Counter(row["reason"] or row["outcome"] for row in last.values())
    if {name: count for name, count in told.items() if count} != dict(rows):
        found.append(f"the account says {told}, the rows {dict(rows)}")
    kept = [row for row in last.values() if row["outcome"] == "kept"]
    places = {(row["archive"], row["offset"]): row for row in kept}
    for row in kept:
        with open(folder / row["archive"], "rb") as file:
            record = read_at(file, row["offset"], row["length"])
        if getattr(record, "url", None) != row["final_url"]:
            found.append(f"{row['url']}: its record is {record}")
    answers = set(responses(folder))
    if len(places) != len(kept) or answers != set(places):
        found.append(f"{len(kept)} rows lead to {len(places)} records, where archives hold {len(answers)} answers")
    return found


def responses(folder: Path) -> Iterator[tuple[str, int]]:
    """Archive and offset of every response that is an answer: of status 2xx, and no file of a site's policies."""
    from warcio.archiveiterator import ArchiveIterator

    for path in sorted(folder.glob("archive/*/*.warc.gz")):
        with path.open("rb") as file:
            records = ArchiveIterator(file)
            for record in records:
                if record.rec_type == "response":
                    status, url = record.http_headers.get_statuscode(), record.rec_headers["WARC-Target-URI"]
                    if status[0] == "2" and not kind_of(url) and not url.endswith("/landed/robots"):
                        yield str(path.relative_to(folder)), records.get_record_offset()


def unnamed(value: Any) -> Any:
    """A row, or what is in it, without what names a record or a time; texts that are JSON are read."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        return {name: unnamed(one) for name, one in value.items() if name not in NAMING}
    return [unnamed(one) for one in value] if isinstance(value, list) else value


def corpora(output: Path) -> dict[str, Counter[str]]:
    """The rows of the corpora of a run, without the columns that name a record, as they are counted.

    Pages that answer for robots.txt are left out: each start of a crawl asks for it anew, and the answer of any time is kept.
    """
    found: dict[str, Counter[str]] = {}
    for corpus in ("text", "pairs", "interleaved"):
        rows: Counter[str] = Counter()
        for path in sorted((output / corpus / "data").glob("*.parquet")):
            read = pq.read_table(path).to_pylist()
            rows.update(repr(unnamed(row)) for row in read if not str(row.get("url", "")).endswith("/robots.txt"))
        found[corpus] = rows
    return found


def made(name: str, folder: Path, output: Path, recipe: str) -> dict[str, Counter[str]]:
    """The corpora of a crawl."""
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, "-m", "jobs.cli", "run", "--input", str(folder), "--output", str(output)]
    subprocess.run([*command, "--recipe", recipe, "--workers", "2", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    found = corpora(output)
    print(f"  {name}: " + ", ".join(f"{rows.total():,} {corpus}" for corpus, rows in found.items()), flush=True)
    return found


def outcome_of(folder: Path) -> Outcome:
    """What a crawl says that it came to."""
    told = json.loads((folder / "account.json").read_text())
    return Outcome(Account(**told["account"]), told["transient"], told["bytes"])


def finished(name: str, args: argparse.Namespace, many: ManyHosts, kills: int) -> tuple[Crawled, Outcome]:
    """A crawl with all its attempts."""
    folder = args.work / name
    shutil.rmtree(folder, ignore_errors=True)
    listed = args.work / "list.txt"
    listed.write_text("\n".join(many.addresses()) + "\n")
    begun = time.monotonic()
    with loopback(many) as web:
        crawled = Crawled(folder, web, listed, random.Random(args.seed), kills, 3 * many.hosts)
        left, attempts = crawled.attempt(again=False), 1
        while left and attempts < MOST_ATTEMPTS:
            left, attempts = crawled.attempt(again=True), attempts + 1
        outcome = None if left else outcome_of(folder)
    if outcome is None:
        raise SystemExit(f"{left} addresses are not well after {attempts} attempts")
    print(
        f"{name}: {outcome.account.entered:,} addresses, {outcome.account.kept:,} kept, "
        f"{web.asked.total():,} requests, {attempts} attempts, "
        f"{time.monotonic() - begun:.0f} s; killed: {dict(crawled.killed) or 'nothing'}",
        flush=True,
    )
    return crawled, outcome


def main() -> None:
    """Print what holds; ends with status 1 where something does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="a folder for both crawls and what is made of them")
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe", default="raw")
    parser.add_argument(
        "--open", type=float, default=2.0, help="seconds that a segment stays open (default: %(default)s)"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=2, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--urls", nargs="*", default=[], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args)
        return
    args.work.mkdir(parents=True, exist_ok=True)
    many = ManyHosts(args.hosts, heals=2, seed=args.seed)
    faults: list[str] = []
    for name, kills in (("undisturbed", 0), ("disturbed", args.kills)):
        crawled, outcome = finished(name, args, many, kills)
        faults += [f"{name}: {fault}" for fault in faults_of(crawled.folder, outcome, len(many.addresses()))]
        if crawled.twice:
            faults.append(
                f"{name}: {len(crawled.twice)} committed addresses were asked for again: {sorted(crawled.twice)[:3]}"
            )
        if kills:
            print(
                f"  committed when a process was killed, at most: {crawled.saved:,}; asked for again: {len(crawled.twice)}"
            )
        if crawled.kills:
            faults.append(f"{name}: {crawled.kills} kills were left when it had ended")
    plain, killed = (
        made(name, args.work / name, args.work / f"{name}-run", args.recipe) for name in ("undisturbed", "disturbed")
    )
    for corpus, rows in plain.items():
        other = killed[corpus]
        if rows != other:
            faults.append(f"{corpus}: {(rows - other).total()} rows are missing and {(other - rows).total()} are new")
    print("\n".join(faults) or "all holds")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
