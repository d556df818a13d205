"""How the isolator starts a child: in an environment of its own, from a thread that never ends."""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue

_MEMORY = "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=134217728:glibc.malloc.mmap_threshold=33554432"


def environment() -> dict[str, str]:
    """A child's environment: ours, with our import path and one thread per numeric library (more reserve memory and take cores).

    Freed memory is kept for reuse, in large pages where the system offers them: a page's tree of 10 MB is written and read once, and
    clearing and mapping small pages for it was 5 % of the time. The user's own settings come later in the list and win.
    """
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    tunables = ":".join(filter(None, (_MEMORY, os.environ.get("GLIBC_TUNABLES"))))
    return {**os.environ, **threads, "PYTHONPATH": path, "GLIBC_TUNABLES": tunables}


_Orders = SimpleQueue[tuple[Future[subprocess.Popen[bytes]], Callable[[], subprocess.Popen[bytes]]]]


def _serve(orders: _Orders) -> None:
    while True:
        future, order = orders.get()
        try:
            future.set_result(order())
        except BaseException as error:  # noqa: BLE001  # the thread that asked raises it
            future.set_exception(error)
        del future, order  # or the process would be held until the next order


@functools.cache
def _nursery() -> _Orders:
    """The orders of a thread that starts all children of this process and never ends.

    Linux ends a child with its parent, as the child asks it to, but it takes the thread that started the child for the parent. Beam's
    threads come and go.
    """
    orders: _Orders = SimpleQueue()
    threading.Thread(target=_serve, args=(orders,), name="nursery", daemon=True).start()
    return orders


os.register_at_fork(after_in_child=_nursery.cache_clear)  # a fork has no threads but its own


def spawn(command: list[str], ends: tuple[int, ...]) -> subprocess.Popen[bytes]:
    """Start a child. Its standard output goes where our errors go, so a library that prints cannot spoil what we print."""
    future: Future[subprocess.Popen[bytes]] = Future()
    surroundings = environment()
    _nursery().put(
        (
            future,
            lambda: subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2, pass_fds=ends, env=surroundings),
        )
    )
    return future.result()
