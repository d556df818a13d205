"""How images are published: as archived without their metadata, or encoded anew, in a run over an archive of our own."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from pipeline.plan import Request
from pipeline.run import run
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from schemas.recipe import Recipe
from tests.support import pictures
from tests.support.archives import response
from tests.support.pictures import encoded, noise
from tests.support.runs import recipe, rows, run_on, shard_digests
from tests.support.web import SITE, archive, page, passage

SECRET = b"Maker of secrets"
AVIF = 'extract.image_formats=["jpeg", "png", "avif"]'
FORMS = ("pairs.image.resize_mode=border", "pairs.image.image_size=32", "interleaved.image.resize_mode=keep_ratio")
MORE = ("interleaved.image.image_size=24", "interleaved.image.encode_format=webp", "pairs.duplicates=[]", AVIF)


def files() -> dict[str, bytes]:
    """Pictures by name: a photograph on its side, one whose metadata cannot be taken out, one without any, and a strip."""
    shot = Image.merge("RGB", [noise(48, 32), Image.linear_gradient("L").resize((48, 32)), noise(48, 32)])
    return {
        "turned.jpg": encoded(shot, "JPEG", exif=pictures.camera_exif(6)),
        "sealed.avif": encoded(shot.rotate(180), "AVIF", exif=pictures.camera_exif(1)),
        "plain.png": encoded(noise(20, 30), "PNG"),
        "strip.png": encoded(noise(3000, 2), "PNG"),
    }


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """An archive of one page with all pictures."""
    shown = [f'<img src="/{name}" alt="the quiet river in {name}">' for name in files()]
    records = [response(f"{SITE}a", page(passage(1), *shown, passage(2)))]
    records += [response(f"{SITE}{name}", data, "image/x") for name, data in files().items()]
    return [archive(tmp_path_factory.mktemp("in") / "a.warc.gz", records)]


def run_again(inputs: list[str], output: Path, asked: Recipe, staging: str) -> Manifest:
    """A run over staging that is there."""
    return run(Request(tuple(inputs), str(output), asked, staging=staging))


def opened(cell: dict[str, bytes]) -> Image.Image:
    """The picture of a cell."""
    return Image.open(io.BytesIO(cell["bytes"]))


def test_archived_images_say_nothing_of_their_makers(inputs: list[str], tmp_path: Path) -> None:
    """The orientation stays, so that what is shown has the size that is stated; what cannot be stripped is dropped by a rule."""
    run_on(inputs, tmp_path / "out", recipe("raw", "pairs.duplicates=[]", AVIF))
    found = {row["url"].rpartition("/")[2]: row for row in rows(tmp_path / "out", "pairs")}
    assert set(found) == {"turned.jpg", "plain.png", "strip.png"}
    turned = found["turned.jpg"]
    image = opened(turned["image"])
    assert SECRET not in turned["image"]["bytes"] and dict(image.getexif()) == {0x0112: 6}
    assert ImageOps.exif_transpose(image).size == (turned["width"], turned["height"]) == (32, 48)
    assert (turned["original_width"], turned["taken"]) == (32, "2024-05-17T09:30:00")
    assert turned["sha256"] == hashlib.sha256(files()["turned.jpg"]).hexdigest() and found["plain.png"]["taken"] == ""
    dropped = {(row["corpus"], row["rule"]) for row in rows(tmp_path / "out", "dropped")}
    assert dropped == {("pairs", "image_metadata"), ("interleaved_images", "image_metadata")}


def test_images_encoded_anew(inputs: list[str], tmp_path: Path) -> None:
    """Each corpus in its own form, from the same staging; the row says both sizes and formats. A strip has no form of `keep_ratio`."""
    manifest = run_on(inputs, tmp_path / "out", recipe("raw", *FORMS, *MORE))
    found = {row["url"].rpartition("/")[2]: row for row in rows(tmp_path / "out", "pairs")}
    assert set(found) == set(files())
    for name, row in found.items():
        image = opened(row["image"])
        assert (image.format, image.size) == ("JPEG", (32, 32)) == ("JPEG", (row["width"], row["height"]))
        assert (row["format"], row["image"]["path"][-4:]) == ("jpeg", ".jpg") and not image.getexif()
        assert row["original_format"] == {"jpg": "jpeg"}.get(name[-3:], name.partition(".")[2])
    assert (found["turned.jpg"]["original_width"], found["turned.jpg"]["original_height"]) == (32, 48)
    (document,) = rows(tmp_path / "out", "interleaved")
    told = [each for each in json.loads(document["metadata"]) if each]
    shown = [opened(cell) for cell in document["images"] if cell]
    assert [image.size for image in shown] == [(24, 36), (36, 24), (24, 36)]
    assert [(each["width"], each["height"]) for each in told] == [image.size for image in shown]
    assert {image.format for image in shown} == {"WEBP"} and told[0]["original_height"] == 48
    (strip,) = [row for row in rows(tmp_path / "out", "dropped") if row["rule"] == "image_form"]
    assert (strip["corpus"], strip["url"]) == ("interleaved_images", f"{SITE}strip.png")
    # Another threshold decides over the same staging, another form does not.
    staged = str(tmp_path / "out" / "staging")
    again = recipe("raw", *FORMS, *MORE, "pairs.image.strip_metadata=false")
    assert shard_digests(run_again(inputs, tmp_path / "same", again, staged)) == shard_digests(manifest)
    with pytest.raises(UserError, match="staging"):
        run_again(inputs, tmp_path / "other", recipe("raw", *FORMS, *MORE, "pairs.image.image_size=33"), staged)
