"""Which links of a page are addresses to ask for, and why others are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.outcomes import RecordError
from transforms.fetch.address import Rules
from transforms.fetch.links import LONGEST, MOST_OF_PAGE, Found, Scope, left_out, page_links

URL = "http://ex.com/a/page.html"


def links(page: str, scope: Scope = Scope.HOST, headers: tuple[tuple[str, str], ...] = (), url: str = URL) -> Found:
    """The links of a page."""
    return page_links(page, url, headers, "ex-bot", scope, Rules())


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("b", "http://ex.com/a/b"),
        (" /b\n?c#d", "http://ex.com/b?c"),
        ("?q=1", "http://ex.com/a/page.html?q=1"),
        ("#top", "http://ex.com/a/page.html"),
        ("", "http://ex.com/a/page.html"),
        ("HTTP://EX.com:80/x", "http://ex.com/x"),
        ("https://www.ex.com/x", "https://www.ex.com/x"),
        ("/bü cher", "http://ex.com/b%C3%BC%20cher"),
        ("\\x", "http://ex.com/x"),
    ],
)
def test_addresses(href: str, url: str) -> None:
    """A link means what it means to a browser, without its fragment."""
    found = links(f'<a href="{href}">x</a>')
    assert (found.entered, list(found.urls)) == (1, [url])


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ('<a href="mailto:me@ex.com">', "not_http"),
        ('<a href="JavaScript:void(0)">', "not_http"),
        ('<a href="data:text/html,x">', "not_http"),
        ('<a rel="external NOFOLLOW" href="x">', "nofollow"),
        ('<a href="//ex.org/">', "out_of_scope"),
        ('<a href="http://a.ex.com/">', "out_of_scope"),
        ('<a href="x.JPG?large">', "no_page"),
        (f'<a href="/{"x" * LONGEST}">', "address_too_long"),
        (f'<a href="/{"ü" * 340}">', "address_too_long"),
        (f'<a href="{"x/" * 4}">', "endless_path"),
        (f'<a href="{"/".join(map(str, range(31)))}">', "endless_path"),
    ],
)
def test_left_out(link: str, why: str) -> None:
    """Every link that is no address to ask for is counted by its reason."""
    found = links(link)
    assert (found.entered, list(found.urls), dict(found.dropped), dict(found.failed)) == (1, [], {why: 1}, {})


@pytest.mark.parametrize(
    ("href", "fault"),
    [
        ("http://127.0.0.1/", "address_refused"),
        ("http://localhost/", "address_refused"),
        ("http://ex.com:25/", "bad_url"),
        ("http://me@ex.com/", "bad_url"),
        ("http://[", "bad_url"),
    ],
)
def test_what_the_rules_refuse(href: str, fault: str) -> None:
    """What may not be fetched by its address alone is not asked for."""
    found = links(f'<a href="{href}">x</a>', Scope.ANY)
    assert (list(found.urls), dict(found.failed)) == ([], {fault: 1})


def test_elements() -> None:
    """`a` and `area` count, with the page's base; what stands in a template does not, but in a shadow root it does."""
    page = (
        '<base href="//ex.com/b/"><base href="/no/"><map><area href="1"></map><template><a href="2"></a></template>'
        '<div><template shadowrootmode="open"><a href="3"></a></template></div><a name="here"></a><link href="4">'
        '<svg><a href="5"></a></svg><noscript><a href="6"></a></noscript>'
    )
    found = links(page)
    assert sorted(found.urls) == [f"http://ex.com/b/{n}" for n in (1, 3, 5, 6)] and found.entered == 4


@pytest.mark.parametrize(
    ("meta", "headers", "follows"),
    [
        ('<meta name="robots" content="noindex">', (), True),
        ('<meta name="ROBOTS" content="noindex, NoFollow">', (), False),
        ('<meta name="robots" content="none">', (), False),
        ('<meta name="ex-bot" content="nofollow">', (), False),
        ('<meta name="otherbot" content="nofollow">', (), True),
        ('<meta http-equiv="X-Robots-Tag" content="ex-bot: nofollow">', (), False),
        ('<meta name="description" content="nofollow">', (), True),
        ("", (("X-Robots-Tag", "nofollow"),), False),
        ("", (("x-robots-tag", "otherbot: nofollow"),), True),
        ("", (("X-Robots-Tag", "noarchive"), ("X-Robots-Tag", "ex-bot: none")), False),
    ],
)
def test_what_a_page_says(meta: str, headers: tuple[tuple[str, str], ...], follows: bool) -> None:
    """Meta robots and X-Robots-Tag, said to all or to this crawler, are obeyed for all links of the page."""
    found = links(f'{meta}<a href="x"><a href="y">', headers=headers)
    assert (len(found.urls), found.dropped["nofollow"]) == ((2, 0) if follows else (0, 2))


def test_scope() -> None:
    """From a host to itself, to its registered domain, or anywhere."""
    page = "".join(f'<a href="http://{host}/">' for host in ("ex.co.uk", "b.ex.co.uk", "no.co.uk"))
    found = {scope: len(links(page, scope, url="http://www.ex.co.uk/").urls) for scope in Scope}
    assert found == {Scope.HOST: 1, Scope.DOMAIN: 2, Scope.ANY: 3}


def test_a_page_of_endless_links() -> None:
    """So many addresses are taken of a page; repeats of them go on to count as such."""
    page = "".join(f'<a href="/{n}">' for n in range(MOST_OF_PAGE + 50)) + '<a href="/7">'
    found = links(page)
    assert (len(found.urls), found.entered, dict(found.dropped)) == (
        MOST_OF_PAGE,
        MOST_OF_PAGE + 51,
        {"most_of_page": 50},
    )


@given(st.lists(st.text("/ab.:#?% \\\n[]@", max_size=12), max_size=20))
def test_any_links_add_up(hrefs: list[str]) -> None:
    """Whatever is written in links, each is counted once, and what is taken is in scope."""
    found = links("".join(f'<a href="{href}">x</a>' for href in hrefs))
    taken = found.entered - found.dropped.total() - found.failed.total()
    assert found.entered == len(hrefs) and taken >= len(found.urls)
    assert all(url.startswith(("http://ex.com/", "https://ex.com/")) and not left_out(url, "/") for url in found.urls)


def test_shadow_roots_in_each_other() -> None:
    """To open ten thousand of them takes minutes; a page of as many is refused, one of some hundred is read at once."""
    root = "<div><template shadowrootmode=open>"
    assert list(links(500 * root + "<a href=1>").urls) == ["http://ex.com/a/1"]
    with pytest.raises(RecordError, match="10,000 shadow roots"):
        links(10_000 * root + "<a href=1>")
