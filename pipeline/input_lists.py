"""Lists of inputs in a file, as archives publish them: a path or address a line, maybe below a base, maybe in gzip."""

import gzip
from io import BytesIO

from pipeline import storage
from pipeline.given_files import read_as_its_kind
from schemas.outcomes import UserError

MOST_BYTES = 2**28  # of a list, unpacked: a snapshot of Common Crawl names its archives in 13 MB
MOST_NAME = 8192  # characters of an input's name: a path may have 4096, an address that is signed some more


def read_inputs(path: str, base: str | None) -> tuple[str, ...]:
    """The inputs that a list names, in its order; `base` is put before each that is neither an address nor a path from the root on.

    Raises UserError for a list that cannot be read or is empty, and for a name that needs a base where none is given.
    """
    with read_as_its_kind(path):
        data = storage.read_bytes(path)
        if path.lower().endswith(".gz"):
            with gzip.open(BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UserError(f"{path} holds more than {MOST_BYTES:,} bytes unpacked: cut it into several lists")
        text = data.decode("utf-8-sig")
    names = [name for line in text.splitlines() if (name := line.strip())]
    if not names:
        raise UserError(f"{path} names no input: it has one a line")
    longest = max(map(len, names))
    if longest > MOST_NAME:
        raise UserError(f"{path} has a line of {longest:,} characters, which names no input: it has one a line")
    return tuple(placed(name, base, path) for name in names)


def placed(name: str, base: str | None, path: str) -> str:
    """Where an input of a list lies.

    >>> placed("crawl-data/a.warc.gz", "s3://commoncrawl/", "warc.paths"), placed("/data/a.warc.gz", "s3://commoncrawl/", "warc.paths")
    ('s3://commoncrawl/crawl-data/a.warc.gz', '/data/a.warc.gz')
    """
    if storage.is_remote(name) or name.startswith("/"):
        return name
    if base is None:
        raise UserError(
            f"{path} names {name}, which is relative: say where it lies by --archives, a folder, s3://commoncrawl/ or "
            "https://data.commoncrawl.org/"
        )
    return storage.join(base, name)
