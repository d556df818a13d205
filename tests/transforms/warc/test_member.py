"""What lies where an index says a record is: one member, one record, and its digest."""

import gzip
import hashlib
from functools import partial

import pytest

from schemas.outcomes import Fault, RecordError
from tests.support.archives import response
from tests.support.indexed import sha1_digits
from transforms.warc.limits import Limits
from transforms.warc.member import digest_differs, http_of, only_record

URL, BODY = "http://ex.com/", b"<p>a page"
RECORD = response(URL, BODY, "text/html")
packed = partial(gzip.compress, mtime=0)
MEMBER = packed(RECORD)


def test_a_record() -> None:
    """A whole member gives the record's head and the HTTP message in it."""
    found = only_record(MEMBER, Limits())
    status, headers, body = http_of(found, Limits())
    assert (found.head.url, found.head.kind, status, body) == (URL, "response", 200, BODY)
    assert ("Content-Type", "text/html") in headers


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.GZIP_DAMAGE),
        (RECORD, Fault.GZIP_DAMAGE),
        (MEMBER[1:], Fault.GZIP_DAMAGE),
        (MEMBER[:-1], Fault.TRUNCATED),
        (MEMBER + b"x", Fault.GZIP_DAMAGE),
        (MEMBER + MEMBER, Fault.GZIP_DAMAGE),
        (MEMBER[:-8] + bytes(8), Fault.GZIP_DAMAGE),
        (packed(RECORD + RECORD), Fault.BAD_RECORD),
        (packed(b"no record"), Fault.BAD_RECORD),
        (packed(RECORD[:-20]), Fault.BAD_RECORD),
        (packed(RECORD.replace(b"WARC-Type: response", b"WARC-Type: request")), Fault.BAD_RECORD),
        (packed(bytes(200 << 20)), Fault.OVERSIZE),
    ],
    ids=range(12),
)
def test_what_is_none(data: bytes, fault: Fault) -> None:
    """Everything else says what it is, and a bomb is not inflated to its end."""
    with pytest.raises(RecordError) as error:
        only_record(data, Limits())
    assert error.value.fault == fault


def test_digests() -> None:
    """The index's digest is that of the bytes, or the one that the record states; one of another kind is compared with the stated alone."""
    found = only_record(MEMBER, Limits())
    right = f"sha1:{sha1_digits(BODY)}"
    assert digest_differs(right, found, BODY) == digest_differs(right[5:], found, BODY) == ""
    assert digest_differs("A" * 32, found, BODY) == right[5:]
    assert digest_differs("sha1:" + "A" * 32, found._replace(stated="sha1:" + "A" * 32), BODY) == ""
    assert digest_differs(f"sha256:{hashlib.sha256(BODY).hexdigest()}", found._replace(stated=""), BODY) == ""
    assert digest_differs("sha256:" + "0" * 64, found, BODY) == hashlib.sha256(BODY).hexdigest().upper()
    assert digest_differs("sha256:00", found._replace(stated=""), BODY) == ""
    assert digest_differs("sha256:00", found._replace(stated="sha256:01"), BODY) == "01"
