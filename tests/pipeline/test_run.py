"""The main job: what it does once, what it does again, and how it ends."""

import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pipeline.decide.judge
import pipeline.plan
from pipeline import corpora, healing
from pipeline import run as running
from pipeline.corpora.base import Corpus
from pipeline.layout import RunFolder, StagingFolder
from pipeline.named_archives import EDGE_BYTES
from pipeline.plan import Request
from pipeline.progress import Progress
from pipeline.run import account_order, columns_of, run
from pipeline.sections import read_sections, table_of
from pipeline.stage.index_parts import TABLES, IndexParts, section_name
from pipeline.stage.unit_record import KEYS, MEDIA_ROWS, MEDIA_URLS
from pipeline.verify import verify
from pipeline.work_list import committed
from schemas.manifest import Manifest
from schemas.outcomes import BudgetError, GuardError, VerificationError
from schemas.recipe import Recipe
from tests.support.archives import response
from tests.support.runs import SAMPLE, cut_small, names_run, recipe, rows, run_on, run_until, two_archives
from tests.support.sample_run import copy_stopped, sample_inputs, sample_run
from tests.support.web import SITE, archive, page, passage, picture, shown


@pytest.fixture
def inputs() -> list[str]:
    """Two archives with equal items."""
    return sample_inputs()


@pytest.fixture
def finished() -> Path:
    """The folder of the run that others are held to."""
    return sample_run()[0]


@pytest.fixture
def whole() -> Manifest:
    """The manifest of the run that others are held to."""
    return sample_run()[1]


def test_a_finished_run_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command again gives its manifest, starts no engine and writes no file."""
    manifest = run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]'))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    monkeypatch.setattr(running.engine, "run", None)
    assert run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", 'corpora=["text"]')) == manifest
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_a_bug_ends_the_run_and_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is no RecordError is not turned into a row of any table (law 8)."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug in a rule")

    monkeypatch.setattr("pipeline.decide.judge.judge_part", broken)
    with pytest.raises((RuntimeError, ZeroDivisionError), match="a bug in a rule"):
        run(Request((str(SAMPLE),), str(tmp_path / "out"), recipe("raw")))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list((tmp_path / "out").glob("text/data/*"))


def test_a_run_over_budget_goes_on_as_the_error_says(tmp_path: Path) -> None:
    """Another --output with the failed run's --staging: it once said only to raise the limit, which the folder then refused."""
    settings = ("limits.budget_from=1", 'corpora=["text"]')
    with pytest.raises(BudgetError):
        run_on([str(SAMPLE)], tmp_path / "out", recipe("raw", "limits.failed_share=0", *settings))
    again = Request(
        (str(SAMPLE),), str(tmp_path / "again"), recipe("raw", *settings), staging=str(tmp_path / "out" / "staging")
    )
    assert run(again).rows("text", "parquet") > 0


def test_deciding_anew_reads_no_page_of_the_archives(tmp_path: Path) -> None:
    """With all but the archive's ends overwritten another recipe gives the texts that it gives over the whole archive (law 4)."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(SAMPLE.read_bytes())
    settings = ('corpora=["text"]', "text.rules.gopher_words.floor=60")
    alone = run_on([str(path)], tmp_path / "alone", recipe("raw", *settings))
    run_on([str(path)], tmp_path / "first", recipe("raw"))
    body = path.read_bytes()
    path.write_bytes(body[:EDGE_BYTES] + bytes(len(body) - 2 * EDGE_BYTES) + body[-EDGE_BYTES:])
    staging = str(tmp_path / "first" / "staging")
    again = run(Request((str(path),), str(tmp_path / "again"), recipe("raw", *settings), staging=staging))
    assert again.shards_of("text", "parquet") == alone.shards_of("text", "parquet") != ()
    with pytest.raises(VerificationError, match="has changed since it was measured"):
        run(Request((str(path),), str(tmp_path / "images"), recipe("kosmos1"), staging=staging))


def counted(patch: pytest.MonkeyPatch, place: str, calls: Counter[Any], key: Callable[..., Any]) -> None:
    """Count the calls of a function by what `key` says of their arguments."""
    module, _, name = place.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)

    def call(*arguments: Any) -> Any:
        calls[key(*arguments)] += 1
        return original(*arguments)

    patch.setattr(place, call)


def test_a_unit_is_loaded_once_and_judged_once(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two rounds of duplicates and many batches: once for each corpus; the rounds read what the batch left. It is loaded once
    more to have its pictures and captions counted, where a rule of the recipe bounds that."""
    cut_small(monkeypatch, 50_000, 40)
    loaded: Counter[Any] = Counter()
    judged: Counter[Any] = Counter()
    counted(monkeypatch, "pipeline.decide.judge.UnitIndex", loaded, lambda staging, unit: unit.number)

    def watched(corpus: Corpus) -> Corpus:
        def judge(unit: Any, asked: Recipe) -> Any:
            judged[corpus.name, unit.index.number] += 1
            return corpus.judge(unit, asked)

        made = {name: getattr(corpus, name) for name in corpus.__slots__}
        return Corpus(**{**made, "judge": judge})

    monkeypatch.setattr(corpora, "CORPORA", tuple(map(watched, corpora.CORPORA)))
    manifest = run_on(inputs, tmp_path / "out", recipe("kosmos1"))
    assert any(account.duplicates for account in manifest.accounts if account.corpus == "text")
    assert len(loaded) > 4 and set(loaded.values()) == {2}
    assert len(judged) == 3 * len(loaded) and set(judged.values()) == {1}
    loaded.clear()
    run_on(inputs, tmp_path / "raw", recipe("raw"))
    assert set(loaded.values()) == {1}


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("section", ["pages/0", "media", "footer", "document"])
def test_a_damaged_unit_is_made_again(inputs: list[str], whole: Manifest, tmp_path: Path, section: str) -> None:
    """A bit of its file flips after `extract` is committed: the run says so, reads the unit anew and ends with the same bytes."""
    copy_stopped("extract", tmp_path / "out")
    path = Path(StagingFolder(str(tmp_path / "out" / "staging")).unit(0))
    before = path.read_bytes()
    if section == "footer":
        flip(path, len(before) - 60)
    elif section == "document":
        for row in table_of(read_sections(str(path)).get("pages/0")).to_pylist():
            flip(path, row["doc_offset"] + row["doc_length"] // 2)
    else:
        at, length = read_sections(str(path)).place(section)
        flip(path, at + length // 2)
    told: list[str] = []
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    found = run(request, lambda progress: told.append(str(progress)))
    assert found == whole
    assert path.read_bytes() == before
    assert any("0000000.unit is damaged" in line and "made again" in line for line in told)
    assert verify(str(tmp_path / "out")) == []


def test_a_damaged_selection_is_made_again(inputs: list[str], whole: Manifest, tmp_path: Path) -> None:
    """What was decided is decided again; it once ended the run as a bug."""
    copy_stopped("decide", tmp_path / "out")
    path = Path(RunFolder(str(tmp_path / "out")).selection(0))
    at, length = read_sections(str(path)).place("pairs/0")
    flip(path, at + length // 2)
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole


@pytest.mark.parametrize("size", ["half", "nothing"])
def test_a_torn_selection_is_made_again(inputs: list[str], whole: Manifest, tmp_path: Path, size: str) -> None:
    """A selection is not synced, so after a power cut its file may be short or empty: the run says so and decides its batch again."""
    copy_stopped("decide", tmp_path / "out")
    path = Path(RunFolder(str(tmp_path / "out")).selection(0))
    before = path.read_bytes()
    path.write_bytes(before[: len(before) // 2] if size == "half" else b"")
    notes: list[str] = []
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    assert run(request, lambda progress: notes.append(progress.note)) == whole
    assert path.read_bytes() == before
    assert [note for note in notes if "000000.selection is damaged" in note and "made again" in note]


@pytest.mark.parametrize("change", ["flip", "half", "nothing", "gone"])
def test_a_damaged_profile_is_made_again(inputs: list[str], whole: Manifest, tmp_path: Path, change: str) -> None:
    """A profile that was gone became an empty one in a run that said it was whole, and one that was cut ended the run as a bug."""
    copy_stopped("emit", tmp_path / "out")
    path = Path(RunFolder(str(tmp_path / "out")).profiles)
    before = path.read_bytes()
    if change == "flip":
        flip(path, len(before) // 2)
    elif change == "gone":
        path.unlink()
    else:
        path.write_bytes(before[: len(before) // 2] if change == "half" else b"")
    notes: list[str] = []
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"))
    assert run(request, lambda progress: notes.append(progress.note)) == whole
    assert [note for note in notes if "profile.zst is damaged" in note and "made again" in note]
    assert verify(str(tmp_path / "out")) == []


@pytest.mark.parametrize("section", [*(section_name(table, 0) for table in TABLES), MEDIA_URLS, MEDIA_ROWS, KEYS])
def test_a_second_output_makes_a_damaged_unit_of_a_finished_run_again(
    inputs: list[str], whole: Manifest, finished: Path, tmp_path: Path, section: str
) -> None:
    """Whichever section of the index has another byte: `--staging` of a finished run heals the unit, says so, and ends undisturbed."""
    shutil.copytree(finished / "staging", tmp_path / "staging")
    path = Path(StagingFolder(str(tmp_path / "staging")).unit(0))
    before = path.read_bytes()
    at, length = read_sections(str(path)).place(section)
    flip(path, at + length // 2)
    notes: list[str] = []
    request = Request(tuple(inputs), str(tmp_path / "out"), recipe("kosmos1"), staging=str(tmp_path / "staging"))
    assert run(request, lambda progress: notes.append(progress.note)) == whole
    assert path.read_bytes() == before
    assert [note for note in notes if "0000000.unit is damaged" in note and "made again" in note]


def test_worker_processes_hand_a_damaged_file_up(inputs: list[str], whole: Manifest, tmp_path: Path) -> None:
    """A worker's error comes as text; the file is known by it all the same."""
    copy_stopped("extract", tmp_path / "out")
    path = Path(StagingFolder(str(tmp_path / "out" / "staging")).unit(0))
    flip(path, read_sections(str(path)).place(section_name("refs", 0))[0] + 9)
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1"), workers=2) == whole


def test_an_image_copied_to_staging_is_made_again(tmp_path: Path) -> None:
    """Out of an archive that cannot be entered: its copy is staging's, so its damage is no change of the archive."""
    records = [response(SITE, page(passage(1), '<img src="a.png" alt="a picture of it">')), shown("a.png", picture(1))]
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(b"".join(records), mtime=0))
    alone = run_on([str(path)], tmp_path / "alone", recipe("raw"))
    run_until("decide", [str(path)], tmp_path / "out", recipe("raw"))
    unit = Path(StagingFolder(str(tmp_path / "out" / "staging")).unit(0))
    flip(unit, unit.read_bytes().index(b"\x89PNG") + 1000)
    assert run_on([str(path)], tmp_path / "out", recipe("raw")) == alone


def test_a_disk_that_damages_everything_ends_the_run(
    tmp_path: Path, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many files that were made again the disk is at fault, and it is said."""
    monkeypatch.setattr(healing, "HEALINGS", 2)
    write = running.engine.run

    def damaging(*arguments: Any) -> None:
        write(*arguments)
        unit = Path(StagingFolder(str(tmp_path / "out" / "staging")).unit(0))
        flip(unit, read_sections(str(unit)).place(section_name("refs", 0))[0] + 9)

    monkeypatch.setattr(running.engine, "run", damaging)
    with pytest.raises(VerificationError, match=r"2 files of .* were damaged .*: see to the disk"):
        run_on(inputs, tmp_path / "out", recipe("raw", 'corpora=["text"]'))


@pytest.mark.parametrize("step", ["extract", "decide"])
def test_a_stopped_run_goes_on_from_its_last_step(
    inputs: list[str], whole: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """No finished step is run again, and the end is the same (law 6)."""
    copy_stopped(step, tmp_path / "out")
    ran = names_run(monkeypatch)
    assert run_on(inputs, tmp_path / "out", recipe("kosmos1")) == whole
    assert ran == {"extract": ["Decide", "Emit"], "decide": ["Emit"]}[step]


def test_units_are_committed_when_their_borders_are_proved(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends before borders are compared has not committed what it staged, or phantoms would be believed."""
    monkeypatch.setattr(pipeline.plan, "UNIT_BYTES", 50_000)
    monkeypatch.setattr(pipeline.plan, "SMALL_BYTES", 10)

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    staging = StagingFolder(str(tmp_path / "out" / "staging"))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pipeline.extract_step.read_extracted", killed)
        run_on(inputs, tmp_path / "out", recipe("raw"))
    assert list(staging.staged())
    assert not committed(staging.extract)
    run_on(inputs, tmp_path / "out", recipe("raw"))
    assert committed(staging.extract)


def test_progress_is_told_of_each_step(tmp_path: Path) -> None:
    """Each step ends with all that it had to do, and the bytes of the archives are those that were read."""
    told: list[Progress] = []
    run(Request((str(SAMPLE),), str(tmp_path / "out"), recipe("raw", 'corpora=["text"]')), told.append)
    ends = {progress.step: progress for progress in told}
    assert list(ends) == ["extract", "decide", "emit"]
    assert all(progress.done == progress.total == 1 for progress in ends.values())
    assert (ends["extract"].position, ends["extract"].captures > 80) == (SAMPLE.stat().st_size, True)


def test_an_archive_without_pages_gives_empty_corpora(tmp_path: Path) -> None:
    """It is no error: the accounts are there, and each corpus can be read."""
    inputs = [archive(tmp_path / "a.warc.gz", [response(SITE, b"%PDF", "application/pdf")])]
    manifest = run_on(inputs, tmp_path / "out", recipe("kosmos1"))
    assert [manifest.rows(corpus, "parquet") for corpus in ("text", "pairs", "interleaved")] == [0, 0, 0]
    assert [row["rule"] for row in rows(tmp_path / "out", "dropped")] == ["media_type"]
    assert verify(str(tmp_path / "out")) == []


def test_accounts_stand_in_the_order_of_the_funnel() -> None:
    """Items inside items in front of them, parts of their texts behind."""
    request = Request((), "out", recipe("kosmos1"))
    assert account_order(request)[-4:] == [
        "interleaved_images", "interleaved", "interleaved_blocks", "interleaved_pieces",
    ]  # fmt: skip


def test_a_run_states_the_columns_that_it_wrote() -> None:
    """Of the corpora that it was asked for and of the tables of what left, so that `verify` needs no later release's own."""
    found = columns_of(Request((), "out", recipe("raw", 'corpora=["text"]')))
    assert list(found) == ["text", "dropped", "failed"]
    assert found["text"]["id"] == "string" and found["dropped"]["value"] == "double"


def test_what_a_killed_worker_was_writing_goes(inputs: list[str], tmp_path: Path) -> None:
    """Half files are taken away before the manifest is written."""
    asked = recipe("raw", 'corpora=["text"]')
    run_until("decide", inputs, tmp_path / "out", asked)
    half = tmp_path / "out" / "text" / "data" / ".train-00000-of-00001.parquet.1.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    run_on(inputs, tmp_path / "out", asked)
    assert not half.exists()


def test_the_parts_of_an_index_change_no_row(
    inputs: list[str], whole: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small they are: what is judged a page at a time is what is judged a unit at a time, and shards have the same bytes."""
    parts: list[int] = []
    write = IndexParts.write

    def counted(index: IndexParts, writer: Any) -> int:
        parts.append(index.count)
        return write(index, writer)

    monkeypatch.setattr(IndexParts, "write", counted)
    monkeypatch.setattr(IndexParts.__init__, "__defaults__", (1,))
    manifest = run_on(inputs, tmp_path / "out", recipe("kosmos1"))
    assert max(parts) > 20
    assert manifest.accounts == whole.accounts
    tables = ("dropped", "failed")  # their rows stand part by part
    shards, others = ({s.name: s for s in made.shards if s.corpus not in tables} for made in (manifest, whole))
    assert shards == others
    assert {s.name: s.rows for s in manifest.shards} == {s.name: s.rows for s in whole.shards}


def test_a_run_that_its_guard_stops_goes_on_as_the_error_says(tmp_path: Path) -> None:
    """No shard is written, what left is told, the same command says the same; a raised bound decides anew over what is measured."""
    settings = ('corpora=["text"]', 'text.duplicates=["text"]')
    asked = recipe("raw", *settings, "guard.removed_from=1", "guard.removed.text.duplicates.ceiling=0.1")
    for _ in range(2):
        with pytest.raises(GuardError, match=r"guard\.removed\.text\.duplicates\.ceiling = 0\.1"):
            run_on(two_archives(tmp_path / "in"), tmp_path / "out", asked)
    assert not (tmp_path / "out" / "text").exists() and list((tmp_path / "out" / "dropped").glob("*.parquet"))
    request = Request(
        (str(tmp_path / "in"),),
        str(tmp_path / "again"),
        recipe("raw", *settings),
        staging=str(tmp_path / "out" / "staging"),
    )
    assert run(request).rows("text", "parquet") > 0
