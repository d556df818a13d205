"""Tar shards: USTAR to the byte, keys and members as readers cut them, nothing lost in JSON."""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import storage
from pipeline.sinks.webdataset import (
    DuplicateKeyError,
    TarShard,
    header,
    interleaved_members,
    pair_members,
    shard_name,
    write_sizes,
)
from schemas.manifest import ShardFile
from tests.support import small_run

KEYS = st.from_regex(r"[0-9a-z][0-9a-z_-]{0,79}", fullmatch=True)
SUFFIXES = st.from_regex(r"[0-9a-z]{1,5}(\.[0-9a-z]{1,5})?", fullmatch=True)
SAMPLES = st.dictionaries(
    KEYS, st.dictionaries(SUFFIXES, st.binary(max_size=1500), min_size=1, max_size=3), min_size=1, max_size=4
)


def write(folder: Path, samples: Mapping[str, Mapping[str, bytes]]) -> ShardFile:
    with TarShard(str(folder), "x.tar", "pairs") as shard:
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
    with pytest.raises(ValueError, match="no WebDataset key"), TarShard(str(tmp_path), "x.tar", "pairs") as shard:
        shard.write_sample(key, {"txt": b""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["", "JPG", ".jpg", "a/b", "a..b"])
def test_unfit_suffixes_are_refused(tmp_path: Path, suffix: str) -> None:
    """A suffix in capitals would have one name in one reader and another in the next."""
    with pytest.raises(ValueError, match="no WebDataset suffix"), TarShard(str(tmp_path), "x.tar", "pairs") as shard:
        shard.write_sample("a", {suffix: b""})


def test_a_repeated_key_names_both(tmp_path: Path) -> None:
    """Two samples of one key are an error that carries both records, and no shard appears."""
    with pytest.raises(DuplicateKeyError) as caught, TarShard(str(tmp_path), "x.tar", "pairs") as shard:
        shard.write_pair(small_run.pair_row(1))
        shard.write_pair(small_run.pair_row(1) | {"caption": "another"})
    assert json.loads(caught.value.first)["caption"] == "a picture of 1"
    assert json.loads(caught.value.second)["caption"] == "another"
    assert small_run.key(1) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_keys_come_in_order(tmp_path: Path) -> None:
    """A key that is less than the last one is refused, so that equal sets give equal shards."""
    with pytest.raises(ValueError, match="comes after"), TarShard(str(tmp_path), "x.tar", "pairs") as shard:
        shard.write_sample("b", {"txt": b""})
        shard.write_sample("a", {"txt": b""})


def test_no_empty_shard(tmp_path: Path) -> None:
    """A shard without samples leaves no file; an empty tar stops energon and datasets."""
    with TarShard(str(tmp_path), "x.tar", "pairs") as shard:
        pass
    assert (shard.file, list(tmp_path.iterdir())) == (None, [])


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
    rows = small_run.rows("pairs")
    shards = [
        small_run.write_tar(str(tmp_path), shard_name("pairs", number), "pairs", rows[number * 10 : number * 10 + 10])
        for number in range(3)
    ]
    other = ShardFile("interleaved/wds/train-000000.tar", "interleaved", "webdataset", 5, 1, "")
    side = write_sizes(str(tmp_path), "pairs", [*shards, other])
    sizes = json.loads((tmp_path / "pairs/wds/sizes.json").read_bytes())
    assert sizes == {f"train-{number:06d}.tar": 10 for number in range(3)}
    assert (side.name, side.sha256) == ("pairs/wds/sizes.json", storage.digest(str(tmp_path / "pairs/wds/sizes.json")))


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # webdataset 1.0.2 does not close its shards
def test_webdataset_decodes_every_sample(tmp_path: Path) -> None:
    """The webdataset library reads the same keys in the same order, and decodes each picture, caption and record."""
    webdataset = pytest.importorskip("webdataset")
    rows = small_run.rows("pairs")
    small_run.write_tar(str(tmp_path), "x.tar", "pairs", rows)
    dataset = webdataset.WebDataset(str(tmp_path / "x.tar"), shardshuffle=False).decode("pil")
    samples = list(dataset)
    assert [sample["__key__"] for sample in samples] == [row["id"] for row in rows]
    for row, sample in zip(rows, samples, strict=True):
        picture = sample[{"jpeg": "jpg"}.get(row["format"], row["format"])]
        assert (sample["txt"], sample["json"]["url"]) == (row["caption"], row["url"])
        assert picture.size == (row["width"], row["height"])
