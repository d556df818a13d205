"""One capture's payload to what staging keeps of it."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.measures import TEXT_MEASURES, URL_MEASURES
from schemas.outcomes import Fault, RecordError
from schemas.recipe import ExtractPart
from schemas.records import ImageFacts, ImageRef, Page
from schemas.tasks import ImageTask, PageTask, StagedPage
from tests.support.web import SITE, page, passage, picture
from transforms.dissect import (
    LONGEST_CAPTION,
    in_order,
    make_handler,
    stage_refs,
    visible_letters,
)
from transforms.document import join_text, unpack_document
from transforms.isolate_child import Handler
from transforms.text.measure import measure_text
from transforms.text.normalise import text_key

A, B = passage(1), passage(2)
Handle = Callable[[PageTask | ImageTask], StagedPage | ImageFacts]


def alone(handler: Handler) -> Handle:
    """The handler for one task, whose RecordError it raises."""

    def handle(task: PageTask | ImageTask) -> StagedPage | ImageFacts:
        (found,) = handler(iter([task]))
        if isinstance(found, RecordError):
            raise found
        assert isinstance(found, StagedPage | ImageFacts)
        return found

    return handle


@pytest.fixture(scope="module")
def handle() -> Handle:
    """What the isolator's child does with one task."""
    return alone(make_handler(ExtractPart()))


def staged(handle: Handle, body: bytes, **changes: Any) -> StagedPage:
    """A page taken apart."""
    found = handle(PageTask(SITE, body, "", (), False)._replace(**changes))
    assert isinstance(found, StagedPage)
    return found


def test_text_document_and_numbers_come_from_one_text(handle: Handle) -> None:
    """The key, the size and the measures are those of the document's own runs (law 1)."""
    found = staged(handle, page(A, '<img src="a.png" alt="a picture">', B))
    title, parts = unpack_document(found.document)
    text = join_text(parts)
    assert (title, parts) == ("Page", (A, 0, B))
    assert (found.text_key, found.text_bytes, found.texts) == (text_key(text), len(text.encode()), 2)
    assert dict(zip((m.name for m in TEXT_MEASURES), found.measures, strict=True)) == measure_text(text)
    assert len(found.url_measures) == len(URL_MEASURES)
    assert found.lang == "en"


def test_an_image_has_its_addresses_its_texts_and_its_place(handle: Handle) -> None:
    """Captions are cleaned; the place is how many runs of text stand before it."""
    refs = staged(handle, page(A, '<img src="a.png" alt=" a\u200b  picture " title="t">', B)).refs
    assert refs.urls == ((f"{SITE}a.png",),)
    assert (refs.alt, refs.title, refs.figcaption) == (("a picture",), ("t",), ("",))
    assert refs.texts_before == (1,)


def test_an_image_outside_main_content_has_no_place() -> None:
    """It is staged all the same, as -1, for pairs may take it."""
    images = (ImageRef(("http://x/1",)), ImageRef(("http://x/2",)))
    assert stage_refs(images, ("text", 1)).texts_before == (-1, 1)


def test_an_image_ahead_of_all_text_has_a_place(handle: Handle) -> None:
    """No text stands before it: 0, which is not the -1 of an image outside main content."""
    assert stage_refs((ImageRef(("http://x/1",)),), (0, "text")).texts_before == (0,)
    assert staged(handle, page('<img src="a.png" alt="a picture">', A, B)).refs.texts_before == (0,)


def test_what_headers_and_page_say_is_kept_together(handle: Handle) -> None:
    """Headers first, in the order sent (law 10)."""
    body = page(A).replace(b"<title>", b'<meta name=robots content="noindex"><title>')
    found = staged(handle, body, headers=(("X-Robots-Tag", "noai"), ("Server", "x")))
    assert found.directives == ("x-robots-tag: noai", "robots: noindex")


def test_plain_text_is_taken_as_it_is(handle: Handle) -> None:
    """A WET record has no markup: what looks like a tag is text, whatever its line ends."""
    found = staged(handle, f"{A}\r\n<b>{B}".encode(), plain=True)
    assert unpack_document(found.document) == ("", (f"{A}\n<b>{B}",))
    assert found.refs.urls == ()


@pytest.mark.parametrize("body", [b"", b" ", b"<p>&nbsp;"])
def test_a_page_without_words_is_no_fault(handle: Handle, body: bytes) -> None:
    """It has no text, which a rule sees."""
    assert staged(handle, body).text_bytes == 0


def test_a_page_full_of_letters_that_gives_no_text_is_a_fault(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that was lost on the way is not an empty page (docs/sources.md, "Hostile pages")."""
    monkeypatch.setattr(
        "transforms.dissect.decided", lambda pages, engine: [Page("", "", "", (), (), ()) for _ in pages]
    )
    staged(handle, b"<p>" + b"a" * 1000)
    with pytest.raises(RecordError) as caught:
        staged(handle, b"<p>" + b"a" * 1001)
    assert caught.value.fault is Fault.EMPTY_EXTRACTION


def test_what_a_reader_does_not_see_is_not_counted() -> None:
    """Scripts, styles, comments and tags hold no visible letters."""
    assert visible_letters("<style>abc</style><!-- abc --><p title='abc'>ab 1</p><svg><text>abc</text></svg>") == 2


def test_surrogates_do_not_stop_a_page(handle: Handle) -> None:
    """Encoded, as references or in UTF-16: no lone half gets as far as a file."""
    halves = (
        b"<title>&#xD800;</title><p>\xed\xa0\x80 &#xDFFF; "
        + A.encode()
        + b"<img src=a.png alt='\xed\xa0\x80 &#xD83D;'>"
    )
    utf16 = b"\xff\xfe" + f"<title>\ud800</title><p>{A} \udc00".encode("utf-16-le", "surrogatepass")
    for body in (halves, utf16):
        found = staged(handle, body)
        assert "Passage 1" in str(unpack_document(found.document))
        "".join((found.title, *found.refs.alt)).encode()


def test_an_image_is_measured_under_the_recipes_limits() -> None:
    """The same picture passes or is oversize."""
    found = alone(make_handler(ExtractPart()))(ImageTask(picture(1)))
    assert isinstance(found, ImageFacts) and (found.format, found.width, found.height) == ("png", 300, 240)
    with pytest.raises(RecordError) as caught:
        alone(make_handler(ExtractPart(image_bytes=10)))(ImageTask(picture(1)))
    assert caught.value.fault is Fault.OVERSIZE


def test_what_one_page_puts_into_the_index_is_bounded(handle: Handle) -> None:
    """A caption and a title of megabytes are cut, and a page whose few letters become gigabytes of addresses is refused (law 9)."""
    found = staged(handle, page(A, f'<img src="a.png" alt="{"word " * 500_000}">', f"<title>{'t' * 500_000}</title>"))
    assert len(found.refs.alt[0]) == LONGEST_CAPTION
    assert len(found.title) <= LONGEST_CAPTION
    base = f'<base href="http://ex.org/{"b" * 1900}/">'
    with pytest.raises(RecordError, match=r"hostile_markup: 20,000 images"):
        staged(handle, page(base, A, "<img src=a>" * 20_000))


def test_a_measure_that_is_missing_is_a_bug() -> None:
    """Numbers are stored in the order of the catalogue, so one too few would shift the others."""
    values = dict.fromkeys((m.name for m in URL_MEASURES), 1.0)
    assert in_order(values, URL_MEASURES) == (1.0,) * len(URL_MEASURES)
    values.popitem()
    with pytest.raises(KeyError):
        in_order(values, URL_MEASURES)


def test_visible_letters_are_counted_in_linear_time() -> None:
    """A million unclosed scripts, which a backtracking pattern would read a million times, take one pass."""
    assert visible_letters("<p>ab</p>" + "<script>x" * 1_000_000) == 2
    assert visible_letters("plain text, no tag") == 14
    assert visible_letters("<title>t</title>a<STYLE>b</style >c") == 2


def test_our_marks_are_not_measured(handle: Handle) -> None:
    """Headings, items and cells are written with signs, and measured without: no hash, no bullet, no word without a letter."""
    rows = "<tr><td>one<td>two</tr>" * 2
    page = staged(handle, f"<h1>Hills</h1><ul><li>first item<li>second item</ul><table>{rows}</table>".encode())
    measures = dict(zip((m.name for m in TEXT_MEASURES), page.measures, strict=True))
    text = "\n\n".join(part for part in unpack_document(page.document)[1] if isinstance(part, str))
    assert text.startswith("# Hills") and "- first item" in text and "one | two" in text
    assert (measures["gopher_hash_ratio"], measures["gopher_bullet_lines"], measures["gopher_alpha_words"]) == (0, 0, 1)


def test_a_caption_counts_for_each_of_its_images(handle: Handle) -> None:
    """A figure's caption is kept for each image, and a page whose one caption becomes megabytes is refused (law 9)."""
    images, caption = "<img src=a.png>", "word " * 400
    few = staged(handle, page(A, f"<figure>{images * 3}<figcaption>{caption}</figcaption></figure>"))
    assert few.refs.figcaption == (caption.strip(),) * 3
    with pytest.raises(RecordError) as caught:
        staged(handle, page(A, f"<figure>{images * 600}<figcaption>{caption}</figcaption></figure>"))
    assert caught.value.fault is Fault.HOSTILE_MARKUP
