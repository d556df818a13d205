"""The limits of markup: hostile pages are refused quickly, real ones pass."""

import re
import time
from collections.abc import Iterator
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse

from schemas.outcomes import Fault, RecordError
from transforms.html.guard import (
    DEEPEST,
    FORMATTING,
    LIMITS,
    OPENING,
    RAW,
    Limits,
    admit,
    between,
    check_attributes,
    guard,
    has_crowded,
    lighten,
    long_pieces,
)

SCRIPT = "<script>for(i=0;i<n;i++){" + "var a b=c d " * 3000 + "}</script>"


def check(text: str) -> None:
    """Check a page for tags of more than 1,000 attributes."""
    check_attributes(text, long_pieces(text, 2000), 1000)


def fault_of(text: str) -> Fault | None:
    """The fault for which a page is refused, None where it may be parsed; within 2 s of the 10 s a page may take."""
    start = time.process_time()
    try:
        admit(text)
    except RecordError as error:
        return error.fault
    finally:
        assert time.process_time() - start < 2
    return None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<div " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x", Fault.HOSTILE_MARKUP),
        ("<div " + " ".join(f"a{n}='>'" for n in range(5_000)) + ">x", Fault.HOSTILE_MARKUP),
        ("<div>" * 1_000_000, Fault.HOSTILE_MARKUP),
        ("<p>" * 12_000_000, Fault.OVERSIZE),
        ("<p>" + "word " * 20_000_000, Fault.OVERSIZE),
        ("<p>" + "".join(f"<font color=c{n}>" for n in range(1500)) + "</p><p>x" * 1500 * 3, Fault.HOSTILE_MARKUP),
        ("<p>" + "".join(f"<FoNt color=c{n}>" for n in range(1500)) + "</p><p>x" * 1500 * 3, Fault.HOSTILE_MARKUP),
        ('<img src="data:image/png;base64,' + "QUJD" * 5_000_000 + '">', None),
        ('<img src="data:image/png;base64,' + ("QUJD" * 19 + "\n") * 260_000 + '">', None),
        ("data:" * 4_000_000, Fault.OVERSIZE),
        ("data:image/png;" + ";a" * 9_000_000, Fault.OVERSIZE),
        ("<p>" + "&amp;" * 900_000, None),
        (SCRIPT, None),
        ("<p>" + "<b>x</b>" * 20_000, None),
        ("", None),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_hostile_pages_end_in_a_verdict(text: str, fault: Fault | None) -> None:
    """Each page of docs/sources.md, "Hostile pages", is refused by name, or is harmless and passes, in linear time."""
    assert fault_of(text) == fault


def test_limits_are_exact() -> None:
    """A page at a limit passes, one beyond it does not."""
    limits = Limits(characters=100, tags=10, attributes=3)
    guard("x" * 100, limits)
    guard("<b>" * 10, limits)
    guard("<p a b c>" + " " * 80, limits)
    for text in ("x" * 101, "<b>" * 11, "<p a b c d>" + " " * 80):
        with pytest.raises(RecordError):
            guard(text, limits)


def test_what_looks_like_attributes_in_scripts_comments_and_values_is_none() -> None:
    """Long scripts, comments and pictures written into an attribute are no reason to refuse a page."""
    words = "a b c " * 1000
    for text in (
        SCRIPT,
        f"<!-- <p {words} -->",
        f'<img src="data:image/svg+xml,<path d={words}/>">',
        f"<p>a <3 {words}",
    ):
        check(text)
    with pytest.raises(RecordError):
        check(SCRIPT + f"<p {' '.join(f'a{n}' for n in range(1001))}>")


def test_attributes_are_counted_as_the_parser_counts_them() -> None:
    """With quotes, slashes and bare names a tag has as many attributes as in the tree; tags inside a title do not count."""
    tags = """<p a b=c d='e>f' g="h" i = j k/l m="n"o=p/>|<br>|<q x="1" y>|<title><p z w></title>|<img src=a/b.jpg alt=''>"""
    for tag in tags.split("|"):
        most = next(most for most in count() if not has_crowded("<i>" + tag, most))
        assert most == len(parse(tag).find(["p", "br", "q", "title", "img"]).attrs)


@given(st.lists(st.sampled_from(["<", "x" * 3, "y" * 11, "<b>"]), max_size=60))
def test_long_pieces_are_those_of_a_split(parts: list[str]) -> None:
    """Probing finds the same long pieces as splitting at every `<`, and the tags are those outside them, with their names."""
    text = "".join(parts)
    pieces = long_pieces(text, 10)
    assert [text[first:end] for first, end in pieces] == [piece for piece in text.split("<")[1:] if len(piece) >= 10]
    outside = [text[first:end] for first, end in between(pieces, len(text))]
    assert sum(piece.count("<") for piece in outside) == text.count("<")
    assert sum(len(OPENING.findall(piece)) for piece in outside) == len(OPENING.findall(text))


ATTRIBUTE = re.compile(r"""[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*)?)?""")


def counts_one_by_one(text: str) -> Iterator[int]:
    """How many attributes each tag has, read one after the other, outside comments and elements whose content is no markup."""
    position = 0
    while found := re.compile(r"<(!--|[a-zA-Z][^\s/>]*)").search(text, position):
        name, position, attributes = found[1].lower(), found.end(), 0
        if name == "!--":
            position = text.find("-->", position)
        else:
            while attribute := ATTRIBUTE.match(text, position):
                attributes, position = attributes + 1, attribute.end()
            yield attributes
            if name in RAW:
                closing = RAW[name].search(text, position)
                position = closing.start() if closing else -1
        if position < 0:
            return


MARKUP = st.lists(
    st.sampled_from([*"<>='\"/ a\n", "<p", "<!--", "-->", "<style", "</STYLE", "<B", " a b=c", "d='e"]), max_size=40
)


@given(MARKUP.map("".join), st.integers(0, 4))
def test_a_crowded_tag_is_found_as_by_reading_attributes_one_by_one(text: str, most: int) -> None:
    """One match for a whole tag tells what a match for each of its attributes tells."""
    assert has_crowded(text, most) == any(attributes > most for attributes in counts_one_by_one(text))


@given(
    st.lists(
        st.sampled_from(["<b>", "<P>", "</b>", "<FONT x>", "</i", "<u/", ">", "<em" + " " * 9, "word"]), max_size=60
    ),
    st.integers(1, 200),
)
def test_reopening_is_refused_by_the_tags_left_open(parts: list[str], elements: int) -> None:
    """The short way round never lets pass, or refuses, what the depth of open formatting tags decides."""
    text, depth, deepest = "".join(parts), 0, 0
    for closing in FORMATTING.findall(text):
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    limits = Limits(attributes=4, elements=elements)
    if min(deepest, DEEPEST) * text.count("<") > elements:
        with pytest.raises(RecordError):
            guard(text, limits)
    else:
        guard(text, limits)


def test_formatting_tags_are_known_whole_and_in_either_case() -> None:
    """Each formatting element of the HTML standard is met, open and closed; names that only begin like one are not."""
    names = ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"]
    for name in names:
        assert FORMATTING.findall(f"<{name}></{name.upper()} ><{name.title()}/>") == ["", "/", ""]
    others = "a bi bigg br cod emm fonts img nobr sm sma smalls st str strik stronger span t ttt ul"
    assert FORMATTING.findall("".join(f"<{name}></{name}>" for name in others.split())) == []


def test_only_the_payload_of_inline_data_is_cut() -> None:
    """`lighten` keeps every other character, short inline data and the text around a long one."""
    payload = "".join(Random(7).choices("ABCdef019+/", k=5000))
    page = f'<p>before <img src="data:image/png;base64,{payload}" alt="kept"> after, data: none</p>'
    assert lighten(page) == page.replace(payload, "")
    short = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
    assert lighten(short) == short


def test_depth_is_the_parser_s_own_limit() -> None:
    """turbohtml, as pinned, stops nesting near 512: the reason why `guard` does not count depth."""
    tree = parse("<div>" * 20_000 + "<p>x")
    assert len(list(tree.find("p").ancestors)) < 520


def test_reopened_formatting_is_what_the_guard_fears() -> None:
    """Unclosed `<font>` tags before many blocks grow to far more elements than tags, and within the bound."""
    text = "<p>" + "".join(f"<font color=c{n}>" for n in range(300)) + "</p><p>x" * 300
    elements = sum(1 for _ in parse(text).iter_elements())
    assert 300 * 300 < elements < 300 * text.count("<")
    with pytest.raises(RecordError):
        guard(text, Limits(elements=100_000))
    guard(text, LIMITS)
