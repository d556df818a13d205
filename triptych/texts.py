"""One text: what the text rules of a recipe say of it. Pure, but for the recipe's file."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.recipe import Recipe
from schemas.records import Page


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the text rules of a recipe say of a text.

    `rule` is the first that drops it, "" where it is kept; `value` is what that rule judged, None where it judges no number. `language` is
    an ISO 639 code, "und" where the text has nothing to go by. `measures` has every measure of the text by name, whether a rule bounds it
    or not (docs/schema.md says what each is).
    """

    rule: str
    value: float | None
    language: str
    measures: Mapping[str, float]

    @property
    def kept(self) -> bool:
        """Whether no rule drops the text."""
        return not self.rule


def load_recipe(name_or_file: str, *settings: str) -> Recipe:
    """A recipe that ships with triptych, by its name, or one of your own, by the path of its file; changed by settings as `--set` takes.

    Raises UserError with a line for each mistake.

    >>> load_recipe("kosmos1", "text.rules.gopher_words.floor=100").parts["text"].rules["gopher_words"].floor
    100.0
    """
    from jobs.recipe_files import read
    from pipeline.corpora import load_recipe as loaded

    text, where = read(name_or_file)
    return loaded(text, settings, where)


def judge(text: str | Page, recipe: str | Recipe = "kosmos1", url: str = "") -> Verdict:
    """Whether a recipe's text rules keep a text; its opt-outs, languages and rules are gone through in the order of a run.

    `text` is plain text, or a page, of which its plain text, address and directives count. `url` is the address of a text, for rules that
    look at addresses. What needs more than one text (duplicates) and what lies in other files (robots.txt) is not looked at. A recipe that
    is given by name or file is read at each call: for many texts load it once. Raises UserError where there is no such recipe.

    >>> verdict = judge("Bread is made of flour, water and salt.")
    >>> verdict.kept, verdict.rule, verdict.value, verdict.language
    (False, 'gopher_words', 8.0, 'en')
    """
    import numpy as np

    from pipeline.corpora.text import rule_verdicts
    from transforms.html.directives import signal_bits
    from transforms.html.render import plain_text, prose_and_code
    from transforms.text.address import measure_url
    from transforms.text.language import identifier
    from transforms.text.measure import measure_proses

    asked = recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
    plain, address, directives = (
        (plain_text(text), text.url, text.directives) if isinstance(text, Page) else (text, url, ())
    )
    prose, code = prose_and_code(text, plain) if isinstance(text, Page) else (plain, "")
    (((language, score), counted),) = measure_proses([(prose, code)], identifier().identify, asked.extract.peers)
    measures = {"lang_score": score, **counted, **measure_url(address)}
    verdicts = rule_verdicts(
        asked,
        np.array([bool(plain)]),
        np.array([signal_bits(directives)], np.uint64),
        np.array([language], object),
        {name: np.array([value]) for name, value in measures.items()},
    )
    value = float(verdicts.value[0])
    return Verdict(str(verdicts.rule[0]), None if np.isnan(value) else value, language, measures)
