"""What is measured of an image, in this process and in the isolator."""

import hashlib

import pytest
from PIL import Image

from schemas.index import FORMATS, IMAGE_FACTS
from schemas.outcomes import Fault, RecordError
from schemas.recipe import ExtractPart
from schemas.tasks import ImageTask, StagedImage
from tests.support import pictures
from tests.support.pictures import encoded, noise
from tests.support.shared_data import shared
from transforms.image.facts import measure_image
from transforms.image.header import Limits
from transforms.image.phash import phash
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
    )


def test_facts_are_those_that_staging_has_columns_for() -> None:
    """By name, so that a fact too many or too few is noticed, and the format is one that can be stored."""
    for form in FORMS:
        facts = measure_image(encoded(noise(40, 20).convert("RGB"), form), LIMITS)
        assert facts.keys() == IMAGE_FACTS.keys() and facts["format"] in FORMATS[1:]


@pytest.mark.parametrize("value", range(1, 9))
def test_width_and_height_are_as_displayed(value: int) -> None:
    """A picture that EXIF lays on its side is measured upright; its hash is that of the pixels as stored."""
    facts = measure_image(encoded(noise(30, 20), "PNG", exif=pictures.exif(value)), LIMITS)
    assert (facts["width"], facts["height"]) == ((20, 30) if value >= 5 else (30, 20))
    assert facts["phash"] == phash(noise(30, 20))


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
