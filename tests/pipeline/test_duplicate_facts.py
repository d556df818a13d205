"""What a run says of its near duplicates beside the tables."""

import json

from pipeline.corpora import load_recipe
from pipeline.duplicate_facts import as_text, names_of, without
from tests.transforms.forget.test_lists import take_down

PAGE, OTHER = "0" * 31 + "1", "0" * 31 + "2"
HOSTS = ("a.example", "www.sub.b.example")


def test_components_are_named_by_the_corpora_that_go_by_them() -> None:
    """Those of one round are one; pictures are compared over the run."""
    recipe = load_recipe(
        'name = "x"\ncorpora = ["text", "interleaved"]\n[text]\nduplicates = ["url", "near"]\n[interleaved]\nduplicates = ["near"]\n'
        '[near_images]\nset = "default"'
    )
    assert names_of(recipe) == [
        ("pages0", "pages", ["interleaved"]),
        ("pages1", "pages", ["text"]),
        ("pictures", "pictures", ["text", "interleaved"]),
    ]


def test_it_names_nothing_that_was_taken_down() -> None:
    """Neither by id, nor by address or host; what was counted stays."""
    clusters = [{"id": PAGE, "url": "http://a.example/1"}, {"id": OTHER, "url": "http://b.example/2"}]
    told = {
        "components": [{"of": "pages", "members": 9, "hot": [[PAGE, 1, 2], [OTHER, 1, 2]]}],
        "corpora": {"text": {"clusters": clusters, "hosts": {"seen": 2, "worst": [{"name": host} for host in HOSTS]}}},
    }
    by_id = json.loads(without(as_text(told), take_down("ids", PAGE).wanted))
    assert by_id["components"] == [{"of": "pages", "members": 9, "hot": [[OTHER, 1, 2]]}]
    assert by_id["corpora"]["text"]["clusters"] == clusters[1:] and by_id["corpora"]["text"]["hosts"]["seen"] == 2
    by_host = json.loads(without(as_text(told), take_down("hosts", "b.example").wanted))
    assert by_host["corpora"]["text"]["clusters"] == clusters[:1]
    assert by_host["corpora"]["text"]["hosts"]["worst"] == [{"name": "a.example"}]
    assert by_host["components"] == told["components"]
