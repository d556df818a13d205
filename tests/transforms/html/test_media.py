"""Audio and video as references: what of a page is one, what it says, where it stands, and how many are none."""

from typing import Any

import pytest

from schemas.records import Recording, Source, Track
from tests.support.web import passage
from transforms.dissect import stage_media
from transforms.html.extract import extract
from transforms.html.media import CHARACTERS, MOST, MOST_SOURCES, MOST_TRACKS
from transforms.html.media_marks import MOST_MARKS
from transforms.html.render import kept_items

URL = "http://ex.org/talks/mill.html"
A, B, C = (f"<p>{passage(seed)}</p>" for seed in range(3))
PLAYER = "https://www.youtube.com/embed/mill"


def read(body: str) -> Any:
    """The page with such a body between two paragraphs of main content."""
    return extract(f"<!doctype html><title>Mill</title><article>{A}{body}{B}</article>", URL)


def one(body: str) -> Recording:
    """The only medium of such a page; it stands between the paragraphs, and nothing is lost."""
    page = read(body)
    (recording,) = page.media
    assert page.lost_media == {}
    return recording


@pytest.mark.parametrize(
    ("markup", "kind", "sources"),
    [
        ("<video src=mill.mp4></video>", "video", [("http://ex.org/talks/mill.mp4", "")]),
        ("<audio src=//cdn.ex.org/wheel.mp3#t=3 controls></audio>", "audio", [("http://cdn.ex.org/wheel.mp3", "")]),
        (
            "<video><source src=a.webm type='video/webm; codecs=vp9'>\n<source src=/b.mp4 type=video/mp4>No video?</video>",
            "video",
            [("http://ex.org/talks/a.webm", "video/webm; codecs=vp9"), ("http://ex.org/b.mp4", "video/mp4")],
        ),
        ("<audio src=a.ogg><source src=a.ogg type=audio/ogg></audio>", "audio", [("http://ex.org/talks/a.ogg", "")]),
        ("<video data-src=late.mp4></video>", "video", [("http://ex.org/talks/late.mp4", "")]),
        ("<video><source data-src=late.mp4></video>", "video", [("http://ex.org/talks/late.mp4", "")]),
        ("<video src=live.m3u8></video>", "video", [("http://ex.org/talks/live.m3u8", "")]),
        ("<p>He says <audio src=a.mp3></audio> it.</p>", "audio", [("http://ex.org/talks/a.mp3", "")]),
        (f"<iframe src={PLAYER} title=Mill></iframe>", "video", [(PLAYER, "text/html")]),
        (
            "<iframe src=//player.vimeo.com/video/7></iframe>",
            "video",
            [("http://player.vimeo.com/video/7", "text/html")],
        ),
        (
            "<iframe data-src=https://w.soundcloud.com/player/?url=x></iframe>",
            "audio",
            [("https://w.soundcloud.com/player/?url=x", "text/html")],
        ),
        ("<object data=x.swf></object><video src=a.mp4><iframe src=" + PLAYER + "></iframe></video>", "video", None),
    ],
)
def test_what_is_one(markup: str, kind: str, sources: list[tuple[str, str]] | None) -> None:
    """Elements with an address of their own, in a source or for later, and frames of known players; what is inside of one is its own."""
    page = read(markup)
    (found,) = page.media
    assert found.kind == kind
    assert sources is None or found.sources == tuple(Source(*source) for source in sources)


@pytest.mark.parametrize(
    ("markup", "lost"),
    [
        ("<video></video><audio controls></audio>", {"no_media_address": 2}),
        (
            "<video src=blob:http://ex.org/1></video><audio src=data:audio/mp3;base64,AA></audio>",
            {"no_media_address": 2},
        ),
        ("<nav><video src=a.mp4></video></nav>", {"unseen_media": 1}),
        ("<template><audio src=a.mp3></audio></template>", {"unseen_media": 1}),
        ("<aside><p>Our advertisement</p><video src=a.mp4></video></aside>", {"media_outside": 1}),
        ("<iframe src=https://ads.example/></iframe><iframe></iframe><object data=a.mp4></object>", {}),
    ],
)
def test_what_is_none(markup: str, lost: dict[str, int]) -> None:
    """It is counted by the rule that says why; other frames are no media."""
    page = read(markup)
    assert (page.media, page.lost_media) == ((), lost)


def test_a_copy_for_readers_without_scripts_is_one_with_the_first() -> None:
    """A lazy player and the one in `noscript` beside it."""
    page = read(f"<iframe data-src={PLAYER}></iframe><noscript><iframe src={PLAYER}></iframe></noscript>")
    assert [each.sources[0].url for each in page.media] == [PLAYER]
    assert page.lost_media == {"repeated_media": 1}


def test_what_is_said_of_it() -> None:
    """Its title, its poster, its tracks, and its figure's caption."""
    found = one(
        "<figure><video src=a.mp4 poster=/p.jpg title='The  old&#10;mill'><track src=en.vtt kind=Captions srclang=en label=English>"
        "<track src=de.vtt srclang=de><track kind=chapters></video><figcaption>The mill\n at work</figcaption></figure>"
    )
    assert (found.poster, found.caption) == ("http://ex.org/p.jpg", "The mill at work")
    assert found.tracks == (
        Track("http://ex.org/talks/en.vtt", "captions", "en", "English"),
        Track("http://ex.org/talks/de.vtt", "subtitles", "de", ""),
    )
    (staged,) = stage_media(read("<audio src=a.mp3 aria-label='The  old&#10;mill\u200b'></audio>"))
    assert staged.title == "The old mill"


@pytest.mark.parametrize(
    ("markup", "transcript"),
    [
        ("<audio src=a.mp3><a href=/talk.txt>Transcript</a></audio>", "http://ex.org/talk.txt"),
        (
            "<audio src=a.mp3></audio><p><a href=more.html>More</a> <a href=/t>Read the transcript</a></p>",
            "http://ex.org/t",
        ),
        (
            "<figure><video src=a.mp4></video><figcaption><a href=#words>Transkript</a></figcaption></figure>",
            URL + "#words",
        ),
        (
            f"<div><iframe src={PLAYER}></iframe></div><p><a href=/mill-transcript.pdf>PDF</a></p>",
            "http://ex.org/mill-transcript.pdf",
        ),
        ("<video src=a.mp4></video><p><a href=/t>文字起こし</a></p>", "http://ex.org/t"),
        ("<video src=a.mp4></video><p><a href=/x>Transcription factors</a> <a>Transcript</a></p>", ""),
        ("<video src=a.mp4></video><p><a href='http://['>Transcript</a></p>", ""),
    ],
)
def test_the_link_to_its_transcript(markup: str, transcript: str) -> None:
    """Inside of it or right behind it, told by its words or its address."""
    assert one(markup).transcript == transcript


def test_a_transcript_is_that_of_the_medium_before_it() -> None:
    """The search ends at the next one."""
    page = read("<audio src=1.mp3></audio><audio src=2.mp3></audio><p><a href=/2.txt>Transcript</a></p>")
    assert [each.transcript for each in page.media] == ["", "http://ex.org/2.txt"]


def test_places_are_those_of_the_page() -> None:
    """Among blocks and images, and in the document among what is kept; a menu before them takes no part in it."""
    body = f"<video src=1.mp4></video>{C}<img src=1.jpg><video src=2.mp4></video><img src=2.jpg><p>It<audio src=3.mp3></audio> is.</p>"
    page = extract(
        f"<nav><a href=/>Home</a><img src=logo.png></nav><article>{A}{body}{B}</article><video src=4.mp4></video>", URL
    )
    before = [[block.text[:7] for block in page.blocks[: each.place]] for each in page.media]
    items, staged = kept_items(page), stage_media(page)
    assert [len(each) for each in before[:3]] == [each.place for each in page.media[:3]]
    said = [[item if isinstance(item, int) else item.text[:9] for item in items[: each.place]] for each in staged]
    first, second = next(n for n, image in enumerate(page.images) if image.urls[0].endswith("/1.jpg")), -1
    assert said[0] == ["Passage 0"]
    assert said[1] == ["Passage 0", "Passage 2", first]
    assert said[2][:4] == ["Passage 0", "Passage 2", first, first + 1] and said[2][second] == "It is."
    assert [each.sources[0].url[-5:] for each in staged[:3]] == ["1.mp4", "2.mp4", "3.mp3"]


def test_they_change_no_text() -> None:
    """A page without them has the same blocks."""
    body = "He said<video src=a.mp4><p>No video</p></video>so.<audio></audio><ul><li><video src=b.mp4></video>one</ul>"
    bare = "He saidso.<ul><li>one</ul>"
    assert read(body).blocks == read(bare).blocks


def test_a_flood_is_a_number() -> None:
    """Of any number of media MOST are read, with so many addresses and characters; the others are counted (law 9)."""
    page = read("<video src=a.mp4></video>" * 20_000)
    assert (len(page.media), page.lost_media) == (1, {"repeated_media": MOST - 1, "too_many_media": 20_000 - MOST})
    page = read("".join(f"<audio src={number}.mp3></audio>" for number in range(2 * MOST_MARKS)))
    assert (len(page.media), page.lost_media) == (MOST, {"too_many_media": 2 * MOST_MARKS - MOST})
    long = "x" * 2000
    page = read("".join(f"<audio src={number}-{long}.mp3></audio>" for number in range(MOST)))
    assert CHARACTERS // 2100 < len(page.media) <= CHARACTERS // 2000 + 1
    assert len(page.media) + page.lost_media["too_many_media"] == MOST
    many = "".join(f"<source src={n}.mp4><track src={n}.vtt>" for n in range(90))
    found = one(f"<video>{many}</video>")
    assert (len(found.sources), len(found.tracks)) == (MOST_SOURCES, MOST_TRACKS)


def test_they_are_counted_once_where_a_page_is_read_again() -> None:
    """A menu that was left open holds the page's text, and what is in a menu is outside of main content, as images are."""
    page = extract(f"<body><nav>{A}{B}<video src=a.mp4></video>{C}", URL)
    assert any(block.kept for block in page.blocks) and page.lost_media == {"media_outside": 1}
