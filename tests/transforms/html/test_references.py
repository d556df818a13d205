"""Which addresses an image element names, best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse

from schemas.records import MediaRef
from transforms.html.references import (
    MOST,
    MOST_SIBLINGS,
    PLACEHOLDER,
    candidates,
    image_reference,
    is_placeholder,
    largest_first,
    pixels,
    plain_candidates,
    same_image,
    with_link,
)

BASE = "http://ex.com/a/"
GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def reference(markup: str, tag: str = "img") -> MediaRef | None:
    """The reference of the first `tag` of a page."""
    return image_reference(parse(markup).find(tag), BASE)


def urls(markup: str, tag: str = "img") -> list[str]:
    """Its addresses, those below BASE shortened."""
    found = reference(markup, tag)
    return [url.removeprefix(BASE) for url in found.urls] if found else []


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="x.jpg">', ["x.jpg"]),
        ('<img src=" x.jpg#top ">', ["x.jpg"]),
        ('<img src="">', []),
        ('<img alt="only words">', []),
        (f'<img src="{GIF}">', []),
        ('<img src="javascript:void(0)">', []),
        ('<img src="//[x">', []),
        (f'<img src="{GIF}" data-src="x.jpg">', ["x.jpg"]),
        ('<img src="/i/spacer.gif" data-original="x.jpg">', ["x.jpg"]),
        ('<img src="/i/spacer.gif" data-srcset="x.jpg (broken">', []),
        ('<img src="/i/spacer.gif">', ["http://ex.com/i/spacer.gif"]),
        ('<img data-lazy-src="x.jpg">', ["x.jpg"]),
        (f'<img src="{GIF}" data-srcset="s.jpg 300w, l.jpg 900w" data-src="x.jpg">', ["x.jpg", "l.jpg", "s.jpg"]),
        ('<img class="lazyload" src="blur.jpg" data-src="x.jpg">', ["x.jpg", "blur.jpg"]),
        ('<img src="x.jpg" data-src="y.jpg">', ["x.jpg", "y.jpg"]),
        ('<img src="x.jpg" srcset="s.jpg 300w, l.jpg 900w, x.jpg 600w">', ["x.jpg", "l.jpg", "s.jpg"]),
        ('<img src="x.jpg" data-orig-file="/up/x.jpg">', ["x.jpg", "http://ex.com/up/x.jpg"]),
        ('<img src="x.jpg" data-id="7" data-caption="words">', ["x.jpg"]),
        ("<amp-img src=x.jpg>", []),
        (f'<img src="{GIF}" data-delay-src="x.jpg">', ["x.jpg"]),
        ('<img src="" lazysrc="/x.webp?w=3" data-id="7">', ["http://ex.com/x.webp?w=3"]),
        (
            '<img src="/i/spacer.gif" data-any="x.PNG#top" data-lq="https://y.com/b.jpeg">',
            ["x.PNG", "https://y.com/b.jpeg"],
        ),
        (f'<img src="{GIF}" data-bg-set="s.jpg 300w, l.jpg 900w">', ["l.jpg", "s.jpg"]),
        (f'<img src="{GIF}" data-error="x.jpg" data-hover-src="y.jpg" data-any="spacer.gif" data-json="[1, 2]">', []),
        (f'<img src="{GIF}" alt="x.jpg" title="y.jpg" data-caption="z.jpg" data-page="view.php?x.jpg=1">', []),
        ('<img src="x.jpg" data-any="y.jpg">', ["x.jpg"]),
        (
            '<img src="x_60x.jpg" class="lazyload" data-src="x_{width}x.jpg" data-widths="[180,540,360]">',
            ["x_540x.jpg", "x_360x.jpg", "x_180x.jpg", "x_60x.jpg"],
        ),
        (
            '<img data-src="x_{width}x.jpg">',
            [f"x_{width}x.jpg" for width in (1512, 1296, 1080, 900, 720, 540, 360, 180)],
        ),
    ],
)
def test_addresses_of_an_img(markup: str, expected: list[str]) -> None:
    """`src` first, unless it is what a lazy page shows meanwhile; nothing that is not http(s)."""
    assert urls(markup) == expected if "<img" in markup else urls(markup, "amp-img") == ["x.jpg"]


@pytest.mark.parametrize("tag", ["img", "picture"])
def test_a_picture_adds_the_sources_that_can_be_decoded(tag: str) -> None:
    """From the picture or from its img: src, then sources in order, without formats that no decoder here knows."""
    markup = """<figure><a><picture><source type="image/avif" srcset="x.avif"><source type="image/webp"
        srcset="s.webp 1x, l.webp 2x"><source data-srcset="late.jpg"><img src="x.jpg" alt="A"></picture></a></figure>"""
    assert urls(markup, tag) == ["x.jpg", "l.webp", "s.webp", "late.jpg"]
    assert urls('<picture><source srcset="x.jpg"></picture>', "picture") == ["x.jpg"]


def test_words_and_sizes_come_along() -> None:
    """alt and title are kept byte by byte; sizes are pixels from attributes, then style; relative ones are 0."""
    found = reference('<img src=x alt=" C:\\\\a &amp; b " title="t" width="640" style="height: 480.5px; width:9px">')
    assert found is not None
    assert (found.alt, found.title, found.width, found.height) == (" C:\\\\a & b ", "t", 640, 480)
    relative = reference('<img src=x width="50%" height="auto" style="max-width:100px">')
    assert relative is not None
    assert (relative.width, relative.height) == (0, 0)
    assert [pixels(text) for text in ("12px", " 7 ", "+3", "-3", "1e3", "", "9999999")] == [12, 7, 3, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.jpg", [(1.0, "a.jpg")]),
        ("a.jpg, b.jpg 2x", [(1.0, "a.jpg"), (2.0, "b.jpg")]),
        ("a.jpg 100w,b.jpg 200w", [(100.0, "a.jpg"), (200.0, "b.jpg")]),
        ("a,b.jpg 1x, c_w_300,h_200.jpg 2x", [(1.0, "a,b.jpg"), (2.0, "c_w_300,h_200.jpg")]),
        ("a.jpg,b.jpg", [(1.0, "a.jpg,b.jpg")]),
        (" ,, a.jpg,,, b.jpg 1.5x ,", [(1.0, "a.jpg"), (1.5, "b.jpg")]),
        ("a.jpg 100w 50h", [(100.0, "a.jpg")]),
        ("a.jpg foo(1, 2x), b.jpg 2x", [(2.0, "b.jpg")]),
        ("a.jpg 1x 2x, b.jpg -1w, c.jpg 3w", [(3.0, "c.jpg")]),
        ("a.jpg (unclosed, b.jpg 2x", []),
        ("", []),
        (" ", []),
    ],
)
def test_srcset_by_the_standard(srcset: str, expected: list[tuple[float, str]]) -> None:
    """Commas inside addresses, missing spaces, parentheses and broken descriptors as in the HTML standard."""
    assert list(candidates(srcset)) == expected
    assert sorted(largest_first(srcset)) == sorted(url for _, url in expected)


def test_placeholders_are_known_by_name_and_pictures_are_not_taken_for_them() -> None:
    """Spacer names count as whole words of the last part of a path."""
    for source in (
        GIF,
        "about:blank",
        "/1x1.png",
        "a/blank.gif?v=1",
        "img/placeholder-300x200.jpg",
        "lazy.svg",
        "i/grey.gif",
        "white_1x1.png",
    ):
        assert is_placeholder(source), source
    for source in (
        "/space-shuttle.jpg",
        "loadingdock.jpg",
        "/photos/grey/hound.jpg",
        "logo-white.png",
        "Grey-Sweater-5.jpg",
        "x.jpg",
        "",
    ):
        assert not is_placeholder(source), source


def test_a_noscript_copy_is_the_same_image() -> None:
    """A lazy image and its copy in `noscript` share an address, which is how the walk knows them."""
    tree = parse(f'<p><img src="{GIF}" data-src="x.jpg"><noscript><img src="/a/x.jpg"></noscript><img src="y.jpg">')
    lazy, copy, other = (image_reference(element, BASE) for element in tree.find_all("img"))
    assert lazy and copy and other
    assert same_image(lazy, copy)
    assert not same_image(lazy, other)


def test_hostile_attributes_cost_little() -> None:
    """A megabyte of srcset, a lone surrogate or a thousand candidates end in a few addresses or none."""
    assert len(urls(f'<img srcset="{", ".join(f"{n}.jpg {n}w" for n in range(1, 50_000))}">')) == MOST
    for filler in ("(", ",", " x", "(,", "a,"):
        urls(f'<img srcset="a {filler * 300_000}">')
    assert image_reference(parse("<img src=x.jpg \ud800=1>").find("img"), BASE) is None


def test_other_elements_show_no_image() -> None:
    """Only img, amp-img and picture are references."""
    assert image_reference(parse('<input type=image src="x.jpg">').find("input"), BASE) is None


@given(st.text(alphabet="a,( )1wxh.\t", max_size=60))
def test_srcset_never_raises_and_never_invents(srcset: str) -> None:
    """Any srcset gives addresses that stand in it, without white space, not ending in a comma."""
    for size, url in candidates(srcset):
        assert size >= 0
        assert url in srcset
        assert not url.endswith(",")
        assert url.split() == [url] or url == ""


@given(
    st.lists(
        st.sampled_from(["a.jpg", "b", "1", "640w", "2x", "1.5x", " ", " ", ",", ", ", "\n", "(", "100h", "é", "\t"])
    )
)
def test_plain_candidates_are_those_of_the_standard_s_algorithm(parts: list[str]) -> None:
    """The quick way through a srcset gives what the full algorithm gives, or leaves it to that."""
    srcset = "".join(parts)
    assert plain_candidates(srcset) in ([], list(candidates(srcset)))


def test_a_usual_srcset_is_plain() -> None:
    """Widths and densities, with and without spaces after the comma, need no more than the quick way."""
    assert plain_candidates("a.jpg 100w,b.jpg 200w, c,d.jpg 1.5x ") == [
        (100.0, "a.jpg"),
        (200.0, "b.jpg"),
        (1.5, "c,d.jpg"),
    ]
    assert plain_candidates("a.jpg 1x, b.jpg") == []


@given(st.text(alphabet="aelnoprsziyt10xX._-/?ſı", max_size=20), st.sampled_from(["", ".gif", ".png?x"]))
def test_the_words_looked_for_first_hide_no_placeholder(name: str, ending: str) -> None:
    """Every name that the pattern takes for a placeholder's is taken for one."""
    source = name + ending
    assert is_placeholder(source) == (PLACEHOLDER.search(source) is not None)


def test_only_sources_before_an_image_count() -> None:
    """As in the HTML standard, and only the nearest of them: a picture of thousands of images is read in linear time."""
    one = parse("<picture><source srcset=a.webp><img src=b.jpg><source srcset=c.webp></picture>").find("img")
    assert one is not None and image_reference(one, "http://ex.com/").urls == (
        "http://ex.com/b.jpg",
        "http://ex.com/a.webp",
    )
    far = parse(f"<picture><source srcset=a.webp>{'<img>' * MOST_SIBLINGS}<img src=b.jpg></picture>").find_all("img")[
        -1
    ]
    assert image_reference(far, "http://ex.com/").urls == ("http://ex.com/b.jpg",)


def test_sources_belong_to_the_image_behind_them() -> None:
    """A picture's second image has the sources behind the first, so that no source is read for every image."""
    images = parse(
        "<picture><source srcset=a.webp><img src=b.jpg><source srcset=c.webp><img src=d.jpg></picture>"
    ).find_all("img")
    found = [image_reference(image, "http://ex.com/") for image in images]
    assert [image.urls for image in found if image] == [
        ("http://ex.com/b.jpg", "http://ex.com/a.webp"),
        ("http://ex.com/d.jpg", "http://ex.com/c.webp"),
    ]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("full.jpg", ["x.jpg", "full.jpg"]),
        (" /up/full.PNG?v=1#a ", ["x.jpg", "http://ex.com/up/full.PNG?v=1"]),
        ("x.jpg", ["x.jpg"]),
        ("page.html", ["x.jpg"]),
        ("/wiki/File:X.jpg.html", ["x.jpg"]),
        ("data:image/gif;x.jpg", ["x.jpg"]),
        ("//[x.jpg", ["x.jpg"]),
        (None, ["x.jpg"]),
    ],
)
def test_a_link_to_a_picture_is_the_full_one(link: str | None, expected: list[str]) -> None:
    """It comes last; where there are as many addresses as are kept it takes the place of the last."""
    image = MediaRef((BASE + "x.jpg",))
    assert [url.removeprefix(BASE) for url in with_link(image, link, BASE).urls] == expected
    many = MediaRef(tuple(f"{BASE}{n}.jpg" for n in range(MOST)))
    assert len(with_link(many, link, BASE).urls) == MOST
