"""Opt-outs in the spellings of the web and of the published grammars: each as its grammar prescribes, whatever stands before."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.recipe import SIGNALS
from transforms.html.directives import (
    LONGEST,
    MOST,
    evidence,
    header_directives,
    page_directives,
    signal_bits,
    signals,
    stored,
)
from transforms.html.walk import walk

TEXT = "<p>The quick brown fox jumps over the lazy dog and then it has to go and be with the others.</p>" * 10
SITE = "https://example.org/"


def sent(*headers: tuple[str, str]) -> tuple[str, ...]:
    """The signals of a response with these headers."""
    return signals(header_directives(headers))


def written(head: str, body: str = "") -> tuple[str, ...]:
    """The signals of a page."""
    return signals(walk(f"<html><head>{head}</head><body>{body}{TEXT}</body></html>", SITE).directives)


# The first signal, strictest first, that each X-Robots-Tag gives; "" for none.
ROBOTS_TAGS = [
    (["noai"], "noai"),
    (["NOAI, NoImageAI"], "noai"),
    (["noindex; noai"], "noai"),
    (["noai noimageai"], "noai"),
    (["unavailable_after: Wed, 25 Jun 2030 15:00:00 PST, noai"], "noai"),
    (["unavailable_after: 25-Jun-2030 15:00:00 PST; noai"], "noai"),
    (["max-image-preview:none, noai"], "noai"),
    (["max-snippet: -1, noimageai"], "noimageai"),
    (["gptbot: noai"], "noai"),
    (["GPTBot: nofollow, noai"], "noai"),
    (["googlebot: nofollow, noai"], ""),
    (["otherbot: noindex, gptbot: noai"], "noai"),
    (["nofollow", "noai"], "noai"),
    (['"noai"'], "noai"),
    (["noai;"], "noai"),
    (["no-ai"], ""),  # no rule of any grammar
    (["none"], "none"),
    (["None"], "none"),
    (["*: noai"], "noai"),
    (["robots: noai"], "noai"),
    (["all, noai"], "noai"),
    (["noai=1"], ""),  # a rule has no `=`
    (["a" * 600 + ", noai"], "noai"),
    (["max-snippet:5," * 60 + "noai"], "noai"),
    (["unavailable_after: 2030-01-01T00:00:00Z noai"], "noai"),
    ([" noai "], "noai"),
    (["noimageai:"], "noimageai"),  # a rule is never a bot
    (["CCBot: none"], "none"),
    (["bingbot: noarchive, *: noai"], "noai"),
    (["Google-Extended: noindex"], "noindex"),
    (["noai\tnofollow"], "noai"),
    (["unavailable_after: 25 Jun 2010 15:00:00 PST"], ""),  # stored, not compared with a clock
    (["notranslate, noindex"], "noindex"),
    (["perplexitybot: noai"], "noai"),
    (["ai: none"], ""),  # a bot that is none of ours
    (["GPTBot : noai"], "noai"),
    (["gptbot:noai"], "noai"),
    (["User-agent gptbot: noai"], "noai"),
    (["noai, googlebot: all"], "noai"),
]

# The same for markup in a page's head.
METAS = [
    ("<meta name=robots content=noai>", "noai"),
    ('<META NAME="ROBOTS" CONTENT="NOAI, NOIMAGEAI">', "noai"),
    ('<meta name=" robots " content="noai">', "noai"),
    ('<meta name="GPTBot" content="noai">', "noai"),
    ('<meta name="gptbot" content="noindex">', "noindex"),
    ('<meta name="robots" content="index"><meta name="robots" content="noai">', "noai"),
    ('<meta property="robots" content="noai">', "noai"),
    ('<meta http-equiv="X-Robots-Tag" content="noai">', "noai"),
    ('<meta name="robots" http-equiv="x" content="noai">', "noai"),
    ('<meta name="tdm-reservation" content="1">', "tdm_reserved"),
    ('<meta name="TDM-Reservation" content=" 1 ">', "tdm_reserved"),
    (
        '<meta name="tdm-reservation" content="true">',
        "",
    ),  # TDMRep: another value than 0 and 1 is as if it were not there
    ('<meta http-equiv="tdm-reservation" content="1">', "tdm_reserved"),
    ('<meta property="tdm-reservation" content="1">', "tdm_reserved"),
    ("<noscript><meta name=robots content=noai></noscript>", "noai"),
    ("<meta name=robots value=noai>", ""),  # HTML: what a meta tag says is its content
    ('<meta name="perplexitybot" content="noai">', "noai"),
    ('<meta name="robots" content="noai\u00a0noimageai">', "noai"),
    ('<meta name="robots" content="noai，noimageai">', "noai"),  # ours: a full-width comma is meant as one
    ("".join(f'<meta name="x{n}bot" content="a">' for n in range(64)) + "<meta name=robots content=noai>", "noai"),
    ('<meta name=robots content="' + "a," * 300 + 'noai">', "noai"),
    (
        '<meta name="robots" content="googlebot: noindex">',
        "noindex",
    ),  # metas have no prefixes: the rule is for everyone
    ('<meta name="ai" content="none">', ""),
    ('<meta name="ccbot" content="nofollow">', ""),
    ('<meta name="robots" content="noindex,nofollow" /><meta name="googlebot" content="index">', "noindex"),
    ('<meta name="pinterest" content="nopin">', ""),
    ('<meta name="dc.rights" content="x"><meta name="robots" content="none">', "none"),
    ('<meta name="anthropic-ai" content="noai">', "noai"),
    ('<meta name="robots" lang=de content="NOINDEX">', "noindex"),
    ('<meta name="tdm-reservation" content="1"><meta name="tdm-reservation" content="0">', "tdm_reserved"),
    (
        "<template><meta name=robots content=noai></template>",
        "",
    ),  # HTML: the content of a template is no part of the page
    ("<svg><meta name=robots content=noai></svg>", "noai"),  # HTML: a meta tag ends the drawing, and is the page's
    ('<meta name="robots,googlebot" content="noai">', "noai"),
]
BODIES = ["<meta name=robots content=noai>", "<nav><meta name=robots content=noai></nav>"]
HEADERS = [
    ("tdm-reservation", "1", "tdm_reserved"),
    ("TDM-Reservation", "1", "tdm_reserved"),
    ("tdm-reservation", '1; tdm-policy="x"', "tdm_reserved"),
    ("tdm-reservation", " 1", "tdm_reserved"),
    ("tdm-reservation", '"1"', "tdm_reserved"),
    ("tdm-reservation", "1, 1", "tdm_reserved"),
    ("Content-Usage", "train-ai=n", "usage_train_ai"),
    ("Content-Signal", "ai-train=no", "signal_ai_train"),
]

# All signals that headers give, from the published grammars.
ATTACH = "draft-ietf-aipref-attach"  # github.com/ietf-wg-aipref/drafts, read 2026-11-27
VOCAB = "draft-ietf-aipref-vocab"  # the same
GOOGLE = "developers.google.com/search/docs/crawling-indexing/robots-meta-tag"
PUBLISHED: list[tuple[str, Sequence[tuple[str, str]], tuple[str, ...]]] = [
    (f"{ATTACH}, examples", [("Content-Usage", "train-ai=n")], ("usage_train_ai",)),
    (f"{VOCAB}, exemplary format", [("Content-Usage", "train-ai=y, search=n")], ("usage_search",)),
    (f"{VOCAB}, multiple preferences", [("Content-Usage", 'train-ai=y, train-ai, search=n, search="n"')], ()),
    (f"{VOCAB}, preference parameters", [("Content-Usage", "train-ai;allow=n, train-ai=y")], ()),
    (f"{VOCAB}, preference parameters", [("Content-Usage", 'train-ai;has;parameters="?"')], ()),
    (f"{VOCAB}, unknown parameters are ignored", [("Content-Usage", 'train-ai=n;because="a, b"')], ("usage_train_ai",)),
    (f"{VOCAB}, keys in upper case fail to parse", [("Content-Usage", "Train-AI=n, search=n")], ()),
    (f"{VOCAB}, tokens are y and n alone", [("Content-Usage", "train-ai=N, ai-use=?0, search=no")], ()),
    (
        f"{VOCAB}, unknown labels are ignored",
        [("Content-Usage", "ex.x=(1 2);q, ai-use=n, z=:YQ==:")],
        ("usage_ai_use",),
    ),
    (
        f"{VOCAB}, combining: any disallow wins",
        [("Content-Usage", "train-ai=y"), ("Content-Usage", "train-ai=n")],
        ("usage_train_ai",),
    ),
    ("RFC 9651 §4.2.2, a comma at the end fails to parse", [("Content-Usage", "train-ai=n,")], ()),
    (
        "draft-ietf-aipref-vocab-02, `all` holds every use",
        [("Content-Usage", "all=n, search=y")],
        ("usage_train_ai", "usage_ai_use"),
    ),
    ("draft-keller-aipref-vocab-01, the narrower use decides", [("Content-Usage", "tdm=n, ai=y")], ()),
    (
        "contentsignals.org, policy of Cloudflare's managed robots.txt",
        [("Content-Signal", "search=yes, ai-input=no, ai-train=no")],
        ("signal_ai_train", "signal_ai_input"),
    ),
    (
        "draft-romm-aipref-contentsignals, unknown signals are left",
        [("content-signal", "search=yes,ai-train=yes,use=reference")],
        (),
    ),
    (
        f"{GOOGLE}, combined headers",
        [("X-Robots-Tag", "noimageindex"), ("X-Robots-Tag", "unavailable_after: 25 Jun 2010 15:00:00 PST")],
        ("noimageindex",),
    ),
    (
        f"{GOOGLE}, user agents",
        [("X-Robots-Tag", "googlebot: nofollow"), ("X-Robots-Tag", "otherbot: noindex, nofollow")],
        (),
    ),
    (
        f"{GOOGLE}, BadBot",
        [("X-Robots-Tag", "BadBot: noindex, nofollow, googlebot: nofollow, noai")],
        (),
    ),
    (f"{GOOGLE}, indexifembedded", [("X-Robots-Tag", "noindex, indexifembedded")], ("noindex",)),
    (f"{GOOGLE}, preview limits", [("X-Robots-Tag", "max-snippet: 20, max-image-preview: none")], ()),
    (
        "spiders/robots-txt tests, one line of everything",
        [
            (
                "X-Robots-Tag",
                "gptbot: all, none, nofollow,nosnippet,notranslate unavailable_after: 25 Jun 2010 15:00:00 PST, noindex",
            )
        ],
        ("none", "noindex"),
    ),
    (
        "TDMRep (2024-05-10), header with a policy",
        [("tdm-reservation", "1"), ("tdm-policy", "https://provider.com/policies/policy.json")],
        ("tdm_reserved",),
    ),
    ("TDMRep (2024-05-10), nothing reserved", [("tdm-reservation", "0")], ()),
    ("DeviantArt, 2022-11-11, where noai comes from", [("X-Robots-Tag", "noai, noimageai")], ("noai", "noimageai")),
]
PUBLISHED_METAS = [
    # GOOGLE, "multiple rules" and "more restrictive"
    ('<meta name="robots" content="noindex"><meta name="robots" content="nofollow">', ("noindex",)),
    ('<meta name="googlebot" content="noindex"><meta name="googlebot-news" content="nosnippet">', ()),
    ('<meta name="robots" content="max-snippet:-1, max-image-preview:large, max-video-preview:-1">', ()),
    ('<meta name="robots" content="unavailable_after: 2020-09-21, noindex">', ("noindex",)),
    # TDMRep, "TDM metadata in HTML content"
    ('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://provider.com/p.json">', ("tdm_reserved",)),
]  # fmt: skip


@pytest.mark.parametrize(("values", "signal"), ROBOTS_TAGS)
def test_x_robots_tags(values: list[str], signal: str) -> None:
    """Each spelling gives what its grammar says."""
    assert next(iter(sent(*(("X-Robots-Tag", value) for value in values))), "") == signal


@pytest.mark.parametrize(("head", "signal"), METAS)
def test_metas(head: str, signal: str) -> None:
    """Each spelling gives what its grammar says."""
    assert next(iter(written(head)), "") == signal


@pytest.mark.parametrize("body", BODIES)
def test_metas_in_a_body(body: str) -> None:
    """Also where main content is not looked for."""
    assert written("", body) == ("noai",)


@pytest.mark.parametrize(("name", "value", "signal"), HEADERS)
def test_other_headers(name: str, value: str, signal: str) -> None:
    """Each spelling gives what its grammar says."""
    assert sent((name, value)) == (signal,)


@pytest.mark.parametrize(("source", "headers", "given"), PUBLISHED)
def test_headers_of_published_grammars(source: str, headers: Sequence[tuple[str, str]], given: tuple[str, ...]) -> None:
    """All signals, by the grammar that is named."""
    assert sent(*headers) == given, source


@pytest.mark.parametrize(("head", "given"), PUBLISHED_METAS)
def test_metas_of_published_grammars(head: str, given: tuple[str, ...]) -> None:
    """All signals."""
    assert written(head) == given


def test_a_wish_behind_many_headers_is_read_and_kept() -> None:
    """64 headers before it hide nothing, and what is stored shows it."""
    lines = header_directives((*(("X-Robots-Tag", f"x{n}: follow") for n in range(64)), ("X-Robots-Tag", "noai")))
    assert signals(lines) == ("noai",)
    assert len(stored(lines)) == MOST and stored(lines)[-1] == "x-robots-tag: noai"


SAYINGS = st.sampled_from(
    [
        ("noai", "robots", "noai"),
        ("noimageai", "robots", "noindex2, NOIMAGEAI"),
        ("none", "ccbot", "none"),
        ("tdm_reserved", "tdm-reservation", "1"),
        ("usage_train_ai", "content-usage", "train-ai=n"),
        ("signal_ai_train", "content-signal", "search=yes, ai-train=no"),
        ("noai", "x-robots-tag", "bingbot: noarchive, *: noai"),
    ]
)
SIZES = st.one_of(st.integers(0, 3000), st.just(1_000_000))
WORDS = st.one_of(
    st.sampled_from(["follow, ", "max-snippet:5,", "unavailable_after: Wed, 25 Jun 2030, ", "a", "max-", '"', " ", "é", ";"]),
    st.text(st.characters(exclude_characters=":\r\n", exclude_categories=["Cs"]), min_size=1, max_size=9),
)  # fmt: skip
TAGS = st.sampled_from(
    [
        "<p>words ", "<b>", "<!-- noindex? -->", "<meta name=xbot content=follow>", "<meta name=robots content=all>",
        "<div>", "</div>", "&amp;", "<template><meta name=robots content=index></template>", "<a rel=license href=/l>l</a>",
        "<script>var noai = '<meta>'</script>", "<table><tr><td>", "<nav>", "<svg><path/></svg>", "<meta name=a property=b>",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(SAYINGS, WORDS, SIZES)
def test_characters_before_a_wish_never_hide_it(said: tuple[str, str, str], filler: str, size: int) -> None:
    """Neither in the same value (where robots rules stand) nor in values before it; and the row shows what decided."""
    signal, name, value = said
    before = (filler * (size // len(filler) + 1))[:size]
    same = (directive_of(name, f"{before}, {value}"),) if "robots" in name or name == "ccbot" else ()
    apart = (directive_of("x-robots-tag", before), directive_of(name, value))
    for lines in (same, apart):
        if lines:
            assert signal in signals(lines)
            kept = stored(lines)
            assert signal in signals(kept) and all(len(line) <= LONGEST for line in kept)


def directive_of(name: str, value: str) -> str:
    """A directive as a page's or a response's is made."""
    return f"{name}: {' '.join(value.split())}"


@settings(deadline=None, max_examples=40)
@given(SAYINGS, TAGS, st.one_of(st.integers(0, 3000), st.just(300_000), st.just(1_000_000)))
def test_tags_before_a_wish_never_hide_it(said: tuple[str, str, str], filler: str, size: int) -> None:
    """Wherever on the page it stands; only a template, a script or a comment that holds it takes it out of the page."""
    signal, name, value = said
    count = min(size // len(filler), 150_000 // filler.count("<") if "<" in filler else size)
    markup = filler * count + f'<meta name="{name}" content="{value}">' + TEXT
    assert signal in signals(page_directives(metas(markup)))


def metas(markup: str) -> list:  # type: ignore[type-arg]
    """The meta tags of a page."""
    from transforms.html.nodes import parsed

    return list(parsed(markup).iter_elements(("meta",)))


@pytest.mark.parametrize(
    "line",
    [
        "x-robots-tag: " + "max-" * 250_000,
        "x-robots-tag: " + "a:" * 500_000,
        "x-robots-tag: " + "user-agent " * 90_000,
        "x-robots-tag: " + "googlebot: noai," * 60_000,
        "content-usage: a=" + "(1 " * 300_000,
        "content-usage: " + "a=(1 2), " * 100_000,
        "content-usage: a" + ";a=1" * 250_000,
        "content-usage: a=" + "1" * 1_000_000 + ".",
        'content-usage: a=("' + '\\"' * 400_000,
        "content-signal: " + "=" * 1_000_000,
        "tdm-reservation: " + "0,;" * 300_000,
        "bot," * 250_000 + ": noai",
    ],
)
def test_hostile_directives_take_linear_time(line: str) -> None:
    """A megabyte takes about 0.1 s; a quadratic reading would take minutes."""
    began = time.process_time()
    assert signal_bits([line]) == 0
    assert time.process_time() - began < 3


@given(st.lists(st.sampled_from([f"robots: {s}" for s in SIGNALS] + ["robots: " + "x, " * 400 + "noai", "a: b"])))
def test_what_is_stored_says_the_same(lines: list[str]) -> None:
    """Cut or not, the signals of what a row shows are those of all that was said."""
    for most, longest in ((MOST, LONGEST), (2, 40)):
        assert signals(stored(tuple(lines), most, longest)) == signals(lines)
    assert set(evidence(lines)) == set(signals(lines))
