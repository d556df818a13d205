"""Address rules: every spelling of an address that attacks use is refused, and public ones pass."""

import pytest

from schemas.outcomes import UserError
from tests.support.addresses import NO_URL, PASSED, PUBLIC, REFUSED, SPELLED
from transforms.fetch.address import LONGEST, Rules, networks, refusal, target
from transforms.fetch.faults import FetchError, FetchFault

RULES = Rules()


def fault(url: str, rules: Rules = RULES, base: str = "") -> FetchFault:
    """The fault that a URL raises."""
    with pytest.raises(FetchError) as caught:
        target(url, rules, base)
    return caught.value.fault


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Private, local, multicast, documentation, and all that hides one of them in IPv6."""
    assert refusal(address, RULES)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    """Also where IPv6 maps or translates them."""
    assert refusal(address, RULES) == ""


@pytest.mark.parametrize("address", [address for address in REFUSED if "%" not in address])
def test_refused_addresses_are_refused_as_urls(address: str) -> None:
    """A host that is an address is judged before any resolver is asked."""
    host = f"[{address}]" if ":" in address else address
    assert fault(f"http://{host}/") is FetchFault.ADDRESS_REFUSED


@pytest.mark.parametrize("url", SPELLED)
def test_spellings_of_local_addresses_are_refused(url: str) -> None:
    """Hex, octal, short, circled, full-width, with dots behind: they are read as browsers read them."""
    assert fault(url) in (FetchFault.ADDRESS_REFUSED, FetchFault.BAD_URL)


@pytest.mark.parametrize("url", SPELLED)
def test_spellings_are_refused_at_a_base(url: str) -> None:
    """A redirect is judged as an address is."""
    assert fault(url, base="https://ex.com/a/") in (FetchFault.ADDRESS_REFUSED, FetchFault.BAD_URL)


@pytest.mark.parametrize("url", NO_URL)
def test_what_is_no_url_is_refused(url: str) -> None:
    """What the standard refuses, or what no page needs: other schemes, user names, ports, control characters."""
    assert fault(url) is FetchFault.BAD_URL


@pytest.mark.parametrize("url", ["ex.com", "www.ex.com/a", "some words"])
def test_what_lacks_a_scheme_is_told_so(url: str) -> None:
    """Lists of bare names are common: the reason says what to write."""
    with pytest.raises(FetchError, match="no https:// or http:// in front"):
        target(url, RULES)


@pytest.mark.parametrize(("url", "written"), PASSED)
def test_ordinary_urls_pass_as_the_standard_writes_them(url: str, written: str) -> None:
    """What is asked for is the serialised form without its fragment."""
    assert target(url, RULES).url == written


def test_relative_redirects_are_joined() -> None:
    """A redirect's reference is read at the address that sent it; a scheme may change, and is judged."""
    assert target("../b?c", RULES, "https://ex.com/x/y/z").url == "https://ex.com/x/b?c"
    assert target("//ex.org", RULES, "https://ex.com/").url == "https://ex.org/"
    assert target("http://ex.com/", RULES, "https://ex.com/").scheme == "http"
    assert fault("//127.0.0.1", base="https://ex.com/") is FetchFault.ADDRESS_REFUSED
    assert fault("\\\\127.0.0.1", base="https://ex.com/") is FetchFault.BAD_URL
    assert fault("file:///etc/passwd", base="https://ex.com/") is FetchFault.BAD_URL


def test_parts_of_a_target() -> None:
    """Name without its last dot, port of the scheme, path with its query, address where the host is one."""
    found = target("https://EX.com./a?b#c", RULES)
    assert found == ("https://ex.com./a?b", "https", "ex.com", 443, "/a?b", "", "ex.com.")
    assert target("http://[2606:4700::1111]:8080/", RULES).literal == "2606:4700::1111"
    assert target("http://0x8.8.8.8/", RULES).literal == "8.8.8.8"


def test_lengths_have_a_bound() -> None:
    """Long text is refused before it is parsed, and so is what grows long when it is written."""
    assert fault("http://ex.com/" + "a" * LONGEST) is FetchFault.BAD_URL
    assert fault("http://ex.com/" + "é" * (LONGEST // 2)) is FetchFault.BAD_URL


def test_allow_opens_and_deny_closes() -> None:
    """A configured network is allowed in every spelling; a denied one stays closed though it is public or allowed."""
    rules = Rules(networks(["127.0.0.2"]), networks(["8.8.8.0/24"]), frozenset({80, 5000}))
    assert refusal("127.0.0.2", rules) == refusal("::ffff:127.0.0.2", rules) == ""
    assert refusal("127.0.0.1", rules) and refusal("8.8.8.8", rules) and refusal("64:ff9b::808:808", rules)
    assert target("http://127.0.0.2:5000/", rules).port == 5000
    both = Rules(networks(["10.0.0.0/8"]), networks(["10.0.0.1"]))
    assert refusal("10.0.0.1", both) and not refusal("10.0.0.2", both)


def test_a_network_that_is_none_is_named() -> None:
    """Wrong use is told in one line."""
    with pytest.raises(UserError, match=r"'10\.0\.0\.1/8' is no IP address"):
        networks(["10.0.0.1/8"])
