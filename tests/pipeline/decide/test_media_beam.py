"""What a run asks of images at hand: nothing where none of its corpora looks at one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.against import read_earlier
from pipeline.decide.exchange import Outbox
from pipeline.decide.job import DecideJob
from pipeline.decide.lookup_join import LOST, MATCH, PROBES
from pipeline.layout import RunFolder, StagingFolder
from pipeline.plan import ARCHIVE, BOTH, Request
from pipeline.run import run
from schemas.index import MEDIA
from schemas.manifest import Manifest
from tests.support.archives import response
from tests.support.runs import cut_small, recipe, rows, run_on
from tests.support.web import SITE, archive, page, passage, picture

TEXTS = ("text.rules={}", "text.duplicates=['url','text','near']")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Pages with images, those images once in each of two archives, one of them behind a redirect, and a policy file of their site."""
    folder = tmp_path_factory.mktemp("in")
    images = [f'<img src="/{n}.png" alt="the quiet river of picture number {n}">' for n in (1, 2, 3)]
    moved = response(f"{SITE}3.png", b"moved", "text/html", 301, [("Location", "/2.png")])
    robots = response(f"{SITE}robots.txt", b"User-agent: *\nDisallow: /b\nContent-Signal: ai-train=no\n", "text/plain")
    pages = [response(f"{SITE}{name}", page(passage(n), *images, passage(n + 1))) for n, name in enumerate("abc")]
    both = [[response(f"{SITE}{n}.png", picture(n), "image/png") for n in (1, 2)] for _ in range(2)]
    return [
        archive(folder / "one.warc.gz", [*pages, *both[0], moved]),
        archive(folder / "two.warc.gz", [*both[1], robots]),
    ]


def sent(patch: pytest.MonkeyPatch) -> Counter[str]:
    """The rows that are sent from now on, in bytes by their kind."""
    found: Counter[str] = Counter()
    send = Outbox.send

    def watching(box: Outbox, parcels: Any) -> Any:
        parcels = list(parcels)
        found.update({kind: 0 for _, kind, _ in parcels})
        for _, kind, some in parcels:
            found[kind] += some.nbytes
        return send(box, parcels)

    patch.setattr(Outbox, "send", watching)
    return found


def stated(manifest: Manifest) -> tuple[Any, ...]:
    """What a run wrote of its corpora and of what left, and what it counted."""
    return manifest.shards, manifest.accounts


def test_texts_alone_ask_for_no_image_and_lose_nothing(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same shards, rows of what left and accounts as where every address is asked for; duplicates among the images are told."""
    cut_small(monkeypatch, 2**20, 5)
    asked = recipe("kosmos1", 'corpora=["text"]', *TEXTS)
    alone = sent(monkeypatch)
    ours = run_on(inputs, tmp_path / "alone", asked)
    assert not {PROBES, MATCH, "leads"} & {*+alone}
    assert alone[LOST] > 0
    monkeypatch.setattr(DecideJob, "looks_at_images", True)
    every = sent(monkeypatch)
    assert stated(run_on(inputs, tmp_path / "every", asked)) == stated(ours)
    assert every[PROBES] > 0 and every[MATCH] >= 4 * MEDIA.itemsize
    (images,) = [a for a in ours.accounts if (a.corpus, a.stage) == ("images", "duplicates")]
    assert (images.entered, images.duplicates) == (4, {"url": 2})
    assert {row["rule"] for row in rows(tmp_path / "alone", "dropped")} >= {"url", "redirect"}


def test_texts_alone_leave_an_index_for_a_release_that_looks_for_pictures_there(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are of the version that such a release reads; there it finds no picture, and the run ends as one of this release."""
    asked = recipe("kosmos1", 'corpora=["text"]', *TEXTS)
    run_on(inputs[:1], tmp_path / "earlier", asked)
    request = Request(
        tuple(inputs), str(tmp_path / "now"), asked, against=(read_earlier(str(tmp_path / "earlier"), asked),)
    )
    now = run(request)
    monkeypatch.setattr(DecideJob, "looks_at_images", True)
    assert stated(run(replace(request, output=str(tmp_path / "then")))) == stated(now)


@pytest.mark.parametrize("corpora", ['["pairs"]', '["interleaved"]', '["text","pairs"]'])
def test_a_corpus_of_images_asks_for_all(
    corpora: str, inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one of them in a recipe the addresses of all pages are asked for."""
    found = sent(monkeypatch)
    run_on(inputs, tmp_path / "out", recipe("kosmos1", f"corpora={corpora}"))
    assert found[PROBES] > 0 and found[MATCH] > 0


@pytest.mark.parametrize(
    ("corpora", "images", "follows"), [("text", ARCHIVE, False), ("text", BOTH, True), ("pairs", ARCHIVE, True)]
)
def test_where_addresses_lead_is_asked_by_whom_it_concerns(corpora: str, images: str, follows: bool) -> None:
    """References, and images that were fetched: one is a duplicate of what a redirect in an archive leads to from its address."""
    asked = recipe("kosmos1", f'corpora=["{corpora}"]')
    job = DecideJob(StagingFolder("s"), RunFolder("o"), asked, 1, 1, True, {}, aliases=True, images=images)
    assert job.follows_aliases == follows
