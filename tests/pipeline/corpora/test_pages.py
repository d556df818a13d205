"""Keys of duplicates of pages."""

from pipeline.corpora import load_recipe
from pipeline.corpora.pages import address_keys, text_keys
from tests.support.index_rows import judged, key, page, rows_of_unit
from transforms.dedup.keep_first import newest_first

RECIPE = load_recipe('name = "x"')


def test_pages_of_an_address_rank_by_date() -> None:
    """A key a page, in the order of the pages."""
    unit = rows_of_unit([page(1, url_key=key(9), date="2020"), page(2, url_key=key(8), date="2021")])
    keys = address_keys(judged("text", RECIPE, unit), RECIPE)
    assert (keys.item.tolist(), keys.high.tolist(), keys.low.tolist()) == ([0, 1], [9, 8], [9, 8])
    assert keys.rank.tolist() == newest_first(["2020", "2021"]).tolist() and keys.evidence is None


def test_a_page_without_text_claims_no_key() -> None:
    """Pages of no words are no copies of each other, though their texts are equal."""
    pages = [page(1, text_key=key(9)), page(2, text_key=key(8), text_bytes=0), page(3, text_key=key(7))]
    keys = text_keys(judged("text", RECIPE, rows_of_unit(pages)), RECIPE)
    assert (keys.item.tolist(), keys.high.tolist()) == ([0, 2], [9, 7])
    assert keys.rank.tolist() == [0, 0]
