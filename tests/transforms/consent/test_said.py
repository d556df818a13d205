"""What was said, on its way through an archive."""

import io

import pytest

from schemas.recipe import SIGNALS
from tests.support.archives import http, record, warc_bytes
from transforms.consent.said import FIELD, Said, heard
from transforms.warc.heads import _SAID
from transforms.warc.read import read_at


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_signal_comes_back(signal: str) -> None:
    """With its line, however many blanks stand in it."""
    said = Said(
        signal, "robots.txt: *: content-signal:  ai-train=no, x", "http://ex.com/robots.txt", "2026-11-27T16:30:05.123Z"
    )
    name, value = said.field()
    assert heard([value, value]) == (1 << SIGNALS.index(signal), (said.line,))
    assert name.lower() == _SAID


@pytest.mark.parametrize("value", ["", "noai", "noai a b", "NoAI d s l", "what d s l", " d s l"])
def test_what_is_no_such_field_says_nothing(value: str) -> None:
    """Archives of others may hold anything."""
    assert heard([value]) == (0, ())


def test_records_carry_fields_in_their_order() -> None:
    """One for each line; other records have none."""
    block = http(b"<p>a")
    fields = [(FIELD, "rsl d s b"), ("Triptych-consent", "noai d s a")]
    for given, expected in ((fields, ("rsl d s b", "noai d s a")), ([], ())):
        data = warc_bytes([record("response", "http://ex.com/", block, "application/http", fields=given)])
        assert read_at(io.BytesIO(data), 0, len(data)).said == expected
