"""The table of a crawl: one row for each address of its lists, however it ended."""

import pyarrow as pa

from schemas.tables import LABEL, Column, Table

KEPT, DROPPED, FAILED, DUPLICATE = "kept", "dropped", "failed", "duplicate"
ROBOTS_RULE = "robots_disallow"
DELAY_RULE = "crawl_delay"  # robots.txt asks for a longer pause than a crawl can wait
LEFT_RULE = "left_for_later"  # of an account: addresses of waves that were not begun; they have no row yet
ADDRESS_KEY = "address"  # by which one row stands for another

FETCHES_TABLE = Table(
    "fetches",
    "One address of a list that `triptych crawl` was given, once its outcome is known.",
    (
        Column("id", pa.string(), "which list and which row of it, both from 0: `LIST-ROW`; unique in a crawl, but for attempts"),
        Column("attempt", pa.int32(), "1, and one more each time that failed addresses are fetched again"),
        Column("url", pa.string(), "address as the list has it"),
        Column("outcome", pa.string(), "kept, dropped, failed or duplicate", LABEL),
        Column("reason", pa.string(), "rule that dropped it, fault that it met, `address` of a duplicate; empty where it is kept", LABEL),
        Column("transient", pa.bool_(), "whether it failed in a way that may be well another time (`--retry-failed` fetches it again)"),
        Column("detail", pa.string(), "what was seen, at most 500 characters; empty where there is nothing to say"),
        Column("of", pa.string(), "id of the row of the same address that stands for it", empty="no duplicate"),
        Column("status", pa.int32(), "HTTP status of the last answer", empty="no answer came"),
        Column("final_url", pa.string(), "address that gave the last answer, behind redirects", empty="no answer came"),
        Column("redirects", pa.int32(), "redirects that were followed"),
        Column("archive", pa.string(), "archive file that holds the response, relative to the crawl's folder", LABEL, "not kept"),
        Column("offset", pa.int64(), "byte offset of the response's record in that archive", empty="not kept"),
        Column("length", pa.int64(), "bytes of the record there", empty="not kept"),
        Column("bytes", pa.int64(), "bytes of the body, transfer and content codings undone", empty="not kept"),
        Column("sha256", pa.string(), "SHA-256 of that body, 64 hex digits", empty="not kept"),
        Column("media_type", pa.string(), "declared media type, lower case", LABEL, "not kept"),
        Column("sniffed", pa.string(), "what its first bytes say: jpeg, png, html, ...; empty where they do not tell", LABEL, "not kept"),
        Column("truncated", pa.string(), "why the body is cut (WARC-Truncated); empty where it is whole", LABEL),
        Column("date", pa.string(), "when the last request began, ISO 8601", empty="no answer came"),
        Column("seconds", pa.float64(), "seconds that all requests for it took", empty="no answer came"),
    ),
)  # fmt: skip
