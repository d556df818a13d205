"""What becomes of the rows of a finished shard in a take-down, and how many went by which kind of list. Pure."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from pipeline.formats.base import EDITED, GOES, STAYS, Row
from pipeline.verify import TABLES, outcomes_of
from schemas.measures import DOCUMENT_MEASURES
from schemas.outcomes import UserError
from schemas.recipe import Bounds
from transforms.forget.documents import edited
from transforms.forget.wanted import KINDS, Wanted
from transforms.verdicts import hash_fraction

# The rule that a document without an image does not pass, and the draw among those of one image.
NO_IMAGES, ONE_IMAGE = "no_images", "one_image_share"
FORGOTTEN = "forgotten"  # stands in `of` for an item that was taken down


@dataclass(frozen=True, slots=True)
class Gone:
    """What went from a shard: its rows by kind of list, documents by the rule that they do not pass without their images, images inside
    documents by kind, and rows of `dropped` and `failed` by `corpus stage outcome reason`."""

    rows: Counter[str] = field(default_factory=Counter)
    ruled: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    def plain(self) -> dict[str, dict[str, int]]:
        """As JSON knows it."""
        return {each.name: dict(getattr(self, each.name)) for each in fields(self)}

    def total(self) -> int:
        """How many rows went."""
        return self.rows.total() + self.ruled.total()


def gone_of(plain: Mapping[str, Mapping[str, int]]) -> Gone:
    """What `Gone.plain` gave."""
    return Gone(**{name: Counter(counts) for name, counts in plain.items()})


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """The recipe's rules on the images and texts that a document has of its own, and its draw among documents of one image: by these a
    document is judged that lost some of its images."""

    rules: Mapping[str, Bounds] = field(default_factory=dict)
    by_language: Mapping[str, Mapping[str, Bounds]] = field(default_factory=dict)
    one_image_share: float = 1.0
    seed: int = 0

    def failed(self, row: Row) -> str:
        """The rule that a document does not pass; "" where it passes all. What is not known of it is not judged."""
        images = sum(image is not None for image in row["images"])
        if not images:
            return NO_IMAGES
        for name, bounds in {**self.rules, **self.by_language.get(row["lang"], {})}.items():
            value = row.get(name)
            if value is not None and value >= 0 and not bounds.keeps(value):
                return name
        drawn = images == 1 and hash_fraction(row["id"], self.seed) >= self.one_image_share
        return ONE_IMAGE if drawn else ""


def document_rules(recipe: str) -> DocumentRules:
    """The rules on documents of a run's `recipe.toml`, whatever else a release may have written there."""
    whole = tomllib.loads(recipe)
    part = whole.get("interleaved", {})
    by_language = {language: _bounds(rules) for language, rules in part.get("by_language", {}).items()}
    draw = (part.get(ONE_IMAGE, 1.0), whole.get("seed", 0))
    return DocumentRules(_bounds(part.get("rules", {})), by_language, *draw)


def _bounds(rules: Mapping[str, Mapping[str, float]]) -> dict[str, Bounds]:
    names = [measure.name for measure in DOCUMENT_MEASURES]
    return {name: Bounds(**rules[name]) for name in names if name in rules}


@dataclass(slots=True)
class CorpusChange:
    """Of a corpus: a row goes by its id, a document loses the images that go. Counts what it was asked about."""

    wanted: Wanted
    rules: DocumentRules
    gone: Gone = field(default_factory=Gone)
    columns: ClassVar[Sequence[str]] = ("id", "metadata")

    def judge(self, values: Mapping[str, Sequence[Any]]) -> np.ndarray:
        """See `pipeline.formats.base.Change`."""
        codes = self.wanted.of_ids(values["id"])
        self.gone.rows.update(kinds_of(codes))
        fates = np.where(codes > 0, GOES, STAYS)
        if "metadata" in values:
            for row in np.flatnonzero((codes == 0) & self.wanted.shows_wanted(values["id"])).tolist():
                if image_codes(self.wanted, values["metadata"][row], values["id"][row]):
                    fates[row] = EDITED
        return fates

    def edit(self, row: Row) -> Row | None:
        """A document without the images that go; None where the recipe would not have kept it so."""
        found = image_codes(self.wanted, row["metadata"], row["id"])
        self.gone.images.update(KINDS[code - 1] for code in found.values())
        after = edited(row, found.keys())
        if failed := self.rules.failed(after):
            self.gone.ruled[failed] += 1
            return None
        return after


def image_codes(wanted: Wanted, metadata: str, document: str) -> dict[int, int]:
    """The places of the images of a document that go, with the kind of list that asks for each.

    Raises UserError where an image is asked for by its id and the document does not say which one that is.
    """
    shown = [(place, image) for place, image in enumerate(json.loads(metadata)) if image]
    unnamed = [place for place, image in shown if "id" not in image]
    if unnamed and len(wanted.images[0]):
        raise UserError(
            f"document {document} was written by an earlier release and does not say which id its images have: "
            "name them by their addresses (--urls) instead"
        )
    by_id = wanted.of_ids([image.get("id", "") for _, image in shown])
    codes = np.where(by_id > 0, by_id, wanted.of_urls([image["url"] for _, image in shown]))
    return {place: code for (place, _), code in zip(shown, codes.tolist(), strict=True) if code}


@dataclass(slots=True)
class TableChange:
    """Of `dropped` or `failed`: rows of what goes; a copy of such an item no longer says whose copy it was."""

    table: str
    wanted: Wanted
    gone: Gone = field(default_factory=Gone)

    @property
    def columns(self) -> Sequence[str]:
        """What tells of an item, and how it left."""
        return ("id", "url", *TABLES[self.table])

    def judge(self, values: Mapping[str, Sequence[Any]]) -> np.ndarray:
        """See `pipeline.formats.base.Change`."""
        ids = values["id"]
        codes = self.wanted.of_ids(ids)
        nameless = [row for row, identity in enumerate(ids) if not identity]
        codes[nameless] = self.wanted.of_urls([values["url"][row] for row in nameless])
        out = np.flatnonzero(codes).tolist()
        self.gone.rows.update(kinds_of(codes))
        mine = {name: [values[name][row] for row in out] for name in TABLES[self.table]}
        self.gone.left.update({" ".join(place): count for place, count in outcomes_of(self.table, mine).items()})
        fates = np.where(codes > 0, GOES, STAYS)
        keepers = [identity or "" for identity in values.get("of", [""] * len(ids))]
        fates[(fates == STAYS) & (self.wanted.of_ids(keepers) > 0)] = EDITED
        return fates

    def edit(self, row: Row) -> Row:
        """A duplicate of something that goes."""
        return {**row, "of": FORGOTTEN}


def kinds_of(codes: np.ndarray) -> Iterator[str]:
    """The kinds of lists that some codes other than 0 stand for."""
    return (KINDS[code - 1] for code in codes[codes > 0].tolist())
