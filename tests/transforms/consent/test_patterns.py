"""Path patterns: what they match, and what a target is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.consent.patterns import decoded, escaped, matches, target_of


def reachable(pattern: str, target: str) -> bool:
    """Matching by the list of places that a pattern's beginning can reach, as RFC 9309 and Google's parser have it."""
    places = {0}
    for at, sign in enumerate(pattern):
        if sign == "$" and at + 1 == len(pattern):
            return len(target) in places
        if sign == "*":
            places = set(range(min(places), len(target) + 1))
        else:
            places = {place + 1 for place in places if target[place : place + 1] == sign}
        if not places:
            return False
    return True


@given(st.text("ab/*$", max_size=9), st.text("ab/$", max_size=12))
def test_a_pattern_matches_what_it_can_reach(pattern: str, target: str) -> None:
    """Taking each piece at its first place finds a match wherever there is one."""
    assert matches(pattern, target) == reachable(pattern, target)


def test_a_hostile_pattern_costs_what_it_is_long() -> None:
    """No stars make it go back: 100,000 of them over a long target take milliseconds of CPU."""
    begin = time.process_time()
    assert not matches("/" + "a*" * 100_000 + "b$", "/" + "a" * 2000)
    assert not matches("/" + "*a" * 1000 + "b", "/" + "a" * 2000)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://www.example.com", "/"),
        ("http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"),
        ("http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"),
        ("http://example.com?a", "/?a"),
        ("http://example.com/a?", "/a?"),
        ("http://example.com?#b", "/?"),
        ("http://example.com/a;b#c", "/a;b"),
        ("http://ex.com/é%c3%a9", "/%C3%A9%C3%A9"),
        ("http://ex.com/\ud800", "/?"),
        ("http://[x", "/"),
        ("", "/"),
    ],
)
def test_a_target_is_path_and_query(url: str, target: str) -> None:
    """Escaped as patterns are, without a fragment."""
    assert target_of(url) == target


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/a/b/c", "/a/b/c"), ("\xc3\xa1", "%C3%A1"), ("%aa", "%AA"), ("%a", "%a"), ("%zz%41", "%zz%41")],
)
def test_escapes_are_of_one_spelling(text: str, expected: str) -> None:
    """Bytes from 0x80 up become escapes, hex digits become capitals; the rest stays."""
    assert escaped(text) == expected


@pytest.mark.parametrize("character", list("azAZ09-._~"))
def test_escapes_of_unreserved_characters_are_undone(character: str) -> None:
    """Where a grammar asks for it; those of others stay."""
    assert decoded(f"%{ord(character):02X}%2F%3B%40%5B%60%7B%7F") == f"{character}%2F%3B%40%5B%60%7B%7F"
