"""One record's head and payload, as stored -> a capture with its codings undone."""

from schemas.outcomes import Fault, RecordError
from schemas.records import Capture
from transforms.warc.codings import decoded
from transforms.warc.heads import Head, Headers, begins_http, check, http_head, media_type, value
from transforms.warc.limits import Limits


def capture(head: Head, payload: bytes, place: tuple[int, int, bool, int], limits: Limits) -> Capture:
    """The capture in a record; `place` is its offset, its length, whether a reader can enter there, and how far inside a member it is.

    Raises `RecordError` for a record without a target, with an impossible date, with a payload that should be an HTTP message and is not,
    or with a body beyond the limits.
    """
    check(head)
    if head.length > limits.payload:
        raise RecordError(Fault.OVERSIZE, f"the record holds {head.length} bytes, the limit is {limits.payload}")
    status, headers, body, early = _message(head, payload, limits)
    # What the server declared names the body; where there is no HTTP message the record's own type does.
    kind, charset = media_type(value(headers, "content-type") if status else head.media_type)
    offset, length, seekable, within = place
    truncated = head.truncated or early
    return Capture(
        head.kind, head.url, head.date, offset, length, seekable,
        status, kind, charset, headers, body, truncated, within, head.refers_to, head.said,
    )  # fmt: skip


def _message(head: Head, payload: bytes, limits: Limits) -> tuple[int, Headers, bytes, str]:
    """Status, headers, body and what ended it early; (0, (), payload, "") where the payload is no HTTP response."""
    if head.kind == "revisit":
        # The block of a revisit may be empty or hold the HTTP head; its body is that of an earlier record.
        status, headers, _ = http_head(payload, limits.header) if begins_http(payload) else (0, (), 0)
        return status, headers, b"", ""
    if not _is_http(head, payload):
        return 0, (), payload, ""
    status, headers, begin = http_head(payload, limits.header)
    return status, headers, *decoded(payload[begin:], headers, limits)


def _is_http(head: Head, payload: bytes) -> bool:
    """Whether the payload is, or ought to be, an HTTP response."""
    if head.kind != "response":
        return False
    if head.arc:
        return begins_http(payload) or head.url[:5].lower() in ("http:", "https")
    return begins_http(payload) or head.media_type.lower().startswith("application/http")
