"""What a capture is: a page, an image, or something that is counted and left; and what the isolator is asked about it."""

from schemas.records import Capture
from schemas.tasks import ImageTask, ListedTask, PageTask
from transforms.consent.policies import is_rules, kind_of
from transforms.html.urls import join
from transforms.image.sniff import DECODED, sniff
from transforms.listed import KIND as LISTED
from transforms.listed import read_listed
from transforms.warc.heads import value

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
# The rule by which a policy file of a site leaves the captures: it is no item, but binds those of its origin.
POLICY_FILE = "policy_file"
# Those by which a capture that only names another address leaves: it is no item either, but leads references to one.
REDIRECT, REVISIT = "redirect", "revisit"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))

VAGUE_TYPES = frozenset({"", "application/octet-stream", "application/unknown", "text/plain", "unk", "no-type"})


def refusal(capture: Capture) -> tuple[str, float | None]:
    """The rule by which a capture is neither a page nor an image, and the value it judged; ("", None) where it is one, or what a list
    says of an image."""
    if capture.kind == LISTED:
        return "", None
    if capture.kind == "revisit":
        return REVISIT, None
    if redirect_target(capture):
        return REDIRECT, float(capture.status)
    if capture.status and not 200 <= capture.status < 300:
        return "http_status", float(capture.status)
    if is_policy(capture):
        return POLICY_FILE, None
    if not capture.body:
        return "empty_body", 0.0
    return ("", None) if is_image(capture) or is_page(capture) else ("media_type", None)


def refusal_of_fetched(capture: Capture) -> tuple[str, float | None]:
    """The same of a capture that was fetched for its image: a page there is none that anybody asked for."""
    rule, value = refusal(capture)
    return (rule, value) if rule or is_image(capture) else ("media_type", None)


def redirect_target(capture: Capture) -> str:
    """Where a response sends whoever asks for its address; "" where it sends nobody, or to what is no web address."""
    if capture.status not in _REDIRECTS:
        return ""
    location = value(capture.headers, "location").strip()
    return (location and join(capture.url, location)) or ""


def alias_of(capture: Capture) -> str:
    """The address under which the payload of a redirect or of a revisit lies; "" where none is named."""
    return capture.refers_to if capture.kind == "revisit" else redirect_target(capture)


def is_policy(capture: Capture) -> bool:
    """Whether the payload is a policy file of its site, whatever its declared type; a page (of "not found") or a picture there is none.

    An empty file allows all, but one of which the archive holds nothing says nothing: a crawl cuts what was no such file.
    """
    return bool(kind_of(capture.url)) and is_rules(capture.body) and bool(capture.body or not capture.truncated)


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


def page_address(capture: Capture) -> str:
    """The address of a page; of what a list says of an image that of the page that shows it, or else the image's own."""
    if capture.kind != LISTED:
        return capture.url
    said = read_listed(capture.body, capture.url)
    return said.page or said.url


def task_of(capture: Capture) -> PageTask | ImageTask | ListedTask:
    """What the isolator is asked about a capture."""
    if capture.kind == LISTED:
        return ListedTask(capture.url, capture.body)
    if is_image(capture):
        return ImageTask(capture.body)
    return PageTask(capture.url, capture.body, capture.charset, capture.headers, capture.kind == "conversion")
