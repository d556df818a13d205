"""One page out of some archives."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.find_page import find_page, likeness, unusable
from pipeline.stage.classify import refusal
from schemas.outcomes import UserError
from schemas.records import Capture
from tests.support.archives import response
from tests.support.web import SITE, archive, page, passage, picture, shown

CAPTURE = Capture("response", SITE, "", 0, 1, True, 200, "text/html", "", (), b"<p>a", "")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Two archives: the first has captures of a page that failed, the second has the page twice."""
    missed = response(SITE + "a", b"gone", status=404)
    robots = response(SITE + "robots.txt", b"User-agent: *", "text/plain")
    gone = response(SITE + "only-gone", b"", status=410)
    archive(tmp_path / "1.warc.gz", [missed, gone, shown("a.png", picture(1)), robots])
    archive(tmp_path / "2.warc.gz", [response(SITE + "a", page(passage(n))) for n in (1, 2)])
    return str(tmp_path)


def test_the_first_capture_that_is_a_page_is_found(folder: str) -> None:
    """Past captures of the same address that are none, over all archives."""
    assert b"Passage 1" in find_page(SITE + "a", [folder]).body


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (SITE + "only-gone", "the server answered 410"),
        (SITE + "a.png", "image/png, not HTML"),
        (SITE + "robots.txt", "a policy file of its site, no page"),
        (SITE + "b", f"not in the archives; the nearest page is {SITE}a"),
    ],
)
def test_what_is_there_instead_is_said(folder: str, url: str, said: str) -> None:
    """Why the address is no page, or which page is nearest."""
    with pytest.raises(UserError, match=said):
        find_page(url, [folder])


def test_archives_without_a_page_say_so(tmp_path: Path) -> None:
    """Nothing is nearest there."""
    archive(tmp_path / "1.warc.gz", [shown("a.png", picture(1))])
    with pytest.raises(UserError, match="not in the archives; no page is"):
        find_page(SITE, [str(tmp_path)])


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "revisit"},
        {"status": 404},
        {"status": 300},
        {"body": b""},
        {"media_type": "application/pdf"},
        {"media_type": "", "body": b"words"},
        {},
        {"status": 206},
        {"media_type": "", "body": b"<!doctype html>"},
    ],
)
def test_what_a_run_refuses_is_refused_here(changes: dict[str, object]) -> None:
    """By the same rules, in words; what a run takes as a page is one here."""
    capture = replace(CAPTURE, **changes)  # type: ignore[arg-type]
    assert bool(unusable(capture)) is bool(refusal(capture)[0])


def test_text_and_images_are_no_pages() -> None:
    """A run takes both; only a page can be shown as one."""
    text = replace(CAPTURE, kind="conversion", media_type="text/plain")
    image = replace(CAPTURE, media_type="image/png", body=picture(1))
    assert refusal(text) == refusal(image) == ("", None)
    assert "plain text of a WET record" in unusable(text) and "image/png" in unusable(image)


def test_records_that_are_no_answer_are_named_by_their_type() -> None:
    """None is declared where a record has none."""
    assert unusable(replace(CAPTURE, kind="resource", media_type="", body=b"x")) == "of no declared type, not HTML"


def test_likeness() -> None:
    """The scheme and `www.` make no difference, then the longest common beginning counts, then the end."""
    assert likeness("http://www.a.org/x", "https://a.org/x") > likeness("http://www.a.org/x", "http://www.a.org/y")
    assert likeness("https://a.org/2024/ice", "https://a.org/2023/ice") > likeness(
        "https://a.org/2024/ice", "https://a.org/2"
    )
    assert likeness("https://a.org/2024/ice", "https://a.org/2023/ice") > likeness(
        "https://a.org/2024/ice", "https://a.org/2023/snow"
    )
