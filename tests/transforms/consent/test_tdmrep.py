"""tdmrep.json: the first rule that matches decides, and what is no rule says nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.consent.tdmrep import TdmRep, path_pattern, reserves


def reserved(rules: Any, target: str = "/a/b.pdf") -> bool:
    """Whether a file of these rules reserves a target."""
    return [signal for signal, _ in TdmRep(json.dumps(rules).encode()).about(target)] == ["tdm_reserved"]


def rule(location: Any, reservation: Any = 1, **more: Any) -> dict[str, Any]:
    """A rule."""
    return {"location": location, "tdm-reservation": reservation, **more}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("/")], True),
        ([rule("*")], True),
        ([rule("/a/")], True),
        ([rule("/a")], True),
        ([rule("/b")], False),
        ([rule("/a/", 0), rule("/", 1)], False),  # the first in sequence, not the longest
        ([rule("/", 1), rule("/a/", 0)], True),
        ([rule("*.pdf")], True),
        ([rule("/*.pdf$")], True),
        ([rule("/a/*.html")], False),
        ([rule("/a$")], False),
        ([rule("/%61/b.pdf")], True),  # escapes of unreserved characters are undone
        ([rule("/A/")], False),  # case counts
        ([rule("a/")], True),
        ([rule("https://ex.com/a/")], True),
        ([rule("/", "1")], True),
        ([rule("/", 1.0)], True),
        ([rule("/", 0)], False),
        ([rule("/", 2)], False),  # any other value is as if it were not set
        ([rule("/", True)], False),
        ([rule("/", None)], False),
        ([{"location": "/"}], False),
        ([{"tdm-reservation": 1}], True),  # ours: a rule without a place speaks of the site
        (rule("/"), True),  # ours: a rule alone is a list of one
        ([rule(7), "x", None, rule("/")], True),
        ([], False),
        ({}, False),
        (3, False),
    ],
)
def test_rules_are_read_in_their_order(rules: Any, expected: bool) -> None:
    """What the report says, and what sites write."""
    assert reserved(rules) == expected


def test_lines_can_be_stored() -> None:
    """What JSON escapes and no text holds, a lone surrogate, becomes U+FFFD."""
    file = TdmRep(rb'{"location": "/", "tdm-reservation": 1, "tdm-policy": "http://a/\ud800"}')
    assert [line for _, line in file.about("/")] == ["/: tdm-reservation: 1, tdm-policy: http://a/\ufffd"]


def test_a_query_belongs_to_the_target() -> None:
    """As in robots.txt, and international names are compared escaped."""
    assert reserved([rule("/*?x=")], "/a?x=1")
    assert reserved([rule("/é/")], "/%C3%A9/a")


def test_the_policy_is_named_beside_the_reservation() -> None:
    """On one line, bounded."""
    held = TdmRep(json.dumps([rule("/", 1, **{"tdm-policy": "https://ex.com/p.json"})]).encode())
    assert list(held.about("/a")) == [("tdm_reserved", "/: tdm-reservation: 1, tdm-policy: https://ex.com/p.json")]
    long = TdmRep(json.dumps([rule("/", 1, **{"tdm-policy": "a\nb" * 500})]).encode())
    ((_, line),) = long.about("/")
    assert len(line) == 500 and "\n" not in line


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[{]", b"\xff\xfe", b"[" * 200_000, b'[{"location": "/", "tdm-reservation": ' + b"9" * 9000],
)
def test_what_is_no_json_says_nothing(body: bytes) -> None:
    """Pages of "not found", cut files, and lists within lists without end."""
    assert list(TdmRep(body).about("/")) == []


def test_a_byte_order_mark_is_passed_over() -> None:
    """Some editors write one."""
    assert list(TdmRep(b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": 1}]').about("/"))


NAMES = st.sampled_from(["location", "tdm-reservation", "tdm-policy", "x"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@given(st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(NAMES, v, max_size=4)))
def test_no_json_breaks_the_reader(value: Any) -> None:
    """Whatever stands where a rule should."""
    assert reserved(value, "/") in (True, False)


def test_the_parts_of_a_rule_are_read_leniently() -> None:
    """White space around a location; a reservation as a header would have it."""
    assert path_pattern(" HTTPS://ex.com ") == "/" and path_pattern("") == "/"
    assert reserves(" 1 ") and reserves('"1"') and not reserves("yes") and not reserves([1])


@pytest.mark.parametrize(
    "body",
    [
        b'[{"location": "/", "tdm-reservation": 1}, {"loc',
        b'[{"location": "/", "tdm-reservation": 1},]',
        b'[{"location": "/", "tdm-reservation": 1} {"location": "/", "tdm-reservation": 0}]',
        b'[, {"Location": "/", "TDM-Reservation": 1}]',
        b'[{}, {"location": "/", "tdm-reservation": 1}]',
        '[{"location": "/", "tdm-reservation": 1}]'.encode("utf-16"),
        b'\xef\xbb\xbf\n[{"location": "/", "tdm-reservation": 1}]',
        b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "caf\xe9"}]',
        b'[{"location": "/", "note": "a\tb", "tdm-reservation": 1}]',
    ],
)
def test_a_damaged_file_counts_as_far_as_it_is_read(body: bytes) -> None:
    """The rules before the damage; names in any case, encodings that JSON may have, signs that it may not."""
    assert [signal for signal, _ in TdmRep(body).about("/a")] == ["tdm_reserved"]


@pytest.mark.parametrize(
    "body", [b"[" * 500_000, b'{"a":' * 100_000, b"[" + b"9" * 500_000, b"", b"[", b"<html>", b"null"]
)
def test_a_hostile_file_says_nothing(body: bytes) -> None:
    """And is read in little time."""
    assert list(TdmRep(body).about("/a")) == []
