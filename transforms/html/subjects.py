"""What people see the features of a block as: subjects, and their values in words. For `explain`; the model knows nothing of them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Values = Mapping[str, float]  # of one block, by the name of the feature
FAR = 100  # blocks; where no heading stands before, and beyond it more is the same
_PLACES = ("before", "in", "after")


class Subject(NamedTuple):
    """What people see some features as, and their values in words; `tell` is given the values of the subject's own features."""

    name: str
    tell: Callable[[Values], str]


def counted(value: float, word: str) -> str:
    """A number of things in words.

    >>> counted(1.0, "block"), counted(2.0, "block")
    ('1 block', '2 blocks')
    """
    return f"{value:.0f} {word}{'' if round(value) == 1 else 's'}"


def tell_h1(values: Values) -> str:
    """Where a block stands from the h1 before it, or from the page's first.

    >>> tell_h1({"after_h1": -2.0}), tell_h1({"after_h1": 100.0})
    ('2 blocks before the h1', 'no h1 near before it')
    """
    after = values["after_h1"]
    if after >= FAR:
        return "no h1 near before it"
    return f"{counted(abs(after), 'block')} {'before' if after < 0 else 'after'} the h1" if after else "the h1"


def tell_heading(values: Values) -> str:
    """How far a block stands after the heading before it.

    >>> tell_heading({"after_heading": 1.0}), tell_heading({"after_heading": 0.0})
    ('1 block after a heading', 'a heading')
    """
    after = values["after_heading"]
    if after == 0:
        return "a heading"
    return "no heading near before it" if after >= FAR else f"{counted(after, 'block')} after a heading"


def tell_prose(values: Values) -> str:
    """Where a block stands from the page's running text.

    >>> tell_prose({"from_first_good": 3.0, "from_last_good": -1.0})
    'amid running text'
    """
    if values["from_first_good"] < 0:
        return "before all running text"
    return "after all running text" if values["from_last_good"] > 0 else "amid running text"


def tell_semantics(values: Values) -> str:
    """The semantic elements around a block.

    >>> tell_semantics({"in_nav": 1.0, "in_main": 0.0, "in_hidden": 1.0})
    'inside nav, hidden'
    """
    inside = [name.removeprefix("in_") for name, value in values.items() if value]
    return f"inside {', '.join(inside)}" if inside else "no telling element around it"


def tell_boxes(values: Values) -> str:
    """The smallest container around a block.

    >>> tell_boxes({"blocks_1": 12.0, "words_a_block_1": 30.2})
    'its boxes (12 blocks of 30 words)'
    """
    return f"its boxes ({counted(values['blocks_1'], 'block')} of {values['words_a_block_1']:.0f} words)"


LINKS = Subject("links", lambda v: f"{v['link_share']:.0%} links")
LENGTH = Subject("length", lambda v: counted(v["words"], "word"))
STOPS = Subject("letters and stops", lambda v: f"{counted(v['stops'], 'stop')}, {counted(v['commas'], 'comma')}")
TAGS = Subject("tags", lambda _: "its tags")
POSITION = Subject("position", lambda v: f"{v['place']:.0%} down the page")
H1 = Subject("h1", tell_h1)
HEADING = Subject("heading", tell_heading)
PROSE = Subject("running text", tell_prose)
SEMANTICS = Subject("elements around", tell_semantics)
BOXES = Subject("boxes around", tell_boxes)
BOX_LINKS = Subject("links around", lambda v: f"its boxes ({v['link_share_1']:.0%} links)")
DENSE = Subject("densest part", lambda v: f"{_PLACES[int(v['in_best'])]} the densest part")
PAGE = Subject("page", lambda _: "the page as a whole")
REPEATS = Subject("repeats", lambda v: f"text occurs {counted(v['repeats'], 'time')}")
ALIKE = Subject("look-alikes", lambda v: f"{counted(v['group_size'], 'block')} of its look")
NEAR = Subject("neighbours", lambda v: f"{counted(v['near_words_2'], 'word')} a block near it")
NEAR_LINKS = Subject("links near", lambda v: f"{v['near_links_2']:.0%} links near it")
COMMENTS = Subject("comments", lambda v: "a comment" if v["good_beside_comment"] >= 0 else "no comment")
CLASS_WORDS = Subject("class words", lambda _: "class words")  # `explain` names the words themselves
TEXT_WORDS = Subject("words", lambda _: "the words that it and those beside it begin with")
DEPTH = Subject("depth", lambda v: f"{counted(v['depth'], 'element')} deep")
