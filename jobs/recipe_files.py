"""`triptych recipes`: the bundled recipes; and how `--recipe NAME or FILE` finds its text."""

import argparse
import json
from pathlib import Path

from schemas.outcomes import UserError
from schemas.recipe import nearest

FOLDER = Path(__file__).parent / "recipes"
DEFAULT = "kosmos1"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="print this recipe, as a start for your own")
    parser.add_argument("--keys", action="store_true", help="every key of a recipe: meaning, values, default")
    parser.add_argument("--json", action="store_true", help="the list as JSON")


def act(args: argparse.Namespace) -> int:
    """Print the list, the named recipe as it stands in its file, or what the keys of recipes are."""
    if args.keys:
        from pipeline.recipe_page import recipe_markdown

        print(recipe_markdown(), end="")
    elif args.name:
        print(_bundled(args.name).read_text(encoding="utf-8"), end="")
    elif args.json:
        print(json.dumps(summaries(), indent=2))
    else:
        width = max(map(len, summaries()))
        for name, summary in summaries().items():
            print(f"{name:{width}}  {summary}{' (the default)' if name == DEFAULT else ''}")
    return 0


def summaries() -> dict[str, str]:
    """Each bundled recipe's name and the first comment line of its file."""
    return {path.stem: _first_line(path).lstrip("# ") for path in sorted(FOLDER.glob("*.toml"))}


def read(name_or_file: str) -> tuple[str, str]:
    """The TOML text of a bundled recipe or of a file, and how an error should call it.

    Raises UserError where there is neither; a bundled name wins over a file of the same name.
    """
    file = Path(name_or_file)
    if name_or_file in summaries() or not (file.suffix == ".toml" or file.exists()):
        return _bundled(name_or_file).read_text(encoding="utf-8"), f"recipe {name_or_file}"
    try:
        return file.read_text(encoding="utf-8"), name_or_file
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"--recipe {name_or_file}: {_why(error)}") from error


def base(extended: str, where: str) -> tuple[str, str]:
    """The TOML text of the recipe `extended` of the recipe `where` (as errors call it), and how an error should call that one.

    A file is looked for beside the one that names it. Raises UserError where there is neither.
    """
    beside = extended if extended in summaries() else str(Path(where).parent / extended)
    try:
        return read(beside if beside == extended or Path(beside).exists() else extended)
    except UserError as error:
        raise UserError(f"{where}: extends: {error}") from error


def _bundled(name: str) -> Path:
    if name not in summaries():
        raise UserError(f"no recipe {name!r}{nearest(name, summaries())} (one of your own is named by its path)")
    return FOLDER / f"{name}.toml"


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as lines:
        return lines.readline().strip()


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else f"{error.strerror}"
