"""What a capture is: a page, an image, or something that is counted and left; and what the isolator is asked about it."""

from schemas.records import Capture
from schemas.tasks import ImageTask, PageTask
from transforms.consent.policies import kind_of
from transforms.image.sniff import DECODED, sniff

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
# The rule by which a policy file of a site leaves the captures: it is no item, but binds those of its origin.
POLICY_FILE = "policy_file"

VAGUE_TYPES = frozenset({"", "application/octet-stream", "application/unknown", "text/plain", "unk", "no-type"})


def refusal(capture: Capture) -> tuple[str, float | None]:
    """The rule by which a capture is neither a page nor an image, and the value it judged; ("", None) where it is one."""
    if capture.kind == "revisit":
        return "revisit", None
    if capture.status and not 200 <= capture.status < 300:
        return "http_status", float(capture.status)
    if is_policy(capture):
        return POLICY_FILE, None
    if not capture.body:
        return "empty_body", 0.0
    return ("", None) if is_image(capture) or is_page(capture) else ("media_type", None)


def is_policy(capture: Capture) -> bool:
    """Whether the payload is a policy file of its site, whatever its declared type; a page (of "not found") or a picture there is none."""
    if not kind_of(capture.url):
        return False
    return not sniff(capture.body) or capture.body.lstrip().startswith(b"<!--")  # a comment may stand before rules


def is_image(capture: Capture) -> bool:
    """Whether the payload is an image by its bytes, or claims to be one (then what it is instead becomes a fault)."""
    return sniff(capture.body) in DECODED or capture.media_type.startswith("image/")


def is_page(capture: Capture) -> bool:
    """Whether the payload is HTML, by its declared type or, where that says nothing, by its first bytes; or a WET record's text."""
    if capture.kind == "conversion":
        return capture.media_type == "text/plain"
    if capture.media_type in HTML_TYPES:
        return True
    head = capture.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return capture.media_type in VAGUE_TYPES and head.startswith((b"<!doctype html", b"<html"))


def task_of(capture: Capture) -> PageTask | ImageTask:
    """What the isolator is asked about a capture."""
    if is_image(capture):
        return ImageTask(capture.body)
    return PageTask(capture.url, capture.body, capture.charset, capture.headers, capture.kind == "conversion")
