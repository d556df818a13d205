"""The recipes `fineweb` and `c4` beside datatrove's own filters on the same texts: `python -m benchmarks.recipes --data DIR`.

    recipes.py --data DIR [--peer-env DIR] [--texts N]

The texts are the main contents that people marked on the pages of wcxb (`DIR/pages/wcxb`), without their languages: all are judged as
English. Prints for each recipe how many verdicts are the same, and every text on which they differ with both reasons and our number. The
peer's environment is made on first use (`peers/datatrove.txt`).
"""

import argparse
import json
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.run_speed import PEERS, ROOT, peer_python
from jobs import recipe_files
from pipeline.corpora import load_recipe
from transforms.text.measure import measure_texts
from transforms.verdicts import Verdicts

RECIPES = ("fineweb", "c4")
NOT_OURS = "lang_score"  # of neither chain here


def main(argv: Sequence[str] | None = None) -> int:
    """Judge, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    parser.add_argument("--peer-env", type=Path, default=ROOT / ".env-datatrove", help="the peer's environment")
    parser.add_argument("--texts", type=int, default=None, help="only so many texts")
    args = parser.parse_args(argv)
    named = dict(sorted(gold(args.data / "pages" / "wcxb"))[: args.texts])
    texts = list(named.values())
    theirs = peer_verdicts(peer_python(args.peer_env), texts)
    for recipe in RECIPES:
        print("\n".join(report(recipe, list(named), ours(recipe, texts), [each[recipe] for each in theirs])))
    return 0


def gold(folder: Path) -> Iterator[tuple[str, str]]:
    """The texts that people marked, by their pages' numbers."""
    for path in sorted(folder.glob("*.tar.xz")):
        with tarfile.open(path) as archive:
            for member in archive:
                if (
                    member.name.endswith(".json")
                    and "ground-truth" in member.name
                    and (body := archive.extractfile(member))
                ):
                    text = json.load(body)["ground_truth"].get("main_content") or ""
                    if text.strip():
                        yield Path(member.name).stem, text


def peer_verdicts(python: Path, texts: list[str]) -> list[dict[str, str]]:
    """datatrove's reasons by recipe, for each text."""
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    command = [str(python), str(PEERS / "datatrove_filters.py")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(recipe: str, texts: list[str]) -> list[tuple[str, float]]:
    """Our rule and number for each text; "" where it is kept."""
    text, where = recipe_files.read(recipe)
    loaded = load_recipe(text, where=where, bases=recipe_files.base)
    rules = {name: bounds for name, bounds in loaded.parts["text"].rules.items() if name != NOT_OURS}
    measured = measure_texts(texts, ["en"] * len(texts), loaded.extract.peers)
    verdicts = Verdicts("text", len(texts))
    verdicts.begin("rules")
    verdicts.apply(rules, {name: np.array([each[name] for each in measured]) for name in rules})
    return list(zip(map(str, verdicts.rule), verdicts.value.tolist(), strict=True))


def report(recipe: str, names: list[str], our: list[tuple[str, float]], their: list[str]) -> list[str]:
    """How many verdicts are the same, and each that is not.

    >>> report("c4", ["a", "b"], [("", 0.0), ("words", 3.0)], ["", ""])
    ['c4: the same verdict on 1 of 2 (50.0 %); kept by us 1, by datatrove 2', '  b: words 3 | kept']
    """
    differ = [
        f"  {name}: {f'{rule} {value:g}' if rule else 'kept'} | {reason or 'kept'}"
        for name, (rule, value), reason in zip(names, our, their, strict=True)
        if (rule == "") != (reason == "")
    ]
    same = len(names) - len(differ)
    kept = sum(rule == "" for rule, _ in our), sum(reason == "" for reason in their)
    head = f"{recipe}: the same verdict on {same} of {len(names)} ({same / len(names):.1%})".replace("%", " %")
    return [f"{head}; kept by us {kept[0]}, by datatrove {kept[1]}", *differ]


if __name__ == "__main__":
    raise SystemExit(main())
