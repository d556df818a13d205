"""Fetching images, beside img2dataset from the same server: `python -m benchmarks.fetch_speed --peer-env DIR`.

    fetch_speed.py --peer-env DIR [--part sent|border|run]... [--images N] [--hosts N] [--runs N] [--addresses] [--pictures FOLDER]
                   [--nginx FILE] [--folder DIR] [--json]

Three parts. `sent` keeps the bytes as they were sent: `triptych crawl` (WARC, index, rows, SHA-256, every address judged, robots.txt and
two files more of each site asked for, robots.txt obeyed, a second between two requests to a host) beside img2dataset with
`disable_all_reencoding`. `border` makes squares of 256 of equal pixels: the crawl and then `fetch_pictures`, our code that makes pictures
over what was fetched, beside img2dataset's `resize_mode=border`. `run` is the whole of what a user gets: the crawl and then `triptych
run` over a page a host that shows the pictures (pairs, recipe `raw`, WebDataset), which reads pages, hashes and measures each picture and
keeps accounts; no figure is meant for it. All write JPEG of quality 95, and a sample of the pictures is compared. Both tools run in one
process with their defaults (img2dataset: 256 threads). A core second is user and system time of the whole process tree, from the start of
the interpreter; the server, a process of its own, is not counted.

Every host has a name and an address of its own in 127.0.0.0/8, which both ask the system for: they run with a hosts file of their own,
for which `unshare` (util-linux) needs root, or user namespaces that the machine allows. Where there are neither, `--addresses` names the
hosts by their addresses instead, and the cost of looking names up is not measured. Pictures are drawn (about 61 kB and 0.31 million
pixels), or the JPEG files below `--pictures`. The peer's environment is one of `peers/img2dataset.txt`.
"""

import argparse
import io
import json
import os
import random
import resource
import shutil
import statistics
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageChops

from benchmarks.run_speed import PEERS, measured
from benchmarks.web import ROBOTS, free_port, served
from transforms.isolate_spawn import environment
from transforms.warc.write import HTTP_RESPONSE, Block, member, record, record_id

AGENT = "fetch-speed/1.0 (+https://example.org/bot)"
PARTS = {"sent": 4.0, "border": 1.4, "run": None}  # how many times img2dataset's images a core second are meant
SIZE = 256
DISTINCT = 400  # pictures that are drawn; each is served under many addresses
DATE = "2026-11-27T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one tool: seconds of CPU and of wall, images that came out, the largest process in MB."""

    part: str
    tool: str
    cpu: float
    wall: float
    images: int
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Task:
    """What both tools are asked for, and where."""

    folder: Path
    images: int
    pictures: int  # that the images are, each under many addresses
    hosts: Sequence[str]
    port: int
    hosts_file: Path | None
    python: Path  # the peer's
    threads: int

    @property
    def urls(self) -> list[str]:
        """An address an image, over all hosts in turn."""
        hosts = [f"http://{host}:{self.port}" for host in self.hosts]
        files = [f"{number}/{number % self.pictures}.jpg" for number in range(self.images)]
        return [f"{hosts[number % len(hosts)]}/photos/{file}" for number, file in enumerate(files)]

    @property
    def url_list(self) -> Path:
        """The list of the addresses."""
        return self.folder / "urls.parquet"

    @property
    def pages(self) -> Path:
        """The archive of the pages that show the pictures."""
        return self.folder / "pages.warc.gz"

    def among_hosts(self, command: Sequence[str]) -> list[str]:
        """A command that finds the names of the hosts."""
        if self.hosts_file is None:
            return list(command)
        own = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        return [*own, "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(self.hosts_file), *command]


def drawn(seed: int) -> bytes:
    """A JPEG file of a size of its own with large shapes, small ones and grain, as a photograph has them."""
    draw = random.Random(seed)
    size = draw.choice([(640, 480), (480, 640), (720, 480), (600, 600), (560, 420), (800, 450)])
    picture = Image.new("RGB", size, "grey")
    for side in (4, 16, 64):
        tile = Image.frombytes("RGB", (side, side), draw.randbytes(3 * side * side))
        picture = Image.blend(picture, tile.resize(size, Image.Resampling.BICUBIC), 0.5 if side < 64 else 0.2)
    levels = draw.randrange(4, 19)
    grain = Image.fromarray(np.random.default_rng(seed).integers(0, levels, (size[1], size[0]), np.uint8))
    out = io.BytesIO()
    ImageChops.add(picture, Image.merge("RGB", [grain] * 3)).save(out, "JPEG", quality=85)
    return out.getvalue()


def pictures_below(folder: Path) -> list[bytes]:
    """The JPEG files below a folder."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.jp*g"))]


def write_list(task: Task) -> None:
    """The list that both tools read."""
    captions = [f"picture number {number}" for number in range(task.images)]
    pq.write_table(pa.table({"url": task.urls, "caption": captions}), task.url_list)


def write_pages(task: Task) -> None:
    """A page a host that shows its pictures, as a crawl would have archived it."""
    shown: dict[str, list[str]] = defaultdict(list)
    for number, url in enumerate(task.urls):
        shown[url.split("/")[2]].append(f'<p>About it.</p><img src="{url}" alt="picture number {number}">')
    with task.pages.open("wb") as file:
        for host, images in shown.items():
            body = f"<!doctype html><title>{host}</title><article>{''.join(images)}</article>".encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            block = Block.http(HTTP_RESPONSE, head, body)
            fields = [("WARC-Target-URI", f"http://{host}/")]
            file.write(member(record("response", record_id(host), DATE, block, fields)))


def apart(command: Sequence[str]) -> tuple[float, float, str, float]:
    """CPU seconds, wall seconds and stdout of a command, and the most memory that a process of it took, in MB."""
    cpu, wall, out = measured(command)
    return cpu, wall, out, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def triptych(task: Task, part: str, output: Path) -> list[list[str]]:
    """The commands of this checkout."""
    ours = [sys.executable, "-m", "jobs.cli"]
    crawl = [
        "crawl",
        "--quiet",
        "--urls",
        str(task.url_list),
        "--output",
        str(output / "crawl"),
        "--agent",
        AGENT,
        "--json",
    ]
    commands = [task.among_hosts([*ours, *crawl, "--allow-address", "127.0.0.0/8"])]
    if part == "border":
        made = [str(task.url_list), str(output / "crawl"), str(output / "run"), str(SIZE)]
        alone = ["env", *(f"{name}={value}" for name, value in environment().items() if os.environ.get(name) != value)]
        commands.append([*alone, sys.executable, "-m", "benchmarks.fetch_pictures", *made])
    elif part == "run":
        run = ["run", "--input", str(task.pages), str(output / "crawl"), "--output", str(output / "run"), "--json"]
        image = ["resize_mode=border", f"image_size={SIZE}", "encode_quality=95"]
        told = [*(f"pairs.image.{one}" for one in image), 'pairs.formats=["webdataset"]']
        chosen = ["--recipe", "raw", "--corpora", "pairs", *(word for one in told for word in ("--set", one))]
        commands.append([*ours, *run, *chosen])
    return commands


def img2dataset(task: Task, part: str, output: Path) -> list[list[str]]:
    """The command of the peer, which is not to see what is ours."""
    mode = "sent" if part == "sent" else "border"
    script = [str(PEERS / "img2dataset_fetch.py"), str(task.url_list), str(output / "run"), str(SIZE), mode]
    alone = ["env", "-u", "PYTHONPATH", "NO_ALBUMENTATIONS_UPDATE=1"]
    return [task.among_hosts([*alone, str(task.python), *script, str(task.threads)])]


def images_told(tool: str, out: str) -> int:
    """How many images a tool says that it has."""
    facts = json.loads(out[out.index("{") :] if tool == "triptych" else out.splitlines()[-1])
    if tool == "img2dataset":
        return int(facts["successes"])
    if "pictures" in facts:
        return int(facts["pictures"])
    if "account" in facts:
        return int(facts["account"]["kept"])
    return max(int(sums["rows"]) for sums in facts["corpora"]["pairs"].values())


TOOLS = {"triptych": triptych, "img2dataset": img2dataset}


def run_of(task: Task, part: str, tool: str, output: Path) -> Run:
    """One run of one tool. Exits where images are missing, since then its time says nothing."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    cpu, wall, peak, images = 0.0, 0.0, 0.0, 0
    for command in TOOLS[tool](task, part, output):
        # A process of its own, since measuring waits for all children of the process, and the server is one of ours.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as measuring:
            took, lasted, out, held = measuring.submit(apart, command).result()
        cpu, wall, peak, images = cpu + took, wall + lasted, max(peak, held), images_told(tool, out)
        print(f"{part}: {tool} took {took:.1f} s of CPU, {lasted:.0f} s of wall, for {images} images", file=sys.stderr)
    if images != task.images:
        sys.exit(f"{tool} has {images} of {task.images} images")
    return Run(part, tool, cpu, wall, images, peak)


def squares(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The images of WebDataset shards, each by its caption."""
    for path in sorted(folder.rglob("*.tar")):
        with tarfile.open(path) as shard:
            held: dict[str, dict[str, bytes]] = defaultdict(dict)
            for item in shard:
                key, _, kind = item.name.partition(".")
                file = shard.extractfile(item)
                held[key][kind] = file.read() if file else b""
        for files in held.values():
            yield files["txt"].decode().strip(), files["jpg"]


def differences(ours: Path, theirs: Path, every: int = 97) -> dict[str, float]:
    """How far the pixels of the two tools lie apart, over a sample: the most, and the share of those that are equal."""
    mine = dict(squares(ours))
    most, equal, pixels = 0, 0, 0
    for place, (caption, data) in enumerate(squares(theirs)):
        if place % every == 0:
            pair = [np.asarray(Image.open(io.BytesIO(one)).convert("RGB"), np.int16) for one in (mine[caption], data)]
            apart = np.abs(pair[0] - pair[1])
            most, equal, pixels = max(most, int(apart.max())), equal + int((apart == 0).sum()), pixels + apart.size
    return {"most_levels": most, "equal_share": round(equal / pixels, 5)}


def report(runs: Sequence[Run]) -> dict[str, Any]:
    """The figures of each part: ms of CPU an image, images a core second, and how many times the peer's."""
    told: dict[str, Any] = {}
    for part in dict.fromkeys(run.part for run in runs):
        ms = {
            tool: statistics.median(1e3 * run.cpu / run.images for run in runs if (run.part, run.tool) == (part, tool))
            for tool in TOOLS
        }
        peaks = {tool: max(run.peak_mb for run in runs if (run.part, run.tool) == (part, tool)) for tool in TOOLS}
        times = ms["img2dataset"] / ms["triptych"]
        told[part] = {"ms_an_image": ms, "peak_mb": peaks, "times": times, "meant": PARTS[part]}
    return told


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The figures as text."""
    for part, figures in told.items():
        for tool, ms in figures["ms_an_image"].items():
            peak = figures["peak_mb"][tool]
            yield f"{part:6} {tool:11} {ms:6.3f} ms of CPU an image, {1e3 / ms:6.0f} a core second, largest process {peak:.0f} MB"
        meant = f", where {figures['meant']} is meant" if figures["meant"] else ""
        yield f"{part:6} triptych / img2dataset = {figures['times']:.2f}{meant}"
        if "pixels" in figures:
            apart = figures["pixels"]
            yield f"{part:6} levels apart: {apart['most_levels']} at most, {apart['equal_share']:.2%} equal"


def compare(task: Task, parts: Sequence[str], runs: int) -> tuple[list[Run], dict[str, Any]]:
    """Both tools in turn."""
    found: list[Run] = []
    pixels = {}
    for part in parts:
        outputs = {tool: task.folder / tool for tool in TOOLS}
        found += [run_of(task, part, tool, outputs[tool]) for _ in range(runs) for tool in TOOLS]
        if part != "sent":
            pixels[part] = differences(outputs["triptych"] / "run", outputs["img2dataset"] / "run")
    told = report(found)
    for part, apart in pixels.items():
        told[part]["pixels"] = apart
    return found, told


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--peer-env", type=Path, required=True, help="an environment of benchmarks/peers/img2dataset.txt"
    )
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--threads", type=int, default=256, help="of img2dataset (default: its own, 256)")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all")
    parser.add_argument("--runs", type=int, default=1, help="runs of each tool, in turn")
    parser.add_argument("--addresses", action="store_true", help="hosts without names, so nothing is to be looked up")
    parser.add_argument("--pictures", type=Path, help="a folder of JPEG files (default: drawn ones)")
    parser.add_argument("--folder", type=Path, help="where files go meanwhile (default: the system's folder for such)")
    parser.add_argument("--nginx", default=shutil.which("nginx"), help="its program (default: the one on PATH)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    pictures = pictures_below(args.pictures) if args.pictures else [drawn(seed) for seed in range(DISTINCT)]
    print(f"{len(pictures)} pictures of {statistics.mean(map(len, pictures)) / 1e3:.1f} kB", file=sys.stderr)
    addresses = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(args.hosts)]
    names = addresses if args.addresses else [f"host{number}.example" for number in range(args.hosts)]
    python = (args.peer_env / "bin" / "python").absolute()
    files = {"robots.txt": ROBOTS} | {f"{number}.jpg": picture for number, picture in enumerate(pictures)}
    port = free_port("0.0.0.0", (8080, 8443))
    with tempfile.TemporaryDirectory(dir=args.folder) as folder, served(files, "0.0.0.0", port, args.nginx):
        hosts_file = None if args.addresses else Path(folder) / "hosts"
        if hosts_file:
            hosts_file.write_text("".join(f"{a} {name}\n" for a, name in zip(addresses, names, strict=True)))
        task = Task(Path(folder), args.images, len(pictures), names, port, hosts_file, python, args.threads)
        write_list(task)
        write_pages(task)
        runs, told = compare(task, args.part or list(PARTS), args.runs)
    if args.json:
        print(json.dumps({"figures": told, "runs": [asdict(run) for run in runs]}, indent=2))
    else:
        print("\n".join(lines(told)))


if __name__ == "__main__":
    main()
