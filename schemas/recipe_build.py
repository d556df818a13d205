"""A tree of plain values -> a recipe, and every mistake in it with the nearest thing that would be right."""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from schemas.languages import LANGUAGES, label_of
from schemas.measures import Measure
from schemas.recipe import Bounds, ImagePart, Parts, Recipe, RepeatsPart, Rules, RulesByLanguage, default_of, nearest

_FOR_EXAMPLE = 50  # a number for hints
_KINDS = {float: "a number", int: "a whole number", str: "a string", bool: "true or false"}


def build_recipe(tree: Mapping[str, Any], parts: Parts) -> tuple[Recipe, list[str]]:
    """The recipe and its mistakes, with which it is not to be used.

    Its corpora are all of `parts` where it names none; the sections of corpora are the top-level tables of their names.
    """
    build = _Build(dict(homes(parts)))
    own = {f.name for f in dataclasses.fields(Recipe)} - {"parts"}
    for key in tree:
        if key not in own and key not in parts:
            build.unknown(key, "unknown key", key, (*own, *parts))
    named = tree.get("corpora", list(parts))
    if isinstance(named, list):
        build.errors += [f"corpora: unknown value {n!r}{nearest(n, parts)}" for n in named if n not in parts]
    sections = {name: build.section(part, tree.get(name, {}), name) for name, part in parts.items()}
    rest = {key: value for key, value in tree.items() if key in own}
    recipe = build.section(Recipe, rest | {"corpora": named}, "")
    return (Recipe("") if recipe is None else dataclasses.replace(recipe, parts=sections)), build.errors


def homes(parts: Parts) -> Iterator[tuple[str, list[str]]]:
    """Each measure that a rule can bound, and the sections of rules that take it."""
    found: dict[str, list[str]] = {}
    classes: dict[str, type] = dict(parts)
    for name, part in classes.items():
        for f in dataclasses.fields(part):
            if "measures" in f.metadata and _hints(part)[f.name] == Rules:
                for measure in catalogue(f.metadata):
                    found.setdefault(measure, []).append(f"{name}.{f.name}")
    yield from found.items()


def catalogue(metadata: Mapping[str, Any]) -> list[str]:
    """The measures that a field of rules may bound, in their order."""
    families: tuple[tuple[Measure, ...], ...] = metadata["measures"]
    return [measure.name for family in families for measure in family]


@dataclass(slots=True)
class _Build:
    """The mistakes found so far, and where measures belong."""

    homes: Mapping[str, list[str]]
    errors: list[str] = field(default_factory=list)

    def unknown(self, path: str, what: str, name: str, known: typing.Iterable[str]) -> None:
        """A name that is not known there; a measure is told where it belongs."""
        places = self.homes.get(name)
        hint = f"; it belongs in {' or '.join(f'[{place}]' for place in places)}" if places else nearest(name, known)
        self.errors.append(f"{path}: {what}{hint}")

    def section(self, cls: type, tree: Any, path: str) -> Any:
        """An instance of the dataclass `cls` from a TOML table."""
        if not isinstance(tree, dict):
            self.errors.append(f"{path}: expected a section, got {_shown(tree)}")
            return None
        fields = {f.name: f for f in dataclasses.fields(cls)}
        for key in tree:
            if key not in fields:
                self.unknown(_join(path, key), "unknown key", key, fields)
        values = {}
        for name, f in fields.items():
            if name in tree:
                values[name] = self.value(_hints(cls)[name], tree[name], _join(path, name), f.metadata)
            elif default_of(f) is dataclasses.MISSING:
                self.errors.append(f'{_join(path, name)}: missing; write {name} = "…"')
        return None if self.errors else cls(**values)

    def value(self, hint: Any, value: Any, path: str, metadata: Mapping[str, Any]) -> Any:
        """The value of a field."""
        if dataclasses.is_dataclass(hint):
            return self.section(typing.cast(type, hint), value, path)
        if hint == Rules:
            return self.rules(value, path, catalogue(metadata), off=None)
        if hint == RulesByLanguage:
            return self.by_language(value, path, catalogue(metadata))
        if typing.get_origin(hint) is tuple:
            return self.words(value, path, metadata)
        return self.scalar(hint, value, path, among(metadata))

    def rules(self, value: Any, path: str, known: list[str], off: Bounds | None) -> Rules:
        """The rules of a section, in the order of the catalogue: the first that fails is the reason, whatever the file's order.

        A rule that is switched off by `false` becomes `off`, or is left out.
        """
        if not isinstance(value, dict):
            self.errors.append(f"{path}: expected a section of rules, got {_shown(value)}")
            return {}
        for name in value:
            if name not in known:
                self.unknown(_join(path, name), "unknown rule", name, known)
        found = {name: self.bounds(value[name], path, name, off) for name in known if name in value}
        return {name: bounds for name, bounds in found.items() if bounds is not None}

    def bounds(self, value: Any, path: str, name: str, off: Bounds | None) -> Bounds | None:
        """A rule; None where it is switched off."""
        if value is False:
            return off
        if not isinstance(value, dict):
            number = value if isinstance(value, (int, float)) and value is not True else _FOR_EXAMPLE
            how = f"write {name} = {{ floor = {number} }} or {{ ceiling = {number} }}, or false to switch it off"
            self.errors.append(f"{path}.{name}: expected a floor, a ceiling or both, got {_shown(value)}; {how}")
            return off
        # A bound that is false takes away one that an extended recipe has.
        bounded = {key: bound for key, bound in value.items() if bound is not False}
        return typing.cast(Bounds | None, self.section(Bounds, bounded, _join(path, name)))

    def by_language(self, value: Any, path: str, known: list[str]) -> RulesByLanguage:
        """Rules for items in some languages."""
        if not isinstance(value, dict):
            self.errors.append(f"{path}: expected a section for each language, got {_shown(value)}")
            return {}
        self.errors += [f"{path}.{name}: {wrong}" for name in value if (wrong := wrong_language(name))]
        return {name: self.rules(rules, f"{path}.{name}", known, off=Bounds()) for name, rules in value.items()}

    def words(self, value: Any, path: str, metadata: Mapping[str, Any]) -> tuple[str, ...]:
        """A list of strings, of a closed set or of languages."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.errors.append(f"{path}: expected a list of strings, got {_shown(value)}")
            return ()
        if metadata.get("languages"):
            self.errors += [f"{path}: {wrong}" for item in value if (wrong := wrong_language(item))]
        elif known := among(metadata):
            self.errors += [
                f"{path}: unknown value {item!r}{nearest(item, known)}" for item in value if item not in known
            ]
        self.errors += [f"{path}: {item!r} is named twice" for item in dict.fromkeys(value) if value.count(item) > 1]
        return tuple(value)

    def scalar(self, hint: Any, value: Any, path: str, known: tuple[str, ...] | None) -> Any:
        """A number, a string or a truth value."""
        is_union = isinstance(hint, types.UnionType)
        kind = next(a for a in typing.get_args(hint) if a is not type(None)) if is_union else hint
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not kind:
            self.errors.append(f"{path}: expected {_KINDS[kind]}, got {_shown(value)}")
        elif known and value not in known:
            self.errors.append(f"{path}: unknown value {value!r}{nearest(value, known)}")
        return value


def wrong_language(name: str) -> str:
    """What is wrong with the name of a language, with its code where there is one; "" where nothing is.

    >>> wrong_language("german"), wrong_language("de")
    ("no language is called 'german' here; did you mean de?", '')
    """
    if name in LANGUAGES:
        return ""
    label = label_of(name)
    return f"no language is called {name!r} here{f'; did you mean {label}?' if label else ''}"


def among(metadata: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The values that a field may take; a registry is asked when a recipe is read, not when its module is."""
    known = metadata.get("among")
    return tuple(known()) if callable(known) else known


def out_of_range(recipe: Recipe) -> list[str]:
    """What types cannot say: numbers within their bounds, floors below ceilings, something to make, nothing judged that is not measured."""
    nothing = recipe.parts and not recipe.corpora
    errors = [f"corpora: expected some of {', '.join(recipe.parts)}, got none"] if nothing else []
    sections = {f.name: getattr(recipe, f.name) for f in dataclasses.fields(Recipe)} | dict(recipe.parts)
    for path, section in sections.items():
        if dataclasses.is_dataclass(section):
            for f in dataclasses.fields(section):
                errors += _wrong_value(f"{path}.{f.name}", getattr(section, f.name), f.metadata)
                errors += _wrong_subsection(f"{path}.{f.name}", getattr(section, f.name))
                errors += _unmeasured(f"{path}.{f.name}", getattr(section, f.name), recipe.extract.peers, f.metadata)
    return errors


def _unmeasured(path: str, rules: Any, peers: tuple[str, ...], metadata: Mapping[str, Any]) -> Iterator[str]:
    """Rules on what is measured only where the recipe asks for it, and does not."""
    asked = {
        m.name: m.peer for family in metadata.get("measures", ()) for m in family if m.peer and m.peer not in peers
    }
    for name, rule in rules.items() if "measures" in metadata else ():
        if name in asked and rule != Bounds():
            yield f'{path}.{name}: counted as {asked[name]} counts, which needs extract.peers = ["{asked[name]}"]'
        elif not isinstance(rule, Bounds):
            yield from _unmeasured(f"{path}.{name}", rule, peers, metadata)


def _wrong_subsection(path: str, value: Any) -> Iterator[str]:
    """What is wrong with how images are published, or with what becomes of repeats, if `value` says that."""
    if isinstance(value, (ImagePart, RepeatsPart)):
        for f in dataclasses.fields(value):
            yield from _wrong_value(f"{path}.{f.name}", getattr(value, f.name), f.metadata)
    if isinstance(value, ImagePart) and value.encode_format == "png" and value.encode_quality > 9:
        yield f"{path}.encode_quality: of a png it says how hard it is packed, 0 to 9; got {value.encode_quality}"


def _wrong_value(path: str, value: Any, metadata: Mapping[str, Any]) -> list[str]:
    """What is wrong with one value of a section, by the bounds that its field states."""
    if "measures" in metadata:
        return list(_wrong_rules(path, value))
    if "most" in metadata:
        fits = metadata["least"] <= value <= metadata["most"]
        kind = "a share" if metadata["most"] == 1 else "a number"
        wanted = f"expected {kind} between {metadata['least']} and {metadata['most']}"
        return [] if fits else [f"{path}: {wanted}, got {value:g}"]
    if "least" in metadata:
        return [] if value >= metadata["least"] else [f"{path}: expected {metadata['least']} or more, got {value:g}"]
    if metadata.get("some") and not value:
        return [f"{path}: expected some of {', '.join(among(metadata) or ())}, got none"]
    return []


def _wrong_rules(path: str, rules: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with rules, or with those of each language."""
    for name, bounds in rules.items():
        if isinstance(bounds, Bounds):
            yield from (f"{path}.{name}: {wrong}" for wrong in _wrong_bounds(bounds))
        else:
            yield from _wrong_rules(f"{path}.{name}", bounds)


def _wrong_bounds(bounds: Bounds) -> list[str]:
    """What is wrong with a rule: it would keep nothing."""
    low = -math.inf if bounds.floor is None else bounds.floor
    high = math.inf if bounds.ceiling is None else bounds.ceiling
    if math.isnan(low) or math.isnan(high):
        return ["nan is no bound"]
    return [f"floor {low:g} is above ceiling {high:g}"] if low > high else []


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
