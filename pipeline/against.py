"""Earlier runs that a new one is decided against: what their indexes were made by, and where they lie."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import corpora, storage
from pipeline.layout import INDEX, INDEX_ABOUT, RunFolder
from pipeline.plan import Earlier
from schemas.index import EXTRACTION_VERSION
from schemas.manifest import Manifest, ManifestError, from_json
from schemas.outcomes import UserError
from schemas.recipe import Recipe, plain
from transforms.dedup.signature import SIGNATURE_VERSION

INDEX_VERSION = 2  # of the files; raised with any change of what stands in them


def index_about(recipe: Recipe) -> dict[str, Any]:
    """What must be equal for keys of two runs to be compared: the rounds of each corpus and what they go by."""
    asked = [corpus.name for corpus in corpora.of_recipe(recipe)]
    return {
        "version": INDEX_VERSION,
        "extraction": EXTRACTION_VERSION,
        "signature_version": SIGNATURE_VERSION,
        "corpora": list(corpora.names()),
        "signature": recipe.extract.signature,
        **{f"{name}.duplicates": list(recipe.parts[name].duplicates) for name in asked},
        "near_texts": plain(recipe.near_texts),
        "near_images": plain(recipe.near_images),
    }


def read_earlier(path: str, recipe: Recipe) -> Earlier:
    """The index of a finished run. Raises UserError."""
    folder = RunFolder(storage.absolute(path))
    try:
        data = storage.read_bytes(folder.manifest)
        manifest = from_json(data)
    except FileNotFoundError as error:
        raise UserError(f"--against {path}: no finished run ({folder.manifest} is missing)") from error
    except ManifestError as error:
        raise UserError(f"--against {path}: {error}") from error
    if said := list(not_made_again(recipe)):
        raise UserError(
            f"--against {path}: {', '.join(said)}: sets of images of an earlier run cannot be compared where pictures that are alike are "
            'one. Take the round out of the recipe, or set near_images.set = ""'
        )
    sizes = {file.name: file.bytes for file in manifest.side_files}
    if INDEX_ABOUT not in sizes:
        raise UserError(
            f"--against {path}: that run left no index: its recipe had no round of duplicates, or an earlier release made it; run it again"
        )
    there = json.loads(storage.read_bytes(folder.file(INDEX_ABOUT)))
    if said := list(differences(there, index_about(recipe))):
        raise UserError(
            f"--against {path}: its keys were made by other rules, so nothing can be compared: {'; '.join(said)}. "
            "Decide with the same, or make that run anew by the recipe of this one"
        )
    return Earlier(hashlib.sha256(data).hexdigest(), tuple(folder.file(name) for name in index_files(manifest)))


def not_made_again(recipe: Recipe) -> Iterator[str]:
    """The rounds whose keys are made of pictures that are alike, and cannot be made again from an index."""
    for corpus in corpora.of_recipe(recipe) if recipe.near_images.set else ():
        for name in recipe.parts[corpus.name].duplicates:
            if corpus.rounds[name].pictures and corpus.rounds[name].again is None:
                yield f"{corpus.name}.duplicates has {name}"


def index_files(manifest: Manifest) -> Iterator[str]:
    """The names of the files of a run's index, a batch each."""
    for file in manifest.side_files:
        if file.name.startswith(f"{INDEX}/") and file.name != INDEX_ABOUT:
            yield file.name


def differences(there: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """What differs between what two indexes go by, in words; of a section of the recipe the keys that differ."""
    one, other = flat(there), flat(ours)
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            yield f"{name} is {shown(one, name)} there and {shown(other, name)} here"


def flat(about: Mapping[str, Any]) -> dict[str, Any]:
    """What an index goes by, with a name for each key of a section.

    >>> flat({"signature": "nemo", "near_images": {"set": "wide"}})
    {'signature': 'nemo', 'near_images.set': 'wide'}
    """
    found: dict[str, Any] = {}
    for name, value in about.items():
        found |= {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, Mapping) else {name: value}
    return found


def shown(about: Mapping[str, Any], name: str) -> str:
    """A value as a user wrote it."""
    return json.dumps(about[name]) if name in about else "not asked for"
