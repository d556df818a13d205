"""Why the extractor kept or dropped each block: the rule that decided, and the features that moved the model. Pure; for people.

A weight is a Shapley value as Strumbelj and Kononenko sample it (JMLR 2010): a block of the same page is turned into this one, the
features of one subject (`subjects`) at a time, and each subject answers for what the model's log odds change when it is its turn;
that is averaged over other blocks and orders, both fixed. So all weights of a block add up to its log odds less the mean of those blocks,
what is the same for all blocks weighs 0, and only the model's predictions are used.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.elements import Looks
from transforms.html.extract import segmented, taken_alone
from transforms.html.features import FEATURES, NAMES, Matrix, measure
from transforms.html.guard import admit
from transforms.html.model import default_model
from transforms.html.nodes import furniture, parsed, remove_unseen
from transforms.html.placement import is_icon
from transforms.html.run_texts import collapse
from transforms.html.subjects import CLASS_WORDS, Subject, Values
from transforms.html.walk import walk

Floats = npt.NDArray[np.float64]
Evidence = Sequence[tuple[str, int]]  # words of the classes and ids around a block, nearest first, with their odds
# Other blocks that each block is compared with: with 32 a weight is within 0.03, on average, of that with 256 (six pages of ours).
_TURNS = 32
_MOST = 4  # reasons told of a block
_LEAST = 0.1  # log odds; a smaller weight moves a probability by 0.025 at most
_CLASS_WORD = re.compile("[A-Z]?[a-z]{2,}|[A-Z]{3,}")


class Reason(NamedTuple):
    """Something about a block, and the log odds that it adds or takes, beside other blocks of the page."""

    words: str
    weight: float


class Why(NamedTuple):
    """Why a block was kept or dropped: by which rule, and what moved its score, strongest first (nothing for images)."""

    rule: str
    reasons: tuple[Reason, ...] = ()


def explain(text: str, page: Page, engine: str = "triptych") -> tuple[Why, ...]:
    """Why each block of `page`, which is what `engine` made of `text`, was kept or dropped.

    Raises RecordError where the markup is beyond the limits of `admit`, as `extract` does.
    """
    if engine != "triptych":
        return tuple(map(Why, rules_of_another(page, engine)))
    parts = [part for part in segmented([walk(text, page.url)]) if part.segments.texts]
    taken = [kept.tolist() for _, kept in taken_alone(parts, default_model())] if parts else [[]]
    rules, reasons = rules_of(page, taken[0]), learned_reasons(text)
    return tuple(
        Why(rule, () if block.image >= 0 else next(reasons, ())) for block, rule in zip(page.blocks, rules, strict=True)
    )


def left_out(text: str) -> list[str]:
    """The texts of a page's menus and footers, of which only images and the text right beside them are read.

    Raises RecordError where the markup is beyond the limits of `admit`.
    """
    tree = parsed(admit(text))
    body = tree.find("body")
    if body is None:
        return []
    remove_unseen(tree)
    texts = []
    for element in furniture(body):
        if body in element.ancestors:
            texts.append(collapse(" ".join(element.stripped_strings)))
        element.clear()  # what was in it has been told
    # A page that shows next to nothing elsewhere may have been read whole.
    left, read = len(collapse(body.text)), len(collapse(" ".join(walk(text, "").nodes.texts)))
    return [text for text in texts if text] if left and read < left + sum(map(len, texts)) // 2 else []


def cut_of(page: Page, taken: Sequence[bool]) -> float | None:
    """The lowest score of a text that the model and its cut took, None where they took none; `taken` says which of the texts."""
    texts = (block for block in page.blocks if block.image < 0)
    return min((block.score for block, own in zip(texts, taken, strict=True) if own), default=None)


def rules_of(page: Page, taken: Sequence[bool]) -> list[str]:
    """For each block the rule that decided on it; `taken` says for each text whether the model and its cut took it."""
    cut = cut_of(page, taken)
    firsts: dict[str, int] = {}
    rules = []
    own = iter(taken)
    for number, block in enumerate(page.blocks, 1):
        if block.image >= 0:
            rules.append(image_rule(block, page.images[block.image]))
            continue
        by_model = next(own)
        alike = by_model == block.kept
        rules.append(
            text_rule(block, cut, firsts.get(block.text, 0))
            if alike
            else corrected_rule(block, block.text == page.title)
        )
        if block.kept:
            firsts.setdefault(block.text, number)
    return rules


def text_rule(block: Block, cut: float | None, first: int) -> str:
    """The rule by which the model and its cut decided on a text; `first` is the number of a kept block before it with the same text, 0
    for none."""
    if cut is None:
        return "no text of this page was kept"
    if block.kept:
        return f"reaches the cut of {cut:.2f}"
    repeat = f"exact repeat of block {first}" if first else ""
    if block.score < cut:
        return f"below the cut of {cut:.2f}" + (f"; {repeat}" if repeat else "")
    return repeat or f"reaches the cut of {cut:.2f} too late: with it the expected F1 would fall"


def corrected_rule(block: Block, is_title: bool) -> str:
    """The rule that decided otherwise than the model on a text."""
    heading = block.kind is BlockKind.HEADING
    if block.kept:
        if heading:
            return "the page's headline" if is_title else "heading of kept text"
        return "code between kept texts, or a table of members"
    return (
        "heading of dropped text"
        if heading
        else "of a box about the author, a notice of cookies, another article or a menu"
    )


def image_rule(block: Block, image: MediaRef) -> str:
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
    subjects = [feature.subject for feature in FEATURES.values()]
    weights = contributions(lambda mixed: log_odds(model.probabilities(mixed)), matrix, subjects)
    evidence = class_evidence(walked.looks, page.parents.tolist(), model.lexicon.words)
    for place, holder in enumerate(page.holders.tolist()):
        values = dict(zip(NAMES, matrix[:, place].tolist(), strict=True))
        yield reasons_of(values, weights[:, place], evidence[holder])


def reasons_of(values: Values, weights: Floats, evidence: Evidence) -> tuple[Reason, ...]:
    """The strongest reasons of one block in words. `weights` follow the order in which the subjects of `values` first come up."""
    subjects = list(dict.fromkeys(FEATURES[name].subject for name in values))
    strongest = sorted(range(len(subjects)), key=lambda place: -abs(weights[place]))[:_MOST]
    reasons = []
    for place in strongest:
        subject, weight = subjects[place], round(float(weights[place]), 2)
        if abs(weight) >= _LEAST:
            own = {name: value for name, value in values.items() if FEATURES[name].subject == subject}
            reasons.append(Reason(told(subject, own, weight, evidence), weight))
    return tuple(reasons)


def told(subject: Subject, values: Values, weight: float, evidence: Evidence) -> str:
    """What a subject says about a block, in words: its values, or the class words that speak as its weight does."""
    return told_words(weight, evidence) if subject == CLASS_WORDS else subject.tell(values)


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


def contributions(odds: Callable[[Matrix], Floats], matrix: Matrix, groups: Sequence[Hashable]) -> Floats:
    """What each group of rows (in order of first mention) adds to the `odds` of each block (columns) over those of other blocks.

    The others of each block lie `others` blocks further, evenly spread over the page. Asks for the odds of the page _TURNS times the
    number of groups.
    """
    names = list(dict.fromkeys(groups))
    rows = [[place for place, group in enumerate(groups) if group == name] for name in names]
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
