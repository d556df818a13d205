"""What img2dataset does with an image, for benchmarks/images.py: its Resizer, SHA-256, and imagehash's phash beside it.

Run in an environment of `img2dataset.txt`: ``python img2dataset_run.py FILES SIZE MODE ROUNDS``, where FILES holds one path a line. Prints
the least CPU seconds of a round over all files.
"""

import hashlib
import io
import sys
import time
from pathlib import Path

import imagehash
from img2dataset.resizer import Resizer
from PIL import Image


def main(files: str, size: str, mode: str, rounds: str) -> None:
    """Measure and print."""
    bodies = [Path(path).read_bytes() for path in Path(files).read_text().splitlines()]
    resizer = Resizer(int(size), mode, False)
    least = float("inf")
    for _ in range(int(rounds)):
        begin = time.process_time()
        for body in bodies:
            resizer(io.BytesIO(body))
            hashlib.sha256(body).hexdigest()
            imagehash.phash(Image.open(io.BytesIO(body)))
        least = min(least, time.process_time() - begin)
    print(least)


if __name__ == "__main__":
    main(*sys.argv[1:])
