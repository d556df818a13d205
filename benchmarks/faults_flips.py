"""One flipped bit in a file that a run left, then the same command again: `python -m benchmarks.faults_flips`.

    faults_flips.py --input GLOB --work DIR [--each 400] [--seed 0] [--kinds units selections ...] [--triptych COMMAND]

A finished run is copied, its manifest and what follows from the kind of file are taken away, as if it had been killed there; one bit of one
file of the kind is flipped, and the command is given again. It must end with the manifest of the run that nobody touched, byte by byte
(`found`: the run said that something is damaged and made it again; `harmless`: it did not have to), or with status 2 and a message that
says what is wrong (`refused`: to which run a folder belongs is not guessed). Another manifest with status 0 is a wrong corpus; anything
else is a crash. `verify` is asked about every corpus that was finished. Files that live only while `decide` runs are not among them.
Commands are given in forked children, which saves two seconds each; with `--triptych` each starts as a process of its own.
"""

import argparse
import hashlib
import random
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import forked
from benchmarks.forked import Ended

MADE_AGAIN = ("is made again", "damaged")
SECONDS = 600.0  # after which a run counts as one that hangs
SHARDS = ("text", "pairs", "interleaved")
OUTCOMES = ("found", "harmless", "refused", "wrong corpus", "crash", "hang")
SOUND = ("found", "harmless", "refused")


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind, by pattern below the run folder, and what is taken away beside the manifest so that they are read again."""

    files: tuple[str, ...]
    gone: tuple[str, ...] = ()


DECIDED = "staging/decide"
KINDS: Mapping[str, Kind] = {
    "units": Kind(("staging/units/**/*.unit",), (DECIDED, "dropped", "failed", *SHARDS)),
    "units, decided": Kind(("staging/units/**/*.unit",), (f"{DECIDED}/emit", f"{DECIDED}/shards", *SHARDS)),
    "units, unlisted": Kind(("staging/units/**/*.unit",), ("staging/extract", DECIDED, "dropped", "failed", *SHARDS)),
    "extract records": Kind(("staging/extract/*",), (DECIDED, "dropped", "failed", *SHARDS)),
    "work lists": Kind(("staging/*.jsonl", f"{DECIDED}/*.jsonl")),
    "selections": Kind((f"{DECIDED}/selections/*",), (f"{DECIDED}/emit", f"{DECIDED}/shards", *SHARDS)),
    "decide records": Kind((f"{DECIDED}/decided/*",)),
    "shard records": Kind((f"{DECIDED}/shards/*",)),
    "emit records": Kind((f"{DECIDED}/emit/*",)),
    "profile": Kind((f"{DECIDED}/profile.zst",)),
    "run.json": Kind(("run.json",)),
    "staging.json": Kind(("staging/staging.json",)),
    "tables": Kind(("dropped/*", "failed/*")),
    "shards": Kind(tuple(f"{corpus}/**/*" for corpus in SHARDS)),
}


Call = Callable[[Sequence[str]], Ended]


@dataclass
class Tried:
    """What came of the flips in one kind of file, and the first lines about those that were not sound."""

    outcomes: Counter[str] = field(default_factory=Counter)
    unsound: list[str] = field(default_factory=list)


def files_of(kind: Kind, folder: Path) -> list[Path]:
    """The files of a kind that hold something, in order."""
    found = {path for pattern in kind.files for path in folder.glob(pattern)}
    return sorted(path for path in found if path.is_file() and path.stat().st_size)


def flip(path: Path, draw: random.Random) -> str:
    """Flip one bit, and say which."""
    data = bytearray(path.read_bytes())
    at, bit = draw.randrange(len(data)), draw.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"byte {at} of {len(data)}, bit {bit}"


def called(command: str, arguments: Sequence[str]) -> Ended:
    """How `command ARGUMENTS` ends as a process of its own."""
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {command} {shlex.join(arguments)}"],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Ended(None, "it does not end")
    return Ended(done.returncode, done.stderr.decode(errors="replace"))


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """What every script that disturbs runs is told."""
    parser.add_argument("--work", type=Path, required=True, help="folder for the runs, which are taken away")
    parser.add_argument("--triptych", default=f"{shlex.quote(sys.executable)} -m jobs.cli", help="the command")
    parser.add_argument("--seed", type=int, default=0)


def manifest_digest(folder: Path) -> str:
    """SHA-256 of a run's manifest; "" where there is none."""
    manifest = folder / "manifest.json"
    return hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else ""


def outcome(run: Ended, same: bool, verified: Ended | None) -> str:
    """What a run over a changed file came to; `verified` is how `verify` ended, where it was asked."""
    status, said = run
    if status is None or (verified and verified.status is None):
        return "hang"
    if status == 0:
        sound = "found" if any(words in said for words in MADE_AGAIN) else "harmless"
        return sound if same and (verified is None or verified.status == 0) else "wrong corpus"
    return "refused" if status == 2 and said.strip() else "crash"


def run_arguments(args: argparse.Namespace, folder: Path) -> list[str]:
    """What `triptych` is told to make the run in `folder`."""
    return ["run", "--input", args.input, "--output", str(folder)]


def try_kind(
    kind: Kind, args: argparse.Namespace, call: Call, reference: Path, true: str, draw: random.Random
) -> Tried:
    """Flip `--each` bits, one after the other, each in a copy of its own."""
    tried, folder = Tried(), args.work / "flipped"
    for _ in range(args.each):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(reference, folder)
        for name in ("manifest.json", *kind.gone):
            place = folder / name
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        there = files_of(kind, folder)
        if not there:
            break
        path = draw.choice(there)
        what = f"{path.relative_to(folder)}, {flip(path, draw)}"
        run = call(run_arguments(args, folder))
        verified = None if run.status or args.quick else call(["verify", str(folder)])
        came = outcome(run, manifest_digest(folder) == true, verified)
        tried.outcomes[came] += 1
        if came not in SOUND:
            last = " ".join(run.said.strip().splitlines()[-1:])[:200]
            tried.unsound.append(f"{what}: {came} (status {run.status}) {last}")
    return tried


def main() -> None:
    """Print a row for each kind, and every flip that was not sound; ends with status 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, help="a small archive")
    parser.add_argument("--each", type=int, default=400, help="flips in each kind of file")
    add_common_arguments(parser)
    parser.set_defaults(triptych="")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--quick", action="store_true", help="do not ask `verify`")
    args = parser.parse_args()
    reference = args.work / "reference"
    shutil.rmtree(reference, ignore_errors=True)
    args.work.mkdir(parents=True, exist_ok=True)
    if args.triptych:
        call: Call = partial(called, args.triptych)
    else:
        forked.import_all()
        call = partial(forked.call, log=args.work / "stderr", seconds=SECONDS)
    status, said = call(run_arguments(args, reference))
    true = manifest_digest(reference)
    if status != 0 or not true:
        raise SystemExit(f"the run that is to be changed ends with {status}: {said[-500:]}")
    print(f"{'kind':18}" + "".join(f"{name:>14}" for name in OUTCOMES), flush=True)
    unsound = 0
    for number, name in enumerate(args.kinds):
        tried = try_kind(KINDS[name], args, call, reference, true, random.Random(f"{args.seed} {number}"))
        print(f"{name:18}" + "".join(f"{tried.outcomes[each]:14}" for each in OUTCOMES), flush=True)
        for line in tried.unsound:
            print(f"    {line}", flush=True)
        unsound += len(tried.unsound)
    raise SystemExit(bool(unsound))


if __name__ == "__main__":
    main()
