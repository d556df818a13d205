"""A web on loopback: a folder's files under any host name, with robots.txt, errors and redirects, and what was asked of it."""

import http.server
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TYPES = {
    "html": "text/html; charset=utf-8",
    "txt": "text/plain",
    "xml": "application/xml",
    "gz": "application/gzip",
    "png": "image/png",
    "jpg": "image/jpeg",
}


@dataclass
class Served:
    """A server that is up: its port, and how often each host and path was asked for.

    `/s/503/x` answers 503, `/to/x` leads to `/x`; all else are files of the folder. `robots` are those of hosts by name, else 404.
    """

    folder: Path
    robots: Mapping[str, bytes] = field(default_factory=dict)
    port: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answer(self, host: str, path: str) -> tuple[int, str, bytes, str]:
        """Status, media type, body and location."""
        self.asked[host, path] += 1
        if path == "/robots.txt":
            return (
                (200, TYPES["txt"], self.robots[host], "") if host in self.robots else (404, TYPES["txt"], b"none", "")
            )
        if path.startswith("/s/"):
            return int(path.split("/")[2]), TYPES["txt"], b"an error", ""
        if path.startswith("/to/"):
            return 302, TYPES["txt"], b"", path.removeprefix("/to")
        file = self.folder / path.partition("?")[0].lstrip("/")
        if not file.is_file():
            return 404, TYPES["txt"], b"no such file", ""
        return 200, TYPES[file.suffix[1:]], file.read_bytes(), ""


@contextmanager
def served(folder: Path, robots: Mapping[str, bytes]) -> Iterator[Served]:
    """The server, up while the block runs."""
    web = Served(folder, robots)

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers as `web` says."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """One request."""
            status, kind, body, location = web.answer(self.headers["Host"].partition(":")[0], self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    class Server(http.server.ThreadingHTTPServer):
        """Waits for no connection that a killed client left."""

        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        web.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield web
        server.shutdown()
