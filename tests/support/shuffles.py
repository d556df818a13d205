"""What the local engine groups, byte by byte."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from apache_beam.runners.portability.fn_api_runner import execution

from schemas.manifest import Manifest
from tests.support.runs import rows

ROW_BYTES = 1000  # law 2: an index row is under a kilobyte


def watched(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is grouped from here on, as it comes."""
    shuffled: list[bytes] = []
    append = execution.GroupingBuffer.append

    def watch(self: Any, data: bytes) -> None:
        shuffled.append(bytes(data))
        append(self, data)

    monkeypatch.setattr(execution.GroupingBuffer, "append", watch)
    return shuffled


def assert_no_payload(shuffled: Sequence[bytes], output: Path, manifest: Manifest) -> None:
    """Nothing that was grouped holds a text or an image of a run in `output`, and it is few bytes an item."""
    together = b"".join(shuffled)
    texts = [row["text"] for row in rows(output, "text")]
    images = [row["image"]["bytes"] for row in rows(output, "pairs")]
    assert len(texts) > 20 and len(images) > 10
    assert not any(
        text[start : start + 40].encode() in together for text in texts for start in range(0, len(text) - 40, 200)
    )
    pieces = (image[start : start + 40] for image in images for start in range(0, len(image), 500))
    telling = [piece for piece in pieces if len(set(piece)) > 20]  # not the zeros that every file shares
    assert len(telling) > 50
    assert not any(piece in together for piece in telling)
    items = sum(account.entered for account in manifest.accounts)
    assert 0 < len(together) < ROW_BYTES * items
