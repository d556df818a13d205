"""The text corpus of a run over the sample, by the readers of others."""

from pathlib import Path

from tests.support.readers import counted, loaded
from tests.support.runs import rows
from tests.support.sample_run import sample_run, unexplained


def test_datasets_loads_it(tmp_path: Path) -> None:
    """Every row, with text and numbers of their types."""
    run, manifest = sample_run()
    found = loaded(run, "text", tmp_path)
    assert len(found) == manifest.rows("text", "parquet") > 10
    assert {found.features[name].dtype for name in ("id", "text", "lang", "url")} == {"string"}
    assert found.features["gopher_words"].dtype == "float64"
    assert [row["text"] for row in found] == [row["text"] for row in rows(run, "text")]


def test_duckdb_counts_what_the_manifest_says() -> None:
    """Rows, and as many ids."""
    run, manifest = sample_run()
    assert counted(run, "text") == (manifest.rows("text", "parquet"),) * 2


def test_nothing_vanished() -> None:
    """Each page that entered is kept or has one row that says why, and each keeper is known (law 3)."""
    assert unexplained("text") == []


def test_what_the_recipe_asks_holds_in_every_row() -> None:
    """The scores that stand in a row lie within the bounds that kept it."""
    run, _ = sample_run()
    for row in rows(run, "text"):
        assert row["lang"] == "en" and row["lang_score"] >= 0.65
        assert 50 <= row["gopher_words"] <= 100_000
