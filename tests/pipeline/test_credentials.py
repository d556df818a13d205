"""Logins in addresses: where they are found, and where they go."""

import pytest

from pipeline.credentials import header, without_logins
from schemas.outcomes import UserError


@pytest.mark.parametrize("option", ["", "--input="])
def test_a_login_is_taken_out_of_a_word(option: str) -> None:
    """Whether the option stands in the same word; a password may hold an @, and what stands behind the server is none."""
    words, logins = without_logins(
        [f"{option}https://me:p@ss@host/a@b?c=d@e", "--workers", "2", "a@b", "https://host/@me"]
    )
    assert words == [f"{option}https://host/a@b?c=d@e", "--workers", "2", "a@b", "https://host/@me"]
    assert logins == {"web.login https://host": "me:p@ss"}
    assert without_logins([f"{option}HTTPS://me:p@ss@host/a"])[1] == logins
    assert header(logins, "https://host/other") and not header(logins, "https://host:8443/other")


@pytest.mark.parametrize(
    "words",
    [
        ["https://a:hush@h/1", "https://b:hush@h/2"],
        ["s3://key:hush@bucket/1"],
        ["https://a:hu/sh@h:80/1"],
        ["--input=https://a:9hush#@h/1"],
    ],
)
def test_a_login_that_cannot_be_used_is_refused_without_it(words: list[str]) -> None:
    """Two for one server, keys of a bucket, or one that is parted, and would be told as a part of an address that is none."""
    with pytest.raises(UserError) as told:
        without_logins(words)
    assert "hu" not in str(told.value)


def test_an_address_with_an_at_sign_behind_its_server_holds_no_login() -> None:
    """With a port, without one, and with a server that is named by its number."""
    words = ["https://h:80/a@b", "https://h:/a@b", "http://[::1]:80/a:b@c", "https://h?a:b@c", "mailto:a@b", "c:/x@y"]
    assert without_logins(words) == (words, {})


def test_a_login_that_differs_from_one_that_is_known_is_refused() -> None:
    """Such as that of a list beside that of the list's own address; the same one is no other."""
    known = {"web.login https://h": "a:hush"}
    assert without_logins(["https://a:hush@h/1"], known) == (["https://h/1"], known)
    with pytest.raises(UserError, match=r"^https://h is named with two logins"):
        without_logins(["https://b:hush@h/1"], known)
