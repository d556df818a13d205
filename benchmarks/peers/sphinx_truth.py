"""Build documentation with Sphinx and write its pages with what their sources hold, for `benchmarks.structure --docs FILE`.

    sphinx_truth.py --source DIR --output FILE

DIR holds reStructuredText and an index.rst, for example `doc/` of Sphinx's own source archive. Runs in an environment with Sphinx and what
the documentation imports. Its own configuration is not read. Tables, listings, formulas and numbered lists are taken from the trees that
Sphinx made of the sources, before any HTML; cells of several paragraphs are left out.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

EXTENSIONS = (
    "autodoc",
    "mathjax",
    "napoleon",
    "todo",
    "ifconfig",
    "graphviz",
    "inheritance_diagram",
    "extlinks",
    "viewcode",
)
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
MARKS = {
    "loweralpha": lambda number: chr(96 + number),
    "upperalpha": lambda number: chr(64 + number),
    "lowerroman": lambda number: ROMAN[number].lower(),
    "upperroman": lambda number: ROMAN[number],
}


def main() -> int:
    """Build and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "extensions": [f"sphinx.ext.{name}" for name in EXTENSIONS],
            "html_theme": "alabaster",
            "smartquotes": False,
            "extlinks": {},
        }
        app = Sphinx(options.source, None, folder, f"{folder}/trees", "html", settings, status=None, warning=None)
        app.build()
        pages = [
            page
            for name in sorted(app.env.found_docs)
            for page in [page_of(app, name, Path(folder))]
            if any(page["truth"].values())
        ]
    options.output.write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
    print(f"{len(pages)} pages", file=sys.stderr)
    return 0


def page_of(app: Sphinx, name: str, folder: Path) -> dict[str, Any]:
    """A page and what its source holds."""
    tree = app.env.get_doctree(name)
    codes = [*tree.findall(nodes.literal_block), *tree.findall(nodes.doctest_block)]
    formulas = [node.astext() for kind in (nodes.math, nodes.math_block) for node in tree.findall(kind)]
    truth = {
        "cells": [cells_of(table) for table in tree.findall(nodes.table)],
        "codes": [node.astext() for node in codes if node.astext().strip()],
        "formulas": formulas,
        "items": [item for node in tree.findall(nodes.enumerated_list) for item in items_of(node)],
    }
    return {"name": name, "markup": (folder / f"{name}.html").read_text(encoding="utf-8"), "truth": truth}


def cells_of(table: nodes.table) -> list[list[Any]]:
    """Row, column and text of the cells of one paragraph or none."""
    found: list[list[Any]] = []
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.findall(nodes.row)):
        column = 0
        for entry in line.findall(nodes.entry):
            while (row, column) in taken:
                column += 1
            rows, columns = entry.get("morerows", 0) + 1, entry.get("morecols", 0) + 1
            taken |= {(row + down, column + right) for down in range(rows) for right in range(columns)}
            if len(entry) == 0 or (len(entry) == 1 and isinstance(entry[0], nodes.paragraph)):
                found.append([row, column, entry.astext()])
    return found


def items_of(listed: nodes.enumerated_list) -> list[str]:
    """The items of a numbered list that begin with a paragraph: the mark and the words of its first line."""
    mark = MARKS.get(listed["enumtype"], str)
    return [
        f"{mark(number)}. {' '.join(item[0].astext().split()[:4])}"
        for number, item in enumerate(listed, listed.get("start", 1))
        if len(item) and isinstance(item[0], nodes.paragraph)
    ]


if __name__ == "__main__":
    sys.exit(main())
