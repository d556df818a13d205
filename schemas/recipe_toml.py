"""Recipes as TOML: read strictly, on top of the recipes that they extend, and written in full.

An unknown key, a wrong type or a value out of range is an error that names the key, says what was expected and offers the nearest
name. All errors of a file are reported at once.
"""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from schemas.outcomes import UserError
from schemas.recipe import Parts, Recipe, plain
from schemas.recipe_build import build_recipe, out_of_range

# The text of the recipe that another extends, by its name or file and by what errors call the one that extends it; and what errors call it.
Bases = Callable[[str, str], tuple[str, str]]


def no_bases(name: str, where: str) -> tuple[str, str]:
    """What is asked for a recipe to extend where there is none. Raises UserError."""
    raise UserError(f"{where}: extends: no recipe {name!r} is at hand")


def load(
    text: str,
    settings: Iterable[str] = (),
    where: str = "recipe",
    parts: Parts = MappingProxyType({}),
    bases: Bases = no_bases,
) -> Recipe:
    """Read a recipe from TOML `text`, changed by `settings` of the form `section.key=value`.

    `parts` gives the section of each corpus there is; `pipeline.corpora.load_recipe` is this function with those of the registry.
    Raises UserError with one line per mistake.

    >>> load('name = "mine"\\n[limits]\\nfailed_share = 0.25').limits.failed_share
    0.25
    """
    tree = _resolved(text, where, bases, ())
    for setting in settings:
        _put(tree, setting)
    recipe, errors = build_recipe(tree, parts)
    errors = errors or out_of_range(recipe)
    if errors:
        raise UserError("\n".join(f"{where}: {error}" for error in errors))
    return recipe


def _resolved(text: str, where: str, bases: Bases, above: tuple[str, ...]) -> dict[str, Any]:
    """The tree of a recipe laid over the one that it extends, whose name it does not take. `above` are those that extend it."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is not valid TOML: {error}") from error
    if (extended := tree.pop("extends", None)) is None:
        return tree
    if not isinstance(extended, str):
        raise UserError(f"{where}: extends: expected the name or the file of one recipe, got {extended!r}")
    base_text, base_where = bases(extended, where)
    if base_where in (*above, where):
        raise UserError(f"{where}: extends: {base_where} extends this recipe in turn")
    base = _resolved(base_text, base_where, bases, (*above, where))
    base.pop("name", None)
    return merged(base, tree)


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `own` in it: sections and rules are merged, lists and other values take the place of those below.

    >>> merged({"rules": {"a": {"floor": 1, "ceiling": 9}, "b": {"floor": 2}}}, {"rules": {"a": {"floor": 3}, "b": False}})
    {'rules': {'a': {'floor': 3, 'ceiling': 9}, 'b': False}}
    """
    found = dict(base)
    for key, value in own.items():
        below = found.get(key)
        found[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def dump(recipe: Recipe) -> str:
    """The resolved recipe as TOML: every field, defaults too. `load` of it gives an equal recipe."""
    lines: list[str] = []
    _dump(plain(recipe), "", lines)
    return "\n".join(lines) + "\n"


def _dump(tree: Mapping[str, Any], path: str, lines: list[str]) -> None:
    # A section of rules writes its bounds inline, one rule a line.
    is_rules = path.endswith("rules") or path.rpartition(".")[0].endswith(("by_language", "guard.removed"))
    tables = {} if is_rules else {k: v for k, v in tree.items() if isinstance(v, dict)}
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
