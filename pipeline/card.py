"""The dataset cards of a run: `README.md` pages from which the `datasets` library loads each corpus with its types.

One card names one carrier only: the library takes its reader from a card's first configuration and uses it for all
(`reference/shards.md` §4). So the run folder's card names the Parquet, and each folder of tars has a card of its own.
All numbers come from the manifest.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from schemas.arrow import SCHEMAS, features
from schemas.manifest import PARQUET, WEBDATASET, Account, Manifest, ShardFile
from schemas.recipe import CORPORA

# The hub's words for a number of rows, each with the bound that it stays below.
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)

_ABOUT = {
    "text": "main text of pages",
    "pairs": "images with a caption",
    "interleaved": "pages as sequences of texts and images",
}


def card(manifest: Manifest) -> str:
    """The card of the run folder: one configuration per corpus that was written as Parquet, or, without any, as tars."""
    carrier = PARQUET if any(manifest.shards_of(corpus, PARQUET) for corpus in CORPORA) else WEBDATASET
    files = "data/train-*.parquet" if carrier == PARQUET else "wds/train-*.tar"
    groups = [manifest.shards_of(corpus, carrier) for corpus in CORPORA]
    configurations = [_configuration(group, f"{group[0].corpus}/{files}") for group in groups if group]
    return _front(configurations) + _body(manifest)


def tar_card(manifest: Manifest, corpus: str) -> str:
    """The card of one folder of tars, `CORPUS/wds/README.md`. Raises ValueError where the run wrote none."""
    shards = manifest.shards_of(corpus, WEBDATASET)
    if not shards:
        raise ValueError(f"the run wrote no tars of {corpus}")
    head = f"# Triptych: {corpus} as WebDataset\n\n{manifest.rows(corpus, WEBDATASET)} samples: {_ABOUT[corpus]}. "
    return _front([_configuration(shards, "train-*.tar")]) + head + "What the run was is told in `../../README.md`.\n"


def _configuration(shards: tuple[ShardFile, ...], files: str) -> dict[str, Any]:
    """One corpus on one carrier: where its files lie, its features, its numbers."""
    corpus, rows, size = shards[0].corpus, sum(shard.rows for shard in shards), _size(shards)
    columns = parquet_features(corpus) if shards[0].carrier == PARQUET else tar_features(corpus, shards)
    return {
        "config": {"config_name": corpus, "data_files": [{"split": "train", "path": files}]},
        "info": {
            "config_name": corpus,
            "features": [{"name": name, **form} for name, form in columns.items()],
            "splits": [{"name": "train", "num_examples": rows, "num_bytes": size}],
            "download_size": size,
            "dataset_size": size,
        },
        "rows": rows,
    }


def parquet_features(corpus: str) -> dict[str, Any]:
    """The features of a corpus's Parquet, by column, in the words of a card."""
    return {name: _form(feature) for name, feature in features(SCHEMAS[corpus]).items()}


def tar_features(corpus: str, shards: Iterable[ShardFile]) -> dict[str, Any]:
    """The features of a corpus's tars, by suffix: every one that occurs, since the library looks at five samples."""
    parts = sorted({part for shard in shards for part in shard.parts})
    forms = {"json": {"struct": _json_features(SCHEMAS[corpus])}, "txt": {"dtype": "string"}}
    return {part: forms.get(part, {"dtype": "image"}) for part in parts}


def _json_features(schema: pa.Schema) -> list[dict[str, Any]]:
    """What `KEY.json` holds: the columns without a pair's image, sorted."""
    stated = sorted(features(schema).items())
    return [{"name": name, **_json_form(feature)} for name, feature in stated if feature["_type"] != "Image"]


def _json_form(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature in `KEY.json`: member names stand for a list's images, hex text for a 64-bit hash."""
    if feature["_type"] == "List":
        return {"list": "string"}
    return {"dtype": "string" if feature["dtype"] == "uint64" else feature["dtype"]}


def _form(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature in the words of a card."""
    if feature["_type"] == "Image":
        return {"dtype": "image"}
    if feature["_type"] == "List":
        return {"list": _form(feature["feature"])["dtype"]}
    return {"dtype": feature["dtype"]}


def _front(configurations: list[dict[str, Any]]) -> str:
    """The YAML head; each value is written as JSON, which YAML reads."""
    rows = sum(entry["rows"] for entry in configurations)
    size = next((word for bound, word in _SIZES if rows < bound), "n>1T")
    head = {
        "license": "other",
        "pretty_name": "Triptych",
        "size_categories": [size],
        "task_categories": ["image-to-text", "text-generation"],
        "annotations_creators": ["machine-generated", "found"],
        "source_datasets": ["original"],
        "configs": [entry["config"] for entry in configurations],
        "dataset_info": [entry["info"] for entry in configurations],
    }
    return (
        "---\n"
        + "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in head.items() if value)
        + "---\n\n"
    )


def _body(manifest: Manifest) -> str:
    sections = (
        _title(manifest),
        _corpora(manifest),
        _loading(manifest),
        _funnel(manifest),
        _origin(manifest),
        _CAUTION,
    )
    return "\n".join(sections)


def _title(manifest: Manifest) -> str:
    return (
        "# Triptych run\n\nText, image–caption pairs and interleaved documents from web archives, made by recipe "
        f"`{manifest.recipe}` (digest `{manifest.recipe_digest}`). `manifest.json` states the bytes, rows and SHA-256 "
        "of every shard.\n"
    )


def _corpora(manifest: Manifest) -> str:
    lines = "".join(
        f"| {corpus} | {carrier} | {len(shards)} | {manifest.rows(corpus, carrier)} | {_size(shards)} |\n"
        for corpus in CORPORA
        for carrier in (PARQUET, WEBDATASET)
        if (shards := manifest.shards_of(corpus, carrier))
    )
    return f"## Corpora\n\n| corpus | carrier | shards | rows | bytes |\n| --- | --- | ---: | ---: | ---: |\n{lines}"


def _size(shards: Iterable[ShardFile]) -> int:
    return sum(shard.bytes for shard in shards)


def _loading(manifest: Manifest) -> str:
    calls = [f'datasets.load_dataset(folder, "{corpus}")' for corpus in CORPORA if manifest.shards_of(corpus, PARQUET)]
    calls += [
        f'datasets.load_dataset(f"{{folder}}/{corpus}/wds")'
        for corpus in CORPORA
        if manifest.shards_of(corpus, WEBDATASET)
    ]
    return "## Loading\n\n```python\n" + "\n".join(calls) + "\n```\n"


def _funnel(manifest: Manifest) -> str:
    """Where every item went, stage by stage."""
    return _FUNNEL + "".join(_account(account) for account in manifest.accounts)


def _account(account: Account) -> str:
    doors = (sum(counts.values()) for counts in (account.dropped, account.failed, account.duplicates))
    return (
        f"| {account.corpus} | {account.stage} | {account.entered} | {account.kept} | {' | '.join(map(str, doors))} |\n"
    )


def _origin(manifest: Manifest) -> str:
    captures, size = sum(entry.captures for entry in manifest.inputs), sum(entry.bytes for entry in manifest.inputs)
    skipped = sum(entry.skipped for entry in manifest.inputs)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    return (
        f"## Origin\n\n{len(manifest.inputs)} archives of {size} bytes with {captures} captures; {skipped} damaged "
        "bytes were passed over. Each row names its archive (`source`) and the place in it (`offset`). Made with "
        f"{versions or 'no recorded versions'}.\n"
    )


_FUNNEL = """## What was kept and dropped

Every item that is not here has a row in `dropped/` or `failed/`.

| corpus | stage | in | kept | dropped | failed | duplicates |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
"""

_CAUTION = """## Before use

Pages and images belong to their authors; the licence of each is not known here. Texts and images were found on the web
and judged by machine only: they can be wrong, offensive or personal. Check a download with `triptych verify`.
"""
