"""Signatures of texts beside datatrove's: speed, accuracy, what bands find. `python -m benchmarks.near_texts --data DIR`.

    near_texts.py --data DIR [--peer-env DIR] [--runs N] [--timed N]

The texts are pieces of 600 words of the articles that people marked (`DIR/pages/wcxb`), and edits of them whose J is counted from sets of
n-grams of words; for scripts without spaces they are sentences of `DIR/languages/lingua`. Both tools sign the same texts on one core, in
turn. Beside each error stands that of as many plain minima, and beside each share of pairs found what theory says. The peer's environment
is made on first use (`peers/datatrove.txt`).
"""

import argparse
import gzip
import json
import os
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recipes import gold
from benchmarks.run_speed import PEERS, ROOT, peer_python
from benchmarks.text_measures import make_text
from transforms.dedup.folding import fold
from transforms.dedup.signature import SETS, Signatures, SignatureSet, signature_facts, signatures, similarity
from transforms.text.unspaced import spaced

WORDS = 600
BATCH = 32  # pages that the isolator's child takes apart together
SHARES = {
    "replaced": (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
    "cut out": (0.1, 0.2, 0.3),
    "added": (0.2, 0.3, 0.5),
}
PAIRED = 1500  # texts that are edited, 15 times each
SHORT = (300, 100, 50, 20, 10)
UNSPACED = ("zh", "ja", "th")
SENTENCES = 30  # of such a text
BINS = (0.0, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
LEAST_IN_BIN = 300
# Of datatrove's own test: windows of 300 characters at these places of one text. Each row is a cluster, no two of which belong together.
WINDOW = 300
CLUSTERS = ((0, 20, 50), (400, 420), (800, 810, 820, 840, 860), (1205, 1215, 1225, 1245), (1600,), (2000,))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts, edits of them, and the exact J of each pair."""

    edits: list[str]
    first: list[str]
    second: list[str]
    truth: NDArray[np.float64]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    parser.add_argument("--peer-env", type=Path, default=ROOT / ".env-datatrove", help="the peer's environment")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each tool, in turn (default: 3)")
    parser.add_argument("--timed", type=int, default=300, help="texts that are timed (default: 300)")
    args = parser.parse_args(argv)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, the peer's process too
    peer = peer_python(args.peer_env)
    pieces = pieces_of([text for _, text in gold(args.data / "pages" / "wcxb")])
    print(speed(pieces[: args.timed], peer, args.runs))
    print(clusters(peer))
    pieces = random.Random(0).sample(pieces, PAIRED)
    pairs = edited_pairs([piece.split(" ") for piece in pieces], " ", seed=1)
    for name, chosen in SETS.items():
        print("\n".join([*accuracy(f"{name}, {WORDS} words", pairs, chosen), by_edit(pairs, chosen)]))
    for words in SHORT:
        short = edited_pairs([piece.split(" ")[:words] for piece in pieces], " ", seed=words)
        print("\n".join(accuracy(f"datatrove, {words} words", short, SETS["datatrove"])))
    for language in UNSPACED:
        print("\n".join(unspaced(args.data / "languages" / "lingua" / "sentences" / f"{language}.txt.gz", language)))
    return 0


def pieces_of(texts: Sequence[str]) -> list[str]:
    """Texts cut into pieces of WORDS words, what is left of each left out."""
    cut = (text.split(" ") for text in texts)
    return [" ".join(words[at : at + WORDS]) for words in cut for at in range(0, len(words) - WORDS + 1, WORDS)]


def speed(texts: list[str], peer: Path, runs: int) -> str:
    """Microseconds a text of both tools, in turn, and the ratio of their medians."""
    our, their = [], []
    for _ in range(runs):
        started = time.process_time()
        for at in range(0, len(texts), BATCH):
            signature_facts(texts[at : at + BATCH], "datatrove")
        our.append((time.process_time() - started) / len(texts) * 1e6)
        their.append(peer_signs(peer, texts)[0] / len(texts) * 1e6)
    shown = ", ".join(f"{one:.0f}/{other:,.0f}" for one, other in zip(our, their, strict=True))
    ratio = float(np.median(their) / np.median(our))
    characters = np.mean([len(text) for text in texts])
    size = f"{len(texts)} texts of {characters:,.0f} characters"
    return f"us a text, ours/datatrove in turn, {size}: {shown}; {ratio:.0f} times"


def peer_signs(python: Path, texts: list[str]) -> tuple[float, list[list[int]]]:
    """Seconds that datatrove's stage takes, and the pairs that share a bucket."""
    command = [str(python), str(PEERS / "datatrove_minhash.py")]
    done = subprocess.run(command, input=json.dumps(texts), stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["pairs"]


def windows(text: str) -> list[str]:
    """The texts of CLUSTERS, cluster by cluster."""
    return [text[at : at + WINDOW] for cluster in CLUSTERS for at in cluster]


def clusters(peer: Path) -> str:
    """How often each tool puts such windows together as they belong, on several texts."""
    texts = [windows(make_text(2400, seed)) for seed in range(20)]
    due = sorted(map(len, CLUSTERS))
    right = {
        name: sum(components(len(each), sharing(signatures(each, SETS[name]))) == due for each in texts)
        for name in ("triptych", "datatrove")
    }
    peers = sum(components(len(each), peer_signs(peer, each)[1]) == due for each in texts)
    counts = ", ".join(f"{count} by our set {name}" for name, count in right.items())
    return (
        f"windows of one text, all in their clusters in so many of {len(texts)} texts: {counts}, {peers} by datatrove"
    )


def sharing(found: Signatures) -> list[list[int]]:
    """The numbers of each two texts that share a band."""
    keys = found.bands
    return [[a, b] for a, b in combinations(range(len(keys)), 2) if (keys[a] == keys[b]).any()]


def components(count: int, edges: Sequence[Sequence[int]]) -> list[int]:
    """The sizes of what hangs together, in order.

    >>> components(4, [(0, 2), (2, 3)])
    [1, 3]
    """
    labels = list(range(count))
    for one, other in edges:
        labels = [labels[one] if label == labels[other] else label for label in labels]
    return sorted(labels.count(label) for label in set(labels))


def edited_pairs(texts: Sequence[list[str]], joint: str, seed: int) -> Pairs:
    """Each text, given by its words, with each of its edits."""
    draw = random.Random(seed)
    edits, first, second = [], [], []
    for place, words in enumerate(texts):
        for edit, shares in SHARES.items():
            for share in shares:
                edits.append(f"{edit} {share:.0%}")
                first.append(joint.join(words))
                second.append(joint.join(edited(words, texts[place - 1], edit, share, draw)))
    truth = [jaccard(one, other) for one, other in zip(first, second, strict=True)]
    return Pairs(edits, first, second, np.array(truth))


def edited(words: list[str], other: list[str], edit: str, share: float, draw: random.Random) -> list[str]:
    """Words of which a share is replaced by those of another text, cut out as one block, or added before and behind."""
    count = max(1, round(share * len(words)))
    if edit == "replaced":
        chosen = set(draw.sample(range(len(words)), count))
        return [draw.choice(other) if place in chosen else word for place, word in enumerate(words)]
    if edit == "cut out":
        begin = draw.randrange(len(words) - count)
        return words[:begin] + words[begin + count :]
    around = [*other, *other][:count]
    return around[: count // 2] + words + around[count // 2 :]


def jaccard(one: str, other: str, words: int = 5) -> float:
    """J of the sets of n-grams of folded words."""
    first, second = (_grams(fold(text).split(), words) for text in (one, other))
    return len(first & second) / max(len(first | second), 1)


def _grams(words: list[str], n: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + n]) for at in range(max(len(words) - n + 1, min(len(words), 1)))}


def accuracy(name: str, pairs: Pairs, chosen: SignatureSet) -> list[str]:
    """How far estimates lie from J, and what bands find in each bin of J beside what they should."""
    estimates, found = compared(pairs, chosen)
    errors = estimates - pairs.truth
    rmse, minima = (np.sqrt(one.mean()) for one in (errors**2, pairs.truth * (1 - pairs.truth) / chosen.places))
    figures = f"rmse {rmse:.4f} (of minima {minima:.4f}), bias {errors.mean():+.4f}"
    lines = [f"  J {low:.2f} to {high:.2f}: {text}" for low, high, text in _bins(pairs.truth, found, chosen)]
    return [f"{name}, K = {chosen.places}: {len(errors):,} pairs, {figures}", *lines]


def by_edit(pairs: Pairs, chosen: SignatureSet) -> str:
    """What bands find of each edit, with its mean J."""
    _, found = compared(pairs, chosen)
    edits = np.array(pairs.edits)
    shares = [
        (edit, pairs.truth[edits == edit].mean(), found[edits == edit].mean()) for edit in dict.fromkeys(pairs.edits)
    ]
    return "  found by edit (J): " + ", ".join(f"{edit} {share:.2f} ({truth:.2f})" for edit, truth, share in shares)


def compared(pairs: Pairs, chosen: SignatureSet) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The estimate of J of each pair, and whether it shares a band."""
    one, other = signatures(pairs.first, chosen), signatures(pairs.second, chosen)
    return similarity(one.bytes, other.bytes), (one.bands == other.bands).any(axis=1)


def _bins(
    truth: NDArray[np.float64], found: NDArray[np.bool_], chosen: SignatureSet
) -> Iterator[tuple[float, float, str]]:
    """Of each bin that has enough pairs: found, by theory, difference."""
    theory = np.array([chosen.found(one) for one in truth])
    for low, high in pairwise(BINS):
        inside = (truth >= low) & (truth < high)
        if inside.sum() >= LEAST_IN_BIN:
            share, due = found[inside].mean(), theory[inside].mean()
            yield low, high, f"found {share:.3f}, theory {due:.3f}, {share - due:+.3f} ({inside.sum():,} pairs)"


def unspaced(path: Path, language: str) -> list[str]:
    """A script without spaces: accuracy, recall by edits of pieces of words, and whether strangers meet."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        sentences = [spaced(line).split() for line in stream.read().splitlines()]
    draw = random.Random(7)
    shuffled = [draw.sample(sentences, SENTENCES) for _ in range(100)]
    pairs = edited_pairs([[word for line in some for word in line] for some in shuffled], "", seed=7)
    chosen = SETS["triptych"]
    cut = range(0, len(sentences) - SENTENCES + 1, SENTENCES)
    strangers = signatures(["\n".join("".join(line) for line in sentences[at : at + SENTENCES]) for at in cut], chosen)
    largest = max(similarity(strangers.bytes[:-shift], strangers.bytes[shift:]).max() for shift in range(1, len(cut)))
    characters = np.mean([len(text) for text in pairs.first])
    return [
        *accuracy(f"{language}, triptych, {characters:,.0f} characters", pairs, chosen),
        by_edit(pairs, chosen),
        f"  {len(cut)} different texts: {len(sharing(strangers))} pairs share a band, largest estimate {largest:.2f}",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
