"""Take-down end to end: a finished run without what lists name is the run that was told to forget it, and every reader reads it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.forget.take_down import forget
from pipeline.inspect import load
from pipeline.plan import Request
from pipeline.run import run
from pipeline.verify import verify
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from schemas.recipe import Recipe
from tests.support.readers import counted, loaded, samples
from tests.support.runs import SAMPLE, recipe, rows, run_on, shard_digests
from tests.support.sample_run import sample_inputs, sample_run
from tests.transforms.forget.test_lists import take_down

CORPORA = ("text", "pairs", "interleaved")
BOTH = 'text.formats=["parquet", "webdataset"]'
# No duplicates: a copy of what is forgotten is another matter.
UNIQUE = recipe("kosmos1", BOTH, *(f"{corpus}.duplicates=[]" for corpus in CORPORA))


def ids(folder: Path, corpus: str) -> set[str]:
    """The ids of a corpus."""
    return {row["id"] for row in rows(folder, corpus)}


def both_ways(folder: Path, with_recipe: Recipe, inputs: list[str], *lines: str) -> tuple[Manifest, Manifest]:
    """(run, then forget) in `after` and (run with the list) in `told`, both over the staging of `before`."""
    asked = take_down("any", *lines)
    shutil.copytree(folder / "before", folder / "after", ignore=shutil.ignore_patterns("staging"))
    forget(str(folder / "after"), asked)
    staging = str(folder / "before" / "staging")
    told = run(Request(tuple(inputs), str(folder / "told"), with_recipe, staging=staging, forget=asked))
    assert verify(str(folder / "after")) == verify(str(folder / "told")) == []
    after = load(str(folder / "after"))
    assert (
        [receipt.lists for receipt in after.forgotten] == [receipt.lists for receipt in told.forgotten] == [asked.lists]
    )
    return after, told


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest, Manifest, list[str]]:
    """The sample, and a list of pages by id and address, of images by id and address."""
    folder = tmp_path_factory.mktemp("taken")
    run_on([str(SAMPLE)], folder / "before", UNIQUE)
    texts, pairs = rows(folder / "before", "text"), rows(folder / "before", "pairs")
    lines = [texts[0]["id"], texts[5]["url"], pairs[3]["id"], pairs[10]["url"], pairs[20]["id"]]
    return folder, *both_ways(folder, UNIQUE, [str(SAMPLE)], *lines), lines


def test_the_corpora_are_those_of_a_run_that_was_told(taken: tuple[Path, Manifest, Manifest, list[str]]) -> None:
    """Byte for byte, documents that lost an image too; and something went from each."""
    folder, after, told, _ = taken
    assert shard_digests(after, *CORPORA) == shard_digests(told, *CORPORA)
    for corpus in CORPORA:
        assert ids(folder / "after", corpus) < ids(folder / "before", corpus)


def test_nothing_names_what_went(taken: tuple[Path, Manifest, Manifest, list[str]]) -> None:
    """Neither way: no address of it and, once taken down, no id of it stands in any file beside the archives' own names."""
    folder, _, told, lines = taken
    texts = {row["id"]: row for row in rows(folder / "before", "text")}
    pages = {identity for identity, row in texts.items() if identity in lines or row["url"] in lines}
    addresses = {texts[identity]["url"] for identity in pages} | {line for line in lines if "://" in line}
    for name in ("after", "told"):
        cells = {
            str(value)
            for table in (*CORPORA, "dropped", "failed")
            for row in rows(folder / name, table)
            for value in row.values()
        }
        assert not cells & addresses, name
    profile = (folder / "after" / "stats/profile.json").read_text()
    for table in (*CORPORA, "dropped", "failed"):
        assert not {row["id"][:32] for row in rows(folder / "after", table)} & pages
    assert not [page for page in pages if page in profile]
    dropped = [row for row in rows(folder / "told", "dropped") if row["rule"] == "forgotten"]
    assert {row["id"][:32] for row in dropped} >= pages and {row["url"] for row in dropped} == {""}
    assert not [page for page in pages if page in (folder / "told" / "stats/profile.json").read_text()]
    accounts = {a.corpus: a.dropped.get("forgotten", 0) for a in told.accounts if a.stage in ("rules", "images")}
    assert accounts["text"] == len(pages)


def test_every_reader_reads_what_is_left(taken: tuple[Path, Manifest, Manifest, list[str]], tmp_path: Path) -> None:
    """`datasets`, `webdataset` and DuckDB find as many rows as the manifest says."""
    folder, after, _, _ = taken
    for corpus in CORPORA:
        count = after.rows(corpus, "parquet")
        assert counted(folder / "after", corpus) == (count, count)
        assert len(samples(folder / "after", corpus)) == count == after.rows(corpus, "webdataset")
        assert len(loaded(folder / "after", corpus, tmp_path / "cache")) == count


def test_a_document_loses_the_image_of_a_pair(taken: tuple[Path, Manifest, Manifest, list[str]]) -> None:
    """Its texts on either side are one, and lists stay aligned; what it says of itself follows."""
    folder, _, _, lines = taken
    gone = [line for line in lines if "-" in line and "://" not in line]
    before = {row["id"]: row for row in rows(folder / "before", "interleaved")}
    seen = 0
    for row in rows(folder / "after", "interleaved"):
        names = [image["id"] for image in json.loads(row["metadata"]) if image]
        old = [image["id"] for image in json.loads(before[row["id"]]["metadata"]) if image]
        assert row["interleaved_images"] == len(names) == sum(image is not None for image in row["images"])
        assert not set(names) & set(gone)
        seen += names != old
    assert seen


def test_a_host_takes_its_images_everywhere(tmp_path: Path) -> None:
    """Of a host that serves images alone: texts are as they were, and no pair or document shows one of its images, whichever way."""
    host, kosmos1 = "img.quarterly.example", recipe("kosmos1")
    run_on([str(SAMPLE)], tmp_path / "before", kosmos1)
    after, told = both_ways(tmp_path, kosmos1, [str(SAMPLE)], host)
    assert shard_digests(after, "text") == shard_digests(told, "text")
    assert host in str([row["url"] for row in rows(tmp_path / "before", "pairs")])
    for name in ("after", "told"):
        assert host not in str(
            [row["url"] for table in ("pairs", "dropped", "failed") for row in rows(tmp_path / name, table)]
        )
        assert host not in str([row["metadata"] for row in rows(tmp_path / name, "interleaved")])
    copies = {row["id"] for row in rows(tmp_path / "after", "dropped") if row["of"] == "forgotten"}
    assert ids(tmp_path / "after", "pairs") == ids(tmp_path / "told", "pairs") - copies


def test_a_copy_of_what_is_forgotten_stays_where_the_run_is_told(tmp_path: Path) -> None:
    """Of two equal pages one stays; where that one is taken down its copy is gone already, where the run is told the copy stays."""
    shutil.copytree(sample_run()[0], tmp_path / "before")
    keepers = [row["id"] for row in rows(tmp_path / "before", "text")[:3]]
    both_ways(tmp_path, recipe("kosmos1"), sample_inputs(), *keepers)
    copies = {
        row["id"] for row in rows(tmp_path / "before", "dropped") if row["corpus"] == "text" and row["of"] in keepers
    }
    assert len(copies) == 3
    assert ids(tmp_path / "told", "text") - ids(tmp_path / "after", "text") == copies
    assert {
        row["of"] for row in rows(tmp_path / "after", "dropped") if row["id"] in copies and row["corpus"] == "text"
    } == {"forgotten"}


def test_pages_that_are_cut_go_with_all_their_parts(tmp_path: Path) -> None:
    """By the page's id or a part's; the rest is cut as it was."""
    settings = ("interleaved.max_words=120", "interleaved.duplicates=[]", 'corpora=["text", "interleaved"]')
    cutting = recipe("raw", *settings)
    run_on([str(SAMPLE)], tmp_path / "before", cutting)
    parts = [row["id"] for row in rows(tmp_path / "before", "interleaved") if row["parts"] > 1]
    pages = sorted({part[:32] for part in parts})
    after, told = both_ways(
        tmp_path, cutting, [str(SAMPLE)], pages[0], next(part for part in parts if part.startswith(pages[1]))
    )
    assert shard_digests(after, *CORPORA) == shard_digests(told, *CORPORA)
    gone = ids(tmp_path / "before", "interleaved") - ids(tmp_path / "after", "interleaved")
    assert {part[:32] for part in gone} == set(pages[:2]) and len(gone) > 2


def test_a_run_with_other_lists_is_another_run(tmp_path: Path) -> None:
    """Its folder says so; the same list in another order is the same run, which is found finished."""
    asked = ["0" * 32, "1" * 32]
    request = Request(
        (str(SAMPLE),), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]'), forget=take_down("ids", *asked)
    )
    first = run(request)
    assert run(replace(request, forget=take_down("ids", *reversed(asked)))) == first
    with pytest.raises(UserError, match="belongs to a run with other lists to --forget"):
        run(replace(request, forget=take_down("ids", asked[0])))
