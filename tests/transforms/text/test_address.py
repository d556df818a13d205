import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.measures import URL_MEASURES
from transforms.text.address import is_ip_host, measure_url, split_url, url_words


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://Example.ORG/a/b.png?c=d#e", "example.org", "/a/b.png"),
        ("http://user:pass@example.org:8080", "example.org", ""),
        ("//cdn.example.org/x", "cdn.example.org", "/x"),
        ("http://[2001:DB8::1]:80/x", "[2001:db8::1]:80", "/x"),
        ("http://example.org./%4Cogo", "example.org", "/Logo"),
        ("data:image/png;base64,LogoIcon//x", "", ""),
        ("no url", "", ""),
    ],
)
def test_split(url, host, path):
    """Hosts lose user, port and final dot, paths their escapes; what has no host has no path."""
    assert split_url(url) == (host, path)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1", "0x7f000001", "1.2.3.0x4", "[::1]"])
def test_addresses_are_no_names(host):
    """Every spelling of an IP address that the URL standard knows is told from a name."""
    assert is_ip_host(host)
    assert measure_url(f"http://{host}/")["url_ip_host"] == 1


@pytest.mark.parametrize("host", ["", "example.org", "1and1.com", "1.2.3.example", "0xbeef.example"])
def test_names_are_no_addresses(host):
    """A name with digits in it is a name."""
    assert not is_ip_host(host)


@pytest.mark.parametrize(
    "path",
    ["Logo.png", "site-logo_2x.png", "siteLogo.png", "LOGO", "img/icons/a.png", "a%20button.gif", "myADIcon.png"],
)
def test_ban_words_are_caught_in_any_dress(path):
    """Capitals, camel case, plurals, digits and escapes hide no ban word."""
    numbers = measure_url(f"https://example.org/{path}")
    assert numbers["mmc4_url_ban_words"] == numbers["obelics_url_ban_words"] == 1


@pytest.mark.parametrize(
    "path", ["essex.jpg", "silicon.png", "lexicon/a.jpg", "unisex.jpg", "logotype.png", "iconic.jpg", "cat.jpg?logo"]
)
def test_longer_words_are_not_ban_words(path):
    """The substring traps of the published lists keep their images (docs/sources.md, "Address rules"); the query is not looked at."""
    numbers = measure_url(f"https://logo.example.org/{path}")
    assert numbers["mmc4_url_ban_words"] == numbers["obelics_url_ban_words"] == 0


def test_the_two_lists_differ():
    """MMC4 has five words, OBELICS three more."""
    numbers = measure_url("https://example.org/plugin/widget/porn/xxx/sex.jpg")
    assert (numbers["mmc4_url_ban_words"], numbers["obelics_url_ban_words"]) == (2, 5)


def test_adult_words():
    """Words count in host and path, roots inside words too; towns do not."""
    assert measure_url("https://www.bestpornpics.example/sex/a.jpg")["url_adult_words"] == 2
    assert measure_url("https://a.example/sex-ratio/the-sex-ratio-of-birds")["url_adult_words"] == 0
    assert measure_url("https://essex.example/middlesex/sextant.jpg")["url_adult_words"] == 0


def test_laion_rejects():
    """Each of the four substrings counts once, in any case."""
    assert measure_url("https://e.org/a.SVG?b=.gif")["laion_url_rejects"] == 2
    assert measure_url("data:image/gif;base64,AAAA")["laion_url_rejects"] == 1
    assert measure_url("https://e.org/a.jpg")["laion_url_rejects"] == 0


def test_lengths():
    """Lengths are characters of the URL as given and of its host."""
    numbers = measure_url("https://example.org:80/a")
    assert (numbers["url_chars"], numbers["url_host_chars"]) == (24, 11)


@given(st.text(st.characters()) | st.text(st.sampled_from("htp:/[]@.%aZ0?#")))
def test_any_string_has_every_number(url):
    """Whatever stands in an attribute, the catalogue's names come back in order, finite and not negative."""
    numbers = measure_url(url)
    assert tuple(numbers) == tuple(measure.name for measure in URL_MEASURES)
    assert all(type(value) is float and 0 <= value < float("inf") for value in numbers.values())


@given(st.text(st.sampled_from("aB1-/")))
def test_words_are_the_letters(part):
    """Cutting a path into words loses and adds no letter."""
    assert "".join(url_words(part)) == "".join(c for c in part.lower() if c.isalpha())
