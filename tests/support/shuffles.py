"""What the local engine groups, byte by byte."""

from typing import Any

import pytest
from apache_beam.runners.portability.fn_api_runner import execution


def watched(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is grouped from here on, as it comes."""
    shuffled: list[bytes] = []
    append = execution.GroupingBuffer.append

    def watch(self: Any, data: bytes) -> None:
        shuffled.append(bytes(data))
        append(self, data)

    monkeypatch.setattr(execution.GroupingBuffer, "append", watch)
    return shuffled
