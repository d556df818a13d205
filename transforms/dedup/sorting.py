"""Many random keys in order, several times quicker than numpy's `argsort`, and small numbers by their radix. Pure."""

import numpy as np

_TOP = np.uint64(48)  # the leading 16 bits: numpy sorts numbers of 16 bits by radix, in two passes


def in_order(keys: np.ndarray) -> np.ndarray:
    """The rows of `keys` (u8) in the order of their keys, equal ones in the order of their rows; u8.

    Quick where keys are spread evenly, as hashes are; right for any. The row takes the place of the last bits of its key, so that one
    array is sorted instead of two, first by its leading 16 bits, then what is nearly in order; keys that only differ in those last bits,
    of which a million hashes have few, are put right afterwards.

    >>> in_order(np.array([7, 3, 2**63, 3, 0], np.uint64)).tolist()
    [4, 1, 3, 0, 2]
    """
    rows = np.uint64((1 << max(0, len(keys) - 1).bit_length()) - 1)
    joined = keys & ~rows
    joined |= np.arange(len(keys), dtype=np.uint64)
    joined = joined[np.argsort((joined >> _TOP).astype(np.uint16), kind="stable")]
    joined.sort(kind="stable")
    order = joined & rows
    joined &= ~rows
    ordered = keys[order]
    wrong = np.unique(joined[1:][ordered[1:] < ordered[:-1]])
    begins, ends = (np.searchsorted(joined, wrong, side=side).tolist() for side in ("left", "right"))
    for begin, end in zip(begins, ends, strict=True):
        order[begin:end] = order[begin:end][np.argsort(ordered[begin:end], kind="stable")]
    return np.asarray(order)


def by_number(numbers: np.ndarray) -> np.ndarray:
    """The rows of small whole numbers in order, equal ones in the order of their rows: by radix where they fit 16 bits."""
    most = int(numbers.max()) if len(numbers) else 0
    return np.argsort(numbers.astype(np.min_scalar_type(most)), kind="stable")
