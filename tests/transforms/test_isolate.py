"""What the isolator promises: one outcome per item in order, whatever an item does to the child."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcomes import Fault, RecordError, UserError
from transforms import isolate, isolate_spawn
from transforms.isolate import IsolatedBug, Isolator, Limits

TASKS = "tests.support.isolated_tasks"
PATIENT = Limits(seconds=5.0)
ROOT = Path(__file__).resolve().parents[2]


def outcomes(items: list[str], limits: Limits = PATIENT, task: str = "make_actor") -> list[str]:
    """What `make_actor` made of the items: the item, or the fault's name in capitals."""
    with Isolator[str, str](f"{TASKS}:{task}", None, limits) as isolator:
        return [o.fault.name if isinstance(o, RecordError) else o for o in isolator.run(items)]


def test_deaths_of_children_are_counted() -> None:
    """Whoever watches a run learns of them, whether or not an item was lost."""
    with Isolator[str, str](f"{TASKS}:make_actor", None, PATIENT) as isolator:
        assert list(isolator.run(["a", "b"])) == ["a", "b"] and isolator.deaths == 0
        assert [type(outcome) for outcome in isolator.run(["a", "abort"])] == [str, RecordError]
        assert isolator.deaths >= 2


def test_settings_reach_the_maker_and_items_come_back_in_order() -> None:
    """The maker gets the settings; outcomes keep the order of the items over several batches."""
    with Isolator[int, object](f"{TASKS}:make_echo", {"k": 1}, Limits(batch_items=7)) as isolator:
        assert list(isolator.run(range(100))) == [({"k": 1}, n) for n in range(100)]


def test_one_child_serves_many_runs() -> None:
    """The child lives from run to run, and a run of nothing starts none."""
    with Isolator[int, int](f"{TASKS}:make_pid") as isolator:
        assert list(isolator.run([])) == []
        pids = set(isolator.run([1, 2])) | set(isolator.run([3]))
        assert len(pids) == 1 and os.getpid() not in pids


@pytest.fixture
def burners() -> Iterator[None]:
    """More busy neighbours than the machine has processors."""
    count = (os.cpu_count() or 1) + 1
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    yield
    for burner in burners:
        burner.kill()
        burner.wait()


@pytest.mark.parametrize("task", ["make_actor", "make_gatherer"])
@pytest.mark.parametrize("act", ["burn", "burn in C"])
def test_a_hanging_item_is_lost_alone(act: str, task: str) -> None:
    """An item past its processor time is a TIMEOUT, also where it holds the interpreter; its neighbours live."""
    assert outcomes(["a", act, "b"], Limits(seconds=0.4), task) == ["a", "TIMEOUT", "b"]


@pytest.mark.usefixtures("burners")
def test_a_busy_machine_changes_no_outcome() -> None:
    """What burns is a TIMEOUT and what works within its limit is not, though each takes a multiple of its time."""
    items = ["work", "burn", "work", "work"]
    assert outcomes(items, Limits(seconds=0.8)) == ["work", "TIMEOUT", "work", "work"]


def test_an_item_that_waits_is_no_time_out() -> None:
    """Sleep uses no processor, so it passes the limit of processor time, within the limit of waiting."""
    assert outcomes(["wait", "a"], Limits(seconds=0.3)) == ["wait", "a"]


def state(pid: int) -> str:
    """The state of a process that is there."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_a_stopped_child_is_no_time_out() -> None:
    """A child that is stopped for longer than both limits goes on where it was."""
    with Isolator[str, str](f"{TASKS}:make_actor", None, Limits(seconds=1, wall=1)) as isolator:
        list(isolator.run(["a"]))
        child = isolator._child
        assert child
        pid = child._process.pid

        def wake() -> None:
            while state(pid) != "T":
                time.sleep(0.02)
            time.sleep(3)
            os.kill(pid, signal.SIGCONT)

        thread = threading.Thread(target=wake)
        thread.start()
        assert list(isolator.run(["a", "stop", "b"])) == ["a", "stop", "b"]
        thread.join()
        assert isolator._child is child


STOPPED = f"""
import sys
from transforms.isolate import Isolator, Limits
with Isolator("{TASKS}:make_actor", None, Limits(seconds=1, wall=2)) as isolator:
    list(isolator.run(["a"]))
    print("ready", flush=True)
    print(*isolator.run(["wait", "work", "wait"]), flush=True)
"""


def test_a_stopped_group_loses_nothing() -> None:
    """Parent and child are stopped together, as by the stop key, and go on."""
    command = [sys.executable, "-c", STOPPED]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout and parent.stdout.readline() == "ready\n"
        for _ in range(2):
            time.sleep(0.3)
            os.killpg(parent.pid, signal.SIGSTOP)
            time.sleep(4)
            os.killpg(parent.pid, signal.SIGCONT)
        assert parent.stdout.read() == "wait work wait\n"


@pytest.mark.parametrize("task", ["make_actor", "make_gatherer"])
def test_an_item_that_waits_for_ever_is_lost_alone(task: str, started: list[int]) -> None:
    """The limit of waiting ends the child; the item is tried again in a fresh one and then blamed."""
    assert outcomes(["a", "sleep", "b"], Limits(wall=0.5), task) == ["a", "TIMEOUT", "b"]
    assert len(started) <= 4  # those two, and the ones that the neighbours had


@pytest.mark.parametrize("act", ["sleep", "exit", "abort", "be killed", "be ended", "eat memory"])
def test_what_ends_a_child_once_is_blamed_on_nobody(act: str, tmp_path: Path) -> None:
    """A kill from outside, or a wait, that does not come again loses no row: alone in a fresh child, and in a batch."""
    limits = Limits(wall=0.5 if act == "sleep" else 300)
    for number, items in enumerate(([act], ["a", act, "b"], ["a", "b", act])):
        (folder := tmp_path / str(number)).mkdir()
        with Isolator[str, str](f"{TASKS}:make_passing", (str(folder), 1), limits) as isolator:
            assert list(isolator.run(items)) == items


def test_what_ends_two_fresh_children_is_blamed(tmp_path: Path, started: list[int]) -> None:
    """The second fresh child that an item kills is the last one that it gets."""
    with Isolator[str, str](f"{TASKS}:make_passing", (str(tmp_path), 9), Limits()) as isolator:
        killed, a = isolator.run(["be killed", "a"])
    assert isinstance(killed, RecordError) and killed.fault is Fault.OUT_OF_MEMORY and a == "a"
    assert (tmp_path / "be killed").read_text() == "2" and len(started) == 3


@pytest.mark.parametrize("times", [1, 2])
def test_a_child_killed_while_it_starts_is_started_again(times: int, tmp_path: Path) -> None:
    """No row is lost to a kill of a child that is not ready."""
    with Isolator[int, int](f"{TASKS}:make_killed", (str(tmp_path), times)) as isolator:
        assert list(isolator.run([1, 2])) == [1, 2]


def test_a_child_that_is_always_killed_while_it_starts_says_so(tmp_path: Path) -> None:
    """The third kill ends the run, with what to do: the machine is at fault, and no bug."""
    isolator = Isolator[int, int](f"{TASKS}:make_killed", (str(tmp_path), 9))
    with pytest.raises(UserError, match=r"SIGKILL whenever it was started.*the same command goes on"):
        list(isolator.run([1]))


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        ("exit", "CRASHED"),
        ("abort", "CRASHED"),
        ("segfault", "CRASHED"),
        ("eat memory", "OUT_OF_MEMORY"),
        ("be killed", "OUT_OF_MEMORY"),
        ("refuse", "BOMB"),
    ],
)
@pytest.mark.parametrize("task", ["make_actor", "make_gatherer"])
def test_an_item_that_ends_the_child_is_lost_alone(act: str, fault: str, task: str) -> None:
    """Each kind of death names its fault and costs one item, wherever it stands in the batch, also of one done as a whole."""
    assert outcomes([act, "a", "b", act, act, "c", act], task=task) == [fault, "a", "b", fault, fault, "c", fault]


def test_the_detail_says_what_was_seen() -> None:
    """The error names the signal or the limit."""
    with Isolator[str, str](f"{TASKS}:make_actor", None, Limits(memory=1 << 30)) as isolator:
        abort, memory = isolator.run(["abort", "eat memory"])
    assert str(abort) == "crashed: child ended by SIGABRT"
    assert str(memory) == "out_of_memory: more than 1024 MiB of address space"


def test_an_innocent_item_does_not_pay_for_a_leak() -> None:
    """Items that fit a fresh child all pass, though the memory that they leak does not fit together."""
    assert outcomes(["leak"] * 9, Limits(memory=1 << 30)) == ["leak"] * 9


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each child that was started."""
    started = []

    class Counted(isolate._Child):
        def __init__(self, *given: Any) -> None:
            started.append(1)
            super().__init__(*given)

    monkeypatch.setattr(isolate, "_Child", Counted)
    return started


def test_a_hanging_item_costs_its_limit_once(started: list[int]) -> None:
    """The child says which item it was given last, so neither that one nor its neighbours are tried alone."""
    items = ["a", "b", "burn", "c", "burn", "d"]
    assert outcomes(items, Limits(seconds=0.5), "make_gatherer") == ["a", "b", "TIMEOUT", "c", "TIMEOUT", "d"]
    assert len(started) == 3


def test_items_that_are_too_slow_together_pass_alone(started: list[int]) -> None:
    """An item is judged by its own time, and a batch that is slow as a whole is done again item by item."""
    assert outcomes(["work"] * 4, Limits(seconds=0.6), "make_gatherer") == ["work"] * 4
    assert len(started) == 1
    assert outcomes(["work"] * 4, Limits(seconds=0.6), "make_late") == ["work"] * 4
    assert len(started) == 3


@pytest.mark.parametrize("company", [[], ["a"], ["a", "work"], ["work", "work hard"]])
def test_an_item_has_the_same_outcome_in_any_company(company: list[str]) -> None:
    """An item's own part and its part of the work on the whole count together, alone and in a batch."""
    expected = {"work hard": "TIMEOUT"}
    items = [*company, "work hard", *company]
    assert outcomes(items, Limits(seconds=0.6), "make_twice") == [expected.get(item, item) for item in items]


def test_a_refusal_keeps_its_fault_and_detail() -> None:
    """A RecordError of the handler comes back as it was raised, and the child lives on."""
    with Isolator[str, str](f"{TASKS}:make_actor") as isolator:
        (error,) = isolator.run(["refuse"])
    assert isinstance(error, RecordError)
    assert (error.fault, error.detail) == (Fault.BOMB, "400 Mpx in 48 kB")


def test_a_bug_stops_the_run_with_the_childs_traceback() -> None:
    """Any other exception is raised here, after the outcomes before it, and the isolator can be used again."""
    with Isolator[str, str](f"{TASKS}:make_actor") as isolator:
        run = isolator.run(["a", "bug", "b"])
        assert next(run) == "a"
        with pytest.raises(IsolatedBug, match=r"isolated_tasks\.py(.|\n)*KeyError: 'NO_SUCH_KEY'"):
            next(run)
        assert list(isolator.run(["c"])) == ["c"]


def test_a_result_that_cannot_be_pickled_is_a_bug() -> None:
    """A handler that returns what no pipe can carry stops the run."""
    with Isolator[object, object](f"{TASKS}:make_unpicklable") as isolator, pytest.raises(IsolatedBug, match="pickle"):
        list(isolator.run([1]))


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (f"{TASKS}:make_nothing", "LookupError: the model is missing"),
        (f"{TASKS}:no_such_maker", "no_such_maker"),
        ("tests.support.no_such_module:maker", "ModuleNotFoundError"),
    ],
)
def test_a_child_that_cannot_start_says_why(task: str, message: str) -> None:
    """A task that cannot be made raises once with its traceback; there is no second attempt."""
    with Isolator[int, int](task) as isolator, pytest.raises(IsolatedBug, match=message):
        list(isolator.run([1, 2, 3]))


def test_a_child_without_room_to_start_says_so() -> None:
    """A memory limit below what the start needs is wrong use, not an error of a record."""
    isolator = Isolator[int, int](f"{TASKS}:make_hungrily", None, Limits(memory=1 << 28))
    with pytest.raises(UserError, match=r"256 MiB of the recipe's extract\.child_bytes are too few"):
        list(isolator.run([1]))


LIMITED = f"""
import resource, sys
from schemas.outcomes import UserError
from transforms.isolate import Isolator, Limits
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
with Isolator("{TASKS}:make_actor", None, Limits(memory=int(sys.argv[1]))) as isolator:
    print(*isolator.run(["a", "b"]))
    try:
        print(*isolator.run(["c", "eat memory", "d"]))
    except UserError as error:
        print(error)
"""


def test_a_hard_limit_of_the_machine_holds() -> None:
    """It is taken where it is the smaller; an item that dies of it ends the run, for elsewhere it might have lived (law 5)."""
    said = [
        subprocess.run([sys.executable, "-c", LIMITED, str(memory)], capture_output=True, text=True, check=True).stdout
        for memory in (2 << 30, 1 << 28)
    ]
    limited, own = (text.splitlines() for text in said)
    assert limited[0] == own[0] == "a b"
    assert "(ulimit -v) of 512 MiB, which is less than the 2048 MiB of the recipe's extract.child_bytes" in limited[1]
    assert own[1].startswith("c out_of_memory") and own[1].endswith(" d")


def test_a_maker_that_hangs_says_so() -> None:
    """A start past its limit is an error of the set-up."""
    isolator = Isolator[int, int](f"{TASKS}:make_slowly", None, Limits(wall=0.5))
    with pytest.raises(IsolatedBug, match="waited too long before it was ready"):
        list(isolator.run([1]))
    isolator = Isolator[int, int](f"{TASKS}:make_busily", None, Limits(start_seconds=0.5))
    with pytest.raises(IsolatedBug, match="SIGPROF before it was ready"):
        list(isolator.run([1]))


def test_large_items_and_results_pass() -> None:
    """Batches and results far beyond a pipe's buffer pass in both directions, mixed with small ones."""
    items: list[object] = [b"x" * 30_000_000, 30_000_000, b"", 0, *[b"y" * 300_000] * 40, *[300_000] * 40]
    with Isolator[object, object](f"{TASKS}:make_sizer") as isolator:
        sizes = [o if isinstance(o, int) else len(o) for o in isolator.run(items)]  # type: ignore[arg-type]
    assert sizes == [len(item) if isinstance(item, bytes) else item for item in items]


def test_large_last_answers_cost_no_child() -> None:
    """A parent that has a batch's last answer and writes the next request at once is not taken for one that ended."""
    with Isolator[int, bytes](f"{TASKS}:make_lingerer", None, Limits(batch_items=2)) as isolator:
        list(isolator.run([1]))
        child = isolator._child
        assert list(isolator.run(range(40))) == [bytes(100_000)] * 40
        assert isolator._child is child


def test_what_the_child_prints_spoils_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Output of the child, on either stream, goes to our standard error and not into the answers."""
    assert outcomes(["print", "a"]) == ["print", "a"]
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "noise on 1" in captured.err and "noise on 2" in captured.err


def test_a_slow_caller_is_no_time_out() -> None:
    """Clocks run while an item is worked on, not while its result waits to be read."""
    with Isolator[int, bytes](f"{TASKS}:make_sizer", None, Limits(seconds=0.3, wall=0.4)) as isolator:
        sizes = []
        for outcome in isolator.run([2_000_000] * 3):
            time.sleep(0.5)
            sizes.append(outcome if isinstance(outcome, RecordError) else len(outcome))
    assert sizes == [2_000_000] * 3


def test_a_caller_may_stop_early() -> None:
    """A run left in the middle leaves no answers behind for the next one."""
    with Isolator[int, object](f"{TASKS}:make_echo") as isolator:
        run = isolator.run(range(10))
        next(run)
        run.close()  # type: ignore[attr-defined]
        assert list(isolator.run([77])) == [(None, 77)]


def test_two_runs_at_once_are_refused() -> None:
    """A second run inside a first one is wrong use, not a mixture of answers."""
    with Isolator[int, object](f"{TASKS}:make_echo") as isolator:
        run = isolator.run(range(3))
        next(run)
        with pytest.raises(RuntimeError, match="one batch at a time"):
            next(isolator.run([1]))


def test_a_child_that_died_idle_is_replaced() -> None:
    """A child killed between two runs costs nothing."""
    with Isolator[int, int](f"{TASKS}:make_pid") as isolator:
        (first,) = isolator.run([1])
        assert isinstance(first, int)
        os.kill(first, signal.SIGKILL)
        (second,) = isolator.run([1])
        assert isinstance(second, int) and second != first


def test_a_child_outlives_the_thread_that_started_it() -> None:
    """The child belongs to the process: another thread may use it after its first one ended."""
    with Isolator[int, int](f"{TASKS}:make_pid") as isolator:
        pids: list[object] = []
        for _ in range(2):
            thread = threading.Thread(target=lambda: pids.extend(isolator.run([1])))
            thread.start()
            thread.join()
        assert len(pids) == 2 and pids[0] == pids[1]


def test_threads_have_children_of_their_own() -> None:
    """Two isolators work at the same time in two threads and do not wait for each other's descriptors."""
    results: dict[int, list[object]] = {}

    def work(key: int) -> None:
        with Isolator[str, str](f"{TASKS}:make_actor", None, Limits(seconds=3)) as isolator:
            results[key] = list(isolator.run(["wait", "exit", *map(str, range(50)), "wait"]))

    threads = [threading.Thread(target=work, args=(key,)) for key in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key: len(value) for key, value in results.items()} == {0: 53, 1: 53}
    assert all(value[2:] == [*map(str, range(50)), "wait"] for value in results.values())


PARENT = f"""
import sys
from transforms.isolate import Isolator, Limits
pids = Isolator("{TASKS}:make_pid")
print(*pids.run([1]), flush=True)
actors = Isolator("{TASKS}:make_reporter", None, Limits(seconds=30))
list(actors.run(sys.argv[1:]))
"""


def ended(pid: int, within: float) -> bool:
    """Whether a process that is not ours is gone, or becomes so in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see a process end")
@pytest.mark.parametrize("act", ["sleep", "hold the interpreter", "burn in C", "stop"])
def test_children_die_with_their_parent(act: str) -> None:
    """After SIGKILL of the parent, an idle child and one in the middle of an item are gone at once, also one that is stopped."""
    command = [sys.executable, "-c", PARENT, act]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as parent:
        assert parent.stdout and parent.stderr
        idle = int(parent.stdout.readline())
        busy = int(parent.stderr.readline())
        assert not ended(idle, 0.1) and not ended(busy, 0.1)
        parent.kill()
        assert ended(idle, 40) and ended(busy, 40)  # what they do takes 60 s


def test_a_child_whose_parent_is_gone_before_it_starts_ends() -> None:
    """It compares its parent with the one that it was told of."""
    command = [sys.executable, "-P", "-m", "transforms.isolate_child", "0", "1", "2", "-1"]
    done = subprocess.run(command, cwd=ROOT, env=isolate_spawn.environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["a", "b", "exit", "refuse", "abort"]), max_size=12), st.integers(1, 5))
def test_one_outcome_per_item_in_order(items: list[str], batch: int) -> None:
    """Whatever the mixture of good and deadly items and the size of batches, nothing is lost, doubled or moved."""
    expected = {"exit": "CRASHED", "abort": "CRASHED", "refuse": "BOMB"}
    assert outcomes(items, Limits(batch_items=batch)) == [expected.get(item, item) for item in items]
