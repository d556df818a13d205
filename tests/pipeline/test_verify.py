"""Verify: silent about a whole run, and naming the file for every kind of damage."""

import io
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats.parquet import PARQUET
from pipeline.formats.webdataset import WEBDATASET
from pipeline.inspect import load
from pipeline.verify import outcomes_of, verify
from schemas.manifest import Account, Manifest, ShardFile
from schemas.outcomes import UserError
from tests.support import small_run
from tests.support.small_run import commit, forge
from tests.support.tables import SCHEMAS

TEXT, PAIRS = "text/data/train-00001-of-00002.parquet", "pairs/data/train-00000-of-00002.parquet"
TAR = "pairs/wds/train-000001.tar"
SHARDS = [TEXT, PAIRS, TAR, "interleaved/wds/train-000000.tar", "dropped/part-00000.parquet"]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A finished run, made once."""
    folder = tmp_path_factory.mktemp("pristine") / "run"
    return folder, small_run.write_run(folder)


def test_a_crawl_is_no_run(tmp_path: Path) -> None:
    """Whoever asks about a crawl's folder hears what it is, and what makes a run of it."""
    (tmp_path / "crawl.json").write_text("{}")
    for ask in (verify, load):
        with pytest.raises(UserError, match=r"is a crawl and no run: triptych run --input .* makes a run of it"):
            ask(str(tmp_path))


@pytest.fixture
def run(pristine: tuple[Path, Manifest], tmp_path: Path) -> tuple[Path, Manifest]:
    """A copy of the finished run to damage."""
    folder = tmp_path / "run"
    shutil.copytree(pristine[0], folder)
    return folder, pristine[1]


def found(folder: Path) -> list[tuple[str, str]]:
    return [(problem.file, problem.what) for problem in verify(str(folder))]


def only(folder: Path, name: str, words: str) -> None:
    """Asserts that verify finds one problem, in this file, that says these words."""
    problems = found(folder)
    assert [file for file, _ in problems] == [name], problems
    assert words in problems[0][1]


def test_a_whole_run_has_no_problem(run: tuple[Path, Manifest]) -> None:
    """A finished run as the writers made it verifies without a word, also with staging beside it."""
    (run[0] / "staging").mkdir()
    (run[0] / "staging" / "left.parquet").write_bytes(b"x")
    assert found(run[0]) == []


def test_two_runs_are_byte_identical(run: tuple[Path, Manifest], tmp_path: Path) -> None:
    """The same rows written again give the same files and the same manifest."""
    small_run.write_run(tmp_path / "again")
    for path in sorted(run[0].rglob("*")):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(run[0])).read_bytes() == path.read_bytes(), path


def test_no_manifest_is_no_run(run: tuple[Path, Manifest]) -> None:
    """Without a manifest the run is not finished, whatever shards lie there; and without a marker it was never begun."""
    (run[0] / "manifest.json").unlink()
    only(run[0], "manifest.json", "no run was begun")
    (run[0] / "run.json").write_text("{}")
    only(run[0], "manifest.json", "not finished")


@pytest.mark.parametrize("edit", [lambda data: data[:-100], lambda data: data.replace(b'"rows": 12', b'"rows": 13')])
def test_a_changed_manifest_is_named(run: tuple[Path, Manifest], edit: Callable[[bytes], bytes]) -> None:
    """A manifest that was cut or edited is named itself."""
    path = run[0] / "manifest.json"
    assert edit(path.read_bytes()) != path.read_bytes()
    path.write_bytes(edit(path.read_bytes()))
    assert [file for file, _ in found(run[0])] == ["manifest.json"]


def test_any_flipped_bit_is_named(run: tuple[Path, Manifest]) -> None:
    """One bit flipped anywhere in any file that the manifest names: that file is named, and no other."""
    folder, manifest = run
    names = [file.name for file in (*manifest.shards, *manifest.side_files)]

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(names), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
    def flip(name: str, share: float, bit: int) -> None:
        data = (folder / name).read_bytes()
        place = int(share * len(data))
        (folder / name).write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
        problems = {file for file, _ in found(folder)}
        (folder / name).write_bytes(data)
        assert name in problems and problems <= {name, "dropped/", "failed/"}

    flip()


@pytest.mark.parametrize("name", SHARDS)
def test_a_cut_shard_is_named(run: tuple[Path, Manifest], name: str) -> None:
    """A shard cut in half is named with both sizes."""
    data = (run[0] / name).read_bytes()
    (run[0] / name).write_bytes(data[: len(data) // 2])
    assert (name, f"{len(data) // 2} bytes instead of {len(data)}") in found(run[0])


@pytest.mark.parametrize("name", [*SHARDS, "README.md", "pairs/wds/sizes.json"])
def test_a_missing_file_is_named(run: tuple[Path, Manifest], name: str) -> None:
    """A shard or side file that is gone is named as missing."""
    (run[0] / name).unlink()
    assert (name, "missing") in found(run[0])


@pytest.mark.parametrize("name", ["text/data/train-00002-of-00002.parquet", "pairs/wds/train-000009.tar", "x/y.tar"])
def test_a_shard_too_many_is_named(run: tuple[Path, Manifest], name: str) -> None:
    """A shard on disk that the manifest does not name would be read by a glob, so it is named."""
    (run[0] / name).parent.mkdir(exist_ok=True)
    shutil.copy(run[0] / (TAR if name.endswith("tar") else TEXT), run[0] / name)
    only(run[0], name, "not in the manifest")


def test_a_false_row_count_is_named(run: tuple[Path, Manifest]) -> None:
    """A manifest that claims another number of rows than a shard holds is caught by counting, in both formats."""
    for name in (TEXT, TAR):
        shards = tuple(replace(each, rows=each.rows + 1) if each.name == name else each for each in run[1].shards)
        commit(run[0], replace(run[1], shards=shards))
        assert any(file == name and "rows instead of" in what for file, what in found(run[0]))


def _without_last_sample(data: bytes) -> bytes:
    """The tar cut at a member boundary and closed properly: readers see a shorter set and no error."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        start = tar.getmembers()[-3].offset
    return data[:start] + bytes(1024)


def test_a_tar_cut_between_samples_is_named(run: tuple[Path, Manifest]) -> None:
    """A tar that lost its last sample but is vouched for by size and hash is caught by its count."""
    forge(*run, TAR, _without_last_sample((run[0] / TAR).read_bytes()))
    only(run[0], TAR, "rows instead of")


def test_a_stray_member_is_named(run: tuple[Path, Manifest]) -> None:
    """A member that belongs to no sample, such as a name without a dot, is refused."""
    out = io.BytesIO((run[0] / TAR).read_bytes())
    with tarfile.open(fileobj=out, mode="a") as tar:
        tar.addfile(tarfile.TarInfo("README"))
    forge(*run, TAR, out.getvalue())
    only(run[0], TAR, "'README' belongs to no sample")


def test_a_flipped_page_is_found_by_its_checksum(run: tuple[Path, Manifest]) -> None:
    """A page that was already wrong when it was hashed is caught by the page checksum inside the file."""
    data = (run[0] / TEXT).read_bytes()
    group = pq.read_metadata(run[0] / TEXT).row_group(0)
    column = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "text")
    place = column.data_page_offset + column.total_compressed_size - 5
    forge(*run, TEXT, data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
    only(run[0], TEXT, "CRC")


def test_what_is_no_parquet_is_named(run: tuple[Path, Manifest]) -> None:
    """A file that is vouched for but is not Parquet, or no tar, is named as unfit."""
    for name in (TEXT, TAR):
        forge(*run, name, b"nothing of the kind" * 100)
        assert any(file == name and what.startswith("unfit: ") for file, what in found(run[0]))


def test_other_columns_are_named(run: tuple[Path, Manifest]) -> None:
    """A shard whose columns are not those of its corpus is refused, so that all shards of a run have one schema."""
    table = pq.read_table(run[0] / TEXT)
    names = table.column_names
    for other, wrong in (
        (table.rename_columns(["key", *names[1:]]), "id, key"),
        (table.set_column(0, "id", table["id"].cast("large_string")), "id"),
        (table.select(names[:-1]), names[-1]),
    ):
        out = io.BytesIO()
        pq.write_table(other, out)
        forge(*run, TEXT, out.getvalue())
        only(run[0], TEXT, f"unfit: columns differ from those that the run wrote: {wrong}")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("texts", ["a", "b"], "holds both"), ("images", [None, None, None], "differ in length")],
)
def test_documents_that_do_not_interlace_are_named(
    run: tuple[Path, Manifest], column: str, value: list[str | None], words: str
) -> None:
    """A vouched-for shard with a document that has both or neither side in a place, or unequal lists, is named."""
    name = "interleaved/data/train-00000-of-00002.parquet"
    table = pq.read_table(run[0] / name)
    rows = [value, *table[column].to_pylist()[1:]]
    place = table.column_names.index(column)
    field = table.schema.field(column)
    out = io.BytesIO()
    pq.write_table(table.set_column(place, field, pa.array(rows, type=field.type)), out)
    forge(*run, name, out.getvalue())
    only(run[0], name, words)


def rewrite(run: tuple[Path, Manifest], name: str, numbers: list[int]) -> Manifest:
    """Put other pairs into a shard, vouched for."""
    items = [small_run.pair_row(number) for number in numbers]
    format_ = WEBDATASET if name.endswith("tar") else PARQUET
    small_run.write_shard(str(run[0]), name, format_, small_run.KINDS["pairs"], items)
    return forge(*run, name, (run[0] / name).read_bytes())


@pytest.mark.parametrize("name", [TAR, PAIRS.replace("00000-of", "00001-of")])
def test_an_id_of_two_shards_is_named(run: tuple[Path, Manifest], name: str) -> None:
    """An id that is in two shards is named with both of them, in either format, wherever in them it is."""
    half = small_run.PAIRS // 2
    first = name.replace("00001-of", "00000-of").replace("000001.tar", "000000.tar")
    rewrite(run, name, [half // 2, *range(half + 1, small_run.PAIRS)])
    only(run[0], name, f"id '{small_run.key(half // 2)}' is also in {first}")


def test_shards_are_no_series(run: tuple[Path, Manifest]) -> None:
    """Each shard has its ids in order; between the shards there is none."""
    half = small_run.PAIRS // 2
    even, odd = list(range(0, small_run.PAIRS, 2))[:half], list(range(1, small_run.PAIRS, 2))
    other = rewrite(run, PAIRS, odd[:half])
    rewrite((run[0], other), PAIRS.replace("00000-of", "00001-of"), [*even, small_run.PAIRS - 1])
    assert found(run[0]) == []


def test_ids_out_of_order_are_named(run: tuple[Path, Manifest]) -> None:
    """Ids that do not ascend within a shard are named, and so is one that stands twice in it."""
    count = small_run.PAIRS // 2
    rewrite(run, PAIRS, [1, 0, *range(2, count)])
    only(run[0], PAIRS, f"id '{small_run.key(0)}' comes after '{small_run.key(1)}'")
    rewrite(run, PAIRS, [0, 1, 1, *range(3, count)])
    only(run[0], PAIRS, f"id '{small_run.key(1)}' stands twice")


def test_samples_out_of_order_are_named(run: tuple[Path, Manifest]) -> None:
    """Order runs on from piece to piece: two samples of a tar that changed places are named, and one that came twice."""
    out = io.BytesIO((run[0] / TAR).read_bytes())
    with tarfile.open(fileobj=out) as tar:
        ends = [member.offset for member in tar][::3][:3]  # a pair has three members
    data = out.getvalue()
    first, second, rest = data[: ends[1]], data[ends[1] : ends[2]], data[ends[2] :]
    half = small_run.PAIRS // 2
    forge(*run, TAR, second + first + rest)
    only(run[0], TAR, f"id '{small_run.key(half)}' comes after '{small_run.key(half + 1)}'")


def test_of_a_very_large_corpus_a_slice_is_compared(
    run: tuple[Path, Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many ids are compared between shards depends on the rows that the manifest states of a corpus in one format."""
    asked: list[int] = []

    def none(rows: int) -> int:
        asked.append(rows)
        return 0

    monkeypatch.setattr("pipeline.verify.slice_end", none)
    rewrite(run, TAR, [0, *range(small_run.PAIRS // 2 + 1, small_run.PAIRS)])
    assert found(run[0]) == []
    assert sorted(asked) == [
        1,
        3,
        *[count for _, count in sorted(small_run.ROWS.values(), key=lambda each: each[1]) for _ in "ab"],
    ]


def test_a_row_without_an_id_is_named(run: tuple[Path, Manifest]) -> None:
    """A null where the id should be is a damage of the shard, not an error of verify."""
    table = pq.read_table(run[0] / TEXT)
    ids = pa.array([None, *table["id"].to_pylist()[1:]], pa.string())
    out = io.BytesIO()
    pq.write_table(table.set_column(0, pa.field("id", pa.string()), ids), out)
    forge(*run, TEXT, out.getvalue())
    only(run[0], TEXT, "unfit: a row without an id")


def test_runs_of_other_columns_are_verified(run: tuple[Path, Manifest]) -> None:
    """A run is held to the columns that its manifest states, not to those of this release; one of version 1 to none."""
    columns = {**run[1].columns, "text": run[1].columns["text"] | {"later_measure": "double"}}
    commit(run[0], replace(run[1], columns=columns))
    texts = [name for name in (shard.name for shard in run[1].shards) if name.startswith("text/data")]
    unfit = "unfit: columns differ from those that the run wrote: later_measure"
    assert found(run[0]) == [(name, unfit) for name in texts]
    manifest = replace(run[1], columns=columns)
    for name in texts:
        table = pq.read_table(run[0] / name)
        out = io.BytesIO()
        pq.write_table(table.append_column("later_measure", pa.nulls(len(table), pa.float64())), out)
        manifest = forge(run[0], manifest, name, out.getvalue())
    assert found(run[0]) == []
    commit(run[0], replace(manifest, columns={}))
    assert found(run[0]) == []


def test_columns_that_are_not_stated_are_named(run: tuple[Path, Manifest]) -> None:
    """A manifest that states columns states those of every table that it has shards of."""
    commit(run[0], replace(run[1], columns={"text": run[1].columns["text"]}))
    assert found(run[0]) == [
        ("manifest.json", f"the columns of {table} are not stated")
        for table in ("dropped", "failed", "interleaved", "pairs")
    ]


def with_account(manifest: Manifest, place: int, **changes: object) -> Manifest:
    accounts = list(manifest.accounts)
    accounts[place] = replace(accounts[place], **changes)  # type: ignore[arg-type]
    return replace(manifest, accounts=tuple(accounts))


def test_an_account_that_does_not_hold_is_named(run: tuple[Path, Manifest]) -> None:
    """An item that vanished between the outcomes shows as the equation that does not hold."""
    commit(run[0], with_account(run[1], 0, entered=28))
    only(run[0], "manifest.json", "account of text at extract does not hold: 28 ≠ 26 kept + 0 dropped + 1 failed")


def test_items_lost_between_stages_are_named(run: tuple[Path, Manifest]) -> None:
    """Accounts that hold one by one but do not hand on what was kept are named."""
    commit(run[0], with_account(run[1], 0, entered=28, kept=27))
    only(run[0], "manifest.json", "account of text at decide takes in 26, but extract kept 27")


@pytest.mark.parametrize(
    ("changes", "table", "words"),
    [
        ({"dropped": {"text_chars": 1, "words": 1}}, "dropped/", "2 rows for text decide dropped text_chars"),
        ({"dropped": {"text_chars": 3}, "duplicates": {}}, "dropped/", "1 rows for text decide duplicate exact"),
        ({"dropped": {"text_chars": 2}, "failed": {"bomb": 1}, "duplicates": {}}, "failed/", "0 rows for text decide"),
    ],
)
def test_tables_bear_out_the_accounts(
    run: tuple[Path, Manifest], changes: dict[str, dict[str, int]], table: str, words: str
) -> None:
    """Dropped, failed and duplicate rows must be as many, by rule and fault, as the accounts say."""
    commit(run[0], with_account(run[1], 1, **changes))
    problems = found(run[0])
    assert {file for file, _ in problems} <= {"dropped/", "failed/"}
    assert any(file == table and what.startswith(words) for file, what in problems), problems


def test_a_corpus_that_is_not_what_was_kept_is_named(run: tuple[Path, Manifest]) -> None:
    """More kept than written is named, in each format; so is a corpus that was kept but not written at all."""
    commit(run[0], with_account(run[1], 2, entered=32, kept=32))
    assert found(run[0]) == [
        ("manifest.json", f"pairs: {small_run.PAIRS} rows in {name}, but 32 were kept")
        for name in ("parquet", "webdataset")
    ]
    empty = Manifest("raw", "0", accounts=(Account("pairs", "decide", 1, 1),), columns={"pairs": {}})
    shutil.rmtree(run[0])
    commit(run[0], empty)
    only(run[0], "manifest.json", "pairs: 0 rows in any format, but 1 were kept")


def test_a_run_with_an_empty_corpus_holds(tmp_path: Path) -> None:
    """A corpus that kept nothing verifies: with an empty shard, or in a format that has none with no shard at all."""
    name, kind = PARQUET.shard_name("pairs", 0, 1), small_run.KINDS["pairs"]
    with PARQUET.open(str(tmp_path), name, kind, empty_ok=True) as shard:
        pass
    assert shard.file is not None
    manifest = Manifest("raw", "0", accounts=(Account("pairs", "decide", 1, 0, {"no_caption": 1}),))
    manifest = replace(manifest, columns={"pairs": kind.table.types()})
    unwritten = ("dropped/", "0 rows for pairs decide dropped no_caption, but the accounts say 1")
    commit(tmp_path, replace(manifest, shards=(shard.file,)))
    assert found(tmp_path) == [unwritten]
    (tmp_path / name).unlink()
    commit(tmp_path, manifest)
    assert found(tmp_path) == [unwritten]


def test_unknown_words_in_the_manifest_are_named(run: tuple[Path, Manifest]) -> None:
    """A shard of a format that this version does not know is named, not skipped; so is a corpus without an account."""

    def changed(**words: str) -> list[tuple[str, str]]:
        shards = tuple(replace(each, **words) if each.name == TEXT else each for each in run[1].shards)  # type: ignore[arg-type]
        commit(run[0], replace(run[1], shards=shards))
        return found(run[0])

    assert (TEXT, "unknown format 'csv'") in changed(format="csv")
    assert ("manifest.json", "the columns of video are not stated") in changed(corpus="video")
    assert ("manifest.json", "video: 12 rows in parquet, but 0 were kept") in changed(corpus="video")


def test_an_empty_manifest_of_an_empty_run_holds(tmp_path: Path) -> None:
    """A run that read nothing and wrote nothing verifies."""
    commit(tmp_path, Manifest("raw", "0"))
    assert found(tmp_path) == []


def test_shards_of_the_fixture_are_real(pristine: tuple[Path, Manifest]) -> None:
    """The run under test has every format and corpus, and row groups enough that a pass over them means something."""
    shards: tuple[ShardFile, ...] = pristine[1].shards
    assert {(each.corpus, each.format) for each in shards} >= {(c, "parquet") for c in SCHEMAS} | {
        (c, "webdataset") for c in small_run.KINDS
    }
    assert pq.read_metadata(pristine[0] / PAIRS).num_row_groups > 2


def test_a_row_of_image_elements_stands_for_as_many_as_it_says() -> None:
    """Those of a page that left by one rule share it; of all other rows each is an item, whatever its value."""
    values = {
        "corpus": ["image_elements", "pairs", "pairs"],
        "stage": ["extract", "rules", "duplicates"],
        "rule": ["no_address", "image_min_side", "sha256"],
        "of": [None, None, "another"],
        "value": [7.0, 5.0, None],
    }
    assert outcomes_of("dropped", values) == {
        ("image_elements", "extract", "dropped", "no_address"): 7,
        ("pairs", "rules", "dropped", "image_min_side"): 1,
        ("pairs", "duplicates", "duplicate", "sha256"): 1,
    }
