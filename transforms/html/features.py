"""What blocks look like: a matrix of numbers, one column per block, from its text, its place in the page, and the containers around it.

The rows come by name from the groups of `feature_groups` and are laid out in the order of NAMES, which is the model's. Vectorised over
the blocks of several pages, since small arrays cost more to call for than to compute.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.html.block_arrays import Blocks, Floats, Ints
from transforms.html.elements import Lexicon, Looks
from transforms.html.feature_groups import GROUPS
from transforms.html.segment import Segments

Matrix = npt.NDArray[np.float32]  # features x blocks

FEATURES = {feature.name: feature for group in GROUPS for feature in group.features}
NAMES = tuple(FEATURES)
_PLACES = {name: place for place, name in enumerate(NAMES)}
_CAPS = np.array([[feature.cap] for feature in FEATURES.values()], np.float32)


class Measured(NamedTuple):
    """The features of the blocks of some pages (features x blocks, in the order of NAMES), the words of each block, where each page's
    blocks begin (the last number is where they end), and the share of each page's characters that stand in links."""

    matrix: Matrix
    words: Floats
    starts: Ints
    links: Floats

    def feature(self, name: str) -> Matrix:
        """One feature of all blocks. Raises KeyError for a name that is not in NAMES."""
        row: Matrix = self.matrix[_PLACES[name]]
        return row


def places_of(names: Sequence[str]) -> Ints:
    """Where some features stand in the order of NAMES. Raises KeyError for a name that is not there.

    >>> places_of(["words", "stops"]).tolist()
    [0, 3]
    """
    return np.array([_PLACES[name] for name in names])


def measure(pages: Sequence[Segments], looks: Sequence[Looks], lexicon: Lexicon) -> Measured:
    """The features of every block of some pages; each has a block. Raises KeyError where a group does not give what it declares."""
    blocks = Blocks(pages, looks, lexicon)
    matrix = np.empty((len(NAMES), len(blocks.order)), np.float32)
    for group in GROUPS:
        for name, row in group.rows(blocks).items():
            matrix[_PLACES[name]] = row
    np.clip(matrix, -_CAPS, _CAPS, out=matrix)
    return Measured(matrix, blocks.counts.words, blocks.starts, blocks.page_links)
