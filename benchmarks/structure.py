"""How much of the structure of pages comes out: `python -m benchmarks.structure [--docs FILE...] [--rs-trafilatura PYTHON]`

Pages with known tables, listings, formulas, lists and quotations, as two dozen publishing tools write them, in 22 languages
(`benchmarks.structure_pages`), read as Markdown by us and by peers in the same run. Counted are: cells of tables in their row and column
(the best row to begin at is sought for each table; what a span repeats is not counted); listings that come out whole, each line with its
indentation, and lines alone; formulas whose TeX is there, of those that the page carries, and those where nothing else was put into the
sentence; formulas of MathML alone that stand in dollar signs with their letters and digits in order; items of lists behind their number
or mark; quotations behind their mark. Five seconds. With `--docs` the pages are documentation that Sphinx built, and what they hold is what
their sources say (`benchmarks/peers/sphinx_truth.py`).
"""

import argparse
import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.peer_texts import argument, peer_texts
from benchmarks.structure_pages import PAGES, Made, Truth, made_page
from transforms.html.extract import extract
from transforms.html.render import main_text

KINDS = ("cells", "code", "lines of code", "TeX", "and nothing else", "MathML alone", "items", "quotations")
SHIFTS = range(-3, 4)  # rows that a reader may put before a table, or lose
_RULE = re.compile(r"[\s|:-]+")
_BEFORE = r"((?:[ >]|: |[-*] |\d+\. )*)"  # marks of lists and quotations around what a line holds
_FENCE = re.compile(_BEFORE + "(`{3,}|~{3,})")
_MARKS = re.compile(r"\*\*|`")
Hit = tuple[str, bool, str]  # what is counted, whether it is there, what it is


def bare(text: str) -> str:
    """`text` without white space."""
    return "".join(text.split())


def tables_in(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown text: rows of cells."""
    tables: list[list[list[str]]] = []
    last = False
    for line in text.split("\n"):
        row = line.strip().removeprefix("> ")
        now = row.startswith("|")
        if now and not last:
            tables.append([])
        if now and not ("-" in row and _RULE.fullmatch(row)):
            cells = re.split(r"(?<!\\)\|", row.strip("|") if not row.endswith(r"\|") else row[1:])
            tables[-1].append([bare(html.unescape(_MARKS.sub("", cell.replace(r"\|", "|")))) for cell in cells])
        last = now
    return tables


def cells_found(cells: dict[tuple[int, int], str], tables: list[list[list[str]]]) -> set[tuple[int, int]]:
    """The cells that stand in their row and column of the table that has most of them."""
    best: set[tuple[int, int]] = set()
    for table in tables:
        for shift in SHIFTS:
            grid = {(row - shift, column): cell for row, line in enumerate(table) for column, cell in enumerate(line)}
            found = {place for place, cell in cells.items() if grid.get(place) == bare(cell)}
            best = max(best, found, key=len)
    return best


def lettered(text: str) -> str:
    """The Latin letters and digits of a formula, without names of commands, environments and operators."""
    plain = re.sub(r"\\(?:begin|end)\{\w+\}|\\[A-Za-z]+|arg|max", "", re.sub("<[^>]+>", "", html.unescape(text)))
    return re.sub("[^A-Za-z0-9]", "", plain)


def with_code_at_margin(text: str) -> list[str]:
    """The lines of a Markdown text, those of fenced code without what stands before its fence, such as the indentation of a list."""
    lines, fence, before = [], "", ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and found is not None:
            before, fence = found.groups()
        elif fence:
            if line.strip("> ").startswith(fence):
                fence = ""
            else:
                line = line.removeprefix(" " * len(before) if before.startswith(":") else before)
        lines.append(line.rstrip())
    return lines


def hits(page: Made, text: str) -> Iterator[Hit]:
    """All that a page holds, and whether it is in the text."""
    truth = page.truth
    tables = tables_in(text)
    for cells in truth.cells:
        found = cells_found(cells, tables)
        yield from (("cells", place in found, cell) for place, cell in cells.items())
    read = with_code_at_margin(text)
    whole, own_lines = "\n".join(read), set(read)
    for code in truth.codes:
        lines = [line.rstrip() for line in code.rstrip("\n").split("\n")]
        spaced = [line.replace("\t", "    ") for line in lines] if "\t" not in page.markup else lines
        yield "code", "\n".join(spaced) in whole, code
        yield from (("lines of code", line in own_lines, line) for line in spaced if line)
    # A writer of Markdown may escape what would be its marks.
    together, drawn = (
        bare(text.replace(r"\_", "_").replace(r"\*", "*")),
        [lettered(tex) for tex in re.findall(r"\$([^$]+)\$", text)],
    )
    carried = bare(html.unescape(page.markup))
    for tex, mathml, (before, after) in zip(truth.formulas, truth.mathml, truth.sentences, strict=True):
        if bare(tex) in carried:
            yield "TeX", bare(tex) in together, tex
            if not before:
                continue
            written = rf"{re.escape(bare(before))}\W{{0,4}}({{\\displaystyle)?{re.escape(bare(tex))}\W{{0,4}}{re.escape(bare(after))}"
            yield "and nothing else", re.search(written, together) is not None, tex
        elif mathml:
            yield "MathML alone", lettered(mathml) in drawn, tex
    for item in truth.items:
        yield "items", re.search(rf"^{_BEFORE}{re.escape(item)}", whole, re.MULTILINE) is not None, item
    for quote in truth.quotes:
        yield "quotations", f"> {quote}" in whole, quote


def documentation(file: Path) -> Iterator[Made]:
    """The pages of a file that `benchmarks/peers/sphinx_truth.py` wrote."""
    for page in json.loads(file.read_text(encoding="utf-8")):
        told = page["truth"]
        cells = [{(row, column): text for row, column, text in table} for table in told["cells"]]
        nothing = [""] * len(told["formulas"])
        pairs = [("", "")] * len(nothing)
        yield Made(
            file.stem,
            "en",
            page["markup"],
            Truth(cells, told["codes"], told["formulas"], nothing, pairs, told["items"], []),
        )


def ours(markup: str) -> str:
    """Our Markdown of a page."""
    return main_text(extract(markup, "https://example.org/"))


def table(pages: list[Made], found: dict[str, list[list[Hit]]]) -> str:
    """The share that is there of each kind, by engine, and our share by house, as Markdown."""
    lines = [f"| | {' | '.join(KINDS)} |", f"| --- |{' ---: |' * len(KINDS)}"]
    for name, by_page in found.items():
        lines.append(f"| {name} | {shares(hit for of_page in by_page for hit in of_page)} |")
    houses: dict[str, list[Hit]] = defaultdict(list)
    for page, of_page in zip(pages, found["triptych"], strict=True):
        houses[page.house] += of_page
    lines += ["", f"| triptych, by what wrote the page | {' | '.join(KINDS)} |", f"| --- |{' ---: |' * len(KINDS)}"]
    lines += [f"| {house} | {shares(of_house)} |" for house, of_house in houses.items()]
    return "\n".join(lines)


def shares(found: Iterable[Hit]) -> str:
    """The share that is there of each kind, and how many there are."""
    every, right = Counter[str](), Counter[str]()
    for kind, is_there, _ in found:
        every[kind] += 1
        right[kind] += is_there
    return " | ".join(f"{right[kind] / every[kind]:.3f} of {every[kind]}" if every[kind] else "" for kind in KINDS)


def main() -> None:
    """Make the pages, read them and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=0, help="how many faults of ours to print")
    parser.add_argument(
        "--docs", nargs="+", type=Path, metavar="FILE", help="pages by benchmarks/peers/sphinx_truth.py instead"
    )
    argument(parser)
    options = parser.parse_args()
    made = (
        (page for file in options.docs for page in documentation(file))
        if options.docs
        else map(made_page, range(PAGES))
    )
    pages = list(made)
    markups = [page.markup for page in pages]
    texts = {"triptych": list(map(ours, markups))} | peer_texts(markups, options.rs_trafilatura, marked=True)
    found = {
        name: [list(hits(page, text)) for page, text in zip(pages, of_engine, strict=True)]
        for name, of_engine in texts.items()
    }
    print(
        f"{len(pages)} pages of {len({page.house for page in pages})} tools in {len({page.language for page in pages})} languages\n"
    )
    print(table(pages, found))
    missed = (
        f"{page.house}, {page.language}: {kind} {what!r}"
        for page, of_page in zip(pages, found["triptych"], strict=True)
        for kind, is_there, what in of_page
        if not is_there
    )
    for _, line in zip(range(options.examples), missed, strict=False):
        print(line)


if __name__ == "__main__":
    main()
