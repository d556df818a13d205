"""One walk: blocks, their kinds, white space, and the places of images."""

import turbohtml
from hypothesis import given
from hypothesis import strategies as st

from transforms.html.nodes import read_nodes
from transforms.html.run_texts import KINDS
from transforms.html.segment import LONGEST_CAPTION, Segments, segment, segments_of


def walk(markup: str) -> Segments:
    return segment(turbohtml.parse(markup, allow_declarative_shadow_roots=False))


def texts(markup: str) -> list[str]:
    return walk(markup).texts


def kinds(markup: str) -> list[tuple[str, int, str]]:
    page = walk(markup)
    return [
        (KINDS[kind].value, level, text)
        for kind, level, text in zip(page.kinds.tolist(), page.levels.tolist(), page.texts, strict=True)
    ]


def test_text_beside_blocks_is_a_block_of_its_own() -> None:
    """Text before, inside and after a block-level element does not run together."""
    assert texts("<div>a<p>b</p>c</div>") == ["a", "b", "c"]


def test_block_level_tags_part_words_even_inside_inline_ones() -> None:
    """Words that stand in blocks inside inline elements, forms, buttons or options are not glued (docs/sources.md, "HTML tree")."""
    assert texts("<span><p>a</p></span>b") == ["a", "b"]
    assert texts("<a><h2>t</h2></a>text") == ["t", "text"]
    assert texts("<center>a</center>b<form>c</form>d<button>e</button>f") == ["a", "b", "c", "d", "e", "f"]


def test_neighbouring_links_and_spans_are_parted_by_a_space() -> None:
    """Menu entries without white space between them stay words; letters of one word in a tag stay together."""
    assert texts("<a>Home</a><a>News</a><span>and</span><span>all</span>") == ["Home News and all"]
    assert texts("<p><b>W</b>ord and dog<i>s</i></p>") == ["Word and dogs"]


def test_punctuation_is_not_parted_from_its_word() -> None:
    """A link before a comma keeps it."""
    assert texts("<p><span>see</span><span>, then</span></p>") == ["see, then"]


def test_unspaced_scripts_get_no_spaces() -> None:
    """Tag borders put no space between Chinese or Japanese letters, and the ideographic space stays."""
    assert texts("<p>東<span>京</span><span>都</span>は\n\u3000<a>大</a><a>阪</a></p>") == ["東京都は \u3000大阪"]


def test_what_is_skipped_leaves_no_space() -> None:
    """White space inside an icon is not the text's; white space behind it is."""
    assert texts("<p>東<svg>\n<path/>\n</svg>京</p><p>foo<script> </script> <b>bar</b></p>") == ["東京", "foo bar"]


def test_right_to_left_text_keeps_its_order() -> None:
    """Arabic text comes out as it is written, without the direction marks that only tell how to lay it out."""
    written = "\u200fمرحبا <b>بالعالم</b> 2024"
    assert texts(f"<p dir=rtl>{written}</p>") == ["مرحبا بالعالم 2024"]


def test_breaks_are_lines_and_two_of_them_part_paragraphs() -> None:
    """One <br> is a line inside a paragraph, two are a border; in a heading it is a space."""
    assert texts("<p>one<br>two<br><br>three</p><h2>a<br>b</h2>") == ["one\ntwo", "three", "a b"]


def test_headings_lists_quotes_and_captions_have_their_kind_and_level() -> None:
    """Kinds come from the nearest telling element; an item's later paragraphs are no items."""
    assert kinds("<h3>t</h3><ul><li>a<ol><li>b</ol><li><p>c</p><p>d</p></ul><blockquote><p>q</p></blockquote>") == [
        ("heading", 3, "t"),
        ("list_item", 1, "a"),
        ("list_item", 2, "b"),
        ("list_item", 1, "c"),
        ("paragraph", 0, "d"),
        ("quote", 0, "q"),
    ]


def test_code_is_kept_verbatim() -> None:
    """Indentation, blank lines and tabs inside <pre> stay, whatever inline markup stands in it."""
    assert kinds("<pre>\ndef f():\n\n\t<b>return</b>  1<br># end\n</pre>") == [
        ("code", 0, "def f():\n\n\treturn  1\n# end")
    ]


def test_a_row_of_short_cells_is_one_block() -> None:
    """Cells are joined by bars, empty ones keep their place, paragraphs inside cells do no harm."""
    assert kinds("<table><tr><th>a<th>b<tr><td>1<td><td><p>3</p></table>") == [
        ("table", 0, "a | b"),
        ("table", 0, "1 |  | 3"),
    ]


def test_a_row_of_pictures_is_not_joined_and_one_of_flags_is() -> None:
    """Pictures side by side keep their own captions, icons in a table of data do not break its rows."""
    page = walk("<table><tr><td><img>a<td><img>b<tr><td><img width=20>c<td>d</table>")
    assert page.texts == ["a", "b", "c | d"]
    assert [place.before for place in page.places] == [0, 1, 2]


def test_a_laid_out_table_is_not_joined() -> None:
    """A cell with several blocks is a column of the page."""
    assert kinds("<table><tr><td><p>menu</p><p>more</p><td>text</table>") == [
        ("paragraph", 0, "menu"),
        ("paragraph", 0, "more"),
        ("paragraph", 0, "text"),
    ]


def test_element_ranges_survive_the_joining_of_rows() -> None:
    """Every element's range lies within its parent's, also where cells became one block."""
    page = walk("<div>x</div><table><tr><td>1<td><p>2</p><tr><td>a<td>b</table><p>y")
    assert page.texts == ["x", "1 | 2", "a | b", "y"]
    for index, parent in enumerate(page.parents):
        if parent >= 0:
            assert page.firsts[parent] <= page.firsts[index] <= page.ends[index] <= page.ends[parent]


def test_scripts_styles_and_templates_are_not_text() -> None:
    """What a browser does not show as text is skipped, templates included."""
    assert texts("<script>s</script><style>t</style><template><p>u</p></template><svg><text>v</text></svg><p>w") == [
        "w"
    ]


def test_images_know_how_many_blocks_come_before_them() -> None:
    """An image after a whole sentence parts the text, one inside a sentence comes after it."""
    page = walk("<img><p>One.<img>Two.</p><p>in a <img> sentence</p><figure><img><figcaption>cap</figcaption></figure>")
    assert page.texts == ["One.", "Two.", "in a sentence", "cap"]
    assert [place.before for place in page.places] == [0, 1, 3, 3]
    assert page.captions == {page.places[-1].figure: "cap"}


def test_an_image_behind_text_that_is_none_stays_in_bounds() -> None:
    """White space of any kind is no text, so an image behind it has no block before it."""
    page = walk("<p>\x1f\u2003<br><img></p><img><p>text")
    assert page.texts == ["text"]
    assert [place.before for place in page.places] == [0, 0]


def test_a_picture_in_a_link_behind_a_sentence_ends_the_run() -> None:
    """What follows the picture stands behind it, whether white space or a link comes before the picture."""
    for before in ("One. <img>", "One.<a href=x><img></a>", "One.<br><a href=x><img></a>"):
        page = walk(f"<p>{before} Two.")
        assert page.texts == ["One.", "Two."] and [place.before for place in page.places] == [1]


def test_a_heading_keeps_its_rank_whatever_stands_in_it() -> None:
    """A list inside a heading changes neither its kind nor its level."""
    assert kinds("<h2>a<ul>b</ul></h2>") == [("heading", 2, "a"), ("heading", 2, "b")]


def test_a_page_begins_anew_behind_another() -> None:
    """What stood open or was said last on one page is nothing to the next."""
    pages = ["<p>a<br>", "<b><br>text", "<img>", "<a href=x>b", "", "<br>c<p>d<img>", "<li>e", "<li>f"]
    nodes = [read_nodes(turbohtml.parse(page)).nodes for page in pages]
    for own, alone in zip(segments_of(nodes), (segments_of([page])[0] for page in nodes), strict=True):
        assert repr(own) == repr(alone)


def test_a_page_without_body_has_no_blocks() -> None:
    """Framesets and empty input give nothing."""
    assert walk("<frameset><frame></frameset>").texts == []
    assert walk("").texts == []


def test_deep_nesting_needs_no_recursion() -> None:
    """200,000 nested elements are walked in a loop."""
    assert texts("<div>" * 200_000 + "x") == ["x"]


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<td>",
                "<tr>",
                "<table>",
                "</table>",
                "<a>",
                "</a>",
                "<li>",
                "<ul>",
                "w ",
                "x",
                "<br>",
                "<img>",
                "<pre>",
            ]
        )
    )
)
def test_every_word_survives_any_soup(pieces: list[str]) -> None:
    """Whatever the tags, the letters of the page come out once each and every range is sound."""
    page = walk("<body>" + "".join(pieces))
    written = sum(piece.strip() in ("w", "x") for piece in pieces)
    assert sum(text.count("w") + text.count("x") for text in page.texts) == written
    assert all(0 <= first <= end <= len(page.texts) for first, end in zip(page.firsts, page.ends, strict=True))
    assert all(0 <= place.before <= len(page.texts) for place in page.places)
    assert len(page.texts) == len(page.kinds) == len(page.holders) and all(page.texts)


def test_what_one_element_can_make_of_a_page_is_bounded() -> None:
    """A figure's caption has an end, and a row of thousands of cells stays what it is."""
    captions = walk("<figure><figcaption>" + f"{'word ' * 100}<hr>" * 100 + "</figcaption></figure>").captions
    assert [len(caption) for caption in captions.values()] == [LONGEST_CAPTION]
    assert len(walk(f"<table><tr>{'<td>a' * 3}").texts) == 1
    assert len(walk(f"<table><tr>{'<td>a' * 3000}").texts) == 3000
