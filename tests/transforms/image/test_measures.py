"""The measures of images by column."""

import numpy as np

from schemas.index import IMAGE_FACTS
from schemas.measures import IMAGE_MEASURES
from tests.support.shared_data import shared
from transforms.image.measures import measure_columns


def facts(**columns: list[float]) -> dict[str, np.ndarray]:
    """Columns of the facts of staging; those that are not given hold ones."""
    count = len(next(iter(columns.values())))
    ones = {name: np.ones(count) for name in IMAGE_FACTS}
    return ones | {name: np.array(values) for name, values in columns.items()}


def test_the_measures_of_the_catalogue() -> None:
    """The names are those of the catalogue, in its order, and the values follow from the facts."""
    given = facts(width=[300.0, 1.0], height=[900.0, 1.0], size=[12_345.0, 1.0], spread=[77.0, 1.0])
    measures = measure_columns(given)
    assert list(measures) == [measure.name for measure in IMAGE_MEASURES]
    plain = [name for name in measures if not {m.name: m for m in IMAGE_MEASURES}[name].decoded]
    assert [measures[name][0] for name in plain] == [300, 900, 3.0, 270_000, 12_345, 77]


def test_what_could_not_be_decoded_divides_by_nothing() -> None:
    """Sides of 0 stand for what is no picture; no warning and no infinity comes of them."""
    assert measure_columns(facts(width=[0.0], height=[0.0]))["image_aspect"].tolist() == [1.0]


def test_the_bounds_of_img2dataset_drop_what_it_drops() -> None:
    """Of its seven pictures: a least side of 200 and an aspect of at most 1.5 keep two, an area of at most 60,000 pixels keeps two."""
    sizes = [
        tuple(map(int, path.stem.split("_"))) for path in shared("pairs/img2dataset/resize_test_image").glob("*.jpg")
    ]
    facts = {name: np.ones(len(sizes)) for name in IMAGE_FACTS}
    facts |= {"width": np.array([w for w, _ in sizes]), "height": np.array([h for _, h in sizes])}
    found = measure_columns(facts)
    small, long = found["image_min_side"] < 200, found["image_aspect"] > 1.5
    assert (small.sum(), (long & ~small).sum(), (~small & ~long).sum()) == (2, 3, 2)
    assert (found["image_pixels"] <= 60_000).sum() == 2
