"""Units that begin elsewhere than their ranges do."""

import pytest

from pipeline import plan as planning
from pipeline.named_archives import Archive
from pipeline.plan import cut
from pipeline.unit_starts import correct, false_starts
from transforms.warc.read import NOWHERE

# Four units of ten bytes. Each case: where they began and where they ended, and where which should have begun.
STARTS: list[tuple[list[int], list[int], dict[int, int]]] = [
    ([0, 12, 20, 33], [12, 20, 33, 38], {}),
    ([0, 15, 20, 33], [12, 20, 33, 38], {1: 12}),
    ([0, NOWHERE, NOWHERE, 33], [33, NOWHERE, NOWHERE, 38], {}),  # a record of 33 bytes
    ([0, 14, 27, 33], [33, 25, 30, 38], {1: 33, 2: 33}),  # ... that holds an archive
    ([0, NOWHERE, NOWHERE, NOWHERE], [38, NOWHERE, NOWHERE, NOWHERE], {}),  # one stream
    ([0, NOWHERE, NOWHERE, 34], [38, NOWHERE, NOWHERE, 38], {3: 38}),
    ([NOWHERE, NOWHERE, NOWHERE, NOWHERE], [38, NOWHERE, NOWHERE, NOWHERE], {}),  # no archive
    ([0, NOWHERE, 21, 33], [12, NOWHERE, 33, 38], {1: 12}),
]


@pytest.mark.parametrize(("began", "ended", "wrong"), STARTS)
def test_units_begin_where_their_neighbours_ended(
    began: list[int], ended: list[int], wrong: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that did not are told where; one that a record of the unit before covers begins nowhere, and is made empty."""
    monkeypatch.setattr(planning, "UNIT_BYTES", 10)
    (work,) = cut([Archive("x.warc", 38, "")])
    found = false_starts([work], dict(enumerate(began)), dict(enumerate(ended)))
    assert found == wrong
    starts = [unit.spans[0].start for each in correct(work, found) for unit in each.units()]
    assert starts == [min(wrong.get(n, n * 10), (n + 1) * 10, 38) for n in range(4)]
