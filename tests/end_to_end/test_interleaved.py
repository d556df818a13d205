"""The interleaved corpus: every image in its place, as the page's HTML has it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.verify import verify
from tests.support.archives import response
from tests.support.readers import counted, loaded, samples
from tests.support.runs import manifest_json, recipe, rows, run_on
from tests.support.sample_run import sample_run, unexplained
from tests.support.web import SITE, archive, by_corpus, page, passage, picture, shown

A, B, C, D = (passage(seed) for seed in range(4))
BELOW = "The second picture has its words below it."
IMAGES = {
    "one.png": picture(1),
    "two.jpg": picture(2, "JPEG"),
    "large.webp": picture(3, "WEBP"),
    "four.webp": picture(4, "WEBP"),
    "five.png": picture(5),
}
STORY = page(
    A,
    '<img src="one.png" alt="the first of all pictures">',
    B,
    f'<figure><img src="two.jpg"><figcaption>{BELOW}</figcaption></figure>',
    C,
    '<img src="small.png" srcset="small.png 100w, large.webp 900w" alt="third, of two sizes" title="not this">',
    '<picture><source srcset="four.webp" type="image/webp"><img src="gone.png" title="fourth, of a picture"></picture>',
    '<img class="lazy" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="five.png" alt="fifth, which is lazy">',
    '<img src="absent.png" alt="in no archive at all">',
    '<img src="broken.png" alt="bytes that are no picture">',
    '<video poster="one.png"><source src="mill.mp4" type="video/mp4"><track src="en.vtt" srclang="en"></video>',
    D,
    "<audio></audio>",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two archives: one has the page, the other its images and the page again."""
    folder = tmp_path_factory.mktemp("web")
    pictures = [shown(name, body) for name, body in IMAGES.items()]
    broken = shown("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
    inputs = [
        archive(folder / "pages.warc.gz", [response(SITE + "story", STORY)]),
        archive(folder / "images.warc.gz", [*pictures, broken, response(SITE + "story", STORY)]),
    ]
    settings = ('interleaved.duplicates=["url"]', 'pairs.duplicates=["sha256"]', 'text.duplicates=["url"]')
    run_on(inputs, folder / "out", recipe("raw", *settings))
    return folder / "out"


@pytest.fixture(scope="module")
def document(run: Path) -> dict[str, Any]:
    """The one document that is left of the two captures of the page."""
    (row,) = rows(run, "interleaved")
    return row


@pytest.fixture(scope="module")
def dropped(run: Path) -> list[dict[str, Any]]:
    """Everything that left by a rule or as a duplicate."""
    return rows(run, "dropped")


def test_texts_and_images_stand_in_the_order_of_the_page(document: dict[str, Any]) -> None:
    """Text A, image 1, text B, image 2, its caption and text C, images 3 to 5, text D; what has no bytes has no place."""
    entries = json.loads(document["metadata"])
    places = [
        entry["url"].removeprefix(SITE) if text is None else text
        for text, entry in zip(document["texts"], entries, strict=True)
    ]
    first, *others = IMAGES
    assert places == [A, first, B, others[0], f"{BELOW}\n\n{C}", *others[1:], D]


def test_the_image_in_each_place_is_the_one_that_was_archived(document: dict[str, Any]) -> None:
    """Byte by byte; its size in the metadata is what Pillow says."""
    bytes_ = [image["bytes"] for image in document["images"] if image]
    assert bytes_ == list(IMAGES.values())
    entries = [entry for entry in json.loads(document["metadata"]) if entry]
    for body, entry in zip(bytes_, entries, strict=True):
        with Image.open(io.BytesIO(body)) as opened:
            assert (entry["width"], entry["height"], entry["format"]) == (*opened.size, str(opened.format).lower())


def test_media_are_references_with_their_places(run: Path, document: dict[str, Any]) -> None:
    """A video before the last text, in Parquet as in WebDataset; audio without an address is in the account alone."""
    told = {
        "place": 8, "character": 0, "kind": "video", "title": "", "caption": "", "poster": f"{SITE}one.png", "transcript": "",
        "sources": [{"url": f"{SITE}mill.mp4", "type": "video/mp4"}],
        "tracks": [{"url": f"{SITE}en.vtt", "kind": "subtitles", "lang": "en", "label": ""}],
    }  # fmt: skip
    assert document["texts"][8] == D
    assert json.loads(document["media"]) == [told]
    (sample,) = samples(run, "interleaved")
    assert json.loads(sample["json"]["media"]) == [told]


def test_captions_are_those_of_their_images(run: Path) -> None:
    """Alt before figcaption before title, found under the address that had bytes: srcset's largest, picture's source, lazy."""
    captions = {row["url"].removeprefix(SITE): (row["caption"], row["caption_kind"]) for row in rows(run, "pairs")}
    assert captions == {
        "one.png": ("the first of all pictures", "alt"),
        "two.jpg": (BELOW, "figcaption"),
        "large.webp": ("third, of two sizes", "alt"),
        "four.webp": ("fourth, of a picture", "title"),
        "five.png": ("fifth, which is lazy", "alt"),
    }


def test_the_corpora_share_the_page(run: Path, document: dict[str, Any]) -> None:
    """One id for text and document, which the pairs' ids begin with; the texts are one parse's (law 1)."""
    (text,) = rows(run, "text")
    assert text["id"] == document["id"]
    assert "\n\n".join(part for part in document["texts"] if part) == text["text"]
    captures = {row["id"] for row in rows(run, "dropped") if row["corpus"] == "text"} | {text["id"]}
    assert {row["id"].partition("-")[0] for row in rows(run, "pairs")} <= captures


@pytest.mark.parametrize("corpus", ["pairs", "interleaved_images"])
def test_images_without_bytes_are_accounted_for(dropped: list[dict[str, Any]], corpus: str) -> None:
    """A reference to what is in no archive and one to what is no picture have a row each, on both captures of the page."""
    gone = [(r["url"].removeprefix(SITE), r["rule"]) for r in by_corpus(dropped, corpus) if r["rule"][:6] == "image_"]
    assert sorted(gone) == [("absent.png", "image_not_archived")] * 2 + [("broken.png", "image_undecodable")] * 2


def test_media_without_an_address_are_accounted_for(run: Path, dropped: list[dict[str, Any]]) -> None:
    """On both captures of the page."""
    assert [(row["rule"], row["value"]) for row in by_corpus(dropped, "media_elements")] == [
        ("no_media_address", 1)
    ] * 2
    (account,) = (each for each in manifest_json(run)["accounts"] if each["corpus"] == "media_elements")
    assert (account["entered"], account["kept"]) == (4, 2)


def test_the_second_capture_of_the_page_is_a_duplicate_of_the_first(
    dropped: list[dict[str, Any]], document: dict[str, Any]
) -> None:
    """Its row names the keeper, in text and in interleaved."""
    for corpus in ("text", "interleaved"):
        assert [(row["rule"], row["of"]) for row in by_corpus(dropped, corpus)] == [("url", document["id"])]


def test_the_run_verifies(run: Path) -> None:
    """What was written is what the manifest says."""
    assert verify(str(run)) == []


def test_datasets_loads_the_sample(tmp_path: Path) -> None:
    """`images` is a list of Image with nulls, `texts` of strings, one side set in each place."""
    out, manifest = sample_run()
    found = loaded(out, "interleaved", tmp_path)
    assert len(found) == manifest.rows("interleaved", "parquet") > 5
    assert type(found.features["images"]).__name__ == "List"
    assert type(found.features["images"].feature).__name__ == "Image"
    for row in found:
        assert all((text is None) != (image is None) for text, image in zip(row["texts"], row["images"], strict=True))
        assert all(image.size[0] > 0 for image in row["images"] if image)


def test_webdataset_decodes_the_sample() -> None:
    """Each sample holds as many pictures as its document has images."""
    out, manifest = sample_run()
    by_key = {sample["__key__"]: sample for sample in samples(out, "interleaved")}
    assert len(by_key) == manifest.rows("interleaved", "webdataset") == manifest.rows("interleaved", "parquet")
    for row in rows(out, "interleaved"):
        pictures = [value for value in by_key[row["id"]].values() if isinstance(value, Image.Image)]
        assert len(pictures) == sum(image is not None for image in row["images"])


def test_duckdb_counts_what_the_manifest_says() -> None:
    """Rows, and as many ids."""
    out, manifest = sample_run()
    assert counted(out, "interleaved") == (manifest.rows("interleaved", "parquet"),) * 2


def test_nothing_vanished() -> None:
    """Each page that entered is kept or has one row that says why, and each keeper is known (law 3)."""
    assert unexplained("interleaved") == []
