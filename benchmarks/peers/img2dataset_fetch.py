"""What img2dataset downloads, for benchmarks/fetch_speed.py. Runs in an environment of `img2dataset.txt`.

    img2dataset_fetch.py LIST OUTPUT SIZE MODE THREADS

LIST is a Parquet file with the columns url and caption; MODE is a resize_mode, or `sent` for bytes as they were sent
(`disable_all_reencoding`). One process and shards of WebDataset; all else is its default. Prints its counts as JSON.
"""

import json
import sys
from pathlib import Path

from img2dataset import download


def main(urls: str, output: str, size: str, mode: str, threads: str) -> None:
    """Download and print."""
    how = {"resize_mode": "no", "disable_all_reencoding": True} if mode == "sent" else {"resize_mode": mode}
    download(
        url_list=urls,
        input_format="parquet",
        url_col="url",
        caption_col="caption",
        output_folder=output,
        output_format="webdataset",
        image_size=int(size),
        processes_count=1,
        thread_count=int(threads),
        **how,
    )
    told = [json.loads(path.read_text()) for path in Path(output).glob("*_stats.json")]
    print(json.dumps({name: sum(one[name] for one in told) for name in ("count", "successes")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
