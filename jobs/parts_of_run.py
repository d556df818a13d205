"""`triptych run --stage` and `--units`: parts of a run, and what is said at the end of each: what it did, and what to type next."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from jobs import funnel, terminal
from jobs.terminal import count, number, size, table
from jobs.watched import watched
from schemas.outcomes import UserError

if TYPE_CHECKING:
    from pipeline.one_step import StepEnd
    from pipeline.plan import Request
    from pipeline.share_run import ShareEnd

NEXT = {"extract": "decide", "decide": "emit"}


def step(request: "Request", stage: str, as_json: bool, quiet: bool) -> int:
    """Run one step, and print what it came to."""
    end = run_step(request, stage, quiet)
    facts = {"stage": stage, "units": end.units, "finished": end.manifest is not None}
    facts["accounts"] = [asdict(account) for account in end.accounts]
    _print(step_lines(end, request), facts, as_json)
    return 0


def run_step(request: "Request", stage: str, quiet: bool) -> "StepEnd":
    """Run one step."""

    def load() -> Callable[..., "StepEnd"]:
        from pipeline.one_step import run_step as run

        return partial(run, stage=stage)

    return watched(request, quiet, load)


def step_lines(end: "StepEnd", request: "Request") -> list[str]:
    """What a step came to, and what to type next."""
    if end.was_there:
        return [f"{request.output} was finished before; nothing was done"]
    done, where = ("staged", request.staging_folder.path) if end.stage == "extract" else ("decided", request.output)
    rows: list[tuple[str, ...]] = [("", "in", "kept", "dropped", "failed", "duplicates")]
    for account in end.accounts:
        left = (sum(ways.values()) for ways in (account.dropped, account.failed, account.duplicates))
        entered = funnel.entered(account.entered, account.added)
        rows.append((f"{account.corpus} {account.stage}", entered, *map(number, (account.kept, *left))))
    return [
        f"{end.stage}: {count(end.units, 'unit')} {done} in {where}",
        "",
        *table(rows),
        "",
        f"next: the same command with --stage {NEXT[end.stage]}",
    ]


def share(request: "Request", asked: str, as_json: bool, quiet: bool) -> int:
    """Stage a share of the units, and print what it came to. Raises UserError."""
    if not request.engine.is_local:
        raise UserError(
            "--units is for array jobs without an engine: another deals units out by itself: leave out --units"
        )

    def load() -> Callable[..., "ShareEnd"]:
        from pipeline.share_run import run_share
        from pipeline.shares import read_share

        return partial(run_share, share=read_share(asked))

    end = watched(request, quiet, load)
    facts = asdict(end) | {"share": str(end.share)}
    _print(share_lines(end), facts, as_json)
    return 0


def share_lines(end: "ShareEnd") -> list[str]:
    """What a share came to, and what to type next."""
    units = f"{number(end.units)} of {count(end.of, 'unit')}, {size(end.bytes)}"
    did = f"nothing was done, since {end.before}" if end.before else "staged" if end.units else "nothing to stage"
    read = f", {count(end.captures, 'capture')}, {count(end.failed, 'item')} failed" if end.captures else ""
    after = [] if end.whole else ["next: when all shares are finished, the same command without --units"]
    return [f"share {end.share} ({units}): {did}{read}", *after]


def _print(lines: list[str], facts: dict[str, Any], as_json: bool) -> None:
    with suppress(BrokenPipeError):  # the work is done, whether or not anybody reads of it
        terminal.out(json.dumps(facts, indent=2) if as_json else "\n".join(lines))
