"""The lines and paragraphs of a document as rows of numbers, by which a run finds those that stand on many pages. Pure; cost: per record.

A paragraph is a block of the document, a line is a line of a block; a block of one line is both. Rows of tables and listings are none of
either: without some of its rows a table says something else. A piece is known by eight bytes of its folded text, so a run over 10^10 lines
takes a few of them for others.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import xxhash

from schemas.index import MOST_SIZE, PARAGRAPH, PIECE
from schemas.records import Block, BlockKind, Container, ContainerKind
from schemas.tasks import StagedPieces
from transforms.text.c4 import CITATION, line_sentences

LEAST_CHARACTERS = 8  # of a piece that is staged (ours): C4's shortest line has nine, five words and an end mark
MOST_PIECES = 100_000  # of a page (ours): what a hostile page has more is looked at by nobody
_SEED = int.from_bytes(b"piece.1")  # change it with any change below: keys of two versions never meet
# By name: Python 3.11 takes longer to find a member in its enumeration than to compare it.
_TABLE, _CODE, _ROW, _CELL = BlockKind.TABLE, BlockKind.CODE, ContainerKind.ROW, ContainerKind.CELL


def pieces_of(items: Sequence[Block | int], containers: Sequence[Container]) -> StagedPieces:
    """The pieces of a document of at least LEAST_CHARACTERS, as rows of PIECE, and how many lines and paragraphs it has of any length.

    >>> found = pieces_of([Block(BlockKind.PARAGRAPH, "All rights  reserved.\\nHome"), 0], ())
    >>> (found.lines, found.paragraphs, np.frombuffer(found.rows, PIECE)["line"].tolist())
    (2, 1, [1, 4294967295])
    """
    places, texts, rest = [], [], []
    for place, item in enumerate(items):
        if isinstance(item, Block):
            if takes_part(item, containers):
                places.append(place)
                texts.append(item.text.splitlines())
            else:
                rest.append(item.text.splitlines())
    lines = sum(bool(line.strip()) for own in (*texts, *rest) for line in own)
    return StagedPieces(lines, len(texts) + len(rest), _rows(places, texts).tobytes() if texts else b"")


def takes_part(block: Block, containers: Sequence[Container]) -> bool:
    """Whether a block is neither code nor a part of a table."""
    if block.kind is _TABLE or block.kind is _CODE:
        return False
    around = block.container
    return around < 0 or not ((kind := containers[around].kind) is _ROW or kind is _CELL)


def folded(lines: Iterable[str]) -> list[str]:
    """Lines as they are compared: in small letters, without citation marks, every run of white space one space, none at the ends.

    >>> folded([" This  Line[3]\\t", "Another one"])
    ['this line', 'another one']
    """
    # Line by line: one letter that is not ASCII makes small letters of a text ten times as slow.
    return [_even((CITATION.sub("", line) if "[" in line else line).lower()) for line in lines]


def _even(line: str) -> str:
    """The line with one space for every run of white space, none at the ends. Printable characters hold no other white space."""
    return line if line.isprintable() and "  " not in f" {line} " else " ".join(line.split())


def _rows(places: Sequence[int], texts: Sequence[Sequence[str]]) -> np.ndarray:
    """The pieces of blocks, given by their places and their lines, as rows of PIECE in the order of the document."""
    lines = [line for own in texts for line in own][:MOST_PIECES]
    counts = np.fromiter(map(len, texts), np.int64, len(texts))
    begins = np.cumsum(counts) - counts
    block = np.repeat(np.arange(len(texts)), counts)[: len(lines)]
    number = np.where(counts[block] == 1, 0, np.arange(len(lines)) - begins[block] + 1)
    sentences = np.array(line_sentences(lines), np.int64)
    compared = folded(lines)
    several = np.flatnonzero((counts > 1) & (begins + counts <= len(lines)))
    if len(several):
        ranges = [(begin, begin + count) for begin, count in zip(begins[several], counts[several], strict=True)]
        compared += ["\n".join(filter(None, compared[begin:end])) for begin, end in ranges]
        number = np.concatenate([number, np.full(len(several), PARAGRAPH)])
        sentences = np.concatenate([sentences, [sentences[begin:end].sum() for begin, end in ranges]])
        block = np.concatenate([block, several])
    characters = np.fromiter(map(len, compared), np.int64, len(compared))
    taken = np.flatnonzero(characters >= LEAST_CHARACTERS)
    if len(several):
        taken = taken[np.argsort(block[taken], kind="stable")]
    rows = np.empty(len(taken), PIECE)
    rows["key"] = [_key(compared[row]) for row in taken.tolist()]
    rows["block"], rows["line"] = np.array(places)[block[taken]], number[taken]
    rows["sentences"], rows["characters"] = (np.minimum(each[taken], MOST_SIZE) for each in (sentences, characters))
    return rows


def _key(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), _SEED)
