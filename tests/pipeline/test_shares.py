"""Shares: which units are whose, and what is known of those that finished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.plan as planning
from pipeline import storage
from pipeline.layout import StagingFolder
from pipeline.named_archives import Archive
from pipeline.plan import Unit, cut
from pipeline.sections import sealed
from pipeline.shares import Share, deal, dealt, portion, read_share
from pipeline.work_list import MOST_PARTS, commit, part_path
from schemas.outcomes import UserError

SIZES = st.lists(st.integers(0, 400), min_size=1, max_size=12)


def archives(sizes: list[int]) -> list[Archive]:
    """Archives of these sizes; every third is of a kind that is not cut."""
    return [Archive(f"{place:03d}.{'tar' if place % 3 == 2 else 'warc'}", size, "") for place, size in enumerate(sizes)]


@given(SIZES, st.integers(1, 9))
def test_every_unit_is_in_one_share_and_shares_are_equal_in_bytes(sizes: list[int], shares: int) -> None:
    """As far as units go: no share is larger than its part of all bytes and the largest unit. Units are the very ones of the whole plan."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "UNIT_BYTES", 50)
        patch.setattr(planning, "SMALL_BYTES", 60)
        works = list(cut(archives(sizes)))
        units = [unit for work in works for unit in work.units()]
        mine: dict[int, list[Unit]] = {number: [] for number in range(1, shares + 1)}
        owners = []
        for owner, piece in deal(works, shares):
            owners.append(owner)
            mine[owner] += piece.units()
        assert [unit for owner in sorted(mine) for unit in mine[owner]] == units
        assert owners == sorted(owners)
        largest = max(unit.bytes for unit in units)
        assert all(sum(unit.bytes for unit in some) <= sum(sizes) / shares + largest for some in mine.values())
        for number, some in mine.items():
            found = portion(works, Share(shares, number), StagingFolder("s"))
            assert (found.count, found.bytes) == (len(some), sum(unit.bytes for unit in some))
            assert list(found.numbers) == [unit.number for unit in some]


def test_all_shares_hand_up_about_as_many_parts_as_one_run() -> None:
    """The run that comes behind reads them one by one."""
    works = list(cut(Archive(f"{place:04d}.warc", 10 * planning.UNIT_BYTES, "") for place in range(2000)))
    for shares in (1, 10, 100, 1000):
        parts = [portion(works, Share(shares, 1 + shares // 2), StagingFolder("s")).parts]
        assert sum(parts) * shares <= max(MOST_PARTS, shares)


@pytest.mark.parametrize("text", ["", "3", "0/3", "4/3", "-1/3", "a/b", "1/0", "1/10000", "1/2/3", "1 / 2"])
def test_a_share_that_is_none(text: str) -> None:
    """It is wrong use, said with an example."""
    with pytest.raises(UserError, match="expected K/N"):
        read_share(text)


def finish(staging: StagingFolder, share: Share) -> None:
    """Leave what a finished share leaves."""
    folder = staging.share(share.name)
    with storage.write_whole(part_path(folder, 0)) as file:
        file.write(sealed({"units": []}))
    commit(folder)


def test_what_is_known_of_shares(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Those that finished, and of several ways to deal units out the one that is nearest to its end. A share whose part was damaged is
    not finished."""
    staging = StagingFolder(str(tmp_path_factory.mktemp("staging")))
    assert dealt(staging) is None
    for share in (Share(3, 1), Share(3, 2), Share(8, 4), Share(8, 1)):
        finish(staging, share)
    found = dealt(staging)
    assert found is not None
    assert (found.of, sorted(found.finished), found.left) == (3, [Share(3, 1), Share(3, 2)], [Share(3, 3)])
    with storage.write_whole(part_path(staging.share("0001-of-0003"), 0)) as file:
        file.write(b"half")
    found = dealt(staging)
    assert found is not None
    assert found.left == [Share(3, 1), Share(3, 3)]
