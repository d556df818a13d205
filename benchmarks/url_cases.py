"""The URL standard's own test cases, read as image references: what a browser makes of each, and what we make of it.

Run from the repository root: ``python -m benchmarks.url_cases --cases urltestdata.json``. The file is that of
web-platform-tests (3-Clause BSD); the crate `url` ships it as `tests/urltestdata.json`, and `cargo fetch` in a package
that depends on the crate unpacks it. The exit status is 1 where a case fails.

A case gives an input, a base and the address, or failure. We owe the address without its fragment where it is http or
https, and nothing in every other case. A base of null stands for a page without an address, so that only whole
addresses have a meaning. Named apart, neither passed nor failed, are: what we mean to leave out, an empty reference, which
shows no image (the HTML standard, "update the image data"), and an address of more than 2,083 characters; and, in a file
from before June 2026, the failures of ASCII domains for their Punycode, which the standard has since taken back
(whatwg/url, pull request 914).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from transforms.html.references import resolved
from transforms.html.urls import LONGEST, SCHEMES

NOWHERE = "about:blank"  # where no relative reference has a meaning
ADDRESS, REFUSED, OTHER = "http(s) addresses", "refused at http(s)", "other schemes"
KINDS = (ADDRESS, REFUSED, OTHER)


class Case(NamedTuple):
    """A reference, the base it stands at, and the address that the standard gives it, None for failure."""

    reference: str
    base: str
    address: str | None

    @property
    def owed(self) -> str | None:
        """What a reference of an image should resolve to: the address without its fragment if it is http(s)."""
        http = self.address is not None and self.address.startswith(SCHEMES)
        return self.address.partition("#")[0] if self.address is not None and http else None

    @property
    def kind(self) -> str:
        """Which of KINDS a case is; a failure is one of http(s) where the reference or its base says so."""
        if self.owed is not None:
            return ADDRESS
        said = (self.reference.strip().lower(), self.base.strip().lower())
        return REFUSED if self.address is None and any(text.startswith(("http:", "https:")) for text in said) else OTHER

    @property
    def by_design(self) -> bool:
        """Whether we mean to give nothing although the standard gives an address."""
        return self.owed is not None and (not self.reference or len(self.owed) > LONGEST)

    @property
    def taken_back(self) -> bool:
        """Whether it is such a failure as the standard had before June 2026: an ASCII domain with a label in Punycode."""
        return self.address is None and self.reference.isascii() and "xn--" in self.reference.lower()


def cases_in(text: str) -> Iterator[Case]:
    """The cases of `urltestdata.json`; its strings are comments."""
    for row in json.loads(text):
        if isinstance(row, dict):
            yield Case(row["input"], row.get("base") or NOWHERE, None if row.get("failure") else row["href"])


def passes(case: Case) -> bool:
    """Whether a case comes out as owed."""
    return resolved([case.reference], case.base) == ((case.owed,) if case.owed is not None else ())


def main() -> int:
    """Print the counts and each case that failed; 1 where one did or where there was none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, required=True, help="urltestdata.json of web-platform-tests")
    cases = list(cases_in(parser.parse_args().cases.read_text(encoding="utf-8")))
    apart = [case for case in cases if case.by_design or (case.taken_back and not passes(case))]
    judged = [case for case in cases if case not in apart]
    failed = [case for case in judged if not passes(case)]
    counts, wrong = Counter(case.kind for case in judged), Counter(case.kind for case in failed)
    for kind in KINDS:
        print(f"{kind}: {counts[kind] - wrong[kind]} of {counts[kind]} passed")
    for label, group in (("apart", apart), ("FAILED", failed)):
        for case in group:
            print(f"{label}: {case!a} gives {resolved([case.reference], case.base)!a}")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
