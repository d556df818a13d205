"""Lists as people write them: kinds by form, one digest however they are written, and an error that names the line."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.outcomes import UserError
from transforms.forget.lists import ANY, TakeDown, kind_of, read_lists, said

PAGE = "0123456789abcdef" * 2


def take_down(kind: str, *lines: str) -> TakeDown:
    """What a list of these lines asks for."""
    return read_lists([(kind, "\n".join(lines).encode(), "list")])


def test_a_mixed_list_is_that_of_each_kind() -> None:
    """The form of a line tells what it is, so `run --forget` takes the very files that `forget` takes."""
    lines = {
        "ids": [PAGE, f"{PAGE}-0007"],
        "urls": ["https://a.example/x", "HTTP://A.example/y#z"],
        "hosts": ["b.example"],
    }
    apart = read_lists([(kind, "\n".join(own).encode(), kind) for kind, own in lines.items()])
    mixed = take_down(ANY, *(line for own in lines.values() for line in own))
    assert {kind_of(line) for line in lines["urls"]} == {"urls"}
    assert (mixed.digest, mixed.entries) == (apart.digest, {"ids": 2, "urls": 2, "hosts": 1})
    assert said(mixed.entries) == "2 ids, 2 urls, 1 host"


@given(st.permutations(["a.example", "b.example", "# by letter of 3 May", "", "  c.example  "]))
def test_order_comments_and_spaces_ask_for_nothing_else(lines: list[str]) -> None:
    """The digest is of what is asked for; the SHA-256 is of the list as it was given."""
    found = take_down("hosts", *lines)
    assert found.digest == take_down("hosts", "a.example", "b.example", "c.example").digest
    assert found.entries == {"hosts": 3}
    assert found.lists == (hashlib.sha256("\n".join(lines).encode()).hexdigest(),)


def test_nothing_asks_for_nothing() -> None:
    """A list of comments has no digest, as no list has."""
    assert take_down(ANY, "# nothing yet").digest == TakeDown().digest == ""
    assert not TakeDown().wanted.asks_ids and not TakeDown().wanted.asks_addresses


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("ids", "0123", "list, line 2: '0123' is not an id: expected 32 hex digits"),
        ("ids", f"{PAGE}-07", "is not an id"),
        ("urls", "example.org/a", "is not an address: expected it with its scheme, for example https://example.org/a"),
        ("urls", "https://a b", "is not an address"),
        ("hosts", "https://example.org/", "is not a host: expected a name alone"),
        ("hosts", "*.example.org", "is not a host"),
        (ANY, "not a host", "is not a host"),
    ],
)
def test_a_wrong_line_is_named(kind: str, line: str, said: str) -> None:
    """A list that asks for something else than it seems must not pass in silence."""
    with pytest.raises(UserError, match=said.replace("*", r"\*")):
        take_down(kind, "", line)


def test_bytes_that_are_no_text_are_named() -> None:
    """By their place."""
    with pytest.raises(UserError, match="list: not UTF-8 at byte 2"):
        read_lists([(ANY, b"a.\xff", "list")])


def test_a_list_of_windows_is_read() -> None:
    """A mark of byte order and CRLF are no part of an entry."""
    found = read_lists([(ANY, "\ufeffa.example\r\nb.example\r\n".encode(), "list")])
    assert found.digest == take_down(ANY, "a.example", "b.example").digest
