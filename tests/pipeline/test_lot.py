"""Lots of index rows, and references joined with their images."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lot import open_inbox, pack, resolve, stream, unpack
from schemas.index import ANSWER, LOSS, REFS


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_pack_keeps_every_unit_once_and_in_order(rows: list[int], most: int) -> None:
    """Lots are runs of units; only a unit that is too large alone passes the bound."""
    lots = pack(rows, most)
    assert [unit for lot in lots for unit in lot] == list(range(len(rows)))
    assert all(sum(rows[unit] for unit in lot) <= most or len(lot) == 1 for lot in lots)


def key(number: int) -> bytes:
    """A 16-byte key."""
    return number.to_bytes(16)


def answers(*rows: tuple[int, str]) -> pa.Table:
    """Answers of (key, format)."""
    blank = {"id": key(0), "unit": 0, "offset": 0, "directives": "", "place": 0, "at": 0, "length": 0, "width": 1}
    blank |= {"height": 1, "size": 1, "spread": 9, "sha256": bytes(32), "phash": 0}
    return pa.Table.from_pylist([blank | {"key": key(k), "format": f} for k, f in rows], ANSWER)


def references(*keys: list[int]) -> pa.Table:
    """References with these candidate keys."""
    row = {"page": 0, "ordinal": 0, "texts_before": 0, "alt": "", "figcaption": "", "title": ""}
    rows = [row | {"urls": [str(k) for k in ks], "keys": [key(k) for k in ks]} for ks in keys]
    return pa.Table.from_pylist(rows, REFS)


def test_a_reference_takes_the_first_address_whose_image_decodes() -> None:
    """An address without bytes, or with bytes that are no picture, is passed over."""
    found = resolve(references([1, 2, 3], [9], [2]), answers((2, ""), (3, "jpeg")))
    assert found.answer.tolist() == [1, -1, -1]
    assert found.choice.tolist() == [2, -1, -1]
    assert found.undecodable.tolist() == [False, False, True]


def test_resolve_minds_slices_and_nothing() -> None:
    """A sliced table and an empty one are joined rightly."""
    sliced = pa.concat_tables([references([7], [5])]).slice(1)
    assert resolve(sliced, answers((5, "png"))).answer.tolist() == [0]
    assert resolve(references(), answers((5, "png"))).answer.tolist() == []
    assert resolve(references([5]), ANSWER.empty_table()).answer.tolist() == [-1]


def test_an_inbox_opens_what_was_streamed() -> None:
    """Messages of every kind reach their place, and a round that is settled is there even when nobody lost."""
    loss = pa.Table.from_pylist([{"corpus": 0, "key": key(1), "of": "a"}], LOSS)
    inbox = open_inbox([("answer", 0, stream(answers((1, "gif")))), ("loss", 0, stream(loss))], rounds=2)
    assert inbox.answers["format"].to_pylist() == ["gif"]
    assert [len(inbox.losses[n]) for n in (-1, 0, 1)] == [0, 1, 0]
    assert inbox.rounds == 2


def test_a_stream_keeps_its_table() -> None:
    """What travels through a shuffle comes out as it went in, chunked or not."""
    table = pa.concat_tables([references([1]), references([2, 3])])
    assert unpack(stream(table)).equals(table.combine_chunks())
    assert isinstance(stream(table), bytes)
    assert np.frombuffer(stream(table), np.uint8).size < 10_000
