"""The peer of `near_peer.py`: datatrove's stages 2 and 3 over signatures in its own files. Runs in datatrove's environment.

    datatrove_clusters.py --signatures DIR --output DIR

Defaults throughout: 14 buckets of 8 hashes, a task a bucket, one worker. Stage 3 also writes the cluster of each document that has one.
"""

import argparse
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster


def main() -> None:
    """Run both stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("signatures", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    config = MinhashConfig()
    pairs, clusters = str(args.output / "pairs"), str(args.output / "clusters")
    buckets = MinhashDedupBuckets(str(args.signatures), pairs, config=config)
    run(buckets, config.num_buckets, args.output / "logs2")
    run(MinhashDedupCluster(pairs, clusters, config=config, save_cluster_id=True), 1, args.output / "logs3")


def run(step: MinhashDedupBuckets | MinhashDedupCluster, tasks: int, logs: Path) -> None:
    """One stage."""
    LocalPipelineExecutor(pipeline=[step], tasks=tasks, workers=1, logging_dir=str(logs)).run()


if __name__ == "__main__":
    main()
