"""Laws 2 and 9: what passes a shuffle is an index row, and the graph does not grow with the inputs."""

from collections import Counter
from pathlib import Path

import pytest
from apache_beam.portability import common_urns

from pipeline.decide.beam import Decide
from pipeline.decide.job import DecideJob
from pipeline.layout import RunFolder, StagingFolder
from pipeline.plan import Span, Work, work_line
from pipeline.work_list import write_lines
from tests.support.runs import recipe, run_on, two_archives
from tests.support.shuffles import assert_no_payload, watched
from tests.support.steps import graph, grouped, steps_of


def test_no_payload_and_no_large_row_passes_a_shuffle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte that the runner groups is looked at: it holds no text of a page, no bytes of an image, and few bytes an item."""
    shuffled = watched(monkeypatch)
    manifest = run_on(two_archives(tmp_path / "in"), tmp_path / "out", recipe("raw"))
    assert_no_payload(shuffled, tmp_path / "out", manifest)


def test_shuffles_are_the_known_ones(tmp_path: Path) -> None:
    """Each job groups lines of work, records and rows of keys, nothing else: a new shuffle has to be written down here."""
    components = ["Asked", "Replies", "Verified"]
    pictures = ["SeenMessages", "Choices", "Edges", *components]
    near = ["Living2Messages", "Keys", "LeastsMessages", *components]
    keepers = [name for hop in range(2) for name in (f"Lost{hop}Messages", f"Keepers{hop}")]
    rounds = [
        "Media",
        *pictures,
        "FoundMessages",
        "UsesOfKeys",
        "MatchesMessages",
        "Keys0",
        "Round1Messages",
        "Keys1",
        *near,
        "Round2Messages",
        "Keys2",
        *keepers,
        "LastMessages",
        "Profiles",
        "Parts",
        "Names",
        "Together",
        "Wait",
    ]
    known = [["Spread", "Spread", "Together"], ["Spread", *rounds, "Together"], ["Spread", "Together"]]
    moving = (
        common_urns.primitives.GROUP_BY_KEY.urn,
        common_urns.composites.RESHUFFLE.urn,
        common_urns.combine_components.COMBINE_PER_KEY_PRECOMBINE.urn,
        common_urns.composites.COMBINE_PER_KEY.urn,
    )
    for transform, names in zip(steps_of(tmp_path), known, strict=True):
        steps = graph(transform).components.transforms.values()
        found = [step.unique_name.split("/")[-1] for step in steps if step.spec.urn in moving]
        assert sorted(found) == sorted(names)


@pytest.mark.parametrize("name", ["kosmos1", "raw", "fineweb"])
def test_a_step_is_told_by_the_one_before_it(tmp_path: Path, name: str) -> None:
    """However many rounds there are, nothing is read by more than three steps and no more than three are read together: an engine
    keeps a buffer for each output of a task, and Flink one of 16 MB."""
    asked, staging, run = recipe(name), StagingFolder(f"{tmp_path}/staging"), RunFolder(str(tmp_path))
    for policies, earlier in ((False, None), (True, 1)):
        job = DecideJob(staging, run, asked, 1, 1, True, {}, policies, policies, earlier)
        steps = graph(Decide(job)).components.transforms.values()
        leaves = [step for step in steps if not step.subtransforms]
        read = Counter(source for step in leaves for source in step.inputs.values())
        assert max(read.values()) <= 3
        assert max(len(step.inputs) for step in leaves) <= 3


def test_keys_are_told_alike_everywhere(tmp_path: Path) -> None:
    """What is grouped has keys of a coder that gives the same bytes on each machine; values are numbers, names and messages."""
    values = {"kv", "tuple", "varint", "string_utf8", "FastPrimitivesCoder"}
    for transform in steps_of(tmp_path):
        found = grouped(graph(transform))
        assert found
        assert {keys for keys, _ in found.values()} <= {"varint", "DeterministicFastPrimitivesCoderV2"}
        assert set().union(*(parts for _, parts in found.values())) <= values


def test_ten_thousand_inputs_do_not_grow_the_graph(tmp_path: Path) -> None:
    """A graph names its work list; its size depends neither on that nor on the number of parts (a job of 10 MB is refused by Dataflow)."""
    sizes = []
    for count in (1, 10_000):
        steps = steps_of(tmp_path / f"{count:05d}", count)
        work = (Work(n, (Span(f"{n}.warc.gz", 0, 1),)) for n in range(count))
        write_lines(steps[0].job.staging.archives, map(work_line, work))
        graphs = map(graph, steps)
        sizes.append([(len(proto.components.transforms), proto.ByteSize()) for proto in graphs])
    for few, many in zip(*sizes, strict=True):
        assert few[0] == many[0]
        assert abs(few[1] - many[1]) < 500
