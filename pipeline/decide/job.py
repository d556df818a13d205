"""What every worker of the step `decide` is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline import corpora
from pipeline.corpora.base import Corpus
from pipeline.decide.batch import PARTITION_ROWS
from pipeline.decide.near import CLAIM
from pipeline.decide.uses import kinds_of
from pipeline.layout import RunFolder, StagingFolder
from pipeline.plan import ARCHIVE, FETCH
from schemas.index import CANDIDATE, LOSER
from schemas.recipe import Recipe, RepeatsPart
from transforms.dedup.signature import SETS

PARTITION_BYTES = 64 * 2**20  # of claims in a partition of them, where all index rows are pages: else fewer


@dataclass(frozen=True, slots=True)
class DecideJob:
    """Where measurements and decisions lie, the recipe, how many partitions of keys and parts of records there are.

    `through_files` says that rows of an exchange lie in files, since the engine would hold them in memory; `policies`, that some archive
    holds a policy file of a site, which is then looked for; `aliases`, that some archive holds a redirect or a revisit; `earlier` is the
    number from which on batches are those of earlier runs (None: there are none); `forget`, where the keys lie of what is to be forgotten
    ("": nothing is); `tasks` are the indexes of tasks that the corpora are kept clean of; `images` says where images come from, a word of
    IMAGES, and `fetched` is the number of the first unit that was fetched.
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
    earlier: int | None = None
    forget: str = ""
    tasks: tuple[str, ...] = ()
    images: str = ARCHIVE
    fetched: int = 0

    def takes_images_of(self, unit: Any) -> Any:
        """Whether images of a unit, or of each of an array of units, stand for references."""
        return (unit >= self.fetched) | (self.images != FETCH)

    @property
    def fetching(self) -> bool:
        """Whether images are fetched for the run."""
        return self.images != ARCHIVE

    @property
    def against(self) -> bool:
        """Whether it is decided against earlier runs."""
        return self.earlier is not None

    @property
    def rounds(self) -> int:
        """Rounds of duplicates that the recipe asks for, each pass of near duplicates one."""
        return max((len(self.names(corpus)) for corpus in corpora.of_recipe(self.recipe)), default=0)

    @property
    def begins_with_keys(self) -> bool:
        """Whether a judged batch can send its candidates of the first round at once: their keys are known."""
        return self.rounds > 0 and not self.begins_near(0)

    def names(self, corpus: Corpus) -> list[str]:
        """The rounds of a corpus, in order; that of near duplicates as often as it passes over what it released."""
        found: list[str] = []
        for name in self.recipe.parts[corpus.name].duplicates:
            found += [name] * (self.recipe.near_texts.passes if corpus.rounds[name].near else 1)
        return found

    def begins_near(self, number: int) -> bool:
        """Whether near duplicates of pages are found before a round, since it is some corpus's first pass over them."""
        return any(first == number for first in self.first_passes(number).values())

    def first_passes(self, number: int) -> dict[int, int]:
        """Of each corpus, by code, of which a round is a pass over near duplicates, the round of the first one: another corpus may be
        passes behind, or ahead."""
        return {
            code: self.names(corpus).index(name)
            for code, corpus, name in self.asking(number)
            if corpus.rounds[name].near
        }

    @property
    def claim_partitions(self) -> int:
        """How many partitions the keys of near duplicates of pages are dealt out to: a page claims one a band."""
        claimed = PARTITION_ROWS * SETS[self.recipe.extract.signature].bands * CLAIM.itemsize
        return self.partitions * -(-claimed // PARTITION_BYTES)

    @property
    def looks_at_images(self) -> bool:
        """Whether some corpus looks at the images that pages show: else nobody asks for them."""
        return corpora.look_at_images(self.recipe)

    @property
    def follows_aliases(self) -> bool:
        """Whether it is looked up where addresses lead: for references, and for media that were fetched although an address of an archive
        leads to one, of which they are duplicates then."""
        return self.aliases and (self.looks_at_images or self.fetching)

    @property
    def pictures(self) -> bool:
        """Whether pictures that are alike are one."""
        return bool(self.recipe.near_images.set) and self.looks_at_images

    @property
    def hops(self) -> int:
        """Hops in which keepers that lost a later round are followed: each doubles how many rounds are bridged."""
        return max(self.rounds - 1, 0).bit_length()

    @property
    def uses(self) -> tuple[str, ...]:
        """What is counted over the run before anything is judged, by the names of its measures."""
        return kinds_of(self.recipe)

    @property
    def repeats(self) -> list[tuple[Corpus, RepeatsPart]]:
        """The corpora of whose texts lines or paragraphs are counted, and what the recipe says of them."""
        asked = [
            (corpus, getattr(self.recipe.parts[corpus.name], "repeats", None))
            for corpus in corpora.of_recipe(self.recipe)
        ]
        return [(corpus, part) for corpus, part in asked if part and part.most]

    def round_dtypes(self) -> list[np.dtype]:
        """The row of a candidate in each round: what its corpora compare stands side by side.

        In a round of near duplicates it also has the number of its page in the batch, by which components are told; against earlier runs,
        whether it is of one.
        """
        found = []
        for number in range(self.rounds):
            columns: dict[str, Any] = {name: CANDIDATE[name] for name in CANDIDATE.names or ()}
            for _, corpus, name in self.asking(number):
                columns |= dict(corpus.rounds[name].evidence(self.recipe))
                columns |= {"page": "<i4"} if corpus.rounds[name].near else {}
            columns |= {"old": "u1"} if self.against else {}
            found.append(np.dtype(list(columns.items())))
        return found

    def loser_dtypes(self) -> list[np.dtype]:
        """The row that tells a batch who stays, in each round: the id, and what is compared of it."""
        found = []
        for dtype in self.round_dtypes():
            known = (*(CANDIDATE.names or ()), "page")
            evidence = [(name, dtype[name]) for name in dtype.names or () if name not in known]
            found.append(np.dtype([*LOSER.descr, *evidence]))
        return found

    def code(self, corpus: Corpus) -> int:
        """The number by which candidates name a corpus."""
        return corpora.names().index(corpus.name)

    def asking(self, number: int) -> Iterator[tuple[int, Corpus, str]]:
        """(code, corpus, name of the round) of the corpora that have a round of this number."""
        for corpus in corpora.of_recipe(self.recipe):
            names = self.names(corpus)
            if number < len(names):
                yield self.code(corpus), corpus, names[number]
