"""Clusters of duplicates as lines."""

from typing import Any

from jobs.cluster_lines import lines

STAYS = {"id": "aa", "url": "http://a.example/", "title": "A", "words": "First\nwords of it", "cluster": "aa"}
MEMBER = {
    "corpus": "text",
    "id": "bb",
    "url": "http://b.example/",
    "source": "a",
    "rule": "near",
    "value": 0.756,
    "of": "aa",
}
BESIDE = {"id": "cc", "url": "http://c.example/", "cluster": "aa", "cluster_similarity": 0.61}


def facts(**changes: Any) -> dict[str, Any]:
    """A run with one cluster of texts."""
    cluster = {
        "stays": STAYS, "left": 3, "rules": {"near": 2, "url": 1}, "members": [MEMBER, {**MEMBER, "rule": "url", "value": None}],
        "together": 4, "others_stay": 1, "staying": [BESIDE],
    }  # fmt: skip
    corpus = {"corpus": "text", "kind": "text", "left": 1300, "rules": {"url": 1298, "near": 2}, "clusters": [cluster]}
    return {"run": "OUT", "finished": True, "corpora": [corpus], "hot": []} | changes


def test_a_cluster_side_by_side() -> None:
    """The one that stays with its words, why others left, how many more did, and who stays though it hangs together with it."""
    assert lines(facts(), 60) == [
        "text: 1,300 left for another one (url 1,298, near 2)",
        "",
        " 1  3 left for it (near 2, url 1); 4 hang together by near duplicates",
        "    stays                 aa  http://a.example/",
        "                          First words of it",
        "    near 0.76             bb  http://b.example/",
        "    url                   bb  http://b.example/",
        "    and 1 more that left",
        "    stays 0.61            cc  http://c.example/",
    ]


def test_a_cluster_of_pictures() -> None:
    """A distance is no estimate; a picture has its form; one that left in turn says so."""
    found = facts()
    corpus = found["corpora"][0]
    corpus["kind"] = "image"
    cluster = corpus["clusters"][0]
    cluster["stays"] = {"id": "aa-0000", "url": "http://a.example/a.png", "format": "png", "width": 30, "height": 20}
    cluster |= {"together": None, "others_stay": 0, "staying": [], "members": [{**MEMBER, "value": 18.0}], "left": 1}
    assert lines(found, 70)[3:] == [
        "    stays                 aa-0000  png 30 x 20, http://a.example/a.png",
        "    near 18 bits          bb  http://b.example/",
    ]
    cluster["stays"] = {"id": "aa-0000", "url": "http://a.example/a.png", "rule": "near", "of": "dd"}
    assert lines(found, 70)[3] == "    left too, near        aa-0000  http://a.example/a.png"
    cluster["stays"] = {"id": "aa-0000"}
    assert "of an earlier run" in lines(found, 120)[3]


def test_what_hot_buckets_hid() -> None:
    """The first of them, and how many more there are; a run without shards says why it shows no words."""
    hot = [{"of": "pages", "id": f"{n}", "unlike": 9, "met": 10, "url": ""} for n in range(7)]
    found = lines(facts(corpora=[], hot=hot, finished=False), 60)
    assert found[0] == "This run is not finished: its texts are in no shard yet."
    assert found[2].startswith("Near duplicates may have been missed") and found[-1] == "    and 2 more"
    assert found[4] == "    9 of 10               0" and found[5].strip() == "(of an earlier run, or taken by a…"
    hot[0] |= {"of": "pictures"}
    assert lines(facts(corpora=[], hot=hot), 60)[2] == "    9 of 10               0  (a picture)"


def test_an_address_is_not_cut_for_its_id() -> None:
    """On 80 columns it stands below a full id, on 100 beside it."""
    found = facts()
    found["corpora"][0]["clusters"][0]["stays"] = {**STAYS, "id": "a" * 32, "url": "http://a.example/one/of/many"}
    assert lines(found, 80)[3:5] == [
        f"    stays                 {'a' * 32}",
        "                          http://a.example/one/of/many",
    ]
    assert lines(found, 100)[3] == f"    stays                 {'a' * 32}  http://a.example/one/of/many"


def test_what_pages_say_cannot_steer_the_terminal() -> None:
    """Control codes of a text do not get through."""
    found = facts()
    found["corpora"][0]["clusters"][0]["stays"] = {**STAYS, "words": "red \x1b[31m alarm"}
    assert "\x1b" not in "\n".join(lines(found, 80))
