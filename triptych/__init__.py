"""Triptych as a library: what the command does to one page, one text and one finished run, as plain functions.

    extract -> text, interleaved    a page's bytes -> its blocks; its main content; its texts and images in turn
    load_recipe -> judge            a recipe's text rules on a text: kept, or by which rule not
    open_run                        a finished run: manifest, accounts, rows

>>> page = extract(b"<h1>Bread</h1><p>Flour, water and salt.<p><img src=loaf.jpg>", "https://example.org/")
>>> print(text(page))
# Bread
<BLANKLINE>
Flour, water and salt.

All else in the packages `jobs`, `pipeline`, `transforms` and `schemas` may change with any release; what is named here changes with
the version (docs/decisions.md). Importing this takes a tenth of a second: what a function needs it imports when it is called, and none
needs the engine.
"""

from schemas.manifest import Account, Manifest
from schemas.outcomes import RecordError, UserError, VerificationError
from schemas.recipe import Recipe
from schemas.records import Block, BlockKind, MediaRef, Page
from triptych.pages import extract, interleaved, text
from triptych.runs import Run, open_run
from triptych.texts import Verdict, judge, load_recipe

__all__ = [
    "Account",
    "Block",
    "BlockKind",
    "Manifest",
    "MediaRef",
    "Page",
    "Recipe",
    "RecordError",
    "Run",
    "UserError",
    "Verdict",
    "VerificationError",
    "extract",
    "interleaved",
    "judge",
    "load_recipe",
    "open_run",
    "text",
]
