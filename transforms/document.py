"""The staged form of a document: its title and its parts, runs of text and places of images. Pure."""

import json
import threading

import zstandard

_LEVEL = 3  # zstd's own default


class _Compressor(threading.local):
    """Each thread's compressor: made once, as making one costs a fifth of a page's compression. It keeps nothing of a frame."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=_LEVEL).compress


_COMPRESSOR = _Compressor()


def join_text(parts: tuple[str | int, ...]) -> str:
    """The text of a document without its images: its runs, a blank line between them."""
    return "\n\n".join(part for part in parts if isinstance(part, str))


def pack_document(title: str, parts: tuple[str | int, ...]) -> bytes:
    """The staged form of a document: one zstd frame of JSON."""
    body = json.dumps({"title": title, "parts": parts}, ensure_ascii=False, separators=(",", ":"))
    return _COMPRESSOR.compress(body.encode("utf-8", "replace"))


def unpack_document(frame: bytes) -> tuple[str, tuple[str | int, ...]]:
    """Title and parts of a staged document."""
    tree = json.loads(zstandard.decompress(frame))
    return tree["title"], tuple(tree["parts"])
