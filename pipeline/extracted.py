"""What the step `extract` handed up: numbers of units, accounts, and what every archive held."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.accounts import add_held, add_up, to_accounts
from pipeline.stage.unit_record import FETCHES
from schemas.manifest import Account


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the step `extract` handed up: a row of numbers a unit (see `batch_lines`), accounts, and what every archive held."""

    units: np.ndarray
    accounts: list[Account]
    held: dict[str, Any]
    given: int | None = None  # how many of the units are of the inputs; None: all of them

    @property
    def first_fetched(self) -> int:
        """The number of the first unit that was fetched, if any was."""
        return len(self.units) if self.given is None else self.given

    def with_fetched(self, fetched: "Extracted") -> "Extracted":
        """The same with what was fetched behind it, and the account of how that was fetched in front."""
        fetches = [account for account in fetched.accounts if account.corpus == FETCHES]
        accounts = add_up([*fetches, *self.accounts, *(each for each in fetched.accounts if each not in fetches)])
        units = np.concatenate([self.units, fetched.units])
        return Extracted(units, accounts, self.held | fetched.held, len(self.units))


def read_extracted(parts: Iterable[Any]) -> Extracted:
    """What the units handed up, from the parts that hold it."""
    units: list[np.ndarray] = [np.empty((0, 7), np.int64)]
    accounts: list[Account] = []
    held: dict[str, dict[str, Any]] = {}
    for part in parts:
        units.append(np.array(part["units"], dtype=np.int64).reshape(-1, 7))
        accounts = add_up([*accounts, *to_accounts(part["accounts"])])
        add_held(held, ({"source": source, **one} for source, one in part["held"].items()))
    together = np.concatenate(units)
    return Extracted(together[np.argsort(together[:, 0])], accounts, held)


def holds(accounts: Iterable[Account], *rules: str) -> bool:
    """Whether some archive holds a capture that left by one of these rules (a policy file): where none does, no item asks for one."""
    return any(rule in account.dropped for account in accounts for rule in rules)
