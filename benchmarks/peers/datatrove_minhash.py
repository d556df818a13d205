"""The peer of `near_texts.py`: datatrove's signature stage over some texts. Runs in datatrove's environment.

    datatrove_minhash.py < texts.json

In: a JSON list of texts. Out: one JSON object: `seconds`, the processor time of the stage once its tokeniser is loaded and warm, and
`pairs`, the numbers of each two texts that share a bucket. All of datatrove's defaults: 5 words, 14 buckets of 8 hashes, sha1, 64 bits.
"""

import json
import sys
import tempfile
import time
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashDedupSignature


def main() -> int:
    """Sign every text."""
    documents = [Document(text=text, id=str(place)) for place, text in enumerate(json.load(sys.stdin))]
    with tempfile.TemporaryDirectory() as folder:
        stage = MinhashDedupSignature(output_folder=folder)
        stage.get_signature(stage.get_shingles("The first words load the tokeniser, which is not timed."))
        started = time.process_time()
        stage.run(documents)
        seconds = time.process_time() - started
        print(json.dumps({"seconds": seconds, "pairs": shared(Path(folder), stage.config)}))
    return 0


def shared(folder: Path, config: Any) -> list[list[int]]:
    """The numbers of texts that are together in a bucket."""
    row = np.dtype([("hashes", f"{8 * config.hashes_per_bucket}V"), ("text", "<u4")])
    found = set()
    for path in folder.glob("bucket_*/*.minhash.sig"):
        rows = sorted((bytes(one["hashes"]), int(one["text"])) for one in np.fromfile(path, row))
        for _, bucket in groupby(rows, key=lambda one: one[0]):
            found.update(combinations((text for _, text in bucket), 2))
    return sorted(map(list, found))


if __name__ == "__main__":
    sys.exit(main())
