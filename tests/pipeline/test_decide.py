"""Exchanges between lots and partitions."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import AnswerAboutImages, Desk, address, asks, inbox_of, locate_rows, offers, scatter
from pipeline.lot import Lot, stream, unpack
from schemas.arrow import DROPPED, FAILED
from schemas.index import ASK, IMAGES, LOSS, OFFER, PAGES, REFS
from schemas.recipe import load


def key(number: int) -> bytes:
    """A 16-byte key whose leading half varies too."""
    return (number << 64 | number).to_bytes(16)


def ask_table(*numbers: int, lot: int = 0) -> pa.Table:
    """Asks of one lot."""
    return pa.Table.from_pylist([{"key": key(n), "lot": lot} for n in numbers], ASK)


def image(url: int, identity: int, form: str = "png") -> dict[str, Any]:
    """An image's index row."""
    row = {
        "id": key(identity),
        "url": str(url),
        "url_key": key(url),
        "offset": 0,
        "directives": "",
        "place": 0,
        "at": 0,
    }
    facts = {"length": 1, "format": form, "width": 1, "height": 1, "size": 1, "spread": 1, "phash": 1}
    return row | facts | {"sha256": bytes(32), "unit": 0}


def lot(number: int, images: list[dict[str, Any]], keys: list[list[int]] = ()) -> Lot:  # type: ignore[assignment]
    """A lot of these images and of references with these keys."""
    place = {"page": 0, "ordinal": 0, "texts_before": 0, "alt": "", "figcaption": "", "title": ""}
    refs = [place | {"urls": [str(k) for k in ks], "keys": [key(k) for k in ks]} for ks in keys]
    schema = pa.schema([*IMAGES, pa.field("unit", pa.int32())])
    tables = (pa.Table.from_pylist(refs, REFS), pa.Table.from_pylist(images, schema))
    return Lot(number, (), PAGES.empty_table(), *tables, DROPPED.empty_table(), FAILED.empty_table())


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 5))
def test_scattered_rows_arrive_once_and_equal_keys_together(numbers: list[int], partitions: int) -> None:
    """Nothing is lost on the way, and a key has one partition."""
    batches = {part: unpack(data)["key"].to_pylist() for part, data in scatter(ask_table(*numbers), partitions)}
    assert sorted(k for keys in batches.values() for k in keys) == sorted(key(n) for n in numbers)
    homes = [(k, part) for part, keys in batches.items() for k in set(keys)]
    assert len(homes) == len({k for k, _ in homes})
    assert all(0 <= part < partitions for part in batches)


def test_messages_go_to_their_lots() -> None:
    """Each lot gets its rows, without the column that named it."""
    table = pa.concat_tables([ask_table(1, 2, lot=4), ask_table(3, lot=2)])
    found = {number: unpack(data).to_pylist() for number, (_, _, data) in address(table, "ask", 0)}
    assert found == {4: [{"key": key(1)}, {"key": key(2)}], 2: [{"key": key(3)}]}


def test_an_inbox_does_not_depend_on_the_order_of_messages() -> None:
    """Messages are sorted, and empty ones left out (law 5)."""
    losses = [pa.Table.from_pylist([{"corpus": 0, "key": key(n), "of": str(n)}], LOSS) for n in range(3)]
    messages = [("", 0, b""), *(("loss", 0, stream(table)) for table in losses)]
    one, other = inbox_of(messages, 1), inbox_of(messages[::-1], 1)
    assert one.losses[0].equals(other.losses[0])
    assert len(one.losses[0]) == 3


def test_a_lot_offers_one_image_an_address() -> None:
    """A decoded one before one that is no picture, then the least id."""
    found = offers(lot(3, [image(1, 5, ""), image(1, 9), image(1, 7), image(2, 1, "")]))
    assert found.schema == OFFER
    assert [(r["key"], r["id"], r["lot"]) for r in found.to_pylist()] == [(key(1), key(7), 3), (key(2), key(1), 3)]


def test_a_lot_asks_for_each_address_once() -> None:
    """However many references name it."""
    found = asks(lot(3, [], [[1, 2], [2], [1]]))
    assert sorted(found["key"].to_pylist()) == [key(1), key(2)]
    assert set(found["lot"].to_pylist()) == {3}


def test_one_address_with_different_bytes_in_two_lots_has_one_keeper() -> None:
    """Every lot that asks is told the same image, and the other's lot is told that it lost, and to whom."""
    offered = [stream(offers(lot(n, [image(1, 9 - n)]))) for n in (0, 1)]
    asked = [stream(ask_table(1, 2, lot=n)) for n in (0, 1)]
    group = [*(("offer", 0, data) for data in offered), *(("ask", 0, data) for data in asked)]
    told = list(AnswerAboutImages().process((0, group)))
    again = list(AnswerAboutImages().process((0, group[::-1])))
    assert told == again
    answers = {n: unpack(data)["id"].to_pylist() for n, (kind, _, data) in told if kind == "answer"}
    assert answers == {0: [key(8)], 1: [key(8)]}
    losses = {n: unpack(data)["of"].to_pylist() for n, (kind, _, data) in told if kind == "loss"}
    assert losses == {0: [key(8).hex()]}


def test_rows_are_located_by_key() -> None:
    """-1 where there is none."""
    assert locate_rows(ask_table(5, 6), ask_table(6)).tolist() == [-1, 0]
    assert np.all(locate_rows(ask_table(5), ASK.empty_table()) == -1)


def test_rounds_are_the_most_keys_of_any_corpus() -> None:
    """The graph's length depends on the recipe alone; corpora that are not asked for do not count."""
    text = '[text]\nduplicates = ["url", "text"]\n[pairs]\nduplicates = ["phash"]'
    for corpora, rounds in (("text,pairs", 2), ("pairs", 1), ("interleaved", 0)):
        names = ", ".join(f'"{name}"' for name in corpora.split(","))
        desk = Desk("", "", "", load(f'name = "x"\ncorpora = [{names}]\n{text}'), 1)
        assert desk.rounds == rounds
