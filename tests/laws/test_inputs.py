"""Laws 3 and 5 at the edges of what is read: archives inside archives, and archives that change while they are read."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

import pipeline.run
from pipeline import plan
from pipeline.plan import Request
from pipeline.progress import Progress
from pipeline.run import run
from schemas.outcomes import UserError
from tests.support.archives import member, response
from tests.support.runs import recipe, rows, run_on
from tests.support.web import page, passage


def noise(seed: int, size: int) -> bytes:
    """Bytes that gzip stores as they are."""
    return random.Random(seed).randbytes(size)


def frame(data: bytes) -> bytes:
    """A zstd frame."""
    return zstandard.compress(data)


def plain(data: bytes) -> bytes:
    """As it is."""
    return data


def crawled_archive(pack: Callable[[bytes], bytes]) -> bytes:
    """An archive as somebody's download: pages of its own, each before noise, so that its members lie bare also where it is packed."""
    parts = []
    for number in range(12):
        parts.append(pack(response(f"http://forged.org/{number}", page(passage(900 + number)))))
        parts.append(pack(response(f"http://forged.org/{number}.bin", noise(number, 9000), "application/octet-stream")))
    return b"".join(parts)


@pytest.mark.parametrize(
    ("pack", "ending", "sizes"),
    [(member, ".gz", (30_000, 50_000, 70_000)), (frame, ".zst", (3_000, 70_000)), (plain, "", (9_000, 50_000, 99_999))],
)
def test_an_archive_inside_an_archive_is_one_record(
    pack: Callable[[bytes], bytes],
    ending: str,
    sizes: tuple[int, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However units are cut, no record of a crawled archive is read as one of the crawl: units begin where their neighbours ended."""
    records = [pack(response(f"http://ex.org/{n}", page(passage(n)))) for n in range(3)]
    nested = pack(response(f"http://ex.org/crawl.warc{ending}", crawled_archive(pack), "application/gzip"))
    path = tmp_path / f"in.warc{ending}"
    path.write_bytes(b"".join([*records[:2], nested, records[2]]))
    whole = run_on([str(path)], tmp_path / "whole", recipe("raw"))
    corrected = 0
    for size in sizes:
        monkeypatch.setattr(plan, "UNIT_BYTES", size)
        monkeypatch.setattr(plan, "SMALL_BYTES", 1)
        told: list[Progress] = []
        output = tmp_path / f"{size}"
        cut = run(Request((str(path),), str(output), recipe("raw")), told.append)
        assert cut.accounts == whole.accounts and cut.inputs == whole.inputs
        assert [row["url"] for row in rows(output, "text")] == [row["url"] for row in rows(tmp_path / "whole", "text")]
        corrected += sum("began inside a record" in progress.note for progress in told)
    assert corrected >= (1 if pack is frame else len(sizes))


@pytest.mark.parametrize("change", ["cut", "grown", "replaced", "gone"])
@pytest.mark.parametrize("step", ["extract", "emit"])
def test_an_archive_that_changes_while_it_is_read(
    change: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with a message that names the archive, no manifest is written, and the same command says so again."""
    path = tmp_path / "in.warc.gz"
    path.write_bytes(b"".join(member(response(f"http://ex.org/{n}", page(passage(n)))) for n in range(9)))
    request = Request((str(path),), str(tmp_path / "out"), recipe("raw"))
    original = getattr(pipeline.run, step)

    def disturbed(*args: object) -> object:
        body = path.read_bytes()
        changed = {"cut": body[: len(body) // 2], "grown": body + body, "replaced": body[::-1]}
        if change in changed:
            path.write_bytes(changed[change])
        else:
            path.unlink()
        return original(*args)

    monkeypatch.setattr(pipeline.run, step, disturbed)
    with pytest.raises((UserError, FileNotFoundError), match=r"in\.warc\.gz"):
        run(request)
    assert not (tmp_path / "out" / "manifest.json").exists()
