"""The pairs of a run over the sample, by the readers of others."""

import hashlib
import io
from pathlib import Path

from PIL import Image

from tests.support.readers import counted, loaded, samples
from tests.support.runs import rows
from tests.support.sample_run import sample_run, unexplained


def test_datasets_loads_them(tmp_path: Path) -> None:
    """The image column is an Image and opens to the size that the row states."""
    run, manifest = sample_run()
    found = loaded(run, "pairs", tmp_path)
    assert len(found) == manifest.rows("pairs", "parquet") > 5
    assert type(found.features["image"]).__name__ == "Image"
    assert found.features["phash"].dtype == "uint64"
    assert all(row["image"].size == (row["width"], row["height"]) for row in found)


def test_webdataset_decodes_them() -> None:
    """Each sample has a picture and its caption, the same as the Parquet row of its key."""
    run, manifest = sample_run()
    by_key = {sample["__key__"]: sample for sample in samples(run, "pairs")}
    assert len(by_key) == manifest.rows("pairs", "webdataset") == manifest.rows("pairs", "parquet")
    for row in rows(run, "pairs"):
        sample = by_key[row["id"]]
        (picture,) = [value for value in sample.values() if isinstance(value, Image.Image)]
        assert picture.size == (row["width"], row["height"])
        assert (sample["txt"], sample["json"]["url"]) == (row["caption"], row["url"])


def test_images_are_stored_as_archived() -> None:
    """Their bytes hash to what the row says, and Pillow opens them."""
    run, _ = sample_run()
    for row in rows(run, "pairs"):
        assert hashlib.sha256(row["image"]["bytes"]).hexdigest() == row["sha256"]
        with Image.open(io.BytesIO(row["image"]["bytes"])) as picture:
            picture.load()


def test_duckdb_counts_what_the_manifest_says() -> None:
    """Rows, and as many ids."""
    run, manifest = sample_run()
    assert counted(run, "pairs") == (manifest.rows("pairs", "parquet"),) * 2


def test_nothing_vanished() -> None:
    """Each reference that entered is kept or has one row that says why, and each keeper is known (law 3)."""
    assert unexplained("pairs") == []


def test_no_picture_is_kept_twice() -> None:
    """Neither bytes nor a perceptual hash stand under one caption in two rows, though each picture is in both archives."""
    run, _ = sample_run()
    for column in ("sha256", "phash"):
        values = [(row[column], row["caption"]) for row in rows(run, "pairs")]
        assert len(values) == len(set(values))
