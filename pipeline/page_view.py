"""One static HTML page that shows what the extractor made of a page: each block, its decision and why. Pure; no network, no script.

Page text is hostile: all of it is escaped, no address is loaded, and the page's policy allows nothing but the one style sheet below.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from schemas.records import Block, BlockKind, MediaRef, Page
from transforms.html.explain import Reason, Why

_UNSEEN = dict.fromkeys(
    [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)  # control codes, and what overrides the direction of writing (Unicode Technical Report 36 §2.5)
_LONGEST = 4000  # characters of a block that are shown; a page of one text must not make a view that no browser opens
_BOX = 240  # pixels; the longer side of an image's box

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --soft: #59636e; --page: #fff; --line: #d5dae0;
  --kept: #e3f4e6; --kept-edge: #1a7f37; --dropped: #f6e9e9; --dropped-edge: #b3423a; --box: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e8ee; --soft: #a0abb7; --page: #14181d; --line: #363e48;
  --kept: #15301d; --kept-edge: #4cc069; --dropped: #33201f; --dropped-edge: #ec8078; --box: #14181d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--page); overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: .2rem 0; }
p { margin: .4rem 0; }
a { color: inherit; }
.soft, .why { color: var(--soft); }
nav { position: sticky; top: 0; z-index: 1; padding: .5rem 0; background: var(--page); border-bottom: 1px solid var(--line); }
label { display: inline-block; padding: .25rem .8rem; border: 1px solid var(--line); border-radius: 1rem; cursor: pointer; }
.pick { position: absolute; opacity: 0; }
#all:checked ~ nav label[for=all], #kept:checked ~ nav label[for=kept], #dropped:checked ~ nav label[for=dropped] {
  background: var(--text); color: var(--page); }
#all:focus-visible ~ nav label[for=all], #kept:focus-visible ~ nav label[for=kept],
#dropped:focus-visible ~ nav label[for=dropped] { outline: 3px solid var(--kept-edge); outline-offset: 2px; }
#kept:checked ~ main .dropped, #dropped:checked ~ main .kept { display: none; }
article { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr) 29rem; gap: 0 1rem; margin: .35rem 0;
  padding: .4rem .8rem; border-left: .4rem solid; border-radius: .3rem; scroll-margin-top: 4rem; }
article:target { outline: 2px solid var(--text); }
.kept { background: var(--kept); border-color: var(--kept-edge); }
.dropped { background: var(--dropped); border-color: var(--dropped-edge); border-left-style: dashed; }
.facts, .why { font-size: .82rem; line-height: 1.45; }
.facts b { display: block; }
.text { white-space: pre-wrap; }
.heading { font-weight: 700; }
.code { font-family: ui-monospace, monospace; font-size: .9rem; }
.quote { font-style: italic; }
.list_item::before { content: "\\2022\\00a0\\00a0"; }
.why ul { margin: 0; padding: 0; list-style: none; columns: 2; column-gap: 1rem; }
.why li { display: grid; grid-template-columns: 3rem 1fr; break-inside: avoid; }
.why li span { font-variant-numeric: tabular-nums; }
.image svg { display: block; max-width: 100%; height: auto; margin: .2rem 0; }
.image rect { fill: var(--box); stroke: var(--soft); stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
.image text { fill: var(--soft); font: 14px system-ui, sans-serif; text-anchor: middle; }
.address { font-size: .82rem; }
@media (max-width: 60rem) { article { grid-template-columns: minmax(0, 1fr); padding: .4rem .6rem; }
  .facts br { display: none; } .facts b { display: inline; } .facts span::before { content: " \\00b7  "; } .why { margin-top: .3rem; } }
@media (max-width: 30rem) { .why ul { columns: 1; } }
@media print { nav { position: static; } article { break-inside: avoid; } }
"""
_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def html_view(page: Page, whys: Sequence[Why], unread: Sequence[str] = ()) -> str:
    """The view of `page`, with one `Why` per block, and the texts of its menus and footers, which were not read."""
    blocks = "\n".join(
        _block(number, block, page, why) for number, (block, why) in enumerate(zip(page.blocks, whys, strict=True), 1)
    )
    title = _safe(page.title or page.url or "a page without title")
    kept = sum(block.kept for block in page.blocks)
    filters = {"all": len(page.blocks), "kept": kept, "dropped": len(page.blocks) - kept}
    radios = "".join(
        f'<input class="pick" type="radio" name="show" id="{name}"{" checked" if name == "all" else ""}>'
        for name in filters
    )
    labels = " ".join(f'<label for="{name}">{name} {count:,}</label>' for name, count in filters.items())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kept and dropped: {title}</title><style>{STYLE}</style></head><body>
<header><h1><bdi>{title}</bdi></h1><p class="soft">{_link(page.url)}</p>
<p>{_summary(page)}</p>
<p class="soft">A score is the model's probability that a block is main content; beside it stand the rule that decided (the cut is
set where the expected F1 of the page is highest) and the
strongest reasons, in log odds (+ for, &minus; against), beside the other blocks of this page. An image's score is the share of the text
around it that is kept; images are shown as boxes and never loaded.</p></header>
{radios}<nav aria-label="Which blocks to show">{labels}</nav>
<main>
{blocks}
</main>{_left_out(unread)}</body></html>
"""


def _left_out(unread: Sequence[str]) -> str:
    """Menus and footers, folded away."""
    if not unread:
        return ""
    texts = "".join(f'<p class="text">{_safe(text)}</p>' for text in unread)
    said = f"Menus and footers, read for images and the text beside them only: {sum(map(len, unread)):,} characters"
    return f'<details class="soft"><summary>{said}</summary>{texts}</details>\n'


def _summary(page: Page) -> str:
    texts = [block.kept for block in page.blocks if block.image < 0]
    images = [block.kept for block in page.blocks if block.image >= 0]
    return f"Kept {sum(texts):,} of {len(texts):,} texts and {sum(images):,} of {len(images):,} images."


def _block(number: int, block: Block, page: Page, why: Why) -> str:
    decision = "kept" if block.kept else "dropped"
    shown = _image(page.images[block.image]) if block.image >= 0 else _text(block)
    reasons = "".join(map(_reason, why.reasons))
    return (
        f'<article class="{decision}" id="b{number}"><div class="facts"><b>{"+" if block.kept else "&minus;"} {decision}</b>'
        f"<span>score {block.score:.2f}</span><br><span>{_kind(block)}</span><br><span>block {number}</span></div>\n"
        f'{shown}\n<div class="why">{_linked(why.rule)}{f"<ul>{reasons}</ul>" if reasons else ""}</div></article>'
    )


def _safe(text: str) -> str:
    """Text as markup, with the signs that would reorder or hide what stands beside them made visible."""
    return escape(text.translate(_UNSEEN))


def _kind(block: Block) -> str:
    name = block.kind.value.replace("_", " ")
    return f"{name} {block.level}" if block.kind is BlockKind.HEADING else name


def _linked(rule: str) -> str:
    """A rule, with a link to the block that it ends in."""
    return re.sub(r"\bblock (\d+)$", r'<a href="#b\1">block \1</a>', _safe(rule))


def _reason(reason: Reason) -> str:
    sign = "+" if reason.weight > 0 else "&minus;"
    return f"<li><span>{sign}{abs(reason.weight):.1f}</span>{_safe(reason.words)}</li>"


def _text(block: Block) -> str:
    more = len(block.text) - _LONGEST
    rest = f'<p class="soft">and {more:,} more characters</p>' if more > 0 else ""
    return f'<div><div class="text {block.kind.value}" dir="auto">{_safe(block.text[:_LONGEST])}</div>{rest}</div>'


def _image(image: MediaRef) -> str:
    """An image's box in its declared shape, and what the page says about it."""
    named = {"alt": image.alt, "title": image.title, "figcaption": image.figcaption, **dict(image.others)}
    said = "".join(f"<p>{name}: <bdi>{_safe(text[:_LONGEST])}</bdi></p>" for name, text in named.items() if text)
    addresses = "".join(f'<p class="address">{_link(url)}</p>' for url in image.urls[:3])
    return f'<div class="image">{_box(image.width, image.height)}{said or "<p>no text about it</p>"}{addresses}</div>'


def _box(width: int, height: int) -> str:
    """An empty box of the declared shape; 4 : 3 where a side is not declared."""
    declared = f"{width} x {height}" if width > 0 and height > 0 else "size not declared"
    wide, high = (width, height) if width > 0 and height > 0 else (160, 120)
    scale = _BOX / max(wide, high, _BOX)
    wide, high = max(round(wide * scale), 120), max(round(high * scale), 40)
    return (
        f'<svg width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" aria-label="image, {declared}">'
        f'<rect x="1" y="1" width="{wide - 2}" height="{high - 2}"/>'
        f'<text x="{wide // 2}" y="{high // 2 + 5}">{declared}</text></svg>'
    )


def _link(url: str) -> str:
    """A link to a web address, mere text for anything else."""
    text = f"<bdi>{_safe(url)}</bdi>"
    if not url.lower().startswith(("http://", "https://")):
        return text
    return f'<a href="{_safe(url)}" rel="noreferrer noopener">{text}</a>'
