"""The IP addresses of names: asked of the system's resolver in threads, all of them judged, held for a while."""

import os
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeAlias

from pipeline.fetch.exchange import Settings
from schemas.outcomes import UserError
from transforms.fetch.address import Rules, refusal
from transforms.fetch.faults import FetchError, FetchFault

MOST_ADDRESSES = 256  # of one name; the largest sites answer with some ten
MOST_NAMES = 10_000  # that are held

# Asks the DNS: IP addresses of a name in the order in which they should be tried. Raises OSError where there are none.
LookUp: TypeAlias = Callable[[str], Sequence[str]]


class Place(NamedTuple):
    """Where to connect: judged addresses in the order in which they are tried, and the port where it is another than the URL's."""

    addresses: tuple[str, ...]
    port: int | None = None


def system_look_up(name: str) -> list[str]:
    """What the system's resolver answers. Raises OSError (`socket.gaierror`)."""
    # Bytes, since Python would read a name anew by the rules of 2003.
    found = socket.getaddrinfo(name.encode("ascii"), None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def judged(name: str, addresses: Sequence[str], rules: Rules) -> Place:
    """The addresses of a name, all judged. Raises `FetchError` where one is refused, or where there are none or too many.

    >>> judged("ex.com", ["8.8.8.8", "127.0.0.1"], Rules())
    Traceback (most recent call last):
    transforms.fetch.faults.FetchError: address_refused: ex.com leads to 127.0.0.1, which is refused: 127.0.0.1 is in 127.0.0.0/8
    """
    if not addresses:
        raise FetchError(FetchFault.DNS_FAILURE, f"{name} has no address")
    if len(addresses) > MOST_ADDRESSES:
        raise FetchError(
            FetchFault.ADDRESS_REFUSED,
            f"{name} leads to {len(addresses)} addresses, where at most {MOST_ADDRESSES} are taken",
        )
    for address in addresses:
        if why := refusal(address, rules):
            raise FetchError(FetchFault.ADDRESS_REFUSED, f"{name} leads to {address}, which is refused: {why}")
    return Place(tuple(addresses))


def given(text: str, name: str, rules: Rules) -> Place:
    """The place that a user gives a name: ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT. Raises `FetchError` where the rules refuse it.

    >>> from transforms.fetch.address import networks
    >>> given("127.0.0.1:8000", "ex.com", Rules(networks(["127.0.0.0/8"])))
    Place(addresses=('127.0.0.1',), port=8000)
    """
    address, colon, port = text.rpartition(":")
    if not colon or (":" in address and not address.endswith("]")):
        address, port = text, ""
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise UserError(f"{name} is mapped to {text!r}: {port!r} is no port")
    place = judged(name, [address.removeprefix("[").removesuffix("]")], rules)
    return place._replace(port=int(port)) if port else place


class Names:
    """Looks names up, each once at a time; `wake` is a file descriptor that can be read when answers came."""

    def __init__(
        self, settings: Settings, look_up: LookUp = system_look_up, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._look_up, self._clock = settings, look_up, clock
        self._held: OrderedDict[str, tuple[float, Place | FetchError]] = OrderedDict()
        self._asked: set[str] = set()
        self._came: deque[tuple[str, Future[Place | FetchError]]] = deque()
        self._threads = ThreadPoolExecutor(settings.resolvers, "names")
        self._lock = threading.Lock()
        self._closed = False
        self.wake, self._write = os.pipe()

    def close(self) -> None:
        """Ends the look-ups that have not begun, and forgets what those under way will answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closed = True
            os.close(self.wake)
            os.close(self._write)

    def place(self, name: str) -> Place | FetchError | None:
        """Where a name leads, or why nowhere; None while it is looked up, which this begins."""
        known = self._held.get(name)
        if known and self._clock() < known[0]:
            self._held.move_to_end(name)
            return known[1]
        text = self._settings.resolve.get(name, self._settings.resolve.get("*"))
        if text is not None:
            try:
                return self._hold(name, given(text, name, self._settings.rules))
            except FetchError as error:
                return self._hold(name, error)
        if name not in self._asked:
            self._asked.add(name)
            self._threads.submit(self._ask, name).add_done_callback(partial(self._ring, name))
        return None

    def hush(self) -> None:
        """Empties `wake`, which can be read; `came` is to be called after it."""
        os.read(self.wake, 1 << 16)

    def came(self) -> Iterator[tuple[str, Place | FetchError]]:
        """The answers that came since the last call."""
        while self._came:
            name, answer = self._came.popleft()
            self._asked.discard(name)
            yield name, self._hold(name, answer.result())

    def _hold(self, name: str, place: Place | FetchError) -> Place | FetchError:
        self._held[name] = (self._clock() + self._settings.name_seconds, place)
        self._held.move_to_end(name)
        if len(self._held) > MOST_NAMES:
            self._held.popitem(last=False)
        return place

    def _ask(self, name: str) -> Place | FetchError:
        try:
            return judged(name, self._look_up(name), self._settings.rules)
        except FetchError as error:
            return error
        except OSError as error:
            return FetchError(FetchFault.DNS_FAILURE, f"{name}: {error.strerror or error}")

    def _ring(self, name: str, answer: Future[Place | FetchError]) -> None:
        with self._lock:
            if not self._closed:
                self._came.append((name, answer))
                os.write(self._write, b".")
