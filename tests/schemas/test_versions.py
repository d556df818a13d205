"""No measure changes in silence: what each gives on fixed inputs is pinned beside its declared version.

`python -m tests.schemas.test_versions` writes the file of pins anew, and refuses to where values changed and a version did not.
"""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from pipeline.corpora.interleaved import document_numbers
from schemas import measures
from schemas.index import EXTRACTION_VERSION, IMAGE_FACTS, PAGE_MEASURES, USE, schema_digest, staged_versions
from schemas.measures import Measure
from schemas.recipe import PEERS, ExtractPart
from schemas.tasks import ImageTask, PageTask, StagedImage, StagedPage
from tests.support.measured_inputs import CAPTIONS, LANGUAGES, PAGES, PICTURES, TEXTS, URLS
from transforms.dedup.keys import address_key, capture_id
from transforms.dedup.uses import counted
from transforms.dissect import make_handler
from transforms.document import unpack_document
from transforms.image.measures import measure_columns
from transforms.pair.caption import clean_caption, measure_caption
from transforms.pair.junk import is_icon
from transforms.text.address import measure_url
from transforms.text.error_page import is_error_page
from transforms.text.language import LanguageIdentifier
from transforms.text.measure import measure_texts

PINS = Path(__file__).with_name("measured.json")
WRITE = "run python -m tests.schemas.test_versions to write the file anew"
EXTRACTION, SCHEMA = (
    "extraction",
    "schema",
)  # what is pinned beside measures; the second has no version, its digest is one
Values = Mapping[str, list[Any]]


def declared() -> dict[str, int]:
    """The version of every measure there is, and of the extraction."""
    found: dict[str, int] = {EXTRACTION: EXTRACTION_VERSION}
    for name, family in vars(measures).items():
        if name.endswith("_MEASURES"):
            found |= {measure.name: measure.version for measure in cast(tuple[Measure, ...], family)}
    return found


def staged() -> Iterator[StagedPage | StagedImage]:
    """What staging keeps of the pages and pictures."""
    tasks: list[PageTask | ImageTask] = [*(PageTask(*page) for page in PAGES), *map(ImageTask, PICTURES)]
    for found in make_handler(ExtractPart())(iter(tasks)):
        assert isinstance(found, StagedPage | StagedImage), found
        yield found


def measured() -> dict[str, list[Any]]:
    """Every measure's values, by its name."""
    values: dict[str, list[Any]] = defaultdict(list)
    identify = LanguageIdentifier().identify
    rows = [
        *measure_texts(TEXTS, [identify(text)[0] for text in TEXTS], PEERS),
        *map(measure_url, URLS),
        *(measure_caption(text, CAPTIONS[0], number, number) for number, text in enumerate(CAPTIONS, 1)),
        *documents(),
        *image_uses(),
        *({"alt_icon": float(is_icon(alt))} for alt in ("The mill", "Site logo")),
        *({"error_page": float(is_error_page(title, 9))} for title in ("Not Found", "The mill")),
    ]
    for row in rows:
        for name, value in row.items():
            values[name].append(f"{value:.9g}")
    values["lang_score"] = [f"{identify(text)[1]:.2f}" for text in LANGUAGES]  # the model counts in single precision
    for item in staged():
        values[EXTRACTION].append(extraction(item))
        if isinstance(item, StagedImage):
            facts = {name: np.array([item.facts[name]]) for name in IMAGE_FACTS if name not in ("format", "sha256")}
            for name, column in measure_columns(facts).items():
                values[name].append(f"{column[0]:.9g}")
    values[EXTRACTION] += [address_key(url).hex() for url in URLS] + [capture_id("a.warc.gz", 7, 3).hex()]
    values[EXTRACTION] += [clean_caption(f" {caption}\t\u200b{caption}") for caption in CAPTIONS]
    return dict(values)


def extraction(item: StagedPage | StagedImage) -> Any:
    """What staging keeps of an item beside its measures, as JSON knows it."""
    own = {name: value.hex() if isinstance(value, bytes) else value for name, value in item.facts.items()}
    facts = {name: value for name, value in own.items() if name not in staged_versions()}
    if isinstance(item, StagedImage):
        return facts
    pieces = (item.pieces.lines, item.pieces.paragraphs, item.pieces.rows.hex())
    return [facts, unpack_document(item.document), item.refs._asdict(), pieces]


def documents() -> list[dict[str, float]]:
    """The measures of three documents: images between texts, one that leaves, and a page without any."""
    page, before = np.array([0, 0, 0, 1, 1]), [0, 1, 1, 2, 2]
    kept = np.array([True, True, True, True, False])
    unit = SimpleNamespace(pages=pa.table({"texts": [2, 2, 4]}))
    sides = {"image_min_side": np.array([70.0, 300, 90, 64, 200])}
    inside = SimpleNamespace(page=page, table=pa.table({"texts_before": before}), numbers=sides)
    found = document_numbers(cast(Any, unit), cast(Any, inside), cast(Any, SimpleNamespace(kept=kept)))
    return [{name: float(column[row]) for name, column in found.items()} for row in range(3)]


def image_uses() -> Iterator[dict[str, float]]:
    """How often pictures are shown, by some rows, by many, and by more than are held."""
    for number in (1, 3, 400):
        digests = [int.from_bytes(hashlib.sha256(str(place).encode()).digest()[:8]) for place in range(number)]
        rows = np.array([(kind, 1, 1, digest) for kind in (0, 1) for digest in digests], USE)
        yield {m.name: float(row["count"]) for m, row in zip(measures.IMAGE_USE_MEASURES, counted(rows), strict=True)}


def pins(values: Values) -> dict[str, dict[str, Any]]:
    """The file's content: a version and a digest by name."""
    found = {name: {"version": version, "digest": digest(values[name])} for name, version in declared().items()}
    return found | {SCHEMA: {"version": 0, "digest": schema_digest()[:16]}}


def digest(values: list[Any]) -> str:
    """A short digest of a JSON value."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def silent(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What changed while its version did not, each with what to do."""
    common = sorted((old.keys() & new.keys()) - {SCHEMA})
    changed = [
        name
        for name in common
        if old[name]["digest"] != new[name]["digest"] and old[name]["version"] == new[name]["version"]
    ]
    return [f"raise {where(name)} and {WRITE}" for name in changed]


def where(name: str) -> str:
    """Which version is meant, and where it stands."""
    if name == EXTRACTION:
        return "EXTRACTION_VERSION in schemas/index.py"
    return f"the version of {name} in schemas/measures.py"


def stale(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What the file of pins does not say as it is."""
    return [
        f"{name} is another one: {WRITE}" for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)
    ]


@pytest.fixture(scope="module")
def values() -> Values:
    """Every measure's values."""
    return measured()


def test_no_value_changes_without_its_version(values: Values) -> None:
    """Old staging would be decided over as if nothing had happened."""
    old, new = json.loads(PINS.read_text()), pins(values)
    assert not silent(old, new), "\n".join(silent(old, new))
    assert not stale(old, new), "\n".join(stale(old, new))


def test_every_measure_is_pinned_on_values_that_differ(values: Values) -> None:
    """A digest of nothing but zeros would miss most changes."""
    assert declared().keys() == values.keys()
    assert set(staged_versions()) >= {measure.name for measure in PAGE_MEASURES} | {"lang_score", EXTRACTION}
    assert not [name for name, found in values.items() if len(set(map(str, found))) < 2]


@pytest.mark.parametrize(
    ("name", "told"), [("gopher_words", "gopher_words in schemas/measures.py"), (EXTRACTION, "schemas/index.py")]
)
def test_a_silent_change_is_told_with_what_to_do(name: str, told: str) -> None:
    """The message names the version and the command; a raised version is no silent change, only a stale file."""
    old = {name: {"version": 1, "digest": "a"}, SCHEMA: {"version": 0, "digest": "x"}}
    new = {name: {"version": 1, "digest": "b"}, SCHEMA: {"version": 0, "digest": "y"}}
    (message,) = silent(old, new)
    assert told in message and WRITE in message
    raised = new | {name: {"version": 2, "digest": "b"}}
    assert silent(old, raised) == [] and len(stale(old, raised)) == 2


def write(path: Path = PINS) -> int:
    """Write the pins anew; 1 where a version must be raised first."""
    new = pins(measured())
    wrong = silent(json.loads(path.read_text()) if path.exists() else {}, new)
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    lines = (f' "{name}": {json.dumps(pin)}' for name, pin in sorted(new.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return 0


if __name__ == "__main__":
    sys.exit(write())
