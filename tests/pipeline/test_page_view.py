"""The view of a page's blocks: it shows everything, and hostile text in it can neither run, load nor hide anything."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from pipeline.page_view import html_view
from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.explain import Reason, Why

HOSTILE = (
    "<script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</bdi></article></main><iframe src=//evil.example>",
    "<!--",
    "]]>&lt;b&gt;&#60;script&#62;",
)
TAGS = (
    "html head meta title style body header h1 bdi p a input nav label main article div b span br ul li svg rect text"
)
ATTRIBUTES = "lang charset http-equiv content name class href rel type id checked aria-label for dir width height viewbox role x y"


class Reader(HTMLParser):
    """What a browser would make of a view: its tags, attributes and text."""

    def __init__(self, view: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(view)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def view_of(text: str, url: str = "https://example.org/", image_url: str = "https://example.org/a.png") -> str:
    """The view of a page whose every text is `text`."""
    image = MediaRef((image_url,), text, text, text, 640, 360)
    blocks = (
        *(Block(kind, text, 1, 0.5, kind is not BlockKind.CODE) for kind in BlockKind if kind is not BlockKind.IMAGE),
        Block(BlockKind.IMAGE, "", 0, 1.0, True, 0),
    )
    whys = [Why(f"rule {text}", (Reason(f"reason {text}", -1.5),)) for _ in blocks]
    return html_view(Page(url, text, "en", (), blocks, (image,)), whys)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    """No text of a page becomes a tag, an attribute or a comment, and all of it is still there to read."""
    page = Reader(view_of(text, image_url=f"https://example.org/{text}"))
    assert set(page.tags) <= set(TAGS.split())
    assert {name for name, _ in page.attributes} <= set(ATTRIBUTES.split())
    assert page.text.count(text) >= len(BlockKind) * 3
    assert len(page.tags) == len(Reader(view_of("harmless")).tags)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,<script>", "//evil.example/", " https://example.org"]
)
def test_only_web_addresses_are_links(url: str) -> None:
    """An address that is not plainly http or https is shown as text."""
    links = [value for name, value in Reader(view_of("x", url, url)).attributes if name == "href"]
    assert links == []


def test_links_tell_nobody() -> None:
    """A link to a web address sends no referrer and gives no handle to the page that it opens."""
    attributes = Reader(view_of("x")).attributes
    assert attributes.count(("rel", "noreferrer noopener")) == sum(name == "href" for name, _ in attributes) == 2


def test_policy_allows_the_style_alone() -> None:
    """The policy forbids everything but the one style sheet, whose hash it names."""
    view = view_of("x")
    policy = dict(re.findall(r"([a-z-]+) ([^;\"]+)", re.search(r'Policy" content="([^"]+)"', view)[1]))  # type: ignore[index]
    style = re.search("<style>(.*?)</style>", view, re.DOTALL)[1]  # type: ignore[index]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "url(" not in style and "@import" not in style


def test_decisions_are_told_in_words() -> None:
    """Each block says kept or dropped in words, beside its score, its kind, its rule and its reasons."""
    blocks = (Block(BlockKind.HEADING, "Title", 2, 0.973), Block(BlockKind.LIST_ITEM, "menu", 1, 0.018, False))
    whys = (Why("reaches the cut", (Reason("3 words", 0.5),)), Why("below the cut", (Reason("in nav", -1.25),)))
    view = html_view(Page("", "", "", (), blocks, ()), whys)
    first, second = re.findall("<article.*?</article>", view, re.DOTALL)
    assert all(piece in first for piece in ('class="kept" id="b1"', "+ kept", "0.97", "heading 2", "+0.5<", "3 words"))
    assert all(
        piece in second for piece in ('class="dropped" id="b2"', "&minus; dropped", "0.02", "list item", "&minus;1.2<")
    )
    assert "Kept 1 of 2 texts and 0 of 0 images." in view


def test_a_repeat_leads_to_the_first() -> None:
    """The rule that names another block links to it inside the view."""
    blocks = (Block(BlockKind.PARAGRAPH, "a"), Block(BlockKind.PARAGRAPH, "a", kept=False))
    view = html_view(Page("", "", "", (), blocks, ()), (Why("kept"), Why("exact repeat of block 1")))
    assert 'exact repeat of <a href="#b1">block 1</a>' in view and 'id="b1"' in view


def test_images_are_boxes() -> None:
    """An image is an empty box of its declared shape, with its texts and address; one without size has a box all the same."""
    image = MediaRef(("https://example.org/a.png",), "The ice", width=640, height=360)
    bare = MediaRef(("https://example.org/b.png",))
    blocks = (Block(BlockKind.IMAGE, "", image=0), Block(BlockKind.IMAGE, "", image=1))
    view = html_view(Page("", "", "", (), blocks, (image, bare)), (Why("a"), Why("b")))
    first, second = re.findall("<article.*?</article>", view, re.DOTALL)
    assert 'width="240" height="135"' in first and "640 x 360" in first and "<bdi>The ice</bdi>" in first
    assert "size not declared" in second and "no text about it" in second
    assert "<img" not in view


@pytest.mark.parametrize(("width", "height"), [(1, 10**9), (10**9, 1), (1, 1), (-5, 7)])
def test_absurd_sizes_make_small_boxes(width: int, height: int) -> None:
    """No declared size makes a box that is too large for a page or too small for its label."""
    image = MediaRef(("https://example.org/a.png",), width=width, height=height)
    view = html_view(Page("", "", "", (), (Block(BlockKind.IMAGE, "", image=0),), (image,)), (Why("a"),))
    wide, high = map(int, re.search(r'<svg width="(\d+)" height="(\d+)"', view).groups())  # type: ignore[union-attr]
    assert 120 <= wide <= 240 and 40 <= high <= 240


def test_control_signs_are_visible() -> None:
    """What would reorder the text or hide in it is shown as a sign of its own; lines and other scripts stay as they are."""
    text = Reader(view_of("a\u202eb\x1bc\nd \u05d0")).text
    assert "a\ufffdb\ufffdc\nd \u05d0" in text and "\x1b" not in text and "\u202e" not in text


def test_long_texts_are_cut() -> None:
    """Of a text longer than a screen the beginning is shown, and how much is left."""
    view = html_view(Page("", "", "", (), (Block(BlockKind.CODE, "x" * 5_234),), ()), (Why("a"),))
    assert "x" * 4_000 in view and "x" * 4_001 not in view and "and 1,234 more characters" in view


def test_same_page_same_view() -> None:
    """The view is a function of the page: no clock, no chance; an empty page has one too."""
    assert view_of("x") == view_of("x")
    assert "Kept 0 of 0 texts" in html_view(Page("", "", "", (), (), ()), ())


def test_menus_and_footers_are_folded_away_below_the_blocks() -> None:
    """What was not read can be looked at, as text that cannot become markup."""
    view = html_view(Page("", "", "", (), (), ()), (), ["Home <b>News", "Imprint"])
    assert (
        "Menus and footers, read for images and the text beside them only: 19 characters" in view
        and "Home &lt;b&gt;News" in view
    )
    assert "<details" not in html_view(Page("", "", "", (), (), ()), ())
