"""The web on loopback: what it sends, how it ends connections, and what it counts."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from jobs.loopback import End, Loopback, Piece, Request, loopback, reply


def answers(request: Request) -> Iterator[Piece]:
    """What the tests ask for."""
    if request.path == "/wait":
        yield 0.2
    if request.path == "/cut":
        yield from (b"HTTP/1.1 200 OK\r\n", End.CLOSE)
    elif request.path == "/reset":
        yield End.RESET
    elif request.path == "/endless":
        while True:
            yield b"x" * 65536
    else:
        yield from reply(f"{request.host} {request.time}".encode(), "text/plain")


def asked(web: Loopback, *paths: str, host: str = "A.test:80") -> bytes:
    """What comes of some requests over one connection, the last of which closes it."""
    lines = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for path in paths]
    with socket.create_connection(("127.0.0.1", web.port)) as connection:
        connection.sendall(b"".join(lines))
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionResetError:
            got += b"(reset)"
        return got


def test_hosts_and_times() -> None:
    """A host is told without its port and in lower case; each request knows which time it is; a pipelined one waits its turn."""
    with loopback(answers) as web:
        first = asked(web, "/a", "/a", "/cut")
        asked(web, "/a", "/cut", host="b.test")
        assert first.split(b"\r\n\r\n")[1].startswith(b"a.test 1") and b"a.test 2" in first
        assert first.endswith(b"HTTP/1.1 200 OK\r\n") and asked(web, "/reset") in (b"", b"(reset)")
        assert web.asked == {
            ("a.test", "/a"): 2,
            ("a.test", "/cut"): 1,
            ("b.test", "/a"): 1,
            ("b.test", "/cut"): 1,
            ("a.test", "/reset"): 1,
        }
        assert web.connections == 3 and len(web.heads) == len(web.spans) == 6


def test_requests_at_once_are_counted_by_host() -> None:
    """The most that there ever were; one who has gone is not waited for."""
    with loopback(answers) as web, ThreadPoolExecutor(4) as threads:
        done = [
            threads.submit(asked, web, "/wait", "/cut", host=host) for host in ("a.test", "a.test", "a.test", "b.test")
        ]
        assert [b"1" in one.result() for one in done].count(True) >= 2
        assert web.most["a.test"] == 3 and web.most["b.test"] == 1 and web.at_once["a.test"] == 0
        with socket.create_connection(("127.0.0.1", web.port)) as connection:
            connection.sendall(b"GET /endless HTTP/1.1\r\nHost: c.test\r\n\r\n")
            assert connection.recv(10) == b"x" * 10
        assert asked(web, "/cut", host="d.test")  # others are answered meanwhile
