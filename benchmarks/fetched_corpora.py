"""Corpora of a run whose images are fetched, beside those of the run whose archives hold them: `python -m benchmarks.fetched_corpora`.

    fetched_corpora.py --archive FILE... --work DIR [--recipe kosmos1] [--set KEY=VALUE]... [--workers 1] [--redirects 3]

The archives (what `pages_to_warc.py photos` wrote, or any WARCs) are written anew as two: pages, and images; `https` becomes `http` in
both, since the server has no certificate. One run reads both. The others read the pages and fetch images (`--images fetch`) from a server
on loopback: as they are; each behind redirects; and with the run killed in the middle of the fetch and begun again. Each must come to the
same corpora, but for what names the record of an image (`source` and `offset` of pairs; behind redirects its address too).
A line tells of each run: how many rows of each corpus, how many differ, how many requests, and how many addresses were asked for twice: in
the killed run those of the segment that was open.
"""

import argparse
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from pipeline.stage.classify import is_image, refusal
from schemas.records import Capture
from transforms.dedup.keys import VARIANTS, address_key, capture_id
from transforms.warc.read import read_captures
from transforms.warc.write import HTTP_RESPONSE, Block, member, record, record_id

POLICIES = ("/robots.txt", "/.well-known/tdmrep.json", "/ai.txt")
AGENT = "fetched-corpora/1.0 (+https://example.org/bot)"
OF_THE_BODY = (
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
)  # headers that the server sets itself
RECORD = ("source", "offset")
LED = (*RECORD, "url", "found_by")  # and what differs behind a redirect
CORPORA = ("text", "pairs", "interleaved")
Headers = tuple[tuple[str, str], ...]


@dataclass
class Web:
    """The images by the keys of their addresses, behind so many redirects, and how often each was asked for."""

    images: dict[bytes, tuple[Headers, bytes]]
    redirects: int = 0
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    kill: tuple[int, int] = (0, 0)  # at which request a group of processes is killed
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, host: str, path: str) -> tuple[int, Headers, bytes]:
        """Status, headers and body."""
        hop, _, rest = path.rpartition("/led-to/") if path.startswith("/hop") else ("", "", path.lstrip("/"))
        number = int(hop.removeprefix("/hop") or 0)
        if path in POLICIES:
            return 404, (), b"none"
        found = self.find(f"http://{host}/{rest}")
        if found is None:
            return 404, (), b"none"
        if number < self.redirects:
            return 302, (("Location", f"http://{host}/hop{number + 1}/led-to/{rest}"),), b""
        return 200, *found

    def count(self, address: str) -> None:
        """Count a request, and kill whom it is the last for."""
        with self.lock:
            self.asked[address] += 1
            at, group = self.kill
            if group and self.asked.total() >= at:
                self.kill = (0, 0)
                os.killpg(group, signal.SIGKILL)

    def find(self, url: str) -> tuple[Headers, bytes] | None:
        """The image of an address, written in any way."""
        key = address_key(url)
        return next(
            (found for bits in range(VARIANTS + 1) if (found := self.images.get(key[:-1] + bytes((key[-1] ^ bits,))))),
            None,
        )


@contextmanager
def served(web: Web) -> Iterator[None]:
    """The web, up while the block runs."""

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers as the web says."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """One request."""
            host = self.headers["Host"].partition(":")[0]
            web.count(host + self.path)
            status, headers, body = web.answer(host, self.path)
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    class Server(http.server.ThreadingHTTPServer):
        """Waits for no connection that a killed client left."""

        daemon_threads = True
        block_on_close = False
        request_queue_size = 256

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who were killed."""

    with Server(("127.0.0.1", 0), Handler) as server:
        web.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield
        server.shutdown()


def split(archives: Sequence[Path], folder: Path) -> dict[bytes, tuple[Headers, bytes]]:
    """Write the archives anew, pages and images apart; the images by the keys of their addresses, of each the one that a run takes."""
    images: dict[bytes, tuple[bytes, Headers, bytes]] = {}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pages.warc.gz").open("wb") as pages, (folder / "images.warc.gz").open("wb") as pictures:
        for number, capture in enumerate(capture for path in archives for capture in captures(path)):
            url, is_picture = plain(capture.url), not refusal(capture)[0] and is_image(capture)
            body = capture.body if is_picture else capture.body.replace(b"https://", b"http://")
            headers = tuple((name, value) for name, value in capture.headers if name.lower() not in OF_THE_BODY)
            out = pictures if is_picture else pages
            if is_picture:
                identity = capture_id("images.warc.gz", out.tell())
                key = address_key(url)
                images[key] = min(images.get(key, (b"\xff" * 17, (), b"")), (identity, headers, body))
            lines = "".join(f"{name}: {plain(value)}\r\n" for name, value in headers)
            head = f"HTTP/1.1 {capture.status or 200} OK\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
            block = Block.http(HTTP_RESPONSE, head.encode("utf-8", "surrogateescape"), body)
            out.write(
                member(record("response", record_id(number, url), capture.date, block, [("WARC-Target-URI", url)]))
            )
    return {key: (headers, body) for key, (_, headers, body) in images.items()}


def captures(path: Path) -> Iterator[Capture]:
    """The responses of an archive."""
    with path.open("rb") as file:
        yield from (item for item in read_captures(file) if isinstance(item, Capture) and item.kind != "revisit")


def plain(text: str) -> str:
    """Without TLS."""
    return text.replace("https://", "http://")


def rows(output: Path, corpus: str, without: Sequence[str]) -> list[str]:
    """The rows of a corpus as text, but for some columns."""
    found = []
    for path in sorted((output / corpus / "data").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            if corpus == "interleaved" and "url" in without:
                row["metadata"] = [image and {**image, "url": ""} for image in json.loads(row["metadata"])]
            left_out = without if corpus == "pairs" else ()
            found.append(repr({name: value for name, value in row.items() if name not in left_out}))
    return found


def command(args: argparse.Namespace, inputs: Sequence[Path], output: Path, *more: str) -> list[str]:
    """A run."""
    settings = [word for setting in args.set for word in ("--set", setting)]
    words = ["run", "--input", *map(str, inputs), "--output", str(output), "--recipe", args.recipe, *settings]
    return [sys.executable, "-m", "jobs.cli", *words, "--workers", str(args.workers), "--quiet", *more]


def fetching(web: Web) -> list[str]:
    """How a run reaches the web."""
    where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
    return ["--images", "fetch", "--agent", AGENT, "--delay", "0", *where]


def run(words: list[str]) -> float:
    """Seconds of a run that ends well."""
    begun = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def killed(words: list[str], web: Web, at: int) -> None:
    """Begin a run, all of whose processes are killed at a request."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    web.kill = (at, process.pid)
    if process.wait() != -signal.SIGKILL:
        raise RuntimeError(f"the run ended with {process.returncode} before it was killed")


def tell(name: str, seconds: float, output: Path, archived: Path, web: Web, without: Sequence[str]) -> bool:
    """Print what a run came to; whether its corpora are the same."""
    said, same = [], True
    for corpus in CORPORA:
        mine, theirs = Counter(rows(output, corpus, without)), Counter(rows(archived, corpus, without))
        differ = (mine - theirs).total() + (theirs - mine).total()
        same &= not differ
        said.append(f"{corpus} {mine.total():,} rows, {differ} differ")
    twice = sum(count > 1 for address, count in web.asked.items() if urlsplit(f"//{address}").path not in POLICIES)
    requests = f"{web.asked.total():,} requests, {twice} asked twice"
    print(f"{name:<22} {seconds:6.1f} s  {'; '.join(said)}; {requests}", flush=True)
    web.asked.clear()
    return same


def main(argv: Sequence[str] | None = None) -> int:
    """Run all; 1 where some corpora differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for archives and runs; what is there goes")
    parser.add_argument("--recipe", default="kosmos1")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--redirects", type=int, default=3)
    args = parser.parse_args(argv)
    shutil.rmtree(args.work, ignore_errors=True)
    web = Web(split(args.archive, args.work / "in"))
    pages, images = (args.work / "in" / f"{name}.warc.gz" for name in ("pages", "images"))
    archived, same, requests = args.work / "archived", True, 0
    seconds = run(command(args, [pages, images], archived))
    tell("archived", seconds, archived, archived, web, RECORD)
    cases: list[tuple[str, int, bool, Sequence[str]]] = [
        ("fetched", 0, False, RECORD),
        ("behind redirects", args.redirects, False, LED),
        ("killed and begun again", 0, True, RECORD),
    ]
    with served(web):
        for name, web.redirects, is_killed, without in cases:
            output: Any = args.work / name.replace(" ", "-")
            words = command(args, [pages], output, *fetching(web))
            if is_killed:
                killed(words, web, requests // 2)
            seconds = run(words)
            requests = requests or web.asked.total()  # of the first: others have redirects
            same &= tell(name, seconds, output, archived, web, without)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
