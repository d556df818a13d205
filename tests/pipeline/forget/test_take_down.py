"""Take-down: touched shards alone change, a killed one is finished by the same command, and nothing vanishes without a number."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import storage
from pipeline.alone import hold_folder
from pipeline.forget import journal
from pipeline.forget.take_down import forget
from pipeline.inspect import inspect, load
from pipeline.layout import TAKE_DOWN, RunFolder
from pipeline.verify import verify
from schemas.manifest import Account
from schemas.outcomes import UserError, VerificationError
from tests.support import small_run
from tests.support.buckets import Buckets
from tests.support.runs import rows
from tests.support.small_run import DOCUMENTS, PAIRS, TEXTS, key
from tests.transforms.forget.test_lists import take_down

TAKEN_DOWN = "forget/taken_down"  # stays, so that no run makes again what was taken down
X = "https://example.org/x.png"  # the image of every document of the small run


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, made once: two shards a corpus and format."""
    folder = tmp_path_factory.mktemp("pristine") / "run"
    small_run.write_run(folder)
    return folder


@pytest.fixture
def run(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(pristine, tmp_path / "run")
    return tmp_path / "run"


def state(folder: Path) -> dict[str, bytes]:
    """Every file by name, but for the log."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.log")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def ids(folder: Path, corpus: str) -> set[str]:
    """The ids of a corpus's Parquet."""
    return {row["id"] for row in rows(folder, corpus)}


def test_only_touched_shards_change(run: Path) -> None:
    """A page that stands in the first shard of each corpus: the second ones keep their bytes and their times."""
    before, times = state(run), {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}
    outcome = forget(str(run), take_down("ids", key(2)))
    after = state(run)
    changed = {name for name in before if before[name] != after.get(name)}
    assert {name for name in changed if name.endswith((".parquet", ".tar"))} == set(outcome.touched)
    assert len(outcome.touched) == 6 and all("00000-of" in name or "000000" in name for name in outcome.touched)
    assert {path for path, time in times.items() if path.stat().st_mtime_ns != time} == {run / name for name in changed}
    assert after.keys() - before.keys() == {TAKEN_DOWN} and before.keys() <= after.keys()
    assert verify(str(run)) == []


def test_the_rows_go_from_every_corpus_and_format(run: Path) -> None:
    """And no other row; the manifest counts them, and the sizes beside tars and the card follow."""
    outcome = forget(str(run), take_down("ids", key(2), key(3)))
    for corpus, (_, count) in small_run.ROWS.items():
        assert ids(run, corpus) == {key(number) for number in range(count)} - {key(2), key(3)}
    assert outcome.receipt.rows == {corpus: {"ids": 2} for corpus in small_run.ROWS}
    assert outcome.matched == {"ids": 2, "urls": 0, "hosts": 0}
    assert sum(json.loads((run / "pairs/wds/sizes.json").read_text()).values()) == PAIRS - 2
    assert f"{TEXTS - 2} |" in (run / "README.md").read_text()
    assert load(str(run)).accounts[2] == Account("text", "forget", TEXTS, TEXTS - 2, forgotten={"ids": 2})


def test_rows_of_what_did_not_make_it_go_too(run: Path) -> None:
    """The accounts stay as they were; the receipt says how many of their rows are missing. A copy no longer says whose it was."""
    forget(str(run), take_down("ids", key(1), key(102)))
    left = {row["id"]: row["of"] for row in rows(run, "dropped")}
    assert left == {key(101): None, key(103): "forgotten"}
    manifest = load(str(run))
    assert manifest.forgotten[0].left == {"text decide dropped text_chars": 1}
    assert manifest.accounts[1].dropped == {"text_chars": 2}
    assert verify(str(run)) == []


def test_a_host_that_is_all_there_is(run: Path) -> None:
    """No row is left anywhere: Parquet stays as typed files, tars and what stood beside them go, and rows without an id go by address."""
    outcome = forget(str(run), take_down("hosts", "example.org"))
    manifest = load(str(run))
    assert verify(str(run)) == []
    assert {shard.format for shard in manifest.shards} == {"parquet"} and {shard.rows for shard in manifest.shards} == {
        0
    }
    assert [path for path in run.rglob("*") if "wds" in path.parts and path.is_file()] == []
    assert pq.read_table(run / "text/data/train-00000-of-00002.parquet").schema.names[0] == "id"
    totals = {name: sum(counts.values()) for name, counts in outcome.receipt.rows.items()}
    expected = {"text": TEXTS, "pairs": PAIRS, "interleaved": DOCUMENTS, "dropped": 3, "failed": 1}
    assert totals == expected
    assert not (run / "dropped/part-00000.parquet").exists()


def test_an_image_leaves_documents_and_they_with_it(run: Path) -> None:
    """By its address; a document of which no image is left is none, and the accounts say so."""
    outcome = forget(str(run), take_down("urls", X))
    assert ids(run, "interleaved") == set()
    images = sum(1 + number % 3 for number in range(DOCUMENTS))
    assert outcome.receipt.rows == {"interleaved": {"no_images": DOCUMENTS}, "interleaved_images": {"urls": images}}
    assert verify(str(run)) == []


def test_documents_that_do_not_name_their_images(run: Path) -> None:
    """Those of earlier releases: an id of one of their images cannot be found there, and that must not pass in silence."""
    with pytest.raises(UserError, match="does not say which id its images have: name them by their addresses"):
        forget(str(run), take_down("ids", f"{key(2)}-0000", key(5)))


def test_what_is_not_there_changes_nothing(run: Path) -> None:
    """Not one file, and there is no receipt."""
    before = state(run)
    outcome = forget(str(run), take_down("any", "f" * 32, "https://example.net/", "example.com"))
    assert state(run) == before
    assert (outcome.receipt.rows, outcome.touched, set(outcome.matched.values())) == ({}, (), {0})


def test_the_same_twice_is_once(run: Path) -> None:
    """The second time nothing is found."""
    forget(str(run), take_down("ids", key(2)))
    before = state(run)
    assert forget(str(run), take_down("ids", key(2))).receipt.rows == {}
    assert state(run) == before


def test_one_after_the_other(run: Path) -> None:
    """Two receipts, in their order; one account more a corpus, which adds both up."""
    forget(str(run), take_down("ids", key(2)))
    forget(str(run), take_down("urls", "https://example.org/3"))
    manifest = load(str(run))
    assert [receipt.rows["text"] for receipt in manifest.forgotten] == [{"ids": 1}, {"urls": 1}]
    assert [a for a in manifest.accounts if a.corpus == "text" and a.stage == "forget"] == [
        Account("text", "forget", TEXTS, TEXTS - 2, forgotten={"ids": 1, "urls": 1})
    ]
    assert verify(str(run)) == []
    facts = inspect(str(run))
    assert len(facts["forgotten"]) == 2 and facts["accounts"][2]["forgotten"] == 2


class Killed(BaseException):
    """What stands for a kill."""


def killed_at(patch: pytest.MonkeyPatch, place: int) -> None:
    """Ends the process, as it were, before its so-manyth write, move or removal."""
    calls = Counter[str]()

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any, **named: Any) -> Any:
            calls["all"] += 1
            if calls["all"] == place:
                raise Killed
            return act(*given, **named)

        return counting

    for name in ("write_whole", "move", "remove"):
        patch.setattr(storage, name, counted(getattr(storage, name)))


def test_a_killed_take_down_is_finished_by_the_same_command(pristine: Path, tmp_path: Path) -> None:
    """Killed before each of its writes: every shard is the old one or the new one, verify tells, and the end is the same, byte by byte."""
    asked = take_down("any", key(2), key(1), "https://example.org/3", "https://example.org/7.jpeg")
    shutil.copytree(pristine, tmp_path / "whole")
    forget(str(tmp_path / "whole"), asked)
    old, new = state(pristine), state(tmp_path / "whole")
    for place in range(1, 200):
        folder = tmp_path / str(place)
        shutil.copytree(pristine, folder)
        with pytest.MonkeyPatch.context() as patch:
            killed_at(patch, place)
            try:
                forget(str(folder), asked)
                break
            except Killed:
                pass
        half = state(folder)
        for shard in load(str(pristine)).shards:
            assert half.get(shard.name) in (old[shard.name], new.get(shard.name)), (place, shard.name)
        unfinished = [problem.file for problem in verify(str(folder))]
        assert unfinished == ([TAKE_DOWN] if TAKE_DOWN in half else []), place
        if TAKE_DOWN in half:
            with pytest.raises(UserError, match="a take-down by other lists was begun here and is not finished"):
                forget(str(folder), take_down("ids", key(9)))
        forget(str(folder), asked)
        assert state(folder) == new, place
    assert place > 30


def test_a_damaged_shard_is_named_and_left(run: Path) -> None:
    """What is not as the manifest says is not written anew, whose digest would then vouch for it. Put back, the same command goes on."""
    name = "text/data/train-00000-of-00002.parquet"
    whole = (run / name).read_bytes()
    (run / name).write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    with pytest.raises(VerificationError, match=f"{name} cannot be read .*triptych verify .* tells more"):
        forget(str(run), take_down("ids", key(2)))
    (run / name).write_bytes(whole)
    forget(str(run), take_down("ids", key(2)))
    assert verify(str(run)) == []


def test_a_journal_over_another_manifest_is_refused(run: Path, pristine: Path) -> None:
    """Whoever put an older manifest back would get shards that it does not know."""
    asked = take_down("ids", key(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "end", lambda folder: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            forget(str(run), asked)
    manifest = (run / "manifest.json").read_bytes()
    forget(str(run), asked)
    assert (run / "manifest.json").read_bytes() == manifest and not (run / TAKE_DOWN).exists()
    with pytest.MonkeyPatch.context() as patch:
        killed_at(patch, 6)
        with pytest.raises(Killed):
            forget(str(run), take_down("ids", key(4)))
    assert (run / TAKE_DOWN).exists()
    shutil.copy(pristine / "manifest.json", run / "manifest.json")
    with pytest.raises(VerificationError, match="is not the one that the take-down was begun over"):
        forget(str(run), take_down("ids", key(4)))


def test_one_process_at_a_time(run: Path) -> None:
    """The folder is held as a run holds it, also where its marker was not copied."""
    with hold_folder(RunFolder(str(run)), print), pytest.raises(UserError, match="is being written by another run"):
        forget(str(run), take_down("ids", key(2)))
    forget(str(run), take_down("ids", key(2)))
    assert not (run / "staging").exists()


def test_what_is_no_run(tmp_path: Path, run: Path) -> None:
    """And lists without an entry."""
    with pytest.raises(UserError, match="no finished run is here"):
        forget(str(tmp_path), take_down("ids", key(2)))
    with pytest.raises(UserError, match="the lists name nothing"):
        forget(str(run), take_down("ids", "# none"))


def test_in_a_bucket_as_on_a_disk(run: Path, buckets: Buckets, tmp_path: Path) -> None:
    """The same bytes, one shard at a time, and nothing is left over."""
    bucket = f"{buckets.set_up('s3', tmp_path)}/run"
    for name, data in state(run).items():
        with storage.write_whole(f"{bucket}/{name}") as file:
            file.write(data)
    asked = take_down("any", key(2), "https://example.org/3")
    outcome = forget(str(run), asked)
    assert forget(bucket, asked) == outcome
    expected = {name: data for name, data in state(run).items() if name != "run.json"}
    found = {name for name in storage.files_below(bucket) if name != "run.log" and "lease" not in name}
    assert found == set(expected)
    assert {name: storage.read_bytes(f"{bucket}/{name}") for name in found} == expected
    assert verify(bucket) == []
