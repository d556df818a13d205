"""The table of a crawl: one row for each address of its lists, however it ended."""

import pyarrow as pa

from schemas.tables import LABEL, Column, Table

KEPT, DROPPED, FAILED, DUPLICATE = "kept", "dropped", "failed", "duplicate"
ROBOTS_RULE = "robots_disallow"
DELAY_RULE = "crawl_delay"  # robots.txt asks for a longer pause than a crawl can wait
LEFT_RULE = "left_for_later"  # of an account: addresses of waves that were not begun; they have no row yet
FULL_RULE = "most_of_domain"  # of an account: addresses that were found of a domain beyond what a round asks it for; they have no row
NOT_AN_IMAGE = "not_an_image"  # of what was fetched for its image: why a run has none of it
ADDRESS_KEY = "address"  # by which one row stands for another ...
RECORD_KEY = "record"  # ... of an index: the place of a record

CONSENT = pa.list_(
    pa.struct([("signal", pa.string()), ("line", pa.string()), ("source", pa.string()), ("date", pa.string())])
)
ROBOTS_SAID = (
    "what robots.txt says to this crawler of the last address that it was to ask: `allowed`, `no file`, `unreachable`, or the line that "
    "forbids it"
)
CONSENT_SAID = (
    "what was said about the use of the address, and of those that its redirects led to, at most 64 lines: by files of their sites "
    "(`robots.txt: gptbot: disallow: /`, `tdmrep.json: /: tdm-reservation: 1`, `ai.txt: *: disallow: *.jpg`), and by headers of answers "
    "(`x-robots-tag: noai`). Each has the `signal` that it gives (empty: none), the `line` and the `source`, 500 characters each at most, "
    "and the `date` of that answer. What tags of a page say stands in the page"
)
COPIES = (
    "rows of the lists that this one tells of: 1, but of the copies of an address beyond the first hundred, which have one row together, "
    "under the id of their first"
)
FETCHES_TABLE = Table(
    "fetches",
    "One address of a list, or one record of an index, that `triptych crawl` was given or found, once its outcome is known.",
    (
        Column("id", pa.string(), "`LIST-ROW`, both from 0, of an index by its selected rows; of several the last `round` counts"),
        Column("round", pa.int32(), "round of the crawl, from 1: of its lists, of sitemaps, of links of a depth, of what failed before"),
        Column("url", pa.string(), "address as the list has it"),
        Column("outcome", pa.string(), "kept, dropped, failed or duplicate", LABEL),
        Column("reason", pa.string(), "rule that dropped it, fault that it met, what a duplicate shares (`address`, `record`)", LABEL),
        Column("transient", pa.bool_(), "whether it failed in a way that may be well another time (`--retry-failed` fetches it again)"),
        Column("detail", pa.string(), "what was seen, at most 500 characters; empty where there is nothing to say"),
        Column("of", pa.string(), "id of the row of the same address or record that stands for it", empty="no duplicate"),
        Column("copies", pa.int64(), COPIES),
        Column("status", pa.int32(), "HTTP status of the last answer", empty="no answer came"),
        Column("final_url", pa.string(), "address that gave the last answer, behind redirects", empty="no answer came"),
        Column("redirects", pa.int32(), "redirects that were followed"),
        Column("archive", pa.string(), "archive file that holds the response, relative to the crawl's folder", LABEL, "not kept"),
        Column("offset", pa.int64(), "byte offset of the response's record in that archive", empty="not kept"),
        Column("length", pa.int64(), "bytes of the record there", empty="not kept"),
        Column("bytes", pa.int64(), "bytes of the body, its codings undone", empty="not kept, or it does not decode"),
        Column("sha256", pa.string(), "SHA-256 of that body, 64 hex digits", empty="as `bytes`"),
        Column("media_type", pa.string(), "declared media type, lower case", LABEL, "not kept"),
        Column("sniffed", pa.string(), "what its first bytes say: jpeg, png, html, ...; empty where they do not tell", LABEL, "as `bytes`"),
        Column("truncated", pa.string(), "why the body is cut (WARC-Truncated); empty where it is whole", LABEL),
        Column("date", pa.string(), "when the last request began, ISO 8601; of a record out of an archive its own", empty="no answer came"),
        Column("captions", pa.list_(pa.string()), "its captions in the lists; of one that stands for duplicates theirs too, 32 at most"),
        Column("seconds", pa.float64(), "seconds that all requests for it took", empty="no answer came, or taken from an archive"),
        Column("taken_from", pa.string(), "archive that the record was copied from, as the index names it", LABEL, "fetched from its host"),
        Column("taken_offset", pa.int64(), "byte offset of the record there", empty="fetched from its host, or none is named"),
        Column("robots", pa.string(), ROBOTS_SAID, LABEL, "not known"),
        Column("signals", pa.list_(pa.string()), "the opt-outs that `consent` gives, as recipes name them", empty="not asked"),
        Column("consent", CONSENT, CONSENT_SAID, empty="not asked"),
    ),
)  # fmt: skip
