"""The staged form of a document."""

import json
from concurrent.futures import ThreadPoolExecutor

import zstandard
from hypothesis import given
from hypothesis import strategies as st

from transforms.document import join_text, pack_document, unpack_document

PARTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.integers(0, 10**6)).map(tuple)


@given(st.text(st.characters(exclude_categories=["Cs"])), PARTS)
def test_what_is_packed_comes_back(title: str, parts: tuple[str | int, ...]) -> None:
    """Every letter and every place, in order."""
    assert unpack_document(pack_document(title, parts)) == (title, parts)


@given(PARTS)
def test_packing_is_the_same_each_time(parts: tuple[str | int, ...]) -> None:
    """Staging has the same bytes whoever writes it (law 5)."""
    assert pack_document("", parts) == pack_document("", parts)


@given(st.lists(PARTS, max_size=5))
def test_a_frame_does_not_depend_on_those_before_it(documents: list[tuple[str | int, ...]]) -> None:
    """Each frame has the bytes that a new compressor gives, whatever was packed before it and in whichever thread."""
    with ThreadPoolExecutor(2) as threads:
        packed = [*map(pack_document, "abcde", documents), *threads.map(pack_document, "abcde", documents)]
    bodies = [
        json.dumps({"title": title, "parts": parts}, ensure_ascii=False, separators=(",", ":")).encode()
        for title, parts in zip("abcde", documents, strict=False)
    ]
    assert packed == [zstandard.compress(body, 3) for body in bodies] * 2


def test_a_lone_surrogate_does_not_stop_it() -> None:
    """It becomes a question mark, as UTF-8 cannot hold it."""
    assert unpack_document(pack_document("a\ud800", ("b\udfff",))) == ("a?", ("b?",))


def test_it_is_one_frame_that_states_its_size() -> None:
    """A reader knows what to expect, and what stands behind the frame is not touched."""
    packed = pack_document("Title", ("words " * 1000,))
    assert zstandard.frame_content_size(packed) > 6000 > 10 * len(packed)


@given(PARTS)
def test_the_text_is_all_its_runs(parts: tuple[str | int, ...]) -> None:
    """A blank line between runs, none for an image."""
    assert join_text(parts) == "\n\n".join(part for part in parts if isinstance(part, str))
