"""What stands beside shards: small files, and the head of a dataset card, which names files and types."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import storage
from schemas.manifest import ShardFile, SideFile

# The hub's words for a number of rows, each with the bound that it stays below.
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)


def write_side_file(run: str, name: str, data: bytes) -> SideFile:
    """Write one file that is no shard, and return its entry of the manifest."""
    with storage.write_whole(storage.join(run, name)) as file:
        file.write(data)
    return SideFile(name, file.tell(), file.sha256())


def total_bytes(shards: Iterable[ShardFile]) -> int:
    """The bytes of some shards together."""
    return sum(shard.bytes for shard in shards)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One corpus of a card. `files` is a glob relative to the card; `features` says what the files hold."""

    name: str
    files: str
    features: Sequence[Mapping[str, Any]]
    shards: Sequence[ShardFile]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(shard.rows for shard in self.shards)

    def config(self) -> dict[str, Any]:
        """Its entry under `configs`."""
        return {"config_name": self.name, "data_files": [{"split": "train", "path": self.files}]}

    def info(self) -> dict[str, Any]:
        """Its entry under `dataset_info`."""
        size = total_bytes(self.shards)
        return {
            "config_name": self.name,
            "features": list(self.features),
            "splits": [{"name": "train", "num_examples": self.rows, "num_bytes": size}],
            "download_size": size,
            "dataset_size": size,
        }


def card_head(configurations: Sequence[Configuration]) -> str:
    """The YAML head of a card; each value is written as JSON, which YAML reads."""
    rows = sum(each.rows for each in configurations)
    head = {
        "license": "other",
        "pretty_name": "Triptych",
        "size_categories": [next((word for bound, word in _SIZES if rows < bound), "n>1T")],
        "task_categories": ["image-to-text", "text-generation"],
        "annotations_creators": ["machine-generated", "found"],
        "source_datasets": ["original"],
        "configs": [each.config() for each in configurations],
        "dataset_info": [each.info() for each in configurations],
    }
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in head.items() if value)
    return "---\n" + "".join(lines) + "---\n\n"
