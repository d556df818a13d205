"""The corpora: one file each, and one entry in CORPORA. Whoever asks for one asks here, at the time when it is needed."""

from collections.abc import Iterable, Iterator

from pipeline.corpora.base import Corpus
from pipeline.corpora.interleaved import INTERLEAVED
from pipeline.corpora.pairs import PAIRS
from pipeline.corpora.text import TEXT
from pipeline.corpora.wanted import no_references
from schemas.outcomes import UserError
from schemas.recipe import Recipe, nearest
from schemas.recipe_toml import Bases, load, no_bases

CORPORA: tuple[Corpus, ...] = (TEXT, PAIRS, INTERLEAVED)


def names() -> tuple[str, ...]:
    """The names of all corpora, in their order."""
    return tuple(corpus.name for corpus in CORPORA)


def by_name(name: str) -> Corpus:
    """The corpus of a name. Raises KeyError."""
    return {corpus.name: corpus for corpus in CORPORA}[name]


def of_recipe(recipe: Recipe) -> list[Corpus]:
    """The corpora that a recipe asks for, in the order of CORPORA."""
    return [corpus for corpus in CORPORA if corpus.name in recipe.corpora]


def look_at_images(recipe: Recipe) -> bool:
    """Whether some corpus of a recipe looks at the images that pages show."""
    return any(corpus.wants is not no_references for corpus in of_recipe(recipe))


def load_recipe(text: str, settings: Iterable[str] = (), where: str = "recipe", bases: Bases = no_bases) -> Recipe:
    """Read a recipe with the sections of all corpora. Raises UserError with one line per mistake.

    `bases` finds the recipe that it extends.

    >>> load_recipe('name = "mine"\\n[text.rules]\\ngopher_words = {floor = 50}').parts["text"].rules["gopher_words"].floor
    50.0
    """
    recipe = load(text, settings, where, {corpus.name: corpus.part for corpus in CORPORA}, bases)
    if faults := [*round_faults(recipe), *guard_faults(recipe)]:
        raise UserError("\n".join(f"{where}: {fault}" for fault in faults))
    return recipe


def has_near_pages(corpus: Corpus, recipe: Recipe) -> bool:
    """Whether a recipe asks a corpus of pages for a round of near duplicates."""
    return any(corpus.rounds[name].near for name in recipe.parts[corpus.name].duplicates)


def round_faults(recipe: Recipe) -> Iterator[str]:
    """What keeps the rounds of duplicates that a recipe asks for from being held."""
    for corpus in of_recipe(recipe):
        for name in recipe.parts[corpus.name].duplicates:
            if fault := corpus.rounds[name].fault(recipe):
                yield f"{corpus.name}.duplicates: {name} {fault}"


def guard_faults(recipe: Recipe) -> Iterator[str]:
    """Ranges of corpora and stages that there are none of."""
    stages = {corpus.name: corpus.stages for corpus in CORPORA}
    for corpus, ranges in recipe.guard.removed.items():
        if corpus not in stages:
            yield f"guard.removed.{corpus}: unknown corpus{nearest(corpus, stages)}"
        for stage in [name for name in ranges if name not in stages.get(corpus, ranges)]:
            yield f"guard.removed.{corpus}.{stage}: unknown stage{nearest(stage, stages[corpus])}"
