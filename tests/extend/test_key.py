"""A new key of duplicates is one file: a function of keys and its entry among the rounds of pages."""

from pathlib import Path

from tests.extend.copied_house import Edits, copied
from tests.support.archives import response
from tests.support.runs import rows
from tests.support.web import SITE, archive, by_corpus, passage

TITLES: Edits = {
    "pipeline/corpora/pages.py": [
        (
            "PAGE_ROUNDS = {",
            "def title_keys(judged: Judgement, recipe: Recipe) -> Keys:\n"
            '    """Pages of one title: the least id stays."""\n'
            '    titles = judged.unit.pages["title"].to_pylist()\n'
            "    items = np.flatnonzero([bool(title) for title in titles])\n"
            "    found = [address_key(titles[item]) for item in items]\n"
            '    halves = np.frombuffer(b"".join(found), ">u8").astype("u8").reshape(-1, 2)\n'
            "    return Keys(items, halves[:, 0], halves[:, 1], np.zeros(len(items), np.int64))\n\n\n"
            'PAGE_ROUNDS = {"title": Round(title_keys), ',
        ),
        (
            "import Verify, key_halves, newest_first\n",
            "import Verify, key_halves, newest_first\nfrom transforms.dedup.keys import address_key\n",
        ),
    ]
}


def titled(title: str, text: str) -> bytes:
    """A page with a title of its own."""
    return f"<!doctype html><title>{title}</title><article><p>{text}</article>".encode()


def test_a_round_of_titles(tmp_path: Path) -> None:
    """A recipe that names it drops the second page of a title, and the row names the one that stays (law 11)."""
    pages = {
        "a": titled("Same", passage(1)),
        "b": titled("Same", passage(2)),
        "c": titled("Other", passage(3)),
        "d": titled("", passage(4)),
    }
    web = archive(tmp_path / "in.warc.gz", [response(SITE + name, body) for name, body in pages.items()])
    house, output = copied(tmp_path / "house", TITLES), tmp_path / "out"
    asked = ["--recipe", "raw", "--corpora", "text", "--set", 'text.duplicates=["url", "title"]']
    ended = house.run("run", "--input", web, "--output", str(output), *asked)
    assert ended.status == 0, ended.err
    (gone,) = by_corpus(rows(output, "dropped"), "text")
    kept = {row["url"]: row["id"] for row in rows(output, "text")}
    assert len(kept) == 3 and {SITE + "c", SITE + "d"} < kept.keys()
    assert (gone["rule"], gone["stage"]) == ("title", "duplicates")
    assert gone["of"] == kept[SITE + ("b" if gone["url"] == SITE + "a" else "a")]
    checked = house.run("verify", str(output))
    assert checked.status == 0, checked.out
