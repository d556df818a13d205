"""A page's nodes as lists: what each is to the text around it."""

import pytest
import turbohtml

from transforms.html.nodes import (
    BLOCK,
    BREAK,
    COMMENT,
    IMAGE,
    INLINE,
    LINE,
    LINK,
    SPACED,
    TAGS,
    WORDS,
    Nodes,
    is_label,
    read_nodes,
)


def nodes_of(markup: str) -> Nodes:
    """The nodes of a page's body."""
    return read_nodes(turbohtml.parse(markup, allow_declarative_shadow_roots=False)).nodes


def test_nodes_stand_in_document_order_and_what_shows_nothing_is_gone() -> None:
    """Elements, texts and comments have their type; scripts, drawings and templates are no nodes, and their texts no texts."""
    found = nodes_of("<p>a<script>x</script><svg><path/></svg></p><!--c--><template><p>t</template><br> <i>b</i>")
    assert list(found.types) == [BLOCK, BLOCK, WORDS, COMMENT, BLOCK, WORDS, BLOCK, WORDS]
    assert [TAGS[tag] for tag in found.tags] == ["body", "p", "br", "i"]
    assert list(found.roles) == [BLOCK, BLOCK, BREAK, INLINE]
    assert found.children.tolist() == [5, 1, 0, 1]
    assert (found.texts, list(found.blank)) == (["a", " ", "b"], [False, True, False])


def test_texts_are_what_a_reader_sees() -> None:
    """Characters that show nothing are gone; a text of nothing else is like a comment, and no text behind it moves."""
    found = nodes_of("<p>re&shy;con<b>&#8203;</b>struct</p><p>&#xFEFF;</p><p>&lrm; </p><i>&zwnj;b</i>")
    assert list(found.types) == [BLOCK, BLOCK, WORDS, BLOCK, COMMENT, WORDS, BLOCK, COMMENT, BLOCK, WORDS, BLOCK, WORDS]
    assert (found.texts, list(found.blank)) == (["recon", "struct", " ", "b"], [False, False, True, False])
    assert found.children.tolist() == [4, 3, 1, 1, 1, 1]


def test_an_anchor_is_no_link() -> None:
    """Only an `a` that leads somewhere is a link."""
    assert list(nodes_of("<a name=x>a</a><a href=y>b</a><span>c</span>").roles)[1:] == [SPACED, LINK, SPACED]


def test_inside_code_blocks_are_lines() -> None:
    """Block-level elements and <br> inside <pre> end no run of text, those behind it do."""
    found = nodes_of("<pre>a<div>b<br></div></pre><div>c<br></div>")
    assert list(found.roles)[1:] == [BLOCK, LINE, LINE, BLOCK, BREAK]


def test_images_and_blocks_are_given_as_elements() -> None:
    """The elements whose attributes are read later: block-level ones and images, which know whether they are as narrow as a flag."""
    tree = turbohtml.parse("<p><img width=20><i>x</i><img width=20%><img>")
    found, blocks, _, images, *_ = read_nodes(tree)
    assert [element.tag for element in blocks] == ["body", "p"]
    assert [element.tag for element in images] == ["img"] * 3
    assert found.flags == [True, False, False]
    assert found.roles.count(IMAGE) == 3


def test_more_tags_than_a_byte_tells_apart() -> None:
    """Hundreds of tags of a page's own join the text around them like any unknown one."""
    found = nodes_of("".join(f"<x-{number}>a</x-{number}>" for number in range(400)))
    assert len(found.tags) == 401 and set(found.roles[1:]) == {SPACED} and len(set(found.tags[1:])) == 256 - len(TAGS)


def test_a_page_of_frames_has_no_nodes() -> None:
    """A frameset has no body."""
    assert nodes_of("<frameset><frame></frameset>").types == b""


def test_of_menus_and_footers_only_images_are_nodes() -> None:
    """Their texts, which are never main content, are left out, their images with their sources stay where they stand."""
    found = nodes_of(
        "<nav><ul><li><a href=x>Home</a></ul><a href=y><picture><source><img></picture> logo</a></nav><p>text"
        "<footer><p>Imprint</footer>"
    )
    assert [TAGS[tag] for tag in found.tags] == ["body", "nav", "a", "picture", "source", "img", "p", "footer"][
        : len(found.tags)
    ]
    assert "Home" not in found.texts and "Imprint" not in found.texts and "text" in found.texts


def test_a_menu_that_holds_the_page_is_read() -> None:
    """A menu or footer left open, so that the page's title or content stands in it, is read like anything else."""
    for content in ("<h1>Title</h1>", "<article>x</article>", "<main>x</main>"):
        assert "text" in nodes_of(f"<nav>{content}<p>text").texts
    assert "text" not in nodes_of("<nav><p>text").texts


def test_what_says_that_it_is_a_menu_is_one() -> None:
    """An element of the role of navigation, or of a page's footer, is left out as `nav` and `footer` are, and has their tag."""
    found = nodes_of(
        '<div role=navigation><ul><li>Home</ul><img></div><section role="contentinfo"><p>Imprint</section><p>text'
    )
    assert [TAGS[tag] for tag in found.tags] == ["body", "nav", "img", "footer", "p"]
    assert found.texts == ["text"]


def test_what_is_content_is_no_menu_whatever_its_role() -> None:
    """A title or an article keeps its text, and a picture's source its place, though it says that it is navigation."""
    assert nodes_of("<h1 role=navigation>T</h1><main role=contentinfo>m</main>").texts == ["T", "m"]
    assert [TAGS[tag] for tag in nodes_of("<picture><source role=navigation><img></picture>").tags][2:] == [
        "source",
        "img",
    ]


def test_an_image_in_a_menu_keeps_its_caption() -> None:
    """The image is a record, and so is what the page says of it."""
    assert nodes_of("<nav><figure><img><figcaption>The <b>hill</b></figcaption></figure><a>Home</a></nav>").texts == [
        "The ",
        "hill",
    ]


def test_everything_can_be_read() -> None:
    """For a page that has text nowhere else."""
    tree = turbohtml.parse("<nav><h2>a</h2><p>b")
    assert read_nodes(tree, everything=True).nodes.texts == ["a", "b"]


def test_the_footer_of_a_quotation_is_no_page_footer() -> None:
    """It holds the name of who is quoted, while what stands in the page's own footer goes."""
    markup = (
        "<p>text<blockquote>words<div><footer>by <cite>Ada</cite></footer></div></blockquote><footer>imprint</footer>"
    )
    nodes = read_nodes(turbohtml.parse(markup)).nodes
    assert nodes.texts == ["text", "words", "by ", "Ada"]


@pytest.mark.parametrize(
    "word",
    ["badge", "button", "btn", "category", "categorie", "chip", "keyword", "label", "lozenge", "pill", "tag", "topic"],
)
def test_labels_are_told_in_any_case_and_beside_any_letters(word: str) -> None:
    """What is looked for first finds no fewer classes than the pattern does."""
    assert all(map(is_label, (word, word.upper(), f"post-{word.title()}s", f"é {word}", f"é {word.upper()}")))
    assert not is_label(f"x{word}x")


def test_labels_have_letters_with_more_cases_than_two() -> None:
    """The sign of kelvin is a K, the dotted I of Turkish an i."""
    assert is_label("\u212aeyword")
    assert is_label("ch\u0130p")


def test_anchors_without_an_address_are_no_links() -> None:
    """Also where links stand between them."""
    found = nodes_of("<a name=x>a</a><a href=y>b</a><p><a>c</a>")
    assert list(found.roles) == [BLOCK, SPACED, LINK, BLOCK, SPACED]


def test_menus_in_menus_are_emptied_once() -> None:
    """Images stay, whatever menu they stand in."""
    found = nodes_of(
        "<nav><b>a</b><div role=navigation><img src=b.jpg><b>c</b><footer>d</footer></div></nav><p>e</p><nav>f</nav>"
    )
    assert [TAGS[tag] for tag in found.tags] == ["body", "nav", "nav", "img", "p", "nav"]
    assert found.texts == ["e"]
