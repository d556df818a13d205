"""What a take-down leaves beside shards: accounts that add up, cards and indexes of what is left, a profile that names none of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline import corpora, formats, storage
from pipeline.accounts import total
from pipeline.card import card
from pipeline.formats.base import Kind
from pipeline.formats.side_files import write_side_file
from pipeline.layout import CARD, PROFILE, RunFolder
from schemas.manifest import Account, Manifest, SideFile
from transforms.forget.wanted import Wanted
from transforms.stats.profile import Profile

STAGE = "forget"


def accounts_after(accounts: Sequence[Account], gone: Mapping[str, Mapping[str, int]]) -> tuple[Account, ...]:
    """The accounts with what went of each corpus, by reason: one stage more behind those of the run, one for all take-downs."""
    found = list(accounts)
    for corpus, reasons in gone.items():
        mine = [place for place, account in enumerate(found) if account.corpus == corpus]
        if not mine or not reasons:
            continue
        last = found[mine[-1]]
        if last.stage != STAGE:
            last = Account(corpus, STAGE, last.kept, last.kept)
            found.insert(mine[-1] + 1, last)
            mine.append(mine[-1] + 1)
        left = last.kept - sum(reasons.values())
        found[mine[-1]] = replace(last, kept=left, forgotten=total([last.forgotten, reasons]))
    return tuple(found)


def rewritten_sides(folder: RunFolder, manifest: Manifest, wanted: Wanted) -> tuple[SideFile, ...]:
    """Write the files beside the shards as they now are, and take away those of a format that has no shard any more."""
    kinds = kinds_of(manifest)
    sides = {file.name: file for file in manifest.side_files}
    beside = [
        file
        for kind in kinds
        for format_ in formats.FORMATS
        for file in format_.side_files(folder.path, kind, manifest)
    ]
    for name in {name for name in sides if name.startswith(tuple(f"{kind.name}/" for kind in kinds))}:
        old = sides.pop(name)
        if name not in {file.name for file in beside}:
            storage.remove(folder.file(old.name))
    sides |= {file.name: file for file in beside}
    if CARD in sides:
        sides[CARD] = write_side_file(folder.path, CARD, card(manifest, kinds).encode())
    if PROFILE in sides:
        profile = Profile.from_json(storage.read_bytes(folder.file(PROFILE)).decode())
        sides[PROFILE] = write_side_file(folder.path, PROFILE, profile.without(wanted).to_json().encode())
    return tuple(sides.values())


def kinds_of(manifest: Manifest) -> list[Kind]:
    """The kinds of the corpora that the run wrote and this release knows."""
    return list(_kinds(manifest))


def _kinds(manifest: Manifest) -> Iterator[Kind]:
    written = {shard.corpus for shard in manifest.shards} | set(manifest.columns)
    for corpus in corpora.CORPORA:
        if corpus.name in written:
            yield corpus.kind
