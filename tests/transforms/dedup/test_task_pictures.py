"""Pictures among those of tasks, mirrored and turned."""

import numpy as np
import pytest
from PIL import Image

from schemas.outcomes import Fault, RecordError
from tests.support.pictures import encoded
from tests.support.web import picture
from transforms.dedup.pictures import SETS, Shelf
from transforms.dedup.task_pictures import (
    HASHES,
    TURNS,
    HashSettings,
    TaskPictures,
    hash_rows,
    in_order,
    picture_hashes,
)
from transforms.image.header import Limits

FLIPS, PLAIN = HashSettings(Limits(), True), HashSettings(Limits(), False)


def opened(seed: int) -> Image.Image:
    """A picture of soft colours."""
    import io

    return Image.open(io.BytesIO(picture(seed))).convert("RGB")


def index(*seeds: int, settings: HashSettings = FLIPS) -> TaskPictures:
    """An index of pictures, the item of each its place."""
    rows = hash_rows(range(len(seeds)), [picture_hashes(picture(seed), settings) for seed in seeds])
    return TaskPictures(in_order(rows), SETS["default"])


def find(tasks: TaskPictures, *pictures: Image.Image) -> list[int]:
    """The items that pictures are taken for."""
    hashed = [picture_hashes(encoded(each, "PNG"), PLAIN)[0] for each in pictures]
    found = tasks.find(
        np.array([phash for phash, _ in hashed], np.uint64), np.array([fine for _, fine in hashed], "V32")
    )
    assert np.isnan(found.bits[found.item < 0]).all() and (found.bits[found.item >= 0] <= 48).all()
    return found.item.tolist()


@pytest.mark.parametrize("turn", TURNS)
def test_a_picture_is_found_mirrored_turned_and_small(turn: Image.Transpose) -> None:
    """With flips in any of its eight ways, without them only as it is; another picture never."""
    shown = opened(5).transpose(turn).resize((120, 100))
    assert find(index(3, 4, 5), shown, opened(6)) == [2, -1]
    assert find(index(3, 4, 5, settings=PLAIN), shown, opened(5)) == [-1, 2]


def test_of_several_items_the_one_with_the_least_distance_is_named_then_the_first() -> None:
    """Equal pictures in two items are of the first."""
    assert find(index(7, 8, 8, 7), opened(8), opened(7)) == [1, 0]


def test_one_picture_in_many_rows_is_found_in_each() -> None:
    """Queries may repeat."""
    assert find(index(9), opened(9), opened(10), opened(9)) == [0, -1, 0]


def test_pictures_without_a_hash_to_speak_of_are_in_no_index() -> None:
    """All pictures of one colour have the same; what cannot be decoded says why."""
    assert picture_hashes(encoded(Image.new("RGB", (60, 40), "red"), "PNG"), FLIPS) == ()
    with pytest.raises(RecordError) as error:
        picture_hashes(b"no picture", FLIPS)
    assert error.value.fault in (Fault.UNSUPPORTED_TYPE, Fault.UNDECODABLE_IMAGE)


def test_nothing_is_found_among_nothing() -> None:
    """Nor for nothing."""
    empty = TaskPictures(np.empty(0, HASHES), SETS["default"])
    assert find(empty, opened(1)) == [-1]
    assert not len(index(1).find(np.empty(0, np.uint64), np.empty(0, "V32")).item)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kept", [2**28, 0])
def test_a_shelf_finds_every_pair_within_the_radius(name: str, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As comparing each with each, whether its orders are kept or made anew."""
    monkeypatch.setattr("transforms.dedup.pictures._SHELF_BYTES", kept)
    draw, mean = np.random.default_rng(1), np.uint64(2**63)
    hashes = np.unique(draw.integers(0, 2**63, 200, dtype=np.uint64) | mean)
    bits = draw.integers(0, 63, (200, SETS[name].radius)).astype(np.uint64)
    others = hashes[draw.integers(0, len(hashes), 200)] ^ np.bitwise_or.reduce(np.uint64(1) << bits, axis=1)
    others = np.unique(np.concatenate([others, draw.integers(0, 2**63, 50, dtype=np.uint64) | mean]))
    one, other = Shelf(hashes, SETS[name]).near(others)
    wanted = np.argwhere(np.bitwise_count(others[:, None] ^ hashes[None, :]) <= SETS[name].radius).tolist()
    assert sorted(map(list, zip(one.tolist(), other.tolist(), strict=True))) == wanted and wanted
