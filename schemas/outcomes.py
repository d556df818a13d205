"""The outcomes of an item at a stage, and the faults that can happen to it.

Every item has exactly one outcome at every stage, so that *in = kept + dropped + failed + duplicate*:

* **kept**: it goes on.
* **dropped**: a rule of the recipe decided; the row names the rule and the measured value.
* **failed**: a fault happened to it; the row names the fault and says what was seen.
* **duplicate**: another item stands for it; the row names that item in `of`.

The faults, by what to do next::

    permanent    never retry            unsupported_type
    damage       look at the archive    gzip_damage, truncated, bad_record, no_records
    hostile      drop, watch the host   bomb, oversize, hostile_markup
    undecodable  dead letter            undecodable_image, empty_extraction
    isolated     may hint at a bug      timeout, crashed, out_of_memory

Any other exception than a `RecordError` is a bug and ends the run (law 8).
"""

from enum import StrEnum


class Fault(StrEnum):
    """The closed list of what can happen to one item (docs/sources.md, "Faults")."""

    UNSUPPORTED_TYPE = "unsupported_type"
    GZIP_DAMAGE = "gzip_damage"
    TRUNCATED = "truncated"
    BAD_RECORD = "bad_record"
    NO_RECORDS = "no_records"
    BOMB = "bomb"
    OVERSIZE = "oversize"
    HOSTILE_MARKUP = "hostile_markup"
    UNDECODABLE_IMAGE = "undecodable_image"
    EMPTY_EXTRACTION = "empty_extraction"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"


class RecordError(Exception):
    """One item could not be handled; the run goes on and a row in `failed/` says why.

    >>> error = RecordError(Fault.BOMB, "400 Mpx in 48 kB")
    >>> str(error), error.fault.value
    ('bomb: 400 Mpx in 48 kB', 'bomb')
    """

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail[:500]

    def __str__(self) -> str:
        return f"{self.fault.value}: {self.detail}"

    def __reduce__(self) -> tuple[type["RecordError"], tuple[Fault, str]]:
        return RecordError, (self.fault, self.detail)


class UserError(Exception):
    """Wrong use: one line that says what is wrong and what to do. The command line turns it into exit status 2."""


class BudgetError(Exception):
    """More items failed than the recipe allows, or all that was asked for. The command line turns it into exit status 3."""


class GuardError(Exception):
    """More left than the recipe expects (`guard`). The command line turns it into exit status 3."""


class VerificationError(Exception):
    """A count or a digest does not hold. The command line turns it into exit status 4."""
