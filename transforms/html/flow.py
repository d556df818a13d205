"""The nodes of several pages, concatenated, and how they nest. Pure."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from transforms.html.nesting import Nest, ends_of
from transforms.html.nodes import BLANK, BLOCK, ROW, WORDS, Codes, Flags, Ints, Nodes


class Flow(NamedTuple):
    """The nodes of several pages, concatenated: elements by place, end and tag, the block-level ones among them, and how those nest.

    `targets`: for each link the number of its address among its page's.
    """

    roles: Codes
    texts: list[str]
    places: Ints
    ends: Ints
    tags: Codes
    blocks: Ints
    nest: Nest
    targets: Ints

    def with_roles(self, first: int, last: int) -> Ints:
        """The numbers of the elements whose role lies between `first` and `last`, both inclusive."""
        roles = self.roles[self.places]
        return np.flatnonzero((roles >= first) & (roles <= last))


class Tokens(NamedTuple):
    """The texts and line breaks that make up runs: place, run, whether it is text, and the text of each."""

    places: Ints
    runs: Ints
    is_text: Flags
    texts: list[str]


def flow_of(pages: Sequence[Nodes]) -> Flow:
    """The nodes of several pages, concatenated."""
    types = np.frombuffer(b"".join(page.types for page in pages), np.uint8)
    places = np.flatnonzero(types == BLOCK)
    of_elements = np.frombuffer(b"".join(page.roles for page in pages), np.uint8)
    tags = np.frombuffer(b"".join(page.tags for page in pages), np.uint8)
    roles = types.copy()
    roles[places] = of_elements
    blank = np.frombuffer(b"".join(page.blank for page in pages), np.bool_)
    roles[np.flatnonzero(types == WORDS)[blank]] = BLANK
    ends = ends_of(places, np.concatenate([page.children for page in pages]), len(roles))
    blocks = np.flatnonzero(of_elements <= ROW)
    nest = Nest(places[blocks], ends[blocks], len(roles))
    texts = list(chain.from_iterable(page.texts for page in pages))
    targets = np.fromiter(chain.from_iterable(page.targets for page in pages), np.int64)
    return Flow(roles, texts, places, ends, tags, blocks, nest, targets)


def innermost(flow: Flow, table: Ints, places: Ints) -> Ints:
    """The innermost block-level element around each place whose tag has a value of 0 or more in `table`; -1 for none."""
    numbers = np.flatnonzero(table[flow.tags[flow.blocks]] >= 0)
    own = flow.blocks[numbers]
    around = Nest(flow.places[own], flow.ends[own], len(flow.roles)).around(places)
    return np.where(around >= 0, np.append(numbers, -1)[around], -1)


def latest(flags: Flags) -> Ints:
    """For each place the last flagged place up to it, itself included; -1 for none."""
    found: Ints = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return found
