"""Structure as Markdown: what a page marks comes back from a parser of CommonMark, whatever the script; also where images cut it."""

from functools import partial
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from schemas.records import Block, BlockKind, Container, ContainerKind
from transforms.html.extract import extract
from transforms.html.markdown import DEEPEST, markdown, paths_of
from transforms.html.render import join_text, kept_items, written

# A made structure: (kind, what it says or holds). Lists hold items, which hold structures; tables hold rows of cells.
Tree = tuple[Any, ...]
WORDS = st.sampled_from(
    (
        "harbour", "gate", "נמל", "שער", "ميناء", "بوابة", "बंदरगाह", "द्वार", "港口", "闸门", "λιμάνι", "πύλη", "ท่าเรือ", "ประตู", "гавань",
        "항구", "նավահանգիստ", "ወደብ",
    )
)  # fmt: skip
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
LEAVES = st.one_of(
    st.tuples(st.just("paragraph"), LINES),
    st.tuples(st.just("heading"), st.integers(1, 6), LINES),
    st.tuples(
        st.just("code"),
        st.sampled_from(["", "python", "c"]),
        st.lists(LINES | st.sampled_from(["", "    x = 1", "```"]), max_size=3).map(
            lambda inner: "\n".join(["a", *inner, "  b"])
        ),
    ),
    st.tuples(
        st.just("table"),
        st.integers(2, 4).flatmap(
            lambda wide: st.lists(
                st.lists(LINES | st.sampled_from(["", "a|b"]), min_size=wide, max_size=wide).filter(any), max_size=3
            ).map(lambda rows: [["head"] * wide, *rows])
        ),
    ),
)


def no_list_beside_another(trees: list[Tree]) -> bool:
    """Markdown has nothing that parts two lists of one kind."""
    return all(one[0] != other[0] or one[0] not in ("bullets", "numbers") for one, other in pairwise(trees))


def holding(inner: st.SearchStrategy[Tree], *, quotes: bool = True) -> st.SearchStrategy[Tree]:
    """Quotes, if wanted, and lists of such structures."""
    several = st.lists(inner, min_size=1, max_size=3).filter(no_list_beside_another)
    items = st.lists(several, min_size=1, max_size=3)
    lists = st.tuples(st.just("bullets"), items) | st.tuples(st.just("numbers"), st.integers(0, 120), items)
    return st.tuples(st.just("quote"), several) | lists if quotes else lists


def several_of(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[list[Tree]]:
    """A page of such structures."""
    return st.lists(trees, min_size=1, max_size=4).filter(no_list_beside_another)


TREES = several_of(st.recursive(LEAVES, holding, max_leaves=8))
# A quote that a picture cuts is two in Markdown.
TREES_WITHOUT_QUOTES = several_of(st.recursive(LEAVES, partial(holding, quotes=False), max_leaves=8))


def html_of(tree: Tree) -> str:
    """A structure as HTML."""
    kind, *rest = tree
    held = rest[-1]
    match kind:
        case "paragraph":
            return f"<p>{held}</p>"
        case "heading":
            return f"<h{rest[0]}>{held}</h{rest[0]}>"
        case "code":
            return f"<pre><code class='language-{rest[0]}'>{held}</code></pre>"
        case "table":
            rows = [[f"<td>{cell}" for cell in row] for row in held]
            rows[0] = [f"<th>{cell}" for cell in held[0]]
            return f"<table>{''.join('<tr>' + ''.join(row) for row in rows)}</table>"
        case "quote":
            return f"<blockquote>{''.join(map(html_of, held))}</blockquote>"
    items = "".join(f"<li>{''.join(map(html_of, item))}</li>" for item in held)
    return f"<ul>{items}</ul>" if kind == "bullets" else f"<ol start={rest[0]}>{items}</ol>"


def parsed(text: str) -> list[Tree]:
    """The structure that a parser of CommonMark and of GitHub's tables finds."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found, rest = trees_of(tokens)
    assert not rest
    return found


def trees_of(tokens: list[Token]) -> tuple[list[Tree], list[Token]]:
    """The structures up to the end of what holds them, and what comes behind that."""
    found: list[Tree] = []
    while tokens and not tokens[0].type.endswith("_close"):
        first, *tokens = tokens
        match first.type:
            case "paragraph_open":
                found.append(("paragraph", tokens[0].content))
                tokens = tokens[2:]
            case "heading_open":
                found.append(("heading", int(first.tag[1]), tokens[0].content))
                tokens = tokens[2:]
            case "fence":
                found.append(("code", first.info, first.content[:-1]))
            case "table_open":
                row: list[str] = []
                rows = []
                while (first := tokens.pop(0)).type != "table_close":
                    if first.type == "tr_open":
                        rows.append(row := [])
                    elif first.type == "inline":
                        row.append(first.content)
                found.append(("table", rows))
            case "list_item_open":
                inner, tokens = trees_of(tokens)
                found.append(("item", inner))
                tokens = tokens[1:]
            case _:
                inner, tokens = trees_of(tokens)
                tokens = tokens[1:]
                if first.type == "blockquote_open":
                    found.append(("quote", inner))
                elif first.type == "bullet_list_open":
                    found.append(("bullets", [held for _, held in inner]))
                else:
                    assert first.type == "ordered_list_open", first.type
                    found.append(
                        (
                            "numbers",
                            int(first.attrGet("start") or 0) if "start" in first.attrs else 1,
                            [held for _, held in inner],
                        )
                    )
    return found, tokens


@settings(deadline=None, max_examples=50)
@given(TREES)
def test_the_structure_of_a_page_comes_back(trees: list[Tree]) -> None:
    """A parser of CommonMark finds the headings, lists, numbers, quotes, tables and code that the page has, nested as they are."""
    page = extract("".join(map(html_of, trees)), "http://example.org/")
    text = join_text(written(kept_items(page), page.containers))
    assert parsed(text) == trees


@settings(deadline=None, max_examples=50)
@given(TREES_WITHOUT_QUOTES, st.sets(st.integers(0, 20)))
def test_images_cut_a_text_and_it_goes_on(trees: list[Tree], cuts: set[int]) -> None:
    """The texts between images, put together again, have the structure of the page; a table alone does not go on behind its header."""
    page = extract("".join(map(html_of, trees)), "http://example.org/")
    items: list[Block | int] = []
    for place, block in enumerate(page.blocks):
        items += [place] if place in cuts and block.kind is not BlockKind.TABLE else []
        items.append(block)
    parts = written(items, page.containers)
    assert [part for part in parts if isinstance(part, int)] == [item for item in items if isinstance(item, int)]
    if not any(container.kind is ContainerKind.CELL for container in page.containers):
        assert parsed(join_text(parts)) == trees


def test_rows_behind_an_image_have_no_header_of_their_own() -> None:
    """A row of data is not made a header because a picture stands before it."""
    rows = [Block(BlockKind.TABLE, f"{row} | b", container=0) for row in range(3)]
    found = markdown([*rows[:2], 7, rows[2]], [Container(ContainerKind.TABLE)])
    assert found == ["| 0 | b |\n| --- | --- |\n| 1 | b |", 7, "| 2 | b |"]


def test_a_row_with_a_picture_between_its_cells_is_no_line_of_a_table() -> None:
    """Its cells are paragraphs on both sides of the picture; in a text alone they are a row."""
    containers = [
        Container(ContainerKind.TABLE),
        Container(ContainerKind.ROW, 0, "", (0, "spans", 0)),
        Container(ContainerKind.CELL, 1, "", (0,)),
        Container(ContainerKind.CELL, 1, "", (2,)),
    ]
    one, other = (Block(BlockKind.PARAGRAPH, text, container=number) for text, number in (("a", 2), ("b", 3)))
    assert markdown([one, 0, other], containers) == ["a", 0, "b"]
    assert markdown([one, other], containers) == ["| a | spans | b |\n| --- | --- | --- |"]


def test_depth_is_bounded_and_every_mark_stays() -> None:
    """Of 100,000 nested lists sixteen levels are indented, and each item has its mark; quotes alike (law 9)."""
    for kind, mark in ((ContainerKind.ITEM, "- "), (ContainerKind.QUOTE, "")):
        containers = [Container(kind, number - 1, mark) for number in range(100_000)]
        assert max(map(len, paths_of(containers))) <= 2 * DEEPEST
        (text,) = markdown([Block(BlockKind.PARAGRAPH, "a", container=number) for number in range(100_000)], containers)
        assert isinstance(text, str) and len(text) < 100_000 * (2 * 2 * 2 * DEEPEST + 4)


def test_many_short_lines_are_not_made_of_indentation() -> None:
    """A megabyte of empty lines in sixteen quotes does not become sixteen."""
    containers = [Container(ContainerKind.QUOTE, number - 1) for number in range(DEEPEST)]
    (text,) = markdown([Block(BlockKind.CODE, "\n" * 100_000 + "x", container=DEEPEST - 1)], containers)
    assert isinstance(text, str) and len(text) < 1_000_000
