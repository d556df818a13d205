"""One address in many spellings, redirects and revisits in a run over archives of our own."""

import json
from pathlib import Path

import pytest

from schemas.manifest import Manifest
from tests.support.archives import http, record, response
from tests.support.runs import cut_small, recipe, rows, run_on, shard_digests
from tests.support.web import SITE, archive, page, passage, picture

ROOMY = recipe("kosmos1", "text.rules={}", "interleaved.rules={}", "interleaved.max_images=0")
CDN = "https://cdn.example/"
# What a page names, where the picture was captured, and by which step the one leads to the other.
SPELLINGS = (
    ("/plain.png", f"{SITE}plain.png", "address"),
    ("/Boat%2C_by_Ann%20Lee.png", f"{SITE}Boat,_by_Ann%20Lee.png", "address"),
    ("/other,(1)~.png", f"{SITE}other%2C%281%29%7E.png", "address"),
    ("/m%c3%b6we.png", f"{SITE}m%C3%B6we.png", "address"),
    ("https://ex.org:443/secure.png", f"{SITE}secure.png", "scheme"),
    ("http://www.ex.org/www.png", f"{SITE}www.png", "www"),
    ("https://cdn.example/both.png", "http://www.cdn.example/both.png", "www"),
    ("/mark.png?", f"{SITE}mark.png", "question_mark"),
    ("/marked.png", f"{SITE}marked.png?", "question_mark"),
)


def moved(begin: str, end: str, status: int = 301) -> bytes:
    """The record of a redirect."""
    return response(begin, b"moved", "text/html", status, [("Location", end)])


def revisit(url: str, original: str) -> bytes:
    """The record of a revisit."""
    fields = [("WARC-Refers-To-Target-URI", original), ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/x")]
    return record("revisit", url, http(b"", "image/png"), "application/http; msgtype=response", fields=fields)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """An archive of a page, one of pictures, and one of what leads to them."""
    folder = tmp_path_factory.mktemp("in")
    named = [name for name, _, _ in SPELLINGS] + ["/old.png", "/older.png", "/again.png", "/gone.png"]
    images = [f'<img src="{name}" alt="the quiet river of picture number {n}">' for n, name in enumerate(named)]
    pictures = [response(url, picture(n), "image/png") for n, (_, url, _) in enumerate(SPELLINGS)]
    pictures += [
        response(f"{CDN}new.png", picture(50), "image/png"),
        response(f"{SITE}first.png", picture(51), "image/png"),
    ]
    pictures += [response(f"{CDN}last.png", picture(52), "image/png")]
    leads = [moved(f"{SITE}old.png", f"{CDN}new.png"), moved(f"{SITE}older.png", "/middle.png", 302)]
    leads += [moved(f"{SITE}middle.png", f"{CDN}last.png", 307), moved(f"{SITE}gone.png", "/nowhere.png")]
    leads += [revisit(f"{SITE}again.png", f"{SITE}first.png"), moved(f"{SITE}", "https://ex.org/")]
    shows = page(passage(1), *images, passage(2))
    return [
        archive(folder / "leads.warc.gz", leads),
        archive(folder / "page.warc.gz", [response(f"{SITE}a", shows)]),
        archive(folder / "pictures.warc.gz", pictures),
    ]


@pytest.fixture(scope="module")
def made(archives: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A finished run."""
    folder = tmp_path_factory.mktemp("run") / "out"
    return folder, run_on(archives, folder, ROOMY)


@pytest.fixture
def output(made: tuple[Path, Manifest]) -> Path:
    """Its folder."""
    return made[0]


def test_each_reference_finds_its_picture_by_the_least_step(output: Path) -> None:
    """The pair has the address of the capture, the one that the page names, and how the one led to the other."""
    found = {row["caption"].rpartition(" ")[2]: (row["url"], row["found_by"]) for row in rows(output, "pairs")}
    wanted = {str(n): (url, step) for n, (_, url, step) in enumerate(SPELLINGS)}
    n = len(SPELLINGS)
    wanted |= {str(n): (f"{CDN}new.png", "redirect"), str(n + 1): (f"{CDN}last.png", "redirect")}
    wanted |= {str(n + 2): (f"{SITE}again.png", "revisit")}
    assert found == wanted
    assert {row["ref_url"] for row in rows(output, "pairs")} >= {"https://ex.org/secure.png", f"{SITE}older.png"}


def test_documents_show_them_too(output: Path) -> None:
    """Under the addresses that their bytes were captured under."""
    (document,) = rows(output, "interleaved")
    urls = {each["url"] for each in json.loads(document["metadata"]) if each}
    assert {f"{CDN}new.png", f"{CDN}last.png", f"{SITE}again.png", f"{SITE}marked.png?"} <= urls


def test_what_leads_nowhere_is_not_archived_and_redirects_are_named(output: Path) -> None:
    """Each redirect has its row with its status, followed or not."""
    dropped = {(row["url"], row["rule"], row["value"]) for row in rows(output, "dropped")}
    assert (f"{SITE}gone.png", "image_not_archived", None) in dropped
    assert {(f"{SITE}old.png", "redirect", 301.0), (f"{SITE}older.png", "redirect", 302.0)} <= dropped


def test_steps_are_counted(output: Path) -> None:
    """In the log, where the step `decide` has ended."""
    events = [json.loads(line) for line in (output / "run.log").read_text().splitlines()]
    (ended,) = [event for event in events if (event["event"], event.get("step")) == ("step_ended", "decide")]
    assert ended["found"] == {"address": 4, "question_mark": 2, "redirect": 2, "www": 2, "revisit": 1, "scheme": 1}


def test_any_cut_of_the_work_finds_the_same(
    archives: list[str], made: tuple[Path, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where page, picture and redirect lie in units and batches of their own, and keys in many partitions."""
    cut_small(monkeypatch, 200_000, 5)
    cut = run_on(archives, tmp_path / "cut", ROOMY)
    assert list(shard_digests(cut, "pairs", "interleaved").values()) == list(
        shard_digests(made[1], "pairs", "interleaved").values()
    )
