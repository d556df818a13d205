"""Dataset cards: the `datasets` library loads each corpus from them, typed, in either format, in one tree."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.card import card
from pipeline.formats.parquet import PARQUET
from schemas.manifest import Account, Manifest
from schemas.tables import features
from tests.support import readers, small_run
from tests.support.tables import SCHEMAS

os.environ["HF_HUB_OFFLINE"] = "1"  # read when datasets is imported
datasets = pytest.importorskip("datasets")
datasets.disable_progress_bars()

KINDS = list(small_run.KINDS.values())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A finished run with Parquet and tars in one tree."""
    folder = tmp_path_factory.mktemp("card") / "run"
    return folder, small_run.write_run(folder)


def load(folder: Path, name: str | None, cache: Path, **options: Any) -> Any:
    return datasets.load_dataset(str(folder), name, split="train", cache_dir=str(cache), **options)


@pytest.mark.parametrize("corpus", ["text", "pairs", "interleaved"])
def test_parquet_loads_by_its_corpus(run: tuple[Path, Manifest], corpus: str, tmp_path: Path) -> None:
    """`load_dataset(run, corpus)` gives all rows with the stated features, though tars lie in the same tree."""
    dataset = load(run[0], corpus, tmp_path)
    assert dataset.num_rows == run[1].rows(corpus, "parquet") == len(small_run.rows(corpus))
    assert dataset.features == datasets.Features.from_dict(features(SCHEMAS[corpus]))
    assert dataset["id"][:] == [row["id"] for row in small_run.rows(corpus)]


def test_pairs_decode(run: tuple[Path, Manifest], tmp_path: Path) -> None:
    """Each picture decodes to the size of its row; hashes above 2^63 and a null score survive."""
    for row, made in zip(load(run[0], "pairs", tmp_path), small_run.rows("pairs"), strict=True):
        assert row["image"].size == (made["width"], made["height"])
        assert (row["phash"], row["lang_score"], row["caption"]) == (made["phash"], made["lang_score"], made["caption"])


def test_documents_keep_their_places(run: tuple[Path, Manifest], tmp_path: Path) -> None:
    """Texts and pictures of a document stand in their places, exactly one of the two in each."""
    for row, made in zip(load(run[0], "interleaved", tmp_path), small_run.rows("interleaved"), strict=True):
        assert row["texts"] == made["texts"]
        assert [image is None for image in row["images"]] == [image is None for image in made["images"]]


@pytest.mark.parametrize("corpus", ["text", "pairs", "interleaved"])
def test_tars_load_by_their_own_card(run: tuple[Path, Manifest], corpus: str, tmp_path: Path) -> None:
    """`load_dataset(run/corpus/wds)` gives all samples, whatever suffixes the first five have, with JSON of one type."""
    dataset = load(run[0] / corpus / "wds", None, tmp_path)
    rows = small_run.rows(corpus)
    assert dataset["json"][:] and dataset.num_rows == len(rows)
    for sample, row in zip(dataset, rows, strict=True):
        assert (sample["json"]["id"], sample["json"]["url"]) == (row["id"], row["url"])
    if corpus == "text":
        assert dataset["txt"][:] == [row["text"] for row in rows]
    if corpus == "pairs":
        suffix = {"jpeg": "jpg"}
        pictures = [sample[suffix.get(row["format"], row["format"])] for sample, row in zip(dataset, rows, strict=True)]
        assert [picture.size for picture in pictures] == [(row["width"], row["height"]) for row in rows]
        assert [int(sample["phash"], 16) for sample in dataset["json"]] == [row["phash"] for row in rows]


@pytest.mark.parametrize(("folder", "name"), [("", "pairs"), ("pairs/wds", None), ("interleaved/wds", None)])
def test_streaming_gives_the_same_rows(
    run: tuple[Path, Manifest], folder: str, name: str | None, tmp_path: Path
) -> None:
    """Streaming reads as many rows as loading."""
    corpus = name or folder.split("/")[0]
    count = sum(1 for _ in load(run[0] / folder, name, tmp_path, streaming=True))
    assert count == len(small_run.rows(corpus))


def test_cards_parse(run: tuple[Path, Manifest]) -> None:
    """Every card has a YAML head that the hub's reader takes, with the counts of the manifest."""
    hub = pytest.importorskip("huggingface_hub")
    head = hub.DatasetCard.load(str(run[0] / "README.md")).data.to_dict()
    assert [entry["config_name"] for entry in head["configs"]] == ["text", "pairs", "interleaved"]
    counts = [entry["splits"][0]["num_examples"] for entry in head["dataset_info"]]
    assert counts == [small_run.TEXTS, small_run.PAIRS, small_run.DOCUMENTS]
    assert head["size_categories"] == ["n<1K"]
    assert len(hub.DatasetCard.load(str(run[0] / "pairs/wds/README.md")).data.to_dict()["configs"]) == 1


def test_numbers_come_from_the_manifest(run: tuple[Path, Manifest]) -> None:
    """Another manifest gives other numbers: rows, sizes, the funnel, the inputs."""
    shards = tuple(replace(shard, rows=shard.rows * 1000) for shard in run[1].shards)
    page = card(replace(run[1], shards=shards, recipe="raw"), KINDS)
    assert f"| text | parquet | 2 | {small_run.TEXTS}000 |" in page
    assert "recipe `raw`" in page and 'size_categories: ["10K<n<100K"]' in page
    assert "| text | decide | 26 | 23 | 2 | 0 | 1 |" in page
    assert page.split("```")[1].split("\n")[1:-1] == [
        *(f'datasets.load_dataset(folder, "{kind.name}")' for kind in KINDS),
        *(f'datasets.load_dataset(f"{{folder}}/{kind.name}/wds")' for kind in KINDS),
    ]
    assert "1 archive of 1000 bytes with 9 captures; 7 damaged bytes" in page


def test_parts_stand_beside_what_came_in(run: tuple[Path, Manifest]) -> None:
    """In the funnel, where documents were cut."""
    accounts = (Account("interleaved", "parts", 3, 5, {"no_images": 2}, added=4),)
    assert "| interleaved | parts | 3 + 4 | 5 | 2 | 0 | 0 |" in card(replace(run[1], accounts=accounts), KINDS)


def test_a_run_of_tars_alone_loads_them(run: tuple[Path, Manifest], tmp_path: Path) -> None:
    """The card of a run without Parquet names the tars, and each of its configurations loads."""
    tars = replace(run[1], shards=tuple(shard for shard in run[1].shards if shard.format == "webdataset"))
    shutil.copytree(run[0], tmp_path / "run")
    (tmp_path / "run" / "README.md").write_text(card(tars, KINDS), encoding="utf-8")
    for corpus in ("text", "pairs", "interleaved"):
        assert load(tmp_path / "run", corpus, tmp_path / "cache").num_rows == len(small_run.rows(corpus))
    assert "configs" not in card(replace(run[1], shards=()), KINDS)


def test_an_empty_corpus_is_there(run: tuple[Path, Manifest], tmp_path: Path) -> None:
    """A corpus without rows has its folder, its types and its configuration; readers find no row in it, and no error.

    The `datasets` library streams a split without examples, and refuses to load it (its pull request 8401), as the card says.
    """
    name = PARQUET.shard_name("pairs", 0, 1)
    with PARQUET.open(str(tmp_path), name, small_run.KINDS["pairs"], empty_ok=True) as shard:
        pass
    texts = run[1].shards_of("text", "parquet")
    assert shard.file is not None
    manifest = Manifest("raw", "0", shards=(*texts, shard.file))
    (tmp_path / "README.md").write_text(card(manifest, KINDS), encoding="utf-8")
    shutil.copytree(run[0] / "text" / "data", tmp_path / "text" / "data")
    streamed = load(tmp_path, "pairs", tmp_path / "cache", streaming=True)
    assert streamed.features == datasets.Features.from_dict(features(SCHEMAS["pairs"])) and list(streamed) == []
    assert load(tmp_path, "text", tmp_path / "cache").num_rows == small_run.TEXTS
    page = (tmp_path / "README.md").read_text()
    assert '\ndatasets.load_dataset(folder, "pairs", streaming=True)' in page
    assert '\ndatasets.load_dataset(folder, "text")\n' in page
    assert "| pairs | parquet | 1 | 0 |" in page
    assert readers.counted(tmp_path, "pairs") == (0, 0)
    assert pq.read_table(tmp_path / name).num_rows == 0
