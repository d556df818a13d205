"""The page for users of img2dataset names each of its parameters once, in its order, and no mode or word that is none."""

import re

from schemas.recipe import ImagePart
from tests.support.image_sets import PARAMETERS
from tests.support.shared_data import ROOT
from transforms.samples.table import FAILURES

PAGE = (ROOT / "docs" / "from-img2dataset.md").read_text()


def first_cells(heading: str) -> list[str]:
    """What stands in the first column of a section's table."""
    (part,) = [each for each in PAGE.split("\n## ") if each.startswith(heading)]
    return [line.split(" | ")[0].removeprefix("| ").strip("`") for line in part.splitlines() if line.startswith("| ")][
        2:
    ]


def test_each_parameter_has_a_line() -> None:
    """All of `download`; `tests/end_to_end/test_img2dataset.py` compares them with the signature."""
    assert first_cells("Parameters") == list(PARAMETERS)


def test_modes_and_keys_exist() -> None:
    """Each mode of a recipe's pictures has a line; keys that the page names are keys of a recipe."""
    modes = ImagePart.__dataclass_fields__["resize_mode"].metadata["among"]
    assert {cell.split("`")[0] for cell in first_cells("Modes")} == set(modes)
    named = set(re.findall(r"`pairs\.image\.(\w+)", PAGE))
    assert named and named <= set(ImagePart.__dataclass_fields__)
    assert all(word in PAGE for word in FAILURES)
