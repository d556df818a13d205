"""What stands beside the shards of a run, and its manifest, written last of all."""

import json
from collections.abc import Sequence
from dataclasses import replace

from pipeline import corpora, formats, storage
from pipeline.against import index_about
from pipeline.card import card
from pipeline.decide.profile_items import read_profile
from pipeline.decide.tallies import Worst, is_counted
from pipeline.duplicate_facts import duplicate_facts
from pipeline.layout import CARD, DUPLICATES, INDEX_ABOUT, PROFILE, RECIPE, TASKS, RunFolder
from pipeline.plan import Request
from pipeline.tasks.for_run import tasks_json
from schemas.manifest import Manifest, Receipt, SideFile, to_json
from schemas.recipe_toml import dump
from schemas.tables import DROPPED_TABLE, FAILED_TABLE
from transforms.stats.profile import Profile

MOST_PROFILE = 2**30  # bytes read of the merged profile, which has a megabyte


def finish(request: Request, manifest: Manifest, worst: Worst, index: Sequence[SideFile]) -> Manifest:
    """Write what stands beside the shards, and the manifest last of all; `index` is there already."""
    folder = request.run_folder
    kinds = [corpus.kind for corpus in corpora.of_recipe(request.recipe)]
    texts = {
        RECIPE: dump(request.recipe),
        CARD: card(manifest, kinds),
        PROFILE: profile_of(folder, manifest).to_json(),
    }
    if request.tasks:
        texts[TASKS] = tasks_json(request)
    if index:
        texts[INDEX_ABOUT] = json.dumps(index_about(request.recipe), indent=2)
    if is_counted(request.recipe):
        texts[DUPLICATES] = duplicate_facts(folder, request.recipe, worst)
    sides = [*index] + [write_text(request, name, text) for name, text in texts.items()]
    for kind in kinds:
        for name in request.recipe.parts[kind.name].formats:
            sides += formats.by_name(name).side_files(folder.path, kind, manifest)
    whole = replace(manifest, side_files=tuple(sides))
    with storage.write_whole(folder.manifest) as file:
        file.write(to_json(whole))
    return whole


def profile_of(folder: RunFolder, manifest: Manifest) -> Profile:
    """What the step `decide` merged; that of nothing where there were no inputs. Raises DamagedFileError."""
    return read_profile(folder.profiles, 0, MOST_PROFILE) if manifest.inputs else Profile.empty()


def write_text(request: Request, name: str, text: str) -> SideFile:
    """A file that stands beside the shards."""
    with storage.write_whole(request.run_folder.file(name)) as file:
        file.write(text.encode())
    return SideFile(name, file.tell(), file.sha256())


def columns_of(request: Request) -> dict[str, dict[str, str]]:
    """The columns that a run writes: table -> column -> type, so that `verify` does not need those of a later release."""
    tables = [*(corpus.table for corpus in corpora.of_recipe(request.recipe)), DROPPED_TABLE, FAILED_TABLE]
    return {table.name: table.types() for table in tables}


def receipts(request: Request) -> tuple[Receipt, ...]:
    """What the run was told to forget, for the manifest; what that came to stands in the accounts."""
    told = request.forget
    return (Receipt(told.lists, dict(told.entries)),) if told.digest else ()
