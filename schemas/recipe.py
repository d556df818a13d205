"""Recipes: every choice of a run as one frozen value, read from strict TOML.

An unknown key, a wrong type or a value out of range is an error that names the key, says what was expected and offers the nearest
name. All errors of a file are reported at once.
"""

import dataclasses
import difflib
import hashlib
import json
import math
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from schemas.measures import (
    CAPTION_MEASURES,
    DOCUMENT_MEASURES,
    IMAGE_MEASURES,
    LANGUAGE_MEASURES,
    TEXT_MEASURES,
    URL_MEASURES,
    Measure,
)
from schemas.outcomes import UserError

CORPORA = ("text", "pairs", "interleaved")
CAPTION_KINDS = ("alt", "figcaption", "title")
SIGNALS = ("noai", "noimageai", "noindex", "noimageindex", "none", "tdm_reserved")
ENGINES = ("triptych", "trafilatura")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rule: a measure below `floor` or above `ceiling` drops the item; None is no bound.

    >>> Bounds(floor=50).keeps(49), Bounds(floor=50).keeps(50)
    (False, True)
    """

    floor: float | None = None
    ceiling: float | None = None

    def keeps(self, value: float) -> bool:
        """Whether `value` lies within the bounds, both inclusive."""
        return (self.floor is None or value >= self.floor) and (self.ceiling is None or value <= self.ceiling)


Rules = Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class ExtractPart:
    """How a page is taken apart. A change here means measuring anew; everything else in a recipe decides over stored numbers."""

    engine: str = field(default="triptych", metadata={"among": ENGINES})
    image_bytes: int = 20 * 2**20
    image_pixels: int = 50_000_000
    item_seconds: float = 10.0
    child_bytes: int = 2 * 2**30


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text corpus. `languages` empty means any; `clean_c4` writes the text without the lines that C4 drops."""

    languages: tuple[str, ...] = ()
    clean_c4: bool = False
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": ("url", "text")})
    rules: Rules = field(default_factory=dict, metadata={"measures": (LANGUAGE_MEASURES, TEXT_MEASURES, URL_MEASURES)})


@dataclass(frozen=True, slots=True)
class PairsPart:
    """The pairs corpus. The caption is the first kind of `captions` that an image has; `languages` are the page's."""

    captions: tuple[str, ...] = field(default=CAPTION_KINDS, metadata={"among": CAPTION_KINDS})
    main_content: bool = False
    languages: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": ("sha256", "phash")})
    carriers: tuple[str, ...] = field(default=("parquet", "webdataset"), metadata={"among": ("parquet", "webdataset")})
    rules: Rules = field(
        default_factory=dict, metadata={"measures": (LANGUAGE_MEASURES, CAPTION_MEASURES, URL_MEASURES, IMAGE_MEASURES)}
    )


@dataclass(frozen=True, slots=True)
class InterleavedPart:
    """The interleaved corpus.

    `max_images` keeps the first so many images of a document (0: all). `one_image_share` keeps that share of the documents with
    exactly one image, chosen by a seeded hash of the id. `sentences_before` and `sentences_after` cut the text before the first
    image to its last so many sentences and the text after the last image to its first so many (0: no cut).
    """

    languages: tuple[str, ...] = ()
    max_images: int = 0
    one_image_share: float = 1.0
    sentences_before: int = 0
    sentences_after: int = 0
    duplicates: tuple[str, ...] = field(default=(), metadata={"among": ("url", "text")})
    carriers: tuple[str, ...] = field(default=("parquet", "webdataset"), metadata={"among": ("parquet", "webdataset")})
    rules: Rules = field(
        default_factory=dict, metadata={"measures": (DOCUMENT_MEASURES, LANGUAGE_MEASURES, TEXT_MEASURES, URL_MEASURES)}
    )
    image_rules: Rules = field(default_factory=dict, metadata={"measures": (IMAGE_MEASURES, URL_MEASURES)})


@dataclass(frozen=True, slots=True)
class LimitsPart:
    """When a run gives up: the share of an account that may fail, looked at from `budget_from` items on."""

    failed_share: float = 1.0
    budget_from: int = 1000


@dataclass(frozen=True, slots=True)
class ShardsPart:
    """The size of a shard before compression: whichever of the two bounds is reached first closes it."""

    bytes: int = 500_000_000  # the size the Hugging Face hub aims at (docs/sources.md, "Parquet shards")
    rows: int = 100_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a run writes, but its inputs."""

    name: str
    corpora: tuple[str, ...] = field(default=CORPORA, metadata={"among": CORPORA})
    seed: int = 0
    opt_outs: tuple[str, ...] = field(default=(), metadata={"among": SIGNALS})
    extract: ExtractPart = field(default_factory=ExtractPart)
    text: TextPart = field(default_factory=TextPart)
    pairs: PairsPart = field(default_factory=PairsPart)
    interleaved: InterleavedPart = field(default_factory=InterleavedPart)
    limits: LimitsPart = field(default_factory=LimitsPart)
    shards: ShardsPart = field(default_factory=ShardsPart)

    def digest(self) -> str:
        """SHA-256 (hex) of what differs from the defaults, so that a new option leaves old digests as they are."""
        return digest(sparse(self))

    def measuring_digest(self) -> str:
        """SHA-256 (hex) of the part that staging depends on."""
        return digest(sparse(self.extract))


def digest(value: Any) -> str:
    """SHA-256 (hex) of a JSON value, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sparse(part: Any) -> dict[str, Any]:
    """The fields of a recipe that differ from their defaults, as a tree of plain values."""
    tree: dict[str, Any] = {}
    for f in dataclasses.fields(part):
        value = plain(getattr(part, f.name))
        if dataclasses.is_dataclass(getattr(part, f.name)):
            value = sparse(getattr(part, f.name))
        if value not in ({}, plain(_default(f))):
            tree[f.name] = value
    return tree


def plain(value: Any) -> Any:
    """A recipe value as TOML and JSON know it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        tree = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {key: item for key, item in tree.items() if item is not None}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def load(text: str, settings: Iterable[str] = (), where: str = "recipe") -> Recipe:
    """Read a recipe from TOML `text`, changed by `settings` of the form `section.key=value`.

    Raises UserError with one line per mistake.

    >>> load('name = "mine"\\n[text.rules]\\ngopher_words = {floor = 50}').text.rules["gopher_words"].floor
    50.0
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is not valid TOML: {error}") from error
    for setting in settings:
        _put(tree, setting)
    errors: list[str] = []
    recipe = _build(Recipe, tree, "", errors)
    errors += _out_of_range(recipe) if isinstance(recipe, Recipe) and not errors else []
    if errors:
        raise UserError("\n".join(f"{where}: {error}" for error in errors))
    assert isinstance(recipe, Recipe)
    return recipe


def dump(recipe: Recipe) -> str:
    """The resolved recipe as TOML: every field, defaults too. `load` of it gives an equal recipe."""
    lines: list[str] = []
    _dump(plain(recipe), "", lines)
    return "\n".join(lines) + "\n"


def _dump(tree: Mapping[str, Any], path: str, lines: list[str]) -> None:
    # A section of rules writes its bounds inline, one rule a line.
    tables = {} if path.endswith("rules") else {k: v for k, v in tree.items() if isinstance(v, dict)}
    if path:
        lines += ["", f"[{path}]"]
    lines += [f"{key} = {_toml(value)}" for key, value in tree.items() if key not in tables]
    for key, value in tables.items():
        _dump(value, f"{path}.{key}".lstrip("."), lines)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _put(tree: dict[str, Any], setting: str) -> None:
    path, equals, text = setting.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise UserError(f"--set {setting!r}: expected SECTION.KEY=VALUE, for example text.rules.gopher_words.floor=20")
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            raise UserError(f"--set {setting!r}: {key} is a value, not a section")
    tree[keys[-1]] = _value(text.strip())


def _value(text: str) -> Any:
    """A TOML value; a bare word is a string, so that `--set extract.engine=trafilatura` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _default(f: "dataclasses.Field[Any]") -> Any:
    return f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _build(cls: type, tree: Any, path: str, errors: list[str]) -> Any:
    """An instance of the dataclass `cls` from a TOML table; mistakes go to `errors`."""
    if not isinstance(tree, dict):
        errors.append(f"{path}: expected a section, got {_shown(tree)}")
        return None
    fields = {f.name: f for f in dataclasses.fields(cls)}
    errors += [f"{_join(path, key)}: unknown key{nearest(key, fields)}" for key in tree if key not in fields]
    values = {}
    for name, f in fields.items():
        if name in tree:
            values[name] = _convert(_hints(cls)[name], tree[name], _join(path, name), f.metadata, errors)
        elif _default(f) is dataclasses.MISSING:
            errors.append(f"{_join(path, name)}: missing")
    return None if errors else cls(**values)


def _convert(hint: Any, value: Any, path: str, metadata: Mapping[str, Any], errors: list[str]) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value, path, errors)
    if hint == Rules:
        return _rules(value, path, metadata["measures"], errors)
    if typing.get_origin(hint) is tuple:
        return _words(value, path, metadata.get("among"), errors)
    return _scalar(hint, value, path, metadata.get("among"), errors)


def _rules(value: Any, path: str, families: tuple[tuple[Measure, ...], ...], errors: list[str]) -> Rules:
    if not isinstance(value, dict):
        errors.append(f"{path}: expected a section of rules, got {_shown(value)}")
        return {}
    known = [measure.name for family in families for measure in family]
    errors += [f"{_join(path, name)}: unknown rule{nearest(name, known)}" for name in value if name not in known]
    # In the order of the catalogue, not of the file: the first rule that fails is the reason, whatever the file's order.
    return {name: _build(Bounds, value[name], _join(path, name), errors) for name in known if name in value}


def _words(value: Any, path: str, among: tuple[str, ...] | None, errors: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        errors.append(f"{path}: expected a list of strings, got {_shown(value)}")
        return ()
    errors += [f"{path}: unknown value {item!r}{nearest(item, among)}" for item in value if among and item not in among]
    errors += [f"{path}: {item!r} is named twice" for item in dict.fromkeys(value) if value.count(item) > 1]
    return tuple(value)


def _scalar(hint: Any, value: Any, path: str, among: tuple[str, ...] | None, errors: list[str]) -> Any:
    wanted = [a for a in typing.get_args(hint) if a is not type(None)] if isinstance(hint, types.UnionType) else [hint]
    kind = wanted[0]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        names = {float: "a number", int: "a whole number", str: "a string", bool: "true or false"}
        errors.append(f"{path}: expected {names[kind]}, got {_shown(value)}")
    elif among and value not in among:
        errors.append(f"{path}: unknown value {value!r}{nearest(value, among)}")
    return value


LEAST = {
    "extract.image_bytes": 1,
    "extract.image_pixels": 1,
    "extract.item_seconds": 0.001,
    "extract.child_bytes": 500_000_000,  # what the child takes before its first item
    "interleaved.max_images": 0,
    "interleaved.sentences_before": 0,
    "interleaved.sentences_after": 0,
    "limits.budget_from": 0,
    "shards.bytes": 1,
    "shards.rows": 1,
}


def _out_of_range(recipe: Recipe) -> list[str]:
    """What types cannot say: shares within 0 and 1, floors below ceilings, sizes above 0, something to make."""
    errors = []
    for path, share in (
        ("interleaved.one_image_share", recipe.interleaved.one_image_share),
        ("limits.failed_share", recipe.limits.failed_share),
    ):
        errors += [] if 0 <= share <= 1 else [f"{path}: expected a share between 0 and 1, got {share:g}"]
    for path, least in LEAST.items():
        part, name = path.split(".")
        value = getattr(getattr(recipe, part), name)
        errors += [] if value >= least else [f"{path}: expected {least} or more, got {value:g}"]
    errors += [] if recipe.corpora else [f"corpora: expected some of {', '.join(CORPORA)}, got none"]
    for section in ("pairs", "interleaved"):
        if not getattr(recipe, section).carriers:
            errors.append(f"{section}.carriers: expected parquet, webdataset or both, got none")
    for section in ("text", "pairs", "interleaved"):
        part = getattr(recipe, section)
        for kind in ("rules", "image_rules"):
            for name, bounds in getattr(part, kind, {}).items():
                errors += [f"{section}.{kind}.{name}: {wrong}" for wrong in _wrong_bounds(bounds)]
    return errors


def _wrong_bounds(bounds: Bounds) -> list[str]:
    """What is wrong with a rule: it would keep nothing."""
    low = -math.inf if bounds.floor is None else bounds.floor
    high = math.inf if bounds.ceiling is None else bounds.ceiling
    if math.isnan(low) or math.isnan(high):
        return ["nan is no bound"]
    return [f"floor {low:g} is above ceiling {high:g}"] if low > high else []


def nearest(name: str, known: Iterable[str] | None) -> str:
    """`; did you mean …?` where some known name is close, else the list of known names where it is short."""
    names = list(known or ())
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(names)}" if len(names) <= 12 else ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
