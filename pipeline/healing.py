"""Work that is gone through again where a file of ours turns out to be damaged: the file is made again, nothing else is."""

from collections.abc import Callable
from typing import TypeVar

from pipeline.sections import DamagedFileError
from schemas.outcomes import VerificationError

HEALINGS = 100  # damaged files that are made again before it is given up: the disk is then at fault
Result = TypeVar("Result")


def healed(
    work: Callable[[], Result], make_again: Callable[[DamagedFileError], None], note: Callable[[str], None], output: str
) -> Result:
    """What `work` gives; where it meets a damaged file, it is begun again once `make_again` has taken that away.

    Raises VerificationError where there is no end to it, and what either raises.
    """
    for _ in range(HEALINGS):
        try:
            return work()
        except DamagedFileError as error:
            note(f"{error}; it is made again")
            make_again(error)
    raise VerificationError(f"{HEALINGS} files of {output} were damaged after they were written: see to the disk")
