"""A server on loopback that benchmarks of fetching ask, in processes of its own, so that its time does not count.

nginx where there is one; else one of our own that answers GET and nothing else, out of memory, as fast as Python does. Both keep
connections open unless they are asked to close them, and take what stands between the first and the last name of a path for nothing:
`/a/1/b.jpg` and `/a/2/b.jpg` are the same file under two addresses.
"""

import asyncio
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

ROBOTS = b"User-agent: *\nDisallow: /private/\nDisallow: /*.php$\nAllow: /private/open/\n"
KINDS = {"jpg": "image/jpeg", "txt": "text/plain"}
_ABSENT = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_NGINX = """\
worker_processes 1; daemon off; pid {folder}/pid; error_log stderr;
events {{ worker_connections 8192; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; keepalive_timeout 600;
  types {{ {types} }}
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4;
  scgi_temp_path {folder}/5;
  server {{ listen {host}:{port} backlog=4096; root {folder}/files; rewrite ^/.*/(.*)$ /$1 break; }}
}}
"""


class _Connection(asyncio.Protocol):
    """One connection to the server."""

    answers: Mapping[bytes, bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head, self._got = self._got[:end], self._got[end + 4 :]
            name = head.split(b" ", 2)[1].rpartition(b"/")[2]
            self._transport.write(self.answers.get(name, _ABSENT))
            if b"\nconnection: close" in head.lower():
                self._transport.close()


def _serve(ready: Connection, host: str, port: int, files: Mapping[str, bytes]) -> None:
    _Connection.answers = {name.encode(): _answer(name, body) for name, body in files.items()}

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Connection, host, port, backlog=4096)
        ready.send(None)
        await server.serve_forever()

    asyncio.run(run())


def _answer(name: str, body: bytes) -> bytes:
    kind = KINDS[name.rpartition(".")[2]].encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, len(body)) + body


def free_port(host: str, ports: tuple[int, ...] = (0,)) -> int:
    """The first of some ports that nobody listens on, by default any. Exits where there is none."""
    for port in ports:
        with suppress(OSError), socket.create_server((host, port)) as found:
            return int(found.getsockname()[1])
    sys.exit(f"none of the ports {ports} is free")


@contextmanager
def served(files: Mapping[str, bytes], host: str, port: int, nginx: str | None = None) -> Iterator[None]:
    """A server of files by their names at an address of this machine (0.0.0.0: all), until the block ends. `nginx` is its program."""
    with _by_nginx(files, host, port, nginx) if nginx else _by_python(files, host, port):
        yield


@contextmanager
def _by_python(files: Mapping[str, bytes], host: str, port: int) -> Iterator[None]:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, host, port, files), daemon=True)
    server.start()
    if not here.poll(60):
        sys.exit("the server did not start")
    try:
        yield
    finally:
        server.terminate()
        server.join()


@contextmanager
def _by_nginx(files: Mapping[str, bytes], host: str, port: int, program: str) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers are another user's where we are root
        (folder / "files").mkdir()
        for file, body in files.items():
            (folder / "files" / file).write_bytes(body)
        types = " ".join(f"{kind} {end};" for end, kind in KINDS.items())
        (folder / "conf").write_text(_NGINX.format(folder=folder, types=types, host=host, port=port))
        server = subprocess.Popen([program, "-c", folder / "conf", "-p", folder], stderr=subprocess.DEVNULL)
        try:
            _wait_for(host, port, server)
            yield
        finally:
            server.terminate()
            server.wait()


def _wait_for(host: str, port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection((host, port), 1):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("nginx did not start")
