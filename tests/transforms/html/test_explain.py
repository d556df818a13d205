"""Why blocks are kept or dropped: weights that add up, reasons that are the page's own, rules that did decide."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.elements import Lexicon
from transforms.html.explain import (
    Why,
    class_evidence,
    contributions,
    cut_of,
    explain,
    image_rule,
    left_out,
    log_odds,
    others,
    reasons_of,
    rules_of,
    told,
    told_words,
)
from transforms.html.extract import extract, segmented
from transforms.html.features import FEATURES, measure
from transforms.html.model import default_model
from transforms.html.subjects import CLASS_WORDS, Subject, tell_h1
from transforms.html.walk import walk

PROSE = "The river froze early in the winter of {}, and the people of the town walked over it to the market, carrying lamps."
PAGE = f"""<title>Ice</title><body><div class="nav menu"><a href="/">Home</a> <a href="/a">Archive</a><img src="/logo.png"></div>
<div class="article content"><h1>The winter of the ice</h1>{"".join(f"<p>{PROSE.format(year)}</p>" for year in range(1740, 1746))}
<img src="/ice.jpg" width="640" height="480"><p>{PROSE.format(1741)}</p><p>{PROSE.format(1739)}</p></div>
<div class="sidebar widget"><a href="/x">Share</a></div><footer>Copyright 2024</footer>"""
URL = "https://example.org/ice"
TEXT, IMAGE = BlockKind.PARAGRAPH, BlockKind.IMAGE
SUBJECTS = [feature.subject for feature in FEATURES.values()]


def page_of(*blocks: Block, images: tuple[MediaRef, ...] = ()) -> Page:
    """A page of these blocks."""
    return Page(URL, "", "", (), blocks, images)


def why(fragment: str) -> tuple[Block, Why]:
    """The first block of PAGE that holds a text, and why it is kept or dropped."""
    page = extract(PAGE, URL)
    return next(
        (block, why)
        for block, why in zip(page.blocks, explain(PAGE, page), strict=True)
        if block.image < 0 and fragment in block.text
    )


def test_a_sum_is_split_into_its_terms() -> None:
    """Where a score is a sum of terms, each weighs its own difference from the mean of the other blocks."""
    matrix = np.array([[1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0, 0, 0, 0, 1], [9] * 8], np.float32)
    weights = contributions(lambda mixed: (2 * mixed[0] - 3 * mixed[1]).astype(np.float64), matrix, ["a", "b", "same"])
    means = matrix[:, [(np.arange(8) + shift) % 8 for shift in others(8)]].mean(axis=1)
    assert np.allclose(weights, np.array([[2], [-3], [0]]) * (matrix - means))


def test_what_only_works_together_is_shared() -> None:
    """Two features that move the score only together answer for it half each, and one named group for all of it."""
    matrix = np.zeros((2, 64), np.float32)
    matrix[:, 0] = 1

    def both(mixed: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return np.where(mixed.min(axis=0) == 1, 4.0, 0.0)

    assert np.allclose(contributions(both, matrix, ["a", "b"])[:, 0], [2, 2])
    assert np.allclose(contributions(both, matrix, ["ab", "ab"])[:, 0], [4])


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "h2", "li", "aside", "a"]), st.text("ab .,", min_size=1, max_size=80)),
        min_size=1,
    )
)
def test_weights_add_up(parts: list[tuple[str, str]]) -> None:
    """A block's weights add up to its log odds less the mean of the blocks that it is compared with."""
    page = walk("".join(f"<{tag} class={tag}-menu>x{text}</{tag}>" for tag, text in parts), "http://example.org/")
    model = default_model()
    matrix = measure([segmented([page])[0].segments], [page.looks], model.lexicon).matrix
    weights = contributions(lambda mixed: log_odds(model.probabilities(mixed)), matrix, SUBJECTS)
    odds = log_odds(model.probabilities(matrix))
    compared = [(np.arange(len(odds)) + shift) % len(odds) for shift in others(len(odds))]
    assert np.allclose(weights.sum(axis=0), odds - odds[compared].mean(axis=0), atol=1e-9)


def test_one_why_per_block() -> None:
    """Texts and images alike have a why, in their order; images have no reasons but their rule."""
    page = extract(PAGE, URL)
    whys = explain(PAGE, page)
    assert len(whys) == len(page.blocks)
    assert all(not why.reasons for block, why in zip(page.blocks, whys, strict=True) if block.image >= 0)
    assert all(why.rule for why in whys)


def test_reasons_are_those_of_the_block() -> None:
    """A menu speaks against itself by its element and class words, an article for itself; the strongest comes first."""
    menu, article = why("Home")[1].reasons, why("1742")[1].reasons
    told = {reason.words: reason.weight for reason in menu}
    assert any(words.startswith("class words: ") and weight < 0 for words, weight in told.items())
    assert sum(reason.weight for reason in menu) < 0 < sum(reason.weight for reason in article)
    for reasons in (menu, article):
        strengths = [abs(reason.weight) for reason in reasons]
        assert strengths == sorted(strengths, reverse=True)


def test_nothing_sets_a_lone_block_apart() -> None:
    """The only block of a page is the page's average, so it has no reasons; a page without text has no whys."""
    lone = "<p>Alone.</p>"
    assert [why.reasons for why in explain(lone, extract(lone, URL))] == [()]
    assert explain("", extract("", URL)) == ()


def kept_of(page: Page) -> list[bool]:
    """Which texts of a page are kept."""
    return [block.kept for block in page.blocks if block.image < 0]


def test_rules_of_what_was_corrected() -> None:
    """A headline, a heading and a listing that the model left out, and what it took and is not the page's own, are told as such."""
    heading, code = BlockKind.HEADING, BlockKind.CODE
    page = page_of(
        Block(heading, "t", 1, 0.1), Block(TEXT, "a", 0, 0.9), Block(heading, "h", 2, 0.2), Block(code, "c", 0, 0.1),
        Block(TEXT, "b", 0, 0.8), Block(heading, "s", 2, 0.7, False), Block(TEXT, "x", 0, 0.9, False),
    )  # fmt: skip
    rules = rules_of(replace(page, title="t"), [False, True, False, False, True, True, True])
    assert rules == [
        "the page's headline", "reaches the cut of 0.70", "heading of kept text", "code between kept texts, or a table of members",
        "reaches the cut of 0.70", "heading of dropped text", "of a box about the author, a notice of cookies, another article or a menu",
    ]  # fmt: skip


def test_rules_of_the_cut() -> None:
    """The cut is the lowest score that was kept, and each text says on which side of it it stands."""
    page = page_of(Block(TEXT, "a", 0, 0.9), Block(TEXT, "b", 0, 0.41), Block(TEXT, "c", 0, 0.4, False))
    taken = kept_of(page)
    assert cut_of(page, taken) == 0.41
    assert rules_of(page, taken) == ["reaches the cut of 0.41", "reaches the cut of 0.41", "below the cut of 0.41"]


def test_rules_of_repeats() -> None:
    """A text that came before is a repeat of the kept block's number; below the cut, that comes first."""
    page = page_of(
        Block(TEXT, "menu", 0, 0.1, False),
        Block(TEXT, "a", 0, 0.8),
        Block(TEXT, "a", 0, 0.9, False),
        Block(TEXT, "a", 0, 0.2, False),
        Block(TEXT, "menu", 0, 0.1, False),
        Block(TEXT, "b", 0, 0.8, False),
    )
    assert rules_of(page, kept_of(page)) == [
        "below the cut of 0.80",
        "reaches the cut of 0.80",
        "exact repeat of block 2",
        "below the cut of 0.80; exact repeat of block 2",
        "below the cut of 0.80",
        "reaches the cut of 0.80 too late: with it the expected F1 would fall",
    ]


def test_a_real_repeat() -> None:
    """The extractor's own repeats are told as such, with the number of the first."""
    page = extract(PAGE, URL)
    again = PROSE.format(1741)
    first, second = (number for number, block in enumerate(page.blocks) if block.text == again)
    assert explain(PAGE, page)[second].rule.endswith(f"exact repeat of block {first + 1}")


def test_no_text_kept() -> None:
    """Where nothing was kept there is no cut to speak of."""
    page = page_of(Block(TEXT, "a", 0, 0.1, False))
    assert cut_of(page, [False]) is None and rules_of(page, [False]) == ["no text of this page was kept"]


IMAGES = {
    (0.83, True, 0, 0): "image near kept text (83% of the text around it)",
    (0.83, False, 2, 0): "image declared 2 x ? pixels: an icon",
    (0.2, False, 0, 0): "image outside main content: 20% of the text around it is kept",
    (0.0, False, 0, 0): (
        "image outside main content: no kept text around it, a dropped teaser's, or inside a menu, footer, form or button"
    ),
}


@pytest.mark.parametrize("case", IMAGES)
def test_rules_of_images(case: tuple[float, bool, int, int]) -> None:
    """An icon is told by its declared size, any other image by the text around it."""
    score, kept, width, height = case
    image = MediaRef(("https://example.org/a.png",), width=width, height=height, kept=kept)
    assert image_rule(Block(IMAGE, "", 0, score, kept, 0), image) == IMAGES[case]


def test_another_engine() -> None:
    """Blocks that another engine chose are told by its text, without a cut and without reasons."""
    page = page_of(Block(TEXT, "a", 0, 1.0), Block(TEXT, "b", 0, 0.0, False), Block(IMAGE, "", 0, 0.0, False, 0),
                   images=(MediaRef(("https://example.org/a.png",), kept=False),))  # fmt: skip
    rules = [why.rule for why in explain("", page, "trafilatura")]
    assert rules[:2] == ["in the text of trafilatura", "not in the text of trafilatura"]
    assert rules[2].startswith("image outside main content")


def test_reasons_in_words() -> None:
    """Values are told in words, the strongest first, and what hardly weighs is left out."""
    values = {"link_share": 0.92, "words": 1.0, "repeats": 3.0}
    reasons = reasons_of(values, np.array([-0.8, 1.25, 0.01]), [])
    assert reasons == (("1 word", 1.25), ("92% links", -0.8))


def test_class_words_agree_with_their_weight() -> None:
    """Of the class words around a block those are told that speak as the weight does, the largest odds first."""
    evidence = [("post", 12), ("sidebar", -20), ("ad", -4), ("menu", -9)]
    assert told_words(-1.0, evidence) == "class words: sidebar, menu"
    assert told_words(1.0, evidence) == "class words: post"
    assert told_words(1.0, [("ad", -4)]) == "no telling class words"


def test_class_words_come_from_element_and_ancestors() -> None:
    """The words known to the model are found on the element itself first, then on what holds it."""
    page = walk('<div class="sidebar"><div id="postBody"><p class="unheard">Hello', "http://example.org/")
    (part,) = segmented([page])
    evidence = class_evidence(page.looks, part.segments.parents.tolist(), {"sidebar": -9, "post": 5})
    assert evidence[part.segments.holders[0]] == [("post", 5), ("sidebar", -9)]


@pytest.mark.parametrize("subject", dict.fromkeys(SUBJECTS), ids=lambda subject: subject.name)
def test_every_subject_has_words(subject: Subject) -> None:
    """Each tells its own features' values, and needs no others."""
    assert told(subject, {name: 0.0 for name, feature in FEATURES.items() if feature.subject == subject}, 1.0, [])


def test_class_words_are_told_from_the_page() -> None:
    """Their odds alone would say nothing to people."""
    assert told(CLASS_WORDS, {"token_mean": 3.0}, 1.0, [("post", 12)]) == "class words: post"


def test_no_h1_is_told() -> None:
    """A page without an h1, or with one far above, is not said to have one a hundred blocks before."""
    page = walk("<p>a<p>b", URL)
    found = measure([segmented([page])[0].segments], [page.looks], Lexicon({})).feature("after_h1").tolist()
    assert {tell_h1({"after_h1": value}) for value in found} == {"no h1 near before it"}


def test_texts_of_menus_and_footers_are_told() -> None:
    """Each has its text once, a menu in a footer with the footer's; one that holds the page's title is read, and so not told."""
    markup = "<nav><a>Home</a><a>News</a></nav><footer>a<nav>b</nav></footer><nav><h1>T</h1></nav><p>x<nav> </nav>"
    assert left_out(markup) == ["Home News", "a b"]
    assert left_out("<nav><p>all there is") == []
