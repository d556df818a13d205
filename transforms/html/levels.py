"""The containers around a block that matter: the smallest of different extent. Pure."""

import numpy as np

from transforms.html.elements import Elements, Ints


def containers(elements: Elements) -> tuple[Ints, Ints, Ints]:
    """For each block its three smallest containers of different extent that hold two blocks or more (fewer near the root)."""
    firsts, ends, parents = elements.firsts, elements.ends, elements.parents
    same = (firsts == firsts[parents]) & (ends == ends[parents])
    top = np.where(same, parents, np.arange(len(parents)))
    while not np.array_equal(higher := top[top], top):
        top = higher
    up = top[parents[top]]
    own = top[elements.holders]
    one = np.where(ends[own] - firsts[own] > 1, own, up[own])
    two = up[one]
    return one, two, up[two]
