"""One capture's payload to what staging keeps of it."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from schemas.index import PAGE_MEASURES, PAGES
from schemas.measures import TEXT_MEASURES, URL_MEASURES
from schemas.outcomes import Fault, RecordError
from schemas.recipe import SIGNALS, SIGNATURES, ExtractPart
from schemas.records import Block, BlockKind, MediaRef, Page
from schemas.tasks import ImageTask, PageTask, StagedImage, StagedPage
from tests.support.web import SITE, page, passage, picture
from transforms.dedup.signature import SETS, signatures
from transforms.dedup.task_texts import GramIndex, TaskTexts, grams_of
from transforms.dissect import (
    LONGEST_CAPTION,
    WithTasks,
    catalogued,
    make_handler,
    stage_refs,
    visible_letters,
)
from transforms.document import unpack_document
from transforms.html.directives import LONGEST, MOST
from transforms.html.render import PLAIN, join_text, written
from transforms.isolate_child import Handler
from transforms.text.address import measure_url
from transforms.text.measure import measure_text
from transforms.text.normalise import text_key

A, B = passage(1), passage(2)
Handle = Callable[[PageTask | ImageTask], StagedPage | StagedImage]


def alone(handler: Handler) -> Handle:
    """The handler for one task, whose RecordError it raises."""

    def handle(task: PageTask | ImageTask) -> StagedPage | StagedImage:
        (found,) = handler(iter([task]))
        if isinstance(found, RecordError):
            raise found
        assert isinstance(found, StagedPage | StagedImage)
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
    document = unpack_document(found.document)
    text = join_text(written(document.items, document.containers, PLAIN))
    assert (document.title, document.items) == (
        "Page",
        (Block(BlockKind.PARAGRAPH, A), 0, Block(BlockKind.PARAGRAPH, B)),
    )
    facts = found.facts
    assert (facts["text_key"], facts["text_bytes"], facts["texts"]) == (text_key(text), len(text.encode()), 2)
    assert {m.name: facts[m.name] for m in TEXT_MEASURES} == measure_text(text)
    assert {m.name: facts[m.name] for m in URL_MEASURES} == measure_url(SITE)
    assert facts["lang"] == "en"


def test_facts_are_columns_of_the_index(handle: Handle) -> None:
    """Each has a column of its name; the other columns say where the capture and its document lie."""
    assert set(PAGES.names) - staged(handle, page(A)).facts.keys() == {
        "id", "url", "url_key", "date", "span", "offset", "truncated", "doc_offset", "doc_length"
    }  # fmt: skip


def test_pages_are_signed_by_the_set_that_a_recipe_names(handle: Handle) -> None:
    """The signature is that of the text whose key is staged; a page without text has none, nor has any where none is asked for."""
    facts = staged(handle, page(A, B)).facts
    signed = signatures([f"{A}\n\n{B}"], SETS["triptych"])
    assert facts["text_key"] == text_key(f"{A}\n\n{B}")
    assert facts["bands"] == signed.bands.astype("<u8").tobytes() and facts["signature"] == signed.bytes.tobytes()
    assert facts["shingles"] == signed.shingles[0] > 9
    for name, chosen in SETS.items():
        facts = staged(alone(make_handler(ExtractPart(signature=name))), page(A)).facts
        assert (len(facts["bands"]), len(facts["signature"])) == (8 * chosen.bands, chosen.places)
    for handler, body in ((handle, page("")), (alone(make_handler(ExtractPart(signature=""))), page(A))):
        facts = staged(handler, body).facts
        assert (facts["bands"], facts["signature"], facts["shingles"]) == (b"", b"", 0)
    assert {*SETS, ""} == set(SIGNATURES)


def test_pages_are_compared_with_tasks() -> None:
    """What a text shares, whose that is, and in which of its document's items it stands: those of the words, images counted."""
    item = "they found the quiet letter under the bright window of the stone house because it was later than morning"
    tasks = TaskTexts((GramIndex(grams_of([A, item], [0, 1], 13)),), pa.array(["made/0", "made/1"]))
    handle = alone(make_handler(WithTasks(ExtractPart(), tasks)))
    facts = staged(handle, page(B, '<img src="a.png" alt="a picture">', f"<p>One said: {item.upper()}!", B)).facts
    assert facts["task_items"] == ["made/1"] and facts["task_blocks"] == [2]
    assert facts["task_grams"] == len(item.split()) - 12
    nothing = {"task_grams": 0, "task_items": [], "task_blocks": []}
    for each in (staged(handle, page(B)), staged(alone(make_handler(ExtractPart())), page(A))):
        assert {name: each.facts[name] for name in nothing} == nothing


def test_a_document_keeps_kinds_and_levels(handle: Handle) -> None:
    """Headings, items and quotes are staged as what they are, so that no corpus needs a second parse (law 1)."""
    body = page(A, "<h2>Hills</h2>", f"<p>{B}</p>", "<ul><li>first item of a list<li>second item of a list</ul>")
    document = unpack_document(staged(handle, body).document)
    kinds = [(item.kind, item.level) for item in document.items if isinstance(item, Block)]
    assert (BlockKind.HEADING, 2) in kinds and kinds.count((BlockKind.LIST_ITEM, 1)) == 2


def test_an_image_has_its_addresses_its_texts_and_its_place(handle: Handle) -> None:
    """Captions are cleaned; the place is how many runs of text stand before it."""
    refs = staged(handle, page(A, '<img src="a.png" alt=" a\u200b  picture " title="t">', B)).refs
    assert refs.urls == ((f"{SITE}a.png",),)
    assert (refs.alt, refs.title, refs.figcaption) == (("a picture",), ("t",), ("",))
    assert refs.texts_before == (1,)


def test_an_image_outside_main_content_has_no_place() -> None:
    """It is staged all the same, as -1, for pairs may take it."""
    images = (MediaRef(("http://x/1",)), MediaRef(("http://x/2",)))
    assert stage_refs(images, (Block(BlockKind.PARAGRAPH, "text"), 1)).texts_before == (-1, 1)


def test_an_image_ahead_of_all_text_has_a_place(handle: Handle) -> None:
    """No text stands before it: 0, which is not the -1 of an image outside main content."""
    assert stage_refs((MediaRef(("http://x/1",)),), (0, "text")).texts_before == (0,)
    assert staged(handle, page('<img src="a.png" alt="a picture">', A, B)).refs.texts_before == (0,)


def test_what_headers_and_page_say_is_kept_together(handle: Handle) -> None:
    """Headers first, in the order sent (law 10)."""
    body = page(A).replace(b"<title>", b'<meta name=robots content="noindex"><title>')
    found = staged(handle, body, headers=(("X-Robots-Tag", "noai"), ("Server", "x")))
    assert found.facts["directives"] == "x-robots-tag: noai\nrobots: noindex"


def test_opt_outs_are_read_before_anything_is_cut(handle: Handle) -> None:
    """Behind 64 others and 500 characters: the mask has them, and what is stored is small and shows what decided (law 10)."""
    crowd = "".join(f"<meta name=x{n}bot content=follow>" for n in range(500))
    late = f'<meta name=robots content="{"follow, " * 5000} noindex">'
    headers = (*(("X-Robots-Tag", f"x{n}: follow") for n in range(100)), ("Content-Usage", "train-ai=n"))
    found = staged(handle, page(A).replace(b"<title>", f"{crowd}{late}<title>".encode()), headers=headers).facts
    assert found["signals"] == 1 << SIGNALS.index("noindex") | 1 << SIGNALS.index("usage_train_ai")
    lines = found["directives"].split("\n")
    assert len(lines) == MOST and max(map(len, lines)) <= LONGEST
    assert "content-usage: train-ai=n" in lines and lines[-1].startswith("robots: noindex … robots: follow, follow")


def test_licence_statements_of_headers_and_page_are_kept(handle: Handle) -> None:
    """One a line, each once, those of the headers first."""
    body = page(A, "<p><a rel=license href=/terms>terms</a>")
    headers = (("Link", "</l.xml>; rel=license"),)
    assert staged(handle, body, headers=headers).facts["license"] == "/l.xml\n/terms"
    assert staged(handle, page(A)).facts["license"] == ""


def test_plain_text_is_taken_as_it_is(handle: Handle) -> None:
    """A WET record has no markup: what looks like a tag is text, whatever its line ends."""
    found = staged(handle, f"{A}\r\n<b>{B}".encode(), plain=True)
    document = unpack_document(found.document)
    assert (document.title, document.items) == ("", (Block(BlockKind.PARAGRAPH, f"{A}\n<b>{B}"),))
    assert found.refs.urls == ()


@pytest.mark.parametrize("body", [b"", b" ", b"<p>&nbsp;"])
def test_a_page_without_words_is_no_fault(handle: Handle, body: bytes) -> None:
    """It has no text, which a rule sees."""
    assert staged(handle, body).facts["text_bytes"] == 0


def test_a_page_full_of_letters_that_gives_no_text_is_a_fault(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that was lost on the way is not an empty page (law 3)."""
    monkeypatch.setattr(
        "transforms.dissect.decided", lambda pages, engine: [Page("", "", "", (), (), ()) for _ in pages]
    )
    staged(handle, b"<p>" + b"a" * 1000)
    with pytest.raises(RecordError) as caught:
        staged(handle, b"<p>" + b"a" * 1001)
    assert caught.value.fault is Fault.EMPTY_EXTRACTION


def test_a_page_that_shows_far_more_prose_than_was_read_fails(handle: Handle) -> None:
    """What stands where no reader of text looks is not lost in silence; a long menu is no prose."""
    line = "The library opened again in May, and its reading room has new lamps and shelves of oak. "
    field = f"<textarea>{line * 60}</textarea>"
    with pytest.raises(RecordError, match="characters read of a page that shows") as caught:
        staged(handle, page(f"<p>A field follows.</p>{field}"))
    assert caught.value.fault is Fault.EMPTY_EXTRACTION
    menu = "<ul>" + "<li><a href=/a>The hours of the hall</a></li>" * 300 + "</ul>"
    assert staged(handle, page(f"<nav>{menu}</nav><p>{A}</p>")).facts["text_bytes"]
    assert staged(handle, page(f"<p>{A}</p><p>{line}</p>{field[:2000]}")).facts["text_bytes"]


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
        "".join((found.facts["title"], *found.refs.alt)).encode()


def test_an_image_is_measured_under_the_recipes_limits() -> None:
    """The same picture passes or is oversize."""
    found = alone(make_handler(ExtractPart()))(ImageTask(picture(1)))
    assert isinstance(found, StagedImage)
    assert [found.facts[name] for name in ("format", "width", "height")] == ["png", 300, 240]
    with pytest.raises(RecordError) as caught:
        alone(make_handler(ExtractPart(image_bytes=10)))(ImageTask(picture(1)))
    assert caught.value.fault is Fault.OVERSIZE


def test_what_one_page_puts_into_the_index_is_bounded(handle: Handle) -> None:
    """A caption and a title of megabytes are cut, and a page whose few letters become gigabytes of addresses is refused (law 9)."""
    found = staged(handle, page(A, f'<img src="a.png" alt="{"word " * 500_000}">', f"<title>{'t' * 500_000}</title>"))
    assert len(found.refs.alt[0]) == LONGEST_CAPTION
    assert len(found.facts["title"]) <= LONGEST_CAPTION
    base = f'<base href="http://ex.org/{"b" * 1900}/">'
    with pytest.raises(RecordError, match=r"hostile_markup: 2,\d\d\d of 20,000 images"):
        staged(handle, page(base, A, "<img src=a>" * 20_000))


def test_a_measure_that_is_missing_is_a_bug() -> None:
    """So is one that the catalogue does not know; each is named."""
    values = dict.fromkeys((m.name for m in PAGE_MEASURES), 1)
    assert catalogued(values) == dict.fromkeys(values, 1.0)
    with pytest.raises(KeyError, match="url_chars"):
        catalogued({name: value for name, value in values.items() if name != "url_chars"})
    with pytest.raises(KeyError, match="new_measure"):
        catalogued(values | {"new_measure": 1})


def test_visible_letters_are_counted_in_linear_time() -> None:
    """A million unclosed scripts, which a backtracking pattern would read a million times, take one pass."""
    assert visible_letters("<p>ab</p>" + "<script>x" * 1_000_000) == 2
    assert visible_letters("plain text, no tag") == 14
    assert visible_letters("<title>t</title>a<STYLE>b</style >c") == 2


def markdown_of(page: StagedPage) -> str:
    """The text of a staged page as Markdown."""
    document = unpack_document(page.document)
    return join_text(written([item for item in document.items if isinstance(item, Block)], document.containers))


def test_pages_that_differ_in_marks_alone_have_one_key(handle: Handle) -> None:
    """A list and paragraphs of the same words are copies of each other, whichever form is written."""
    one = staged(handle, f"<h1>Hills</h1><ol><li>{A}<li>{B}</ol>".encode())
    other = staged(handle, f"<p>Hills<blockquote>{A}</blockquote><p>{B}".encode())
    assert markdown_of(one) != markdown_of(other)
    assert one.facts["text_key"] == other.facts["text_key"]


def test_what_stands_around_blocks_is_staged(handle: Handle) -> None:
    """Numbers of items, depths of quotes, spans of cells, languages of code: both forms come out of the staged document (law 1)."""
    table = "<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3</table>"
    code = "<pre class=language-c>int a;</pre>"
    page = staged(
        handle,
        f"<ol start=4><li>{A}<p>{B}</ol><blockquote><blockquote>{A}</blockquote></blockquote>{table}{code}".encode(),
    )
    rows = "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 |"
    assert markdown_of(page) == f"4. {A}\n\n   {B}\n\n> > {A}\n\n{rows}\n\n```c\nint a;\n```"
    document = unpack_document(page.document)
    assert written(document.items, document.containers, PLAIN) == (f"{A}\n\n{B}\n\n{A}\n\na b\n1 2\n\n3\n\nint a;",)


def test_our_marks_are_not_measured(handle: Handle) -> None:
    """Headings, items and cells are written with signs, and measured without: no hash, no bullet, no word without a letter."""
    rows = "<tr><td>one<td>two</tr>" * 2
    page = staged(handle, f"<h1>Hills</h1><ul><li>first item<li>second item</ul><table>{rows}</table>".encode())
    measures = page.facts
    text = markdown_of(page)
    assert text.startswith("# Hills") and "- first item" in text and "| one | two |" in text
    assert (measures["gopher_hash_ratio"], measures["gopher_bullet_lines"], measures["gopher_alpha_words"]) == (0, 0, 1)


def test_a_caption_counts_for_each_of_its_images(handle: Handle) -> None:
    """A figure's caption is kept for each image, and a page whose one caption becomes megabytes is refused (law 9)."""
    images, caption = "<img src=a.png>", "word " * 400
    few = staged(handle, page(A, f"<figure>{images * 3}<figcaption>{caption}</figcaption></figure>"))
    assert few.refs.figcaption == (caption.strip(),) * 3
    with pytest.raises(RecordError) as caught:
        staged(handle, page(A, f"<figure>{images * 600}<figcaption>{caption}</figcaption></figure>"))
    assert caught.value.fault is Fault.HOSTILE_MARKUP


def test_invisible_characters_change_nothing_of_a_page(handle: Handle) -> None:
    """Text, title, captions and the key of equal texts are those of the same page without them, whole words; so with a WET record's."""
    title = b"<title>Reconstruction of the harbour"
    clean = page(f"<h1>Reconstruction</h1><p>{A}</p><img src=/a.jpg alt='A harbour'><p>{B}</p>").replace(
        b"<title>Page", title
    )
    torn = (
        clean.replace(b"struct", b"&shy;struc&shy;t")
        .replace(b"har", "\u200bhar\u2060".encode())
        .replace(b" of ", b" of&lrm; &#xfeff;")
    )
    one, other = staged(handle, clean), staged(handle, torn)
    assert unpack_document(other.document) == unpack_document(one.document)
    assert one.facts["title"] == "Reconstruction" and one.refs.alt == ("A harbour",)
    assert (other.facts, other.refs) == (one.facts, one.refs)
    wet = staged(handle, "\ufeffre\u00adcon\u200bstruction".encode(), plain=True)
    assert unpack_document(wet.document).items == (Block(BlockKind.PARAGRAPH, "reconstruction"),)


def test_bad_bytes_are_counted(handle: Handle) -> None:
    """A page in UTF-8 with a byte of windows-1252 has one replaced character, and a recipe may set a ceiling."""
    found = staged(handle, page(f"<p>{A}</p><p>{B} caf\u00e9s, it@s</p>").replace(b"it@s", b"it\x92s"))
    assert found.facts["text_replaced_chars"] == 1.0


def test_rules_measure_the_prose_around_listings(handle: Handle) -> None:
    """A listing of equal lines is no repetition, its letters are no language and its # no symbols; its words count as words."""
    prose = "".join(f"<p>{passage(number)}</p>" for number in range(4))
    code = "<pre><code>" + "# 字字字字 字字\nx = {1: 2}\n" * 30 + "</code></pre>"
    without = staged(handle, page(f"<article>{prose}</article>")).facts
    having = staged(handle, page(f"<article>{prose}{code}</article>")).facts
    longer = {"text_chars", "gopher_words"}
    same = [measure.name for measure in TEXT_MEASURES if measure.name not in longer]
    assert {name: having[name] for name in ("lang", "lang_score", *same)} == {
        name: without[name] for name in ("lang", "lang_score", *same)
    }
    assert all(having[name] > without[name] + 100 for name in longer)
    alone = staged(handle, page(f"<article>{code}</article>")).facts
    assert alone["gopher_hash_ratio"] > 0 or not alone["text_bytes"]
