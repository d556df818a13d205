"""Payloads of captures -> the facts and documents that staging keeps. Runs inside the isolator's child. Cost: per record, no shuffle.

A page is decoded and parsed once; its text, captions and interleaved parts come from that tree (law 1). Only numbers, keys and the
compressed document leave the child, so the page's body never crosses a process border a second time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from schemas.index import KIND_COUNTS, PAGE_MEASURES
from schemas.measures import PEER_MEASURES
from schemas.outcomes import Fault, RecordError
from schemas.recipe import STAGED_CAPTIONS, ExtractPart, ImagePart, Measuring
from schemas.records import Block, BlockKind, MediaRef, Page, Recording
from schemas.tasks import ImageTask, ListedTask, PageTask, StagedImage, StagedPage, StagedRefs
from transforms.characters import settled
from transforms.cut import outline
from transforms.dedup.pieces import pieces_of
from transforms.dedup.task_texts import MOST_NAMED, NO_TASKS, TaskHits, TaskTexts, blocks_hit
from transforms.dedup.text_facts import TextFacts, text_facts
from transforms.document import pack_document
from transforms.html.charset import decode
from transforms.html.directives import header_directives, signal_bits, stored
from transforms.html.extract import decided
from transforms.html.licence import header_licences
from transforms.html.render import kept_items, pieces, plain_text, prose_and_code, texts_alone
from transforms.html.segment import LONGEST_CAPTION
from transforms.html.urls import canonical
from transforms.html.walk import Walked, walk
from transforms.image.facts import measure_and_encode
from transforms.image.header import Limits as ImageLimits
from transforms.invisible import visible
from transforms.isolate_child import Handler, attempt
from transforms.listed import Listed, read_listed
from transforms.pair.caption import clean_caption
from transforms.text.address import measure_url
from transforms.text.language import identifier
from transforms.text.measure import Identify, measure_proses
from transforms.text.normalise import text_key

# A page that shows this many letters and yields no text was lost on the way (docs/sources.md, "Hostile pages").
VISIBLE_LETTERS = 1000
# Ours: a page that shows so many letters of prose, in texts of so many characters, and so many times as many as were read of its blocks,
# was not read. Pages of more blocks are not looked at.
LEAST_UNREAD, UNREAD_TIMES, _PROSE_LETTERS, _FEW_BLOCKS = 2000, 10, 60, 60
# Ours: what the captions of all images of a page may take; one of a figure counts for each of its images. No recipe takes a caption of a
# tenth of that.
CAPTION_CHARACTERS = 2**20
NOT_ASKED: Mapping[str, float | None] = {measure.name: None for measure in PEER_MEASURES}
_UNSEEN = frozenset(("script", "style", "template", "noscript", "svg", "head", "title"))
_NAME = re.compile(r"[a-zA-Z]*")


class OpenedPage(NamedTuple):
    """A page before its blocks are decided: its tree as read, or the text of a WET record; or in place of a page what a list says of an
    image, with its captions (None: a page)."""

    url: str
    headers: tuple[tuple[str, str], ...]
    page: Walked | Page
    captions: tuple[str, ...] | None = None


class WithTasks(NamedTuple):
    """How pages are taken apart, and the texts that they are compared with."""

    extract: ExtractPart
    texts: TaskTexts


Opened = OpenedPage | StagedImage
Staged = StagedPage | StagedImage


def make_handler(given: ExtractPart | WithTasks) -> Handler:
    """The handler of the isolator's child; models are loaded here, once per child.

    The pages of a batch are decided together, which is cheaper and gives the same results. Each tree is freed before the next is made.
    """
    settings, compared = given if isinstance(given, WithTasks) else (given, NO_TASKS)
    identify = identifier().identify
    forms = settings.forms if isinstance(settings, Measuring) else ()
    limits = ImageLimits(bytes=settings.image_bytes, pixels=settings.image_pixels, formats=settings.image_formats)

    def handle(tasks: Iterator[PageTask | ImageTask | ListedTask]) -> Iterator[Staged | RecordError]:
        opened = [attempt(open_task, task, limits, forms) for task in tasks]
        pages = iter(
            stage_pages([item for item in opened if isinstance(item, OpenedPage)], settings, compared, identify)
        )
        for item in opened:
            yield next(pages) if isinstance(item, OpenedPage) else item

    return handle


def open_task(task: PageTask | ImageTask | ListedTask, limits: ImageLimits, forms: Sequence[ImagePart] = ()) -> Opened:
    """Measure an image, or decode, parse and walk a page. Raises RecordError."""
    if isinstance(task, ImageTask):
        return StagedImage(*measure_and_encode(task.body, limits, forms))
    if isinstance(task, ListedTask):
        said = read_listed(task.body, task.url)
        return OpenedPage(said.page or said.url, (), listed_page(said), said.captions)
    text = decode(task.body, task.charset).text
    return OpenedPage(task.url, task.headers, read_plain(text, task.url) if task.plain else walk(text, task.url))


def stage_pages(
    opened: Sequence[OpenedPage], settings: ExtractPart, tasks: TaskTexts, identify: Identify
) -> list[StagedPage | RecordError]:
    """Decide which blocks of each page are kept, and measure the kept text."""
    after = iter(decided([item.page for item in opened if isinstance(item.page, Walked)], settings.engine))
    pages = [next(after) if isinstance(item.page, Walked) else item.page for item in opened]
    texts = [plain_text(page) for page in pages]
    worded = text_facts(texts, settings.signature, tasks)
    proses = [prose_and_code(page, text) for page, text in zip(pages, texts, strict=True)]
    measured = list(measure_proses(proses, identify, settings.peers))
    # What a list says has no text; its language is that of its captions.
    languages = [
        language if item.captions is None else identify(" ".join(item.captions))
        for item, (language, _) in zip(opened, measured, strict=True)
    ]
    return [
        attempt(stage_page, item, page, text, facts, tasks, language, numbers)
        for item, page, text, facts, language, (_, numbers) in zip(
            opened, pages, texts, worded, languages, measured, strict=True
        )
    ]


def stage_page(
    opened: OpenedPage,
    page: Page,
    plain: str,
    worded: TextFacts,
    tasks: TaskTexts,
    language: tuple[str, float],
    text_measures: dict[str, float],
) -> StagedPage:
    """What staging keeps of a page whose kept text is `plain`, with what was measured of its words, its language and measures.

    Raises RecordError: empty_extraction, hostile_markup.
    """
    if isinstance(opened.page, Walked):
        check_extraction(opened.page.markup, page)
    items = kept_items(page)
    lang, lang_score = language
    title = page.title[:LONGEST_CAPTION]
    directives = header_directives(opened.headers) + page.directives
    facts = {
        "title": title,
        "author": page.author,
        "published": page.published,
        "site": page.site,
        "listed": opened.captions is not None,
        "lang": lang,
        "lang_score": lang_score,
        "text_key": text_key(plain),
        **worded.signature,
        **task_facts(page, plain, worded.hits, tasks),
        "texts": texts_before(items)[-1],
        "text_bytes": len(plain.encode()),
        "outline": outline(items),
        **kind_counts(items),
        "directives": "\n".join(stored(directives)),
        "signals": signal_bits(directives),
        "license": "\n".join(dict.fromkeys(header_licences(opened.headers) + page.licences)),
        **catalogued({**NOT_ASKED, **text_measures, **measure_url(opened.url)}),
    }
    media = stage_media(page)
    document = pack_document(title, items, page.containers, media)
    refs, repeatable = stage_refs(page.images, items), pieces_of(items, page.containers)
    return StagedPage(facts, document, refs, page.lost_images, len(media), page.lost_media, repeatable)


def task_facts(page: Page, plain: str, hits: TaskHits, tasks: TaskTexts) -> dict[str, Any]:
    """What staging keeps of what a page's text shares with tasks: how many n-grams, items by name, and the blocks by their places among
    the items of its document."""
    if not hits.grams:
        return {"task_grams": 0, "task_items": [], "task_blocks": []}
    # Every block has two pieces, what parts it from the one before and its text; but the first one.
    sizes = [0, *accumulate(map(len, pieces(texts_alone(page))))]
    blocks = blocks_hit(plain, hits, sizes[::2])
    places = [place for place, item in enumerate(kept_items(page)) if isinstance(item, Block)]
    return {
        "task_grams": hits.grams,
        "task_items": [tasks.name(item) for item in hits.items[:MOST_NAMED]],
        "task_blocks": [places[block] for block in blocks],
    }


def stage_media(page: Page) -> list[Recording]:
    """The audio and video of a page's main content, each with the number of its document's items before it."""
    if not page.media:
        return []
    before = [0, *accumulate(block.kept for block in page.blocks)]
    said = [clean_captions([getattr(recording, name) for recording in page.media]) for name in ("title", "caption")]
    return [
        recording._replace(title=title, caption=caption, place=before[recording.place])
        for recording, title, caption in zip(page.media, *said, strict=True)
    ]


def texts_before(items: Sequence[Block | int]) -> list[int]:
    """For each item, and for the end, how many texts there are before it: the blocks between two images are one text.

    >>> texts_before([Block(BlockKind.PARAGRAPH, "a"), Block(BlockKind.PARAGRAPH, "b"), 0, Block(BlockKind.PARAGRAPH, "c")])
    [0, 1, 1, 1, 2]
    """
    counts, texts, in_text = [0], 0, False
    for item in items:
        is_text = isinstance(item, Block)
        texts += is_text and not in_text
        in_text = is_text
        counts.append(texts)
    return counts


def kind_counts(items: Sequence[Block | int]) -> dict[str, int]:
    """How many blocks of each kind are among the items of a document, by the name of its column."""
    kinds = [item.kind for item in items if isinstance(item, Block)]
    return {name: kinds.count(kind) for kind, name in KIND_COUNTS.items()}


def read_plain(text: str, url: str) -> Page:
    """The page of a WET record, which holds its text alone."""
    lines = "\n".join(visible(text).splitlines()).strip()
    return Page(url, "", "", (), (Block(BlockKind.PARAGRAPH, lines),) if lines else (), ())


def listed_page(said: Listed) -> Page:
    """What a list says of an image, as a page without text that refers to it once for each caption, outside of any main content."""
    address = canonical(said.url)
    refs = tuple(MediaRef((address,), others=(("list", caption),)) for caption in said.captions)
    return Page("", "", "", (), (), refs or (MediaRef((address,)),))


def check_extraction(markup: str, page: Page) -> None:
    """Raises RecordError where a page full of letters gave no text, or where it shows far more prose than was read of it."""
    texts = [block for block in page.blocks if block.image < 0]
    if not any(block.kept and block.text for block in texts) and (
        (letters := visible_letters(markup)) > VISIBLE_LETTERS
    ):
        raise RecordError(Fault.EMPTY_EXTRACTION, f"no text from a page that shows {letters} letters")
    read = sum(len(block.text) for block in texts[:_FEW_BLOCKS])
    if len(texts) < _FEW_BLOCKS and UNREAD_TIMES * read < len(markup) and read < LEAST_UNREAD:
        letters = visible_letters(markup, least=_PROSE_LETTERS)
        if letters > max(LEAST_UNREAD, UNREAD_TIMES * read):
            raise RecordError(
                Fault.EMPTY_EXTRACTION, f"{read} characters read of a page that shows {letters} letters of prose"
            )


def visible_letters(html: str, least: int = 0) -> int:
    """How many letters a page shows, counted without a tree: the check on the tree must not use it.

    Only texts of at least `least` characters between two tags count, so that menus do not.

    >>> visible_letters("<p>one <b>two</b></p><script>var three</script>")
    6
    """
    letters, hidden = 0, ""
    for piece in settled(html).split("<"):
        tag, closed, text = piece.partition(">")
        name = _NAME.match(tag.removeprefix("/"))[0].lower()  # type: ignore[index]  # matches the empty name too
        if hidden:
            hidden = "" if tag.startswith("/") and name == hidden else hidden
        elif name in _UNSEEN and not tag.startswith("/"):
            hidden = name
        shown = "" if hidden else text if closed else tag
        if len(shown) >= least:
            letters += sum(map(str.isalpha, shown))
    return letters


def stage_refs(images: tuple[MediaRef, ...], items: Sequence[Block | int]) -> StagedRefs:
    """The references of a page, each with its place among the runs of text; captions are cleaned, not yet measured.

    Raises RecordError: hostile_markup.
    """
    alt, figcaption, title = (clean_captions([getattr(image, kind) for image in images]) for kind in STAGED_CAPTIONS)
    others = clean_others(images)
    characters = sum(len(caption) for column in (alt, figcaption, title) for caption in column)
    characters += sum(len(text) for said in others for text in said)
    if characters > CAPTION_CHARACTERS:
        raise RecordError(Fault.HOSTILE_MARKUP, f"{len(images):,} images with {characters:,} characters of captions")
    counts = zip(items, texts_before(items), strict=False)
    before = {item: texts for item, texts in counts if isinstance(item, int)}
    return StagedRefs(
        tuple(image.kind.value for image in images),
        tuple(before.get(ordinal, -1) for ordinal in range(len(images))),
        tuple(image.urls for image in images),
        alt,
        figcaption,
        title,
        others,
    )


def clean_captions(texts: list[str]) -> tuple[str, ...]:
    """Captions cleaned and cut; one that many images share is cleaned once."""
    clean = {text: clean_caption(text[: 2 * LONGEST_CAPTION])[:LONGEST_CAPTION] for text in dict.fromkeys(texts)}
    return tuple(clean[text] for text in texts)


def clean_others(images: Sequence[MediaRef]) -> tuple[tuple[str, ...], ...]:
    """The further texts of images as `kind: text`, cleaned and cut, without those that are empty then."""
    clean = clean_captions([text for image in images for _, text in image.others])
    texts = iter(clean)
    named = ([(kind, next(texts)) for kind, _ in image.others] for image in images)
    return tuple(tuple(f"{kind}: {text}" for kind, text in said if text) for said in named)


def catalogued(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """The measures of a page by name, None for what was not asked for; a missing or an unknown name is a bug."""
    names = {measure.name for measure in PAGE_MEASURES}
    if values.keys() != names:
        raise KeyError(f"measured and catalogued names differ: {sorted(values.keys() ^ names)}")
    return {name: None if value is None else float(value) for name, value in values.items()}
