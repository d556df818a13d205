"""What every worker of the step `decide` is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline import corpora
from pipeline.corpora.base import Corpus
from pipeline.decide.uses import kinds_of
from pipeline.layout import RunFolder, StagingFolder
from schemas.index import CANDIDATE, LOSER
from schemas.recipe import Recipe


@dataclass(frozen=True, slots=True)
class DecideJob:
    """Where measurements and decisions lie, the recipe, how many partitions of keys and parts of records there are.

    `through_files` says that rows of an exchange lie in files, since the engine would hold them in memory; `policies`, that some archive
    holds a policy file of a site, which is then looked for; `aliases`, that some archive holds a redirect or a revisit; `forget`, where the
    keys lie of what is to be forgotten ("": nothing is).
    """

    staging: StagingFolder
    run: RunFolder
    recipe: Recipe
    partitions: int
    parts: int
    through_files: bool
    storage: dict[str, str]
    policies: bool = False
    aliases: bool = False
    forget: str = ""

    @property
    def rounds(self) -> int:
        """Rounds of duplicates that the recipe asks for."""
        return max((len(self.recipe.parts[name].duplicates) for name in self.recipe.corpora), default=0)

    @property
    def uses(self) -> tuple[str, ...]:
        """What is counted over the run before anything is judged, by the names of its measures."""
        return kinds_of(self.recipe)

    def round_dtypes(self) -> list[np.dtype]:
        """The row of a candidate in each round: what its corpora compare stands side by side."""
        found = []
        for number in range(self.rounds):
            columns: dict[str, Any] = {name: CANDIDATE[name] for name in CANDIDATE.names or ()}
            for _, corpus, name in self.asking(number):
                columns |= dict(corpus.rounds[name].evidence)
            found.append(np.dtype(list(columns.items())))
        return found

    def loser_dtypes(self) -> list[np.dtype]:
        """The row that tells a batch who stays, in each round: the id, and what is compared of it."""
        found = []
        for dtype in self.round_dtypes():
            evidence = [(name, dtype[name]) for name in dtype.names or () if name not in (CANDIDATE.names or ())]
            found.append(np.dtype([*LOSER.descr, *evidence]))
        return found

    def code(self, corpus: Corpus) -> int:
        """The number by which candidates name a corpus."""
        return corpora.names().index(corpus.name)

    def asking(self, number: int) -> Iterator[tuple[int, Corpus, str]]:
        """(code, corpus, name of the round) of the corpora that have a round of this number."""
        for corpus in corpora.of_recipe(self.recipe):
            names = self.recipe.parts[corpus.name].duplicates
            if number < len(names):
                yield self.code(corpus), corpus, names[number]
