"""Words of a text, cut once and numbered within the document. Pure; cost: about 0.3 ms for 1,700 words.

A *token* is what white space separates. A *word* is a token without the punctuation at its ends; a token of punctuation
alone is no word: datatrove and DCLM count so (docs/sources.md, "Gopher rules"). Case is kept. Scripts that put no spaces between words
are cut into pieces first (`transforms.text.unspaced`).
"""

import string
from dataclasses import dataclass
from itertools import filterfalse

import numpy as np
from numpy.typing import NDArray

from transforms.characters import settled
from transforms.text.unspaced import spaced

Ints = NDArray[np.int64]

# ASCII punctuation, then the marks of other scripts and of typography that stand at the ends of words.
EDGES = string.punctuation + "".join(
    (
        "\u00a1\u00a7\u00ab\u00b4\u00b6\u00b7\u00bb\u00bf",  # Latin-1: inverted marks, guillemets, middle dot
        "\u037e\u0387\u055c\u055d\u055e\u0589\u05be\u05c0\u05c3",  # Greek, Armenian, Hebrew
        "\u060c\u061b\u061f\u066a\u06d4\u0964\u0965",  # Arabic, Devanagari
        "\u2010\u2011\u2012\u2013\u2014\u2015\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f",  # dashes, quotes
        "\u2020\u2021\u2022\u2023\u2026\u2030\u2032\u2033\u2039\u203a\u203b\u203c\u203d\u2043\u2122",
        "\u25a0\u25aa\u25b6\u25ba\u25cb\u25cf\u25e6",  # bullets
        "\u3001\u3002\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u30fb",  # CJK
        "\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f",
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of one document. `ids[i]` numbers word i: equal numbers are equal words, all below `tokens`."""

    tokens: int  # white-space tokens, those of punctuation alone included
    letterless: int  # tokens without a letter
    ids: Ints  # one number for each word, in order; numbers have gaps
    lengths: Ints  # characters of each word, in order
    vocabulary: dict[str, int]  # word -> its number; tokens with punctuation at their ends are in it too
    raw: Ints  # for each token, the first place where it stands
    rough: list[str]  # the distinct tokens that are not letters alone
    sizes: Ints  # characters by number, of the word that has it


def has_letter(word: str) -> bool:
    """Whether any character of `word` is a letter of any script."""
    return word[:1].isalpha() or (not word.isdecimal() and any(map(str.isalpha, settled(word))))


def split_words(text: str) -> Words:
    """Cut `text` into words and number them by a place where each stands as a token.

    >>> words = split_words("Well, well: the end -- the END.")
    >>> words.tokens, words.ids.tolist(), words.lengths.tolist()
    (7, [0, 1, 2, 3, 2, 6], [4, 4, 3, 3, 3, 3])
    """
    tokens = spaced(text).split()
    place: dict[str, int] = {}
    ids = np.fromiter(map(place.setdefault, tokens, range(len(tokens))), np.int64, len(tokens))
    raw = ids
    lengths = np.zeros(len(tokens), np.int64)  # by number
    lengths[np.fromiter(place.values(), np.int64, len(place))] = np.fromiter(map(len, place), np.int64, len(place))
    # Only distinct tokens are stripped, and of those only the fewer that are not letters alone.
    rough = list(filterfalse(str.isalpha, place))
    plain = list(map(bare, rough))
    places = list(map(place.__getitem__, rough))
    renumbered = np.array(list(map(place.setdefault, plain, places)), np.int64)
    signs = [where for where, word in zip(places, plain, strict=True) if not has_letter(word)]
    letterless = int(np.bincount(ids)[signs].sum()) if signs else 0
    if rough:
        number = np.arange(len(tokens))
        number[np.array(places, np.int64)] = renumbered
        ids = number[ids]
        lengths[renumbered] = np.fromiter(map(len, plain), np.int64, len(plain))
    if (nothing := place.pop("", None)) is not None:
        ids = ids[ids != nothing]
    return Words(len(tokens), letterless, ids, lengths[ids], place, raw, rough, lengths)


def bare(token: str) -> str:
    """The token without the punctuation at its ends. ASCII first: three times as fast and nearly always enough."""
    word = token.strip(string.punctuation)
    return word if word.isascii() else word.strip(EDGES)
