"""`triptych index-task`: a test set's texts and pictures -> an index, of which `triptych run --tasks` keeps the corpora clean."""

import argparse
import json
from collections.abc import Mapping

from jobs import request, terminal
from jobs.terminal import count, number, table
from schemas.outcomes import UserError
from schemas.recipe import LEAST_NGRAM, MOST_NGRAM


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.usage = "%(prog)s NAME FILE... --output FILE.task [options]"
    parser.add_argument("name", metavar="NAME", help="what the test set is called in dropped rows: NAME/ITEM")
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="text (.txt: a line an item), rows (.json, .jsonl, .csv, .tsv, .parquet), WebDataset (.tar), images, folders of images",
    )
    parser.add_argument("--output", required=True, metavar="FILE.task", help="the index")
    parser.add_argument(
        "--ngram",
        type=words,
        default=MOST_NGRAM,
        metavar="N",
        help="words of an n-gram, 8 to 13 (default: %(default)s); a shorter text counts where a whole text or caption equals it",
    )
    column(
        parser,
        "--text-column",
        "a column of texts (default: captions, sentences, questions, ... as they are mostly called)",
    )
    column(parser, "--image-column", "a column of images' bytes (default: image and the like)")
    parser.add_argument(
        "--id-column", default="", metavar="NAME", help="the column of ids (default: id and the like, else the row)"
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only rows with that value, for example split=test; may be repeated",
    )
    parser.add_argument("--no-flips", action="store_true", help="do not look for images mirrored or turned by quarters")
    request.storage_argument(parser)
    parser.add_argument("--json", action="store_true", help="what was indexed as JSON")
    request.quiet_argument(parser)


def column(parser: argparse.ArgumentParser, flag: str, told: str) -> None:
    """Declare an option that names columns."""
    parser.add_argument(
        flag, action="append", default=[], metavar="NAME", help=f"{told}; may be repeated; a.b is a field of an object"
    )


def words(text: str) -> int:
    """A number of words that an n-gram may have, or an error that says so."""
    if not text.isdecimal() or not LEAST_NGRAM <= int(text) <= MOST_NGRAM:
        raise argparse.ArgumentTypeError(f"expected a whole number from {LEAST_NGRAM} to {MOST_NGRAM}, got {text!r}")
    return int(text)


def act(args: argparse.Namespace) -> int:
    """Write the index, then say what is in it."""
    from pipeline import storage
    from pipeline.tasks.build import build_task
    from pipeline.tasks.sources import Columns, read_items
    from pipeline.tasks.task_file import NAME, write_task

    if not NAME.fullmatch(args.name):
        raise UserError(
            f"{args.name}: a task's name is made of letters, digits, dots and dashes, for example coco-val2014"
        )
    storage.configure(request.storage_settings(args.storage))
    columns = Columns(
        tuple(args.text_column), tuple(args.image_column), args.id_column, tuple(map(condition, args.where))
    )
    skipped: list[str] = []
    items = read_items(map(storage.absolute, args.files), columns, skipped.append)
    task = build_task(args.name, items, args.ngram, not args.no_flips)
    if not len(task.grams.keys) and not len(task.pictures):
        raise UserError(
            f"{args.name}: neither a text nor a picture was found in {', '.join(args.files)}; nothing was written"
        )
    about = write_task(storage.absolute(args.output), task)
    for line in [] if args.quiet else remarks(about.counts, skipped):
        terminal.say(f"{terminal.program()}: {line}")
    if args.json:
        terminal.out(
            json.dumps({"output": args.output, "name": about.name, "digest": about.digest, **about.counts}, indent=2)
        )
    else:
        terminal.out("\n".join(lines(args, about.counts)))
    return 0


def condition(text: str) -> tuple[str, str]:
    """A column and the value that it is to have. Raises UserError.

    >>> condition("split=test")
    ('split', 'test')
    """
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UserError(f"--where {text}: expected COLUMN=VALUE, for example split=test")
    return name, value


def remarks(told: Mapping[str, int], skipped: list[str]) -> list[str]:
    """What was not indexed, and why."""
    said = []
    if skipped:
        said.append(
            f"{count(len(skipped), 'file')} in folders that are no images were not read, for example {skipped[0]}"
        )
    if told["images_unreadable"]:
        said.append(f"{count(told['images_unreadable'], 'image')} could not be read")
    if told["images_plain"]:
        said.append(
            f"{count(told['images_plain'], 'image')} of one colour cannot be told from others and are not looked for"
        )
    return said


def lines(args: argparse.Namespace, told: Mapping[str, int]) -> list[str]:
    """The index in words."""
    rows = [
        ("items", number(told["items"]), ""),
        ("texts", number(told["texts"]), f"{number(told['ngrams'])} n-grams of {args.ngram} words"),
        ("images", number(told["images"]), f"{number(told['hashes'])} hashes"),
    ]
    return [
        f"{args.output}: the task {args.name}",
        *table(rows),
        "",
        f"{terminal.program()} run --tasks {args.output} ...   keeps these out of the corpora",
    ]
