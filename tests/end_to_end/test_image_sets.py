"""Runs over image sets as img2dataset writes them: pairs of what succeeded there, rows for what did not, and no page anywhere."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.named_archives import EDGE_BYTES
from pipeline.plan import Request
from pipeline.run import run
from schemas.manifest import Manifest
from schemas.outcomes import VerificationError
from tests.support.archives import response
from tests.support.image_sets import FILES, SITE, TABLES, WEBDATASET, Sample, failure, write_shard
from tests.support.runs import recipe, rows, run_on
from tests.support.web import archive, by_corpus, page, picture

CAPTIONS = ("A red kite over the beach in summer", "Ein roter Drachen über dem Strand im Sommer")


def samples(shard: int) -> list[Sample]:
    """A shard: pictures with captions, one without, and what failed."""
    first = shard * 10
    good = [
        Sample(
            f"{first + n:05d}",
            f"{SITE}{first + n}.jpg",
            f"{CAPTIONS[n % 2]} {n}",
            picture(first + n, "JPEG"),
            more={"page_url": page_url(n)},
        )
        for n in range(4)
    ]
    silent = Sample(
        f"{first + 4:05d}", f"{SITE}{first + 4}.jpg", None, picture(first + 4, "JPEG"), more={"page_url": None}
    )
    lost = [
        failure(f"{first + 5:05d}", f"{SITE}no.jpg"),
        failure(f"{first + 6:05d}", f"{SITE}bad.jpg", "Image decoding error", "failed_to_resize"),
    ]
    return [*good, silent, *(Sample(**{**vars(one), "more": {"page_url": None}}) for one in lost)]


def page_url(number: int) -> str | None:
    """Of some samples the list names the page."""
    return f"http://pages.test/{number}" if number % 2 else None


def made_set(folder: Path, form: str = WEBDATASET) -> str:
    """A set of two shards."""
    for shard in range(2):
        write_shard(folder / form, shard, samples(shard), form)
    return str(folder / form)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A run over a set of tars."""
    folder = tmp_path_factory.mktemp("sets")
    return folder, run_on([made_set(folder)], folder / "out", recipe("raw"))


def test_pairs_of_samples(first: tuple[Path, Manifest]) -> None:
    """Each with the caption of its list, the bytes of its tar, their size, and where they lie."""
    folder, _ = first
    pairs = {row["url"]: row for row in rows(folder / "out", "pairs")}
    assert set(pairs) == {f"{SITE}{shard * 10 + n}.jpg" for shard in range(2) for n in range(4)}
    row = pairs[SITE + "11.jpg"]
    body = picture(11, "JPEG")
    assert (row["caption"], row["caption_kind"], row["page_url"]) == (f"{CAPTIONS[1]} 1", "list", "http://pages.test/1")
    assert (row["lang"], pairs[SITE + "10.jpg"]["lang"], pairs[SITE + "10.jpg"]["page_url"]) == ("de", "en", "")
    assert row["sha256"] == hashlib.sha256(body).hexdigest() and row["image"]["bytes"] == body
    assert (row["width"], row["height"]) == Image.open(io.BytesIO(body)).size
    tar = (folder / WEBDATASET / row["source"]).read_bytes()
    assert row["source"] == "00001.tar" and body in tar[row["offset"] : row["offset"] + len(body) + 2048]


def test_nothing_vanishes(first: tuple[Path, Manifest]) -> None:
    """What failed at img2dataset stands in the account by its own word, with its message; corpora of pages say that there was none."""
    folder, manifest = first
    captures = next(account for account in manifest.accounts if account.corpus == "captures")
    assert (captures.entered, captures.kept) == (2 * (5 * 2 + 2), 20)
    assert captures.dropped == {"failed_to_download": 2, "failed_to_resize": 2}
    dropped = rows(folder / "out", "dropped")
    told = [(row["source"], row["rule"], row["detail"], row["url"]) for row in by_corpus(dropped, "captures")]
    assert ("00001.parquet", "failed_to_resize", "Image decoding error", SITE + "bad.jpg") in told
    assert len({row["id"] for row in by_corpus(dropped, "captures")}) == 4
    for corpus in ("text", "interleaved"):
        assert {row["rule"] for row in by_corpus(dropped, corpus)} == {"no_page"} and not rows(folder / "out", corpus)
    assert [row["rule"] for row in by_corpus(dropped, "pairs")] == ["no_caption"] * 2


def content(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What pairs are, but for where they lie."""
    return sorted((row["url"], row["caption"], row["sha256"], row["phash"], row["page_url"]) for row in found)


def test_other_formats(first: tuple[Path, Manifest], tmp_path: Path) -> None:
    """The same pairs of each; the rows of a table are their places."""
    inputs = [made_set(tmp_path, form) for form in (TABLES, FILES)]
    manifest = run_on(inputs, tmp_path / "out", recipe("raw"))
    found = rows(tmp_path / "out", "pairs")
    assert content(found) == sorted(content(rows(first[0] / "out", "pairs")) * 2)
    assert {row["offset"] for row in found} == set(range(4)) and len({row["id"] for row in found}) == 16
    assert sum(sum(account.dropped.values()) for account in manifest.accounts if account.corpus == "captures") == 8


def test_beside_archives(first: tuple[Path, Manifest], tmp_path: Path) -> None:
    """Pages of an archive show what a set holds; both their captions are pairs, and main content is not asked of a list."""
    shown = page("<h1>A page</h1>", "Words. " * 80, f'<img src="{SITE}1.jpg" alt="The kite as the page calls it">')
    archive(tmp_path / "in" / "a.warc.gz", [response("http://pages.test/1", shown)])
    write_shard(tmp_path / "in", 0, samples(0))
    run_on([str(tmp_path / "in")], tmp_path / "out", recipe("raw", "pairs.main_content=true"))
    found = rows(tmp_path / "out", "pairs")
    assert sorted(row["caption_kind"] for row in found) == ["alt", *["list"] * 4]
    assert len(rows(tmp_path / "out", "text")) == 1 and len(rows(tmp_path / "out", "interleaved")) == 1


def test_samples_that_are_missing(tmp_path: Path) -> None:
    """A tar that lost its end: the rows of its table name the pictures that are gone."""
    tar = write_shard(tmp_path / "in", 0, samples(0))
    whole = tar.read_bytes()
    tar.write_bytes(whole[: len(whole) // 2])
    run_on([str(tar)], tmp_path / "out", recipe("raw"))
    failed = rows(tmp_path / "out", "failed")
    missing = {row["url"] for row in failed if "has no sample" in row["detail"]}
    kept = {row["url"] for row in rows(tmp_path / "out", "pairs")}
    assert missing and kept and not missing & kept
    assert missing | kept == {sample.url for sample in samples(0) if sample.body}
    assert "truncated" in {row["fault"] for row in failed if row["source"] == "00000.tar"}


def test_a_tar_that_was_cut_between_two_samples(tmp_path: Path) -> None:
    """Without a table beside it nothing but its missing end says so: one row, and what is whole stands."""
    tar = write_shard(tmp_path / "in", 0, samples(0))
    tar.with_suffix(".parquet").unlink()
    whole = tar.read_bytes()
    run_on([str(tar)], tmp_path / "whole", recipe("raw"))
    pairs = sorted(rows(tmp_path / "whole", "pairs"), key=lambda row: int(row["offset"]))
    assert not rows(tmp_path / "whole", "failed")
    tar.write_bytes(whole[: pairs[2]["offset"]])
    run_on([str(tar)], tmp_path / "cut", recipe("raw"))
    (row,) = rows(tmp_path / "cut", "failed")
    assert (row["source"], row["offset"], row["fault"]) == ("00000.tar", pairs[2]["offset"], "truncated")
    assert content(rows(tmp_path / "cut", "pairs")) == content(pairs[:2])


def test_bytes_are_read_once_more_from_the_tar(tmp_path: Path) -> None:
    """Law 2: staging holds places; a tar whose picture changed since it was measured is refused."""
    tar, body = write_shard(tmp_path / "in", 0, samples(0)), picture(2, "JPEG")
    # By its ends an archive is known; empty blocks are no part of what a tar holds.
    data = bytearray(bytes(EDGE_BYTES) + tar.read_bytes() + bytes(EDGE_BYTES))
    tar.write_bytes(data)
    run_on([str(tar)], tmp_path / "out", recipe("raw"))
    staging = tmp_path / "out" / "staging"
    assert all(body[100:200] not in path.read_bytes() for path in staging.rglob("*") if path.is_file())
    at = data.index(body) + 400
    data[at : at + 40] = bytes(40)
    tar.write_bytes(data)
    with pytest.raises(VerificationError, match="has changed since it was measured"):
        run(Request((str(tar),), str(tmp_path / "again"), recipe("raw"), staging=str(staging)))
