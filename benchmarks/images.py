"""What an image costs: the steps of measuring and encoding it, and all of them against img2dataset's Resizer, SHA-256 and imagehash.

Run from the repository root: ``python -m benchmarks.images [FOLDER] [--peer-env DIR]``. Without a folder the images are drawn: JPEG files
of 0.2 and of 12 million pixels. DIR is an environment of benchmarks/peers/img2dataset.txt. Both tools work in turn, each on one core, and
of several rounds the least CPU time counts, so that other work on the machine does not. Ours works in the environment of the isolator's
child, as in a run, whose freed memory stays at hand.
"""

import argparse
import hashlib
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageChops

from schemas.outcomes import RecordError
from schemas.recipe import ImagePart
from transforms.image.decode import decode, shown
from transforms.image.encode import encoded, file_of
from transforms.image.facts import measure_and_encode, measure_image
from transforms.image.form import form_of
from transforms.image.header import Limits, read_header
from transforms.image.phash import phash
from transforms.image.resize import resized
from transforms.image.strip import stripped
from transforms.isolate_spawn import environment

LIMITS = Limits()
DRAWN = {"0.2 Mpx": (520, 390), "12 Mpx": (4000, 3000)}
IN_CHILD = "BENCHMARKS_IMAGES_IN_CHILD"
PEER = Path(__file__).parent / "peers" / "img2dataset_run.py"


def drawn(size: tuple[int, int]) -> bytes:
    """A JPEG file with large shapes, small ones and grain, as a photograph has them."""
    draw = random.Random(7)
    picture = Image.new("RGB", size, "grey")
    for side in (4, 16, 64, 256):
        tile = Image.frombytes("RGB", (side, side), draw.randbytes(3 * side * side))
        picture = Image.blend(picture, tile.resize(size, Image.Resampling.BICUBIC), 0.5 if side < 64 else 0.2)
    grain = Image.effect_noise(size, 24).point(lambda level: level // 8)
    out = io.BytesIO()
    ImageChops.add(picture, Image.merge("RGB", [grain] * 3)).save(out, "JPEG", quality=85)
    return out.getvalue()


def readable(folder: Path) -> list[bytes]:
    """The files below the folder that can be measured."""
    files = [file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()]
    return [data for data in files if _measurable(data)]


def _measurable(data: bytes) -> bool:
    try:
        measure_image(data, LIMITS)
    except RecordError:
        return False
    return True


def least(act: Callable[[bytes], object], bodies: Sequence[bytes], rounds: int) -> float:
    """CPU seconds of an act over all files, the least of some rounds."""
    found = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        for body in bodies:
            act(body)
        found = min(found, time.process_time() - begin)
    return found


def steps(asked: ImagePart) -> Mapping[str, Callable[[bytes], Callable[[], object]]]:
    """The steps by name: from a file what is done before, to what is timed."""

    def opened(body: bytes) -> Image.Image:
        return decode(body, read_header(body, LIMITS), LIMITS)

    def small(body: bytes) -> Image.Image:
        picture = shown(opened(body))
        form = form_of(asked, *picture.size)
        return resized(picture, form.scaled) if form else picture

    def step(before: Callable[[bytes], object], act: Callable[..., object]) -> Callable[[bytes], Callable[[], object]]:
        def prepared(body: bytes) -> Callable[[], object]:
            held = before(body)
            return lambda: act(held)

        return prepared

    return {
        "decode": step(bytes, opened),
        "sha256": step(bytes, lambda body: hashlib.sha256(body).digest()),
        "phash": step(lambda body: shown(opened(body)), phash),
        "resize": step(lambda body: shown(opened(body)), lambda picture: resized(picture, small_size(asked, picture))),
        "encode": step(small, lambda picture: file_of(picture, asked)),
        "resize and encode": step(lambda body: shown(opened(body)), lambda p: encoded(p, 1, asked, LIMITS.bytes)),
        "strip metadata": step(bytes, lambda body: stripped(body, read_header(body, LIMITS).format, 6)),
        "facts alone": step(bytes, lambda body: measure_image(body, LIMITS)),
        "facts and form": step(bytes, lambda body: measure_and_encode(body, LIMITS, (asked,))),
    }


def small_size(asked: ImagePart, picture: Image.Image) -> tuple[int, int]:
    """The size that a picture is resized to."""
    form = form_of(asked, *picture.size)
    return form.scaled if form else picture.size


def peer(python: Path, bodies: Sequence[bytes], asked: ImagePart, rounds: int) -> float:
    """The CPU seconds of img2dataset over all files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        named = Path(folder) / "files"
        named.write_text("\n".join(map(str, paths)))
        command = [str(python), str(PEER), str(named), str(asked.image_size), asked.resize_mode, str(rounds)]
        own = ("GLIBC_TUNABLES", "PYTHONPATH")  # ours
        told = {name: value for name, value in os.environ.items() if name not in own} | {
            "NO_ALBUMENTATIONS_UPDATE": "1"
        }
        return float(subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout)


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line a step, and the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="images to measure (default: drawn ones)")
    parser.add_argument("--peer-env", type=Path, help="the peer's environment")
    parser.add_argument("--mode", default="keep_ratio", help="resize_mode (default: keep_ratio)")
    parser.add_argument("--size", type=int, default=256, help="image_size (default: 256)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each, in turn (default: 7)")
    args = parser.parse_args(argv)
    if IN_CHILD not in os.environ:  # what it sets is read when a process starts
        command = [sys.executable, "-m", "benchmarks.images", *(sys.argv[1:] if argv is None else argv)]
        return subprocess.run(command, env=environment() | {IN_CHILD: "1"}).returncode
    asked = ImagePart(args.mode, args.size)
    sets = {str(args.folder): readable(args.folder)} if args.folder else {name: [drawn(DRAWN[name])] for name in DRAWN}
    for name, bodies in sets.items():
        print(
            f"{name}: {len(bodies)} files, {sum(map(len, bodies)) / len(bodies) / 1e3:.0f} kB each; ms an image of CPU time"
        )
        for step, prepare in steps(asked).items():
            acts = {body: prepare(body) for body in bodies}
            print(
                f"  {step:20} {1e3 * least(lambda body, acts=acts: acts[body](), bodies, args.rounds) / len(bodies):8.2f}"
            )  # type: ignore[misc]
        if args.peer_env:
            rounds = [
                (ours(bodies, asked), peer(args.peer_env / "bin" / "python", bodies, asked, 2))
                for _ in range(args.rounds)
            ]
            mine, theirs = (1e3 * min(column) / len(bodies) for column in zip(*rounds, strict=True))
            print(
                f"  triptych {mine:.2f}, img2dataset with sha256 and imagehash {theirs:.2f}: {theirs / mine:.2f} times"
            )
    return 0


def ours(bodies: Sequence[bytes], asked: ImagePart) -> float:
    """CPU seconds of all that is done with an image: measure, hash, resize, encode."""
    return least(lambda body: measure_and_encode(body, LIMITS, (asked,)), bodies, 2)


if __name__ == "__main__":
    sys.exit(main())
