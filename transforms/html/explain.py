"""Why the extractor kept or dropped each block: the rule that decided, and the features that moved the model. Pure; for people.

A weight is a Shapley value as Strumbelj and Kononenko sample it (JMLR 2010): a block of the same page is turned into this one, a group
of features at a time, and each group answers for what the model's log odds change when it is its turn; that is averaged over other blocks
and orders, both fixed. So all weights of a block add up to its log odds less the mean of those blocks, what is the same for all blocks
weighs 0, and nothing is asked of the model but its answers.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import Block, ImageRef, Page
from transforms.html.elements import Looks
from transforms.html.extract import segmented, walk
from transforms.html.features import NAMES, measure
from transforms.html.guard import admit
from transforms.html.model import default_model
from transforms.html.nodes import UNSEEN, furniture, parsed
from transforms.html.placement import is_icon
from transforms.html.run_texts import collapse

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]  # features x blocks
Evidence = Sequence[tuple[str, int]]  # words of the classes and ids around a block, nearest first, with their odds
# Other blocks that each block is compared with: with 32 a weight is within 0.03, on average, of that with 256 (six pages of ours).
_TURNS = 32
_MOST = 4  # reasons told of a block
_LEAST = 0.1  # log odds; a smaller weight moves a probability by 0.025 at most
_CLASS_WORD = re.compile("[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_FAR, _FAR_FROM_H1 = 100, 500  # blocks; `after_heading` and `after_h1` count no further


class Reason(NamedTuple):
    """Something about a block, and the log odds that it adds or takes, beside other blocks of the page."""

    words: str
    weight: float


class Why(NamedTuple):
    """Why a block was kept or dropped: by which rule, and what moved its score, strongest first (nothing for images)."""

    rule: str
    reasons: tuple[Reason, ...] = ()


class Group(NamedTuple):
    """Features that people see as one thing; `pattern` matches their names, `tell` makes words of their values."""

    name: str
    pattern: str
    tell: Callable[[Mapping[str, float]], str]


def _around(values: Mapping[str, float]) -> str:
    inside = [name.removeprefix("in_") for name, value in values.items() if value]
    return f"inside {', '.join(inside)}" if inside else "no telling element around it"


def _after_heading(values: Mapping[str, float]) -> str:
    after = values["after_heading"]
    if after == 0:
        return "a heading"
    return "no heading near before it" if after >= _FAR else f"{_count(after, 'block')} after a heading"


def _after_h1(values: Mapping[str, float]) -> str:
    after = values["after_h1"]
    if after >= _FAR_FROM_H1:
        return "no h1 near before it"
    return f"{_count(abs(after), 'block')} {'before' if after < 0 else 'after'} the h1" if after else "the h1"


def _prose(values: Mapping[str, float]) -> str:
    if values["from_first_good"] < 0:
        return "before all running text"
    return "after all running text" if values["from_last_good"] > 0 else "amid running text"


def _count(value: float, word: str) -> str:
    return f"{value:.0f} {word}{'' if round(value) == 1 else 's'}"


def _boxes(values: Mapping[str, float]) -> str:
    return f"its boxes ({_count(values['blocks_1'], 'block')} of {values['words_a_block_1']:.0f} words)"


_DENSE = ("before the densest part", "in the densest part", "after the densest part")
GROUPS = (
    Group("links", "link_share", lambda v: f"{v['link_share']:.0%} links"),
    Group("length", "words|chars_a_word", lambda v: _count(v["words"], "word")),
    Group(
        "letters and stops",
        ".*(digit|capital|letter)_share|stops|commas|starts_upper|ends_stop",
        lambda v: f"{_count(v['stops'], 'stop')}, {_count(v['commas'], 'comma')}",
    ),
    Group("tags", "kind|level|inline|tag|parent_tag", lambda v: "its tags"),
    Group("position", "place|word_place", lambda v: f"{v['place']:.0%} down the page"),
    Group("heading", "after_heading", _after_heading),
    Group("h1", "after_h1|h1s_before", _after_h1),
    Group("densest part", "(in|score)_best|score_1|best_share|.*dense.*", lambda v: _DENSE[int(v["in_best"])]),
    Group("elements around", "in_.*", _around),
    Group("links around", r"link_share_\d", lambda v: f"its boxes ({v['link_share_1']:.0%} links)"),
    Group("boxes around", r".*_\d|tag_1", _boxes),
    Group("repeats", "repeats", lambda v: f"text occurs {_count(v['repeats'], 'time')}"),
    Group("look-alikes", "group_.*", lambda v: f"{_count(v['group_size'], 'block')} of its look"),
    Group("neighbours", r"near_words_\d", lambda v: f"{_count(v['near_words_2'], 'word')} a block near it"),
    Group("links near", r"near_links_\d", lambda v: f"{v['near_links_2']:.0%} links near it"),
    Group("running text", ".*_good", _prose),
    Group("page", "blocks|page_.*|best_share|dense_share", lambda v: "the page as a whole"),
    Group("comments", "good_beside_comment", lambda v: "a comment" if v["good_beside_comment"] >= 0 else "no comment"),
    Group("depth", "depth", lambda v: f"{_count(v['depth'], 'element')} deep"),
    Group("class words", "tokens?_.*", lambda v: "class words"),
)
_NEAR = ("page", "neighbours", "links near")  # before groups whose patterns would take theirs
_ORDER = sorted(GROUPS, key=lambda group: group.name not in _NEAR)


def explain(text: str, page: Page, engine: str = "triptych") -> tuple[Why, ...]:
    """Why each block of `page`, which is what `engine` made of `text`, was kept or dropped.

    Raises RecordError where the markup is beyond the limits of `admit`, as `extract` does.
    """
    rules = rules_of(page) if engine == "triptych" else rules_of_another(page, engine)
    reasons = learned_reasons(text) if engine == "triptych" else iter(())
    return tuple(
        Why(rule, () if block.image >= 0 else next(reasons, ())) for block, rule in zip(page.blocks, rules, strict=True)
    )


def left_out(text: str) -> list[str]:
    """The texts of a page's menus and footers, of which only images and the text right beside them are read.

    Raises RecordError where the markup is beyond the limits of `admit`.
    """
    body = parsed(admit(text)).find("body")
    if body is None:
        return []
    body.remove(UNSEEN)
    texts = []
    for element in furniture(body):
        if body in element.ancestors:
            texts.append(collapse(" ".join(element.stripped_strings)))
        element.clear()  # what was in it has been told
    # A page that has text nowhere else is read whole.
    return [text for text in texts if text] if body.text.strip() else []


def cut_of(page: Page) -> float | None:
    """The lowest score of a kept text, None where no text is kept."""
    return min((block.score for block in page.blocks if block.kept and block.image < 0), default=None)


def rules_of(page: Page) -> list[str]:
    """For each block the rule that decided on it."""
    cut = cut_of(page)
    firsts: dict[str, int] = {}
    rules = []
    for number, block in enumerate(page.blocks, 1):
        if block.image >= 0:
            rules.append(image_rule(block, page.images[block.image]))
            continue
        rules.append(text_rule(block, cut, firsts.get(block.text, 0)))
        if block.kept:
            firsts.setdefault(block.text, number)
    return rules


def text_rule(block: Block, cut: float | None, first: int) -> str:
    """The rule that decided on a text; `first` is the number of a kept block before it with the same text, 0 for none."""
    if cut is None:
        return "no text of this page was kept"
    if block.kept:
        return f"reaches the cut of {cut:.2f}"
    repeat = f"exact repeat of block {first}" if first else ""
    if block.score < cut:
        return f"below the cut of {cut:.2f}" + (f"; {repeat}" if repeat else "")
    return repeat or f"reaches the cut of {cut:.2f} too late: with it the expected F1 would fall"


def image_rule(block: Block, image: ImageRef) -> str:
    """The rule that decided on an image, whose score is the kept share of the text around it."""
    if block.kept:
        return f"image near kept text ({block.score:.0%} of the text around it)"
    if is_icon(image):
        return f"image declared {image.width or '?'} x {image.height or '?'} pixels: an icon"
    if block.score > 0:
        return f"image outside main content: {block.score:.0%} of the text around it is kept"
    return "image outside main content: no kept text around it, a dropped teaser's, or inside a menu, footer, form or button"


def rules_of_another(page: Page, engine: str) -> list[str]:
    """For each block what another engine did with it; images are decided by the text around them in every engine."""
    return [
        image_rule(block, page.images[block.image])
        if block.image >= 0
        else f"{'in' if block.kept else 'not in'} the text of {engine}"
        for block in page.blocks
    ]


def learned_reasons(text: str) -> Iterator[tuple[Reason, ...]]:
    """For each text of the page, in order, what moved the model most."""
    walked = walk(text, "")
    page = segmented([walked])[0].segments
    if not page.texts:
        return
    model = default_model()
    matrix = measure([page], [walked.looks], model.lexicon).matrix
    groups = group_names(NAMES)
    weights = contributions(lambda mixed: log_odds(model.probabilities(mixed)), matrix, groups)
    evidence = class_evidence(walked.looks, page.parents.tolist(), model.lexicon.words)
    for place, holder in enumerate(page.holders.tolist()):
        values = dict(zip(NAMES, matrix[:, place].tolist(), strict=True))
        yield reasons_of(values, groups, weights[:, place], evidence[holder])


def group_names(names: Sequence[str]) -> tuple[str, ...]:
    """The group of each feature; one that no group takes is its own.

    >>> group_names(["link_share", "token_min", "new_thing"])
    ('links', 'class words', 'new thing')
    """
    return tuple(
        next((group.name for group in _ORDER if re.fullmatch(group.pattern, name)), name.replace("_", " "))
        for name in names
    )


def reasons_of(
    values: Mapping[str, float], groups: Sequence[str], weights: Floats, evidence: Evidence
) -> tuple[Reason, ...]:
    """The strongest reasons of one block in words. `weights` follow the order in which the groups first come up in `groups`."""
    order = list(dict.fromkeys(groups))
    strongest = sorted(range(len(order)), key=lambda place: -abs(weights[place]))[:_MOST]
    reasons = []
    for place in strongest:
        weight = round(float(weights[place]), 2)
        if abs(weight) >= _LEAST:
            own = {name: values[name] for name, group in zip(values, groups, strict=True) if group == order[place]}
            reasons.append(Reason(told(order[place], own, weight, evidence), weight))
    return tuple(reasons)


def told(group: str, values: Mapping[str, float], weight: float, evidence: Evidence) -> str:
    """A group's values in words; its bare name where it has no words for them."""
    if group == "class words":
        return told_words(weight, evidence)
    try:
        return next((found.tell(values) for found in GROUPS if found.name == group), group)
    except KeyError:  # a model with other features
        return group


def told_words(weight: float, evidence: Evidence) -> str:
    """The class words that speak as the weight does, the two of the largest odds."""
    agreeing = {word: odds for word, odds in evidence if odds * weight > 0}
    strongest = sorted(agreeing, key=lambda word: -abs(agreeing[word]))[:2]
    return f"class words: {', '.join(strongest)}" if strongest else "no telling class words"


def class_evidence(looks: Looks, parents: Sequence[int], table: Mapping[str, int]) -> list[Evidence]:
    """For each block-level element the words of its own and its ancestors' classes and ids that the model knows."""
    found: list[Evidence] = []
    for one, other, parent in zip(looks.classes, looks.ids, parents, strict=True):
        words = _CLASS_WORD.findall(f"{looks.values[one]} {looks.values[other]}")
        own = [(word, table[word]) for word in map(str.lower, words) if word in table]
        found.append([*own, *found[parent]] if parent >= 0 else own)
    return found


def contributions(odds: Callable[[Matrix], Floats], matrix: Matrix, groups: Sequence[str]) -> Floats:
    """What each group (in order of first mention) adds to the `odds` of each block (columns) over those of other blocks.

    The others of each block lie `others` blocks further, evenly spread over the page. Asks for the odds of the page _TURNS times the
    number of groups.
    """
    names = list(dict.fromkeys(groups))
    rows = [np.flatnonzero(np.array(groups) == name) for name in names]
    places = np.arange(matrix.shape[1])
    total = np.zeros((len(names), len(places)))
    for turn, shift in enumerate(others(len(places))):
        mixed = matrix[:, (places + shift) % len(places)]
        before = odds(mixed)
        order = np.roll(np.arange(len(names)), turn * len(names) // _TURNS)
        for group in (order if turn % 2 else order[::-1]).tolist():
            mixed[rows[group]] = matrix[rows[group]]
            after = odds(mixed)
            total[group] += after - before
            before = after
    return total / _TURNS


def others(blocks: int) -> list[int]:
    """How far from a block those lie that it is compared with.

    >>> others(320)[:4]
    [5, 15, 25, 35]
    """
    return [(2 * turn + 1) * blocks // (2 * _TURNS) for turn in range(_TURNS)]


def log_odds(probabilities: Floats) -> Floats:
    """The log odds of probabilities that are neither 0 nor 1, as the model's are not."""
    return np.log(probabilities) - np.log1p(-probabilities)
