"""Made-up rows of near duplicates, and their way through the rounds."""

from pathlib import Path

import numpy as np

from benchmarks import near_rows
from benchmarks.decide_scale import Rounds, job_of, lost, sent, write_batches
from pipeline import engine
from pipeline.engines.settings import EngineSettings
from transforms.dedup.signature import SETS, band_keys, similarity


def test_rows_are_those_of_their_numbers_and_as_alike_as_their_likeness_says() -> None:
    """However they are cut; a tenth shares a band with strangers where that is asked."""
    cluster, chosen = near_rows.clusters(20_000), SETS["triptych"]
    whole = near_rows.made(cluster, 0, chosen, hot=True)
    tail = near_rows.made(cluster[10_000:], 10_000, chosen, hot=True)
    assert np.array_equal(whole.places[10_000:], tail.places)
    assert np.array_equal(whole.bands, band_keys(whole.places, chosen))
    _, counts = np.unique(whole.bands[:, near_rows.HOT_BAND], return_counts=True)
    # The equal pages outside the hot bucket are the only larger one.
    assert 0.09 < np.sort(counts)[-2] / len(cluster) < 0.11
    assert 0.6 < (np.bincount(cluster)[cluster] > 1).mean() < 0.7
    order = np.flatnonzero(np.bincount(cluster)[cluster] == 2)
    order = order[np.argsort(cluster[order], kind="stable")]
    plain = near_rows.made(cluster, 0, chosen, hot=False).places.astype(np.uint8)
    one, other = order[::2], order[1::2]
    like = near_rows.likeness(cluster, 0)
    error = similarity(plain[one], plain[other]) - like[one] * like[other]
    assert abs(error.mean()) < 0.01 and error.std() < 0.05


def test_components_are_compared_with_clusters() -> None:
    """One that holds two clusters, one that is torn."""
    found = near_rows.against(np.array([0, 0, 0, 1, 2, 2]), np.array([7, 7, 7, 7, 9, 8]))
    assert (found.clusters, found.components, found.mixed, found.recall) == (3, 3, 1, 0.75)


def test_rounds_find_the_clusters(tmp_path: Path) -> None:
    """A small run of the benchmark: the hot band joins no strangers, and what was sent is told by step."""
    cluster = near_rows.clusters(3000)
    job = job_of(tmp_path, len(cluster))
    assert write_batches(job, cluster) == [(0, 3000)]
    engine.run(Rounds(job), EngineSettings(), "test")
    found = lost(job.run)
    gone = np.flatnonzero(found["lost"])
    assert len(gone) > 1000 and (cluster[gone] == cluster[found["of"][gone]]).all()
    told = near_rows.against(cluster, found["label"])
    assert told.mixed == 0 and told.recall > 0.95
    assert sent(job.run)["claims0"] < 220 * len(cluster)
