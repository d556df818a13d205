"""`triptych run --images`: the corpora of a run whose images are fetched, held to those of the run whose archives hold them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jobs.cli import main
from tests.support.archives import response
from tests.support.runs import manifest_json, rows
from tests.support.served import Served, served
from tests.support.web import SITE, archive, page, passage, picture

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
RECORD = ("source", "offset", "url", "found_by")  # what names the image's record, and how it was come to
PICTURES = {f"i{number}.png": picture(number) for number in range(8)}
OTHERS = {"broken.png": b"\x89PNG\r\n\x1a\nno picture", "page.png": b"<!doctype html><p>none here"}
KINDS = {"page.png": "text/html"}
POLICIES = ("/robots.txt", "/.well-known/tdmrep.json", "/ai.txt")


def figure(address: str, alt: str) -> str:
    """An image of a page."""
    return f'<figure><img src="{address}" alt="{alt}"></figure>'


def pages() -> list[bytes]:
    """Pages of a site: what some recipe keeps, and what is refused in all ways."""
    bodies = [
        page(passage(n), figure(f"/i{n}.png", f"A quiet picture of {n} stones"), passage(n + 50)) for n in range(5)
    ]
    odd = [
        figure("/i5.png", "5"),  # a caption that is too short, beside images that are wanted
        figure("/broken.png", "A picture that no decoder reads"),
        figure("/page.png", "A picture that is a page"),
        figure("/gone.png", "A picture that is gone"),
        figure("/secret.png", "A picture that robots may not have"),
        '<img srcset="/none.png 2x, /i6.png 1x" alt="A picture in two sizes here">',
        figure("http://10.0.0.1/x.png", "A picture of an inner network"),
    ]
    german = page(
        *["Der Fluss war ruhig und die Leute gingen lange unter den Bäumen, bis es dunkel wurde."] * 9,
        figure("/i7.png", "Ein ruhiger Fluss am Abend"),
    )
    return [*bodies, page(passage(90), *odd, passage(91)), german]


def write_inputs(folder: Path) -> tuple[list[str], Path]:
    """The archive of the pages and that of the images, as inputs; and the folder of the images as a web has them."""
    web = folder / "web"
    web.mkdir(parents=True)
    for name, body in (PICTURES | OTHERS).items():
        (web / name).write_bytes(body)
    first = archive(
        folder / "in" / "pages.warc.gz", (response(f"{SITE}p{n}.html", body) for n, body in enumerate(pages()))
    )
    shown = [response(SITE + name, body, KINDS.get(name, "image/png")) for name, body in (PICTURES | OTHERS).items()]
    return [first, archive(folder / "in" / "images.warc.gz", shown)], web


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """The inputs, and the folder of the web."""
    return write_inputs(tmp_path_factory.mktemp("fetched"))


@pytest.fixture(scope="module")
def archived(inputs: tuple[list[str], Path]) -> Path:
    """The run whose archives hold the images."""
    output = inputs[1].parent / "archived"
    assert main(["run", "--input", *inputs[0], "--output", str(output), "--quiet"]) == 0
    return output


@pytest.fixture
def web(inputs: tuple[list[str], Path]) -> Iterator[Served]:
    """The web of the images, on any host; a page in place of an image is sent as one."""
    with served(inputs[1], {"ex.org": b"User-agent: ex-bot\nDisallow: /secret.png\n"}) as found:
        patch_answers(
            found, lambda host, path: (200, "text/html", OTHERS["page.png"], "") if path == "/page.png" else None
        )
        yield found


Answered = tuple[int, str, bytes, str]


def patch_answers(web: Served, answer: Callable[[str, str], Answered | None]) -> None:
    """Let a web answer otherwise where `answer` says so."""
    before = web.answer

    def answered(host: str, path: str) -> Answered:
        plain = before(host, path)  # it counts
        return answer(host, path) or plain

    web.answer = answered  # type: ignore[method-assign]


def behind_redirects(web: Served, hops: int) -> None:
    """Let every image lie behind so many redirects, on hosts of their own."""

    def led(host: str, path: str) -> Answered | None:
        hop = int(host[1]) if host.startswith("r") else 0
        if path in POLICIES or hop == hops:
            return None
        return 302, "text/plain", b"", f"http://r{hop + 1}.test{path}"

    patch_answers(web, led)


def arguments(inputs: list[str], output: Path, web: Served, *more: str) -> list[str]:
    """A run that fetches images."""
    where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
    asked = ["--agent", AGENT, "--delay", "0", *where]
    return ["run", "--input", *inputs, "--output", str(output), "--images", "fetch", "--quiet", *asked, *more]


def held(output: Path, corpus: str, without: tuple[str, ...] = RECORD) -> list[dict[str, Any]]:
    """The rows of a corpus without what names the record of an image."""
    return [{name: value for name, value in row.items() if name not in without} for row in rows(output, corpus)]


def asked_paths(web: Served) -> Counter[str]:
    """What was asked for, but for policy files of sites."""
    return Counter({path: count for (_, path), count in web.asked.items() if path not in POLICIES})


def reasons(output: Path, corpus: str) -> dict[str, tuple[str, str | None, float | None]]:
    """Rule, detail and value of what left a corpus, by the last part of its address."""
    return {
        row["url"].rpartition("/")[2]: (row["rule"], row["detail"], row["value"])
        for row in rows(output, "dropped")
        if row["corpus"] == corpus
    }


def test_the_same_corpora(inputs: tuple[list[str], Path], archived: Path, web: Served, tmp_path: Path) -> None:
    """Pages and images in the same places; what is refused without its image is not asked for, what is not there says why."""
    output = tmp_path / "out"
    assert main(arguments(inputs[0][:1], output, web)) == 0
    assert held(output, "pairs") and held(output, "interleaved")
    for corpus in ("pairs", "interleaved", "text"):
        without = RECORD if corpus == "pairs" else ()
        assert held(output, corpus, without) == held(archived, corpus, without)
    asked = asked_paths(web)
    assert asked == Counter(
        [*(f"/i{n}.png" for n in (0, 1, 2, 3, 4, 5, 6)), "/broken.png", "/page.png", "/gone.png", "/none.png"]
    )
    left = reasons(output, "pairs")
    assert left["gone.png"] == ("image_not_fetched", "http_4xx", 404)
    assert left["secret.png"][:2] == ("image_not_fetched", "robots_disallow")
    assert left["page.png"][:2] == ("image_not_fetched", "not_an_image")
    assert left["x.png"][:2] == ("image_not_fetched", "address_refused")
    assert left["broken.png"][0] == "image_undecodable"
    assert left["i5.png"][0] == reasons(archived, "pairs")["i5.png"][0]
    assert left["i7.png"][0] == reasons(output, "interleaved_images")["i7.png"][0] == "language"
    assert main(["verify", str(output)]) == 0
    fetches = manifest_json(output)["accounts"][0]
    assert (fetches["corpus"], fetches["entered"], fetches["kept"]) == ("fetches", 13, 9)
    assert fetches["dropped"] == {"robots_disallow": 1} and fetches["failed"] == {"http_4xx": 2, "address_refused": 1}


def assert_same(output: Path, archived: Path) -> None:
    """The same corpora, but for what names the images' records."""
    for corpus in ("pairs", "interleaved"):
        assert without_records(output, corpus) == without_records(archived, corpus) != []


def without_records(output: Path, corpus: str) -> list[dict[str, Any]]:
    """The rows of a corpus without what names the record of an image, inside documents too."""
    found = held(output, corpus, RECORD if corpus == "pairs" else ())
    for row in found:
        if "metadata" in row:
            row["metadata"] = [image and {**image, "url": ""} for image in json.loads(row["metadata"])]
    return found


def test_images_behind_redirects(inputs: tuple[list[str], Path], archived: Path, web: Served, tmp_path: Path) -> None:
    """However many a crawl follows. A second run asks for nothing, another recipe for what it lacks."""
    behind_redirects(web, 5)
    output = tmp_path / "out"
    command = arguments(inputs[0][:1], output, web)
    assert main(command) == 0
    assert_same(output, archived)
    assert {row["found_by"] for row in rows(output, "pairs")} == {"redirect"}
    assert all(row["url"].startswith("http://r5.test/") for row in rows(output, "pairs"))
    web.asked.clear()
    assert main(command) == 0 and not web.asked
    other = tmp_path / "other"
    more = ("--staging", str(output / "staging"), "--recipe", "raw", "--corpora", "pairs")
    assert main(arguments(inputs[0][:1], other, web, *more)) == 0
    assert set(asked_paths(web)) == {"/i7.png"}
    assert {row["ref_url"] for row in rows(other, "pairs")} == {SITE + name for name in PICTURES}
    web.asked.clear()
    same = tmp_path / "same"
    assert main(arguments(inputs[0][:1], same, web, "--staging", str(output / "staging"))) == 0
    assert_same(same, archived)
    assert not web.asked


@pytest.mark.parametrize("images", ["both", "fetch"])
def test_where_archives_hold_some(
    inputs: tuple[list[str], Path], archived: Path, web: Served, tmp_path: Path, images: str
) -> None:
    """With `both` an image of the archives stands and is not asked for; with `fetch` none of them does."""
    other = picture(99)
    shown = [
        response(f"{SITE}i{n}.png", other if images == "fetch" else PICTURES[f"i{n}.png"], "image/png")
        for n in range(4)
    ]
    some = archive(tmp_path / "in" / "some.warc.gz", shown)
    pages_alone = shutil.copy(inputs[0][0], tmp_path / "in" / "pages.warc.gz")
    output = tmp_path / "out"
    assert main(arguments([str(pages_alone), some], output, web, "--images", images)) == 0
    assert_same(output, archived)
    wanted = {f"/i{n}.png" for n in range(4, 7)} | {f"/{name}.png" for name in ("broken", "page", "gone", "none")}
    assert set(asked_paths(web)) == wanted | ({f"/i{n}.png" for n in range(4)} if images == "fetch" else set())


def test_a_killed_run_goes_on(inputs: tuple[list[str], Path], archived: Path, web: Served, tmp_path: Path) -> None:
    """Killed in the middle of the fetch it goes on, asks for nothing twice that was committed, and ends with the same corpora."""
    output = tmp_path / "out"
    short = (
        "import sys; from pipeline.fetch import segment; segment.MOST_SECONDS = 0.05; "
        "from jobs.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", short, *arguments(inputs[0][:1], output, web, "--delay", "0.1")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and sum(asked_paths(web).values()) < 5:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    committed = [
        row
        for path in (output / "staging" / "fetched").rglob("rows/*/*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    assert committed
    web.asked.clear()
    assert main(arguments(inputs[0][:1], output, web)) == 0
    assert_same(output, archived)
    assert not set(asked_paths(web)) & {
        "/" + row["url"].rpartition("/")[2] for row in committed if row["outcome"] == "kept"
    }


def test_a_share_stages_and_a_step_fetches(
    inputs: tuple[list[str], Path],
    archived: Path,
    web: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Shares ask no host; `--stage extract` behind them fetches, `--stage decide` before that says so, and after it asks nobody."""
    output = tmp_path / "out"
    asked = arguments(inputs[0][:1], output, web)
    assert main([*asked, "--units", "1/1"]) == 0
    assert not asked_paths(web)
    assert main([*asked, "--stage", "decide"]) == 2
    assert "images of this run are not all fetched" in capsys.readouterr().err
    assert main([*asked, "--stage", "extract"]) == 0
    assert asked_paths(web)
    web.asked.clear()
    for stage in ("decide", "emit"):
        assert main([*asked, "--stage", stage]) == 0
    assert not asked_paths(web)
    assert_same(output, archived)


def test_what_failed_for_now_is_fetched_again(inputs: tuple[list[str], Path], web: Served, tmp_path: Path) -> None:
    """By a retry of the crawl in staging; another run over that staging has the image, and its account both attempts."""
    broken = [True]
    patch_answers(web, lambda host, path: (503, "text/plain", b"", "") if path == "/i0.png" and broken else None)
    output, again = tmp_path / "out", tmp_path / "again"
    command = arguments(inputs[0][:1], output, web, "--corpora", "pairs")
    assert main(command) == 0
    assert reasons(output, "pairs")["i0.png"] == ("image_not_fetched", "http_5xx", 503)
    broken.clear()
    retry = [
        "crawl",
        "--retry-failed",
        str(output / "staging" / "fetched"),
        "--quiet",
        *command[command.index("--agent") :],
    ]
    assert main(retry[: retry.index("--corpora")]) == 0
    assert main(arguments(inputs[0][:1], again, web, "--corpora", "pairs", "--staging", str(output / "staging"))) == 0
    assert {row["ref_url"] for row in rows(again, "pairs")} - {row["ref_url"] for row in rows(output, "pairs")} == {
        SITE + "i0.png"
    }
    counts = [manifest_json(folder)["accounts"][0] for folder in (output, again)]
    assert [(one["entered"], one["kept"], one["failed"]["http_5xx"]) for one in counts] == [(12, 7, 1), (13, 8, 1)]
    assert main(["verify", str(again)]) == 0


def test_a_crawl_of_the_images_of_a_run(
    inputs: tuple[list[str], Path], archived: Path, web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the references of a finished run lack is fetched into a crawl of its own, and a run reads it."""
    first, crawled, output = tmp_path / "first", tmp_path / "crawl", tmp_path / "out"
    assert main(["run", "--input", inputs[0][0], "--output", str(first), "--quiet"]) == 0
    asked = arguments([], output, web)[arguments([], output, web).index("--agent") :]
    command = ["crawl", "--images-of", str(first), "--output", str(crawled), "--quiet", *asked]
    assert main(command) == 0
    assert set(asked_paths(web)) == {
        f"/{name}.png" for name in ("broken", "page", "gone", "none", *(f"i{n}" for n in range(7)))
    }
    web.asked.clear()
    assert main(command) == 0 and not web.asked
    assert main(["run", "--input", inputs[0][0], str(crawled), "--output", str(output), "--quiet"]) == 0
    pairs = [
        sorted((row["ref_url"], row["caption"], row["sha256"]) for row in rows(one, "pairs"))
        for one in (output, archived)
    ]
    assert pairs[0] == pairs[1] != []
    capsys.readouterr()
    shutil.rmtree(first / "staging")
    assert main(command) == 2
    assert "say where it is by --staging" in capsys.readouterr().err


def test_wrong_use(inputs: tuple[list[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody fetches without a name; a folder of a run with other images is refused."""
    words = ["run", "--input", inputs[0][0], "--output", str(tmp_path / "out"), "--images", "both"]
    assert main(words) == 2
    assert "needs --agent" in capsys.readouterr().err
    assert main([*words[:-2], "--agent", AGENT]) == 2
    assert "nothing is fetched: add --images" in capsys.readouterr().err
    assert main(["crawl", "--urls", "x.txt", "--output", "o", "--staging", "s", "--agent", AGENT]) == 2
    assert "needs --images-of" in capsys.readouterr().err
    assert main([*words, "--agent", "nobody"]) == 2
    assert "does not say who fetches" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_what_is_forgotten_is_not_asked_for(
    inputs: tuple[list[str], Path], web: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor anything where no reference wants an image; `plan` says what is known of it."""
    listed, output = tmp_path / "forget.txt", tmp_path / "out"
    listed.write_text(f"{SITE}none.png\n{SITE}i0.png\n{SITE}p1.html\n")
    command = arguments(inputs[0][:1], output, web, "--corpora", "pairs", "--forget", str(listed))
    assert main(["plan", *command[1:], "--sample", "1"]) == 0 and not web.asked
    said = capsys.readouterr().out
    assert "how many is known once extract has ended" in said and "images that would be fetched" in said
    assert main(command) == 0
    capsys.readouterr()
    assert main(["plan", *command[1:]]) == 0
    assert "9 addresses at most" in capsys.readouterr().out
    asked = set(asked_paths(web))
    assert not {f"/{name}.png" for name in ("i0", "i1", "none")} & asked and {"/i2.png", "/i6.png"} <= asked
    web.asked.clear()
    nothing = ("--corpora", "pairs", "--set", "pairs.rules.caption_words.floor=90")
    assert main(arguments(inputs[0][:1], tmp_path / "none", web, *nothing)) == 0
    assert not web.asked and not rows(tmp_path / "none", "pairs")
    assert manifest_json(tmp_path / "none")["accounts"][0]["corpus"] == "captures"
