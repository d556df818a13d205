"""`triptych crawl --index`: records of archives that others made, picked by an index of them, instead of addresses."""

import argparse
from typing import TYPE_CHECKING

from jobs import engine, request
from pipeline.credentials import has_login
from schemas.outcomes import UserError

if TYPE_CHECKING:
    from pipeline.fetch.exchange import Settings
    from pipeline.fetch.outcome import Outcome
    from pipeline.progress import Tell

EPILOG = """\
An index (--index) is Parquet like Common Crawl's columnar index, CDXJ (.cdxj, cdx-NNNNN, also .gz), a folder of such files, or a list of
their paths (cc-index-table.paths.gz). --select keeps what it says, each field once or more: host=ex.com domain=ex.co.uk
url=https://ex.com/blog/ language=deu (the main one) mime=text/html,image/* status=200 subset=warc; values of a field are alternatives, and
FIELD=@FILE takes them from a file. Where nothing is said, status 200 of subset warc is taken. Records are copied byte for byte, by ranges
of the archives that lie below --archives. On the web at most two requests are under way, one for indexes, whatever --workers says, and who
refuses is heeded."""


def arguments(group: argparse._ActionsContainer) -> None:
    """Declare what an index takes, beside its own name."""
    group.add_argument(
        "--select",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=VALUES",
        help="what is taken of an index: host, domain, url, language, mime, status, subset (below)",
    )
    group.add_argument(
        "--archives",
        metavar="BASE",
        help="where the archives that an index names lie: a folder, s3://commoncrawl/, https://data.commoncrawl.org/",
    )


def is_asked(args: argparse.Namespace, pause: float) -> bool:
    """Whether the arguments speak of an index. Raises UserError where they say too little, or also speak of addresses."""
    if not args.index and not args.select and args.archives is None:
        return False
    other = args.urls or args.images_of is not None or args.retry_failed is not None
    if other or args.output is None or not args.index or not args.archives:
        raise UserError(
            "an index needs --index FILE --archives BASE --output DIR, and no other option that says what is fetched"
        )
    for option, given in (
        ("--url-column", args.url_column),
        ("--caption-column", args.caption_column),
        ("--no-captions", args.no_captions),
        ("--waves", args.waves),
        ("--delay", args.delay != pause),
        ("--depth", args.depth),
        ("--sitemaps", args.sitemaps),
    ):
        if given:
            raise UserError(
                f"{option} is for addresses (--urls): an index has columns of its own, its archives a pace of their own"
            )
    return True


def takes(args: argparse.Namespace, output: str) -> bool:
    """Whether this is about an index, by the arguments or by the folder of which the failures are to be fetched. Raises UserError."""
    from pipeline import storage
    from pipeline.fetch.layout import CrawlFolder
    from pipeline.fetch.range_marker import is_selection

    if args.archives and has_login(args.storage, args.archives):
        raise UserError(
            "--archives: a crawl asks as anybody, and takes no login; copy what needs one, and name the folder"
        )
    if args.index:
        return True
    storage.configure(request.storage_settings(args.storage))
    holds = is_selection(CrawlFolder(storage.absolute(output)))
    if holds and args.urls:
        raise UserError(f"{output} holds records that an index named: give another --output")
    return holds


def copy(args: argparse.Namespace, output: str, settings: "Settings", tell: "Tell") -> "Outcome":
    """Copy what an index names, or of a folder that holds such records what failed before. Raises UserError."""
    from pipeline.fetch.index_rows import read_names
    from pipeline.fetch.range_crawl import RangeRequest, copy_records
    from transforms.fetch.selection import selection_of

    return copy_records(
        RangeRequest(
            output,
            settings,
            tuple(args.index),
            selection_of(args.select, read_names),
            args.archives or "",
            engine.settings(args),
            request.storage_settings(args.storage),
        ),
        tell,
    )
