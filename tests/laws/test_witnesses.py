"""Law 11: no removal without a witness; what only shares words with others stays, and a source that loses more stops the run."""

from pathlib import Path

import pytest

from pipeline.corpora import load_recipe
from pipeline.decide.tallies import Worst
from pipeline.guard import check_guard
from schemas.outcomes import GuardError
from schemas.recipe import Recipe
from tests.support.index_rows import Decided, decide, unit_index
from tests.support.signed_pages import chain, sharing, signed
from tests.support.tallies import accounts_of, worst_of


def near_recipe(*settings: str) -> Recipe:
    """Texts by near duplicates alone."""
    return load_recipe('name = "x"\ncorpora = ["text"]\n[text]\nduplicates = ["near"]', settings)


def decided(folder: Path, texts: list[str], recipe: Recipe, sources: int = 1) -> tuple[Decided, Worst]:
    """Texts of a host a source, dealt out to archives in turn, in two partitions."""
    rows = signed(texts)
    for place, row in enumerate(rows):
        row["url"] = f"http://www.host{place % sources}.example/{place}"
    batches = [[unit_index(rows[number::sources], number=number)] for number in range(sources)]
    found = decide(folder, recipe, batches, 2)
    return found, worst_of(found)


def test_a_chain_of_alike_texts_does_not_go_for_its_first(tmp_path: Path) -> None:
    """Twenty texts, each like the next: one component, and more than one text stays."""
    found, worst = decided(tmp_path, chain(20), near_recipe())
    kept = len(found.kept("text"))
    assert 1 < kept < 20
    (cluster,) = worst["text"]["clusters"]
    assert (cluster["items"], cluster["left"]) == (20, 20 - kept)


def test_every_product_of_a_template_stays(tmp_path: Path) -> None:
    """Six words of ten are the template's: the pages share buckets, fail the comparison, and stay (the full numbers: near_cases)."""
    found, worst = decided(tmp_path, sharing(200, 120, 80), near_recipe())
    assert len(found.kept("text")) == 200 and not found.dropped("text")
    assert worst["text"]["clusters"] == []


def test_shared_boilerplate_bleeds_no_source(tmp_path: Path) -> None:
    """Distinct texts with a notice in common, over many sources: none loses any."""
    recipe = near_recipe("guard.hosts_from=10", "guard.sources_from=10", "guard.hosts=0", "guard.sources=0")
    found, worst = decided(tmp_path, sharing(240, 60, 140), recipe, 8)
    check_guard(accounts_of(found), worst, recipe, "out", "staging")
    assert worst["text"]["hosts"] == {"seen": 8, "over": 0, "worst": []}


def test_a_source_that_bleeds_stops_the_run(tmp_path: Path) -> None:
    """Where the notice is nearly all there is, sources lose what they have, and the guard names them and the cluster."""
    recipe = near_recipe("guard.hosts_from=10", "guard.sources_from=10", "guard.cluster_from=10")
    found, worst = decided(tmp_path, sharing(240, 190, 10), recipe, 8)
    with pytest.raises(GuardError) as stopped:
        check_guard(accounts_of(found), worst, recipe, "out", "kept")
    said = str(stopped.value)
    assert "text: near duplicates took more than guard.hosts = 0.9 of the items of 8 hosts, of 8 with at least" in said
    assert "host1.example: 30 of 30 (100.0 %)" in said
    assert "guard.sources = 0.9 of the items of 8 archives" in said and "1.warc.gz: 30 of 30" in said
    assert "one cluster of near duplicates holds 240 of 240 (100.0 %) of text" in said
    assert said.splitlines()[-1].endswith("--set guard.cluster=1 --set guard.hosts=1 --set guard.sources=1")
    assert "triptych clusters out" in said and "--staging kept" in said
