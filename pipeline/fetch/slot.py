"""One handle of libcurl, which makes one request at a time: what is set on it, what it calls back, and its errors in our words.

libcurl is told where to connect and follows nothing, keeps no cookies, and reads no proxy or netrc of the environment. Each address that
a socket is about to be opened to is judged once more, whatever led libcurl there.
"""

import io
import re
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import certifi
import pycurl

from pipeline.fetch.exchange import Hop, Limits, Settings
from transforms.fetch.address import PORT_OF, Target, refusal
from transforms.fetch.faults import FetchFault

ACCEPTED = {"accept": "*/*", "accept-encoding": "gzip, deflate, br, zstd"}  # codings that transforms/warc undoes
RESERVED = frozenset(
    {"host", "user-agent", "connection", "cookie", "authorization", "content-length", "transfer-encoding"}
)
_PLAIN = re.compile(r"[\x20-\x7e]*")
_NAME = re.compile(r"[A-Za-z0-9!#$&'*+.^_`|~-]+")
_STATUS = re.compile(rb"HTTP/1\.[0-9] [1-9][0-9]{2}[ \r\n]")
_TOO_SLOW = "Operation too slow"  # how libcurl tells this from other time that ran out

# libcurl's codes that a server can bring about (its manual, libcurl-errors(3)). Any other is a bug, of this client or of its set-up.
_FAULTS: Mapping[int, FetchFault] = {
    1: FetchFault.BAD_RESPONSE,  # HTTP/0.9, or an HTTP version that is none
    3: FetchFault.BAD_URL,
    7: FetchFault.RESET,  # no connection
    8: FetchFault.BAD_RESPONSE,  # no HTTP
    16: FetchFault.BAD_RESPONSE,
    18: FetchFault.RESET,  # fewer bytes than were announced
    28: FetchFault.TIMEOUT,
    35: FetchFault.TLS_ERROR,
    52: FetchFault.RESET,  # not one byte
    55: FetchFault.RESET,
    56: FetchFault.RESET,
    58: FetchFault.TLS_ERROR,
    59: FetchFault.TLS_ERROR,
    60: FetchFault.TLS_ERROR,  # a certificate that is not trusted, or of another name
    61: FetchFault.BAD_RESPONSE,
    80: FetchFault.TLS_ERROR,
    83: FetchFault.TLS_ERROR,
    91: FetchFault.TLS_ERROR,
    92: FetchFault.BAD_RESPONSE,
    98: FetchFault.TLS_ERROR,  # a certificate of ours is asked for
    100: FetchFault.BAD_RESPONSE,  # a line of a head beyond libcurl's own cap
}
UNCONNECTED = (7, 28)  # codes after which another address may do better, where there was no connection
_CALLBACK_ENDED = 23


def fault_of(code: int, message: str) -> FetchFault:
    """The fault that a code of libcurl is. Raises `RuntimeError` for a code that no server brings about.

    >>> fault_of(28, "Operation too slow. Less than 1000 bytes/sec transferred the last 10 seconds"), fault_of(52, "Empty reply")
    (<FetchFault.TOO_SLOW: 'too_slow'>, <FetchFault.RESET: 'reset'>)
    """
    if code not in _FAULTS:
        raise RuntimeError(f"libcurl ended a request with code {code}: {message}")
    return FetchFault.TOO_SLOW if code == 28 and message.startswith(_TOO_SLOW) else _FAULTS[code]


def request_headers(agent: str, extra: tuple[tuple[str, str], ...]) -> list[str]:
    """The header lines behind Host. Raises `ValueError` where one would change what is asked for or how."""
    said = dict(ACCEPTED)
    for name, value in extra:
        if name.lower() in RESERVED or not _NAME.fullmatch(name) or not _PLAIN.fullmatch(value):
            raise ValueError(f"a header {name!r}: {value[:100]!r} is not sent")
        said[name.lower()] = value
    return [f"User-Agent: {agent}", *(f"{name.title()}: {value}" for name, value in said.items())]


@lru_cache(maxsize=64)
def _utc_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


def _is_interim(head: bytes) -> bool:
    return head[:7] == b"HTTP/1." and head[9:10] == b"1"


class _Lent:
    """A socket of which pycurl takes a copy; closed once that is done."""

    def __init__(self, lent: socket.socket) -> None:
        self._lent = lent

    def fileno(self) -> int:
        """Its descriptor."""
        return self._lent.fileno()

    def __del__(self) -> None:
        self._lent.close()


class Slot:
    """A handle, and what came for it."""

    def __init__(self, settings: Settings) -> None:
        self.curl = curl = pycurl.Curl()
        self._settings = settings
        self._headers: tuple[tuple[str, str], ...] | None = None
        self._lines = ""
        self._limits: Limits | None = None
        for option, value in (
            (pycurl.PROXY, ""),
            (pycurl.NOPROXY, "*"),
            (pycurl.NETRC, pycurl.NETRC_IGNORED),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.NOSIGNAL, 1),
            # One connection a host gains nothing by HTTP/2, whose heads are not bytes of the wire.
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.HTTP_TRANSFER_DECODING, 0),
            (pycurl.PATH_AS_IS, 1),
            # Names are looked up by us. libcurl would look through all that it remembers at the end of each request.
            (pycurl.DNS_CACHE_TIMEOUT, 0),
            (pycurl.SSL_VERIFYPEER, 1),
            (pycurl.SSL_VERIFYHOST, 2),
            (pycurl.CAINFO, settings.authorities or certifi.where()),
            (pycurl.HEADERFUNCTION, self._on_header),
            (pycurl.WRITEFUNCTION, self._on_body),
            (pycurl.OPENSOCKETFUNCTION, self._on_open),
        ):
            curl.setopt(option, value)

    def begin(
        self, target: Target, address: str, port: int, limits: Limits, headers: tuple[tuple[str, str], ...], left: float
    ) -> None:
        """Makes the handle ready for a request to an address that was judged; `left` is what is left of the ask's time in seconds."""
        curl = self.curl
        self._target, self.address = target, address
        self.refused = ""
        self.fault: FetchFault | None = None
        self.detail = ""
        self._heading: list[bytes] = []
        self._head_bytes = 0
        self._whole = False
        self._body = io.BytesIO()  # gives its bytes without a copy
        self.truncated = ""
        if headers != self._headers:
            lines = request_headers(self._settings.agent, headers)
            self._headers, self._lines = headers, "".join(f"{line}\r\n" for line in lines)
            curl.setopt(pycurl.HTTPHEADER, lines)
        if limits is not self._limits:
            self._limits = limits
            curl.setopt(pycurl.LOW_SPEED_LIMIT, limits.slowest)
            curl.setopt(pycurl.LOW_SPEED_TIME, max(1, round(limits.idle)))
            curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, round(limits.connect * 1000)))
        self._most_head, self._most_body = limits.head, limits.body
        curl.setopt(pycurl.URL, target.url)
        curl.setopt(pycurl.CONNECT_TO, [f"::[{address}]:{port}" if ":" in address else f"::{address}:{port}"])
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(left * 1000)))
        self._began_at = time.time()
        self._began = time.monotonic()

    @property
    def answered(self) -> bool:
        """Whether a byte of an answer came."""
        return self._head_bytes > 0

    @property
    def held(self) -> int:
        """Bytes that are held of the answer."""
        return self._head_bytes + self._body.tell()

    @property
    def connected(self) -> bool:
        """Whether there was a connection."""
        return float(self.curl.getinfo(pycurl.CONNECT_TIME)) > 0

    def ended(self, code: int, message: str) -> tuple[FetchFault | None, str]:
        """The fault with which the request ended, by libcurl's code or by what was called back."""
        if self.fault:
            return self.fault, self.detail
        if not code or (code == _CALLBACK_ENDED and self.truncated):
            return None, ""
        if self.refused:
            return FetchFault.ADDRESS_REFUSED, self.refused
        fault = fault_of(code, message)
        self.truncated = "time" if fault in (FetchFault.TIMEOUT, FetchFault.TOO_SLOW) else "disconnect"
        return fault, f"{message or f'code {code} of libcurl'} ({self.address})"

    def hop(self) -> Hop | None:
        """The request and its answer; None where no head of HTTP/1 came whole."""
        head = b"".join(self._heading)
        if not self._whole or _is_interim(head) or not _STATUS.match(head):
            return None
        second, rest = divmod(self._began_at, 1)
        began = f"{_utc_second(int(second))}.{int(rest * 1000):03d}Z"
        seconds = time.monotonic() - self._began
        body = self._body.getvalue()
        request = self._request_head()
        return Hop(self._target.url, self.address, request, head, body, self.truncated, began, seconds)

    def without_hop(self) -> tuple[FetchFault, str]:
        """The fault of a request that libcurl calls well and that has no hop."""
        head = b"".join(self._heading)
        if self._whole:
            return FetchFault.BAD_RESPONSE, f"an answer that begins {head[:60]!r} ({self.address})"
        return FetchFault.RESET, f"a head that breaks off behind {len(head)} bytes ({self.address})"

    def _request_head(self) -> bytes:
        target = self._target
        port = "" if target.port == PORT_OF[target.scheme] else f":{target.port}"
        return f"GET {target.path} HTTP/1.1\r\nHost: {target.written}{port}\r\n{self._lines}\r\n".encode("ascii")

    # What libcurl calls. Nothing here may raise: libcurl would print it and go on.

    def _on_open(self, purpose: int, place: tuple[int, int, int, tuple[str | bytes, int]]) -> _Lent | int:
        family, kind, protocol, address = place
        text = address[0].decode("ascii", "replace") if isinstance(address[0], bytes) else address[0]
        self.refused = refusal(text, self._settings.rules)
        if self.refused or purpose != pycurl.SOCKTYPE_IPCXN:
            return int(pycurl.SOCKET_BAD)
        return _Lent(socket.socket(family, kind, protocol))

    def _on_header(self, line: bytes) -> int | None:
        self._head_bytes += len(line)
        if self._head_bytes > self._most_head:
            self.fault, self.detail = FetchFault.BAD_RESPONSE, f"a head of more than {self._most_head} bytes"
            return 0
        if self._whole:
            if self._body.tell() or not _is_interim(self._heading[0]):
                return None  # a trailer
            self._heading, self._whole = [], False
        self._heading.append(line)
        if line in (b"\r\n", b"\n"):
            self._whole = True
        return None

    def _on_body(self, piece: bytes) -> int | None:
        room = self._most_body - self._body.tell()
        if len(piece) > room:
            self._body.write(piece[:room])
            self.truncated = "length"
            return 0
        self._body.write(piece)
        return None
