"""The characters on which Pythons differ, as `transforms/characters.py` lists them.

`python3.11 -m benchmarks.unicode_tables write FILE` on each Python, then `python -m benchmarks.unicode_tables compare FILE FILE…`: for each
property the ranges of characters for which the files do not agree. Run it when a Python is added to those that are supported.
"""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

PROPERTIES: dict[str, Callable[[str], object]] = {
    "letter": str.isalpha,
    "letter or digit": str.isalnum,
    "decimal": str.isdecimal,
    "digit": str.isdigit,
    "space": str.isspace,
    "small": str.islower,
    "capital": str.isupper,
    "lower": str.lower,
    "upper": str.upper,
    "casefold": str.casefold,
    "line end": lambda char: len(f"a{char}b".splitlines()),
    "nfkc": lambda char: unicodedata.normalize("NFKC", char),
    "order of marks": unicodedata.combining,
    "category": unicodedata.category,
}


def properties() -> dict[str, list[object]]:
    """Each property of every character by the running Python."""
    return {name: [read(chr(code)) for code in range(sys.maxunicode + 1)] for name, read in PROPERTIES.items()}


def ranges(codes: Iterable[int]) -> str:
    r"""Ascending code points as ranges.

    >>> ranges([0x41, 0x42, 0x1F600])
    '41-42 1F600'
    """
    runs = ([code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    return " ".join(f"{run[0]:X}-{run[-1]:X}" if len(run) > 1 else f"{run[0]:X}" for run in runs)


def differing(tables: list[dict[str, list[object]]]) -> dict[str, list[int]]:
    """For each property the characters on which the tables do not agree."""
    return {
        name: [
            code for code in range(sys.maxunicode + 1) if any(t[name][code] != tables[0][name][code] for t in tables)
        ]
        for name in PROPERTIES
    }


def main(verb: str, *files: str) -> None:
    """Write the running Python's table, or compare some."""
    if verb == "write":
        Path(files[0]).write_text(json.dumps(properties()))
        return
    for name, codes in differing([json.loads(Path(file).read_text()) for file in files]).items():
        print(f"{name}: {len(codes)} {ranges(codes)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
