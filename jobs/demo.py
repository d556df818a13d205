"""`triptych demo`: the bundled archive through the whole run, without a network; with `--crawl` it is fetched from loopback first."""

import argparse
import os
import shlex
from pathlib import Path

from jobs import crawl, recipe_files, request, run, terminal

SAMPLE = Path(__file__).parent / "sample" / "sample.warc.gz"
AGENT = "triptych-demo/1.0 (+https://example.org/bot)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        "--crawl",
        action="store_true",
        help="fetch a small site first, from a server on 127.0.0.1 that lives as long as the crawl",
    )
    parser.add_argument("--output", metavar="DIR", help="the folder (default: demo-run, with --crawl demo-crawl)")
    request.quiet_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Run the sample with the default recipe and print where to look."""
    if args.crawl:
        folder = args.output or "demo-crawl"
        crawled, corpus = os.path.join(folder, "crawled"), os.path.join(folder, "corpus")
        fetch(folder, crawled, args.quiet)
        terminal.out("")
        make(crawled, corpus, args.quiet)
        terminal.out("\n".join(whats_there(folder)))
    else:
        make(str(SAMPLE), args.output or "demo-run", args.quiet)
    return 0


def make(archives: str, output: str, quiet: bool) -> None:
    """Make corpora of archives with the default recipe."""
    from pipeline.corpora import load_recipe
    from pipeline.plan import Request

    text, where = recipe_files.read(recipe_files.DEFAULT)
    asked = Request(inputs=(archives,), output=output, recipe=load_recipe(text, where=where))
    run.perform(asked, quiet=quiet)


def fetch(folder: str, crawled: str, quiet: bool) -> None:
    """Fetch the site of the demo by the very command that a user would give."""
    from jobs.demo_site import Site
    from jobs.loopback import loopback
    from pipeline import storage

    site, listed = Site(SAMPLE), os.path.join(folder, "list.txt")
    with storage.write_whole(storage.absolute(listed)) as file:
        file.write("".join(f"{address}\n" for address in site.addresses()).encode())
    with loopback(site) as web:
        words = ["--urls", listed, "--output", crawled, "--agent", AGENT, "--delay", "0.05"]
        words += ["--resolve", f"*:127.0.0.1:{web.port}", "--allow-address", "127.0.0.1"]
        if not quiet:
            terminal.say(f"{terminal.program()} crawl {shlex.join(words)}")
        crawl.act(parsed([*words, *(["--quiet"] if quiet else [])]))


def parsed(words: list[str]) -> argparse.Namespace:
    """Words of `triptych crawl` as its arguments."""
    parser = argparse.ArgumentParser(prog="triptych crawl", allow_abbrev=False)
    crawl.arguments(parser)
    args = parser.parse_args(words)
    args.beam_options = ()
    return args


def whats_there(folder: str) -> list[str]:
    """Where to look behind a crawl."""
    here = shlex.quote(folder)
    return [
        "",
        f"{here}/list.txt          the addresses that were asked for",
        f"{here}/crawled/archive   what came, as WARC files with a CDXJ index beside each",
        f"{here}/crawled/rows      a row for each address: kept and where, or why not",
        f"{here}/corpus            text, pairs and interleaved",
    ]
