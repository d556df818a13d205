"""Archives of any size out of a few: the same pages with their words in another order, which no deduplication takes for the same.

    volume.py --input FILE ... --records N --archives K --out DIR

The HTML records of the inputs go round until each of K archives has N of them. From the second round on the words between two tags come in
another order and the page has another host; so it has the size, the structure and about the language of a real page, and shares no run of
words with it. All other records, as pictures, are dealt out once, as they are. Needs warcio.
"""

import argparse
import itertools
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2024-05-18T01:58:10Z"
# Text between two tags; what stands in scripts and styles is no text.
CODE = re.compile(rb"(<(?:script|style)\b.*?</(?:script|style)\s*>)", re.I | re.S)
TEXT = re.compile(rb">([^<>]{20,})<")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave for a URL."""

    url: str
    type: str
    body: bytes

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.type.startswith("text/html")


def answers(files: Iterable[Path]) -> Iterator[Answer]:
    """All responses in archives."""
    for file in files:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    kind = record.http_headers.get_header("Content-Type") or ""
                    yield Answer(record.rec_headers.get_header("WARC-Target-URI"), kind, record.content_stream().read())


def other(page: Answer, turn: int) -> Answer:
    """The page in round `turn`; itself in the first.

    >>> other(Answer("http://a.org/b", "text/html", b"<p>one two three four five</p>"), 1).body
    b'<p>two one four five three</p>'
    """
    if not turn:
        return page
    order = random.Random(f"{turn} {page.url}")

    def mixed(found: "re.Match[bytes]") -> bytes:
        words = found[1].split()
        order.shuffle(words)
        return b">" + b" ".join(words) + b"<"

    parts = CODE.split(page.body)
    body = b"".join(part if place % 2 else TEXT.sub(mixed, part) for place, part in enumerate(parts))
    return Answer(page.url.replace("://", f"://r{turn}.", 1), page.type, body)


def write(file: Path, found: Iterable[Answer]) -> None:
    """An archive of responses; the same give the same bytes."""
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number, each in enumerate(found):
            headers = [("Content-Type", each.type), ("Content-Length", str(len(each.body)))]
            name = f"<urn:uuid:00000000-0000-0000-0000-{number:012d}>"
            record = writer.create_warc_record(
                each.url,
                "response",
                payload=BytesIO(each.body),
                length=len(each.body),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": DATE, "WARC-Record-ID": name},
            )
            writer.write_record(record)


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", nargs="+", type=Path, required=True)
    parser.add_argument("--records", type=int, required=True, help="pages of an archive")
    parser.add_argument("--archives", type=int, default=8)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True)
    found = list(answers(args.input))
    pages, rest = [each for each in found if each.is_page], [each for each in found if not each.is_page]
    turned = (other(page, turn) for turn in itertools.count() for page in pages)
    for number in range(args.archives):
        own = [*itertools.islice(turned, args.records), *rest[number :: args.archives]]
        write(args.out / f"{number:03}.warc.gz", own)


if __name__ == "__main__":
    main()
