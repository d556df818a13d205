"""Image sets as img2dataset 1.47 writes them: shards as tars, tables with images, or folders of files, with a table and statistics each."""

import io
import json
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

WEBDATASET, TABLES, FILES = "webdataset", "parquet", "files"
SITE = "http://pictures.test/"


@dataclass(frozen=True)
class Sample:
    """A row of a list and what came of it; without a body it failed."""

    key: str
    url: str
    caption: str | None = None
    body: bytes | None = None
    status: str = "success"
    error: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """Its row of the table."""
        about = {"key": self.key, "status": self.status, "error_message": self.error}
        sizes = {
            "width": 256,
            "height": 256,
            "original_width": 900,
            "original_height": 700,
            "exif": "{}",
            "sha256": "0" * 64,
        }
        return {**self.more, "caption": self.caption, "url": self.url, **about, **sizes}

    def members(self, suffix: str = "jpg") -> dict[str, bytes]:
        """Its files, in the order in which webdataset writes them."""
        found = {"json": json.dumps(self.row(), indent=4).encode(), "txt": (self.caption or "").encode()}
        if self.body is not None:
            found[suffix] = self.body
        return dict(sorted(found.items()))


def failure(key: str, url: str, error: str = "HTTP Error 404: Not Found", status: str = "failed_to_download") -> Sample:
    """A row that failed."""
    return Sample(key, url, "gone", None, status, error)


def tar_bytes(members: Iterable[tuple[str, bytes]], form: int = tarfile.PAX_FORMAT, mtime: float = 1.5) -> bytes:
    """A tar of some files; a time with a fraction gives each member a pax header, as webdataset does."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), mtime
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def shard_tar(samples: Iterable[Sample], suffix: str = "jpg") -> bytes:
    """The tar of the samples that have a body."""
    return tar_bytes(
        (f"{sample.key}.{kind}", data)
        for sample in samples
        if sample.body is not None
        for kind, data in sample.members(suffix).items()
    )


def write_shard(
    folder: Path, number: int, samples: Sequence[Sample], form: str = WEBDATASET, suffix: str = "jpg"
) -> Path:
    """Write a shard; the path of the file that is its input."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, rows = folder / f"{number:05d}", [sample.row() for sample in samples]
    if form == TABLES:
        rows = [row | {suffix: sample.body} for row, sample in zip(rows, samples, strict=True)]
    pq.write_table(pa.Table.from_pylist(rows), f"{stem}.parquet", row_group_size=2)
    stats = {"count": len(samples), "successes": sum(sample.body is not None for sample in samples)}
    Path(f"{stem}_stats.json").write_text(json.dumps(stats))
    if form == WEBDATASET:
        Path(f"{stem}.tar").write_bytes(shard_tar(samples, suffix))
        return Path(f"{stem}.tar")
    if form == FILES:
        stem.mkdir()
        for sample in samples:
            for kind, data in sample.members(suffix).items() if sample.body is not None else ():
                (stem / f"{sample.key}.{kind}").write_bytes(data)
    return Path(f"{stem}.parquet")


# Of `img2dataset.download` 1.47, in its order.
PARAMETERS = (
    "url_list", "image_size", "output_folder", "processes_count", "resize_mode", "resize_only_if_bigger", "upscale_interpolation",
    "downscale_interpolation", "encode_quality", "encode_format", "skip_reencode", "output_format", "input_format", "url_col",
    "caption_col", "bbox_col", "thread_count", "number_sample_per_shard", "extract_exif", "save_additional_columns", "timeout",
    "enable_wandb", "wandb_project", "oom_shard_count", "compute_hash", "verify_hash", "distributor", "subjob_size", "retries",
    "disable_all_reencoding", "min_image_size", "max_image_area", "max_aspect_ratio", "incremental_mode", "max_shard_retry",
    "user_agent_token", "disallowed_header_directives",
)  # fmt: skip
