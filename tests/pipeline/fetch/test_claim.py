"""A unit is fetched by one task; where two are at it all the same, every address ends once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline import storage
from pipeline.fetch import claim as claim_module
from pipeline.fetch import unit as unit_module
from pipeline.fetch.addresses import in_order, write_addresses
from pipeline.fetch.claim import Claim, claimed, taken
from pipeline.fetch.layout import CrawlFolder
from pipeline.fetch.segment import committed_rows
from pipeline.fetch.unit import fetch_unit
from pipeline.fetch.visit import Conduct
from pipeline.lease import Holder, this_process
from tests.support.buckets import Buckets
from tests.support.small_net import AGENT, Page, SmallNet, rows_of
from transforms.consent.policies import kind_of

ELSEWHERE = Holder("node7", 4711, "9", "another boot", "2026-11-27T03:00:00Z", "a token")
PAGES = {f"http://a.com/{n}": Page(b"<p>%d" % n) for n in range(30)}


@pytest.fixture(params=["local", "s3", "gs"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> CrawlFolder:
    """The folder of a crawl with one unit, on a disk and in each store."""
    root = tmp_path if request.param == "local" else buckets.set_up(request.param, tmp_path)
    crawl = CrawlFolder(f"{root}/crawl")
    write_addresses(crawl.round(1).addresses(0), in_order([("a.com", row) for row in rows_of(*PAGES)], 0))
    return crawl


def fetched(crawl: CrawlFolder, net: SmallNet, pause: Any = None) -> dict[str, Any]:
    """The unit, fetched by one task."""
    conduct = Conduct(AGENT, open_seconds=5.0)
    return fetch_unit(crawl, 1, 0, conduct, net, clock=net.clock, pause=pause or (lambda seconds: None))


def ids(crawl: CrawlFolder) -> list[str]:
    """The addresses that ended, as often as they did."""
    return [row["id"] for row in committed_rows(crawl, 0, ("id",))]


def records(crawl: CrawlFolder) -> Counter[str]:
    """How many responses each page has in all archives."""
    found: Counter[str] = Counter()
    for name in storage.files_below(crawl.file("archive")):
        if name.endswith(".warc.gz"):
            with storage.open_for_reading(crawl.file(f"archive/{name}")) as file:
                told = [(one.rec_type, one.rec_headers["WARC-Target-URI"]) for one in ArchiveIterator(file)]
            found.update(url for kind, url in told if kind == "response" and not kind_of(url))
    return found


def test_nothing_is_left_of_a_claim(folder: CrawlFolder) -> None:
    """A unit that was fetched leaves no claim, and one that follows inherits nothing."""
    assert fetched(folder, SmallNet(PAGES))["account"]["kept"] == 30
    assert not storage.exists(folder.round(1).claim(0))
    with claimed(folder.round(1).claim(0)) as claim:
        assert not claim.inherited and claim.token


def test_a_second_task_waits_for_the_first(folder: CrawlFolder) -> None:
    """It asks for nothing, and tells the same in the end."""
    inside, told = threading.Event(), []
    first, second = SmallNet(PAGES), SmallNet(PAGES)

    def hold(net: SmallNet) -> None:
        if len(net.asked) == 10:
            worker.start()
            inside.wait()

    def pause(seconds: float) -> None:
        inside.set()

    first.after = hold
    worker = threading.Thread(target=lambda: told.append(fetched(folder, second, pause)))
    told.append(fetched(folder, first))
    worker.join()
    assert told[0] == told[1] and not second.asked
    assert Counter(ids(folder)).most_common(1)[0][1] == 1


def test_one_that_was_overtaken_begins_again(folder: CrawlFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing tells one of the other; what the first had not committed is forgotten, and no address has two rows or two records."""

    @contextmanager
    def unseen(place: str, pause: Any) -> Iterator[Claim]:
        yield Claim(f"claim {len(claims)}", bool(claims))

    claims: list[str] = []
    monkeypatch.setattr(unit_module, "claimed", unseen)
    first, second = SmallNet(PAGES), SmallNet(PAGES)

    def overtake(net: SmallNet) -> None:
        if len(net.asked) == 20:
            claims.append("second")
            fetched(folder, second)

    waits: list[float] = []
    first.after = overtake
    account = fetched(folder, first, waits.append)["account"]
    assert (account["entered"], account["kept"]) == (30, 30) and waits == [5.0]
    assert Counter(ids(folder)) == Counter(f"0-{n}" for n in range(30))
    assert records(folder) == Counter(list(PAGES))
    committed_before = 30 - len(second.urls())
    assert 0 < committed_before < 20 and len(first.urls()) <= 20


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There two tasks overtake each other until one waits for long enough; still every address ends once, and no claim is left."""
    crawl = CrawlFolder(str(tmp_path / "crawl"))
    write_addresses(crawl.round(1).addresses(0), in_order([("a.com", row) for row in rows_of(*PAGES)], 0))
    monkeypatch.setattr(claim_module, "is_free", lambda file: True)
    first, second, waits = SmallNet(PAGES), SmallNet(PAGES), list[float]()

    def overtake(net: SmallNet) -> None:
        if len(net.asked) == 12 and net is first:
            fetched(crawl, second, waits.append)
        elif len(net.asked) == 9 and net is second:
            fetched(crawl, SmallNet(PAGES))

    first.after = second.after = overtake
    assert fetched(crawl, first, waits.append)["account"]["kept"] == 30
    assert waits == [5.0, 5.0] and not storage.exists(crawl.round(1).claim(0))
    assert Counter(ids(crawl)) == Counter(f"0-{n}" for n in range(30)) and records(crawl) == Counter(list(PAGES))


def test_a_task_that_is_too_late_forgets_its_archive(folder: CrawlFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other has gone on from the segment that the first was about to commit, in the moment between its archive and its rows."""
    create, begun = storage.create, list[str]()

    @contextmanager
    def unseen(place: str, pause: Any) -> Iterator[Claim]:
        yield Claim(f"claim {len(begun)}", bool(begun))

    def late(path: str, data: bytes) -> None:
        if not begun:
            begun.append(path)
            fetched(folder, SmallNet(PAGES))
        create(path, data)

    monkeypatch.setattr(unit_module, "claimed", unseen)
    monkeypatch.setattr(storage, "create", late)
    assert fetched(folder, SmallNet(PAGES))["account"]["kept"] == 30
    assert Counter(ids(folder)) == Counter(f"0-{n}" for n in range(30))
    assert records(folder) == Counter(list(PAGES))


def test_a_task_that_was_killed_is_followed(tmp_path: Path) -> None:
    """What it left is known by its claim, which nobody holds any more."""
    crawl = CrawlFolder(str(tmp_path / "crawl"))
    claim = Path(crawl.round(1).claim(0))
    claim.parent.mkdir(parents=True)
    claim.write_bytes(b"held\n")
    with claimed(str(claim), pause=pytest.fail) as found:
        assert found.inherited
    assert not claim.exists()


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_sign_of_life_is_waited_for(scheme: str, buckets: Buckets, tmp_path: Path) -> None:
    """A task on another machine keeps its unit as long as it renews its lease, and a minute longer; one of here that has ended does not."""
    place, waits = f"{buckets.set_up(scheme, tmp_path)}/claim", list[float]()

    def put(holder: Holder) -> None:
        with storage.write_whole(place) as file:
            file.write(holder.packed())

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) <= 20:
            put(replace(ELSEWHERE, renewed=len(waits)))

    put(ELSEWHERE)
    lease, inherited = taken(place, this_process(), pause)
    assert inherited and not lease.lost_to and len(waits) == 20 + 12
    ended = this_process()
    put(replace(ended, born="another birth", token="another token"))
    assert taken(place, this_process(), pytest.fail)[1]
