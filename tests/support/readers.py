"""The libraries that people read a corpus with, as oracles: `datasets`, `webdataset`, DuckDB."""

import warnings
from pathlib import Path
from typing import Any


def loaded(run: Path, corpus: str, cache: Path) -> Any:
    """A corpus as the `datasets` library loads it from the run's card."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own dependencies
        import datasets

        datasets.disable_progress_bars()
        return datasets.load_dataset(str(run), corpus, split="train", cache_dir=str(cache))


def samples(run: Path, corpus: str) -> list[dict[str, Any]]:
    """The samples of a corpus's tars as `webdataset` decodes them, images by Pillow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import webdataset

        tars = [str(path) for path in sorted((run / corpus / "wds").glob("*.tar"))]
        return list(webdataset.WebDataset(tars, shardshuffle=False, empty_check=False).decode("pil"))


def counted(run: Path, corpus: str) -> tuple[int, int]:
    """Rows and distinct ids of a corpus's Parquet by DuckDB."""
    import duckdb

    query = f"select count(*), count(distinct id) from '{run}/{corpus}/data/*.parquet'"
    ((rows, ids),) = duckdb.sql(query).fetchall()
    return rows, ids
