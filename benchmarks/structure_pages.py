"""Pages whose structure is known, written as two dozen publishing tools write them, for `benchmarks.structure`.

How the tools write stands in `benchmarks.structure_houses`. A seed draws words, numbers, spans and lists; they mean nothing.
"""

import json
import random
import tomllib
from pathlib import Path
from typing import NamedTuple

from benchmarks.structure_houses import HOUSES
from benchmarks.structure_tables import Cell, Table, escaped
from benchmarks.torn_words import words_of

PARTS = json.loads(Path(__file__).with_name("structure_parts.json").read_text(encoding="utf-8"))
PROSE = tomllib.loads(
    (Path(__file__).parents[1] / "tests/transforms/html/pages/prose.toml").read_text(encoding="utf-8")
)
LANGUAGES = (
    "en",
    "ru",
    "ar",
    "hi",
    "zh",
    "el",
    "he",
    "ja",
    "ko",
    "th",
    "ka",
    "ta",
    "de",
    "fa",
    "bn",
    "hy",
    "tr",
    "am",
    "pl",
    "fr",
    "te",
    "vi",
)
UNSPACED = ("zh", "ja", "th")
SEED, PAGES = 11, 80
LISTS = (
    ("", ("1.", "2.", "3.")), (' start="4"', ("4.", "5.", "6.", "7.")), (' type="a"', ("a.", "b.", "c.")),
    (' type="I"', ("I.", "II.", "III.", "IV.")), (" reversed", ("3.", "2.", "1.")),
)  # fmt: skip


class Truth(NamedTuple):
    """What a page holds: cells by table, row and column; listings; formulas as TeX and as MathML, and what
    stands before and behind them; items of lists with their marks; lines of quotations."""

    cells: list[dict[tuple[int, int], str]]
    codes: list[str]
    formulas: list[str]
    mathml: list[str]
    sentences: list[tuple[str, str]]
    items: list[str]
    quotes: list[str]


class Made(NamedTuple):
    """A page by a house, and what it holds."""

    house: str
    language: str
    markup: str
    truth: Truth


def made_table(words: list[str], rng: random.Random, *, spans: bool) -> Table:
    """A table of words, numbers and empty cells; a header over two columns and a value over two rows where tools know them."""
    wide, high = rng.randrange(3, 6), rng.randrange(3, 7)
    table = [[Cell(rng.choice(words)) for _ in range(wide)]]
    for _ in range(high):
        numbers = [
            rng.choice((f"{rng.randrange(1, 3000)}", f"{rng.randrange(99)}.{rng.randrange(10)}", rng.choice(words), ""))
            for _ in range(wide - 1)
        ]
        table.append([Cell(rng.choice(words)), *map(Cell, numbers)])
    headers = 1
    if spans and rng.random() < 0.5:
        first, *rest = table[0]
        table[0] = [Cell(first.text, rows=2), Cell(rng.choice(words), columns=wide - 1)]
        table.insert(1, rest)
        headers = 2
    if spans:
        place = rng.randrange(headers, len(table) - 1)
        table[place][0] = table[place][0]._replace(rows=2)
        table[place + 1][-1] = Cell(str(rng.randrange(1, 3000)))
        del table[place + 1][0]
    return Table(table, headers)


def placed(table: Table) -> dict[tuple[int, int], str]:
    """Where each cell begins: its row and column, as a browser lays the table out."""
    found: dict[tuple[int, int], str] = {}
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(table.rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            found[row, column] = cell.text
            taken |= {(row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
    return found


def made_list(words: list[str], rng: random.Random) -> tuple[str, list[str]]:
    """An ordered list and its items with their marks; one item holds a list of its own."""
    attributes, marks = rng.choice(LISTS)
    texts = [" ".join(rng.choices(words, k=4)) for _ in marks]
    inner = [" ".join(rng.choices(words, k=3)) for _ in range(2)]
    items = [f"<li>{escaped(text)}</li>" for text in texts]
    items[1] = f"<li>{escaped(texts[1])}<ul>{''.join(f'<li>{escaped(text)}</li>' for text in inner)}</ul></li>"
    said = [f"{mark} {text}" for mark, text in zip(marks, texts, strict=True)]
    return f"<ol{attributes}>{''.join(items)}</ol>", [*said, *(f"- {text}" for text in inner)]


def made_page(number: int) -> Made:
    """A page by a house in a language: both go round, so that each house writes several languages."""
    rng = random.Random(f"{SEED} {number}")
    name = list(HOUSES)[number % len(HOUSES)]
    house, language = HOUSES[name], LANGUAGES[number % len(LANGUAGES)]
    prose = PROSE[language]
    words = list(dict.fromkeys(words_of(" ".join(prose), spaced=language not in UNSPACED)))
    codes = rng.sample(PARTS["codes"], 2)
    formulas = rng.sample(PARTS["formulas"], 3)
    tables = [made_table(words, rng, spans=house.spans) for _ in range(2)]
    listed, items = made_list(words, rng)
    title, quoted = " ".join(words[:3]), f"{' '.join(rng.choices(words, k=14))}."
    parts = [house.heading.replace("TITLE", title), f"<p>{prose[0]}</p>"]
    sentences = [(" ".join(rng.choices(words, k=6)), " ".join(rng.choices(words, k=6))) for _ in formulas]
    for (before, after), formula in zip(sentences, formulas, strict=True):
        parts.append(f"<p>{before} {house.formula(formula)} {after}.</p>")
    for table, code in zip(tables, codes, strict=True):
        parts += [
            f"<p>{prose[1]}</p>",
            house.table(table),
            f"<p>{' '.join(rng.choices(words, k=12))}:</p>",
            house.code(code),
        ]
    parts += [f"<p>{prose[0]}</p>", listed, f"<blockquote><p>{quoted}</p></blockquote>"]
    menu = "".join(f'<li><a href="/{place}">{word}</a></li>' for place, word in enumerate(words[3:8]))
    markup = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body><header><nav><ul>{menu}</ul></nav></header>'
        f"<main><article><h1>{title}</h1>{''.join(parts)}</article></main><footer><p>© 1908 {words[8]}</p></footer></body></html>"
    )
    truth = Truth(
        [placed(table) for table in tables],
        [code["text"] for code in codes],
        [formula["tex"] for formula in formulas],
        [formula["mathml"] for formula in formulas],
        sentences,
        items,
        [quoted],
    )
    return Made(name, language, markup, truth)
