"""Which files are inputs, and what is said of those that are not."""

import os
from pathlib import Path

import pytest

from pipeline import inputs, storage
from pipeline.inputs import NAMES, OTHER_KINDS, ending, find_inputs, is_beside, not_taken, said
from pipeline.plan import Request, plan
from schemas.manifest import NotTaken
from schemas.outcomes import UserError
from tests.support.buckets import Buckets
from tests.support.image_sets import FILES, SITE, TABLES, WEBDATASET, Sample, failure, write_shard
from tests.support.runs import recipe

MIXED = (
    *("a.warc.gz", "b.ARC", "sub/c.wet.zst", "d.wacz", "a.warc.wat.gz", "page.html", "x.warc.lz4", "now.warc.gz.open"),
    *("a.cdxj", "a.warc.gz.md5", "README", "part-00000", "sub/e.txt"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A crawl's folder as it is found."""
    made = tmp_path / "in"
    for name in MIXED:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(name.encode())
    return made


def below(folder: Path, paths: object) -> list[str]:
    """Names below a folder."""
    return [str(path).removeprefix(f"{folder}/") for path in paths]  # type: ignore[attr-defined]


def test_a_folder_stands_for_the_archives_in_it_and_names_the_rest(folder: Path) -> None:
    """Each other file by its ending."""
    found = find_inputs([str(folder)])
    assert below(folder, found.files) == ["a.warc.gz", "b.ARC", "d.wacz", "sub/c.wet.zst"]
    assert dict(zip(below(folder, found.left), found.left.values(), strict=True)) == {
        "README": "",
        "a.cdxj": ".cdxj",
        "a.warc.gz.md5": ".md5",
        "a.warc.wat.gz": ".wat.gz",
        "now.warc.gz.open": ".gz.open",
        "page.html": ".html",
        "part-00000": "",
        "sub/e.txt": ".txt",
        "x.warc.lz4": ".warc.lz4",
    }


def test_a_pattern_stands_for_what_it_matches_but_for_other_kinds(folder: Path) -> None:
    """A name without an ending may be an archive's; one that says what else it is, and a folder, are not."""
    found = find_inputs([f"{folder}/*"])
    assert below(folder, found.files) == ["README", "a.warc.gz", "b.ARC", "d.wacz", "part-00000"]
    assert found.left[f"{folder}/sub"] == "folder" and found.left[f"{folder}/page.html"] == ".html"
    assert below(folder, find_inputs([f"{folder}/**/*.zst"]).files) == ["sub/c.wet.zst"]


def test_what_one_pattern_takes_is_not_left_out_by_another(folder: Path) -> None:
    """A file that is given by its own name is taken whatever it is called."""
    found = find_inputs([str(folder), f"{folder}/page.html", f"{folder}/a.warc.gz"])
    assert f"{folder}/page.html" in found.files and f"{folder}/page.html" not in found.left


@pytest.mark.parametrize(
    ("name", "hint"),
    [("x.warc.lz4", "lz4 -d"), ("now.warc.gz.open", "still being written"), ("none.warc", "give a web archive")],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(name: str, hint: str, folder: Path) -> None:
    """With what to do; also where a pattern without a sign matches nothing."""
    with pytest.raises(UserError, match=f"{name}.*{hint}"):
        find_inputs([f"{folder}/a.warc.gz", f"{folder}/{name}"])


def test_a_pattern_that_stands_for_nothing_says_what_it_matched(folder: Path) -> None:
    """And what to do with it."""
    with pytest.raises(UserError, match=r"\*\.html': not read.*1 of \.html"):
        find_inputs([f"{folder}/*.html"])
    with pytest.raises(UserError, match=r"1 of folder .*give the folder itself"):
        find_inputs([f"{folder}/su?"])


def test_a_file_is_taken_by_its_name_though_it_reads_as_a_pattern(tmp_path: Path) -> None:
    """Brackets in the name of a file or of a folder are no pattern where that file is there."""
    folder = tmp_path / "in[1]"
    folder.mkdir()
    (folder / "a[2].warc.gz").write_bytes(b"a")
    expected = {f"{folder}/a[2].warc.gz": 1}
    assert find_inputs([f"{folder}/a[2].warc.gz"]).files == find_inputs([str(folder)]).files == expected


def test_folders_and_patterns_of_a_bucket(buckets: Buckets, tmp_path: Path) -> None:
    """As those of a disk, where a listing tells."""
    root = f"{buckets.set_up('s3', tmp_path)}/in"
    for name in (*MIXED, "sub/.hidden.warc"):
        with storage.write_whole(f"{root}/{name}") as file:
            file.write(b"x")
    for given in (root, f"{root}/"):
        found = find_inputs([given])
        assert [path.removeprefix(f"{root}/") for path in found.files] == [
            "a.warc.gz",
            "b.ARC",
            "d.wacz",
            "sub/c.wet.zst",
        ]
        assert len(found.left) == 9
    assert len(find_inputs([f"{root}/*"]).left) == 6
    with pytest.raises(UserError, match="nothing-here"):
        find_inputs([f"{root}/nothing-here"])


def test_names_are_told_from_where_the_inputs_lie(folder: Path) -> None:
    """So that a moved crawl gives the same manifest, and none tells of this machine."""
    found = plan(Request((str(folder),), "out", recipe("raw"))).not_taken
    assert next(each for each in found if each.kind == ".txt") == NotTaken(".txt", 1, ("sub/e.txt",))


def test_counts_are_bounded() -> None:
    """Of 90,000 files some names are kept, and of many endings the most frequent."""
    left = {f"{n:05d}.html": ".html" for n in range(90_000)} | {f"x.e{n}": f".e{n}" for n in range(500)}
    found = not_taken(left)
    assert found[0] == NotTaken(".html", 90_000, tuple(f"{n:05d}.html" for n in range(NAMES)))
    assert len(found) == inputs.KINDS + 1 and found[-1].kind == OTHER_KINDS
    assert sum(each.files for each in found) == len(left)
    assert len(said(found)) < 3000


def test_a_name_that_is_no_utf8_can_be_told() -> None:
    """A manifest is text."""
    assert not_taken({os.fsdecode(b"\xff.html"): ".html"})[0].names == (r"\xff.html",)


def test_what_belongs_beside_archives_needs_no_alarm() -> None:
    """Indexes, digests and notes are counted and not told."""
    beside = not_taken({"a.cdxj": ".cdxj", "a.md5": ".md5", "README": "", "sub/LICENSE": ""})
    assert said(beside) == "" and all(is_beside(each.kind, each.names) for each in beside)
    assert "1 of no ending (part-00000)" in said(not_taken({"part-00000": ""}))


@pytest.mark.parametrize(
    "name", ["a.warc.gz", "b", ".hidden", "x.1234", "a.tar.gz", "q.verylongending", "a.7z", "x.gz", ".gz"]
)
def test_an_ending_is_short_and_plain(name: str) -> None:
    """Whatever a file is called, so that it can be counted and printed."""
    expected = {"a.warc.gz": ".warc.gz", "a.tar.gz": ".tar.gz", "a.7z": ".7z", "x.gz": ".gz"}
    assert ending(name) == expected.get(name, "")


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Image sets in the three formats, a tar and a table of something else, and a crawl beside them."""
    made = tmp_path / "in"
    for form in (WEBDATASET, TABLES, FILES):
        for number in range(2):
            write_shard(made / form, number, [Sample("000", SITE, "x", b"image"), failure("001", SITE)], form)
    for name in ("code.tar", "rows.parquet", "a.warc"):
        (made / name).write_bytes(b"other")
    return made


def test_a_folder_stands_for_the_shards_of_image_sets_in_it(sets: Path) -> None:
    """A tar with its table, a table with its images: tables of tars, and single images, are no inputs of their own and not left out."""
    found = find_inputs([str(sets)])
    shards = ["files/00000.parquet", "files/00001.parquet", "parquet/00000.parquet", "parquet/00001.parquet"]
    assert below(sets, found.files) == ["a.warc", *shards, "webdataset/00000.tar", "webdataset/00001.tar"]
    others = {name for name in below(sets, found.left) if not name.endswith("_stats.json")}
    assert others == {"code.tar", "rows.parquet"}
    archives = plan(Request((str(sets / WEBDATASET),), str(sets / "out"), recipe("raw"))).archives
    assert [archive.name for archive in archives] == ["00000.tar", "00001.tar"]


def test_patterns_and_names_of_shards(sets: Path) -> None:
    """A pattern that ends so takes all tars; a table is not taken without its tar, which a message says."""
    assert below(sets, find_inputs([f"{sets}/*.tar"]).files) == ["code.tar"]
    assert below(sets, find_inputs([f"{sets}/webdataset/*"]).files) == ["webdataset/00000.tar", "webdataset/00001.tar"]
    assert below(sets, find_inputs([f"{sets}/parquet/0000?.parquet"]).files) == [
        "parquet/00000.parquet",
        "parquet/00001.parquet",
    ]
    assert below(sets, find_inputs([f"{sets}/webdataset/00001.tar"]).files) == ["webdataset/00001.tar"]
    with pytest.raises(UserError, match=r"is read together with .*00000\.tar: give that"):
        find_inputs([f"{sets}/webdataset/00000.parquet"])
    with pytest.raises(UserError, match="no input matches"):
        find_inputs([f"{sets}/webdataset/*.parquet"])


def test_the_table_of_a_tar_tells_inputs_apart(sets: Path) -> None:
    """Another table is another input, since rows that failed come from it."""
    asked = Request((f"{sets}/webdataset/00000.tar",), str(sets / "out"), recipe("raw"))
    before = plan(asked).inputs_digest
    (sets / "webdataset" / "00000.parquet").write_bytes(b"other")
    changed = plan(asked).inputs_digest
    (sets / "webdataset" / "00000.parquet").unlink()
    assert len({before, changed, plan(asked).inputs_digest}) == 3
