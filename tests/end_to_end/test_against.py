"""A crawl decided against earlier runs: what they hold stays, what is equal or alike leaves, and the whole is as one run over all."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from pipeline.against import read_earlier
from pipeline.plan import Request
from pipeline.run import run
from pipeline.verify import verify
from schemas.outcomes import UserError
from schemas.recipe import Recipe
from tests.support.archives import response
from tests.support.runs import cut_small, recipe, rows
from tests.support.web import SITE, archive, page, passage, picture, shown

CORPORA = ("text", "pairs", "interleaved")
NEAR = (
    'text.duplicates=["url", "text", "near"]',
    'interleaved.duplicates=["url", "text", "near"]',
    'pairs.duplicates=["sha256_caption", "near_caption"]',
    "near_images.set=default",
    "near_texts.survivor=first",
)


def near(*settings: str) -> Recipe:
    """All corpora, by near duplicates."""
    return recipe("raw", *NEAR, *settings)


def smaller(body: bytes) -> bytes:
    """The picture resized and encoded anew."""
    out = io.BytesIO()
    Image.open(io.BytesIO(body)).convert("RGB").resize((200, 160)).save(out, "JPEG", quality=80)
    return out.getvalue()


def changed(text: str) -> str:
    """The text with a word replaced."""
    return text.replace("begins here", "begins there")


def page_of(number: int, text: str, image: str) -> bytes:
    """A page with a text and a picture."""
    return page(
        text, f'<figure><img src="/{image}" alt="picture of house {number}"></figure>', f"The end of page {number}."
    )


def crawls(folder: Path) -> dict[str, str]:
    """Three crawls: the second has copies of the first, the third copies of both, of what left them, and of its own."""
    text = {n: passage(n, 300) for n in range(1, 12)}
    images = {n: picture(n) for n in range(1, 12)}
    made: dict[str, list[tuple[str, int, str]]] = {
        "one": [("a", 1, text[1]), ("b", 2, text[2]), ("b2", 2, changed(text[2])), ("c", 3, text[3])],
        "two": [("d", 4, text[4]), ("a2", 1, changed(text[1])), ("c", 3, text[3]), ("e", 3, text[3])],
        "three": [
            ("f", 6, text[6]),
            ("b3", 2, changed(changed(text[2]))),
            ("d2", 4, changed(text[4])),
            ("f2", 6, changed(text[6])),
        ],
    }
    found = {}
    for name, pages in made.items():
        records = []
        for address, number, body in pages:
            copy = address[-1].isdigit() or address == "e"
            image = f"{name}/{address}.{'jpeg' if copy else 'png'}"
            records.append(
                response(SITE + f"{name}/{address}" if address != "c" else SITE + "c", page_of(number, body, image))
            )
            records.append(shown(image, smaller(images[number]) if copy else images[number]))
        found[name] = archive(folder / name / f"{name}.warc.gz", records)
    return found


def decided(folder: Path, inputs: list[str], *against: str, settings: tuple[str, ...] = ()) -> Path:
    """A run over these crawls, against these runs."""
    asked = near(*settings)
    earlier = tuple(read_earlier(path, asked) for path in against)
    run(Request(tuple(inputs), str(folder), asked, against=earlier))
    return folder


def kept(*runs: Path) -> Mapping[str, list[str]]:
    """The addresses of what runs keep, by corpus."""
    name = {"pairs": "page_url"}
    return {c: sorted(row[name.get(c, "url")] for folder in runs for row in rows(folder, c)) for c in CORPORA}


@pytest.mark.parametrize("small", [False, True])
def test_crawl_by_crawl_keeps_what_one_run_over_all_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    """But for the rule that the earlier stays, however the work is cut; every one that left names one that some run kept."""
    if small:
        cut_small(monkeypatch, 3_000, 5)
    web = crawls(tmp_path / "in")
    whole = decided(tmp_path / "whole", list(web.values()))
    one = decided(tmp_path / "one", [web["one"]])
    two = decided(tmp_path / "two", [web["two"]], str(one))
    three = decided(tmp_path / "three", [web["three"]], str(one), str(two))
    expected = kept(whole)
    found = kept(one, two, three)
    # In one run the least id stays of equal items, of crawls the earlier: as many, and of the same pictures.
    assert {corpus: len(urls) for corpus, urls in found.items()} == {
        corpus: len(urls) for corpus, urls in expected.items()
    }
    assert len(found["text"]) == len(expected["text"]) == 5
    assert [len(kept(each)["text"]) for each in (one, two, three)] == [3, 1, 1]
    ids = {row["id"] for folder in (one, two, three) for corpus in CORPORA for row in rows(folder, corpus)}
    gone = [
        row for folder in (one, two, three) for row in rows(folder, "dropped") if row["of"] and row["corpus"] in CORPORA
    ]
    assert {row["rule"] for row in gone} == {"url", "text", "near", "sha256_caption", "near_caption"}
    assert {row["of"] for row in gone} <= ids
    assert all(not list(verify(str(folder))) for folder in (one, two, three))


def test_the_same_crawl_again_leaves_whole(tmp_path: Path) -> None:
    """Its items have the ids of those that are there, and are copies of them all the same."""
    web = crawls(tmp_path / "in")
    one = decided(tmp_path / "one", [web["one"]])
    again = decided(tmp_path / "again", [web["one"]], str(one))
    assert kept(again) == {corpus: [] for corpus in CORPORA}
    manifest = json.loads((again / "manifest.json").read_text())
    assert len(manifest["against"]) == 1
    assert decided(tmp_path / "again", [web["one"]], str(one)) == again
    with pytest.raises(UserError, match="was decided against other runs"):
        decided(tmp_path / "again", [web["one"]])


def test_a_run_that_goes_by_other_rules_is_refused(tmp_path: Path) -> None:
    """By name: nothing could be compared."""
    web = crawls(tmp_path / "in")
    one = decided(tmp_path / "one", [web["one"]])
    with pytest.raises(UserError, match=r'text\.duplicates is \["url", "text", "near"\] there and \["url"\] here'):
        decided(tmp_path / "two", [web["two"]], str(one), settings=('text.duplicates=["url"]',))
    with pytest.raises(UserError, match="no finished run"):
        decided(tmp_path / "two", [web["two"]], str(tmp_path / "nothing"))


def test_a_damaged_index_ends_the_run_and_stays_as_it_is(tmp_path: Path) -> None:
    """It belongs to the earlier run, which no later one mends."""
    web = crawls(tmp_path / "in")
    one = decided(tmp_path / "one", [web["one"]])
    index = one / "index" / "00000.index"
    data = bytearray(index.read_bytes())
    data[10] ^= 255
    index.write_bytes(data)
    with pytest.raises(UserError, match=r"--against: .*00000\.index is damaged"):
        decided(tmp_path / "two", [web["two"]], str(one))
    assert index.read_bytes() == bytes(data)


def run_of(folder: Path, inputs: str, asked: Recipe, *against: Path) -> Path:
    """A run over an archive by a recipe, against these runs; whole by `verify`."""
    earlier = tuple(read_earlier(str(path), asked) for path in against)
    run(Request((inputs,), str(folder), asked, against=earlier))
    assert not list(verify(str(folder)))
    return folder


def test_what_was_there_stays_also_by_a_large_measure(tmp_path: Path) -> None:
    """Of one run the larger would stay. The bits of 300.0, with the other sign, were less than the rank of what is earlier."""
    asked = recipe("raw", 'text.duplicates=["near"]', "near_texts.survivor=measure", "near_texts.measure=gopher_words")
    short, long = (passage(1, 300), passage(1, 300) + " And some more words are here.")
    crawl = [
        archive(tmp_path / "in" / name, [response(SITE + name, page(text))])
        for name, text in zip("ab", (short, long), strict=True)
    ]
    one = run_of(tmp_path / "one", crawl[0], asked)
    two = run_of(tmp_path / "two", crawl[1], asked, one)
    (left,) = [row for row in rows(two, "dropped") if row["corpus"] == "text"]
    assert (left["rule"], left["of"]) == ("near", rows(one, "text")[0]["id"])


def one_picture_twice(path: Path, number: int) -> str:
    """A crawl of two pages with nothing in common but a picture, which the second shows smaller."""
    records = []
    for copy, image in enumerate((picture(number), smaller(picture(number)))):
        name = f"{path.parent.name}-{copy}.{'jpeg' if copy else 'png'}"
        text = passage(1000 * number + 10 * copy + len(path.parent.name), 100)
        records += [response(f"{SITE}{path.parent.name}/{copy}", page_of(copy, text, name)), shown(name, image)]
    return archive(path, records)


@pytest.mark.parametrize(("number", "stay"), [(2, 1), (1, 0)])
def test_documents_by_the_pictures_they_show(tmp_path: Path, number: int, stay: int) -> None:
    """The picture of each crawl is one by the places of its copies; those of two crawls were taken for one by that number."""
    asked = recipe("raw", 'interleaved.duplicates=["images_seen"]', "near_images.set=default")
    one = run_of(tmp_path / "one", one_picture_twice(tmp_path / "in" / "first" / "a.warc.gz", 1), asked)
    two = run_of(tmp_path / "two", one_picture_twice(tmp_path / "in" / "second" / "b.warc.gz", number), asked, one)
    assert [len(rows(each, "interleaved")) for each in (one, two)] == [1, stay]


def test_sets_of_pictures_that_are_alike_are_no_keys_of_another_run(tmp_path: Path) -> None:
    """By the numbers of one run documents of other pictures left another; where pictures are one by their bytes alone they are keys."""
    images = 'interleaved.duplicates=["images"]'
    asked = recipe("raw", images, "near_images.set=default")
    crawl = one_picture_twice(tmp_path / "in" / "first" / "a.warc.gz", 1)
    one = run_of(tmp_path / "one", crawl, asked)
    with pytest.raises(UserError, match=r"interleaved\.duplicates has images: .*near_images\.set"):
        read_earlier(str(one), asked)
    by_bytes = recipe("raw", images)
    one = run_of(tmp_path / "bytes", crawl, by_bytes)
    assert rows(run_of(tmp_path / "two", crawl, by_bytes, one), "interleaved") == []


def test_an_id_of_an_earlier_run_is_no_item_of_this_one(tmp_path: Path) -> None:
    """Both crawls are of one name, so their first pages have one id: what is lost to the old one was said to be a copy of what the
    new one, which is another page, was lost to."""
    asked = recipe("raw", 'text.duplicates=["url", "text"]')
    texts = [page(passage(n, 100)) for n in range(4)]
    first = archive(tmp_path / "june" / "a.warc.gz", [response(SITE + "a", texts[0])])
    others = (("x", 1), ("a", 2), ("z", 1), ("y", 1))
    second = archive(tmp_path / "july" / "a.warc.gz", [response(SITE + name, texts[n]) for name, n in others])
    one = run_of(tmp_path / "one", first, asked)
    two = run_of(tmp_path / "two", second, asked, one)
    (old,) = rows(one, "text")
    left = {row["url"][-1]: row for row in rows(two, "dropped") if row["corpus"] == "text"}
    assert (left["a"]["rule"], left["a"]["of"]) == ("url", old["id"])
    assert left["x"]["id"] == old["id"] and left["x"]["rule"] == "text"
