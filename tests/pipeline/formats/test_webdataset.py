"""Tar shards: USTAR to the byte, keys and members as readers cut them, nothing lost in JSON."""

import io
import json
import tarfile
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import storage
from pipeline.corpora.interleaved_rows import members as interleaved_members
from pipeline.corpora.pairs import members as pair_members
from pipeline.corpora.text import members as text_members
from pipeline.formats.base import Read
from pipeline.formats.webdataset import (
    WEBDATASET,
    DuplicateKeyError,
    TarShard,
    header,
    json_features,
    shard_name,
)
from schemas.manifest import Manifest, ShardFile
from tests.support import small_run
from tests.support.tables import PAIRS_TABLE, TEXT

KEYS = st.from_regex(r"[0-9a-z][0-9a-z_-]{0,79}", fullmatch=True)
SUFFIXES = st.from_regex(r"[0-9a-z]{1,5}(\.[0-9a-z]{1,5})?", fullmatch=True)
SAMPLES = st.dictionaries(
    KEYS, st.dictionaries(SUFFIXES, st.binary(max_size=1500), min_size=1, max_size=3), min_size=1, max_size=4
)


def write(folder: Path, samples: Mapping[str, Mapping[str, bytes]]) -> ShardFile:
    with TarShard(str(folder), "x.tar", "pairs", pair_members) as shard:
        for key, members in sorted(samples.items()):
            shard.write_sample(key, members)
    assert shard.file is not None
    return shard.file


def by_tarfile(samples: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """What the standard library writes for the same members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for key, members in sorted(samples.items()):
            for suffix, data in sorted(members.items()):
                info = tarfile.TarInfo(f"{key}.{suffix}")
                info.size, info.mode = len(data), 0o444
                tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_bytes_are_those_of_tarfile(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The shard equals, byte for byte, what tarfile writes as USTAR with mode 0444 and no clock, owner or name."""
    folder = tmp_path_factory.mktemp("tar")

    @settings(max_examples=50, deadline=None)
    @given(SAMPLES)
    def equal(samples: Mapping[str, Mapping[str, bytes]]) -> None:
        file = write(folder, samples)
        data = (folder / "x.tar").read_bytes()
        parts = tuple(sorted({suffix for members in samples.values() for suffix in members}))
        assert data == by_tarfile(samples)
        digest = storage.digest(str(folder / "x.tar"))
        assert file == ShardFile("x.tar", "pairs", "webdataset", len(samples), len(data), digest, parts)

    equal()


@given(KEYS, SUFFIXES, st.integers(0, 8**11 - 1))
def test_any_header_is_read_back(key: str, suffix: str, size: int) -> None:
    """tarfile reads name and size of every header, up to the 8 GiB that USTAR can say."""
    info = tarfile.TarInfo.frombuf(header(f"{key}.{suffix}", size), "ascii", "strict")
    assert (info.name, info.size, info.mode, info.mtime, info.uid, info.uname) == (
        f"{key}.{suffix}",
        size,
        0o444,
        0,
        0,
        "",
    )


@pytest.mark.parametrize(("name", "size"), [("x" * 101, 1), ("x.bin", 8**11)])
def test_what_ustar_cannot_say_is_refused(name: str, size: int) -> None:
    """A name over 100 bytes or a member of 8 GiB is an error, not a broken archive."""
    with pytest.raises(ValueError, match="no USTAR member"):
        header(name, size)


@pytest.mark.parametrize("key", ["", "a.b", "a/b", "../x", "_a", "-a", "A", "é", "a" * 81, "__meta__", "a b", "a\n"])
def test_unfit_keys_are_refused(tmp_path: Path, key: str) -> None:
    """A key with a dot would merge samples in every reader, one with a slash would leave the folder: both are refused."""
    with (
        pytest.raises(ValueError, match="no WebDataset key"),
        TarShard(str(tmp_path), "x.tar", "pairs", pair_members) as shard,
    ):
        shard.write_sample(key, {"txt": b""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["", "JPG", ".jpg", "a/b", "a..b"])
def test_unfit_suffixes_are_refused(tmp_path: Path, suffix: str) -> None:
    """A suffix in capitals would have one name in one reader and another in the next."""
    with (
        pytest.raises(ValueError, match="no WebDataset suffix"),
        TarShard(str(tmp_path), "x.tar", "pairs", pair_members) as shard,
    ):
        shard.write_sample("a", {suffix: b""})


def test_a_repeated_key_names_both(tmp_path: Path) -> None:
    """Two samples of one key are an error that carries both records, and no shard appears."""
    with pytest.raises(DuplicateKeyError) as caught, TarShard(str(tmp_path), "x.tar", "pairs", pair_members) as shard:
        shard.write([small_run.pair_row(1)])
        shard.write([small_run.pair_row(1) | {"caption": "another"}])
    assert json.loads(caught.value.first)["caption"] == "a picture of 1"
    assert json.loads(caught.value.second)["caption"] == "another"
    assert small_run.key(1) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_keys_come_in_order(tmp_path: Path) -> None:
    """A key that is less than the last one is refused, so that equal sets give equal shards."""
    with (
        pytest.raises(ValueError, match="comes after"),
        TarShard(str(tmp_path), "x.tar", "pairs", pair_members) as shard,
    ):
        shard.write_sample("b", {"txt": b""})
        shard.write_sample("a", {"txt": b""})


def test_no_empty_shard(tmp_path: Path) -> None:
    """A shard without samples leaves no file; an empty tar stops energon and datasets."""
    with WEBDATASET.open(str(tmp_path), "x.tar", small_run.KINDS["pairs"], empty_ok=True) as shard:
        shard.write([])
    assert (shard.file, list(tmp_path.iterdir())) == (None, [])


def test_rows_without_members_are_refused(tmp_path: Path) -> None:
    """Tables whose rows have no form as files are no WebDataset."""
    kind = small_run.TABLES["dropped"]
    assert not WEBDATASET.fits(kind) and all(map(WEBDATASET.fits, small_run.KINDS.values()))
    with pytest.raises(ValueError, match="rows of dropped are no samples"):
        WEBDATASET.open(str(tmp_path), "x.tar", kind)


def test_a_text_is_two_members() -> None:
    """A text is itself, and JSON that holds all other columns."""
    row = small_run.text_row(5)
    members = text_members(row)
    assert set(members) == {"json", "txt"} and members["txt"].decode() == row["text"]
    assert json.loads(members["json"]).keys() == {*TEXT.names} - {"text"}


@pytest.mark.parametrize("corpus", small_run.KINDS)
def test_the_card_states_what_the_json_holds(corpus: str) -> None:
    """The features of the `json` member name its keys, no more and no less."""
    kind = small_run.KINDS[corpus]
    assert kind.members is not None
    for row in small_run.rows(corpus):
        record = json.loads(kind.members(row)["json"])
        assert [feature["name"] for feature in json_features(kind)] == list(record)


def test_a_pair_is_three_members() -> None:
    """A pair is its image under the format's suffix, its caption, and JSON that holds all other columns."""
    for number in range(4):
        row = small_run.pair_row(number)
        members = pair_members(row)
        suffix = ("jpg", "png", "webp", "gif")[number]
        record = json.loads(members["json"])
        assert members[suffix] == row["image"]["bytes"]
        assert members["txt"].decode() == record["caption"] == row["caption"]
        assert set(members) == {suffix, "json", "txt"}
        assert int(record["phash"], 16) == row["phash"]
        assert {name: record[name] for name in row if name not in ("image", "phash", "lang_score")} == {
            name: value for name, value in row.items() if name not in ("image", "phash", "lang_score")
        }


def test_json_types_do_not_drift() -> None:
    """Every value has one JSON type in all samples: no null, no integer where another row has a fraction."""

    def kinds(row: dict[str, Any]) -> dict[str, type]:
        return {name: type(value) for name, value in json.loads(pair_members(row)["json"]).items()}

    full = small_run.pair_row(1) | {"lang_score": 1, "caption_words": 3, "url_chars": 7.5}
    assert kinds(full) == kinds(small_run.pair_row(3))
    assert json.loads(pair_members(small_run.pair_row(3))["json"])["lang_score"] == -1.0
    assert type(None) not in kinds(full).values()


def test_json_keys_are_in_one_order() -> None:
    """The keys of a JSON member stand sorted, whatever order the row has."""
    row = small_run.pair_row(1)
    backwards = dict(reversed(row.items()))
    assert pair_members(row) == pair_members(backwards)
    assert list(json.loads(pair_members(row)["json"])) == sorted(json.loads(pair_members(row)["json"]))


def test_an_interleaved_sample_names_its_members() -> None:
    """Images stand under the part after the first dot, in their places, as energon reads them."""
    row = small_run.document_row(1)
    members = interleaved_members(row)
    record = json.loads(members["json"])
    assert record["texts"] == ["first", None, "first", None]
    assert record["images"] == [None, "00.png", None, "01.png"]
    assert members["00.png"] == members["01.png"] == row["images"][1]["bytes"]
    assert set(members) == {"json", "00.png", "01.png"}


def test_lists_that_do_not_interlace_are_refused() -> None:
    """A document whose lists differ in length or hold both sides in one place is an error that names it."""
    row = small_run.document_row(0)
    with pytest.raises(ValueError, match=f"{row['id']}: 3 texts beside 2 images"):
        interleaved_members(row | {"texts": ["a", None, "b"]})
    with pytest.raises(ValueError, match="place 1 holds both"):
        interleaved_members(row | {"texts": ["a", "b"]})


def test_sizes_sum_to_the_manifest(tmp_path: Path) -> None:
    """sizes.json beside the tars gives open_clip each shard's samples, and only those of its corpus."""
    rows, kind = small_run.rows("pairs"), small_run.KINDS["pairs"]
    shards = [
        small_run.write_shard(str(tmp_path), shard_name("pairs", number), WEBDATASET, kind, rows[number * 10 :][:10])
        for number in range(3)
    ]
    other = ShardFile("interleaved/wds/train-000000.tar", "interleaved", "webdataset", 5, 1, "")
    manifest = Manifest("raw", "0", shards=(*shards, other))
    sides = WEBDATASET.side_files(str(tmp_path), kind, manifest)
    sizes = json.loads((tmp_path / "pairs/wds/sizes.json").read_bytes())
    assert sizes == {f"train-{number:06d}.tar": 10 for number in range(3)}
    assert {side.name: side.sha256 for side in sides} == {
        name: storage.digest(str(tmp_path / name)) for name in ("pairs/wds/README.md", "pairs/wds/sizes.json")
    }
    assert WEBDATASET.side_files(str(tmp_path), small_run.KINDS["text"], manifest) == []


def read(samples: Mapping[str, Mapping[str, bytes]], columns: dict[str, str], *wanted: str) -> list[Read]:
    """A tar of these samples, made by the standard library, as the format reads it."""
    shard = ShardFile("x.tar", "pairs", "webdataset", 0, 0, "")
    return list(WEBDATASET.read(io.BytesIO(by_tarfile(samples)), shard, columns, wanted))


def test_wanted_columns_are_read() -> None:
    """Reading gives each sample with the columns that were asked for, from its JSON."""
    rows = small_run.rows("pairs")
    samples = {row["id"]: pair_members(row) for row in rows}
    pieces = read(samples, PAIRS_TABLE.types(), "id", "caption")
    assert sum(piece.rows for piece in pieces) == len(rows)
    assert [piece.values for piece in pieces] == [{"id": [row["id"]], "caption": [row["caption"]]} for row in rows]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"txt": b"x"}, "sample 'a' has no json"),
        ({"json": b"{"}, "Expecting"),
        ({"json": b"[]"}, "a.json: expected an object"),
        ({"json": b'{"id": "b"}'}, "the json of sample 'a' is that of 'b'"),
        ({"json": b'{"id": "a", "x": 1}'}, "columns differ from those that the run wrote: x"),
        ({"json": b'{"id": "a", "texts": ["a"], "images": ["00.png"]}'}, "place 0 holds both"),
        ({"json": b'{"id": "a", "texts": [null], "images": ["00.png"]}'}, "a: no member 00.png"),
    ],
)
def test_samples_that_do_not_hold_together_are_refused(members: dict[str, bytes], words: str) -> None:
    """A sample needs a record of its own, with the columns of the run and the images that it names."""
    with pytest.raises(ValueError, match=words):
        read({"a": members}, {"id": "string", "texts": "", "images": ""}, "id")


def test_memory_does_not_grow_with_the_tar() -> None:
    """Reading holds no header that it has passed."""
    samples = {f"{number:06d}": {"json": b'{"id": "%06d"}' % number} for number in range(4000)}
    data = io.BytesIO(by_tarfile(samples))
    tracemalloc.start()
    try:
        for _ in WEBDATASET.read(data, ShardFile("x.tar", "a", "webdataset", 0, 0, ""), {}, ("id",)):
            pass
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # webdataset 1.0.2 does not close its shards
def test_webdataset_decodes_every_sample(tmp_path: Path) -> None:
    """The webdataset library reads the same keys in the same order, and decodes each picture, caption and record."""
    webdataset = pytest.importorskip("webdataset")
    rows = small_run.rows("pairs")
    small_run.write_shard(str(tmp_path), "x.tar", WEBDATASET, small_run.KINDS["pairs"], rows)
    dataset = webdataset.WebDataset(str(tmp_path / "x.tar"), shardshuffle=False).decode("pil")
    samples = list(dataset)
    assert [sample["__key__"] for sample in samples] == [row["id"] for row in rows]
    for row, sample in zip(rows, samples, strict=True):
        picture = sample[{"jpeg": "jpg"}.get(row["format"], row["format"])]
        assert (sample["txt"], sample["json"]["url"]) == (row["caption"], row["url"])
        assert picture.size == (row["width"], row["height"])
