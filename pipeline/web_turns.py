"""Requests to servers of the web by turns: few at once from one machine, and ever fewer where a server refuses.

The rules are those of `transforms.fetch.turns`, by which `crawl --index` goes too. What the processes of a machine share is a folder of
small files: who asks a server holds one of its places, by a lock that the system lets go of when a process dies. Who is refused keeps his
place while he waits, so that all slow down together. Machines know nothing of each other.
"""

import fcntl
import hashlib
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from pipeline import clients
from pipeline.clients import StorageError
from transforms.fetch.turns import RANGES, Terms, Turns

TERMS = RANGES
LOOK_SECONDS = 0.02  # between two looks whether a place is free, or a turn has come

Answer = TypeVar("Answer")
_STATUS = re.compile(r"status code: (\d{3})")
# Of errors that came without an answer, so that the server, or the way to it, is busy.
_NO_ANSWER = ("error sending request", "timed out", "decoding response body", "connection")
_LOG = logging.getLogger(__name__)


def places_folder() -> str:
    """The folder of the places of this machine's user."""
    return os.path.join(tempfile.gettempdir(), f"triptych-web-{os.getuid()}")


class Places:
    """So many places at a server, for all processes of this machine together."""

    def __init__(self, folder: str, server: str, count: int) -> None:
        name = hashlib.sha256(server.encode()).hexdigest()[:32]
        self._folder = folder
        self._paths = [os.path.join(folder, f"{name}.{number}") for number in range(count)]
        self._threads = threading.BoundedSemaphore(count)  # so that not all threads of a process look for a place

    @contextmanager
    def one(self, pause: Callable[[float], object] = time.sleep) -> Iterator[None]:
        """Hold a place while the block runs; waits until one is free."""
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        with self._threads:
            while (place := self._free()) is None:
                pause(LOOK_SECONDS)
            try:
                yield
            finally:
                os.close(place)

    def _free(self) -> int | None:
        for path in self._paths:
            place = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
            else:
                return place
        return None


class Server:
    """A server that is asked by turns. `clock` and `pause` are the world's; tests give others."""

    def __init__(
        self,
        name: str,
        terms: Terms,
        places: Places,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._name = name
        self._terms = terms
        self._places = places
        self._clock = clock
        self._pause = pause
        self._turns = Turns(terms, f"{name}/{os.getpid()}")
        self._lock = threading.Lock()
        self._known = False  # something was answered well

    def ask(self, path: str, act: Callable[[], Answer], looks: bool = False) -> Answer:
        """What `act`, one request, gives; made again where the server is busy. Raises StorageError where it stays so, or refuses.

        Who only `looks` whether a file is there, and hears of a server for the first time that it is forbidden or does not answer, is told
        so at once: the address is wrong more often than the server is busy.
        """
        stops = tries = 0
        with self._places.one(self._pause):
            while True:
                self._await_turn(path)
                tries += 1
                try:
                    found = act()
                except StorageError as error:
                    status = _status(error)
                    busy, stop = status == 0 or status == 429 or status >= 500, status == 403
                    stops += stop
                    self._ended(busy, stop)
                    once = looks and not self._known and status in (0, 403)
                    if once or not (busy or stop) or stops > 1 or tries >= self._terms.tries:
                        raise
                except BaseException:
                    self._ended()
                    raise
                else:
                    self._ended()
                    return found

    def _await_turn(self, path: str) -> None:
        while True:
            with self._lock:
                if self._turns.given_up:
                    raise StorageError(
                        f"{path}: {self._name} is not asked any more, as {self._turns.given_up}; "
                        "the same command goes on when it is well"
                    )
                if self._turns.may(self._clock()):
                    self._turns.begin()
                    return
            self._pause(LOOK_SECONDS)

    def _ended(self, busy: bool = False, stop: bool = False) -> None:
        with self._lock:
            self._turns.ended(self._clock(), refused=busy, stop=stop)
            self._known = self._known or not (busy or stop)
        if stop:
            _LOG.warning("%s answered 403; it is left alone for %g s", self._name, self._terms.stop)


def _status(error: StorageError) -> int:
    """The status of an answer that was no success; 0 where none came, and 200 for one that is of no use."""
    text = str(error.__cause__)
    found = _STATUS.search(text)
    if found:
        return int(found[1])
    return 0 if any(words in text for words in _NO_ANSWER) else 200


def ask(path: str, act: Callable[[], Answer], looks: bool = False) -> Answer:
    """What `act`, one request for a file of the web, gives, by the turns of this process at its server. Raises as `Server.ask`."""
    terms = replace(TERMS, at_once=clients.number("web.at_once"), tries=clients.number("retries") + 1)
    return _server("/".join(path.split("/")[:3]), places_folder(), terms).ask(path, act, looks)


@lru_cache(maxsize=64)
def _server(name: str, folder: str, terms: Terms) -> Server:
    return Server(name, terms, Places(folder, name, terms.at_once))
