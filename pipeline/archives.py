"""Opens what an input holds, whichever kind of file it is: web archives record by record, shards of image sets sample by sample."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from pipeline import storage
from pipeline.image_sets import find_image, folder_of, is_set, is_tar, table_of
from pipeline.inputs import source_of
from pipeline.named_archives import archive_path
from pipeline.plan import Span
from pipeline.wacz import open_part
from schemas.records import Capture, Damage, Told
from transforms.samples.read import read_image, read_samples
from transforms.samples.table import read_failures, read_table
from transforms.warc.read import Tally, read_at, read_captures

# Bytes behind a unit that are read along with it, since its last record ends there: fewer than what a second request costs.
BEHIND = 256 * 2**10

Item = Capture | Damage | Told


@contextmanager
def opened_items(root: str, span: Span, tally: Tally | None = None) -> Iterator[Iterator[Item]]:
    """What a span holds, in order, while the block runs. Raises FileNotFoundError."""
    tally, path = Tally() if tally is None else tally, archive_path(root, span.file)
    is_table = not span.within and is_set(span.name) and not is_tar(span.name)
    scan = (0, 0) if is_table else (span.start, span.end + BEHIND)
    with ExitStack() as stack:
        stream = stack.enter_context(open_part(path, span.part, span.size if span.size > 0 else None, scan))
        if span.within or not is_set(span.name):
            yield read_captures(stream, start=span.start, end=span.end, tally=tally)
        elif is_tar(span.name):
            keys: set[str] = set()
            table = table_of(path)
            named = source_of(table_of(span.name))
            beside = stack.enter_context(storage.open_for_reading(table)) if storage.exists(table) else None

            def items() -> Iterator[Item]:
                # A table names each sample that the tar lacks; without one only the mark at a tar's end says that it is whole.
                yield from read_samples(stream, span.size, keys, tally, marked=beside is None)
                if beside is not None:
                    yield from read_failures(beside, named, keys)

            yield items()
        else:
            tally.size = tally.ended = span.size
            yield read_table(stream, span.source, partial(find_image, folder_of(path)), tally)


def image_of_record(name: str, record: bytes) -> Capture:
    """The image whose record in the archive of a name holds these bytes. Raises RecordError."""
    return read_image(record) if is_tar(name) else read_at(io.BytesIO(record), 0, len(record))
