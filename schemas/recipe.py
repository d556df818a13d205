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
from types import MappingProxyType
from typing import Any

from schemas.measures import Measure
from schemas.outcomes import UserError

CAPTION_KINDS = ("alt", "figcaption", "title")
# Staging holds a bit for each by its place: new ones are appended, none is moved.
SIGNALS = (
    "noai", "noimageai", "noindex", "noimageindex", "none", "tdm_reserved",
    "usage_train_ai", "usage_ai_use", "usage_search", "signal_ai_train", "signal_ai_input", "signal_search",
    "robots_ai", "robots_all", "ai_txt",
)  # fmt: skip
ENGINES = ("triptych", "trafilatura")
SHARE = {"least": 0, "most": 1}  # the bounds of a field that is a share


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
    """How a page is taken apart. A change here means measuring anew; everything else in a recipe decides over stored numbers.

    `item_seconds` is processor time (CPU seconds) of one page or image, so other work on the machine does not count. An item that waits
    instead has 30 times as many seconds, and 300 at least.
    """

    engine: str = field(default="triptych", metadata={"among": ENGINES})
    image_bytes: int = field(default=20 * 2**20, metadata={"least": 1})
    image_pixels: int = field(default=50_000_000, metadata={"least": 1})
    item_seconds: float = field(default=10.0, metadata={"least": 0.001})
    child_bytes: int = field(
        default=2 * 2**30, metadata={"least": 500_000_000}
    )  # what the child takes before its first item


@dataclass(frozen=True, slots=True)
class LimitsPart:
    """When a run gives up: the share of an account that may fail, looked at from `budget_from` items on."""

    failed_share: float = field(default=1.0, metadata=SHARE)
    budget_from: int = field(default=1000, metadata={"least": 0})


@dataclass(frozen=True, slots=True)
class ShardsPart:
    """The size of a shard before compression: whichever of the two bounds is reached first closes it.

    A shard is what was kept of a group of units: consecutive ones, or with `mix` a group drawn by a seeded hash, so that one shard holds
    pages of many places of the crawl.
    """

    bytes: int = field(
        default=500_000_000, metadata={"least": 1}
    )  # the size the Hugging Face hub aims at (docs/sources.md, "Parquet shards")
    rows: int = field(default=100_000, metadata={"least": 1})
    mix: bool = False


Parts = Mapping[str, type[Any]]  # the sections that corpora bring along, by the corpus's name


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a run writes, but its inputs. `parts` holds a section for each corpus there is, by its name."""

    name: str
    corpora: tuple[str, ...] = ()
    seed: int = 0
    opt_outs: tuple[str, ...] = field(default=(), metadata={"among": SIGNALS})
    extract: ExtractPart = field(default_factory=ExtractPart)
    limits: LimitsPart = field(default_factory=LimitsPart)
    shards: ShardsPart = field(default_factory=ShardsPart)
    parts: Mapping[str, Any] = field(default_factory=dict)

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
        value = getattr(part, f.name)
        if f.name == "parts":
            tree |= {name: found for name, section in value.items() if (found := sparse(section))}
            continue
        found = sparse(value) if dataclasses.is_dataclass(value) else plain(value)
        if found not in ({}, plain(_default(f))):
            tree[f.name] = found
    return tree


def plain(value: Any) -> Any:
    """A recipe value as TOML and JSON know it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        tree = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        tree |= tree.pop("parts", {})
        return {key: item for key, item in tree.items() if item is not None}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def load(text: str, settings: Iterable[str] = (), where: str = "recipe", parts: Parts = MappingProxyType({})) -> Recipe:
    """Read a recipe from TOML `text`, changed by `settings` of the form `section.key=value`.

    `parts` gives the section of each corpus there is; `pipeline.corpora.load_recipe` is this function with those of the registry.
    Raises UserError with one line per mistake.

    >>> load('name = "mine"\\n[limits]\\nfailed_share = 0.25').limits.failed_share
    0.25
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is not valid TOML: {error}") from error
    for setting in settings:
        _put(tree, setting)
    errors: list[str] = []
    recipe = _build_recipe(tree, parts, errors)
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


def _build_recipe(tree: dict[str, Any], parts: Parts, errors: list[str]) -> Recipe | None:
    """A recipe whose corpora are all of `parts` where it names none; the sections of corpora are the top-level tables of their names."""
    own = {f.name for f in dataclasses.fields(Recipe)} - {"parts"}
    errors += [
        f"{key}: unknown key{nearest(key, (*own, *parts))}" for key in tree if key not in own and key not in parts
    ]
    named = tree.get("corpora", list(parts))
    if isinstance(named, list):
        errors += [f"corpora: unknown value {n!r}{nearest(n, parts)}" for n in named if n not in parts]
    sections = {name: _build(part, tree.get(name, {}), name, errors) for name, part in parts.items()}
    rest = {key: value for key, value in tree.items() if key in own}
    recipe = _build(Recipe, rest | {"corpora": named}, "", errors)
    return None if recipe is None else dataclasses.replace(recipe, parts=sections)


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
        return _words(value, path, _among(metadata), errors)
    return _scalar(hint, value, path, _among(metadata), errors)


def _among(metadata: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The values that a field may take; a registry is asked when a recipe is read, not when its module is."""
    among = metadata.get("among")
    return tuple(among()) if callable(among) else among


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


def _out_of_range(recipe: Recipe) -> list[str]:
    """What types cannot say: numbers within their bounds, floors below ceilings, something to make."""
    nothing = recipe.parts and not recipe.corpora
    errors = [f"corpora: expected some of {', '.join(recipe.parts)}, got none"] if nothing else []
    sections = {f.name: getattr(recipe, f.name) for f in dataclasses.fields(Recipe)} | dict(recipe.parts)
    for path, section in sections.items():
        if dataclasses.is_dataclass(section):
            for f in dataclasses.fields(section):
                errors += _wrong_value(f"{path}.{f.name}", getattr(section, f.name), f.metadata)
    return errors


def _wrong_value(path: str, value: Any, metadata: Mapping[str, Any]) -> list[str]:
    """What is wrong with one value of a section, by the bounds that its field states."""
    if "measures" in metadata:
        return [f"{path}.{name}: {wrong}" for name, bounds in value.items() for wrong in _wrong_bounds(bounds)]
    if "most" in metadata:
        fits = metadata["least"] <= value <= metadata["most"]
        return [] if fits else [f"{path}: expected a share between 0 and 1, got {value:g}"]
    if "least" in metadata:
        return [] if value >= metadata["least"] else [f"{path}: expected {metadata['least']} or more, got {value:g}"]
    if metadata.get("some") and not value:
        return [f"{path}: expected some of {', '.join(_among(metadata) or ())}, got none"]
    return []


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
