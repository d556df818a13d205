"""What can go wrong with one address that is fetched: a closed list, and which of it may be well another time.

    transient   ask again, in another run    timeout, too_slow, reset, dns_failure, http_429, http_5xx,
                                             robots_unreachable, policy_unreachable, host_unhealthy, http_403
    permanent   never ask again              http_4xx, bad_url, unsupported_type, address_refused, tls_error,
                                             too_many_redirects, content_changed, bad_response,
                                             bad_index, archive_absent, not_partial, no_member, wrong_record, oversize

The last six and http_403 are those of records that an index names: http_403 is a server of archives that wants no more requests for now
(of any other server it is http_4xx). What a rule decides (robots.txt, a budget of a host) is no fault. Pure.
"""

from enum import StrEnum


class FetchFault(StrEnum):
    """The closed list of what can happen to an address."""

    TIMEOUT = "timeout"
    TOO_SLOW = "too_slow"
    RESET = "reset"
    DNS_FAILURE = "dns_failure"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    POLICY_UNREACHABLE = "policy_unreachable"  # another file of its site, where what it may forbid is not fetched
    HOST_UNHEALTHY = "host_unhealthy"
    HTTP_403 = "http_403"
    HTTP_4XX = "http_4xx"
    BAD_URL = "bad_url"
    UNSUPPORTED_TYPE = "unsupported_type"
    ADDRESS_REFUSED = "address_refused"
    TLS_ERROR = "tls_error"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    CONTENT_CHANGED = "content_changed"
    BAD_RESPONSE = "bad_response"
    BAD_INDEX = "bad_index"  # a line that names no place of a record
    ARCHIVE_ABSENT = "archive_absent"
    NOT_PARTIAL = "not_partial"  # another part of the archive than was asked for, or the whole of it
    NO_MEMBER = "no_member"  # not one whole gzip member with one WARC record
    WRONG_RECORD = "wrong_record"  # of another address, or of another kind, than the index says
    OVERSIZE = "oversize"

    @property
    def transient(self) -> bool:
        """Whether the same address may be well another time.

        >>> FetchFault.HTTP_429.transient, FetchFault.HTTP_4XX.transient
        (True, False)
        """
        return self in TRANSIENT


TRANSIENT = frozenset(
    {
        FetchFault.TIMEOUT,
        FetchFault.TOO_SLOW,
        FetchFault.RESET,
        FetchFault.DNS_FAILURE,
        FetchFault.HTTP_429,
        FetchFault.HTTP_5XX,
        FetchFault.ROBOTS_UNREACHABLE,
        FetchFault.POLICY_UNREACHABLE,
        FetchFault.HOST_UNHEALTHY,
        FetchFault.HTTP_403,
    }
)


class FetchError(Exception):
    """One address cannot be fetched; its row says why, and all others go on.

    >>> str(FetchError(FetchFault.BAD_URL, "the scheme is gopher"))
    'bad_url: the scheme is gopher'
    """

    def __init__(self, fault: FetchFault, detail: str) -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail[:500]

    def __str__(self) -> str:
        return f"{self.fault.value}: {self.detail}"

    def __reduce__(self) -> tuple[type["FetchError"], tuple[FetchFault, str]]:
        return FetchError, (self.fault, self.detail)


def fault_of_status(status: int) -> FetchFault | None:
    """The fault that an answer's status is; None where it brings what was asked for (2xx) or leads elsewhere (3xx).

    >>> [str(fault_of_status(status)) for status in (200, 302, 404, 429, 503, 999)]
    ['None', 'None', 'http_4xx', 'http_429', 'http_5xx', 'bad_response']
    """
    if status == 429:
        return FetchFault.HTTP_429
    if not 200 <= status <= 599:
        return FetchFault.BAD_RESPONSE
    return {4: FetchFault.HTTP_4XX, 5: FetchFault.HTTP_5XX}.get(status // 100)
