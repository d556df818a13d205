"""What a crawl says of addresses, as media of a unit that was fetched."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.stage.fetched import Came, count_fetch, tell_fetch
from pipeline.stage.index_parts import IndexParts
from pipeline.stage.media import MediaRows
from pipeline.stage.unit_record import OutcomeCounts
from schemas.index import ALIAS, MEDIA, RANK_FETCHED, RANK_REASON, RANK_UNDECODED, VIA_REDIRECT
from schemas.records import Capture
from transforms.dedup.keys import address_key
from transforms.html.directives import signal_bits

URL, LED = "http://ex.org/a.png", "http://ex.org/b.png"


def row(outcome: str, reason: str = "", status: int | None = 200, final: str | None = URL) -> Mapping[str, Any]:
    """A row of `fetches`."""
    said = {"id": "0-1", "url": URL, "outcome": outcome, "reason": reason, "detail": "seen", "of": None}
    return {**said, "status": status, "final_url": final, "offset": 7, "date": "2026-11-27T16:30:05Z"}


def told(
    one: Mapping[str, Any], image: tuple[bytes, bool] | None = None, came: Came | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The media and the aliases that come of a row."""
    with MediaRows(fetched=True) as media:
        tell_fetch(one, 9, media, image, came or Came())
        parts = (b"".join(media.rows()), MEDIA), (b"".join(media.aliases()), ALIAS)
        found, aliases = (np.frombuffer(data, dtype) for data, dtype in parts)
    return found, aliases


def key(rows: np.ndarray, high: str = "high", low: str = "low") -> list[bytes]:
    """The keys of rows."""
    return [int(one[high]).to_bytes(8) + int(one[low]).to_bytes(8) for one in rows]


def test_an_image_behind_redirects_is_led_to() -> None:
    """From the address that was asked for to where it lies, at once; one that lies where it was asked for needs nothing."""
    media, aliases = told(row("kept", final=LED), (b"i" * 16, True))
    assert not len(media) and key(aliases) == [address_key(URL)]
    assert key(aliases, "to_high", "to_low") == [address_key(LED)] and aliases["via"].tolist() == [VIA_REDIRECT]
    assert [len(rows) for rows in told(row("kept"), (b"i" * 16, True))] == [0, 0]


def test_an_address_without_an_image_says_why() -> None:
    """A fault, a rule, what is no image; what could not be decoded is such under the address that was asked for too."""
    for one, reason, status in (
        (row("failed", "http_4xx", 404), b"http_4xx", 404),
        (row("dropped", "robots_disallow", None, None), b"robots_disallow", 0),
        (row("kept"), b"not_an_image", 200),
    ):
        (medium,), aliases = told(one)
        assert (medium["reason"], medium["status"], medium["rank"], medium["unit"]) == (reason, status, RANK_REASON, 9)
        assert not len(aliases) and key(np.array([medium])) == [address_key(URL)]
    (medium,), _ = told(row("kept", final=LED), (b"i" * 16, False))
    assert (medium["reason"], medium["rank"]) == (b"", RANK_FETCHED | RANK_UNDECODED)


def test_what_redirects_say_binds_the_image() -> None:
    """Every one between the address that was asked for and where the image lies; no other."""
    came, between = Came(), "http://ex.org/between"
    for url, to, said in ((URL, between, "noai"), (between, LED, "noimageai"), (LED, URL, "noindex")):
        headers = (("Location", to), ("X-Robots-Tag", said))
        came.redirect(Capture("response", url, "", 0, 1, True, 302, "", "", headers, b"", ""))
    _, aliases = told(row("kept", final=LED), (b"i" * 16, True), came)
    assert aliases["signals"].tolist() == [signal_bits(("robots: noai", "robots: noimageai"))]
    assert came.said_between(URL, "http://ex.org/nowhere") > 0  # redirects in a circle end


def test_an_address_that_was_led_to_says_why_too() -> None:
    """A later round does not ask for it again."""
    media, _ = told(row("failed", "http_4xx", 404, LED))
    assert key(media) == [address_key(URL), address_key(LED)] and media["status"].tolist() == [404, 404]


def test_each_address_is_counted_and_what_left_has_a_row() -> None:
    """By outcome and reason (law 3)."""
    counts = OutcomeCounts()
    with IndexParts() as index:
        for one in (
            row("kept"),
            row("failed", "timeout", None),
            row("dropped", "robots_disallow"),
            {**row("duplicate", "address"), "of": "0-0"},
        ):
            count_fetch(one, "fetched:archive/0000/000000-0000.warc.gz", index, counts)
        assert [index.total(name) for name in ("dropped", "failed")] == [2, 1]
    plain = counts.plain()
    assert (plain["kept"], plain["dropped"], plain["failed"]) == (1, {"robots_disallow": 1}, {"timeout": 1})
    assert plain["duplicates"] == {"address": 1}
