"""Policy files of sites in a run: robots.txt, tdmrep.json and ai.txt of the same archives bind pages and images of their sites."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline.decide.exchange
from pipeline.decide.exchange import Outbox
from schemas.manifest import Manifest
from tests.support.archives import http, record, response
from tests.support.runs import cut_small, recipe, rows, run_on, shard_digests
from tests.support.web import archive, page, passage, picture

SITES = ("gpt", "signal", "usage", "tdm", "ai", "open", "mended", "shut", "elsewhere")
CORPORA = ("text", "pairs", "interleaved")
# kosmos1, but for its rules about words, which these pages are not made for, and for its draw.
HEEDING = recipe("kosmos1", "text.rules={}", "interleaved.rules={}", "interleaved.one_image_share=1.0")


def policy(url: str, body: bytes, date: str = "2024-05-18T00:00:00Z", media_type: str = "text/plain") -> bytes:
    """The record of a policy file."""
    return record("response", url, http(body, media_type), "application/http; msgtype=response", date)


def site(number: int, name: str, path: str = "/a") -> Iterator[bytes]:
    """A page of a site with a picture of its own."""
    shows = f'<img src="/{number}.png" alt="a picture of the quiet river number {number}">'
    yield response(f"http://{name}.example{path}", page(passage(number), shows, passage(number + 100)))
    yield response(f"http://{name}.example/{number}.png", picture(number), "image/png")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """An archive of pages, one of policies as crawls have them, and one of older captures of some."""
    folder = tmp_path_factory.mktemp("in")
    pages = [item for number, name in enumerate(SITES) for item in site(number, name)]
    pages += [*site(50, "tdm", "/open/a")]
    shut, free = b"User-agent: *\nDisallow: /\n", b"User-agent: *\nDisallow:\n"
    policies = [
        policy("http://gpt.example/robots.txt", b"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
        policy("http://signal.example/robots.txt", b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /"),
        policy("http://usage.example/robots.txt", b"User-agent: *\nContent-Usage: /a train-ai=n\nAllow: /"),
        policy(
            "http://tdm.example/.well-known/tdmrep.json",
            b'[{"location": "/a", "tdm-reservation": 1}, {"location": "/3.png", "tdm-reservation": 1}]',
            media_type="application/json",
        ),
        policy("http://ai.example/ai.txt", b"User-Agent: *\nDisallow: *.png\n"),
        policy("https://elsewhere.example/robots.txt", shut),  # another origin
    ]
    older = [
        policy("http://mended.example/robots.txt", shut, "2020-01-01T00:00:00Z"),
        policy("http://shut.example/robots.txt", shut, "2024-01-01T00:00:00Z"),
    ]
    newer = [
        policy("http://mended.example/robots.txt", free, "2024-01-01T00:00:00Z"),
        policy("http://shut.example/robots.txt", free, "2020-01-01T00:00:00Z"),
    ]
    return [
        archive(folder / f"{name}.warc.gz", records)
        for name, records in (("policies", [*policies, *newer]), ("pages", pages), ("older", older))
    ]


@pytest.fixture(scope="module")
def heeded(archives: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A run that heeds them."""
    output = tmp_path_factory.mktemp("heeded") / "out"
    return output, run_on(archives, output, HEEDING)


def dropped(output: Path, corpus: str) -> dict[str, str]:
    """Rule by site and path of what left a corpus."""
    found = {row["url"]: row["rule"] for row in rows(output, "dropped") if row["corpus"] == corpus}
    return {url.removeprefix("http://").replace(".example", ""): rule for url, rule in found.items()}


def test_pages_and_images_of_a_site_are_bound_by_its_policies(heeded: tuple[Path, Manifest]) -> None:
    """Each that leaves has a row that names the signal; of two captures of a file the newer binds, whichever archive holds it."""
    output, _ = heeded
    rules = {
        "gpt": "robots_ai",
        "signal": "signal_ai_train",
        "usage": "usage_train_ai",
        "tdm": "tdm_reserved",
        "shut": "robots_all",
    }
    pages = {f"{name}/a": rule for name, rule in rules.items()}
    assert dropped(output, "text") == pages
    images = {f"{name}/{SITES.index(name)}.png": rule for name, rule in {**rules, "ai": "ai_txt"}.items()}
    assert dropped(output, "pairs") == images
    assert dropped(output, "interleaved_images") == images
    assert dropped(output, "interleaved") == dict.fromkeys([*pages, "ai/a"], "no_images")
    assert {row["url"] for row in rows(output, "text")} == {
        *(f"http://{name}.example/a" for name in ("ai", "open", "mended", "elsewhere")),
        "http://tdm.example/open/a",
    }


def test_the_files_leave_the_captures_by_their_own_rule(heeded: tuple[Path, Manifest]) -> None:
    """And the accounts add up (law 3)."""
    output, manifest = heeded
    captures = manifest.accounts[0]
    assert (captures.corpus, captures.dropped) == ("captures", {"policy_file": 10})
    assert captures.entered == captures.kept + 10 and all(account.holds() for account in manifest.accounts)
    assert list(dropped(output, "captures").values()) == ["policy_file"] * 8  # two of them captured twice


def test_raw_keeps_what_was_said(archives: list[str], tmp_path: Path) -> None:
    """Nothing is dropped by it, and each row shows the line with the name of its file."""
    output = tmp_path / "out"
    run_on(archives, output, recipe("raw"))
    said = {row["url"]: row["directives"] for row in rows(output, "text")}
    assert len(said) == len(SITES) + 1
    assert {url.split(".")[0].removeprefix("http://"): lines for url, lines in said.items() if lines} == {
        "gpt": ["robots.txt: gptbot: disallow: /"],
        "signal": ["robots.txt: *: content-signal: ai-train=no"],
        "usage": ["robots.txt: *: content-usage: train-ai=n"],
        "tdm": ["tdmrep.json: /a: tdm-reservation: 1"],
        "shut": ["robots.txt: *: disallow: /"],
    }
    pairs = {row["url"]: row["directives"] for row in rows(output, "pairs")}
    assert len(pairs) == len(SITES) + 1
    assert pairs["http://ai.example/4.png"] == ["ai.txt: *: disallow: *.png"]
    assert pairs["http://tdm.example/3.png"] == [
        "tdmrep.json: /a: tdm-reservation: 1",
        "tdmrep.json: /3.png: tdm-reservation: 1",
    ]
    assert pairs["http://open.example/5.png"] == pairs["http://tdm.example/50.png"] == []


def test_order_and_workers_do_not_show(archives: list[str], heeded: tuple[Path, Manifest], tmp_path: Path) -> None:
    """The inputs in reverse, by two worker processes."""
    assert run_on(archives[::-1], tmp_path / "out", HEEDING, workers=2) == heeded[1]


def test_however_the_work_is_cut(
    archives: list[str], heeded: tuple[Path, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many units, a batch for each, many partitions, exchanges through files."""
    cut_small(monkeypatch, 5_000, 4)
    monkeypatch.setattr(pipeline.decide.exchange, "INLINE", 0)
    cut = run_on(archives, tmp_path / "out", HEEDING)
    assert shard_digests(cut, *CORPORA) == shard_digests(heeded[1], *CORPORA)
    assert cut.accounts == heeded[1].accounts


def test_without_policies_no_origin_is_asked_for(
    archives: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing more crosses than before."""
    kinds: set[str] = set()
    send = Outbox.send

    def watch(self: Outbox, parcels: object) -> object:
        for receiver, message in send(self, parcels):  # type: ignore[arg-type]
            kinds.add(message[0])
            yield receiver, message

    monkeypatch.setattr(Outbox, "send", watch)
    run_on(archives[1:2], tmp_path / "none", recipe("raw"))
    assert "probe" in kinds and not kinds & {"policies", "origins", "binding"}
