"""A tiny writer of WACZ files: fixed dates, so that the same call gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Mapping


def wacz(archives: Mapping[str, bytes], packed: bool = False, **others: bytes) -> bytes:
    """A WACZ that holds these archives by name, stored as the specification asks, or `packed`; and what stands beside them in one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:

        def put(name: str, data: bytes, how: int) -> None:
            file.writestr(zipfile.ZipInfo(name, (2024, 5, 18, 1, 58, 10)), data, how)

        put("pages/pages.jsonl", b'{"format": "json-pages-1.0"}\n' * 20, zipfile.ZIP_DEFLATED)
        for name, data in archives.items():
            put(name, data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
        put("indexes/index.cdx.gz", b"\x1f\x8b\x08 no member", zipfile.ZIP_STORED)
        for name, data in others.items():
            put(name, data, zipfile.ZIP_STORED)
        put("datapackage.json", json.dumps({"profile": "data-package"}).encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
