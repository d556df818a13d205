"""Peak memory and processor time of a run over archives that are small on disk and large in what they hold.

    python -m benchmarks.memory [--pages 160000 800000] [--formats warc warc.gz warc.zst] [--references 120x7500x1950]

Each archive is made, run through `triptych run --recipe raw` in a process of its own, and deleted. Memory is that of the largest process
of the run: the most that any of them had resident at once, read four times a second.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

LOOKS = 0.25  # seconds between two looks at the processes
TINY = (
    b"<html><body><p>The quick brown fox jumps over the lazy dog and then it has to go.</p>"
    b'<img src="/one.jpg" alt="one picture of a fox"></body></html>'
)
PROSE = (
    b"<p>Boats came in before noon, and the harbour was full of people who had waited for them since the morning.</p>"
)
PACK: dict[str, Callable[[bytes], bytes]] = {
    "warc": bytes,
    "warc.gz": lambda record: gzip.compress(record, 6, mtime=0),
    "warc.zst": zstandard.ZstdCompressor().compress,
}


def record(url: str, body: bytes) -> bytes:
    """A WARC record of a page."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{hash(url) & (2**128 - 1):032x}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def tiny_pages(count: int) -> Iterator[bytes]:
    """Pages of one line and one picture, all of one host."""
    for number in range(count):
        yield record(f"http://one.example/{number}", TINY)


def long_references(pages: int, references: int, base_characters: int) -> Iterator[bytes]:
    """Pages whose many short references are long behind a `<base>`."""
    for number in range(pages):
        base = b'<base href="http://h%d.example/%s/">' % (number, b"a" * base_characters)
        images = b"".join(b"<img src=%d>" % place for place in range(references))
        yield record(f"http://p.example/{number}", b"<html><head>" + base + b"</head><body>" + PROSE * 20 + images)


def write_archive(path: Path, records: Iterator[bytes]) -> None:
    """An archive of these records, packed by its name's ending."""
    pack = PACK[path.name.partition(".")[2]]
    with path.open("wb") as file:
        for each in records:
            file.write(pack(each))


def peaks(root: int) -> dict[int, int]:
    """The most bytes that each process below `root`, and it, has had resident."""
    parents: dict[int, int] = {}
    most: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                said = Path("/proc", entry, "status").read_text().split("\n")
            except OSError:  # it has ended
                continue
            found = dict(line.split(":\t", 1) for line in said if ":\t" in line)
            parents[int(entry)] = int(found["PPid"])
            most[int(entry)] = int(found.get("VmHWM", "0 kB").split()[0]) * 1024
    mine = {root}
    while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return {pid: most.get(pid, 0) for pid in mine}


def measure(archive: Path, folder: Path) -> tuple[int, dict[str, float], float, float]:
    """Exit status, the largest peaks (bytes) by kind of process, and CPU and wall seconds of a run over an archive."""
    command = [sys.executable, "-m", "jobs.cli", "run", "--recipe", "raw", "--input", str(archive)]
    begin, before = time.monotonic(), os.times()
    run = subprocess.Popen([*command, "--output", str(folder / "run")], stdout=subprocess.DEVNULL)
    largest = {"driver": 0.0, "others": 0.0}
    while run.poll() is None:
        for pid, size in peaks(run.pid).items():
            kind = "driver" if pid == run.pid else "others"
            largest[kind] = max(largest[kind], size)
        time.sleep(LOOKS)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return run.returncode, largest, cpu, time.monotonic() - begin


def main() -> None:
    """Print a line for each archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="*", default=[160_000, 800_000], help="tiny pages of an archive")
    parser.add_argument("--formats", nargs="*", default=list(PACK), choices=list(PACK))
    references = ["120x7500x1950", "240x7500x500", "1x300000x20"]
    parser.add_argument("--references", nargs="*", default=references, help="PAGESxREFERENCESxBASE of an archive")
    asked = parser.parse_args()
    todo = [
        (f"{count:,} tiny pages in {form}", f"tiny.{form}", tiny_pages(count))
        for count in asked.pages
        for form in asked.formats
    ]
    for pages, references, base in (map(int, each.split("x")) for each in asked.references):
        label = f"{pages} pages of {references:,} references behind {base:,} characters"
        todo.append((label, "refs.warc.gz", long_references(pages, references, base)))
    for label, name, records in todo:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, name)
            write_archive(archive, records)
            status, largest, cpu, wall = measure(archive, Path(folder))
            megabytes = ", ".join(f"{kind} {size / 1e6:,.0f} MB" for kind, size in largest.items())
            label += f" ({archive.stat().st_size / 1e6:,.1f} MB)"
            print(f"{label}: rc {status}, {megabytes}, CPU {cpu:,.1f} s, {wall:,.0f} s", flush=True)


if __name__ == "__main__":
    main()
