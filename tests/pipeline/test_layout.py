"""Where everything of a run lies."""

import itertools
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.layout import FOLDER_UNITS, RunFolder, StagingFolder, table_shard


def paths_of(run: RunFolder, staging: StagingFolder) -> list[str]:
    """One path of every kind."""
    single = [
        run.manifest, run.identity, run.batches, run.profiles, run.shards, run.file(table_shard("dropped", 1)),
        run.file(table_shard("failed", 1)), staging.identity, staging.archives,
    ]  # fmt: skip
    numbered = [run.judged, run.selection, run.profile_part, staging.unit]
    steps = [run.exchange(step, n) for step in ("probe", "join", "candidates0") for n in (0, 7)]
    records = [run.shard_record(corpus, n) for corpus in ("text", "pairs") for n in (0, 7)]
    return single + [path(n) for path in numbered for n in (0, 7)] + steps + records


def test_no_two_things_share_a_path() -> None:
    """Nor lies one below another's file, in a run whose staging is its own."""
    run = RunFolder("/out")
    paths = paths_of(run, StagingFolder(run.own_staging))
    assert len(set(paths)) == len(paths)
    assert not any(one != other and other.startswith(one + "/") for one, other in itertools.product(paths, paths))
    assert all(path.startswith("/out/") for path in paths)


def test_recipes_that_share_staging_share_no_decision() -> None:
    """What was measured lies where staging says, what was decided in the run's own folder."""
    staging = StagingFolder("s3://bucket/measured/")
    one, other = (set(paths_of(RunFolder(name), staging)) for name in ("/one", "/other"))
    shared = one & other
    assert shared == {path for path in one if path.startswith("s3://bucket/measured/")}
    assert not any("decide" in path for path in shared)


@given(st.integers(0, 9_999_999))
def test_units_stand_in_the_order_of_their_numbers(number: int) -> None:
    """As text too, in folders of a thousand."""
    staging = StagingFolder("/s")
    assert staging.unit(number) < staging.unit(number + 1) or number == 9_999_999
    same = staging.unit(number).rpartition("/")[0] == staging.unit(number + 1).rpartition("/")[0]
    assert same == ((number + 1) % FOLDER_UNITS != 0)


def test_staged_units_are_known_by_their_names(tmp_path: Path) -> None:
    """What is half written, or something else, is no unit."""
    staging = StagingFolder(str(tmp_path))
    for number in (0, 7, 12_345):
        path = Path(staging.unit(number))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for name in ("0000/.0000001.unit.x.part", "0000/note.unit", "0000/0000002.txt", "0000002"):
        (tmp_path / "units" / name).touch()
    assert sorted(staging.staged()) == [0, 7, 12_345]
    assert list(StagingFolder(str(tmp_path / "none")).staged()) == []
