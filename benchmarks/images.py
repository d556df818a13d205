"""What measuring an image costs, step by step: images per second over the JPEG, PNG, WebP and GIF files of a folder.

Run from the repository root: ``python -m benchmarks.images FOLDER``. imagehash's phash stands beside ours for comparison.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import imagehash
from PIL import Image

from schemas.outcomes import RecordError
from schemas.recipe import ExtractPart
from schemas.tasks import ImageTask, StagedImage
from transforms.image.decode import decode, to_rgb
from transforms.image.facts import measure_image
from transforms.image.header import Limits, read_header
from transforms.image.phash import phash
from transforms.isolate import Isolator

LIMITS = Limits()


def readable(folder: str) -> list[bytes]:
    """The files below the folder that can be measured."""
    files = [file.read_bytes() for file in sorted(Path(folder).rglob("*")) if file.is_file()]
    return [data for data in files if _measurable(data)]


def _measurable(data: bytes) -> bool:
    try:
        measure_image(data, LIMITS)
    except RecordError:
        return False
    return True


def decoded(data: bytes) -> Image.Image:
    """The first frame, by way of the header, as the product decodes it."""
    return decode(data, read_header(data, LIMITS), LIMITS)


def rate(act: Callable[[Sequence[object]], object], items: Sequence[object]) -> float:
    """Items per second, the best of three rounds."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        act(items)
        seconds.append(time.perf_counter() - start)
    return len(items) / min(seconds)


def each(act: Callable[..., object]) -> Callable[[Sequence[object]], object]:
    """The act, done for every item in turn."""
    return lambda items: [act(item) for item in items]


def main(folder: str) -> None:
    """Print one line per step."""
    files = readable(folder)
    tasks = list(map(ImageTask, files))
    images = list(map(decoded, files[:200]))
    isolator = Isolator[ImageTask, StagedImage]("transforms.dissect:make_handler", ExtractPart())
    list(isolator.run(tasks[:1]))
    steps: dict[str, tuple[Callable[[Sequence[object]], object], Sequence[object]]] = {
        "header": (each(lambda data: read_header(data, LIMITS)), files),
        "decode": (each(decoded), files),
        "to RGB, spread": (each(lambda image: to_rgb(image).getextrema()), images),
        "phash": (each(phash), images),
        "imagehash.phash": (each(imagehash.phash), images),
        "all facts": (each(lambda data: measure_image(data, LIMITS)), files),
        "decode, imagehash.phash": (each(lambda data: imagehash.phash(decoded(data))), files),
        "all facts, isolated": (lambda items: list(isolator.run(items)), tasks),  # type: ignore[arg-type]
    }
    print(f"{len(files)} files, {sum(map(len, files)) / len(files) / 1e3:.0f} kB each")
    for step, (act, items) in steps.items():
        print(f"{step:24} {rate(act, items):9.0f} images/s")
    isolator.close()


if __name__ == "__main__":
    main(sys.argv[1])
