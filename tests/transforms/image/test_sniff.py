"""Kinds of files by their first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.support.pictures import encoded
from transforms.image.sniff import DECODED, sniff


@pytest.mark.parametrize("kind", [*DECODED, "tiff", "bmp", "ico", "pdf", "avif"])
def test_a_file_that_pillow_writes_is_known(kind: str) -> None:
    """Each format's magic bytes are those of a real file."""
    assert sniff(encoded(Image.new("RGB", (16, 16)), kind.upper())) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", ""),
        (b"\xff\xd8", ""),
        (b"hello world", ""),
        (b"BM is a model of car", ""),
        (b"RIFF\0\0\0\0WAVEfmt ", ""),
        (b"\0\0\0\x18ftypmp42", ""),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- drawn -->\n<svg >", "svg"),
        (b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-' 'x' [<!ENTITY a 'b>'>]>\n<svg\n>", "svg"),
        (b"<!DOCTYPE html><title>404</title>", "html"),
        (b"\n <HTML lang=en>", "html"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-'><html><svg >", "html"),
        (b"<!-- a page --><html><svg >", "html"),
        (b"<!-- never closed", "html"),
        (b"<p>not found</p>", "html"),
        (b"<pre", ""),
        (b"<rss version='2.0'>", ""),
    ],
)
def test_heads_of_files(data: bytes, kind: str) -> None:
    """What is no image is told apart, and a likeness is not enough."""
    assert sniff(data) == kind


@given(st.binary(max_size=64), st.sampled_from([b"", b"<", b"<!--", b"<?", b"BM", b"RIFF", b"<!doctype svg ["]))
def test_any_bytes_have_an_answer(data: bytes, start: bytes) -> None:
    """Nothing raises."""
    assert sniff(start + data).isalpha() or sniff(start + data) == ""
