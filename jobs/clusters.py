"""`triptych clusters`: what was taken for what, the largest clusters of duplicates or that of one item."""

import argparse
import json
import shutil

from jobs import cluster_lines, engine, request, terminal

TOP = 5
PIPED = (200, 24)  # columns and lines where stdout is no terminal, so that addresses come through whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("run", metavar="DIR", help="the run folder; also of a run that its guard stopped")
    parser.add_argument(
        "--kind",
        choices=("text", "image"),
        default="",
        help="corpora of pages (text, interleaved), or of images (pairs) (default: both)",
    )
    parser.add_argument("--corpus", default="", metavar="NAME", help="one corpus (default: all)")
    parser.add_argument(
        "--id", default="", metavar="ID", help="one cluster whole, by the id of any member, kept or dropped"
    )
    parser.add_argument(
        "--rule",
        default="",
        metavar="NAME",
        help="the largest by what left by this round of duplicates, for example near, text or url (default: by any)",
    )
    parser.add_argument(
        "--top",
        type=engine.positive,
        default=TOP,
        metavar="N",
        help=f"how many clusters of each corpus (default: {TOP})",
    )
    parser.add_argument("--json", action="store_true", help="the facts as JSON")
    request.storage_argument(parser)


def act(args: argparse.Namespace) -> int:
    """Print the clusters."""
    from pipeline import storage
    from pipeline.clusters import cluster_of, clusters

    storage.configure(request.storage_settings(args.storage))
    if args.id:
        facts = cluster_of(args.run, args.kind, args.corpus, args.id)
    else:
        facts = clusters(args.run, args.kind, args.corpus, args.rule, args.top)
    columns = shutil.get_terminal_size(PIPED).columns
    terminal.out(json.dumps(facts, indent=2) if args.json else "\n".join(cluster_lines.lines(facts, columns)))
    return 0
