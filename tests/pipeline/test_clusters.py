"""What stands for what in a run: a finished one, one without its staging, and one that its guard stopped."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.clusters import cluster_of, clusters
from pipeline.layout import DUPLICATES
from pipeline.verify import verify
from schemas.outcomes import GuardError, UserError, VerificationError
from tests.support.archives import response, warc_bytes
from tests.support.runs import SAMPLE, recipe, rows, run_on
from tests.support.signed_pages import chain, edited, words

NEAR = (
    'corpora=["text","pairs"]',
    'text.duplicates=["url","text","near"]',
    "near_texts.survivor=first",
    "near_texts.similarity=0.7",
    'pairs.duplicates=["sha256","near"]',
    'near_images.set="default"',
)


def html(title: str, text: str) -> bytes:
    """A page of one article, its words in sentences and paragraphs."""
    said = text.split()
    sentences = [" ".join(said[begin : begin + 12]).capitalize() + "." for begin in range(0, len(said), 12)]
    paragraphs = "".join(f"<p>{' '.join(sentences[n : n + 6])}</p>" for n in range(0, len(sentences), 6))
    return f"<html><title>{title}</title><body><article><h1>{title}</h1>{paragraphs}</article></body></html>".encode()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A chain of ten texts, each like the next, and a text with three edited copies, one of them captured twice; the sample."""
    article = words(300, 5)
    texts = [(f"http://chain.example/{n}", text) for n, text in enumerate(chain(10))]
    texts += [(f"http://copies.example/{n}", " ".join(edited(article, n, n))) for n in (0, 1, 2, 3, 3)]
    texts += [("http://alone.example/", " ".join(words(300, 9)))]
    path = tmp_path_factory.mktemp("in") / "near.warc.gz"
    path.write_bytes(warc_bytes(response(url, html("An article", text)) for url, text in texts))
    return [str(path), str(SAMPLE)]


@pytest.fixture(scope="module")
def finished(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over them."""
    output = tmp_path_factory.mktemp("run") / "out"
    run_on(inputs, output, recipe("raw", *NEAR))
    return output


def test_the_largest_clusters_of_a_corpus(finished: Path) -> None:
    """The one that stays with its words, those that left with why, the least alike first, and those that stay beside it."""
    facts = clusters(str(finished), corpus="text", rule="near", top=2)
    assert facts["finished"] and [one["corpus"] for one in facts["corpora"]] == ["text"]
    (text,) = facts["corpora"]
    left = [row for row in rows(finished, "dropped") if row["corpus"] == "text" and row["of"]]
    assert text["left"] == len(left) and text["rules"]["near"] == sum(row["rule"] == "near" for row in left)
    by_host = {one["stays"]["url"].split("/")[2]: one for one in text["clusters"]}
    copies, linked = by_host["copies.example"], by_host["chain.example"]
    assert copies["together"] == 4 and copies["others_stay"] == 0
    # One of the three was captured twice, and the other capture left by its address.
    assert copies["rules"]["near"] == 3
    assert copies["stays"]["words"].startswith("# An article")
    values = [member["value"] for member in linked["members"] if member["value"] is not None]
    assert values == sorted(values) and all(value >= 0.7 for value in values)
    assert linked["together"] == 10 and 0 < linked["others_stay"] == 9 - linked["rules"]["near"]
    assert all(one["cluster_similarity"] < 0.7 and one["words"] for one in linked["staying"])


def test_one_cluster_by_any_of_its_members(finished: Path) -> None:
    """The same whole cluster, whoever is asked for: the first, one that left, one that stays beside it."""
    linked = next(
        one
        for one in clusters(str(finished), corpus="text", rule="near", top=2)["corpora"][0]["clusters"]
        if one["together"] == 10
    )
    asked = [linked["stays"]["id"], linked["members"][0]["id"]]
    one, other = (cluster_of(str(finished), "", "", id_)["corpora"][0]["clusters"] for id_ in asked)
    assert one == other
    beside = cluster_of(str(finished), "text", "text", linked["staying"][0]["id"])["corpora"][0]["clusters"]
    assert sorted(each["stays"]["id"] for each in beside) == sorted(each["stays"]["id"] for each in one)
    assert len(one) + sum(each["left"] for each in one) == 10


def test_pictures_have_their_form(finished: Path) -> None:
    """Of an image its format and size stand beside its address."""
    (pairs,) = clusters(str(finished), kind="image")["corpora"]
    assert pairs["corpus"] == "pairs" and pairs["clusters"]
    stays = pairs["clusters"][0]["stays"]
    assert stays["format"] and stays["width"] > 0 and "words" not in stays


def test_it_does_not_need_staging(finished: Path, tmp_path: Path) -> None:
    """What shared buckets is told beside the tables; the manifest names that file, and `verify` knows it."""
    copy = tmp_path / "out"
    shutil.copytree(finished, copy, ignore=shutil.ignore_patterns("staging"))
    assert {**clusters(str(copy)), "run": ""} == {**clusters(str(finished)), "run": ""}
    assert verify(str(copy)) == []
    facts = json.loads((copy / DUPLICATES).read_text())
    assert facts["corpora"].keys() == {"text", "pairs"}
    pages = next(one for one in facts["components"] if one["of"] == "pages")
    assert pages["corpora"] == ["text"] and {4, 10} <= set(pages["largest"])
    (copy / DUPLICATES).unlink()
    assert [problem.file for problem in verify(str(copy))] == [DUPLICATES]


def test_a_run_that_its_guard_stopped_is_shown(inputs: list[str], tmp_path: Path) -> None:
    """There are no shards yet: addresses and titles come from what was decided."""
    with pytest.raises(GuardError, match="triptych clusters"):
        run_on(inputs, tmp_path / "out", recipe("raw", *NEAR, "guard.cluster_from=2", "guard.cluster=0.01"))
    facts = clusters(str(tmp_path / "out"), "text", rule="near", top=2)
    assert not facts["finished"]
    stays = [one["stays"] for one in facts["corpora"][0]["clusters"]]
    assert {one["url"].split("/")[2] for one in stays} == {"chain.example", "copies.example"}
    assert {one["title"] for one in stays} == {"An article"} and not any("words" in one for one in stays)


def test_a_stopped_run_of_which_a_corpus_kept_nothing(inputs: list[str], tmp_path: Path) -> None:
    """A selection without a row is looked through like any other: pyarrow ends the process at a column without chunks."""
    with pytest.raises(GuardError):
        run_on(inputs[:1], tmp_path / "out", recipe("raw", *NEAR, "guard.cluster=0", "guard.cluster_from=2"))
    # By the text's id, which no pair has, every row of both corpora is asked.
    text, pairs = clusters(str(tmp_path / "out"))["corpora"]
    assert text["left"] and text["clusters"] and not pairs["left"] and not pairs["clusters"]
    assert cluster_of(str(tmp_path / "out"), "", "", text["clusters"][0]["stays"]["id"])["corpora"]


def test_a_rule_that_took_nothing_is_told(finished: Path) -> None:
    """A name that is misspelled does not look like a run without duplicates; a round that found none is no mistake."""
    with pytest.raises(UserError, match=r"no round of duplicates is called 'nera'; did you mean near\?"):
        clusters(str(finished), rule="nera")
    assert [one["clusters"] for one in clusters(str(finished), corpus="pairs", rule="phash")["corpora"]] == [[]]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "", "corpus": "txt", "identity": "x"}, "no corpus 'txt'; did you mean text"),
        ({"kind": "image", "corpus": "text", "identity": "x"}, "no corpus of this run has clusters of kind 'image'"),
        ({"kind": "", "corpus": "", "identity": "none"}, "no item none is in text or pairs"),
    ],
)
def test_what_is_not_there(finished: Path, asked: dict[str, str], said: str) -> None:
    """It is said by name."""
    with pytest.raises(UserError, match=said):
        cluster_of(str(finished), **asked)


def test_an_item_that_a_rule_took_has_no_cluster(tmp_path: Path) -> None:
    """It is told which rule."""
    page = response("http://a.example/", html("A", " ".join(words(200, 1))))
    (tmp_path / "a.warc.gz").write_bytes(warc_bytes([page]))
    asked = recipe("raw", 'corpora=["text"]', "text.rules.gopher_words.floor=10000")
    run_on([str(tmp_path / "a.warc.gz")], tmp_path / "out", asked)
    (gone,) = [row for row in rows(tmp_path / "out", "dropped") if row["corpus"] == "text"]
    with pytest.raises(UserError, match="it left text by the rule gopher_words"):
        cluster_of(str(tmp_path / "out"), "", "", gone["id"])


def test_a_shard_that_is_gone_is_named(finished: Path, tmp_path: Path) -> None:
    """With where to look further."""
    copy = tmp_path / "out"
    shutil.copytree(finished, copy, ignore=shutil.ignore_patterns("staging"))
    next((copy / "dropped").glob("*.parquet")).unlink()
    with pytest.raises(VerificationError, match=r"dropped-00000\.parquet is missing; triptych verify"):
        clusters(str(copy))
