"""A take-down on a finished run: touched shards written anew, what stands beside them, and the manifest last of all.

One process at a time works in the folder. Shards that hold nothing of what goes keep their bytes and their times. Memory holds a row group,
and sixteen bytes for each page and image that goes.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pipeline import formats, storage
from pipeline.alone import hold_folder
from pipeline.forget import journal
from pipeline.forget.changes import CorpusChange, DocumentRules, Gone, TableChange, document_rules
from pipeline.forget.journal import Begun, Rewritten
from pipeline.forget.look import look, one_format, pieces, unreadable
from pipeline.forget.rest import accounts_after, rewritten_sides
from pipeline.inspect import load
from pipeline.layout import RECIPE, RunFolder
from pipeline.run_log import RunLog
from pipeline.verify import TABLES
from schemas.manifest import Manifest, Receipt, ShardFile, to_json
from schemas.outcomes import UserError, VerificationError
from transforms.forget.lists import TakeDown
from transforms.forget.wanted import Wanted

IMAGES_INSIDE = "interleaved_images"  # the account of images inside documents
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a take-down came to: its receipt, the shards that were written anew or went, of how many, and how many entries of each kind of
    list something answered to."""

    receipt: Receipt
    touched: tuple[str, ...] = ()
    shards: int = 0
    matched: Mapping[str, int] = field(default_factory=dict)


def forget(output: str, take_down: TakeDown, note: Note = lambda text: None) -> Outcome:
    """Take down what some lists name; goes on with a take-down by the same lists that was killed.

    Raises UserError (no finished run, another process, an unfinished take-down by other lists) and VerificationError (a shard is not as its
    manifest says; that one is left as it is).
    """
    if not take_down.digest:
        raise UserError("the lists name nothing: there must be an id, an address or a host in them")
    folder = RunFolder(storage.absolute(output))
    load(folder.path)
    with hold_folder(folder, note):
        log = RunLog(folder.log)
        log.event("forget_begun", lists=list(take_down.lists), entries=dict(take_down.entries))
        outcome = Work(folder, take_down, note).done()
        told = {"rows": outcome.receipt.rows, "shards": len(outcome.touched)}
        log.event("forget_ended", **told, **log.peaks.plain())
        log.flush()
    if not storage.is_remote(folder.path):
        with suppress(OSError):  # it is not empty, or not there: only who held the folder stood in it
            os.rmdir(folder.own_staging)
    return outcome


@dataclass
class Work:
    """One take-down in a folder that is held."""

    folder: RunFolder
    take_down: TakeDown
    note: Note

    def done(self) -> Outcome:
        """All of it. Raises as `forget`."""
        data = storage.read_bytes(self.folder.manifest)
        manifest = load(self.folder.path)
        digest = hashlib.sha256(data).hexdigest()
        begun = journal.find_begun(self.folder, self.take_down)
        if begun and begun.manifest != digest:
            return self._ended(manifest, begun)
        if begun is None:
            if storage.exists(self.folder.take_down_keys):  # the last trace of one that was killed as it ended
                journal.end(self.folder)
            wanted, matched = self._look(manifest)
            if not any(matched.values()):
                return Outcome(self._receipt({}, {}), (), len(manifest.shards), matched)
            begun = Begun(digest, matched)
            journal.begin(self.folder, self.take_down, begun, wanted)
        wanted = journal.wanted_of(self.folder)
        rewritten = self._shards(manifest, wanted)
        whole = self._finish(manifest, wanted, rewritten)
        journal.end(self.folder)
        return Outcome(whole.forgotten[-1], tuple(rewritten), len(manifest.shards), begun.matched)

    def _ended(self, manifest: Manifest, begun: Begun) -> Outcome:
        """The end of a take-down that was killed after its manifest was written."""
        last = manifest.forgotten[-1] if manifest.forgotten else None
        if last is None or last.lists != self.take_down.lists:
            raise VerificationError(
                f"{self.folder.path}: manifest.json is not the one that the take-down was begun over: put that one back"
            )
        journal.end(self.folder)
        return Outcome(last, (), len(manifest.shards), begun.matched)

    def _receipt(self, rows: Mapping[str, Mapping[str, int]], left: Mapping[str, int]) -> Receipt:
        return Receipt(self.take_down.lists, dict(self.take_down.entries), rows, left)

    def _look(self, manifest: Manifest) -> tuple[Wanted, dict[str, int]]:
        """What is there of that which is to go, and how many entries of each kind of list something answers to."""
        count = len(one_format(manifest.shards))
        wanted, matched = self.take_down.wanted, dict[str, int]()
        for number, found in enumerate(look(self.folder.path, manifest, self.take_down), 1):
            self.note(f"looked through {number} of {count} shards")
            wanted, matched = (found.wanted, found.counts()) if number == count else (wanted, matched)
        return wanted, matched

    def _shards(self, manifest: Manifest, wanted: Wanted) -> dict[str, Rewritten]:
        """Every shard that holds something of it, written anew."""
        stated = {file.name for file in manifest.side_files}
        text = storage.read_bytes(self.folder.file(RECIPE)).decode() if RECIPE in stated else ""
        rules, done = document_rules(text), dict[str, Rewritten]()
        for number, shard in enumerate(manifest.shards):
            found = journal.record(self.folder, number)
            if found:
                journal.settle(self.folder, found)
            elif self._is_touched(shard, change_of(shard, wanted, rules)):
                found = self._rewrite(shard, wanted, rules)
                journal.put_in_place(self.folder, number, found)
            if found:
                done[shard.name] = found
                self.note(f"{shard.name}: written anew ({number + 1} of {len(manifest.shards)} shards looked at)")
        return done

    def _is_touched(self, shard: ShardFile, change: CorpusChange | TableChange) -> bool:
        """Whether some row of a shard does not stay as it is."""
        found = pieces(self.folder.path, shard, change.columns)
        return any(change.judge(piece.values).any() for piece in found if piece.rows)

    def _rewrite(self, shard: ShardFile, wanted: Wanted, rules: DocumentRules) -> Rewritten:
        """Write a shard aside without what goes."""
        path, change = self.folder.file(shard.name), change_of(shard, wanted, rules)
        if storage.digest(path) != shard.sha256:
            raise unreadable(self.folder.path, shard.name, "its bytes have changed since it was written")
        empty_ok = shard.corpus not in TABLES
        file = formats.by_name(shard.format).rewrite(
            self.folder.path, shard, journal.aside(shard.name), change, empty_ok
        )
        return Rewritten(shard.name, file, change.gone)

    def _finish(self, manifest: Manifest, wanted: Wanted, rewritten: Mapping[str, Rewritten]) -> Manifest:
        """Write what stands beside the shards, and the manifest last of all."""
        gone = gone_by_table(manifest, rewritten)
        rows = {table: plain(one.rows + one.ruled) for table, one in gone.items() if one.total()}
        images = sum((one.images for one in gone.values()), Counter[str]())
        if images:
            rows[IMAGES_INSIDE] = plain(images)
        left = sum((one.left for one in gone.values()), Counter[str]())
        reasons = {table: plain(one.rows + one.ruled) for table, one in gone.items() if table not in TABLES}
        after = replace(
            manifest,
            accounts=accounts_after(manifest.accounts, reasons | {IMAGES_INSIDE: plain(images)}),
            shards=tuple(new for shard in manifest.shards if (new := entry(shard, rewritten)) is not None),
            forgotten=(*manifest.forgotten, self._receipt(rows, plain(left))),
        )
        whole = replace(after, side_files=rewritten_sides(self.folder, after, wanted))
        with storage.write_whole(self.folder.manifest) as file:
            file.write(to_json(whole))
        return whole


def change_of(shard: ShardFile, wanted: Wanted, rules: DocumentRules) -> CorpusChange | TableChange:
    """What is to become of the rows of a shard."""
    return TableChange(shard.corpus, wanted) if shard.corpus in TABLES else CorpusChange(wanted, rules)


def entry(shard: ShardFile, rewritten: Mapping[str, Rewritten]) -> ShardFile | None:
    """A shard's entry of the manifest now; None where it went."""
    return rewritten[shard.name].file if shard.name in rewritten else shard


def plain(counts: Counter[str]) -> dict[str, int]:
    """Counts in the order of their names."""
    return dict(sorted(counts.items()))


def gone_by_table(manifest: Manifest, rewritten: Mapping[str, Rewritten]) -> dict[str, Gone]:
    """What went from each table. Raises VerificationError where two formats of a corpus disagree."""
    sums: dict[str, dict[str, Gone]] = {}
    for shard in manifest.shards:
        gone = rewritten[shard.name].gone if shard.name in rewritten else Gone()
        held = sums.setdefault(shard.corpus, {})
        held[shard.format] = added(held.get(shard.format, Gone()), gone)
    for table, by_format in sums.items():
        counts = {name: gone.plain() for name, gone in by_format.items()}
        if len({repr(sorted((k, sorted(v.items())) for k, v in one.items())) for one in counts.values()}) > 1:
            raise VerificationError(
                f"{table}: the formats do not hold the same rows, so that other ones went: {counts}"
            )
    return {table: next(iter(by_format.values())) for table, by_format in sums.items()}


def added(first: Gone, second: Gone) -> Gone:
    """Both together."""
    return Gone(
        first.rows + second.rows, first.ruled + second.ruled, first.images + second.images, first.left + second.left
    )
