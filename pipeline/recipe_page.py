"""The reference page of the keys of a recipe, made from its sections: `python -m pipeline.recipe_page > docs/recipe.md`."""

import dataclasses
import inspect
import json
import sys
import typing
from collections.abc import Iterator
from typing import Any

from pipeline import corpora
from schemas.recipe import Recipe, RulesByLanguage, default_of, plain
from schemas.recipe_build import among, catalogue

_HEAD = """# The keys of a recipe

Made by `python -m pipeline.recipe_page` from `schemas/recipe.py` and `pipeline/corpora/`; change those, not this page. `triptych recipes
--keys` prints it.

A recipe is a TOML file. What it does not name has the default below, or the value of the recipe that it `extends`; the defaults ask for
nothing, so a filter stands in the recipe that has it (`triptych recipes kosmos1`). `--set SECTION.KEY=VALUE` changes one value of a run.
Another value in `[extract]`, or in how images are encoded (`[pairs.image]`, `[interleaved.image]` but for `strip_metadata`), means that
pages and images are measured anew; everything else is decided over what is measured.

## The top of the file

`name` is what manifests and cards call the recipe, `extends` another recipe under it (a bundled one by its name, a file by its path),
`corpora` which ones are made, `seed` what seeds every draw, `opt_outs` the signals of pages, servers and sites that drop an item.
"""
_RULES_MOST = 20  # measures that are named on the page; of more, the page of columns has them
_TYPES = {float: "a number", int: "a whole number", str: "a text", bool: "true or false"}


def recipe_markdown() -> str:
    """The page as Markdown: a section for each section of a recipe, a line for each key."""
    found = list(sections_of(Recipe, ""))
    for corpus in corpora.CORPORA:
        found += [(corpus.name, corpus.part), *sections_of(corpus.part, corpus.name)]
    paths: dict[type, list[str]] = {}
    for path, cls in found:
        paths.setdefault(cls, []).append(path)
    # Sections that several corpora have come last.
    ordered = sorted(paths.items(), key=lambda each: len(each[1]) > 1)
    _, _, more = inspect.cleandoc(Recipe.__doc__ or "").partition("\n\n")
    return f"{_HEAD}\n{more}\n\n" + table(Recipe) + "".join(section(where, cls) for cls, where in ordered)


def sections_of(cls: type, path: str) -> Iterator[tuple[str, type]]:
    """The sections below a section, with their paths."""
    for name, hint in typing.get_type_hints(cls).items():
        if dataclasses.is_dataclass(hint):
            yield f"{path}.{name}".lstrip("."), typing.cast(type, hint)


def section(paths: list[str], cls: type) -> str:
    """A section: where it stands, what it is, its keys."""
    said = inspect.cleandoc(cls.__doc__ or "")
    return f"\n## {', '.join(f'`[{path}]`' for path in paths)}\n\n{said}\n\n{table(cls)}"


def table(cls: type) -> str:
    """The keys of a section that are no sections themselves."""
    lines = ["| key | values | default |\n| --- | --- | --- |\n"]
    if cls is Recipe:
        lines.append("| `extends` | a text |  |\n")
    hints = typing.get_type_hints(cls)
    for f in dataclasses.fields(cls):
        if not dataclasses.is_dataclass(hints[f.name]) and f.name != "parts":
            given = "all" if f.name == "corpora" else default(f)
            lines.append(f"| `{f.name}` | {values(hints[f.name], f.metadata)} | {given} |\n")
    return "".join(lines)


def values(hint: Any, metadata: typing.Mapping[str, Any]) -> str:
    """What a key may have."""
    if "measures" in metadata:
        names = [f"`{name}`" for name in catalogue(metadata)]
        said = ", ".join(names) if len(names) <= _RULES_MOST else "measures of [schema.md](schema.md)"
        each = "a section a language, each with rules" if hint == RulesByLanguage else "rules"
        return f"{each}: `{{ floor = N, ceiling = N }}` or `false`, by {said}"
    if "stages" in metadata:
        return "a section a corpus: `{ floor = N, ceiling = N }` by stage"
    if "languages" in metadata:
        return "a list of languages, ISO 639; empty: any"
    known = among(metadata)
    if typing.get_origin(hint) is tuple:
        return f"a list of {named(known)}" if known else "a list of corpora"
    return named(known) if known else f"{_TYPES[hint]}{ends(metadata)}"


def named(known: typing.Iterable[str]) -> str:
    """Values as they are written."""
    return ", ".join(f"`{json.dumps(value)}`" for value in known)


def ends(metadata: typing.Mapping[str, Any]) -> str:
    """The bounds of a number."""
    least, most = metadata.get("least"), metadata.get("most")
    if least is None:
        return ""
    return f", at least {least:,}" if most is None else f", {least:,} to {most:,}"


def default(f: "dataclasses.Field[Any]") -> str:
    """A default as a recipe has it; nothing where there is none."""
    value = default_of(f)
    if value is dataclasses.MISSING:
        return ""
    return "none" if value in ((), {}) else f"`{json.dumps(plain(value))}`"


if __name__ == "__main__":
    sys.stdout.write(recipe_markdown())
