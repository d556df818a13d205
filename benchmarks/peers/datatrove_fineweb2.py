"""The peer of `fineweb2_verdicts.py`: what datatrove's filters say of texts as FineWeb2 sets them. Runs in datatrove's environment.

    datatrove_fineweb2.py < texts.jsonl > verdicts.jsonl

A line in is a JSON list: a language as FineWeb2 names it (`deu_Latn`), the arguments of the three filters that differ by language, and a
text. A line out is the reason why the text goes, "" where it stays, null where datatrove cuts words of that language by a package that is
not there. Stop words are not asked for.
"""

import json
import sys
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.filters import FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter


def main() -> int:
    """Judge every text."""
    chains: dict[str, list[Any]] = {}
    for line in sys.stdin:
        language, arguments, text = json.loads(line)
        if language not in chains:
            chains[language] = chain(language, *arguments)
        print(json.dumps(reason(chains[language], text)), flush=True)
    return 0


def chain(language: str, repetition: dict[str, Any], fineweb: dict[str, Any], quality: dict[str, Any]) -> list[Any]:
    """The filters in the order of fineweb-2-pipeline.py, with what it sets for all languages."""
    off = {"dup_para_frac": 0, "dup_line_char_frac": 0, "dup_para_char_frac": 0}
    return [
        GopherRepetitionFilter(language=language, **off, **repetition),
        FineWebQualityFilter(language=language, short_line_thr=999, char_duplicates_ratio=0.1, **fineweb),
        GopherQualityFilter(language=language, min_stop_words=0, **quality),
    ]


def reason(filters: list[Any], text: str) -> str | None:
    """Why the filters drop a text."""
    try:
        verdicts = (each.filter(Document(text=text, id="text")) for each in filters)
        return next((str(verdict[1]) for verdict in verdicts if verdict is not True), "")
    except ImportError:
        return None


if __name__ == "__main__":
    sys.exit(main())
