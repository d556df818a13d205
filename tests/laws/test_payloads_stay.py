"""Laws 2 and 9: what passes a shuffle is an index row, and the graph does not grow with the inputs."""

from collections import Counter
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.portability import common_urns

from pipeline.decide.beam import Decide
from pipeline.decide.job import DecideJob
from pipeline.emit import Emit, EmitJob
from pipeline.layout import RunFolder, StagingFolder
from pipeline.plan import Span, Work, work_line
from pipeline.stage.beam import Extract, ExtractJob
from pipeline.work_list import write_lines
from tests.support.runs import recipe, rows, run_on, two_archives
from tests.support.shuffles import watched

ROW_BYTES = 1000  # law 2: an index row is under a kilobyte


def test_no_payload_and_no_large_row_passes_a_shuffle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte that the runner groups is looked at: it holds no text of a page, no bytes of an image, and few bytes an item."""
    shuffled = watched(monkeypatch)
    manifest = run_on(two_archives(tmp_path / "in"), tmp_path / "out", recipe("raw"))
    together = b"".join(shuffled)
    texts = [row["text"] for row in rows(tmp_path / "out", "text")]
    images = [row["image"]["bytes"] for row in rows(tmp_path / "out", "pairs")]
    assert len(texts) > 20 and len(images) > 10
    assert not any(
        text[start : start + 40].encode() in together for text in texts for start in range(0, len(text) - 40, 200)
    )
    pieces = (image[start : start + 40] for image in images for start in range(0, len(image), 500))
    telling = [piece for piece in pieces if len(set(piece)) > 20]  # not the zeros that every file shares
    assert len(telling) > 50
    assert not any(piece in together for piece in telling)
    items = sum(account.entered for account in manifest.accounts)
    assert 0 < len(together) < ROW_BYTES * items


def graph(transform: beam.PTransform) -> Any:
    """The pipeline proto of one transform."""
    pipeline = beam.Pipeline(runner="FnApiRunner")
    pipeline | transform
    return pipeline.to_runner_api()


def jobs(folder: Path) -> tuple[Extract, Decide, Emit]:
    """The three steps of a run of kosmos1 in a folder."""
    asked, staging, run = recipe("kosmos1"), StagingFolder(f"{folder}/staging"), RunFolder(str(folder))
    return (
        Extract(ExtractJob("/in", staging, asked.extract, 1, {})),
        Decide(DecideJob(staging, run, asked, 1, 1, True, {})),
        Emit(EmitJob("/in", staging, run, asked, 1, {})),
    )


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
    for transform, names in zip(jobs(tmp_path), known, strict=True):
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


def test_ten_thousand_inputs_do_not_grow_the_graph(tmp_path: Path) -> None:
    """The graph names a work list; its size does not depend on the list's (a job of 10 MB is refused by Dataflow)."""
    sizes = []
    for count in (1, 10_000):
        extract, _, _ = jobs(tmp_path / f"{count:05d}")
        work = (Work(n, (Span(f"{n}.warc.gz", 0, 1),)) for n in range(count))
        write_lines(extract.job.staging.archives, map(work_line, work))
        proto = graph(extract)
        sizes.append((len(proto.components.transforms), len(proto.SerializeToString())))
    assert sizes[0][0] == sizes[1][0]
    assert abs(sizes[0][1] - sizes[1][1]) < 200
