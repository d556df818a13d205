"""The comparison with Google's parser: which questions are asked of a file, and which answers differ."""

import tarfile
from pathlib import Path

from benchmarks.robots_answers import AGENTS, Asked, differing, files_of, ours, urls_of

BODY = b"User-agent: *\nDisallow: /x/*.gif$\nAllow: /%7euser\nDisallow: *\nDisallow: /\xc3\xa9\n"


def test_questions_lie_where_rules_meet() -> None:
    """The root, and an address for each rule, escaped as addresses are."""
    site = "https://example.com"
    assert urls_of(BODY, 12) == tuple(f"{site}/{path}" for path in ("", "x/x.gif", "%7Euser", "x", "%C3%A9"))
    assert len(urls_of(BODY, 2)) == 3


def test_answers_are_compared_one_by_one() -> None:
    """A file that is read once answers as one that is read for each question, and a difference is named."""
    asked = [Asked("ex.com", BODY, urls_of(BODY, 12))]
    once, anew = ours(asked, anew=False)[0], ours(asked, anew=True)[0]
    assert once == anew == ["00100" * len(AGENTS)]
    assert list(differing(asked, once, once)) == []
    wrong = ["1" + once[0][1:]]
    assert list(differing(asked, once, wrong)) == [("ex.com", AGENTS[0], "https://example.com/", "allowed")]


def test_files_come_from_a_folder_or_an_archive(tmp_path: Path) -> None:
    """By their names, in order."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / name).write_text(name)
    with tarfile.open(tmp_path / "files.tar.gz", "w:gz") as archive:
        archive.add(folder, "files")
    assert list(files_of(folder)) == list(files_of(tmp_path / "files.tar.gz")) == [("a", b"a"), ("b", b"b")]
