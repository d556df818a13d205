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
    assert header(logins, "https://host/other") and not header(logins, "https://host:8443/other")


@pytest.mark.parametrize("words", [["https://a:hush@h/1", "https://b:hush@h/2"], ["s3://key:hush@bucket/1"]])
def test_a_login_that_cannot_be_used_is_refused_without_it(words: list[str]) -> None:
    """Two for one server, or keys of a bucket."""
    with pytest.raises(UserError) as told:
        without_logins(words)
    assert "hush" not in str(told.value)
