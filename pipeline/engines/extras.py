"""Packages that one engine alone needs, and what is said where they are missing."""

import sys
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
        # By the interpreter that lacks it: another pip would install another triptych, or whatever an index has under that name.
        raise UserError(f"--runner {extra} needs {BRINGS[extra]}: {sys.executable} -m pip install 'triptych[{extra}]'")
