"""What the tests beside this one rest on: block kinds in the index, and registries that are asked when it counts."""

import pytest

from pipeline import corpora, formats
from schemas.index import KIND_COUNTS, PAGES
from schemas.outcomes import UserError
from schemas.records import Block, BlockKind
from transforms.dissect import kind_counts


def test_index_rows_count_the_blocks_of_each_kind() -> None:
    """Every kind of text has its column; images have references instead."""
    items = [Block(BlockKind.TABLE, "a | b"), 0, Block(BlockKind.TABLE, "c | d"), Block(BlockKind.CODE, "x = 1")]
    found = kind_counts(items)
    assert found == dict.fromkeys(found, 0) | {"table_blocks": 2, "code_blocks": 1}
    assert set(found) == set(KIND_COUNTS.values()) <= set(PAGES.names)
    assert set(BlockKind) - set(KIND_COUNTS) == {BlockKind.IMAGE}


@pytest.mark.parametrize("corpus", corpora.CORPORA, ids=corpora.names())
def test_a_corpus_can_have_every_format_that_fits_it(corpus: corpora.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe may name those of the registry that fit, as it is when the recipe is read."""
    setting = f'name = "mine"\n[{corpus.name}]\nformats = ["parquet", "webdataset"]'
    assert corpora.load_recipe(setting).parts[corpus.name].formats == ("parquet", "webdataset")
    monkeypatch.setattr(formats, "FORMATS", tuple(one for one in formats.FORMATS if one.name == "parquet"))
    with pytest.raises(UserError, match="unknown value 'webdataset'; known are parquet"):
        corpora.load_recipe(setting)
