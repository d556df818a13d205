"""The caption of each reference by the recipe: the candidates that were staged, what speaks against each, and which one is taken. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.corpora.unit_rows import References, UnitRows, objects
from schemas.measures import CAPTION_MEASURES
from schemas.recipe import OWN_CAPTIONS, STAGED_CAPTIONS, Rules, RulesByLanguage
from transforms.dedup.keys import key
from transforms.dedup.uses import Uses
from transforms.pair.caption import measure_caption
from transforms.pair.choose import Candidate, chosen
from transforms.pair.credit import without_credit
from transforms.pair.junk import without_widgets
from transforms.text.measure import Identify

CAPTION_NUMBERS = tuple(m.name for m in CAPTION_MEASURES)
_COLUMNS = [*STAGED_CAPTIONS, "others"]
_ASPECT, _USES = "image_aspect", "caption_uses"
_OWN = tuple(f"{kind}: " for kind in OWN_CAPTIONS)


@dataclass(frozen=True, slots=True)
class Captions:
    """The caption that the recipe chooses for each reference: its kind ("" for none), its text, its measures, and what was cut off it
    as a credit. `others` are the candidates that were not taken, as `kind: text`."""

    kind: np.ndarray
    text: np.ndarray
    numbers: Mapping[str, np.ndarray]
    credit: np.ndarray
    others: np.ndarray


def choose_captions(
    unit: UnitRows,
    kinds: Sequence[str],
    choice: str,
    rules: Rules,
    by_language: RulesByLanguage,
    among: np.ndarray | None = None,
) -> Captions:
    """Choose among the candidates of `kinds`; only where an image was found, since no other row needs it, or for the references of
    `among`."""
    refs = unit.refs
    asked = refs.found if among is None else among
    count = len(refs.page)
    kind, text, credit = (np.full(count, "", dtype=object) for _ in range(3))
    others = np.full(count, None, dtype=object)
    numbers = {name: np.full(count, np.nan) for name in CAPTION_NUMBERS}
    pictures = alt_pictures(refs)
    titles = unit.pages["title"].to_pylist()
    bounds = {language: {**rules, **own} for language, own in by_language.items()}
    # A filter leaves chunks as they are; `take` would lay all captions of a unit end to end, which may be more than Arrow's 2 GiB.
    staged = refs.table.select(_COLUMNS).filter(pa.array(asked)).to_pylist()
    uses = text_uses(unit.uses, staged)
    for row, said in zip(np.flatnonzero(asked).tolist(), staged, strict=True):
        page = int(refs.page[row])
        every = candidates(said, titles[page], pictures[page, said["alt"]], uses)
        own = bounds.get(unit.languages[page], rules)
        taken = chosen(sorted_by(kinds, every), own, choice)
        others[row] = [f"{each.kind}: {each.text}" for each in every if each is not taken and each.text]
        credit[row] = taken.credit if taken else next((each.credit for each in every), "")
        if taken is not None:
            kind[row], text[row] = taken.kind, taken.text
            for name, value in taken.values.items():
                numbers[name][row] = value
    return Captions(kind, text, numbers, credit, others)


def languages_of(captions: np.ndarray, identify: Identify) -> tuple[np.ndarray, np.ndarray]:
    """The language of each caption by its own words, and its probability; `und` and 0 where there is no caption."""
    told = list(map(identify, captions.tolist()))
    return objects([language for language, _ in told]), np.array([score for _, score in told], dtype=float)


def alt_pictures(refs: References) -> Counter[tuple[int, str]]:
    """How many pictures of a page have an alt text, by the page's row and the text."""
    return Counter(zip(refs.page.tolist(), refs.table["alt"].to_pylist(), strict=True))


def candidates(said: Mapping[str, Any], title: str, pictures: int, uses: Iterator[float]) -> list[Candidate]:
    """Every text that could caption a reference, measured, without its credit. Takes of `uses` the number of each."""
    named = said_credit(said)
    found = []
    for kind, staged in said_texts(said):
        text, credit = without_credit(without_widgets(staged), named)
        values = measure_caption(text, title, pictures if kind == "alt" else 1, next(uses))
        found.append(Candidate(kind, text, credit, values))
    return found


def text_uses(uses: Uses, staged: Iterable[Mapping[str, Any]]) -> Iterator[float]:
    """How many pictures have each text of `said_texts` of some references, one after the other; not a number where nobody counted."""
    if _USES not in uses.kinds:
        return repeat(math.nan)
    keys = text_keys(text for said in staged for _, text in said_texts(said))
    return iter(uses.of(_USES, np.frombuffer(keys, "S16")).tolist())


def text_keys(texts: Iterable[str]) -> bytes:
    """The keys of texts, 16 bytes each, one behind the other."""
    return b"".join(key(text.encode("utf-8", "replace")) for text in texts)


def said_texts(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The kinds and texts of what could caption a reference, as staged."""
    yield from ((kind, text) for kind, text in every_text(said) if text and kind != "credit")


def every_text(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The kinds and texts of a reference's candidates as staged."""
    yield from ((kind, said[kind]) for kind in STAGED_CAPTIONS)
    for text in said["others"]:
        kind, _, rest = text.partition(": ")
        yield kind, rest


def said_credit(said: Mapping[str, Any]) -> str:
    """What the page itself calls a reference's credit."""
    return next((text for kind, text in every_text(said) if kind == "credit"), "")


def sorted_by(kinds: Sequence[str], found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of these kinds that have text, in the order of the kinds."""
    return [each for kind in kinds for each in found if each.kind == kind and each.text]


def own_captions(refs: References) -> np.ndarray:
    """Mask of the references that stand in a figure with a caption of its own, or one like it."""
    others = refs.table["others"].to_pylist()
    like = np.fromiter((any(text.startswith(_OWN) for text in said) for said in others), bool, len(others))
    figures = np.fromiter(map(bool, refs.table["figcaption"].to_pylist()), bool, len(others))
    return np.asarray(like | figures)


def with_wide_figures(
    refs: References, numbers: Mapping[str, np.ndarray], rules: Sequence[Rules]
) -> Mapping[str, np.ndarray]:
    """Numbers in which no picture with a caption of its own is beyond the ceilings of `image_aspect`."""
    ceilings = [each[_ASPECT].ceiling for each in rules if _ASPECT in each]
    least = min((ceiling for ceiling in ceilings if ceiling is not None), default=None)
    if least is None:
        return numbers
    aspect = numbers[_ASPECT]
    return {**numbers, _ASPECT: np.where(own_captions(refs), np.minimum(aspect, least), aspect)}
