"""The gold sets for main-content extraction, as one kind of record: a page, its address, and the text that should be found.

They lie under `shared/data/pages` (see its README) and are unpacked to a cache, never into the project. Postlight's pages have no gold
texts; its extractors name the element that holds each site's article, so its npm package (`npm pack @postlight/parser`, unpacked to
CACHE/postlight) turns them into gold. Those golds and readability's are other tools' views, not a person's.
"""

import ast
import gzip
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import tld

from transforms.html.charset import decode
from transforms.html.nodes import parsed
from transforms.html.segment import segment

# The weights of the page types in the target figure (docs/sources.md, "Main content").
TYPE_WEIGHTS = {
    "article": 0.530,
    "service": 0.110,
    "product": 0.079,
    "collection": 0.078,
    "forum": 0.075,
    "listing": 0.066,
    "documentation": 0.061,
}


LEAST = 150  # characters; a shorter selection is a teaser or a video's title

# A list of strings or of such lists, in JavaScript as in Python.
STRING = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
FLAT = rf"""\[(?:[^\[\]'"]|{STRING})*\]"""
LIST = rf"""\[(?:[^\[\]'"]|{STRING}|{FLAT})*\]"""


@dataclass(frozen=True, slots=True)
class Gold:
    """One page of a gold set; `markup` is its HTML, `text` what a main-content extractor should find."""

    source: str
    name: str
    url: str
    kind: str
    path: Path
    text: str

    @property
    def domain(self) -> str:
        """The registered domain, or a name of its own where the address has none."""
        return tld.get_fld(self.url, fail_silently=True) or f"{self.source}:{self.name}"

    @property
    def markup(self) -> str:
        """The page as text."""
        data = self.path.read_bytes()
        return decode(gzip.decompress(data) if self.path.suffix == ".gz" else data, "").text


def gold_sets(data: Path, cached: Path) -> list[Gold]:
    """Every page with a gold text, in a fixed order."""
    pages = data / "pages"
    return [
        *wcxb(pages / "wcxb", cached),
        *scrapinghub(pages / "scrapinghub-aeb"),
        *readability(pages / "readability"),
        *goose(pages / "goose3"),
        *postlight(pages / "postlight-parser", cached / "postlight"),
        *gutenberg(data / "interleaved" / "gutenberg"),
    ]


def wcxb(folder: Path, cached: Path) -> Iterator[Gold]:
    """1,124 pages of seven types (`wcxb`), and 373 further articles (`wcxb-more`)."""
    first = unpacked(folder / "pages.tar.xz", cached / "wcxb-pages")
    second = unpacked(folder / "articles.tar.xz", cached / "wcxb-articles")
    for source, place in (("wcxb", first), ("wcxb-more", second)):
        for path in sorted((place / "wcxb" / "ground-truth").glob("*.json")):
            found = json.loads(path.read_text())
            kind = found["_internal"]["page_type"]["primary"]
            url = found.get("url") or f"https://example.org/wcxb/{path.stem}"
            markup = place / "wcxb" / "html" / f"{path.stem}.html"
            yield Gold(source, path.stem, url, kind, markup, found["ground_truth"].get("main_content") or "")


def unpacked(archive: Path, place: Path) -> Path:
    """`place` with the archive's files in it."""
    if not place.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(place, filter="data")
    return place


def scrapinghub(folder: Path) -> Iterator[Gold]:
    """181 news pages."""
    for name, found in sorted(json.loads(gzip.decompress((folder / "ground-truth.json.gz").read_bytes())).items()):
        yield Gold(
            "scrapinghub", name, found["url"], "article", folder / "html" / f"{name}.html.gz", found["articleBody"]
        )


def readability(folder: Path) -> Iterator[Gold]:
    """130 pages with the accepted output of Mozilla's Readability as HTML; the domain is not recorded, the name stands for it."""
    for path in sorted(folder.glob("*/expected.html.gz")):
        expected = gzip.decompress(path.read_bytes()).decode()
        name = path.parent.name
        yield Gold(
            "readability",
            name,
            f"https://{name}.readability.example/",
            "article",
            path.parent / "source.html.gz",
            plain(expected),
        )


def goose(folder: Path) -> Iterator[Gold]:
    """The pages of goose3 whose expected text is whole; most golds there are a beginning of under 300 characters."""
    for path in sorted(folder.glob("*/*.json.gz")):
        found = json.loads(gzip.decompress(path.read_bytes()))
        text = found.get("expected", found).get("cleaned_text") or ""
        if len(text) > 1000:
            markup = path.with_name(path.name.replace(".json.gz", ".html.gz"))
            yield Gold("goose3", path.name.removesuffix(".json.gz"), found["url"], "article", markup, text)


def postlight(folder: Path, package: Path) -> Iterator[Gold]:
    """Pages whose site Postlight's parser knows: the text of the element that its extractor selects, without what it cleans away."""
    scripts = sorted(package.glob("**/mercury.js"))
    if not scripts:
        return
    rules = dict(postlight_rules(scripts[0].read_text()))
    for path in sorted(folder.glob("*.html.gz")):
        site = path.name.removesuffix(".html.gz").partition("--")[0]
        found = Gold("postlight", path.name.removesuffix(".html.gz"), f"https://{site}/", "article", path, "")
        if site in rules:
            text = selected(found.markup, *rules[site])
            if len(text) >= LEAST:
                yield Gold(found.source, found.name, found.url, found.kind, path, text)


def gutenberg(folder: Path) -> Iterator[Gold]:
    """Three illustrated books: all of their text is main content."""
    for path in sorted(folder.glob("*/*-h/*-h.htm")):
        name = path.parent.parent.name
        found = Gold("gutenberg", name, f"https://{name}.gutenberg.example/", "article", path, "")
        yield replace(found, text=plain(found.markup))


def postlight_rules(script: str) -> Iterator[tuple[str, tuple[list[object], list[object]]]]:
    """(domain, (selectors, selectors to clean away)) of each extractor in the package's script."""
    script = re.sub(r"^\s*//.*$|(?<=[\[,\]]) *//.*$", "", script, flags=re.MULTILINE)
    for piece in re.split(r"\n  domain: ", script)[1:]:
        domain = ast.literal_eval(piece[: piece.index("\n")].rstrip(",; "))
        content = re.search(r"\n  content: \{(.*?)\n  \}", piece, re.DOTALL)
        if content:
            selectors, clean = (re.search(f"{name}: ({LIST})", content[1]) for name in ("selectors", "clean"))
            if selectors:
                yield domain, (ast.literal_eval(selectors[1]), ast.literal_eval(clean[1]) if clean else [])


def selected(markup: str, selectors: list[object], clean: list[object]) -> str:
    """The text of the first selector that matches; a list of selectors means all of them together."""
    tree = parsed(markup)
    for selector in selectors:
        parts = [str(part) for part in selector] if isinstance(selector, list) else [str(selector)]
        try:
            found = [element for part in parts for element in tree.select(part)[:1]]
        except ValueError:
            continue
        if len(found) == len(parts):
            for element in found:
                for unwanted in clean:
                    if isinstance(unwanted, str):
                        element.remove(unwanted)
            return "\n".join(plain(element.html) for element in found)
    return ""


@cache
def plain(markup: str) -> str:
    """All text of a piece of HTML, a line per block."""
    tree = parsed(markup)
    return "\n".join(segment(tree).texts)
