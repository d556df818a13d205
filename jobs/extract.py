"""`triptych extract`: the main content of one page; with `--show` every block with its decision and the reasons."""

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs import request
from jobs.block_table import table
from jobs.terminal import printable
from schemas.outcomes import RecordError, UserError
from schemas.recipe import ENGINES

if TYPE_CHECKING:
    from schemas.records import Page
    from transforms.html.explain import Why

_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")
_ARCHIVE = (b"WARC/", b"filedesc://")
_ARCHIVE_NAME = re.compile(r"\.(warc|arc|wet|wat)\b", re.IGNORECASE)
_PICTURES = ("jpeg", "png", "webp", "gif")
_TAG = re.compile("<[!/a-zA-Z]")
_WEB = re.compile("https?://", re.IGNORECASE)
_NOWHERE = "https://page.invalid/"  # of a file whose address is not given; no such host can exist (RFC 2606)
_FALLBACK = (120, 24)  # columns and lines where the output is no terminal


class Source(NamedTuple):
    """The bytes of one page, its address and the charset that its server declared."""

    body: bytes
    url: str
    charset: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.usage = "%(prog)s FILE [--url URL] [options]\n       %(prog)s URL --input GLOB... [options]"
    parser.add_argument("page", metavar="FILE or URL", help="an HTML file, or with --input the address of a page")
    parser.add_argument("--input", nargs="+", action="extend", metavar="GLOB", help="web archives to find the URL in")
    parser.add_argument(
        "--url", help=f"the address of FILE, from which its relative links to images start (default: {_NOWHERE})"
    )
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="the extractor (default: %(default)s)")
    parser.add_argument("--plain", action="store_true", help="the text without marks of Markdown: what rules measure")
    parser.add_argument("--show", action="store_true", help="show all blocks and why each was kept or dropped")
    parser.add_argument("--html", metavar="FILE", help="where --show writes its view (default: NAME.blocks.html, here)")
    parser.add_argument("--json", action="store_true", help="the page as JSON lines: its facts, then a line per block")
    request.storage_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Print the page's main content, its blocks, or both as JSON lines. Raises UserError."""
    from pipeline import storage
    from transforms.html.charset import decode
    from transforms.html.explain import explain, left_out
    from transforms.html.extract import extract
    from transforms.html.render import MARKDOWN, PLAIN, main_text

    _check(args)
    storage.configure(request.storage_settings(args.storage))
    source = from_archives(args.page, args.input) if args.input else from_file(args.page, args.url or _NOWHERE)
    text = decode(source.body, source.charset).text
    if not _TAG.search(text):
        raise UserError(f"{args.page}: not HTML, there is no tag in it")
    try:
        page = extract(text, source.url, args.engine)
        whys = explain(text, page, args.engine) if args.show else ()
        unread = left_out(text) if args.show else []
    except RecordError as error:
        raise UserError(f"{args.page}: {error}") from error
    view = write_view(args, page, whys, unread) if args.show else ""
    if args.json:
        print("\n".join(json_lines(page, whys, unread)))
    elif args.show:
        print("\n".join(table(page, whys, unread, shutil.get_terminal_size(_FALLBACK).columns)))
    else:
        written = main_text(page, PLAIN if args.plain else MARKDOWN)
        print(printable(written) if sys.stdout.isatty() else written)
    if view:
        print(view, file=sys.stderr if args.json else sys.stdout)
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.input and args.url:
        raise UserError(
            "--url says where a FILE is from; with --input give the address alone: triptych extract URL --input GLOB"
        )
    if args.plain and (args.show or args.json):
        raise UserError("--plain is for the text alone: leave --show and --json out")
    if args.html and not args.show:
        raise UserError("--html is where --show writes its view: add --show")
    if args.html and os.path.exists(args.html) and os.path.exists(args.page) and os.path.samefile(args.html, args.page):
        raise UserError(f"--html {args.html}: this is the page itself; name another file")


def from_file(path: str, url: str) -> Source:
    """The page in a local file. Raises UserError where there is none or it is plainly no HTML."""
    try:
        with open(path, "rb") as file:
            head = file.read(512)
            _refuse(path, head)
            return Source(head + file.read(), url, "")
    except IsADirectoryError as error:
        raise UserError(f"{path}: a folder; name an HTML file in it") from error
    except OSError as error:
        if _WEB.match(path):
            raise UserError(f"{path}: name the archives that hold it: triptych extract URL --input GLOB") from error
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _refuse(path: str, head: bytes) -> None:
    from transforms.image.sniff import sniff

    packed = head.startswith(_COMPRESSED)
    if head.startswith(_ARCHIVE) or (packed and _ARCHIVE_NAME.search(path)):
        raise UserError(
            f"{path}: a web archive, not HTML; for a page of an archive: triptych extract URL --input {path}"
        )
    if packed:
        raise UserError(f"{path}: compressed, not HTML; unpack it first")
    if head.startswith(b"%PDF-") or sniff(head) in _PICTURES:
        raise UserError(f"{path}: {'pdf' if head.startswith(b'%PDF-') else sniff(head)}, not HTML")


def from_archives(url: str, patterns: Sequence[str]) -> Source:
    """The first usable capture of a page in the archives. Raises UserError that names the nearest address instead."""
    from pipeline.find_page import find_page

    capture = find_page(url, patterns)
    return Source(capture.body, url, capture.charset)


def write_view(args: argparse.Namespace, page: "Page", whys: Sequence["Why"], unread: Sequence[str]) -> str:
    """Write the HTML view; its path. Raises UserError where that place cannot be written, or holds a file that is no view of ours."""
    from pipeline.page_view import html_view

    path: str = args.html or view_name(args.page)
    if os.path.islink(path) or (os.path.exists(path) and not is_view(path)):
        raise UserError(f"{path} is there and is no view of triptych's: --html FILE names another place")
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(html_view(page, whys, unread))
    except OSError as error:
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}; --html FILE names another place") from error
    return path


def is_view(path: str) -> bool:
    """Whether a file is a view that `--show` wrote, so that it may be replaced; an empty file may be, too."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            head = file.read(4000)
    except OSError as error:
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}; --html FILE names another place") from error
    return not head or "<title>Kept and dropped: " in head


def view_name(page: str) -> str:
    """The name of a page's view, in the current folder.

    >>> view_name("pages/news.html"), view_name("https://example.org/a/b?c=1")
    ('news.blocks.html', 'example.org-a-b-c-1.blocks.html')
    """
    name = re.sub(r"[^\w.]+", "-", _WEB.sub("", page)).strip("-.")[:80]
    stem = name if _WEB.match(page) else os.path.splitext(os.path.basename(page))[0]
    return f"{stem or 'page'}.blocks.html"


def json_lines(page: "Page", whys: Sequence["Why"], unread: Sequence[str] = ()) -> Iterator[str]:
    """The page's facts, then each block with its image, and with why where it was asked for, and what was left out unread."""
    facts = asdict(page)
    del facts["blocks"], facts["images"]
    facts["containers"] = [container._asdict() for container in page.containers]
    if whys:
        facts["left_out"] = list(unread)
    yield json.dumps(facts, ensure_ascii=False)
    for number, block in enumerate(page.blocks):
        fields: dict[str, Any] = block._asdict()
        fields["image"] = page.images[block.image]._asdict() if block.image >= 0 else None
        if whys:
            reasons = [reason._asdict() for reason in whys[number].reasons]
            fields["why"] = {"rule": whys[number].rule, "reasons": reasons}
        yield json.dumps(fields, ensure_ascii=False)
