"""The join of policy files: a batch asks for the origins of its items, a partition answers with the files that bind them. Pure.

It travels with the lookup join of media, so it costs no exchange of its own. Of several captures of one file the first binds: the newest,
then the one of the least id.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.decide.exchange import Message, by_partition, rows_of, unique_keys
from pipeline.decide.lookup_join import Parcel
from schemas.index import POLICY, POLICY_KINDS, PROBE
from transforms.dedup.keep_first import first_per_key, key_bytes, locate

POLICIES, ORIGINS, BINDING = "policies", "origins", "binding"


def probe(policies: Iterable[np.ndarray], origins: Iterable[np.ndarray], partitions: int) -> Iterator[Parcel]:
    """What a batch sends: its first policy file of each origin and kind, and the origins of its items, each once."""
    yield from by_partition(binding(np.concatenate([np.empty(0, POLICY), *policies])), partitions, POLICIES)
    yield from by_partition(unique_keys(np.concatenate([np.empty(0, PROBE), *origins])), partitions, ORIGINS)


def join(messages: Sequence[Message]) -> Iterator[Parcel]:
    """What a partition answers: to each batch the policy files of the origins that it asked about."""
    offered = (rows_of(message, POLICY) for message in messages if message[0] == POLICIES)
    policies = binding(np.concatenate([np.empty(0, POLICY), *offered]))
    if not len(policies):
        return
    for message in messages:
        if message[0] == ORIGINS:
            asked = unique_keys(rows_of(message, PROBE))
            found = locate(key_bytes(policies["high"], policies["low"]), key_bytes(asked["high"], asked["low"]))
            yield message[1], BINDING, policies[found >= 0]


def told(messages: Iterable[Message]) -> np.ndarray:
    """The policy files that bind a batch's items."""
    return np.concatenate([np.empty(0, POLICY), *(rows_of(m, POLICY) for m in messages if m[0] == BINDING)])


def binding(policies: np.ndarray) -> np.ndarray:
    """The first of each origin and kind."""
    of_kinds = [policies[policies["kind"] == kind] for kind in range(len(POLICY_KINDS))]
    return np.concatenate([rows[np.unique(first_per_key(rows))] for rows in of_kinds])
