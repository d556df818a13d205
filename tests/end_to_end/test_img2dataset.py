"""img2dataset's own `download` as an oracle: the same list from the same server, fetched by it and by us, gives the same pairs.

It wants an environment of its own: TRIPTYCH_IMG2DATASET is the path of a Python in which img2dataset 1.47 is installed.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.cli import main
from tests.support.image_sets import PARAMETERS
from tests.support.runs import recipe, rows, run_on
from tests.support.served import Served, served
from tests.support.web import by_corpus, picture

PYTHON = os.environ.get("TRIPTYCH_IMG2DATASET", "")
AGENT = "ex-bot/1.0 (+https://ex.com/bot)"
DOWNLOAD = """
import inspect, json, sys
from img2dataset import download
if __name__ == "__main__":
    download(**json.loads(sys.argv[1]))
    print("PARAMETERS", json.dumps(list(inspect.signature(download).parameters)))
"""
pytestmark = pytest.mark.skipif(not PYTHON, reason="TRIPTYCH_IMG2DATASET names no Python that has img2dataset 1.47")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Served]:
    """Pictures; it is a proxy, too, since img2dataset has no other way to be told where a host is."""
    folder = tmp_path / "web"
    folder.mkdir()
    for number in range(6):
        suffix = "png" if number % 3 == 2 else "jpg"
        (folder / f"{number}.{suffix}").write_bytes(picture(number, "PNG" if suffix == "png" else "JPEG"))
    with served(folder, {}) as found:
        found.answer = lambda host, path, old=found.answer: old(host, urlsplit(path).path)  # type: ignore[method-assign, misc]
        yield found


def listed(folder: Path) -> Path:
    """A list as LAION's: two hosts, a redirect, what is not there, and one without a caption."""
    urls = [f"http://www.host{n % 2}.test/{n}.{'png' if n % 3 == 2 else 'jpg'}" for n in range(6)]
    urls[1] = urls[1].replace("/1.", "/to/1.")
    captions: list[str | None] = [f"Picture {number} of a kite, “red”" for number in range(6)]
    captions[4] = None
    table = {"URL": [*urls, "http://www.host0.test/no.jpg"], "TEXT": [*captions, "gone"], "similarity": [0.3] * 7}
    pq.write_table(pa.table(table), folder / "list.parquet")
    return folder / "list.parquet"


def their_download(web: Served, urls: Path, output: Path) -> list[str]:
    """Run it; the parameters that it has."""
    asked = {
        "url_list": str(urls), "input_format": "parquet", "url_col": "URL", "caption_col": "TEXT", "output_folder": str(output),
        "output_format": "webdataset", "resize_mode": "no", "disable_all_reencoding": True, "thread_count": 4,
        "number_sample_per_shard": 4, "save_additional_columns": ["similarity"],
    }  # fmt: skip
    script = output.with_suffix(".py")
    script.write_text(DOWNLOAD)
    quiet = {
        "http_proxy": f"http://127.0.0.1:{web.port}",
        "no_proxy": "",
        "NO_ALBUMENTATIONS_UPDATE": "1",
        "WANDB_MODE": "disabled",
    }
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | quiet
    done = subprocess.run(
        [PYTHON, str(script), json.dumps(asked)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("PARAMETERS ")]
    found: list[str] = json.loads(told.removeprefix("PARAMETERS "))
    return found


def content(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What pairs are, whoever fetched them."""
    return sorted((row["ref_url"], row["caption"], row["sha256"], row["image"]["bytes"], row["lang"]) for row in found)


def test_the_same_pairs_as_by_its_own_download(web: Served, tmp_path: Path) -> None:
    """The same images, the same bytes as sent, the same captions; what failed there stands in an account here."""
    urls = listed(tmp_path)
    assert tuple(their_download(web, urls, tmp_path / "theirs")) == PARAMETERS
    where = ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1", "--agent", AGENT, "--delay", "0"]
    assert main(["crawl", "--urls", str(urls), "--output", str(tmp_path / "ours"), *where, "--quiet", "--json"]) == 0
    as_sent = recipe("raw", "pairs.image.strip_metadata=false")
    for name in ("theirs", "ours"):
        run_on([str(tmp_path / name)], tmp_path / f"run-{name}", as_sent)
    ours, theirs = (content(rows(tmp_path / f"run-{name}", "pairs")) for name in ("ours", "theirs"))
    assert ours == theirs and len(ours) == 5
    (lost,) = by_corpus(rows(tmp_path / "run-theirs", "dropped"), "captures")
    assert (lost["rule"], lost["url"]) == ("failed_to_download", "http://www.host0.test/no.jpg")
    assert "404" in str(lost["detail"])
