"""A test set kept out of the corpora, from its files and archives to shards."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jobs.cli import main
from pipeline.engines.settings import EngineSettings
from pipeline.plan import Request
from pipeline.run import run
from pipeline.tasks.task_file import read_tasks
from pipeline.verify import verify
from schemas.manifest import Manifest
from schemas.outcomes import UserError
from tests.support.archives import response
from tests.support.pictures import encoded
from tests.support.runs import cut_small, recipe, rows, shard_digests
from tests.support.web import SITE, archive, page, passage, picture, shown

QUESTION = "Which of the four boats that lie under the old stone bridge has a yellow mast and no sail?"
CAPTION = "A yellow boat without a sail lies under a bridge."
NUMBERS = range(4)
CORPORA = ("text", "pairs", "interleaved")


def story(number: int) -> bytes:
    """A page with a picture; the first says what is asked in the test set, the second has its caption, the third its picture."""
    said = [f"The quiz of the week: {QUESTION.lower()}"] if number == 0 else []
    alt = f"Page {number}, taken by hand" if number != 1 else CAPTION.upper()
    return page(passage(number), f'<img src="{number}.png" alt="{alt}">', *said, passage(10 + number))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two archives with the pages of a site."""
    folder = tmp_path_factory.mktemp("web")
    pages = [response(f"{SITE}{number}", story(number)) for number in NUMBERS]
    pictures = [shown(f"{number}.png", picture(number)) for number in NUMBERS]
    return [archive(folder / "a.warc.gz", [*pages[:2], *pictures]), archive(folder / "b.warc.gz", pages[2:])]


def made(folder: Path, question: str = QUESTION) -> Path:
    """The index of a test set: a question, a caption, and the third page's picture, mirrored and smaller."""
    folder.mkdir(exist_ok=True)
    (folder / "texts.jsonl").write_text(
        "".join(json.dumps({"id": name, "caption": text}) + "\n" for name, text in (("q1", question), ("c1", CAPTION)))
    )
    small = Image.open(io.BytesIO(picture(2))).transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((200, 160))
    (folder / "p1.jpg").write_bytes(encoded(small.convert("RGB"), "JPEG", quality=80))
    files = [str(folder / name) for name in ("texts.jsonl", "p1.jpg")]
    assert main(["index-task", "quiz", *files, "--output", str(folder / "quiz.task"), "--ngram", "13", "--quiet"]) == 0
    return folder / "quiz.task"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index."""
    return made(tmp_path_factory.mktemp("task"))


def run_with(archives: list[str], output: Path, task: Path, *settings: str, **request: Any) -> Manifest:
    """A run that is given the index."""
    return run(Request(tuple(archives), str(output), recipe("raw", *settings), tasks=(str(task),), **request))


@pytest.fixture(scope="module")
def dropped(archives: list[str], task: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """The run by the defaults."""
    folder = tmp_path_factory.mktemp("run") / "out"
    return folder, run_with(archives, folder, task)


def pages_of(folder: Path, corpus: str) -> list[int]:
    """The numbers of the pages that a corpus has rows of."""
    name = "page_url" if corpus == "pairs" else "url"
    return sorted(int(row[name].removeprefix(SITE)) for row in rows(folder, corpus))


def test_what_the_test_set_has_is_in_no_corpus(dropped: tuple[Path, Manifest]) -> None:
    """The page with the question, the pair with the caption, the picture mirrored; each row names the item."""
    folder, _ = dropped
    assert pages_of(folder, "text") == [1, 2, 3]
    assert pages_of(folder, "pairs") == [0, 3]
    assert pages_of(folder, "interleaved") == [1, 3]
    gone = {(row["corpus"], row["rule"], row["detail"]) for row in rows(folder, "dropped") if row["detail"]}
    assert gone == {
        ("text", "task_text", "quiz/q1"),
        ("interleaved", "task_text", "quiz/q1"),
        ("pairs", "task_caption", "quiz/c1"),
        ("pairs", "task_image", "quiz/p1.jpg"),
        ("interleaved_images", "task_image", "quiz/p1.jpg"),
    }
    assert verify(str(folder)) == []


def test_the_run_says_of_which_tasks_it_is_clean(dropped: tuple[Path, Manifest], task: Path) -> None:
    """In a file that the manifest names; every row has the column, which is empty here."""
    folder, manifest = dropped
    assert "stats/tasks.json" in [side.name for side in manifest.side_files]
    (told,) = json.loads((folder / "stats" / "tasks.json").read_text())
    assert (told["name"], told["ngram"], told["counts"]["items"], told["counts"]["images"]) == ("quiz", 13, 3, 1)
    assert all(row["tasks"] == [] for corpus in CORPORA for row in rows(folder, corpus))


def test_cut_and_marked_from_the_same_staging(archives: list[str], dropped: tuple[Path, Manifest], task: Path) -> None:
    """Another choice decides anew over what was measured (law 4)."""
    staging = str(dropped[0] / "staging")
    folder = dropped[0].parent
    cut = run_with(archives, folder / "cut", task, 'tasks.texts="cut"', staging=staging)
    text = {row["url"]: row for row in rows(folder / "cut", "text")}[f"{SITE}0"]
    assert passage(0) in text["text"] and passage(10) in text["text"] and "quiz" not in text["text"]
    assert text["tasks"] == ["quiz/q1"]
    (account,) = [each for each in cut.accounts if each.corpus == "text_blocks"]
    assert (account.dropped, account.holds()) == ({"task_text": 1}, True)
    run_with(archives, folder / "mark", task, 'tasks.texts="mark"', 'tasks.images="mark"', staging=staging)
    marked = {row["url"]: row["tasks"] for row in rows(folder / "mark", "interleaved")}
    assert marked == {f"{SITE}0": ["quiz/q1"], f"{SITE}1": [], f"{SITE}2": ["quiz/p1.jpg"], f"{SITE}3": []}
    pairs = {row["page_url"]: row["tasks"] for row in rows(folder / "mark", "pairs")}
    assert pairs == {f"{SITE}0": [], f"{SITE}1": ["quiz/c1"], f"{SITE}2": ["quiz/p1.jpg"], f"{SITE}3": []}
    assert [verify(str(folder / name)) for name in ("cut", "mark")] == [[], []]


def test_a_changed_index_measures_anew(archives: list[str], dropped: tuple[Path, Manifest], tmp_path: Path) -> None:
    """Neither the run folder nor its staging is taken for one of other texts; with its own folders another page goes."""
    other = made(tmp_path / "task", question=passage(3))
    with pytest.raises(
        UserError, match="out belongs to a run with another index of the task quiz: give another --output"
    ):
        run_with(archives, dropped[0], other)
    with pytest.raises(UserError, match="was measured with another index of the task quiz: give another --staging"):
        run_with(archives, tmp_path / "a", other, staging=str(dropped[0] / "staging"))
    with pytest.raises(UserError, match="belongs to a run with the tasks quiz: give another --output"):
        run(Request(tuple(archives), str(dropped[0]), recipe("raw")))
    run_with(archives, tmp_path / "b", other)
    assert pages_of(tmp_path / "b", "text") == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 2])
def test_however_the_work_is_cut(
    archives: list[str],
    dropped: tuple[Path, Manifest],
    task: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    """Small units, a batch for each: the same bytes (law 5)."""
    if workers == 1:
        cut_small(monkeypatch, 2_000, 5)
    again = run_with(archives[::-1], tmp_path / "out", task, engine=EngineSettings(workers=workers))
    assert shard_digests(again, *CORPORA) == shard_digests(dropped[1], *CORPORA)
    assert again.accounts == dropped[1].accounts


def test_an_index_that_was_damaged_in_the_run_folder_is_copied_again(
    archives: list[str], dropped: tuple[Path, Manifest], task: Path, tmp_path: Path
) -> None:
    """Workers read a copy, which is checked; the run ends with the same bytes (law 6)."""
    run_with(archives, tmp_path / "out", task)
    staging = tmp_path / "out" / "staging"
    for path in (tmp_path / "out" / "manifest.json", *staging.glob("**/done.json"), *staging.glob("units/*/*")):
        path.unlink()
    (copy,) = (staging / "tasks").iterdir()
    data = bytearray(copy.read_bytes())
    data[3] ^= 1
    copy.write_bytes(data)
    read_tasks.cache_clear()  # as in another process
    again = run_with(archives, tmp_path / "out", task)
    assert shard_digests(again, *CORPORA) == shard_digests(dropped[1], *CORPORA)
    assert bytes(data) != copy.read_bytes() == task.read_bytes()
