"""robots.txt answers as Google's parser does, and says what its lines about AI say."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.consent.patterns import target_of
from transforms.consent.robots_txt import LONGEST_LINE, MOST_BYTES, RobotsTxt, key_values
from transforms.html.robots_rules import AGENTS

X, D, P = "http://foo.bar/x/y", "user-agent: FooBot\ndisallow: /\n", "http://foo.bar/x/page.html"
GROUPS = (
    "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\nallow: /y/\n\n\n"
    "allow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n"
)
SPECIFIC = "user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\nuser-agent: BazBot\ndisallow: /\n"
SPACED = "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n"
INDEX = "User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n"
BAZ = "User-agent: FooBot\nDisallow: /\nAllow: /foo/bar/%62%61%7A\n"
QUX = "Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par"


def rules(*lines: str) -> str:
    """A file for one crawler."""
    return "\n".join(["user-agent: FooBot", *lines])


# The questions that Google publishes with its parser (github.com/google/robotstxt, robots_test.cc, read 2026-11-27), the answers too.
GOOGLE: list[tuple[str, str, str, bool]] = [
    ("", "FooBot", "", True),
    (D, "", "", True),
    (D, "FooBot", "", False),
    ("", "", "", True),
    (D, "FooBot", X, False),
    ("foo: FooBot\nbar: /\n", "FooBot", X, True),
    ("user-agent FooBot\ndisallow /\n", "FooBot", X, False),
    (GROUPS, "FooBot", "http://foo.bar/x/b", True),
    (GROUPS, "FooBot", "http://foo.bar/z/d", True),
    (GROUPS, "FooBot", "http://foo.bar/y/c", False),
    (GROUPS, "BarBot", "http://foo.bar/y/c", True),
    (GROUPS, "BarBot", "http://foo.bar/w/a", True),
    (GROUPS, "BarBot", "http://foo.bar/z/d", False),
    (GROUPS, "BazBot", "http://foo.bar/z/d", True),
    *((GROUPS, agent, "http://foo.bar/foo/bar/", False) for agent in ("FooBot", "BarBot", "BazBot")),
    *(
        (f"{u}: FooBot\n{a}: /x/\n{d}: /\n", "FooBot", url, allowed)
        for u, a, d in (("USER-AGENT", "ALLOW", "DISALLOW"), ("uSeR-aGeNt", "AlLoW", "dIsAlLoW"))
        for url, allowed in ((X, True), ("http://foo.bar/a/b", False))
    ),
    *(
        (f"User-Agent: {named}\nAllow: /x/\nDisallow: /\n", agent, url, allowed)
        for named in ("FOO BAR", "foo bar", "FoO bAr")
        for agent in ("Foo", "foo")
        for url, allowed in ((X, True), ("http://foo.bar/a/b", False))
    ),
    (SPACED, "Foo", X, True),
    (SPACED, "Foo Bar", X, False),
    ("user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "FooBot", X, False),
    ("user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "BarBot", X, True),
    (SPECIFIC, "QuxBot", X, True),
    (rules("disallow: /x/"), "FooBot", X, False),
    (rules("disallow: /X/"), "FooBot", X, True),
    (rules("disallow: /x/page.html", "allow: /x/"), "FooBot", P, False),
    (rules("allow: /x/page.html", "disallow: /x/"), "FooBot", P, True),
    (rules("allow: /x/page.html", "disallow: /x/"), "FooBot", "http://foo.bar/x/", False),
    (rules("disallow: ", "allow: "), "FooBot", P, True),
    (rules("disallow: /", "allow: /"), "FooBot", P, True),
    (rules("disallow: /x", "allow: /x/"), "FooBot", "http://foo.bar/x", False),
    (rules("disallow: /x", "allow: /x/"), "FooBot", "http://foo.bar/x/", True),
    (rules("disallow: /x/page.html", "allow: /x/page.html"), "FooBot", P, True),
    (rules("allow: /page", "disallow: /*.html"), "FooBot", "http://foo.bar/page.html", False),
    (rules("allow: /page", "disallow: /*.html"), "FooBot", "http://foo.bar/page", True),
    (rules("allow: /x/page.", "disallow: /*.html"), "FooBot", P, True),
    (rules("allow: /x/page.", "disallow: /*.html"), "FooBot", "http://foo.bar/x/y.html", False),
    ("User-agent: *\nDisallow: /x/\n" + rules("Disallow: /y/"), "FooBot", "http://foo.bar/x/page", True),
    ("User-agent: *\nDisallow: /x/\n" + rules("Disallow: /y/"), "FooBot", "http://foo.bar/y/page", False),
    (rules("Disallow: /", QUX), "FooBot", "http://foo.bar/foo/bar?qux=taz&baz=http://foo.bar?tar&par", True),
    (rules("Disallow: /", "Allow: /foo/bar/ツ"), "FooBot", "http://foo.bar/foo/bar/%E3%83%84", True),
    (rules("Disallow: /", "Allow: /foo/bar/%E3%83%84"), "FooBot", "http://foo.bar/foo/bar/%E3%83%84", True),
    (BAZ, "FooBot", "http://foo.bar/foo/bar/baz", False),
    (BAZ, "FooBot", "http://foo.bar/foo/bar/%62%61%7A", True),
    (rules("Disallow: /foo/bar/quz", "Allow: /foo/*/qux"), "FooBot", "http://foo.bar/foo/bar/quz", False),
    *(
        (rules("Disallow: /foo/bar/quz", "Allow: /foo/*/qux"), "FooBot", f"http://foo.bar/foo{rest}", True)
        for rest in ("/quz", "//quz", "/bax/quz")
    ),
    (rules("Disallow: /foo/bar$", "Allow: /foo/bar/qux"), "FooBot", "http://foo.bar/foo/bar", False),
    *(
        (rules("Disallow: /foo/bar$", "Allow: /foo/bar/qux"), "FooBot", f"http://foo.bar/foo/bar/{rest}", True)
        for rest in ("qux", "", "baz")
    ),
    (rules("# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"), "FooBot", "http://foo.bar/foo/bar", True),
    (rules("# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"), "FooBot", "http://foo.bar/foo/quz", False),
    (INDEX, "foobot", "http://foo.com/allowed-slash/", True),
    (INDEX, "foobot", "http://foo.com/allowed-slash/index.htm", False),
    (INDEX, "foobot", "http://foo.com/allowed-slash/index.html", True),
    (INDEX, "foobot", "http://foo.com/anyother-url", False),
    (rules("allow: /p", "disallow: /"), "FooBot", "http://example.com/page", True),
    (rules("allow: /folder", "disallow: /folder"), "FooBot", "http://example.com/folder/page", True),
    (rules("allow: /page", "disallow: /*.htm"), "FooBot", "http://example.com/page.htm", False),
    (rules("allow: /$", "disallow: /"), "FooBot", "http://example.com/", True),
    (rules("allow: /$", "disallow: /"), "FooBot", "http://example.com/page.html", False),
]
# From Google's documentation, "URL matching based on path values": what a pattern allows, and what not.
FISH = ("/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fishheads/yummy.html", "/fish.html?id=anything")
NO_FISH = ("/bar", "/Fish.asp", "/catfish", "/?id=fish")
PHP = ("/filename.php", "/folder/filename.php")
DOCUMENTED = {
    "/fish": (FISH, NO_FISH),
    "/fish*": (FISH, NO_FISH),
    "/fish/": (
        ("/fish/", "/fish/salmon", "/fish/?salmon", "/fish/salmon.html", "/fish/?id=anything"),
        ("/bar", "/fish", "/fish.html", "/Fish/Salmon.html"),
    ),
    "/*.php": (
        (*PHP, "/folder/filename.php?parameters", "//folder/any.php.file.html", "/filename.php/", "/index?f=filename.php/"),
        ("/bar", "/php/", "/index?php", "/windows.PHP"),
    ),
    "/*.php$": (
        PHP,
        (
            "/bar", "/filename.php?parameters", "/filename.php/", "/filename.php5", "/php/", "/filename?php", "/aaaphpaaa",
            "//windows.PHP",
        ),
    ),
    "/fish*.php": (("/fish.php", "/fishheads/catfish.php?parameters"), ("/bar", "/Fish.PHP")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "agent", "url", "allowed"), GOOGLE)
def test_google_answers_the_same(text: str, agent: str, url: str, allowed: bool) -> None:
    """Every question that Google publishes, but two about addresses that were not escaped: ours always are."""
    assert RobotsTxt(text.encode()).allows(agent.lower(), target_of(url)) == allowed


@pytest.mark.parametrize("pattern", DOCUMENTED)
def test_patterns_are_those_of_the_documentation(pattern: str) -> None:
    """Each allowed beside a Disallow of everything."""
    robots = RobotsTxt(rules("disallow: /", f"allow: {pattern}").encode())
    allowed, forbidden = DOCUMENTED[pattern]
    assert [path for path in (*allowed, *forbidden) if robots.allows("foobot", path)] == list(allowed)


def test_an_address_that_is_not_escaped_matches_escaped_patterns() -> None:
    """Google leaves the escaping to its caller, and says no; our targets are always escaped."""
    robots = RobotsTxt(rules("Disallow: /", "Allow: /foo/bar/ツ").encode())
    assert not robots.allows("foobot", "/foo/bar/ツ")
    assert robots.allows("foobot", target_of("http://foo.bar/foo/bar/ツ"))


@pytest.mark.parametrize("name", ["disallow", "Dissallow", "dissalow", "DISALOW", "diasllow", "disallaw", "Disallows"])
@pytest.mark.parametrize("agent", ["user-agent", "useragent", "User Agent", "USER-AGENTS"])
def test_typing_errors_are_read(name: str, agent: str) -> None:
    """Those that are frequent, as Google reads them; a name's beginning decides."""
    assert not RobotsTxt(f"{agent}: FooBot\n{name}: /\n".encode()).allows("foobot", "/")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef", b"\xef\xbb", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(end: str, mark: bytes) -> None:
    """Whole or in part at the beginning; anything else there makes the first line unknown."""
    body = end.join(["User-Agent: foo", "Allow: /some/path", "User-Agent: bar", "", "", "Disallow: /"]).encode()
    assert len(list(key_values(mark + body))) == len(list(key_values(mark + body + end.encode()))) == 4
    robots = RobotsTxt(mark + body)
    assert (robots.allows("foo", "/x"), robots.allows("bar", "/x")) == (True, False)
    assert RobotsTxt(b"\xef\x11\xbf" + body).allows("foo", "/x")
    assert next(key_values(b"\xef\x11\xbf" + body))[0] != "user-agent"


def test_a_line_is_cut_behind_its_bound() -> None:
    """A pattern that was cut still matches what it then says."""
    long = "/x/" + "a" * (LONGEST_LINE - len("disallow: /x/"))
    robots = RobotsTxt(f"user-agent: FooBot\ndisallow: {long}/qux\n".encode())
    assert robots.allows("foobot", "/fux") and not robots.allows("foobot", f"{long}/fux")
    assert robots.allows("foobot", long[:-1])


def test_a_file_is_read_up_to_its_bound() -> None:
    """500 KiB; the line that the bound cuts is not read, since it could say another thing."""
    filler = b"# " + b"x" * 97 + b"\n"
    body = b"user-agent: FooBot\n" + filler * ((MOST_BYTES - 40) // 100)
    cut = body + b"#" * (MOST_BYTES - len(body) - len("\ndisallow: /")) + b"\ndisallow: /"
    assert len(cut) == MOST_BYTES
    assert not RobotsTxt(cut).allows("foobot", "/")
    assert RobotsTxt(cut + b"private/").allows("foobot", "/") and RobotsTxt(filler * 6000 + D.encode()).allows(
        "foobot", "/"
    )


def test_a_crawler_whose_name_is_no_token_is_found() -> None:
    """RFC 9309 knows letters, `-` and `_`; sites name crawlers with digits as well, and a name cut at a digit is no other crawler's."""
    robots = RobotsTxt(b"User-agent: AI2Bot\nDisallow: /\nUser-agent: img2dataset/1.0\nDisallow: /i\n")
    assert not robots.allows("ai2bot", "/") and robots.allows("img2dataset", "/")
    assert not robots.allows("img2dataset", "/i") and robots.allows("gptbot", "/")
    assert dict(robots.disallowed("/i")) == {"ai2bot": "/", "img2dataset": "/i"}


def said(text: str, target: str = "/a/b") -> dict[str, str]:
    """What a file says about a target."""
    return dict(RobotsTxt(text.encode()).about(target))


# Spellings from the published grammars, each with the signals that it gives about /a/b.
SPELLINGS: list[tuple[str, set[str]]] = [
    # RFC 9309
    ("User-agent: GPTBot\nDisallow: /", {"robots_ai"}),
    ("User-agent: gptbot/1.2 (+http://x)\nDisallow: /a/", {"robots_ai"}),
    ("User-agent: GPTBot\nDisallow:", set()),
    ("User-agent: GPTBot\nDisallow: /\nAllow: /a", set()),
    ("User-agent: GPTBot\nUser-agent: CCBot\n\n# both\nDisallow: /*b$", {"robots_ai"}),
    ("User-agent: *\nDisallow: /", {"robots_all"}),
    ("User-agent: * # all\nDisallow: /a", {"robots_all"}),
    ("User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nAllow: /", {"robots_all"}),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Triptych\nAllow: /", set()),
    ("User-agent: triptych\nDisallow: /", {"robots_ai"}),
    ("User-agent: Googlebot\nDisallow: /", set()),
    ("Disallow: /", set()),
    ("User-agent: *\nDisallow: /\nUser-agent: CCBot\nDisallow: /", {"robots_all", "robots_ai"}),
    # draft-ietf-aipref-attach
    ("User-Agent: *\nAllow: /\nContent-Usage: / train-ai=n", {"usage_train_ai"}),
    ("User-Agent: *\nContent-Usage: train-ai=n", {"usage_train_ai"}),  # older drafts: no path
    ("User-Agent: *\nContent-Usage: / train-ai=n\nContent-Usage: /a/ train-ai=y", set()),
    ("User-Agent: *\nContent-Usage: /a/ train-ai=y\nContent-Usage: /a/ train-ai=n", {"usage_train_ai"}),
    ("User-Agent: *\nContent-Usage: /a/ train-ai=n\nContent-Usage: /a/ train-ai=y", {"usage_train_ai"}),
    ("User-Agent: *\nContent-Usage: /c/ train-ai=n", set()),
    ("User-Agent: *\ncontent-usage :\t/*\ttrain-ai=n, search=n # no", {"usage_train_ai", "usage_search"}),
    ("User-Agent: *\nContent-Usage: / Train-AI=n", set()),
    ("User-Agent: *\nContent-Usage: / train-ai=n;reason=\"x\"", {"usage_train_ai"}),
    ("User-Agent: *\nContent-Usage: / train-ai=\"n\"", set()),
    ("User-Agent: *\nContent-Usage: /", set()),
    ("User-Agent: *\nContent-Usage: / ai-use=n", {"usage_ai_use"}),
    ("User-Agent: ExampleBot\nContent-Usage: / train-ai=n", set()),
    ("User-Agent: *\nContent-Usage: / train-ai=y\n\nUser-Agent: GPTBot\nContent-Usage: / train-ai=n", {"usage_train_ai"}),
    ("Content-Usage: / train-ai=n\nUser-Agent: *\nAllow: /", {"usage_train_ai"}),  # ours: outside of groups it is said to all
    # draft-romm-aipref-contentsignals
    ("User-Agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /", {"signal_ai_train"}),
    ("User-Agent: *\nContent-signal: search=yes,ai-input=no,ai-train=no", {"signal_ai_input", "signal_ai_train"}),
    ("User-Agent: *\nContent-Signal: /a/ ai-train=no", {"signal_ai_train"}),
    ("User-Agent: *\nContent-Signal: /c/ ai-train=no", set()),
    ("User-Agent: *\nContent-Signal: ai-train=no\nContent-Signal: /a/ ai-train=yes", set()),
    ("User-Agent: *\nContent-Signal: ai-train=yes\nContent-Signal: search=no", {"signal_search"}),
    ("User-Agent: Googlebot\nContent-Signal: ai-train=no", set()),
    ("User-Agent: *\nContent-Signal: ai-train=NO", {"signal_ai_train"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "signals"), SPELLINGS)
def test_a_spelling_says_what_its_grammar_says(text: str, signals: set[str]) -> None:
    """Of Disallow, Content-Usage and Content-Signal, by group and path."""
    assert set(said(text)) == signals


def test_a_usage_line_ends_the_group_of_usage_and_not_of_crawling() -> None:
    """AIPREF makes it a rule of its group; Google's parser, which does not know it, goes on with the group."""
    text = (
        "User-agent: Googlebot\nContent-Usage: / train-ai=n\nUser-agent: GPTBot\nDisallow: /\nContent-Usage: / search=n"
    )
    assert said(text) == {"robots_ai": "gptbot: disallow: /", "usage_search": "gptbot: content-usage: search=n"}
    assert not RobotsTxt(text.encode()).allows("googlebot", "/a")


def test_what_is_said_names_the_crawler_and_the_line() -> None:
    """As a row shows it, on one line and bounded."""
    text = "User-agent: *\nDisallow: /a\x0b\tb\nDisallow: /a\nContent-Signal: ai-train=no, search=no"
    assert said(text) == {
        "robots_all": "*: disallow: /a",
        "signal_ai_train": "*: content-signal: ai-train=no",
        "signal_search": "*: content-signal: search=no",
    }
    long = "/a" + "*" * 5000
    assert said(f"User-agent: *\nDisallow: {long}")["robots_all"].startswith("*: disallow: /a*****")
    assert len(said(f"User-agent: *\nDisallow: {long}")["robots_all"]) == 500


@given(st.binary(max_size=300), st.sampled_from(sorted(AGENTS)), st.text("/ab*$%", max_size=8))
def test_no_file_breaks_the_parser(body: bytes, agent: str, target: str) -> None:
    """Whatever its bytes are, it answers."""
    robots = RobotsTxt(b"User-agent: *\nDisallow: " + body)
    assert robots.allows(agent, "/" + target) in (True, False)
    assert all(signal and "\n" not in line for signal, line in robots.about("/" + target))


def hostile() -> dict[str, bytes]:
    """Files of the largest size that cost the most."""
    crowd = "".join(f"User-agent: {agent}\n" for agent in sorted(AGENTS))
    alone = "".join(f"User-agent: {agent}\nDisallow: /{agent}\n" for agent in sorted(AGENTS))
    return {
        "stars": b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 4000 + b"b\n") * 60,
        "one line a group": b"User-agent: GPTBot\nDisallow: /*x\n" * 15_000,
        "many groups": b"User-agent: a\nDisallow: /b\n" * 18_000,
        "many rules for many": (alone + crowd + "".join(f"Disallow: /*{n}\n" for n in range(28_000))).encode(),
        "many uses": b"User-agent: *\n" + b"".join(b"Content-Usage: /*%d train-ai=n\n" % n for n in range(15_000)),
    }


@pytest.mark.parametrize("kind", hostile())
def test_the_largest_file_is_read_and_asked_in_bounded_time(kind: str) -> None:
    """500 KiB of what costs most, asked about an address of 2,000 characters, takes a second or less of CPU, far from an item's limit."""
    body = hostile()[kind]
    assert 400_000 < len(body) <= MOST_BYTES
    begin = time.process_time()
    robots = RobotsTxt(body)
    read = time.process_time()
    for _ in range(5):
        assert robots.allows("triptych", "/" + "a" * 2000)
        assert not list(robots.about("/" + "a" * 2000))
    assert read - begin < 5 and time.process_time() - read < 5


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("License: https://ex.com/l.xml", ["*: license: https://ex.com/l.xml"]),
        ("LICENSE : <https://ex.com/l.xml> # ours", ["*: license: https://ex.com/l.xml"]),
        (
            "User-agent: other\nDisallow: /\nLicense: /a\n\nLicense: /b\nLicense: /a",
            ["*: license: /a", "*: license: /b"],
        ),
        ("License: MIT", []),
        ("Licensed: https://ex.com/l.xml", []),
        ("\n".join(f"License: /{n}" for n in range(99)), [f"*: license: /{n}" for n in range(8)]),
    ],
)
def test_terms_in_rsl_speak_of_the_whole_site(file: str, expected: list[str]) -> None:
    """Wherever their lines stand; they end no group."""
    assert [line for signal, line in RobotsTxt(file.encode()).about("/a") if signal == "rsl"] == expected


def test_terms_end_no_group() -> None:
    """As any line that Google's parser does not know."""
    robots = RobotsTxt(b"User-agent: GPTBot\nLicense: /l.xml\nUser-agent: CCBot\nDisallow: /")
    assert not robots.allows("gptbot", "/") and not robots.allows("ccbot", "/") and robots.allows("other", "/")


def test_who_asks_is_told_by_which_line() -> None:
    """That of its own group, or of everyone's; and leave that is given to it makes everyone's of no account."""
    file = b"User-agent: ex-bot\nDisallow: /own\n\nUser-agent: *\nDisallow: /\n"
    robots = RobotsTxt(file, "ex-bot")
    assert robots.forbidding("ex-bot", "/own/a") == "ex-bot: disallow: /own" and robots.forbidding("ex-bot", "/a") == ""
    assert robots.forbidding("other", "/a") == "*: disallow: /"
    assert list(robots.about("/a")) == [] and [signal for signal, _ in RobotsTxt(file).about("/a")] == ["robots_all"]
