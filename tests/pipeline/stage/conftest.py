"""The child that tests of this step stage with."""

from collections.abc import Iterator

import pytest

from pipeline.stage.unit import Tasks
from schemas.recipe import ExtractPart
from schemas.tasks import ImageTask, PageTask, StagedImage, StagedPage
from transforms.isolate import Isolator


@pytest.fixture(scope="module")
def isolator() -> Iterator[Tasks]:
    """One child for all tests of a file."""
    with Isolator[PageTask | ImageTask, StagedPage | StagedImage](
        "transforms.dissect:make_handler", ExtractPart()
    ) as found:
        yield found
