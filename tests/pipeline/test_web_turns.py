"""Requests to web servers by turns: how often one is asked again, when the asker is told at once, and how many places a machine has."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline import storage, web_turns
from pipeline.clients import StorageError
from pipeline.web_turns import Places, Server
from tests.support.buckets import web_server
from tests.support.shared_data import ROOT
from transforms.fetch.turns import RANGES

PATH = "http://cc.test/a.warc.gz"


@dataclass
class World:
    """A clock that only waiting moves, and a server whose answers are given: a status, 0 for none, or 206."""

    folder: Path
    answers: list[int]
    now: float = 0.0
    asked: list[float] = field(default_factory=list)

    def server(self) -> Server:
        """The server, asked by Common Crawl's terms."""
        terms = replace(RANGES, tries=3)
        places = Places(str(self.folder), "http://cc.test", terms.at_once)
        return Server("http://cc.test", terms, places, lambda: self.now, self.pause)

    def pause(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    def request(self) -> int:
        """The next answer, or what the library would say of it."""
        self.asked.append(self.now)
        status = self.answers.pop(0)
        if status == 206:
            return status
        said = f"Server returned non-2xx status code: {status} Odd" if status else "HTTP error: error sending request"
        raise StorageError(f"{PATH}: it failed") from OSError(said)


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """Behind a 503 and behind no answer the wait doubles, and among so few requests lasts until the minute of the refusal is over."""
    world = World(tmp_path, [503, 0, 206])
    assert world.server().ask(PATH, world.request) == 206
    assert [round(later - now) for now, later in zip(world.asked, world.asked[1:], strict=False)] == [66, 66]


def test_a_server_that_stays_busy_is_an_error(tmp_path: Path) -> None:
    """After the tries that are set the last answer is the error."""
    world = World(tmp_path, [503, 503, 503, 206])
    with pytest.raises(StorageError, match="it failed"):
        world.server().ask(PATH, world.request)
    assert world.answers == [206]


def test_403_stops_everything_for_a_while(tmp_path: Path) -> None:
    """A quarter of an hour nobody asks; a second 403 of the same request is an answer, and others go on."""
    world = World(tmp_path, [403, 206, 403, 403, 206])
    server = world.server()
    assert server.ask(PATH, world.request) == 206
    assert world.asked[1] - world.asked[0] == pytest.approx(900, abs=1)
    with pytest.raises(StorageError):
        server.ask(PATH, world.request)
    assert server.ask(PATH, world.request) == 206


@pytest.mark.parametrize("answer", [403, 0])
def test_a_wrong_address_is_told_at_once(tmp_path: Path, answer: int) -> None:
    """Who looks whether a file is there is not kept waiting where the server has answered nothing well so far; later he is."""
    world = World(tmp_path, [answer])
    with pytest.raises(StorageError):
        world.server().ask(PATH, world.request, looks=True)
    assert world.now == 0.0
    world = World(tmp_path, [206, answer, 206])
    server = world.server()
    assert [server.ask(PATH, world.request, looks=True) for _ in range(2)] == [206, 206]


@pytest.mark.parametrize("status", [400, 401, 410, 416])
def test_other_refusals_are_answers(tmp_path: Path, status: int) -> None:
    """They are not asked for again, and slow nobody down."""
    world = World(tmp_path, [status, 206])
    server = world.server()
    with pytest.raises(StorageError):
        server.ask(PATH, world.request)
    assert server.ask(PATH, world.request) == 206
    assert world.now == 0.0


def test_a_server_is_given_up(tmp_path: Path) -> None:
    """Behind four stops in a row nothing is asked any more, and the error says so."""
    world = World(tmp_path, [403] * 4)
    server = world.server()
    for _ in range(2):
        with pytest.raises(StorageError):
            server.ask(PATH, world.request)
    with pytest.raises(
        StorageError, match=r"cc\.test is not asked any more, as its last 4 answers.*the same command goes on"
    ):
        server.ask(PATH, world.request)
    assert not world.answers


def test_places_are_those_of_the_machine(tmp_path: Path) -> None:
    """A place that another process holds is not free, and is free when that one has died."""
    places = Places(str(tmp_path), "http://cc.test", 1)
    code = f"""
import sys, time
from pipeline.web_turns import Places
with Places({str(tmp_path)!r}, "http://cc.test", 1).one():
    print("held", flush=True)
    sys.stdin.read()
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "held\n"
        looks: list[float] = []

        def pause(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 3:
                other.kill()
                other.wait()

        with places.one(pause):
            assert len(looks) == 3


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """All times of the rules cut by ten thousand, and places of this test's own."""
    names = ("least", "most", "longest", "window", "stop")
    monkeypatch.setattr(web_turns, "TERMS", replace(RANGES, **{n: getattr(RANGES, n) / 10_000 for n in names}))
    monkeypatch.setattr(web_turns, "places_folder", lambda: str(tmp_path / "places"))
    yield
    storage.configure({})


def test_many_readers_of_one_server(hurried: None) -> None:
    """However many threads read, two requests are under way at most; a twentieth of refusals costs nothing but time."""
    data = bytes(range(256)) * 400
    with web_server() as web:
        web.files["/a.warc.gz"] = data
        web.failures = 3
        path = web.address + "/a.warc.gz"
        assert storage.size(path) == len(data)
        wrong: list[int] = []

        def read(number: int) -> None:
            for start in range(number * 1000, number * 1000 + 10):
                if storage.read_range(path, start, 500) != data[start : start + 500]:
                    wrong.append(start)

        readers = [threading.Thread(target=read, args=(number,)) for number in range(16)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert (wrong, len(web.asked), web.most_at_once <= 2) == ([], 164, True)
