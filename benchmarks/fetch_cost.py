"""What a request costs the client in CPU, with every check: `python -m benchmarks.fetch_cost [--json]`.

A server in another process answers on loopback; its time does not count. 500 names lead to 127.0.0.2 by `Settings.resolve`, 64 requests are
under way at once, and each name's connection is kept. Counted is the CPU time of the client's process, its threads included: URL
rules, look-up, judging, libcurl, hops, and SHA-1 and SHA-256 of the body where `--digests` asks for them.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

from pipeline.fetch.client import Client
from pipeline.fetch.exchange import Answer, Ask, Limits, Settings
from transforms.fetch.address import Rules, networks

HOST = "127.0.0.2"
NAMES = 500
AIMS = {10_000: 150, 100_000: 250}  # microseconds a request


class Server(asyncio.Protocol):
    """Answers `GET /SIZE/...` with so many bytes."""

    answers: dict[bytes, bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.got = transport, b""

    def data_received(self, data: bytes) -> None:
        self.got += data
        while (end := self.got.find(b"\r\n\r\n")) >= 0:
            size = self.got.split(b"/", 2)[1]
            self.got = self.got[end + 4 :]
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.write(self.answers[size])


def serve(ready: Connection) -> None:
    """Serves until the process ends."""
    Server.answers = {
        b"%d" % size: b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % size + bytes(size)
        for size in AIMS
    }

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, HOST, 0, backlog=1000)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def asks(size: int, requests: int, port: int) -> Iterator[Ask]:
    """Addresses over all names in turn."""
    limits = Limits()
    for number in range(requests):
        yield Ask(f"http://host{number % NAMES}.example:{port}/{size}/{number}.jpg", number, limits)


def measured(size: int, requests: int, port: int, digests: bool) -> float:
    """Microseconds of CPU a request."""
    settings = Settings(
        "fetch-cost/1 (+https://example.org/bot)",
        Rules(networks([HOST]), ports=frozenset({port})),
        {"*": HOST},
    )
    told = 0

    def tell(answer: Answer) -> None:
        nonlocal told
        body = answer.hops[-1].body
        if answer.fault or len(body) != size:
            raise RuntimeError(f"an answer is wrong: {answer.fault} {answer.detail}")
        if digests:
            hashlib.sha1(body).digest()
            hashlib.sha256(body).digest()
        told += 1

    begun = time.process_time()
    Client(settings).run(asks(size, requests, port), tell)
    spent = time.process_time() - begun
    if told != requests:
        raise RuntimeError(f"{told} of {requests} answers were told")
    return spent / requests * 1e6


def main() -> None:
    """Prints a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--digests", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    rows = []
    for size, aim in AIMS.items():
        rounds = [measured(size, chosen.requests, port, chosen.digests) for _ in range(chosen.rounds)]
        rows.append({"bytes": size, "us": [round(one, 1) for one in rounds], "aim_us": aim, "met": min(rounds) <= aim})
    server.terminate()
    if chosen.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['bytes']:>8} bytes: {row['us']} us of CPU a request, where at most {row['aim_us']} is meant")


if __name__ == "__main__":
    main()
