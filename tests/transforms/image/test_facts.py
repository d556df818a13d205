"""What is measured of an image, in this process and in the isolator."""

import hashlib
import io

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from schemas.index import FORMATS, IMAGE_FACTS
from schemas.outcomes import Fault, RecordError
from schemas.recipe import ExtractPart
from schemas.tasks import ImageTask, StagedImage
from tests.support import pictures
from tests.support.pictures import encoded, noise
from tests.support.shared_data import shared
from transforms.image.facts import measure_image
from transforms.image.header import Limits
from transforms.image.likeness import same_colours, same_forms
from transforms.image.phash import hashes, phash
from transforms.isolate import Isolator

LIMITS = Limits()
FORMS = ("PNG", "GIF", "WEBP", "JPEG")


def test_facts_of_a_picture() -> None:
    """Every field says what its definition says."""
    image = noise(40, 20).point(lambda value: 10 + value // 2).convert("RGB")
    data = encoded(image, "PNG")
    assert measure_image(data, LIMITS) == dict(
        format="png",
        width=40,
        height=20,
        size=len(data),
        spread=127,
        sha256=hashlib.sha256(data).digest(),
        phash=phash(image),
        fine=hashes(image)[1],
        image_frames=1.0,
        colours=bytes([128]) * 32,
        orientation=1,
        taken=0,
        sealed=False,
    )


def test_facts_are_those_that_staging_has_columns_for() -> None:
    """By name, so that a fact too many or too few is noticed, and the format is one that can be stored."""
    for form in FORMS:
        facts = measure_image(encoded(noise(40, 20).convert("RGB"), form), LIMITS)
        assert facts.keys() == IMAGE_FACTS.keys() and facts["format"] in FORMATS[1:]


@pytest.mark.parametrize("value", range(1, 9))
def test_width_and_height_are_as_displayed(value: int) -> None:
    """A picture that EXIF lays on its side is measured upright, its hash and its colours too."""
    image = Image.merge("RGB", [noise(30, 20), *[Image.linear_gradient("L").resize((30, 20))] * 2])
    data = encoded(image, "PNG", exif=pictures.exif(value))
    facts = measure_image(data, LIMITS)
    assert (facts["width"], facts["height"]) == ((20, 30) if value >= 5 else (30, 20))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    plain = measure_image(encoded(upright, "PNG"), LIMITS)
    assert facts["phash"] == plain["phash"] == int(str(imagehash.phash(upright)), 16)
    found, wanted = (np.frombuffer(one["colours"], np.uint8).astype(int) for one in (facts, plain))
    assert np.abs(found - wanted).max() <= 6  # other pixels of the small picture are sampled


def test_the_hash_is_of_the_picture_on_a_white_page() -> None:
    """Drawings whose ink is black and whose ground is transparent black share nothing but their file's colours."""
    hashes = []
    for seed in range(5):
        ink = noise(16 + seed, 16).resize((90, 60), Image.Resampling.BICUBIC)
        drawing = Image.merge("LA", [Image.new("L", ink.size), ink])
        facts = measure_image(encoded(drawing, "PNG"), LIMITS)
        assert facts["phash"] == int(str(imagehash.phash(Image.eval(ink, lambda value: 255 - value))), 16)
        hashes.append(facts["phash"])
    assert len(set(hashes)) == 5


def test_the_hash_of_deep_grey_is_that_of_all_its_levels() -> None:
    """16 bits are scaled; cut at 255 nearly every picture would be white."""
    grey = noise(40, 30)
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    assert measure_image(encoded(deep, "PNG"), LIMITS)["phash"] == phash(grey)


def test_pictures_that_differ_in_hue_alone_differ_in_colours() -> None:
    """Three shirts of one grey share a hash; a copy of one, smaller and by another codec, has its colours still."""
    shape = noise(9, 7).resize((300, 220), Image.Resampling.BICUBIC).point(lambda value: 90 + value // 8)
    half = Image.new("L", shape.size, 128)
    tints = [(90, 170), (128, 90), (170, 128)]
    shirts = [
        Image.merge("YCbCr", [shape, *(half.point(lambda _, v=v: v) for v in tint)]).convert("RGB") for tint in tints
    ]
    facts = [measure_image(encoded(shirt, "PNG"), LIMITS) for shirt in shirts]
    copies = [measure_image(encoded(shirt.resize((200, 147)), "JPEG", quality=60), LIMITS) for shirt in shirts]
    for n, one in enumerate(facts):
        rows = [np.array([np.void(one["colours"])] * 3), np.array([np.void(copy["colours"]) for copy in copies])]
        assert same_colours(*rows).tolist() == [n == other for other in range(3)]


@pytest.mark.parametrize("spread", [0, 7, 254, 255])
def test_the_spread_is_exact_where_a_sample_does_not_see_it(spread: int) -> None:
    """One pixel among a million decides."""
    image = Image.new("L", (1000, 1000), 0)
    image.putpixel((333, 777), spread)
    assert measure_image(encoded(image, "PNG"), LIMITS)["spread"] == spread


def test_a_single_coloured_picture() -> None:
    """One colour has no spread where a format keeps it, and within 8 levels of it where a codec adds noise."""
    facts = {form: measure_image(encoded(Image.new("RGB", (64, 64), (200, 100, 50)), form), LIMITS) for form in FORMS}
    assert {facts[form]["spread"] for form in ("PNG", "GIF")} == {0}
    assert max(facts[form]["spread"] for form in FORMS) < 8


def test_in_the_isolator() -> None:
    """A child measures as we do and hands back refusals."""
    good = encoded(noise(50, 50), "JPEG")
    with Isolator[ImageTask, StagedImage]("transforms.dissect:make_handler", ExtractPart()) as isolator:
        first, second, third = isolator.run(map(ImageTask, [good, pictures.png(13_000, 13_000), good]))
    assert first == third == StagedImage(measure_image(good, LIMITS))
    assert isinstance(second, RecordError) and second.fault is Fault.BOMB


def test_odd_files_cost_a_record_each() -> None:
    """Pillow's, wuffs' and fuzzers' files: every one is measured or refused; none hangs, crashes or shows a bug."""
    files = sorted(file for file in shared("images/odd").rglob("*") if file.is_file())[::3]
    with Isolator[ImageTask, StagedImage]("transforms.dissect:make_handler", ExtractPart()) as isolator:
        outcomes = list(isolator.run(ImageTask(file.read_bytes()) for file in files))
    assert len(outcomes) == len(files) > 500
    faults = {outcome.fault for outcome in outcomes if isinstance(outcome, RecordError)}
    assert faults <= {Fault.UNDECODABLE_IMAGE, Fault.UNSUPPORTED_TYPE, Fault.BOMB}
    assert sum(isinstance(outcome, StagedImage) for outcome in outcomes) > len(files) // 4


def test_drawings_that_differ_in_a_few_strokes_differ_in_the_finer_forms() -> None:
    """They share the hash of 64 bits; a copy of one, smaller and by another codec, has its finer forms still."""
    drawings = []
    for strokes in (((211, 168), (204, 169), (197, 167)), ((205, 194), (198, 185), (192, 188))):
        drawing = Image.new("L", (400, 400), 255)
        pen = ImageDraw.Draw(drawing)
        pen.line((0, 200, 399, 200), fill=120)
        pen.line((200, 0, 200, 399), fill=120)
        pen.line(strokes, fill=0, width=3)
        drawings.append(drawing)
    facts = [measure_image(encoded(drawing, "PNG"), LIMITS) for drawing in drawings]
    copy = measure_image(encoded(drawings[0].resize((300, 300), Image.Resampling.LANCZOS), "JPEG", quality=85), LIMITS)
    assert facts[0]["phash"] == facts[1]["phash"]
    rows = [np.array([np.void(one["fine"])] * 2) for one in facts]
    assert same_forms(rows[0], np.array([np.void(facts[1]["fine"]), np.void(copy["fine"])])).tolist() == [False, True]
