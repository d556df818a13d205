"""What a Flink cluster says of itself."""

import socket

import pytest

from pipeline.engines.flink_rest import Cluster, TaskManager, ask, bytes_of, cancel, running, url_of
from schemas.outcomes import UserError
from tests.support.flink_rest import MB, FlinkRest, flink_rest


def test_a_cluster_is_asked() -> None:
    """Its version, task managers, and what an output needs by its own settings."""
    settings = {"taskmanager.network.sort-shuffle.min-buffers": "64", "taskmanager.memory.segment-size": "64kb"}
    with flink_rest(FlinkRest(config=settings)) as told:
        found = ask(told.url)
    assert found == Cluster("1.20.1", (TaskManager("tm1", 2, 256 * MB), TaskManager("tm2", 2, 256 * MB)), 4 * MB)
    assert found.slots == found.parallelism == 4


@pytest.mark.parametrize(
    ("managers", "parallelism"),
    [
        ([(1, 64), (1, 64)], 2),
        ([(4, 128)], 2),
        ([(2, 128), (8, 192)], 3),
        ([(1, 1024), (1, 32)], 0),
    ],
)
def test_network_memory_bounds_what_runs_at_once(managers: list[tuple[int, int]], parallelism: int) -> None:
    """64 MB a slot, on whichever task manager Flink places the tasks."""
    found = Cluster("1.20.1", tuple(TaskManager("tm", slots, network * MB) for slots, network in managers))
    assert found.parallelism == parallelism


def test_a_master_that_does_not_answer() -> None:
    """The address and what it should be are in the message."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        with pytest.raises(UserError, match=rf"no Flink cluster answers at http://127\.0\.0\.1:{port}: .*HOST:8081"):
            ask(f"http://127.0.0.1:{port}")


def test_a_cluster_without_task_managers() -> None:
    """Nobody could work: said before the job waits five minutes for slots."""
    with flink_rest(FlinkRest(managers=())) as told, pytest.raises(UserError, match="has no task managers"):
        ask(told.url)


def test_another_server() -> None:
    """Something that answers but is no Flink."""
    with flink_rest(FlinkRest(version="")) as told, pytest.raises(UserError, match="not as Flink's REST interface"):
        ask(told.url)


def test_jobs_are_cancelled_by_name() -> None:
    """Those that have not ended, and no others."""
    jobs = {"a": ("triptych-emit-1", "RUNNING"), "b": ("theirs", "RUNNING"), "c": ("triptych-emit-1", "FINISHED")}
    with flink_rest(FlinkRest(jobs=jobs)) as told:
        assert cancel(told.url, lambda name: name.endswith("-1"), 5) == ["a"]
        assert list(running(told.url)) == [("b", "theirs")]


def test_addresses_and_sizes() -> None:
    """As users and Flink write them."""
    assert [url_of(each) for each in ("h:8081", "http://h:8081/", "[local]", "")] == ["http://h:8081"] * 2 + [""] * 2
    assert [bytes_of(each) for each in ("32kb", "32768 bytes", "1 gb")] == [32768, 32768, 2**30]
