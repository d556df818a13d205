"""Object stores and a web server on loopback, in this process, that tell what they were asked.

moto stands for S3 and for Google's store alike: obstore speaks Google's XML API, which is S3's with other signatures,
and no emulator of Google's store that PyPI has takes uploads by it.
"""

import itertools
import json
import logging
import re
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline import storage

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it."""

    method: str
    path: str
    query: str = ""
    range: str = ""
    authorization: str = ""
    condition: str = ""


@dataclass
class Buckets:
    """The running emulator: its address, what it was asked, and which requests it is to refuse (with 403, or with a status)."""

    endpoint: str = ""
    asked: list[Asked] = field(default_factory=list)
    refuse: Callable[[Asked], bool | str] | None = None
    generations: dict[str, int] = field(default_factory=dict)

    def methods(self) -> list[str]:
        """The methods of the requests since the last call, in order."""
        methods = [one.method for one in self.asked]
        self.asked.clear()
        return methods

    def new(self) -> str:
        """The name of a new bucket."""
        name = f"bucket{next(_NUMBERS)}"  # moto takes an escaped hyphen for another bucket
        self.put(name, b"")
        return name

    def put(self, path: str, data: bytes) -> None:
        """An object whose key our own code would not write."""
        kind = {"Content-Type": "application/octet-stream"}  # moto reads what urllib says by itself as a form
        request = urllib.request.Request(f"{self.endpoint}/{path}", data=data, method="PUT", headers=kind)
        with urllib.request.urlopen(request):
            self.asked.clear()

    def fill(self, bucket: str, keys: Iterable[str], data: bytes) -> None:
        """Many objects at once, behind the server's back."""
        from moto.s3.models import s3_backends

        backend = s3_backends["123456789012"]["aws"]
        for key in keys:
            backend.put_object(bucket, key, data)

    def lies(self, bucket: str, key: str) -> int | None:
        """The size of what readers find under a key, asked behind the server's back; None where there is nothing."""
        from moto.s3.models import s3_backends

        found = s3_backends["123456789012"]["aws"].get_object(bucket, key)
        return None if found is None else found.size

    def failed_generation(self, asked: Asked) -> str:
        """The status where Google's condition of a PUT does not hold; moto knows only S3's."""
        if asked.method == "PUT" and asked.condition not in ("", str(self.generations.get(asked.path, 0))):
            return "412 Precondition Failed"
        return ""

    def telling_generation(self, asked: Asked, start: Callable[..., Any]) -> Callable[..., Any]:
        """A beginning of an answer that states the generation of an object, as Google's store does."""

        def told(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if asked.method == "PUT" and status.startswith("200"):
                self.generations[asked.path] = next(_NUMBERS) + 1
            elif asked.method == "DELETE":
                self.generations.pop(asked.path, None)
            return start(status, [*headers, ("x-goog-generation", str(self.generations.get(asked.path, 0)))], *rest)

        return told

    def set_up(self, scheme: str, folder: Path) -> str:
        """Set up storage for a store, `s3` or `gs`; the address of a new bucket of it."""
        storage.configure(self.s3() if scheme == "s3" else self.gs(folder))
        return f"{scheme}://{self.new()}"

    def s3(self) -> dict[str, str]:
        """Settings by which S3 is this emulator."""
        keys = {"s3.access_key_id": "a", "s3.secret_access_key": "b", "s3.region": "us-east-1"}
        return {"s3.endpoint": self.endpoint, "retries": "1", **keys}

    def gs(self, folder: Path) -> dict[str, str]:
        """Settings by which Google's store is this emulator; the key file goes to a folder."""
        key = folder / "service_account.json"
        empty = {"client_email": "", "private_key": "", "private_key_id": ""}
        key.write_text(json.dumps({"gcs_base_url": self.endpoint, "disable_oauth": True, **empty}))
        return {"gs.credentials": str(key), "retries": "1"}


@pytest.fixture(scope="module")
def emulated() -> Iterator[Buckets]:
    """An emulator for the tests of a module."""
    with emulator() as running:
        yield running


@pytest.fixture
def buckets(emulated: Buckets) -> Iterator[Buckets]:
    """The emulator, which was asked nothing yet and refuses nothing; what a test sets up for storage ends with it."""
    emulated.asked.clear()
    yield emulated
    emulated.refuse = None
    storage.configure({})


@contextmanager
def emulator() -> Iterator[Buckets]:
    """An emulator that runs while the block does."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    buckets = Buckets()
    serve = DomainDispatcherApplication(create_backend_app)

    def counted(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_RANGE", "HTTP_AUTHORIZATION")
        conditions = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_X_GOOG_IF_GENERATION_MATCH")
        condition = next((environ[name] for name in conditions if name in environ), "")
        asked = Asked(*(environ.get(name, "") for name in names), condition)
        buckets.asked.append(asked)
        if not asked.authorization.startswith("AWS"):
            environ["HTTP_AUTHORIZATION"] = (
                "Bearer any"  # moto would refuse what is not signed, and stumbles over no token
            )
        if source := environ.get("HTTP_X_GOOG_COPY_SOURCE"):  # which moto knows by S3's name alone
            environ["HTTP_X_AMZ_COPY_SOURCE"] = source
        refused = buckets.refuse(asked) if buckets.refuse else False
        if not asked.authorization.startswith("AWS"):
            refused = refused or buckets.failed_generation(asked)
            start = buckets.telling_generation(asked, start)
        if refused:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("403 Forbidden" if refused is True else refused, [("Content-Length", "0")])
            return [b""]
        return serve(environ, start)

    server = make_server("127.0.0.1", 0, counted, threaded=True)
    with _served(server) as buckets.endpoint:
        yield buckets


@contextmanager
def _served(server: Any) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Web:
    """A web server: its address, its files by address, what it was asked, and how often it fails first."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    failures: int = 0
    ranges: bool = True
    login: str = ""  # USER:PASSWORD, without which nothing is given
    at_once: int = 0  # requests under way
    most_at_once: int = 0


@contextmanager
def web_server() -> Iterator[Web]:
    """A web server that runs while the block does and serves parts of files."""
    web = Web()
    counting = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with counting:
                web.at_once += 1
                web.most_at_once = max(web.most_at_once, web.at_once)
            self.give()

        def give(self) -> None:
            wanted = self.headers.get("Range", "")
            web.asked.append(Asked(self.command, self.path, range=wanted))
            if web.failures:
                web.failures -= 1
                return self.answer(503, b"")
            if web.login and self.headers.get("Authorization") != f"Basic {b64encode(web.login.encode()).decode()}":
                return self.answer(401, b"")
            if self.path not in web.files:
                return self.answer(404, b"")
            data = web.files[self.path]
            found = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted) if web.ranges else None
            if found is None:
                return self.answer(200, data)
            start = int(found[1]) if found[1] else max(0, len(data) - int(found[2]))
            part = data[start : int(found[2]) + 1 if found[1] and found[2] else None]
            return self.answer(206 if part else 416, part, f"bytes {start}-{start + len(part) - 1}/{len(data)}")

        do_HEAD = do_GET

        def answer(self, status: int, body: bytes, part: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if part:
                self.send_header("Content-Range", part)
            self.end_headers()
            with counting:  # before the last byte is out: who has it may ask again
                web.at_once -= 1
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with _served(server) as web.address:
        yield web
