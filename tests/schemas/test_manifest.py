"""The manifest: lossless, canonical, and read strictly."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import (
    Account,
    Input,
    Manifest,
    ManifestError,
    NotTaken,
    Receipt,
    ShardFile,
    SideFile,
    from_json,
    to_json,
)

names, numbers = st.text(max_size=12), st.integers(0, 2**63)
counts = st.dictionaries(names, numbers, max_size=3)
shards = st.builds(ShardFile, names, names, names, numbers, numbers, names, st.lists(names, max_size=3).map(tuple))
manifests = st.builds(
    Manifest,
    names,
    names,
    st.dictionaries(names, names, max_size=3),
    st.lists(st.builds(Input, names, numbers, counts, numbers, numbers), max_size=3).map(tuple),
    st.lists(st.builds(Account, names, names, numbers, numbers, counts, counts, counts), max_size=3).map(tuple),
    st.lists(shards, max_size=3).map(tuple),
    st.lists(st.builds(SideFile, names, numbers, names), max_size=3).map(tuple),
    st.dictionaries(names, st.dictionaries(names, names, max_size=3), max_size=2),
)

SMALL = Manifest(
    "kosmos1",
    "ab" * 32,
    {"pyarrow": "25.0.1"},
    (Input("a.warc.gz", 10, {"response": 2}, 2, 0),),
    (Account("text", "decide", 2, 1, {"words": 1}),),
    (ShardFile("text/data/train-00000-of-00001.parquet", "text", "parquet", 1, 900, "cd" * 32),),
    (SideFile("README.md", 5, "ef" * 32),),
    {"text": {"id": "string"}},
)


@given(manifests)
def test_round_trip(manifest: Manifest) -> None:
    """Every manifest comes back from its file form as it was, and is written the same again."""
    data = to_json(manifest)
    assert from_json(data) == manifest
    assert to_json(from_json(data)) == data


@given(manifests, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(manifest: Manifest, random: Any) -> None:
    """Shards and versions in another order give the same bytes, so runs with other workers have equal manifests."""

    def shuffled(entries: Any) -> Any:
        return tuple(random.sample(entries, len(entries)))

    other = replace(
        manifest,
        versions=dict(shuffled(tuple(manifest.versions.items()))),
        shards=tuple({shard.name: shard for shard in manifest.shards}.values()),
    )
    assert to_json(replace(other, shards=shuffled(other.shards))) == to_json(other)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 9), counts, counts, counts)
def test_an_account_holds_exactly_when_nothing_vanished(
    kept: int, lost: int, added: int, dropped: dict[str, int], failed: dict[str, int], duplicates: dict[str, int]
) -> None:
    """An account holds if and only if as many items left as came in and were added, and its equation says which."""
    left = kept + sum(dropped.values()) + sum(failed.values()) + sum(duplicates.values())
    account = Account("text", "decide", left + lost - added, kept, dropped, failed, duplicates, added)
    assert account.holds() == (lost == 0) == ("=" in account.equation())


def _edited(edit: Callable[[dict[str, Any]], Any]) -> bytes:
    """The small manifest with an edit, and a digest that vouches for it."""
    body = json.loads(to_json(SMALL))
    edit(body)
    body.pop("digest", None)
    wrong = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return json.dumps(body | {"digest": hashlib.sha256(wrong.encode()).hexdigest()}).encode()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda body: body.update(version=6), "of a version up to 5, found 'triptych-run' version 6"),
        (lambda body: body.update(version="3"), "found 'triptych-run' version '3'"),
        (lambda body: body.update(version=1, shards=[{}]), r"shards\[0\]: missing or unknown: bytes, corpus, format"),
        (lambda body: body.update(version=1, shards=[7]), r"shards\[0\]: expected an object, found int"),
        (lambda body: body.update(columns={"text": {"id": 1}}), "manifest.columns: .* is of a wrong type"),
        (lambda body: body.pop("format"), "found None"),
        (lambda body: body.update(shards={}), "shards: expected a list, found dict"),
        (lambda body: body.pop("accounts"), "accounts: expected a list, found NoneType"),
        (lambda body: body["shards"][0].pop("rows"), r"shards\[0\]: missing or unknown: rows"),
        (lambda body: body["inputs"][0].update(clock=1), r"inputs\[0\]: missing or unknown: clock"),
        (lambda body: body["shards"][0].update(rows="1"), r"shards\[0\].rows: '1' is of a wrong type"),
        (lambda body: body["shards"][0].update(rows=True), r"shards\[0\].rows: True is of a wrong type"),
        (lambda body: body["accounts"][0].update(dropped={"words": 1.5}), "of a wrong type"),
        (lambda body: body["side_files"].append(7), r"side_files\[1\]: expected an object, found int"),
        (lambda body: body.update(recipe=None), "manifest.recipe: None is of a wrong type"),
    ],
)
def test_another_shape_is_refused(edit: Callable[[dict[str, Any]], Any], message: str) -> None:
    """A field that is missing, unknown or of another type is refused with its place."""
    with pytest.raises(ManifestError, match=message):
        from_json(_edited(edit))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", to_json(SMALL)[:-20]])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    """Files that are empty, cut, not JSON or not UTF-8 are refused by the one error."""
    with pytest.raises(ManifestError):
        from_json(data)


@given(st.data())
def test_a_changed_value_is_noticed(data: st.DataObject) -> None:
    """Changing any digit of a written manifest is noticed."""
    text = to_json(SMALL).decode()
    place = data.draw(st.sampled_from([place for place, letter in enumerate(text) if letter.isdigit()]))
    digit = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[place]]))
    with pytest.raises(ManifestError):
        from_json((text[:place] + digit + text[place + 1 :]).encode())


def test_the_first_version_is_read() -> None:
    """A run that an earlier release wrote is read: its carriers are the formats, and it states no columns."""

    def to_version_1(body: dict[str, Any]) -> None:
        body["version"] = 1
        del body["columns"], body["not_taken"]
        _without(body, "added")
        body["shards"] = [
            {"carrier" if name == "format" else name: value for name, value in entry.items()}
            for entry in body["shards"]
        ]

    assert from_json(_edited(to_version_1)) == replace(SMALL, columns={})


def test_a_manifest_of_version_2_is_read() -> None:
    """It did not say what lay among the inputs and was not read."""

    def to_version_2(body: dict[str, Any]) -> None:
        body["version"] = 2
        del body["not_taken"]
        _without(body, "added")

    assert from_json(_edited(to_version_2)) == SMALL


def test_a_manifest_of_version_3_is_read() -> None:
    """Its runs cut nothing."""

    def to_version_3(body: dict[str, Any]) -> None:
        body["version"] = 3
        _without(body, "added")

    assert from_json(_edited(to_version_3)) == SMALL


def _without(body: dict[str, Any], *fields: str) -> None:
    """A manifest's body as releases wrote it that forgot nothing and whose accounts lacked some fields."""
    del body["forgotten"]
    for account in body["accounts"]:
        for name in ("forgotten", *fields):
            del account[name]


def test_a_manifest_of_version_4_is_read() -> None:
    """Its runs forgot nothing."""

    def to_version_4(body: dict[str, Any]) -> None:
        body["version"] = 4
        _without(body)

    assert from_json(_edited(to_version_4)) == SMALL


def test_receipts_are_read_as_they_were_written() -> None:
    """Lists, entries, rows by table and kind, rows of tables; and an account with what was taken down holds."""
    receipt = Receipt(("a" * 64,), {"ids": 2}, {"text": {"ids": 1}}, {"text rules dropped words": 3})
    account = Account("text", "forget", 10, 9, forgotten={"ids": 1})
    whole = replace(SMALL, forgotten=(receipt,), accounts=(*SMALL.accounts, account))
    assert from_json(to_json(whole)) == whole
    assert account.holds()
    assert account.equation() == "10 = 9 kept + 0 dropped + 0 failed + 0 duplicate + 1 forgotten"


def test_what_was_not_taken_is_read_as_it_was_written() -> None:
    """Kinds, counts and names."""
    whole = replace(SMALL, not_taken=(NotTaken(".wat.gz", 3, ("a.wat.gz", "b.wat.gz")),))
    assert from_json(to_json(whole)) == whole


def test_no_clock() -> None:
    """The file form of equal manifests is equal, byte for byte."""
    assert to_json(SMALL) == to_json(replace(SMALL))
