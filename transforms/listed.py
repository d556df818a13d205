"""What a list says of an image that it names: the block of a metadata record. Pure.

A crawl writes such a record behind a response whose list has captions, and the readers of image sets make one of each sample. So the
captions of lists are staged in one way, whoever fetched the images.
"""

import re
from typing import NamedTuple

from transforms.warc.heads import fields, value
from transforms.warc.write import WARC_FIELDS, fields_block

KIND = "metadata"  # WARC-Type of the record
REQUESTED, PAGE, CAPTION = "requested", "page", "caption"  # its fields; the last may be repeated
_SAYS_CAPTION = re.compile(rb"^caption:", re.MULTILINE)


class Listed(NamedTuple):
    """An image of a list: its address, its captions there, and the page that shows it ("" where the list names none)."""

    url: str
    captions: tuple[str, ...] = ()
    page: str = ""


def listed_block(listed: Listed) -> bytes:
    """The block that says so.

    >>> listed_block(Listed("http://ex.com/a.jpg", ("A boat",)))
    b'requested: http://ex.com/a.jpg\\r\\ncaption: A boat\\r\\n'
    """
    return fields_block([(REQUESTED, listed.url), (PAGE, listed.page), *caption_fields(listed.captions)]).data


def caption_fields(captions: tuple[str, ...]) -> list[tuple[str, str]]:
    """The fields of captions."""
    return [(CAPTION, caption) for caption in captions]


def says_captions(media_type: str, block: bytes) -> bool:
    """Whether the block of a metadata record says what a list does; those of other tools do not.

    >>> says_captions("application/warc-fields", b"caption: A boat"), says_captions("application/json", b"caption: A boat")
    (True, False)
    """
    return media_type.lower().startswith(WARC_FIELDS) and bool(_SAYS_CAPTION.search(block))


def read_listed(block: bytes, url: str = "") -> Listed:
    """What a block says; `url` is the address where it names none.

    >>> read_listed(listed_block(Listed("http://ex.com/a.jpg", ("A boat", "Un bateau"), "http://ex.com/")))
    Listed(url='http://ex.com/a.jpg', captions=('A boat', 'Un bateau'), page='http://ex.com/')
    """
    found = fields(block)
    captions = tuple(text for name, text in found if name == CAPTION)
    return Listed(value(found, REQUESTED) or url, captions, value(found, PAGE))
