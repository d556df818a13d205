"""Packages that one engine alone needs, and what is said where they are missing."""

from importlib.util import find_spec

from schemas.outcomes import UserError

BRINGS = {"dataflow": "apache-beam[gcp]"}  # by extra of pyproject.toml, which is called as the engine is


def need(module: str, extra: str) -> None:
    """Raise UserError, which names the extra to install, where a module that it brings is not there. Imports no module but its parents."""
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # a parent is missing
        found = False
    if not found:
        raise UserError(f"--runner {extra} needs {BRINGS[extra]}: pip install 'triptych[{extra}]'")
