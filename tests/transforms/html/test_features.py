"""What a block looks like, in numbers."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.html import features
from transforms.html.block_arrays import Blocks
from transforms.html.elements import Lexicon
from transforms.html.extract import segmented
from transforms.html.feature_groups import GROUPS, OWN_TEXT, Rows, numbered_by_page
from transforms.html.features import FEATURES, NAMES, Measured, measure, places_of
from transforms.html.walk import walk

SENTENCE = "The river rose in the night, and by morning the lower town stood under a metre of brown water. "
LEXICON = Lexicon(
    {"nav": -20, "menu": -12, "post": 9, "body": 4},
    near={"nav": -8, "post": 5},
    around={"menu": -3, "body": 2},
    texts={"home": -30, "the": 4},
)
PIECES = (
    "<h1>A flood</h1>",
    f"<article class=post><p>{SENTENCE}<p>{SENTENCE * 2}</article>",
    "<div class='menu nav'><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></div>",
    f"<div id=post-body><div>{SENTENCE}<img src=a.png></div><span>one</span></div>",
    "<p hidden>x<p>x",
    "<header role=banner>© 2024</header>",
)
pages = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


def measured(*markup: str) -> Measured:
    """The features of some pages together."""
    parts = segmented([walk(text, "http://example.org/") for text in markup])
    return measure([part.segments for part in parts], [part.page.looks for part in parts], LEXICON)


def column(found: Measured, name: str) -> list[float]:
    """One feature of every block."""
    values: list[float] = found.feature(name).tolist()
    return values


def changed(lost: str = "", added: str = "") -> Callable[[Blocks], Rows]:
    """The measures of a block's own text, less one, or with one more."""

    def own_text(blocks: Blocks) -> Rows:
        rows = OWN_TEXT.measure(blocks)
        return {name: row for name, row in rows.items() if name != lost} | ({added: rows["words"]} if added else {})

    return own_text


@pytest.mark.parametrize("name", [feature.name for feature in OWN_TEXT.features])
def test_a_lost_row_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that does not give one of its features raises, and never leaves memory as it was found."""
    lossy = OWN_TEXT._replace(measure=changed(lost=name))
    monkeypatch.setattr(features, "GROUPS", (lossy, *GROUPS[1:]))
    with pytest.raises(KeyError, match=rf"own_text: missing features \['{name}'\], unknown features \[\]"):
        measured("<p>a")


def test_an_unknown_row_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that gives what it does not declare raises, also where another group declares it."""
    for name in ("new_thing", "depth"):
        talkative = OWN_TEXT._replace(measure=changed(added=name))
        monkeypatch.setattr(features, "GROUPS", (talkative, *GROUPS[1:]))
        with pytest.raises(KeyError, match=f"own_text: missing .*, unknown features .*{name}"):
            measured("<p>a")


def test_rows_are_laid_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order in which groups give their rows does not matter."""

    def backwards(blocks: Blocks) -> Rows:
        return dict(reversed(OWN_TEXT.measure(blocks).items()))

    wanted = measured(*PIECES).matrix
    monkeypatch.setattr(features, "GROUPS", (*reversed(GROUPS[1:]), OWN_TEXT._replace(measure=backwards)))
    assert np.array_equal(measured(*PIECES).matrix, wanted)


def test_every_feature_has_one_group() -> None:
    """No two groups declare the same name."""
    declared = [feature.name for group in GROUPS for feature in group.features]
    assert len(set(declared)) == len(declared) == len(NAMES)


def test_a_feature_is_found_by_its_name() -> None:
    """Rows are read by name; one that is not there is an error."""
    found = measured(f"<p>{SENTENCE}")
    assert np.array_equal(found.feature("words"), found.matrix[NAMES.index("words")])
    assert places_of(["depth", "words"]).tolist() == [NAMES.index("depth"), 0]
    with pytest.raises(KeyError):
        found.feature("wordz")
    with pytest.raises(KeyError):
        places_of(["wordz"])


@settings(max_examples=60)
@given(st.lists(pages, min_size=1, max_size=4))
def test_no_number_depends_on_the_pages_beside(markup: list[str]) -> None:
    """Measured together, each page has bit for bit the features, words and shares that it has alone."""
    together = measured(*markup)
    alone = [measured(page) for page in markup]
    assert np.array_equal(together.matrix, np.concatenate([page.matrix for page in alone], axis=1))
    assert np.array_equal(together.words, np.concatenate([page.words for page in alone]))
    assert np.array_equal(together.links, np.concatenate([page.links for page in alone]))
    assert np.diff(together.starts).tolist() == [len(page.words) for page in alone]


@settings(max_examples=60)
@given(pages)
def test_shares_of_the_page_add_up(markup: str) -> None:
    """Words before a block, and in its containers, are what a plain count of the blocks gives."""
    found = measured(markup)
    total = found.words.sum()
    before = [found.words[:place].sum() / total for place in range(len(found.words))]
    assert np.allclose(column(found, "word_place"), before)
    assert set(column(found, "page_words")) == {total}
    for level in (1, 2, 3):
        assert all(0 < share <= 1 for share in column(found, f"share_{level}"))
    assert all(small <= large for small, large in zip(column(found, "share_1"), column(found, "share_3"), strict=True))


def test_where_a_block_stands() -> None:
    """Distances are in blocks, from the page's first heading, its last heading and its blocks of prose."""
    found = measured("<p>menu</p><h1>Title</h1>" + f"<p>{SENTENCE}</p>" * 2 + "<h2>More</h2><p>end</p>")
    assert column(found, "after_h1") == [-1, 0, 1, 2, 3, 4]
    assert column(found, "after_heading") == [100, 0, 1, 2, 0, 1]
    assert column(found, "from_first_good") == [-2, -1, 0, 1, 2, 3]
    assert column(found, "from_last_good") == [-3, -2, -1, 0, 1, 2]
    assert column(found, "before_good")[:4] == [2, 1, 0, 0] and min(column(found, "before_good")[4:]) == 60


def test_what_is_around_a_block() -> None:
    """Semantic elements hold for all that is inside them; roles and hiding count as elements do."""
    found = measured("<nav><h1>a</h1></nav><div role=menu><p>b</p></div><p hidden>c</p><main><p>d</p></main>")
    assert column(found, "in_nav") == [1, 1, 0, 0]
    assert column(found, "in_hidden") == [0, 0, 1, 0]
    assert column(found, "in_main") == [0, 0, 0, 1]


def test_repeats_are_counted_on_the_page() -> None:
    """A text counts as often as its own page has it."""
    found = measured("<p>a<p>b<p>a", "<p>a")
    assert column(found, "repeats") == [2, 1, 2, 1]
    assert numbered_by_page(["a", "b", "a", "a"], np.array([0, 3, 4])).tolist() == [0, 1, 0, 2]


def test_beyond_its_cap_more_is_the_same() -> None:
    """A book is a long page and no other thing."""
    found = measured(f"<p>{'word ' * 5000}</p>")
    assert column(found, "words") == [300] and column(found, "page_words") == [3000]
    for name, feature in FEATURES.items():
        assert max(map(abs, column(found, name))) <= feature.cap
