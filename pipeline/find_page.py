"""One page out of some archives, by its address; where it is not there, what is nearest."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.image_sets import is_set
from pipeline.inputs import find_inputs
from pipeline.stage.classify import POLICY_FILE, is_image, refusal
from pipeline.wacz import open_part, parts_of
from schemas.outcomes import UserError
from schemas.records import Capture
from transforms.listed import KIND as LISTED
from transforms.warc.read import read_captures


def find_page(url: str, patterns: Sequence[str]) -> Capture:
    """The first capture of an address that is an HTML page. Raises UserError that says what was found instead."""
    seen = near = ""
    for capture in captures(find_inputs(patterns).files):
        if capture.url == url:
            why = unusable(capture)
            if not why:
                return capture
            seen = seen or why
        elif not unusable(capture):
            near = max(near, capture.url, key=lambda other: likeness(url, other))
    if seen:
        raise UserError(f"{url}: {seen}")
    raise UserError(f"{url}: not in the archives; " + (f"the nearest page is {near}" if near else "no page is"))


def captures(files: Mapping[str, int]) -> Iterator[Capture]:
    """All captures of the archives in some files, which are given with their sizes; image sets hold no page."""
    for path, size in files.items():
        if is_set(path):
            continue
        for part in parts_of(path, size)[0]:
            with open_part(path, part) as stream:
                found = (item for item in read_captures(stream) if isinstance(item, Capture))
                yield from (capture for capture in found if capture.kind != LISTED)


def unusable(capture: Capture) -> str:
    """What keeps a capture from being shown as a page, "" where nothing does; a run asks `refusal` the same."""
    said = {
        "revisit": "this capture only points to an earlier one (revisit)",
        "redirect": f"the server sent elsewhere ({capture.status})",
        "http_status": f"the server answered {capture.status}",
        "empty_body": "empty",
        POLICY_FILE: "a policy file of its site, no page",
        "media_type": f"{capture.media_type or 'of no declared type'}, not HTML",
    }
    if capture.kind == "conversion":
        return "plain text of a WET record, not HTML"
    rule, _ = refusal(capture)
    return said.get(rule, said["media_type"]) if rule or is_image(capture) else ""


def likeness(url: str, other: str) -> tuple[int, int]:
    """How near two addresses are: characters that agree from the host on, then from the end."""
    left, right = (re.sub(r"^(https?:)?(//)?(www\.)?", "", address.lower()) for address in (url, other))
    return common(left, right), common(left[::-1], right[::-1])


def common(left: str, right: str) -> int:
    """How many characters two texts begin with in common."""
    return next(
        (place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(map(len, (left, right)))
    )
