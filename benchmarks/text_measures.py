"""Milliseconds that the measures of a text take, by length: `python -m benchmarks.text_measures`.

The texts are made up: words drawn by Zipf's law from a vocabulary of 20,000, in sentences and paragraphs. All but `in 32`
measure one text again and again, so the cache holds it; `in 32` is a text's part of `measure_texts` for 32 of them.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from transforms.text.language import LanguageIdentifier
from transforms.text.measure import measure_text, measure_texts
from transforms.text.normalise import text_key

_VOCABULARY = 20_000
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_GROUP = 32

Argument = TypeVar("Argument")


def make_text(size: int, seed: int = 0) -> str:
    """About `size` characters of text-like words: 5.9 characters a word with its space, 14 words a sentence."""
    draw = random.Random(seed)
    weights = [1 / (i + 1) for i in range(len(_LETTERS))]
    words = ["".join(draw.choices(_LETTERS, weights, k=min(2 + i.bit_length() // 2, 12))) for i in range(_VOCABULARY)]
    ranks = [1 / (i + 1) for i in range(_VOCABULARY)]
    pieces: list[str] = []
    length = 0
    while length < size:
        sentence = " ".join(draw.choices(words, ranks, k=draw.randint(6, 22))).capitalize()
        pieces.append(sentence + draw.choice((". ", ". ", "? ", ".\n\n", "\u2019s.\n")))
        length += len(pieces[-1])
    return "".join(pieces)


def milliseconds(function: Callable[[Argument], object], argument: Argument, rounds: int = 30) -> float:
    """Process time of one call: the best of `rounds`."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        function(argument)
        best = min(best, time.process_time() - started)
    return best * 1e3


def together(texts: list[str]) -> object:
    """The measures of texts in one call."""
    return measure_texts(texts, ["en"] * len(texts))


def main() -> None:
    """Print one line for each length."""
    identify = LanguageIdentifier().identify
    print(f"{'characters':>10} {'words':>7} {'measure_text':>13} {'in 32':>6} {'identify':>9} {'text_key':>9}  (ms)")
    for size in (3_000, 10_000, 50_000):
        text = make_text(size)
        times = [milliseconds(function, text) for function in (measure_text, identify, text_key)]
        shared = milliseconds(together, [make_text(size, seed) for seed in range(_GROUP)], 5) / _GROUP
        print(
            f"{len(text):>10} {len(text.split()):>7} {times[0]:>13.3f} {shared:>6.3f} {times[1]:>9.3f} {times[2]:>9.3f}"
        )


if __name__ == "__main__":
    main()
