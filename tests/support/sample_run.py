"""One run over the bundled sample that tests hold others to, and what the end-to-end tests ask of each corpus."""

import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schemas.manifest import Manifest
from tests.support.runs import recipe, rows, run_on, run_until, two_archives


@cache
def _folder() -> "TemporaryDirectory[str]":
    """A folder that goes when the test session ends."""
    return TemporaryDirectory(prefix="triptych-test-")


@cache
def sample_inputs() -> list[str]:
    """The sample twice, so that every item has an equal one; as `sample_run` nobody's to change."""
    return two_archives(Path(_folder().name) / "in")


@cache
def sample_run() -> tuple[Path, Manifest]:
    """The run of `kosmos1` over them: where it lies, and its manifest. Made once a session, so to be asked for before a test patches."""
    output = Path(_folder().name) / "out"
    return output, run_on(sample_inputs(), output, recipe("kosmos1"))


@cache
def _stopped(step: str) -> Path:
    output = Path(_folder().name) / step
    run_until(step, sample_inputs(), output, recipe("kosmos1"))
    return output


def copy_stopped(step: str, output: Path) -> None:
    """The folder of the same run as it lies once a step is committed, and no more; to go on from, or to be harmed."""
    shutil.copytree(_stopped(step), output)


def unexplained(corpus: str) -> list[str]:
    """What is wrong with the rows of a corpus beside its accounts: ids twice, losses without a row, keepers that no
    rule of duplicates left (law 11)."""
    output, manifest = sample_run()
    kept = [row["id"] for row in rows(output, corpus)]
    gone = [row for row in rows(output, "dropped") if row["corpus"] == corpus]
    ids = kept + [row["id"] for row in gone]
    wrong = [f"{identity} comes {count} times" for identity, count in Counter(ids).items() if count > 1]
    # A keeper is kept, or was drawn out or cut behind the duplicates.
    keepers = {*kept, *(row["id"] for row in gone if row["of"] is None)}
    wrong += [f"{row['id']} is of {row['of']}" for row in gone if row["of"] is not None and row["of"] not in keepers]
    accounts = [account for account in manifest.accounts if account.corpus == corpus]
    stated: Counter[Any] = Counter()
    for account in accounts:
        stated.update({(account.stage, rule): n for rule, n in {**account.dropped, **account.duplicates}.items()})
    if stated != Counter((row["stage"], row["rule"]) for row in gone):
        wrong.append(f"the accounts say {stated}")
    if (accounts[0].entered, accounts[-1].kept) != (len(ids), len(kept)):
        wrong.append(
            f"{len(ids)} rows for {accounts[0].entered} that entered, {len(kept)} for {accounts[-1].kept} kept"
        )
    return wrong
