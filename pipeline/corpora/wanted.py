"""What the rules of a corpus say of a reference before anything is known of its image: whether an image is wanted at all. Pure.

A reference is refused here only where it would leave whatever its image is. So a reference with several addresses is judged by the one that
passes most, and what is counted over pictures refuses nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.corpora.unit_rows import URL_NUMBERS, References, UnitRows, address_numbers
from schemas.measures import IMAGE_MEASURES, IMAGE_USE_MEASURES, Measure
from schemas.recipe import Recipe, Rules, RulesByLanguage
from transforms.verdicts import Verdicts


def all_references(unit: UnitRows, recipe: Recipe) -> np.ndarray:
    """What a corpus wants that says nothing: images of all references. Mask of them."""
    return np.ones(len(unit.refs.page), dtype=bool)


def no_references(unit: UnitRows, recipe: Recipe) -> np.ndarray:
    """What a corpus wants that looks at no image."""
    return np.zeros(len(unit.refs.page), dtype=bool)


def imageless(rules: Rules, *groups: tuple[Measure, ...]) -> Rules:
    """The rules on measures of some groups that are known without any image: not of images, nor counted over the run."""
    names = {m.name for group in groups for m in group if not m.counted}
    names -= {m.name for m in (*IMAGE_MEASURES, *IMAGE_USE_MEASURES)}
    return {name: bounds for name, bounds in rules.items() if name in names}


def imageless_by_language(rules: RulesByLanguage, *groups: tuple[Measure, ...]) -> RulesByLanguage:
    """The same of the rules for some languages."""
    return {language: imageless(own, *groups) for language, own in rules.items()}


def is_bounded(measure: str, rules: Rules, by_language: RulesByLanguage) -> bool:
    """Whether some rule bounds a measure."""
    return any(measure in each for each in (rules, *by_language.values()))


def address_columns(
    refs: References, rules: Rules, by_language: RulesByLanguage, languages: Sequence[str] | np.ndarray
) -> Mapping[str, np.ndarray]:
    """URL_MEASURES of the first address of each reference that passes the rules on them; where none does, of its first."""
    found = {name: np.full(len(refs.page), np.nan) for name in URL_NUMBERS}
    bounds = {language: _on_addresses({**rules, **own}) for language, own in by_language.items()}
    every = _on_addresses(rules)
    for row, urls in enumerate(refs.table["urls"].to_pylist()):
        own = bounds.get(languages[row], every) if bounds else every
        values = [address_numbers(url) for url in urls]
        passing = (each for each in values if all(bound.keeps(each[name]) for name, bound in own.items()))
        for name, value in next(passing, values[0]).items():
            found[name][row] = value
    return found


def _on_addresses(rules: Rules) -> Rules:
    return {name: bounds for name, bounds in rules.items() if name in URL_NUMBERS}


def spread(verdicts: Verdicts, rows: np.ndarray, count: int) -> np.ndarray:
    """Mask of `count` references of which those at `rows` are kept where `verdicts` about these keep them."""
    mask = np.zeros(count, dtype=bool)
    mask[rows[verdicts.kept]] = True
    return mask
