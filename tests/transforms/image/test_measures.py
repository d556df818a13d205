"""The measures of images by column."""

import numpy as np

from schemas.measures import IMAGE_MEASURES
from transforms.image.measures import measure_columns


def test_the_measures_of_the_catalogue() -> None:
    """The names are those of the catalogue, in its order, and the values follow from the facts."""
    measures = measure_columns(*(np.array([number, 1.0]) for number in (300.0, 900.0, 12_345.0, 77.0)))
    assert list(measures) == [measure.name for measure in IMAGE_MEASURES]
    assert [values[0] for values in measures.values()] == [300, 900, 3.0, 270_000, 12_345, 77]
