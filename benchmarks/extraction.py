"""Score and time main-content extraction beside its peers: `python -m benchmarks.extraction --data shared/data --cache DIR`

Every page is extracted by a model that has seen no page of its registered domain (five folds). Peers, in the same run: trafilatura with
its defaults and with `fast`, resiliparse's main content, rs-trafilatura where its environment is given. Our text is also scored without
the headline, which most gold texts leave out. Ten to fifteen minutes on two cores; needs lightgbm, tld, resiliparse.
"""

import argparse
import gzip
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from benchmarks.extraction_gold import TYPE_WEIGHTS, Gold, gold_sets
from benchmarks.extraction_labels import tokens
from benchmarks.extraction_speed import PEERS, cost_by_engine
from benchmarks.peer_texts import argument, by_rs_trafilatura
from benchmarks.train_extractor import examples, model_of, train
from schemas.records import BlockKind, Page
from transforms.html.charset import decode
from transforms.html.extract import decide, extract, segmented, with_decision
from transforms.html.model import Model
from transforms.html.nodes import parsed
from transforms.html.references import image_reference
from transforms.html.render import plain_text
from transforms.html.walk import walk

FOLDS = 5
TIMED = 150  # pages of wcxb that the engines are timed on
WORD = re.compile(r"\w+")
NO_SPACES = frozenset(
    ("goose3", "postlight")
)  # sets with Japanese, Chinese, Korean: scored by characters of such scripts
RS, WITHOUT_HEADLINE = "rs-trafilatura", "triptych, no headline"
Scores = tuple[float, float, float]
Texts = dict[str, dict[tuple[str, str], str]]  # of engines, by a page's set and name


def f1(found: str, wanted: str, words: Callable[[str], list[str]]) -> Scores:
    """Precision, recall and F1 of two bags of words, as shared/tools/score_extraction.py counts them."""
    one, other = Counter(words(found)), Counter(words(wanted))
    common = sum((one & other).values())
    if not common:
        return (1.0, 1.0, 1.0) if not one and not other else (0.0, 0.0, 0.0)
    precision, recall = common / sum(one.values()), common / sum(other.values())
    return precision, recall, 2 * precision * recall / (precision + recall)


def plain_words(text: str) -> list[str]:
    """Words as the shared tool splits them."""
    return WORD.findall(text.lower())


def page_by(model: Model, markup: str, url: str) -> Page:
    """A page by a model of our choice."""
    pages = segmented([walk(markup, url)])
    return with_decision(pages[0], *decide(pages, model)[0])


def fold_of(domain: str) -> int:
    """The fold in which a domain is tested."""
    return zlib.crc32(domain.encode()) % FOLDS


def score_page(model: Model, gold: Gold, others: Texts | None = None) -> tuple[Gold, dict[str, Scores]]:
    """Every engine's score on one page; `others` are texts by engines of other environments."""
    words = tokens if gold.source in NO_SPACES else plain_words
    markup = gold.markup
    texts = ours(page_by(model, markup, gold.url))
    texts |= {name: peer(markup) for name, peer in PEERS.items()}
    texts |= {name: by_page[gold.source, gold.name] for name, by_page in (others or {}).items()}
    return gold, {name: f1(text, gold.text, words) for name, text in texts.items()}


def ours(page: Page) -> dict[str, str]:
    """Our text of a page, whole and without its headline."""
    return {"triptych": plain_text(page), WITHOUT_HEADLINE: plain_text(without_headline(page))}


def without_headline(page: Page) -> Page:
    """A page without the heading that says its title."""
    for block in page.blocks:
        if block.kept and block.kind is BlockKind.HEADING and block.text == page.title:
            return replace(page, blocks=tuple(each for each in page.blocks if each is not block))
    return page


def cross_validated(
    golds: list[Gold], rs_python: str | None, pool_size: int = 2
) -> list[tuple[Gold, dict[str, Scores]]]:
    """Every gold page scored by the model of its fold."""
    others: Texts = {}
    if rs_python is not None:
        texts = by_rs_trafilatura([gold.markup for gold in golds], rs_python)
        others[RS] = {(gold.source, gold.name): text for gold, text in zip(golds, texts, strict=True)}
    pages = examples(golds)
    found = []
    for fold in range(FOLDS):
        model = model_of(*train([page for page in pages if fold_of(page.domain) != fold]))
        tested = [gold for gold in golds if fold_of(gold.domain) == fold]
        with Pool(pool_size) as pool:
            found += pool.map(partial(score_page, model, others=others), tested, chunksize=4)
    unseen = model_of(*train([page for page in pages if page.gold.source != "scrapinghub"]))
    for gold in (gold for gold in golds if gold.source == "scrapinghub"):
        texts_of = ours(page_by(unseen, gold.markup, gold.url))
        scores = {name: f1(text, gold.text, plain_words) for name, text in texts_of.items()}
        found.append((replace(gold, source="scrapinghub unseen"), scores))
    return found


def print_scores(found: list[tuple[Gold, dict[str, Scores]]]) -> None:
    """F1 (and precision, recall) per set and page type, and the weighted figure."""
    groups: dict[str, dict[str, list[Scores]]] = defaultdict(lambda: defaultdict(list))
    for gold, scores in found:
        group = f"wcxb {gold.kind}" if gold.source == "wcxb" else gold.source
        for name, score in scores.items():
            groups[group][name].append(score)
    for name in dict.fromkeys(name for _, scores in found for name in scores):
        weighted = 0.0
        for group, by_engine in sorted(groups.items()):
            rows = by_engine.get(name)
            if rows:
                precision, recall, both = (sum(column) / len(rows) for column in zip(*rows, strict=True))
                weighted += TYPE_WEIGHTS.get(group.removeprefix("wcxb "), 0.0) * both
                print(f"{name:21} {group:20} n={len(rows):4} F1={both:.4f} P={precision:.3f} R={recall:.3f}")
        print(f"{name:21} {'wcxb weighted':20} F1={weighted:.4f}")


def print_snippets(folder: Path, rs_python: str | None) -> None:
    """pages/trafilatura: shares of snippets that should be found and are, and should be absent and are."""
    marks = json.loads(gzip.decompress((folder / "snippets.json.gz").read_bytes()))
    engines: dict[str, Callable[[str], str]] = {
        "triptych": lambda text: plain_text(extract(text, "https://example.org/"))
    }
    if rs_python is not None:
        pages = {mark["file"]: page_of(folder, mark) for mark in marks.values()}
        texts = by_rs_trafilatura(list(pages.values()), rs_python)
        engines[RS] = dict(zip(pages.values(), texts, strict=True)).__getitem__
    for name, engine in (engines | PEERS).items():
        right: Counter[str] = Counter()
        every: Counter[str] = Counter()
        for mark in marks.values():
            found = " ".join(engine(page_of(folder, mark)).split())
            for side in ("with", "without"):
                every[side] += len(mark[side])
                right[side] += sum((" ".join(snippet.split()) in found) == (side == "with") for snippet in mark[side])
        shares = [right[side] / every[side] for side in ("with", "without")]
        both = sum(right.values()) / sum(every.values())
        print(f"{name:21} snippets with={shares[0]:.4f} without={shares[1]:.4f} both={both:.4f}")


def print_speed(golds: list[Gold]) -> None:
    """Processor time per page on every n-th page of wcxb, text and image positions included for us."""
    wcxb = [gold for gold in golds if gold.source == "wcxb"]
    pages = [gold.markup for gold in wcxb[:: len(wcxb) // TIMED]]
    size = sum(map(len, pages)) // len(pages)
    spent = cost_by_engine(pages)
    for name, seconds in spent.items():
        print(
            f"{name:21} {1000 * seconds:7.2f} ms a page of {size:,} characters ({len(pages)} pages);"
            f" {spent['trafilatura'] / seconds:.1f} times trafilatura"
        )


def print_images(folder: Path) -> None:
    """pages/readability: how many images of the expected HTML are kept, and how many kept ones are not in it (by file name)."""
    wanted_count = found_count = kept_count = extra = 0
    for path in sorted(folder.glob("*/expected.html.gz")):
        url = "http://fakehost/test/page.html"
        tree = parsed(gzip.decompress(path.read_bytes()).decode())
        references = (image_reference(element, url) for element in tree.find_all("img"))
        wanted = [{file_of(address) for address in image.urls} for image in references if image is not None]
        source = decode(gzip.decompress(path.with_name("source.html.gz").read_bytes()), "").text
        kept = [{file_of(address) for address in image.urls} for image in extract(source, url).images if image.kept]
        wanted_count, kept_count = wanted_count + len(wanted), kept_count + len(kept)
        found_count += sum(any(one & other for other in kept) for one in wanted)
        extra += sum(not any(one & other for other in wanted) for one in kept)
    print(
        f"images: {found_count / wanted_count:.3f} of {wanted_count} found, {extra / kept_count:.3f} of {kept_count} kept are extra"
    )


def page_of(folder: Path, mark: dict[str, Any]) -> str:
    """The markup of a page of snippets."""
    return decode(gzip.decompress((folder / "html" / f"{mark['file']}.gz").read_bytes()), "").text


def file_of(address: str) -> str:
    """The last part of an address's path."""
    return address.partition("?")[0].rstrip("/").rpartition("/")[2]


def main() -> None:
    """Print every figure of docs/extraction.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--only", choices=("speed", "images", "snippets", "scores"))
    argument(parser)
    given = parser.parse_args()
    golds = gold_sets(given.data, given.cache)
    parts: dict[str, Callable[[], None]] = {
        "speed": lambda: print_speed(golds),
        "images": lambda: print_images(given.data / "pages" / "readability"),
        "snippets": lambda: print_snippets(given.data / "pages" / "trafilatura", given.rs_trafilatura),
        "scores": lambda: print_scores(cross_validated(golds, given.rs_trafilatura)),
    }
    for name, part in parts.items():
        if given.only in (None, name):
            part()


if __name__ == "__main__":
    main()
