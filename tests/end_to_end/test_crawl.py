"""`triptych crawl` on loopback: what it fetches, what it leaves, what a kill costs, and that `triptych run` reads it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.cli import main
from pipeline import storage
from pipeline.plan import Request, plan
from tests.support.buckets import Buckets
from tests.support.runs import recipe
from tests.support.runs import rows as run_rows
from tests.support.served import Served, served
from tests.support.shuffles import watched
from tests.support.web import page, passage, picture

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
README = Path(__file__).resolve().parents[2] / "README.md"
HOSTS = [f"www.host{number}.test" for number in range(4)]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Served]:
    """Pages with a picture each, which lies behind a redirect; one host forbids a folder, another all."""
    folder = tmp_path / "web"
    folder.mkdir()
    for number in range(6):
        (folder / f"p{number}.html").write_bytes(
            page(
                f"<h1>Page {number}</h1>",
                passage(number),
                f'<img src="/to/i{number}.png" alt="A picture of {number} things">',
            )
        )
        (folder / f"i{number}.png").write_bytes(picture(number))
    robots = {HOSTS[0]: b"User-agent: *\nDisallow: /p5", HOSTS[1]: b"User-agent: ex-bot\nDisallow: /"}
    with served(folder, robots) as found:
        yield found


def addresses() -> list[str]:
    """What is asked for: pages, pictures behind redirects, errors, duplicates, what may not be fetched."""
    paths = (
        [f"/p{n}.html" for n in range(6)] + [f"/to/i{n}.png" for n in range(6)] + ["/no", "/s/503/x", "/p0.html#top"]
    )
    return [f"http://{host}{path}" for host in HOSTS for path in paths] + [
        "http://169.254.169.254/",
        "file:///etc/passwd",
    ]


def arguments(web: Served, tmp_path: Path, *more: str) -> list[str]:
    """A crawl of them."""
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(addresses()))
    return ["crawl", "--urls", str(listed), "--output", str(tmp_path / "out"), *options(web), *more]


def options(web: Served) -> list[str]:
    """How to reach the web."""
    where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
    return ["--agent", AGENT, "--delay", "0.01", *where, "--json", "--quiet"]


def crawled(folder: Path) -> list[dict[str, Any]]:
    """All rows of a crawl."""
    return [row for path in sorted(folder.rglob("rows/*/*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_a_crawl(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every address ends in one row, the account adds up, nothing forbidden is asked for; a run finds pictures behind redirects."""
    assert main(arguments(web, tmp_path)) == 0
    told = json.loads(capsys.readouterr().out)
    account = told["account"]
    assert account["entered"] == len(addresses()) == 62
    assert (account["kept"], account["duplicates"]) == (11 + 12 + 12, {"address": 4})
    assert account["dropped"] == {"robots_disallow": 1 + 14}
    assert account["failed"] == {"http_4xx": 3, "http_5xx": 3, "address_refused": 1, "bad_url": 1}
    found = crawled(tmp_path / "out")
    assert Counter(row["outcome"] for row in found) == Counter(kept=35, dropped=15, failed=8, duplicate=4)
    assert len({row["id"] for row in found}) == len(found) == 62
    asked = Counter(path for host, path in web.asked if host == HOSTS[1])
    assert list(asked) == ["/robots.txt"] and (HOSTS[0], "/p5.html") not in web.asked
    assert (
        main(["run", "--input", str(tmp_path / "out"), "--output", str(tmp_path / "run"), "--recipe", "raw", "--quiet"])
        == 0
    )
    assert "no archives" not in capsys.readouterr().err
    pairs = run_rows(tmp_path / "run", "pairs")
    assert len(pairs) == 5 + 6 + 6
    again = Request((str(tmp_path / "out"),), str(tmp_path / "other"), recipe("raw"))
    assert plan(again).unfinished == ()
    (tmp_path / "out" / "account.json").unlink()
    assert plan(again).unfinished == (str(tmp_path / "out"),)


def test_only_what_may_be_well_is_fetched_again(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--retry-failed` asks for 503s alone; what is well then is kept, and the account counts each address once."""
    assert main(arguments(web, tmp_path)) == 0
    before = json.loads(capsys.readouterr().out)["account"]
    web.asked.clear()
    (web.folder / "s" / "503").mkdir(parents=True)
    web.answer = lambda host, path, old=web.answer: old(host, "/p1.html" if path == "/s/503/x" else path)  # type: ignore[method-assign, misc]
    assert main(["crawl", "--retry-failed", str(tmp_path / "out"), *options(web)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {path for _, path in web.asked} == {"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/p1.html"}
    assert (told["account"]["entered"], told["account"]["kept"]) == (before["entered"], before["kept"] + 3)
    assert "http_5xx" not in told["account"]["failed"] and told["transient"] == 0
    again = [row for row in crawled(tmp_path / "out") if row["round"] == 2]
    first = {row["id"]: row for row in crawled(tmp_path / "out") if row["round"] == 1}
    assert len(again) == 3 and all(first[row["id"]]["reason"] == "http_5xx" for row in again)
    found = re.search(r'duckdb -c "(select reason[^"]*)"', README.read_text())
    assert found, "the README shows how to ask a crawl's rows for what failed"
    shown = duckdb.sql(found[1].replace("crawled/", f"{tmp_path / 'out'}/")).fetchall()
    assert Counter(reason for reason, _, _ in shown) == told["account"]["failed"]


def test_a_crawl_of_nothing_but_failures_ends_with_status_3(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its account and its rows in place all the same; `--allow-empty` lets it pass, and so does one page that came."""
    (listed := tmp_path / "list.txt").write_text(f"http://{HOSTS[2]}/no\nhttp://{HOSTS[2]}/s/503/x")
    words = ["crawl", "--urls", str(listed), "--output", str(tmp_path / "out"), *options(web)]
    assert main(words) == 3
    told = capsys.readouterr()
    assert json.loads(told.out)["account"]["failed"] == {"http_4xx": 1, "http_5xx": 1}
    assert "nothing was kept of 2 addresses (1 http_4xx, 1 http_5xx)" in told.err
    assert len(crawled(tmp_path / "out")) == 2 and (tmp_path / "out" / "account.json").exists()
    assert main([*words, "--allow-empty"]) == 0
    web.answer = lambda host, path, old=web.answer: old(host, "/p1.html" if path == "/s/503/x" else path)  # type: ignore[method-assign, misc]
    assert main(["crawl", "--retry-failed", str(tmp_path / "out"), *options(web)]) == 0


def test_an_address_that_stands_in_a_list_again_and_again(
    web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for once; a hundred copies have a row each, one row counts all others, and the account counts every line."""
    lines = [f"http://{HOSTS[2]}/p1.html#{place % 7}" for place in range(300)] + [f"http://{HOSTS[2]}/p2.html"]
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text("\n".join(lines))
    words = ["crawl", "--urls", str(tmp_path / "?.txt"), "--output", str(tmp_path / "out"), *options(web)]
    for _ in range(2):
        assert main(words) == 0
        account = json.loads(capsys.readouterr().out)["account"]
        assert (account["entered"], account["kept"], account["duplicates"]) == (602, 2, {"address": 600})
    assert Counter(path for _, path in web.asked)["/p1.html"] == 1
    found = crawled(tmp_path / "out")
    assert len(found) == 101 + 2 and sum(row["copies"] for row in found) == 602
    (others,) = (row for row in found if row["copies"] > 1)
    assert (others["outcome"], others["id"], others["of"], others["copies"]) == ("duplicate", "0-100", "0-0", 500)


def test_a_finished_crawl_is_left_alone(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command again asks for nothing; a folder of another list is refused."""
    assert main(arguments(web, tmp_path)) == 0
    first = capsys.readouterr().out
    web.asked.clear()
    assert main(arguments(web, tmp_path)) == 0
    assert capsys.readouterr().out == first and not web.asked
    (tmp_path / "other.txt").write_text("http://a.test/")
    assert main(["crawl", "--urls", str(tmp_path / "other.txt"), "--output", str(tmp_path / "out"), *options(web)]) == 2
    assert "holds a crawl of other lists" in capsys.readouterr().err


def test_no_body_passes_a_shuffle(web: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 2: what the engine groups holds no body, and a few hundred bytes an address; a wave's units are numbers."""
    shuffled = watched(monkeypatch)
    assert main(arguments(web, tmp_path)) == 0
    together = b"".join(shuffled)
    assert b"Passage" not in together and b"PNG" not in together
    assert 0 < len(together) < 400 * len(addresses())


@pytest.mark.parametrize("name", ["addresses/0000/000000.arrow", "waves/00000/part-00000.json", "places.json"])
def test_damage(web: Served, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of the work that was changed is made again, with the same account, and nobody is asked anew; changed rows are named."""
    assert main(arguments(web, tmp_path)) == 0
    first = capsys.readouterr().out
    web.asked.clear()
    (tmp_path / "out" / ".work" / "1" / name).write_bytes(b"changed")
    (tmp_path / "out" / ".work" / "1" / "waves" / "00000" / "done.json").unlink()
    assert main(arguments(web, tmp_path)) == 0
    assert capsys.readouterr().out == first and not web.asked
    (rows,) = (tmp_path / "out").rglob("*.parquet")
    rows.write_bytes(b"changed")
    (tmp_path / "out" / ".work" / "1" / "waves" / "00000" / "done.json").unlink()
    assert main(arguments(web, tmp_path)) == 2
    assert "000000-0000.parquet is damaged" in capsys.readouterr().err


def test_a_crawl_in_a_bucket(web: Served, tmp_path: Path, buckets: Buckets, capsys: pytest.CaptureFixture[str]) -> None:
    """List, archives and rows in a bucket: the same account as on a disk, also once more, and by another attempt."""
    assert main(arguments(web, tmp_path)) == 0
    here = json.loads(capsys.readouterr().out)
    settings, root = buckets.s3(), buckets.set_up("s3", tmp_path)
    with storage.write_whole(f"{root}/lists/a.txt") as file:
        file.write("\n".join(addresses()).encode())
    how = [*options(web), *(word for key, value in settings.items() for word in ("--storage", f"{key}={value}"))]
    command = ["crawl", "--urls", f"{root}/lists/*.txt", "--output", f"{root}/out", *how]
    for words in (command, command, ["crawl", "--retry-failed", f"{root}/out", *how]):
        assert main(words) == 0
        there = json.loads(capsys.readouterr().out)
        assert (there["account"], there["bytes"], there["transient"]) == (here["account"], here["bytes"], 3)
    names = {name.rpartition(".")[2] for name in storage.files_below(f"{root}/out/archive")}
    assert names == {"gz", "cdxj"}


def test_workers_and_waves(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two workers, and waves of few addresses one at a time, come to the same; what no wave has reached is left for later."""
    from pipeline.fetch import place

    assert main(arguments(web, tmp_path, "--workers", "2")) == 0
    whole = json.loads(capsys.readouterr().out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place.Shares, "__init__", partialmethod(place.Shares.__init__, budget=4, bin=16))
        few = arguments(web, tmp_path, "--waves", "1")
        few[few.index("--output") + 1] = str(tmp_path / "few")
        assert main(few) == 0
        first = json.loads(capsys.readouterr().out)["account"]
        assert first["entered"] == 62 and first["dropped"]["left_for_later"] > 20
        assert main(few[: few.index("--waves")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["account"], told["bytes"]) == (whole["account"], whole["bytes"])
    assert len(list((tmp_path / "few").rglob("*.warc.gz"))) > 6


@pytest.mark.parametrize("kills", [1, 3])
def test_a_killed_crawl_goes_on(web: Served, tmp_path: Path, kills: int) -> None:
    """A crawl that is killed and started again ends with a row for each address, and asks for nothing twice that was committed."""
    # Segments of a tenth of a second, so that there is something to commit before a kill.
    short = (
        "import sys; from pipeline.fetch import segment; segment.MOST_SECONDS = 0.1; "
        "from jobs.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", short, *arguments(web, tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    committed: set[str] = set()
    for kill in range(kills):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and sum(web.asked.values()) < 20 * (kill + 1):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        committed |= {row["url"] for row in crawled(tmp_path / "out")}
    assert committed
    web.asked.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    account = json.loads(done.stdout)["account"]
    assert (account["entered"], account["kept"]) == (62, 35)
    found = crawled(tmp_path / "out")
    assert len({row["id"] for row in found}) == len(found) == 62
    asked = {f"http://{host}{path}" for host, path in web.asked}
    assert not asked & committed
    assert not [path for path in (tmp_path / "out").rglob("*.part")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what is to be fetched"),
        (["--urls", "x.txt"], "say what is to be fetched"),
        (["--urls", "x.txt", "--output", "o", "--retry-failed", "o"], "say what is to be fetched"),
        (["--urls", "x.txt", "--output", "o"], "no such file"),
        (["--retry-failed", "nothing"], "no crawl of triptych"),
        (["--urls", "x.txt", "--output", "o", "--resolve", "x"], "expected NAME:ADDRESS"),
        (["--urls", "x.txt", "--output", "o", "--allow-address", "here"], "no IP address or network"),
    ],
)
def test_wrong_use(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is said in a line, with status 2."""
    monkeypatch.chdir(tmp_path)
    assert main(["crawl", "--agent", AGENT, *words]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nobody_fetches_without_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An agent without a contact is refused, and so is none at all."""
    (tmp_path / "list.txt").write_text("http://a.test/")
    words = ["crawl", "--urls", str(tmp_path / "list.txt"), "--output", str(tmp_path / "out")]
    assert main([*words, "--agent", "bot/1.0"]) == 2
    assert "does not say who fetches" in capsys.readouterr().err
    assert main(words) == 2
    assert "--agent" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_pairs_of_the_captions_of_a_list(web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run over a crawl makes pairs of pictures and the captions of the list, behind redirects and of each duplicate, and no page."""
    host = HOSTS[2]
    given = [
        (f"http://{host}/i0.png", "A red kite over the beach"),
        (f"http://{host}/to/i1.png", "Ein roter Drachen am Strand"),
        (f"http://{host}/i0.png#top", "The same kite in other words"),
        (f"http://{host}/no.png", "A picture that is gone"),
        (f"http://{host}/i2.png", None),
    ]
    table = {"URL": [url for url, _ in given], "TEXT": [text for _, text in given]}
    pq.write_table(pa.table(table), tmp_path / "laion.parquet")
    out, run = str(tmp_path / "out"), str(tmp_path / "run")
    assert main(["crawl", "--urls", str(tmp_path / "laion.parquet"), "--output", out, *options(web)]) == 0
    assert json.loads(capsys.readouterr().out)["account"]["kept"] == 3
    assert main(["run", "--input", out, "--output", run, "--recipe", "raw", "--quiet"]) == 0
    named = ("caption", "ref_url", "found_by", "caption_kind", "page_url")
    found = {tuple(row[name] for name in named) for row in run_rows(Path(run), "pairs")}
    assert found == {
        (given[0][1], f"http://{host}/i0.png", "address", "list", ""),
        (given[1][1], f"http://{host}/to/i1.png", "redirect", "list", ""),
        (given[2][1], f"http://{host}/i0.png", "address", "list", ""),
    }
    assert not run_rows(Path(run), "text")
