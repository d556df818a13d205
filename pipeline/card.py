"""The dataset card of a run: a `README.md` from which the `datasets` library loads each corpus with its types.

One card names one format only (docs/sources.md, Dataset cards): the library takes its reader from a card's first
configuration and uses it for all. So the run folder's card names the first format of `pipeline.formats.FORMATS` that
was written; another has a card of its own beside its shards. All numbers come from the manifest.
"""

from collections.abc import Iterator, Sequence

from pipeline import formats
from pipeline.formats.base import Format, Kind
from pipeline.formats.side_files import Configuration, card_head, total_bytes
from schemas.manifest import Account, Manifest, ShardFile


def card(manifest: Manifest, kinds: Sequence[Kind]) -> str:
    """The card of the run folder: one configuration for each of these corpora that was written, also without a row."""
    sections = (
        _title(manifest),
        _corpora(manifest, kinds),
        _FORM,
        _loading(manifest, kinds),
        _funnel(manifest),
        _origin(manifest),
        _CAUTION,
    )
    return card_head(_configurations(manifest, kinds)) + "\n".join(sections)


def _configurations(manifest: Manifest, kinds: Sequence[Kind]) -> list[Configuration]:
    """The corpora in the first format that any of them was written in."""
    for format_ in formats.FORMATS:
        if found := [
            Configuration(kind.name, format_.pattern(kind.name), format_.features(kind, shards), shards)
            for kind in kinds
            if (shards := manifest.shards_of(kind.name, format_.name))
        ]:
            return found
    return []


def _written(manifest: Manifest, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, Format, tuple[ShardFile, ...]]]:
    for kind in kinds:
        for format_ in formats.FORMATS:
            if shards := manifest.shards_of(kind.name, format_.name):
                yield kind, format_, shards


def _title(manifest: Manifest) -> str:
    return (
        "# Triptych run\n\nText, image–caption pairs and interleaved documents from web archives, made by recipe "
        f"`{manifest.recipe}` (digest `{manifest.recipe_digest}`). `manifest.json` states the bytes, rows and SHA-256 "
        "of every shard.\n"
    )


def _corpora(manifest: Manifest, kinds: Sequence[Kind]) -> str:
    lines = "".join(
        f"| {kind.name} | {format_.name} | {len(shards)} | {manifest.rows(kind.name, format_.name)} "
        f"| {total_bytes(shards)} |\n"
        for kind, format_, shards in _written(manifest, kinds)
    )
    return f"## Corpora\n\n| corpus | format | shards | rows | bytes |\n| --- | --- | ---: | ---: | ---: |\n{lines}"


def _loading(manifest: Manifest, kinds: Sequence[Kind]) -> str:
    """How each corpus is loaded, those of the run folder's card first."""
    written = sorted(_written(manifest, kinds), key=lambda each: formats.FORMATS.index(each[1]))
    calls = (
        f"datasets.load_dataset({arguments}{')' if any(shard.rows for shard in shards) else _NO_ROW}"
        for kind, format_, shards in written
        if (arguments := format_.loading(kind.name))
    )
    return f"## Loading\n\n{_FOLDER}\n```python\n" + "".join(f"{call}\n" for call in calls) + "```\n"


def _funnel(manifest: Manifest) -> str:
    """Where every item went, stage by stage."""
    return _FUNNEL + "".join(_account(account) for account in manifest.accounts) + _forgotten(manifest)


def _forgotten(manifest: Manifest) -> str:
    """What was taken down since; "" where nothing was."""
    gone = [f"{sum(a.forgotten.values())} of {a.corpus}" for a in manifest.accounts if a.forgotten]
    return f"\nTaken down since the run ended, without a row that tells of it: {', '.join(gone)}.\n" if gone else ""


def _account(account: Account) -> str:
    outcomes = (sum(counts.values()) for counts in (account.dropped, account.failed, account.duplicates))
    added = f" + {account.added}" if account.added else ""
    return f"| {account.corpus} | {account.stage} | {account.entered}{added} | {account.kept} | {' | '.join(map(str, outcomes))} |\n"


def _origin(manifest: Manifest) -> str:
    captures, size = sum(entry.captures for entry in manifest.inputs), sum(entry.bytes for entry in manifest.inputs)
    skipped = sum(entry.skipped for entry in manifest.inputs)
    archives = f"{len(manifest.inputs)} {'archive' if len(manifest.inputs) == 1 else 'archives'}"
    versions = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    return (
        f"## Origin\n\n{archives} of {size} bytes with {captures} captures; {skipped} damaged "
        "bytes were passed over. Each row names its archive (`source`) and the place in it (`offset`). Made with "
        f"{versions or 'no recorded versions'}.\n"
    )


_FORM = """## Texts

Texts are Markdown (headings, lists with their numbers, quotes, tables, code) where the corpus's section of `recipe.toml`
says `form = "markdown"`, and have no marks where it says `"plain"`. Measures are of the plain text in either case, and
texts that differ in marks alone are duplicates. Signs that a page wrote itself, such as `*` or `#`, are not escaped.
"""

_FOLDER = "`folder` is where this card lies; `datasets` is installed apart (`pip install datasets`).\n"

# The library refuses to load a split without examples (huggingface/datasets, pull request 8401); it streams one.
_NO_ROW = ", streaming=True)  # it has no row, and only streaming takes that"

_FUNNEL = """## What was kept and dropped

Every item that is not here has a row in `dropped/` or `failed/`. Where documents were cut, the parts that they became besides are added.
Where the recipe looks for near duplicates of texts, `cluster` names the document that stands for those that hang together. Where the run
was given test sets (`stats/tasks.json` lists them), what stands in them was taken out or is named in `tasks`, as `[tasks]` in `recipe.toml`
says.

| corpus | stage | in | kept | dropped | failed | duplicates |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
"""

_CAUTION = """## Before use

Pages and images belong to their authors; the licence of each is not known here. Texts and images were found on the web
and judged by machine only: they can be wrong, offensive or personal. Check a download with `triptych verify`.
"""
