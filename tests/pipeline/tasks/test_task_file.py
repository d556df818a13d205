"""Indexes of tasks as files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import pipeline.tasks.task_file
from pipeline.sections import DamagedFileError
from pipeline.tasks.task_file import Task, TaskAbout, read_about, read_abouts, read_pictures, read_tasks, write_task
from schemas.outcomes import UserError
from tests.support.web import passage, picture
from transforms.dedup.folding import word_hashes
from transforms.dedup.task_pictures import HASHES, HashSettings, hash_rows, in_order, picture_hashes
from transforms.dedup.task_texts import grams_of, hits_of
from transforms.image.header import Limits


def made(name: str, texts: Sequence[str], pictures: Sequence[int] = (), n: int = 13) -> Task:
    """A task of these texts and of pictures of these seeds, each an item of its own."""
    ids = [f"text-{number}" for number in range(len(texts))] + [f"picture-{seed}" for seed in pictures]
    hashed = [picture_hashes(picture(seed), HashSettings(Limits(), True)) for seed in pictures]
    numbers = range(len(texts), len(ids))
    rows = in_order(np.concatenate([np.empty(0, HASHES), hash_rows(numbers, hashed)]))
    return Task(name, grams_of(texts, range(len(texts)), n), rows, True, ids, {"items": len(ids)})


def write(path: Path, task: Task) -> TaskAbout:
    """Its file."""
    return write_task(str(path), task)


@pytest.mark.parametrize("n", [8, 9, 10, 11, 12, 13])
def test_an_index_comes_back_as_it_was_written(n: int, tmp_path: Path) -> None:
    """With all of its hits under the names of their items."""
    task = made("coco", [passage(1), passage(2), "Two boats."], [3], n)
    about = write(tmp_path / "a.task", task)
    assert read_about(str(tmp_path / "a.task")) == about
    assert (about.name, about.ngram, about.flips, about.counts) == ("coco", n, True, {"items": 4})
    found = read_tasks((str(tmp_path / "a.task"),))
    assert found.pictures.tobytes() == task.pictures.tobytes() and len(found.pictures) == 8
    hits = hits_of(found.texts, word_hashes([passage(2), "two boats", passage(3)]))
    assert [[found.texts.name(item) for item in each.items] for each in hits] == [["coco/text-1"], ["coco/text-2"], []]
    assert found.names[3].as_py() == "coco/picture-3"


def test_indexes_of_several_tasks_are_one(tmp_path: Path) -> None:
    """Items keep their names, whatever stands before them; each n has an index."""
    first, second, third = (str(tmp_path / f"{name}.task") for name in "abc")
    write_task(first, made("first", [passage(1)], [1], 13))
    write_task(second, made("second", [passage(2), passage(1)], [2], 13))
    write_task(third, made("third", [passage(3)], (), 8))
    found = read_tasks((first, second, third))
    assert [index.n for index in found.texts.indexes] == [8, 13]
    hits = hits_of(found.texts, word_hashes([passage(number) for number in (1, 2, 3)]))
    assert [found.texts.name(each.items[0]) for each in hits] == ["first/text-0", "second/text-0", "third/text-0"]
    named = {found.names[int(item)].as_py() for item in found.pictures["item"]}
    assert named == {"first/picture-1", "second/picture-2"}
    asked = [picture_hashes(picture(seed), HashSettings(Limits(), False))[0] for seed in (2, 1, 3)]
    hashes = np.array([phash for phash, _ in asked], np.uint64), np.array([fine for _, fine in asked], "V32")
    items = read_pictures((first, second, third), "default").find(*hashes).item.tolist()
    assert [found.names[item].as_py() if item >= 0 else "" for item in items] == [
        "second/picture-2", "first/picture-1", "",
    ]  # fmt: skip


def test_equal_items_give_equal_bytes(tmp_path: Path) -> None:
    """So an index that is made again is the same task."""
    paths = [tmp_path / "a.task", tmp_path / "b.task"]
    about = [write(path, made("coco", [passage(1)], [1])) for path in paths]
    assert about[0] == about[1] and paths[0].read_bytes() == paths[1].read_bytes()


def test_digests_tell_what_differs(tmp_path: Path) -> None:
    """That of texts is for what pages are measured by: no picture changes it, but any text, n and name does; without texts it is empty."""
    base = write(tmp_path / "a.task", made("coco", [passage(1)], [1]))
    others = {
        "picture": made("coco", [passage(1)], [2]),
        "text": made("coco", [passage(2)], [1]),
        "name": made("other", [passage(1)], [1]),
        "n": made("coco", [passage(1)], [1], 12),
    }
    found = {name: write(tmp_path / f"{name}.task", task) for name, task in others.items()}
    assert all(each.digest != base.digest for each in found.values())
    assert all(found[name].texts_digest != base.texts_digest for name in ("text", "name", "n"))
    assert found["picture"].texts_digest == base.texts_digest
    assert write(tmp_path / "b.task", made("coco", [], [1])).texts_digest == ""


@pytest.mark.parametrize("name", ["folding", "shingles", "hashing", "file"])
def test_an_index_of_another_version_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of two versions never meet, so nothing would be found: the message says what to do."""
    path = str(tmp_path / "a.task")
    write_task(path, made("coco", [passage(1)]))
    versions = pipeline.tasks.task_file.VERSIONS
    monkeypatch.setattr(pipeline.tasks.task_file, "VERSIONS", versions | {name: versions[name] + 1})
    message = rf"a\.task was made by another version .*\({name} 1, here 2\): make it anew with triptych index-task"
    with pytest.raises(UserError, match=message):
        read_about(path)
    with pytest.raises(UserError, match=message):
        read_tasks((path, path))


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    """A text, a cut index, nothing at all."""
    write_task(str(tmp_path / "a.task"), made("coco", [passage(1)]))
    (tmp_path / "cut.task").write_bytes((tmp_path / "a.task").read_bytes()[:-9])
    (tmp_path / "text.task").write_text("Two boats.")
    for name, said in (("cut", "is damaged.*index-task"), ("text", "is damaged.*index-task"), ("none", "no such file")):
        with pytest.raises(UserError, match=said):
            read_about(str(tmp_path / f"{name}.task"))


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    """A key that is another one would find nothing, in silence."""
    path = tmp_path / "a.task"
    write_task(str(path), made("coco", [passage(1)]))
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    (tmp_path / "b.task").write_bytes(data)
    with pytest.raises(DamagedFileError, match="its section keys has changed"):
        read_tasks((str(tmp_path / "b.task"),))


def test_two_indexes_of_one_name_are_refused_and_others_come_by_name(tmp_path: Path) -> None:
    """A name and an item say which is meant; the order of arguments says nothing (law 5)."""
    paths = {name: str(tmp_path / f"{name}.task") for name in ("b", "a", "again")}
    for name, path in paths.items():
        write_task(path, made("b" if name == "again" else name, [passage(1)]))
    assert list(read_abouts([paths["b"], paths["a"]])) == [paths["a"], paths["b"]]
    with pytest.raises(UserError, match="are both of a task called b"):
        read_abouts(paths.values())
