"""The peer of `recipes.py`: the verdicts of datatrove's own filters on texts. Runs in datatrove's environment.

    datatrove_filters.py < texts.jsonl > verdicts.jsonl

A line in is a JSON string; a line out is a JSON object: for each recipe the reason why the text goes, "" where it stays. `fineweb` is the
chain of datatrove's examples/fineweb.py behind its language filter; `c4` is its C4 filter with the numbers of C4's own code.
"""

import json
import sys
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)


def main() -> int:
    """Judge every text."""
    chains: dict[str, list[Any]] = {
        "fineweb": [
            GopherRepetitionFilter(),
            GopherQualityFilter(),
            C4QualityFilter(filter_no_terminal_punct=False),
            FineWebQualityFilter(),
        ],
        "c4": [C4QualityFilter(min_num_sentences=3, min_words_per_line=5)],
    }
    for line in sys.stdin:
        print(json.dumps({name: reason(chain, json.loads(line)) for name, chain in chains.items()}), flush=True)
    return 0


def reason(chain: list[Any], text: str) -> str:
    """Why a chain of filters drops a text; a filter may change it for the next."""
    document = Document(text=text, id="text")
    for each in chain:
        verdict = each.filter(document)
        if verdict is not True:
            return str(verdict[1])
    return ""


if __name__ == "__main__":
    sys.exit(main())
