"""`triptych crawl`: addresses -> archives, politely; goes on with a crawl that was interrupted."""

import argparse
import json
import shlex
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from jobs import crawl_index, engine, engine_log, fetching, request, terminal
from jobs.terminal import count, number, size, table
from jobs.watched import importing, telling
from schemas.outcomes import BudgetError, UserError

if TYPE_CHECKING:
    from pipeline.engines.settings import EngineSettings
    from pipeline.fetch.crawl import CrawlRequest
    from pipeline.fetch.found import Source
    from pipeline.fetch.outcome import Outcome
    from pipeline.progress import Tell
    from schemas.manifest import Account

MOST = 10_000  # addresses: that of `pipeline.fetch.follow`
CONSENTS = ("strict", "recorded", "robots")  # those of `pipeline.fetch.policies`, which the parser does without
EMPTY = {
    "address": "The lists name no address.",
    "record": "Nothing in the indexes is as --select says; an index without a field, such as languages in some CDXJ, has no value of it.",
}
WHAT = (
    "--urls FILE... --output DIR",
    "--index FILE... --archives BASE --output DIR",
    "--images-of RUN --output DIR",
    "--retry-failed DIR",
)
EPILOG = """\
A list is a text file with an address a line (https:// or http:// in front), a sitemap or feed (.xml, .rss, .atom), a .csv, .tsv or
.jsonl (all also with .gz), or a .parquet. Tables have a column of addresses (url, URL, ...; else --url-column); where they have the columns
sha256, md5 or size, as img2dataset writes them, what comes is compared with it.
Captions of a table (caption, TEXT, text, alt; else --caption-column) go into the archives too: triptych run makes pairs of them.

robots.txt of each host is fetched first, kept in the archive and obeyed (RFC 9309), with its Crawl-delay; a host has one request at a time.
Then the other files are by which sites say what may be done with their pages: /.well-known/tdmrep.json and /ai.txt (--consent). Rows show
what they and the headers of answers say (columns signals and consent); a recipe's consent and opt_outs decide what a corpus takes.
A link, a page or a server that says nofollow is obeyed. Of one page at most 1,000 addresses are taken. What was found and not asked for is
counted by its reason. After --retry-failed, the same command follows what the retry brought.

DIR/archive holds WARC files with an index beside each, DIR/rows a row for each address. triptych run --input DIR reads the archives.

"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.usage = "\n       ".join(f"%(prog)s {what} --agent AGENT [options]" for what in WHAT)
    parser.epilog = EPILOG + crawl_index.EPILOG
    parser.add_argument("--output", metavar="DIR", help="the folder of the crawl")
    parser.add_argument("--agent", required=True, metavar="AGENT", help=fetching.AGENT_HELP)
    engine.workers_argument(parser)
    source_arguments(parser.add_argument_group("what is fetched (one of these)"))
    list_arguments(parser.add_argument_group("columns of lists"))
    crawl_index.arguments(parser.add_argument_group("records of archives that others made (below)"))
    following_arguments(parser.add_argument_group("what else is followed"))
    conduct_arguments(parser.add_argument_group("how it asks"))
    engine.arguments(parser)
    request.storage_argument(parser.add_argument_group("storage"))
    request.printing_arguments(parser).add_argument(
        "--allow-empty", action="store_true", help="end with status 0 even where nothing was kept and something failed"
    )


def source_arguments(group: argparse._ActionsContainer) -> None:
    """Declare where addresses come from."""
    group.add_argument(
        "--urls", nargs="+", action="extend", default=[], metavar="FILE", help="lists of addresses; patterns in quotes"
    )
    group.add_argument(
        "--index",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="indexes of archives (Parquet, CDXJ); patterns in quotes, folders, s3://, https://",
    )
    group.add_argument(
        "--images-of",
        metavar="RUN",
        help="the images that the references of a finished run lack and its recipe could keep (run --images does it in one go)",
    )
    group.add_argument("--staging", metavar="DIR", help="where the staging of that run is (default: in its folder)")
    group.add_argument(
        "--retry-failed", metavar="DIR", help="what failed in a finished crawl in a way that may be well another time"
    )


def list_arguments(group: argparse._ActionsContainer) -> None:
    """Declare what of a list is read."""
    group.add_argument("--url-column", default="", metavar="NAME", help="the column of addresses in tables")
    captions = group.add_mutually_exclusive_group()
    captions.add_argument("--caption-column", default="", metavar="NAME", help="the column of captions in tables")
    captions.add_argument("--no-captions", action="store_true", help="leave captions in the lists")


def following_arguments(group: argparse._ActionsContainer) -> None:
    """Declare which addresses beside the named ones are asked for."""
    group.add_argument(
        "--depth",
        type=whole,
        default=0,
        metavar="N",
        help="links of pages, N links deep from the addresses of the lists (default: %(default)s, none)",
    )
    group.add_argument(
        "--scope",
        choices=("host", "domain", "any"),
        default="host",
        help="links to a page's own host (www. aside), to its registered domain, or to any (default: %(default)s)",
    )
    group.add_argument(
        "--sitemaps",
        action="store_true",
        help="what sitemaps list: those that robots.txt of the lists' hosts name, or /sitemap.xml, and those in the lists",
    )
    group.add_argument(
        "--most",
        type=whole,
        default=MOST,
        metavar="N",
        help="of what links or sitemaps lead to, about N addresses of a registered domain a round, 0 for all (default: %(default)s)",
    )


def conduct_arguments(group: argparse._ActionsContainer) -> None:
    """Declare how servers are treated, and for how long."""
    group.add_argument(
        "--consent",
        choices=CONSENTS,
        default="recorded",
        help="what is made of what sites say about use: strict fetches nothing that a file of its site, or a redirect, keeps from training "
        "or puts under terms in RSL; recorded notes what they say; robots asks for robots.txt alone (default: %(default)s)",
    )
    group.add_argument(
        "--waves",
        type=engine.positive,
        metavar="N",
        help="end after N waves, each with about 1,200 addresses of a domain at most; the same command without it goes on (default: all)",
    )
    fetching.arguments(group)


def whole(text: str) -> int:
    """A number from 0 on, or an error that says so."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a whole number from 0 on, got {text!r}")


def act(args: argparse.Namespace) -> int:
    """Crawl, then print what became of the addresses. Raises BudgetError as `check_something_came`."""
    output = folder_of(args)
    from pipeline.engines.settings import LOCAL, OTHER

    kind = engine_settings(args, output).kind
    # Of an engine that we know nothing of, its own messages say where to watch the job.
    with nullcontext() if kind == OTHER else engine_log.kept_aside():
        outcome, word = _crawl(args, output, local=kind == LOCAL)
    if args.json:
        terminal.out(json.dumps({"output": output, **asdict(outcome)}, indent=2))
    else:
        from pipeline.fetch.examples import examples

        shown = examples(output, outcome.account.failed)
        terminal.out("\n".join(lines(output, outcome, word, shown, args.images_of is not None)))
    if not args.allow_empty:
        check_something_came(output, outcome, word)
    return 0


def check_something_came(output: str, outcome: "Outcome", word: str) -> None:
    """Raise BudgetError where nothing was kept and something failed: to a scheduler that is no success.

    Lists that name nothing, and addresses that rules leave out, are as they were meant.
    """
    account = outcome.account
    if account.kept or not account.failed:
        return
    why = ", ".join(f"{many:,} {name}" for name, many in (*account.failed.items(), *account.dropped.items()))
    raise BudgetError(
        f"nothing was kept of {count(account.entered, word)} ({why}); {output}/rows says why of each "
        "(--allow-empty lets such a crawl end with status 0)"
    )


def _crawl(args: argparse.Namespace, output: str, local: bool) -> tuple["Outcome", str]:
    """What became of it all, and a word for one."""
    with importing():
        if local:
            engine.check_known(args.beam_options)
        from pipeline.fetch.crawl import crawl
    with telling(args.quiet) as tell:
        wanted = crawl_request(args, output)
        if crawl_index.takes(args, output):
            return crawl_index.copy(args, output, wanted.settings, tell), "record"
        return crawl(replace(wanted, source=source_of(args, tell)) if args.images_of else wanted, tell), "address"


def engine_settings(args: argparse.Namespace, output: str) -> "EngineSettings":
    """Where the crawl runs. Raises UserError where that engine cannot run it."""
    from pipeline.engines.check import check

    settings = engine.settings(args)
    check(settings, [output])
    return settings


def folder_of(args: argparse.Namespace) -> str:
    """The folder of the crawl. Raises UserError where the arguments name none, or two kinds of work."""
    if crawl_index.is_asked(args, fetching.PAUSE):
        return str(args.output)
    kinds = [bool(args.urls), args.images_of is not None, args.retry_failed is not None]
    if sum(kinds) != 1 or (args.output is None) != (args.retry_failed is not None):
        raise UserError(f"say what is to be fetched: {WHAT}")
    if args.staging is not None and args.images_of is None:
        raise UserError("--staging says where the staging of a run is, and needs --images-of RUN")
    if args.images_of is not None and (args.depth or args.sitemaps):
        raise UserError("--images-of follows nothing: leave out --depth and --sitemaps")
    if args.retry_failed is not None:
        if args.depth or args.sitemaps:
            raise UserError(
                "--retry-failed follows nothing: the command that began the crawl, once more, goes on with what it brought"
            )
        return str(args.retry_failed)
    return str(args.output)


def source_of(args: argparse.Namespace, tell: "Tell") -> "Source":
    """What the addresses are found in. Raises UserError."""
    from pipeline.images_of import images_of

    settings = request.storage_settings(args.storage)
    return images_of(args.images_of, args.staging, engine.settings(args), settings, tell)


def crawl_request(args: argparse.Namespace, output: str) -> "CrawlRequest":
    """The crawl that the arguments describe. Raises UserError."""
    from pipeline.fetch.crawl import CrawlRequest
    from pipeline.fetch.follow import Following
    from pipeline.fetch.lists import Columns
    from transforms.fetch.links import Scope

    how = fetching.fetching(args, args.consent)
    return CrawlRequest(
        output,
        how.conduct,
        how.settings,
        urls=tuple(args.urls),
        columns=Columns(args.url_column, None if args.no_captions else args.caption_column),
        following=Following(args.depth, Scope(args.scope), args.sitemaps, args.most),
        waves=args.waves,
        engine=engine.settings(args),
        storage=request.storage_settings(args.storage),
    )


def lines(
    output: str, outcome: "Outcome", word: str, examples: Mapping[str, str] | None = None, images: bool = False
) -> list[str]:
    """What became of the addresses, in words, with an example of each reason for which some failed, and what may be done next.

    `images`: they are those of a run, and of no use without its pages.
    """
    account = outcome.account
    rows = [("kept", number(account.kept), size(outcome.bytes))]
    rows += _counted("dropped", account.dropped.items())
    rows += _counted("failed", account.failed.items())
    rows += _counted("duplicates", account.duplicates.items())
    program, folder = terminal.program(), shlex.quote(output)
    for one in outcome.found:
        rows += [("", "", ""), *_found(one)]
    said = [f"{output}: {count(account.entered, word)}", "", *table(rows), ""]
    if examples:
        said += ["for example", *(f"  {reason}: {example}" for reason, example in examples.items()), ""]
    if account.kept < account.entered:
        said.append(f"{shlex.quote(f'{output}/rows')}   a row for each {word}: kept and where, or why not")
    if outcome.transient:
        many = number(outcome.transient)
        said.append(
            f"{program} crawl --retry-failed {folder} --agent ...   asks once more for {many} of those that failed"
        )
    if not account.kept:
        why = f" {EMPTY[word]}" if not account.entered and not images else ""
        return [*said, f"Nothing was kept: there is nothing to make corpora of.{why}"]
    pages = "INPUT... " if images else ""
    made = "makes corpora of pages and these images: INPUT is what that run read" if images else "makes corpora of it"
    return [*said, f"{program} run --input {pages}{folder} --output corpus   {made}"]


def _found(account: "Account") -> list[tuple[str, str, str]]:
    """What became of what was looked through, or of what was found there."""
    # What is added is an address of the crawl: whether it came, or robots.txt forbids it, say the lines above.
    kept = "added" if account.stage == "found" else "looked through"
    rows = [(account.corpus, number(account.entered), ""), (f"  {kept}", number(account.kept), "")]
    return [
        *rows,
        *_counted("  dropped", account.dropped.items()),
        *_counted("  failed", account.failed.items()),
        *_counted("  duplicates", account.duplicates.items()),
    ]


def _counted(word: str, counts: Iterable[tuple[str, int]]) -> list[tuple[str, str, str]]:
    return [(word, number(many), name) for name, many in counts]
