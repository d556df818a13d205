"""What main-content extraction costs a page: each engine in a process of its own, kept as the isolator keeps its child.

None pays for what another has imported, and all have the child's settings of memory and garbage collection. Printed by
`python -m benchmarks.extraction --only speed`.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing import get_context

from transforms.isolate_child import GARBAGE
from transforms.isolate_spawn import environment

ROUNDS = 3
BATCH = 26  # pages of 300 kB in a batch of the isolator (8 MiB)
URL = "https://example.org/"


def by_triptych(pages: list[str], batch: int) -> list[str]:
    """Our text, images placed too, of pages that are decided `batch` at a time."""
    from transforms.html.extract import decided
    from transforms.html.render import main_text
    from transforms.html.walk import walk

    texts: list[str] = []
    for first in range(0, len(pages), batch):
        texts += map(main_text, decided([walk(text, URL) for text in pages[first : first + batch]]))
    return texts


def by_trafilatura(fast: bool, markup: str) -> str:
    """Trafilatura's text; "" where it finds none."""
    import trafilatura

    return trafilatura.extract(markup, fast=fast, deduplicate=False) or ""


def by_resiliparse(markup: str) -> str:
    """Resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(markup, main_content=True))


PEERS: dict[str, Callable[[str], str]] = {
    "trafilatura": partial(by_trafilatura, False),
    "trafilatura fast": partial(by_trafilatura, True),
    "resiliparse": by_resiliparse,
}
ENGINES: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "triptych": partial(by_triptych, batch=BATCH),
    "triptych, singly": partial(by_triptych, batch=1),
    **{name: partial(map, peer) for name, peer in PEERS.items()},
}


def cost_by_engine(pages: list[str]) -> dict[str, float]:
    """Processor seconds a page of each engine, the best of ROUNDS; the engines take turns."""
    os.environ.update(environment())
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name in ENGINES:
            with get_context("spawn").Pool(1) as pool:
                best[name] = min(pool.apply(cost, (name, pages)), best.get(name, float("inf")))
    return best


def cost(name: str, pages: list[str]) -> float:
    """Processor seconds a page of one engine, after a first pass over some of them that loads what it needs."""
    engine = ENGINES[name]
    list(engine(pages[:10]))
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    start = time.process_time()
    for _ in engine(pages):
        pass
    return (time.process_time() - start) / len(pages)
